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
use http::header;
use http_body_util::{BodyExt as _, Full};
use spin_sdk::wasip3::http::types::{ErrorCode, Response as WasiResponse};
use spin_sdk::wasip3::http_compat::BodyWriter;
use spin_sdk::wit_bindgen;

/// The largest answer that is read from another system, in bytes.
const OUTBOUND_BYTES: usize = 1 << 20;

pub(crate) async fn read<F: Function>(request: spin_sdk::http::Request, settings: &Settings) -> (Incoming, Client) {
    let (parts, body) = request.into_parts();
    let client = Client::of(&parts.headers, settings);
    let limit = usize::try_from(F::body_bytes(settings)).unwrap_or(usize::MAX);
    let announced = parts
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<usize>().ok());
    let body = if announced.is_some_and(|length| length > limit) {
        Body::TooLarge
    } else {
        collect(body, limit).await.map_or(Body::TooLarge, Body::Whole)
    };
    let incoming = Incoming {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
    };
    (incoming, client)
}

/// The whole body; `None` where it is larger than `limit`. A body that breaks off ends where it broke: its JSON won't parse.
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
    if body.is_empty() {
        let (_, end) = spin_sdk::wasip3::wit_future::new(|| Ok(None));
        let (response, _) = WasiResponse::new(headers, None, end);
        let _ = response.set_status_code(parts.status.as_u16());
        return Ok(response);
    }
    let (writer, contents, end) = BodyWriter::new();
    let (response, _) = WasiResponse::new(headers, Some(contents), end);
    let _ = response.set_status_code(parts.status.as_u16());
    let mut sending = Box::pin(async move {
        let mut body = Full::new(body);
        let _ = writer.send_http_body(&mut body).await;
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
