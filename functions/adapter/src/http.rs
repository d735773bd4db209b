//! Requests in, responses out, and requests to other systems: `wasi:http@0.3.0`.

use std::pin::pin;
use std::task::Poll;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use eport_shared::context::Client;
use eport_shared::http::{Body, Incoming, Response};
use eport_shared::platform::{Outbound, OutboundError};
use eport_shared::serve::Function;
use eport_shared::settings::Settings;
use http::uri::PathAndQuery;
use http::{HeaderMap, Method, header};
use http_body_util::{BodyExt as _, Full};
use spin_sdk::wasip3::http::types::{ErrorCode, Request, Response as WasiResponse};
use spin_sdk::wasip3::{wit_future, wit_stream};
use spin_sdk::wit_bindgen::{self, StreamReader, StreamResult};

/// The largest answer that is read from another system, in bytes.
const OUTBOUND_BYTES: usize = 1 << 20;
/// What is read at once of a body whose length nobody has said, in bytes.
const CHUNK: usize = 16 << 10;
/// What is read of a body that is too large before it is refused, in bytes.
const PATIENCE: usize = 16 << 20;

/// The head of a request, taken from the interface itself. Each thing that is asked for is a call into the host: the scheme, the authority and
/// the options, which the SDK's request has, are of no use here.
pub(crate) struct Head {
    pub(crate) method: Method,
    pub(crate) target: PathAndQuery,
    pub(crate) headers: HeaderMap,
}

impl Head {
    pub(crate) fn of(request: &Request) -> Result<Self, ErrorCode> {
        Ok(Self {
            method: request.get_method().try_into().map_err(|_| ErrorCode::HttpRequestMethodInvalid)?,
            target: request
                .get_path_with_query()
                .unwrap_or_default()
                .try_into()
                .map_err(|_| ErrorCode::HttpRequestUriInvalid)?,
            headers: request.get_headers().try_into()?,
        })
    }
}

pub(crate) async fn read<F: Function>(request: Request, settings: &Settings) -> Result<(Incoming, Client), ErrorCode> {
    let Head { method, target, headers } = Head::of(&request)?;
    let client = Client::of(&headers, settings);
    let limit = usize::try_from(F::body_bytes(settings)).unwrap_or(usize::MAX);
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    let body = match announced {
        Some(0) => Body::Whole(Bytes::new()),
        // What these carry has no meaning (RFC 9110 §9.3.1), and usually they carry nothing.
        _ if matches!(method, Method::GET | Method::HEAD) => Body::Whole(Bytes::new()),
        _ => received(request, announced, limit).await,
    };
    let incoming = Incoming {
        method,
        path: target.path().to_owned(),
        query: target.query().unwrap_or_default().to_owned(),
        headers,
        body,
    };
    Ok((incoming, client))
}

/// A request's body, of as many bytes as were `announced`, and no more than `limit`.
async fn received(request: Request, announced: Option<usize>, limit: usize) -> Body {
    let (_done, done) = wit_future::new(|| Ok(()));
    let (mut stream, trailers) = Request::consume_body(request, done);
    if announced.is_some_and(|length| length > limit) {
        return too_large(stream).await;
    }
    let mut whole = Vec::new();
    loop {
        let missing = announced.map(|length| length.saturating_sub(whole.len()));
        // The end of the stream and its trailers, of which no route takes any, would be two more things to wait for.
        if missing == Some(0) {
            return Body::Whole(whole.into());
        }
        whole.reserve(missing.unwrap_or(CHUNK));
        let (result, read) = stream.read(whole).await;
        whole = read;
        if whole.len() > limit {
            return too_large(stream).await;
        }
        if result == StreamResult::Dropped {
            // Where nobody has said how much there is, whether this is all stands behind it.
            let complete = missing.is_none() && trailers.await.is_ok();
            return if complete { Body::Whole(whole.into()) } else { Body::Broken };
        }
    }
}

/// Reads on, and keeps nothing: a client that is still sending when its connection closes sees it break, and not the answer. `eport up` does so itself,
/// and such a body doesn't come here; Spin doesn't.
async fn too_large(mut stream: StreamReader<u8>) -> Body {
    let mut read = 0;
    while read < PATIENCE {
        let (result, chunk) = stream.read(Vec::with_capacity(CHUNK)).await;
        read += chunk.len();
        if result == StreamResult::Dropped {
            break;
        }
    }
    Body::TooLarge
}

/// The whole body of another system's answer; `None` where it is larger than `limit`.
async fn collect(body: impl http_body::Body<Data = Bytes>, limit: usize) -> Option<Bytes> {
    let mut body = pin!(body);
    let mut whole = BytesMut::new();
    while let Some(Ok(frame)) = body.frame().await {
        if let Ok(data) = frame.into_data() {
            if whole.len() + data.len() > limit {
                return None;
            }
            whole.extend_from_slice(&data);
        }
    }
    Some(whole.freeze())
}

/// Hands a response to the host with its body already under way.
///
/// The body's first write is started before the head is handed over. A host that writes the head alone and then waits for a
/// body sends two packets, and without TCP_NODELAY the second waits for the first one's acknowledgement: 44 ms on Spin.
pub(crate) async fn write(response: Response) -> Result<WasiResponse, ErrorCode> {
    let (parts, body) = response.into_parts();
    let mut headers = parts.headers;
    // The answer to HEAD has no body, and another length than 0: none is said.
    if !body.is_empty() {
        headers.insert(header::CONTENT_LENGTH, body.len().into());
    }
    let headers = headers.try_into().map_err(|_| ErrorCode::InternalError(None))?;
    // No trailers follow. That is said as soon as the writing end goes, and needn't be waited for.
    let (trailers, end) = wit_future::new(|| Ok(None));
    if body.is_empty() {
        let (response, _) = WasiResponse::new(headers, None, end);
        let _ = response.set_status_code(parts.status.as_u16());
        return Ok(response);
    }
    let (mut writer, contents) = wit_stream::new();
    let (response, _) = WasiResponse::new(headers, Some(contents), end);
    drop(trailers);
    let _ = response.set_status_code(parts.status.as_u16());
    let mut sending = Box::pin(async move {
        // What is left over where the host wants no more is of no use to anyone.
        let _ = writer.write_all(body.into()).await;
    });
    let started = std::future::poll_fn(|context| Poll::Ready(sending.as_mut().poll(context))).await;
    if started.is_pending() {
        wit_bindgen::spawn(sending);
    }
    Ok(response)
}

pub(crate) struct SpinOutbound;

#[async_trait(?Send)]
impl Outbound for SpinOutbound {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, OutboundError> {
        let response =
            spin_sdk::http::send(request.map(Full::new)).await.map_err(|error| OutboundError(error.to_string()))?;
        let (parts, body) = response.into_parts();
        let body =
            collect(body, OUTBOUND_BYTES).await.ok_or_else(|| OutboundError("the answer is too large".to_owned()))?;
        Ok(http::Response::from_parts(parts, body))
    }

    async fn sleep(&self, milliseconds: u64) {
        spin_sdk::time::sleep(std::time::Duration::from_millis(milliseconds)).await;
    }
}
