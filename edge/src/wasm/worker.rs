//! One instance and the requests that it runs, at most `concurrency` at once.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering::Relaxed};
use std::task::Poll;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::stream::{FuturesUnordered, Stream as _};
use http_body_util::{BodyExt as _, Full};
use wasmtime::component::Accessor;
use wasmtime::{AsContextMut as _, Store, UpdateDeadline};
use wasmtime_wasi_http::WasiHttpView as _;
use wasmtime_wasi_http::handler::{ExpirationError, Prepared, Proxy, Request};
use wasmtime_wasi_http::p3::bindings::http::types::ErrorCode;

use super::flight::{Failure, Flight, Job, gather};
use super::guest::Guest;
use super::pool::Pool;

/// Ticks between two interruptions of a component that computes: a light one shares its thread with others.
const LIGHT_TICKS: u64 = 1;
const HEAVY_TICKS: u64 = 5;
/// How long an instance that takes no more requests may go on with what it does behind its answers. One whose request ran out of time can be
/// stuck for good: it answers, and nobody takes the answer.
const FAREWELL: Duration = Duration::from_secs(5);

/// What is known of an instance from outside.
#[derive(Debug)]
pub struct Vitals {
    /// Requests that were started and not answered.
    pub in_flight: AtomicUsize,
    end: AtomicU8,
    /// The component was interrupted while it computed, and hasn't waited for anything since.
    interrupted: AtomicBool,
    /// Milliseconds since `epoch` at which it began to compute.
    busy_since: AtomicUsize,
    epoch: Instant,
}

/// How an instance ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It hasn't, or nobody knows.
    Unknown,
    /// It computed for longer than a request may take.
    TimedOut,
}

impl Vitals {
    fn new() -> Self {
        Self {
            in_flight: AtomicUsize::new(0),
            end: AtomicU8::new(0),
            interrupted: AtomicBool::new(false),
            busy_since: AtomicUsize::new(0),
            epoch: Instant::now(),
        }
    }

    /// See [`End`].
    pub fn end(&self) -> End {
        if self.end.load(Relaxed) == 1 { End::TimedOut } else { End::Unknown }
    }

    fn now(&self) -> usize {
        usize::try_from(self.epoch.elapsed().as_millis()).unwrap_or(usize::MAX)
    }

    /// Called when the component starts to run; where it was interrupted, it goes on with the same burst.
    fn runs(&self) {
        if !self.interrupted.swap(false, Relaxed) {
            self.busy_since.store(self.now(), Relaxed);
        }
    }

    /// Called at a tick while the component computes.
    fn tick(&self, timeout: Duration, ticks: u64) -> wasmtime::Result<UpdateDeadline> {
        let busy = self.now().saturating_sub(self.busy_since.load(Relaxed));
        if Duration::from_millis(busy as u64) >= timeout {
            self.end.store(1, Relaxed);
            return Err(wasmtime::format_err!("the component computed for longer than {timeout:?}"));
        }
        self.interrupted.store(true, Relaxed);
        Ok(UpdateDeadline::Yield(ticks))
    }
}

/// Says that the worker has ended, however it ends.
struct Place {
    pool: Arc<Pool>,
    instance: u64,
    lane: Option<usize>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.pool.left(self.instance, self.lane);
    }
}

/// Makes an instance on `lane`, where it is light, and runs requests on it until it retires, traps, or has served as many as it may.
pub async fn run(pool: Arc<Pool>, instance: u64, lane: Option<usize>) {
    let _place = Place { pool: pool.clone(), instance, lane };
    let vitals = Arc::new(Vitals::new());
    let (store, proxy) = match instantiate(&pool, instance, &vitals).await {
        Ok(made) => made,
        Err(error) => {
            pool.component.log.event(&pool.component.name, &format!("no instance could be made: {error:#}"));
            if let Some(job) = pool.take_any(lane) {
                job.fail(Failure::Internal);
            }
            return;
        }
    };
    let worker = Worker { pool, instance, lane, vitals, retire: Arc::default() };
    worker.drive(store, &proxy).await;
}

async fn instantiate(pool: &Arc<Pool>, instance: u64, vitals: &Arc<Vitals>) -> wasmtime::Result<(Store<Guest>, Proxy)> {
    let pre = pool.pre().await.ok_or_else(|| wasmtime::format_err!("the component was not loaded"))?;
    let start = Instant::now();
    pool.ticker.poke();
    vitals.runs();
    let guest = Guest::new(pool.component.clone(), instance, pool.limits.memory, vitals.clone());
    let mut store = Store::new(pre.engine(), guest);
    store.limiter(|guest| &mut guest.limits);
    let ticks = if pool.limits.cpu_bound { HEAVY_TICKS } else { LIGHT_TICKS };
    let timeout = pool.limits.timeout;
    store.set_epoch_deadline(ticks);
    store.epoch_deadline_callback(move |context| context.data().vitals.tick(timeout, ticks));
    let proxy = Proxy::P3(pre.instantiate_async(&mut store).await?);
    pool.metrics.instantiations.record(start.elapsed());
    Ok((store, proxy))
}

struct Worker {
    pool: Arc<Pool>,
    instance: u64,
    lane: Option<usize>,
    vitals: Arc<Vitals>,
    /// Set by the pool when there was no work for a while.
    retire: Arc<AtomicBool>,
}

/// What became of one request, for its instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Answered,
    /// It took too long and still runs. The instance takes no more, and ends when its other requests are done.
    Expired,
}

