//! HTTP: the status, and the way to the socket.

use std::{convert::Infallible, sync::Arc, time::Duration};

use eport_schema::catalogue::{self, Language};
use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{self, HeaderMap, HeaderValue},
    server::conn::http1,
    service::service_fn,
    upgrade::OnUpgrade,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::Serialize;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;

use super::{
    Bridge, Door, converse,
    gate::{self, Caller},
    peer, socket,
};
use crate::{problem::Problem, sites::Verdict};

/// How long a request's head may take.
const HEAD: Duration = Duration::from_secs(10);
/// How long a request's head may be.
const MAX_HEAD: usize = 16 * 1024;

/// What a page learns without a socket. Nothing of the person.
#[derive(Serialize)]
struct Status {
    product: &'static str,
    version: &'static str,
    port: u16,
    /// Whether this origin may use the card: `allowed`, `ask`, `refused`.
    consent: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    readers: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<bool>,
}

/// Serves one connection to its end.
pub async fn serve(bridge: Arc<Bridge>, stream: TcpStream, port: u16, door: Door) {
    let stranger = peer::is_another_user(&stream);
    let service = service_fn(|request| {
        let answer =
            if stranger { Err((&catalogue::BRIDGE_OTHER_USER).into()) } else { answer(&bridge, port, door, request) };
        async { Ok::<_, Infallible>(answer.unwrap_or_else(|problem| refuse(&problem, Language::default()))) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(MAX_HEAD);
    if let Err(error) = http.serve_connection(TokioIo::new(stream), service).with_upgrades().await {
        tracing::debug!(%error, "a connection ended early");
    }
}

type Answer = Response<Full<Bytes>>;

fn answer(bridge: &Arc<Bridge>, port: u16, door: Door, request: Request<Incoming>) -> Result<Answer, Problem> {
    gate::check_host(request.headers(), port)?;
    let caller = gate::caller(request.headers(), request.uri().query(), bridge.program_token.as_ref())?;
    let language = language(&request);
    // From here on the page may read a refusal: its origin is one that could be allowed.
    let answer =
        route(bridge, port, door, &caller, language, request).unwrap_or_else(|problem| refuse(&problem, language));
    Ok(readable_by(&caller, answer))
}

fn route(
    bridge: &Arc<Bridge>,
    port: u16,
    door: Door,
    caller: &Caller,
    language: Language,
    request: Request<Incoming>,
) -> Result<Answer, Problem> {
    match (door, request.method(), request.uri().path()) {
        (Door::Api, &Method::GET, "/v1/status") => Ok(json(StatusCode::OK, &status(bridge, port, caller))),
        (Door::Api, &Method::OPTIONS, "/v1/status") => Ok(preflight(request.headers())),
        (Door::Api, &Method::GET, "/v1") => upgrade(bridge, door, caller, language, request),
        (Door::Compat, &Method::GET, _) => {
            if let Caller::Site(origin) = caller
                && !bridge.sites.is_listed(origin)
            {
                return Err((&catalogue::BRIDGE_ORIGIN_REFUSED).into());
            }
            upgrade(bridge, door, caller, language, request)
        }
        _ => Err((&catalogue::BRIDGE_NOT_FOUND).into()),
    }
}

fn status(bridge: &Bridge, port: u16, caller: &Caller) -> Status {
    let verdict = match caller {
        Caller::Site(origin) => bridge.sites.verdict(origin),
        Caller::Program => Verdict::Allowed,
    };
    // Which readers and cards a machine has tells it from others: not for a site that the person doesn't know yet.
    let snapshot = (verdict == Verdict::Allowed).then(|| bridge.desk.monitor.snapshot());
    Status {
        product: "eport-card-bridge",
        version: env!("CARGO_PKG_VERSION"),
        port,
        consent: match verdict {
            Verdict::Allowed => "allowed",
            Verdict::Ask => "ask",
            Verdict::Refused => "refused",
        },
        service: snapshot.as_ref().map(|snapshot| snapshot.service),
        readers: snapshot.as_ref().map(|snapshot| snapshot.readers.len()),
        card: snapshot.map(|snapshot| snapshot.readers.values().any(|slot| *slot == crate::monitor::Slot::Card)),
    }
}

/// Browsers ask before they let a page reach this machine: by CORS, and some by the headers of Private Network Access, which Local Network
/// Access then replaced with a question to the person.
fn preflight(headers: &HeaderMap) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = StatusCode::NO_CONTENT;
    let out = answer.headers_mut();
    out.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET"));
    out.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("accept-language"));
    out.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    for (asked, allowed) in [
        ("access-control-request-private-network", "access-control-allow-private-network"),
        ("access-control-request-local-network", "access-control-allow-local-network"),
    ] {
        if headers.contains_key(asked) {
            out.insert(allowed, HeaderValue::from_static("true"));
        }
    }
    answer
}

fn upgrade(
    bridge: &Arc<Bridge>,
    door: Door,
    caller: &Caller,
    language: Language,
    mut request: Request<Incoming>,
) -> Result<Answer, Problem> {
    let on_upgrade = request.extensions_mut().remove::<OnUpgrade>().ok_or(&catalogue::BRIDGE_MESSAGE_MALFORMED)?;
    let (parts, _) = request.into_parts();
    let response = create_response_with_body(&Request::from_parts(parts, ()), Full::default)
        .map_err(|_| Problem::from(&catalogue::BRIDGE_MESSAGE_MALFORMED))?;
    let place = bridge.connections.open(caller).ok_or(&catalogue::BRIDGE_TOO_MANY_CONNECTIONS)?;
    let count = bridge.connections.enter().ok_or(&catalogue::BRIDGE_TOO_MANY_CONNECTIONS)?;
    let (bridge, caller) = (bridge.clone(), caller.clone());
    tokio::spawn(async move {
        if let Ok(upgraded) = on_upgrade.await {
            converse(bridge, door, caller, language, socket::over(upgraded).await).await;
        }
        drop((place, count));
    });
    Ok(response)
}

/// `?lang=` before `Accept-Language`: a page that is in one language wants that one.
fn language(request: &Request<Incoming>) -> Language {
    let header = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::negotiate(gate::parameter(request.uri().query(), "lang").or(header))
}

fn refuse(problem: &Problem, language: Language) -> Answer {
    tracing::info!(code = problem.refusal.code, "refused");
    let status = StatusCode::from_u16(problem.refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = json(status, &problem.wire(language));
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    answer.headers_mut().insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    answer
}

fn json(status: StatusCode, body: &impl Serialize) -> Answer {
    let mut answer = Response::new(Full::new(serde_json::to_vec(body).unwrap_or_default().into()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

fn readable_by(caller: &Caller, mut answer: Answer) -> Answer {
    if let Caller::Site(origin) = caller
        && let Ok(origin) = HeaderValue::from_str(origin.as_str())
    {
        answer.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        answer.headers_mut().insert(header::VARY, HeaderValue::from_static("Origin"));
    }
    answer
}
