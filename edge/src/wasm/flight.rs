//! A request on its way through a component, and what becomes of it if the instance that has it ends.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use tokio::sync::oneshot;
use tokio::time::Instant;
use wasmtime_wasi_http::Error;

use super::pool::Pool;
use super::worker::{End, Vitals};

/// A component's answer.
pub type Answer = http::Response<UnsyncBoxBody<Bytes, Error>>;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The queue was full, or the wait in it too long.
    Overloaded,
    /// The component did not answer in time.
    Timeout,
    /// The component trapped, or could not be started.
    Internal,
}

/// A request for a component, with its whole body.
pub struct Job {
    /// The request.
    pub request: http::Request<Bytes>,
    /// When it came in.
    pub since: Instant,
    /// The lane of its connection.
    pub lane: Option<usize>,
    /// Its instance was lost to a neighbour's trap once before: it gets an instance of its own, and no third try.
    pub again: bool,
    reply: oneshot::Sender<Result<Answer, Failure>>,
}

impl Job {
    /// A request, and where its answer will be.
    pub fn new(
        request: http::Request<Bytes>,
        lane: Option<usize>,
    ) -> (Self, oneshot::Receiver<Result<Answer, Failure>>) {
        let (reply, answer) = oneshot::channel();
        (Self { request, since: Instant::now(), lane, again: false, reply }, answer)
    }

    /// Ends the request without an answer.
    pub fn fail(self, failure: Failure) {
        let _ = self.reply.send(Err(failure));
    }

    /// Whether nobody waits for the answer any more.
    pub fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }
}

/// A request that an instance has. Dropped without an answer, it decides what becomes of the request.
pub struct Flight {
    pool: Arc<Pool>,
    vitals: Arc<Vitals>,
    reply: Option<oneshot::Sender<Result<Answer, Failure>>>,
    /// To ask a second instance, where asking twice does no harm (RFC 9110 §9.2.1, safe methods).
    replay: Option<http::Request<Bytes>>,
    since: Instant,
    lane: Option<usize>,
    /// When the component got it.
    started: Instant,
}

impl Flight {
    /// Starts a job: the request for the component, and the flight that watches it.
    pub fn start(pool: &Arc<Pool>, vitals: &Arc<Vitals>, job: Job) -> (Self, http::Request<Bytes>) {
        let safe = matches!(*job.request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
        let replay = (safe && !job.again).then(|| job.request.clone());
        vitals.in_flight.fetch_add(1, Relaxed);
        let flight = Self {
            pool: pool.clone(),
            vitals: vitals.clone(),
            reply: Some(job.reply),
            replay,
            since: job.since,
            lane: job.lane,
            started: Instant::now(),
        };
        (flight, job.request)
    }

    /// Ends the flight with what the component said.
    pub fn land(mut self, result: Result<Answer, Failure>) {
        if let Some(reply) = self.reply.take() {
            self.vitals.in_flight.fetch_sub(1, Relaxed);
            let _ = reply.send(result);
        }
    }

    /// Says that it was this request that made the instance trap.
    pub fn convict(mut self) {
        self.replay = None;
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        let Some(reply) = self.reply.take() else { return };
        // Every flight of a dying instance sees the same number: it is only counted down by answers.
        let alone = self.vitals.in_flight.load(Relaxed) == 1;
        let failure = match self.vitals.end() {
            // Whoever was there as long as the component may take is not told of a neighbour.
            End::TimedOut if self.started.elapsed() + Duration::from_millis(50) >= self.pool.limits.timeout => {
                Failure::Timeout
            }
            _ => Failure::Internal,
        };
        match self.replay.take() {
            Some(request) if !alone && failure == Failure::Internal => {
                self.pool.again(Job { request, since: self.since, lane: self.lane, again: true, reply });
            }
            _ => drop(reply.send(Err(failure))),
        }
    }
}

/// Bytes up to which an answer is handed on as a whole.
const WHOLE: usize = 64 << 10;
/// How long an answer's body may take before its head goes out alone.
const PATIENCE: Duration = Duration::from_millis(50);

/// Gathers a small body, so that an answer is one write on the connection, carries its length, and is either whole or an error: a component that
/// traps behind its answer's head would otherwise leave half an answer. Large and slow bodies go on as a stream.
pub async fn gather(response: http::Response<UnsyncBoxBody<Bytes, Error>>) -> Result<Answer, Error> {
    let (parts, mut body) = response.into_parts();
    let is_stream = parts
        .headers
        .get(http::header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    if is_stream {
        return Ok(http::Response::from_parts(parts, body));
    }
    let mut chunks: Vec<Bytes> = Vec::new();
    let mut size = 0;
    let mut patience = std::pin::pin!(tokio::time::sleep(PATIENCE));
    while size < WHOLE {
        let frame = tokio::select! {
            biased;
            frame = body.frame() => frame,
            () = &mut patience => break,
        };
        match frame {
            None => {
                let whole = match chunks.len() {
                    0 | 1 => chunks.pop().unwrap_or_default(),
                    _ => chunks.concat().into(),
                };
                let body = Full::new(whole).map_err(|never| match never {}).boxed_unsync();
                return Ok(http::Response::from_parts(parts, body));
            }
            Some(frame) => {
                // Trailers are not for clients of this service.
                if let Ok(data) = frame?.into_data() {
                    size += data.len();
                    chunks.push(data);
                }
            }
        }
    }
    let begun = futures::stream::iter(chunks.into_iter().map(|chunk| Ok(http_body::Frame::data(chunk))));
    let rest = http_body_util::BodyStream::new(body);
    let body = http_body_util::StreamBody::new(futures::StreamExt::chain(begun, rest)).boxed_unsync();
    Ok(http::Response::from_parts(parts, body))
}
