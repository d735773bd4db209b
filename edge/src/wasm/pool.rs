//! One component's instances and the requests that wait for them.
//!
//! `wasmtime-wasi-http`'s `ProxyHandler` starts another instance whenever all of them happen to be busy, without a bound, and can't be told to
//! wait. So requests are handed out here, by the same rules otherwise: an instance takes another request only while its guest waits
//! for something, and it ends with the first trap.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};
use tokio::time::Instant;
use wasmtime_wasi_http::p3::bindings::ServicePre;

use super::flight::{Answer, Failure, Job};
use super::{Component, Guest, Ticker, worker};
use crate::limits::Limits;
use crate::metrics::ComponentMetrics;

/// Where components run: light ones where connections are served, CPU-bound ones on threads with lower priority.
#[derive(Debug, Clone)]
pub struct Runtimes {
    /// For light components.
    pub light: Handle,
    /// For components that compute.
    pub heavy: Handle,
}

/// See the module.
pub struct Pool {
    /// What the component may use.
    pub component: Arc<Component>,
    /// What it may take.
    pub limits: Limits,
    /// What is counted of it.
    pub metrics: ComponentMetrics,
    /// Pokes the clock that interrupts it.
    pub ticker: Ticker,
    runtime: Handle,
    pre: watch::Sender<Option<ServicePre<Guest>>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Job>,
    /// Requests to a component that computes which only read or delete: they don't wait behind those that hash passwords.
    quick: VecDeque<Job>,
    /// Requests whose instance was lost; each is run alone.
    again: VecDeque<Job>,
    /// Workers that could take a request and found none.
    parked: Vec<Parked>,
    live: usize,
}

impl State {
    fn next(&mut self) -> Option<Job> {
        self.quick.pop_front().or_else(|| self.waiting.pop_front())
    }
}

struct Parked {
    instance: u64,
    waker: Waker,
    /// Since when it has nothing to do at all.
    idle: Option<Instant>,
    retire: Arc<AtomicBool>,
}

/// Instance numbers are unique in the process: the write lock of a database knows its holder by them.
static INSTANCES: AtomicU64 = AtomicU64::new(1);

impl Pool {
    /// A pool without instances. Requests wait until [`Pool::ready`].
    pub fn new(component: Arc<Component>, limits: Limits, ticker: Ticker, runtimes: &Runtimes) -> Arc<Self> {
        let runtime = if limits.cpu_bound { &runtimes.heavy } else { &runtimes.light };
        Arc::new(Self {
            component,
            limits,
            metrics: ComponentMetrics::default(),
            ticker,
            runtime: runtime.clone(),
            pre: watch::Sender::new(None),
            state: Mutex::default(),
        })
    }

    /// Hands in the component's code.
    pub fn ready(&self, pre: ServicePre<Guest>) {
        self.pre.send_replace(Some(pre));
    }

