//! One request, from its complete head to the head of its answer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use bytes::Bytes;
use http::uri::Scheme;
use http::{HeaderMap, Method, Request, Response, header};
use http_body::Body as _;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;

use super::problem::Problem;
use super::request::{header_bytes, prepare};
use super::server::Server;
use super::trace::Trace;
use crate::log::Access;
use crate::routes::Match;
use crate::wasm::{Answer, Failure, Pool};

/// What is known of a request's connection.
#[derive(Debug, Clone)]
pub struct Peer {
    /// The client's end.
    pub address: SocketAddr,
    /// HTTP or HTTPS.
    pub scheme: Scheme,
}

/// Spin answers this itself, so that a load balancer can ask whether the server is there.
const HEALTH: &str = "/.well-known/spin/health";

impl Server {
    /// Answers one request.
    pub async fn answer(self: Arc<Self>, request: Request<Incoming>, peer: &Peer) -> Answer {
        let start = Instant::now();
        let trace = Trace::of(request.headers());
        let method = request.method().clone();
        let path = request.uri().path().to_owned();
        let found = self.app.router.find(&path);
        let pool = found.as_ref().and_then(|found| self.app.pools.get(found.route.index));
        let result = match self.refuse(&request) {
            Some(problem) => Err((problem, request.into_parts().0.headers)),
            None if path == HEALTH => Ok(Response::new(body("OK"))),
            None => match (&found, pool) {
                (Some(found), Some(pool)) => self.ask(request, pool, found, peer, &trace).await,
                _ => Err((Problem::NotFound, request.into_parts().0.headers)),
            },
        };
        let answer = match result {
            Ok(answer) => answer,
            Err((problem, headers)) => {
                problem.response(&headers).map(|body| body.map_err(|never| match never {}).boxed_unsync())
            }
        };
        let (status, duration) = (answer.status().as_u16(), start.elapsed());
        match pool {
            Some(pool) => pool.metrics.answered(status, duration),
            None => drop(self.unmatched.fetch_add(1, Relaxed)),
        }
        if self.access_log.is_on() {
            self.access_log.access(&Access {
                method: method.as_str(),
                path: &path,
                route: found.as_ref().map(|found| found.route.raw.as_str()),
                component: pool.map(|pool| pool.component.name.as_str()),
                status,
                duration,
                bytes: answer.body().size_hint().exact(),
                client: peer.address.ip().to_canonical(),
                trace_id: &trace.trace_id,
                request_id: &trace.request_id,
            });
        }
        answer
    }

    /// What the server's own limits have against a request.
    fn refuse(&self, request: &Request<Incoming>) -> Option<Problem> {
        let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
        if target > self.limits.url.0 {
            Some(Problem::UrlTooLong)
        } else if header_bytes(request.headers()) > self.limits.headers.0 {
            Some(Problem::HeadersTooLarge)
        } else {
            None
        }
    }

    async fn ask(
        &self,
        request: Request<Incoming>,
        pool: &Arc<Pool>,
        found: &Match<'_>,
        peer: &Peer,
        trace: &Trace,
    ) -> Result<Answer, (Problem, HeaderMap)> {
        let (mut parts, incoming) = request.into_parts();
        // Only what a problem's language is chosen by is needed of the headers later.
        let mut language = HeaderMap::new();
        if let Some(accept) = parts.headers.get(header::ACCEPT_LANGUAGE) {
            language.insert(header::ACCEPT_LANGUAGE, accept.clone());
        }
        if prepare(&mut parts, &peer.scheme, found, peer.address, trace, pool.limits.route_headers).is_err() {
            return Err((Problem::Malformed, language));
        }
        let asks_first = parts.headers.contains_key(header::EXPECT);
        let whole = match self.read(incoming, pool.limits.body, asks_first).await {
            Ok(whole) => whole,
            Err(problem) => return Err((problem, language)),
        };
        let head = parts.method == Method::HEAD;
        match pool.answer(Request::from_parts(parts, whole)).await {
            // RFC 9110 §9.3.2: the head of the answer to a GET, and nothing behind it.
            Ok(answer) if head => Ok(without_body(answer)),
            Ok(answer) => Ok(answer),
            Err(Failure::Overloaded) => Err((Problem::Overloaded(1), language)),
            Err(Failure::Timeout) => Err((Problem::Timeout, language)),
            Err(Failure::Internal) => Err((Problem::Internal, language)),
        }
    }

    /// Reads a body whole before a component sees the request: a slow client then holds no instance, and one that sends too much gets 413
    /// whatever the component would make of it.
    async fn read(&self, incoming: Incoming, limit: usize, asks_first: bool) -> Result<Bytes, Problem> {
        if incoming.is_end_stream() {
            return Ok(Bytes::new());
        }
        let announced = usize::try_from(incoming.size_hint().lower()).unwrap_or(usize::MAX);
        if announced > limit && asks_first {
            // It waits for "100 Continue", which is only sent where someone reads.
            return Err(Problem::TooLarge);
        }
        let mut whole = Whole { limit, seen: 0, kept: Vec::new() };
        match tokio::time::timeout(self.limits.body_timeout.0, whole.read(incoming)).await {
            _ if whole.seen > limit || announced > limit => Err(Problem::TooLarge),
            Ok(Ok(())) => Ok(whole.into_bytes()),
            Ok(Err(_)) => Err(Problem::Malformed),
            Err(_) => Err(Problem::BodyTimeout),
        }
    }
}

/// What is read of a body that is too large before the connection is closed. A client that is still sending when that happens sees the
/// connection break, and not the answer.
const PATIENCE_BYTES: usize = 64 << 20;

/// A body that is being read.
struct Whole {
    limit: usize,
    seen: usize,
    kept: Vec<Bytes>,
}

impl Whole {
    async fn read(&mut self, mut incoming: Incoming) -> Result<(), hyper::Error> {
        while let Some(frame) = incoming.frame().await {
            let Ok(data) = frame?.into_data() else { continue };
            self.seen += data.len();
            if self.seen <= self.limit {
                self.kept.push(data);
            } else if self.seen > self.limit.saturating_add(PATIENCE_BYTES) {
                break;
            } else {
                self.kept = Vec::new();
            }
        }
        Ok(())
    }

    fn into_bytes(mut self) -> Bytes {
        match self.kept.len() {
            0 | 1 => self.kept.pop().unwrap_or_default(),
            _ => self.kept.concat().into(),
        }
    }
}

fn body(text: &'static str) -> http_body_util::combinators::UnsyncBoxBody<Bytes, wasmtime_wasi_http::Error> {
    Full::new(Bytes::from_static(text.as_bytes())).map_err(|never| match never {}).boxed_unsync()
}

/// Keeps the length that the body has.
fn without_body(mut answer: Answer) -> Answer {
    if let Some(length) = answer.body().size_hint().exact()
        && length > 0
        && !answer.headers().contains_key(header::CONTENT_LENGTH)
    {
        answer.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    }
    *answer.body_mut() = body("");
    answer
}