impl Worker {
    async fn drive(self, mut store: Store<Guest>, proxy: &Proxy) {
        // An instance takes one request per turn: only when all that it has wait for something is it free for the next.
        let turn = AtomicBool::new(true);
        let result = {
            let mut running = pin!(store.run_concurrent(async |accessor| self.serve(accessor, proxy, &turn).await));
            poll_fn(|cx| {
                self.pool.ticker.poke();
                self.vitals.runs();
                let polled = running.as_mut().poll(cx);
                if polled.is_pending() && !self.vitals.interrupted.load(Relaxed) && !turn.swap(true, Relaxed) {
                    return running.as_mut().poll(cx);
                }
                polled
            })
            .await
        };
        if let Ok(Err(error)) | Err(error) = result {
            self.report(&error);
        }
    }

    fn report(&self, error: &wasmtime::Error) {
        let counter = match self.vitals.end() {
            End::TimedOut => &self.pool.metrics.timeouts,
            End::Unknown => &self.pool.metrics.traps,
        };
        counter.fetch_add(1, Relaxed);
        self.pool
            .component
            .log
            .event(&self.pool.component.name, &format!("instance {} trapped: {error:?}", self.instance));
    }

    async fn serve(&self, accessor: &Accessor<Guest>, proxy: &Proxy, turn: &AtomicBool) -> wasmtime::Result<()> {
        let Proxy::P3(service) = proxy;
        let handler = *service.wasi_http_handler().func_handle().func();
        let limits = &self.pool.limits;
        let mut flights = pin!(FuturesUnordered::new());
        let mut served = 0;
        let mut accepts = true;
        let mut alone = false;
        let mut parked = false;
        let mut idle_since = tokio::time::Instant::now();
        let mut farewell = None;
        poll_fn(|cx| {
            loop {
                match flights.as_mut().poll_next(cx) {
                    Poll::Ready(Some(Ok(outcome))) => {
                        accepts &= outcome == Outcome::Answered;
                        alone = false;
                        idle_since = tokio::time::Instant::now();
                        continue;
                    }
                    Poll::Ready(Some(Err(trap))) => return Poll::Ready(Err(trap)),
                    Poll::Ready(None) | Poll::Pending => {}
                }
                let empty = flights.is_empty();
                let free = accepts
                    && served < limits.requests
                    && !alone
                    && flights.len() < limits.concurrency
                    && (empty || turn.load(Relaxed))
                    && accessor.poll_ready_for_concurrent_call(handler, cx).is_ready();
                if free {
                    let retires = self.retire.load(Relaxed);
                    let job = if retires && empty {
                        self.pool.take_or_leave(self.instance, self.lane)
                    } else {
                        self.pool.take(self.instance, self.lane, empty.then_some(idle_since), cx.waker(), &self.retire)
                    };
                    parked = job.is_none();
                    if let Some(job) = job {
                        served += 1;
                        alone = job.again;
                        self.retire.store(false, Relaxed);
                        turn.store(false, Relaxed);
                        flights.push(self.fly(accessor, proxy, job));
                        continue;
                    }
                    if retires && empty {
                        return Poll::Ready(Ok(()));
                    }
                } else if parked {
                    parked = false;
                    self.pool.unpark(self.instance);
                }
                let leaves = !accepts || served >= limits.requests;
                if !empty || !leaves {
                    return Poll::Pending;
                }
                if accessor.poll_no_interesting_tasks(cx).is_ready() {
                    return Poll::Ready(Ok(()));
                }
                let farewell = farewell.get_or_insert_with(|| Box::pin(tokio::time::sleep(FAREWELL)));
                return farewell.as_mut().poll(cx).map(Ok);
            }
        })
        .await
    }

    /// Runs one request. An error is a trap, which takes the instance with it.
    async fn fly(&self, accessor: &Accessor<Guest>, proxy: &Proxy, job: Job) -> wasmtime::Result<Outcome> {
        let until = tokio::time::Instant::now() + self.pool.limits.timeout;
        let (flight, request) = Flight::start(&self.pool, &self.vitals, job);
        let (reply, answer) = futures::channel::oneshot::channel();
        let request: Request =
            request.map(|body: Bytes| Full::new(body).map_err(|never| match never {}).boxed_unsync());
        let prepared =
            accessor.with(|mut access| Prepared::new(access.as_context_mut(), proxy, request, Guest::http, reply))?;
        let answered = prepared.run(accessor, tokio::time::sleep_until(until)).await?;
        let response = match answer.await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) if error.is::<ExpirationError>() || !answered => {
                self.pool.metrics.timeouts.fetch_add(1, Relaxed);
                flight.land(Err(Failure::Timeout));
                return Ok(Outcome::Expired);
            }
            Ok(Err(error)) if error.is::<ErrorCode>() => {
                let name = &self.pool.component.name;
                self.pool.component.log.event(name, &format!("the component answered with an error: {error}"));
                flight.land(Err(Failure::Internal));
                return Ok(Outcome::Answered);
            }
            Ok(Err(trap)) => {
                flight.convict();
                return Err(trap);
            }
            Err(_) => return Err(wasmtime::format_err!("the request was lost")),
        };
        let whole = tokio::time::timeout_at(until, gather(response)).await;
        let outcome = if whole.is_ok() { Outcome::Answered } else { Outcome::Expired };
        flight.land(match whole {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                let name = &self.pool.component.name;
                self.pool.component.log.event(name, &format!("the answer's body broke off: {error}"));
                Err(Failure::Internal)
            }
            Err(_) => Err(Failure::Timeout),
        });
        Ok(outcome)
    }
}