    /// The component's code, as soon as it is there.
    pub async fn pre(&self) -> Option<ServicePre<Guest>> {
        let mut pre = self.pre.subscribe();
        pre.wait_for(Option::is_some).await.ok()?.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic while the state was held leaves queues that are still queues.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Instances alive, and requests waiting.
    pub fn load(&self) -> (usize, usize) {
        let state = self.lock();
        (state.live, state.waiting.len() + state.quick.len() + state.again.len())
    }

    /// Has the component answer a request.
    pub async fn answer(self: &Arc<Self>, request: http::Request<Bytes>) -> Result<Answer, Failure> {
        let answer = self.submit(request)?;
        // A worker that is gone without a word panicked.
        answer.await.unwrap_or(Err(Failure::Internal))
    }

    fn submit(
        self: &Arc<Self>,
        request: http::Request<Bytes>,
    ) -> Result<oneshot::Receiver<Result<Answer, Failure>>, Failure> {
        let mut state = self.lock();
        let room = state.live < self.limits.instances;
        let quick = self.limits.cpu_bound && !matches!(*request.method(), Method::POST | Method::PUT);
        let before = if quick { state.quick.len() } else { state.waiting.len() };
        if state.parked.is_empty() && !room && before >= self.limits.queue {
            drop(state);
            self.metrics.rejected.fetch_add(1, Relaxed);
            return Err(Failure::Overloaded);
        }
        let (job, answer) = Job::new(request);
        if quick {
            state.quick.push_back(job)
        } else {
            state.waiting.push_back(job)
        }
        // The one that parked last is the one whose memory is still in the processor's cache; those beneath it get to retire.
        match state.parked.pop() {
            Some(parked) => {
                drop(state);
                parked.waker.wake();
            }
            None if room => {
                state.live += 1;
                drop(state);
                self.start_worker();
            }
            None => {}
        }
        Ok(answer)
    }

    /// Takes back a request whose instance ended through no fault of its own.
    pub fn again(self: &Arc<Self>, job: Job) {
        self.metrics.retried.fetch_add(1, Relaxed);
        // The worker that lost it is about to leave, and starts its successor with it.
        self.lock().again.push_back(job);
    }

    fn start_worker(self: &Arc<Self>) {
        let instance = INSTANCES.fetch_add(1, Relaxed);
        self.runtime.spawn(worker::run(self.clone(), instance));
    }

    /// The next request for a worker, which is `empty` where it has none. Where there is none, the worker is parked: woken when one comes.
    pub fn take(&self, instance: u64, empty: Option<Instant>, waker: &Waker, retire: &Arc<AtomicBool>) -> Option<Job> {
        let mut state = self.lock();
        let job = match empty {
            Some(_) => state.again.pop_front(),
            None => None,
        };
        let job = job.or_else(|| state.next());
        let parked = state.parked.iter_mut().find(|parked| parked.instance == instance);
        match (&job, parked) {
            (Some(_), Some(_)) => state.parked.retain(|parked| parked.instance != instance),
            (None, Some(parked)) => {
                parked.waker.clone_from(waker);
                parked.idle = empty;
            }
            (None, None) => {
                let waker = waker.clone();
                state.parked.push(Parked { instance, waker, idle: empty, retire: retire.clone() });
            }
            (Some(_), None) => {}
        }
        job
    }

    /// Says that a worker can take no request for now.
    pub fn unpark(&self, instance: u64) {
        self.lock().parked.retain(|parked| parked.instance != instance);
    }

    /// The next request, or leave to end: what a worker asks before it retires.
    pub fn take_or_leave(self: &Arc<Self>, instance: u64) -> Option<Job> {
        let mut state = self.lock();
        let job = state.again.pop_front().or_else(|| state.next());
        state.parked.retain(|parked| parked.instance != instance);
        job
    }

    /// Takes a request away that no instance could be made for.
    pub fn take_any(&self) -> Option<Job> {
        let mut state = self.lock();
        state.again.pop_front().or_else(|| state.next())
    }

    /// Says that a worker has ended. Another takes its place where requests wait.
    pub fn left(self: &Arc<Self>, instance: u64) {
        let mut state = self.lock();
        state.parked.retain(|parked| parked.instance != instance);
        state.live = state.live.saturating_sub(1);
        let queued = !state.waiting.is_empty() || !state.quick.is_empty();
        let waits = !state.again.is_empty() || (queued && state.parked.is_empty());
        if waits && state.live < self.limits.instances {
            state.live += 1;
            drop(state);
            self.start_worker();
        }
    }

    /// Once a second: retires instances without work, and turns away requests that waited as long as they may run.
    pub fn tend(&self) {
        let mut state = self.lock();
        let idle = self.limits.idle;
        let mut retired = Vec::new();
        state.parked.retain(|parked| {
            let keep = parked.idle.is_none_or(|since| since.elapsed() < idle);
            if !keep {
                parked.retire.store(true, Relaxed);
                retired.push(parked.waker.clone());
            }
            keep
        });
        let mut late = Vec::new();
        let timeout = self.limits.timeout;
        let State { waiting, quick, .. } = &mut *state;
        for queue in [waiting, quick] {
            while let Some(job) = queue.pop_front_if(|job| job.since.elapsed() > timeout || job.is_abandoned()) {
                late.push(job);
            }
        }
        drop(state);
        for waker in retired {
            waker.wake();
        }
        for job in late {
            if !job.is_abandoned() {
                self.metrics.rejected.fetch_add(1, Relaxed);
            }
            job.fail(Failure::Overloaded);
        }
    }

    /// Waits until no request is waiting or running.
    pub async fn drained(&self) {
        loop {
            {
                let state = self.lock();
                let idle = state.parked.iter().filter(|parked| parked.idle.is_some()).count();
                if state.waiting.is_empty() && state.quick.is_empty() && state.again.is_empty() && idle >= state.live {
                    return;
                }
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
