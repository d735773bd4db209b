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
use tokio::sync::{oneshot, watch};
use tokio::time::Instant;
use wasmtime_wasi_http::p3::bindings::ServicePre;

use super::flight::{Answer, Failure, Job};
use super::{Component, Guest, Ticker, worker};
use crate::limits::Limits;
use crate::metrics::ComponentMetrics;
use crate::threads::{self, Runtimes};

/// How long a lane's instances take the requests of their own lane before those of others.
const PATIENCE: Duration = Duration::from_millis(5);

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
    runtimes: Runtimes,
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
    /// Instances by lane; all in one where the component computes.
    live: Vec<usize>,
}

impl State {
    /// The next request for an instance on `lane`.
    fn next(&mut self, lane: Option<usize>) -> Option<Job> {
        self.quick.pop_front().or_else(|| {
            let first = self.waiting.front()?;
            let index = if first.lane == lane || first.since.elapsed() > PATIENCE {
                0
            } else {
                self.waiting.iter().position(|job| job.lane == lane).unwrap_or(0)
            };
            self.waiting.remove(index)
        })
    }

    /// Who is to be woken for a request of `lane`: the one that parked last is the one whose memory is still in the processor's cache; those beneath
    /// it get to retire.
    fn wakes(&mut self, lane: Option<usize>) -> Option<Parked> {
        let index = self.parked.iter().rposition(|parked| parked.lane == lane);
        index.map(|index| self.parked.remove(index)).or_else(|| self.parked.pop())
    }

    /// The lane for one more instance, wanted by a request of `lane`.
    fn emptiest(&self, lane: Option<usize>) -> usize {
        let own = lane.unwrap_or(0);
        let count = |lane: usize| self.live.get(lane).copied().unwrap_or(0);
        (0..self.live.len()).min_by_key(|lane| (count(*lane), *lane != own)).unwrap_or(0)
    }

    fn live(&self) -> usize {
        self.live.iter().sum()
    }
}

struct Parked {
    instance: u64,
    lane: Option<usize>,
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
        let lanes = if limits.cpu_bound { 1 } else { runtimes.lanes.count() };
        Arc::new(Self {
            component,
            limits,
            metrics: ComponentMetrics::default(),
            ticker,
            runtimes: runtimes.clone(),
            pre: watch::Sender::new(None),
            state: Mutex::new(State { live: vec![0; lanes], ..State::default() }),
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
        (state.live(), state.waiting.len() + state.quick.len() + state.again.len())
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
        let room = state.live() < self.limits.instances;
        let quick = self.limits.cpu_bound && !matches!(*request.method(), Method::POST | Method::PUT);
        let before = if quick { state.quick.len() } else { state.waiting.len() };
        if state.parked.is_empty() && !room && before >= self.limits.queue {
            drop(state);
            self.metrics.rejected.fetch_add(1, Relaxed);
            return Err(Failure::Overloaded);
        }
        let lane = threads::here();
        let (job, answer) = Job::new(request, lane);
        if quick {
            state.quick.push_back(job)
        } else {
            state.waiting.push_back(job)
        }
        match state.wakes(lane) {
            Some(parked) => {
                drop(state);
                parked.waker.wake();
            }
            None if room => self.start_worker(state, lane),
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

    fn start_worker(self: &Arc<Self>, mut state: MutexGuard<'_, State>, lane: Option<usize>) {
        let place = state.emptiest(lane);
        if let Some(live) = state.live.get_mut(place) {
            *live += 1;
        }
        drop(state);
        let instance = INSTANCES.fetch_add(1, Relaxed);
        if self.limits.cpu_bound {
            self.runtimes.heavy.spawn(worker::run(self.clone(), instance, None));
        } else {
            self.runtimes.lanes.runtime(place).spawn(worker::run(self.clone(), instance, Some(place)));
        }
    }

    /// The next request for a worker, which is `empty` where it has none. Where there is none, the worker is parked: woken when one comes.
    pub fn take(
        &self,
        instance: u64,
        lane: Option<usize>,
        empty: Option<Instant>,
        waker: &Waker,
        retire: &Arc<AtomicBool>,
    ) -> Option<Job> {
        let mut state = self.lock();
        let job = match empty {
            Some(_) => state.again.pop_front(),
            None => None,
        };
        let job = job.or_else(|| state.next(lane));
        let parked = state.parked.iter_mut().find(|parked| parked.instance == instance);
        match (&job, parked) {
            (Some(_), Some(_)) => state.parked.retain(|parked| parked.instance != instance),
            (None, Some(parked)) => {
                parked.waker.clone_from(waker);
                parked.idle = empty;
            }
            (None, None) => {
                let waker = waker.clone();
                state.parked.push(Parked { instance, lane, waker, idle: empty, retire: retire.clone() });
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
    pub fn take_or_leave(self: &Arc<Self>, instance: u64, lane: Option<usize>) -> Option<Job> {
        let mut state = self.lock();
        let job = state.again.pop_front().or_else(|| state.next(lane));
        state.parked.retain(|parked| parked.instance != instance);
        job
    }

    /// Takes a request away that no instance could be made for.
    pub fn take_any(&self, lane: Option<usize>) -> Option<Job> {
        let mut state = self.lock();
        state.again.pop_front().or_else(|| state.next(lane))
    }

    /// Says that a worker has ended. Another takes its place where requests wait.
    pub fn left(self: &Arc<Self>, instance: u64, lane: Option<usize>) {
        let mut state = self.lock();
        state.parked.retain(|parked| parked.instance != instance);
        if let Some(live) = state.live.get_mut(lane.unwrap_or(0)) {
            *live = live.saturating_sub(1);
        }
        let queued = !state.waiting.is_empty() || !state.quick.is_empty();
        let waits = !state.again.is_empty() || (queued && state.parked.is_empty());
        if waits && state.live() < self.limits.instances {
            self.start_worker(state, lane);
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
                if state.waiting.is_empty() && state.quick.is_empty() && state.again.is_empty() && idle >= state.live()
                {
                    return;
                }
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
