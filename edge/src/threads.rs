//! Where things run: a lane per core for connections and light components, and threads of lower priority for components that compute.
//!
//! A lane is a runtime with one thread. A request is read, run, given its rows by a PostgreSQL connection, and answered on the lane of its
//! connection, as long as an instance there is free: waking another thread costs as much as a light request does.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use anyhow::Context as _;
use tokio::runtime::{Builder, Handle, Runtime};

thread_local!(static LANE: Cell<Option<usize>> = const { Cell::new(None) });

/// The lane whose thread this is.
pub fn here() -> Option<usize> {
    LANE.get()
}

/// The threads; they end with this.
#[derive(Debug)]
pub struct Threads {
    light: Vec<Runtime>,
    heavy: Option<Runtime>,
}

/// Ways to have something run on them.
#[derive(Debug, Clone)]
pub struct Runtimes {
    /// For connections and light components; never none.
    pub lanes: Lanes,
    /// For CPU-bound components.
    pub heavy: Handle,
}

/// See the module.
#[derive(Debug, Clone)]
pub struct Lanes(Arc<[Lane]>);

#[derive(Debug)]
struct Lane {
    runtime: Handle,
    connections: AtomicUsize,
}

/// A connection's place on a lane, counted until it is dropped.
#[derive(Debug)]
pub struct Seat {
    lanes: Lanes,
    lane: usize,
}

impl Threads {
    /// Starts a lane per core; where there are `cpu_bound` components, as many threads again with lower priority: the system then gives a light request
    /// a processor at once, and hashing what is left.
    pub fn start(cores: usize, cpu_bound: bool) -> anyhow::Result<Self> {
        let failed = "threads can't be started";
        let lane = |number: usize| {
            // Not `current_thread`: a statement that takes long has to hand the lane's other tasks to another thread meanwhile.
            Builder::new_multi_thread()
                .worker_threads(1)
                .thread_name("eport-light")
                .on_thread_start(move || LANE.set(Some(number)))
                .enable_all()
                .build()
                .context(failed)
        };
        let light = (0..cores.max(1)).map(lane).collect::<anyhow::Result<_>>()?;
        let heavy = || {
            Builder::new_multi_thread()
                .worker_threads(cores.max(1))
                .thread_name("eport-heavy")
                .enable_all()
                .on_thread_start(|| {
                    // On Linux the priority belongs to the thread. Without it hashing is merely less polite.
                    let _ = rustix::process::nice(5);
                })
                .build()
                .context(failed)
        };
        let heavy = cpu_bound.then(heavy).transpose()?;
        Ok(Self { light, heavy })
    }

    /// How to have something run.
    pub fn runtimes(&self) -> anyhow::Result<Runtimes> {
        let lane = |runtime: &Runtime| Lane { runtime: runtime.handle().clone(), connections: AtomicUsize::new(0) };
        let lanes = Lanes(self.light.iter().map(lane).collect());
        let heavy = self.heavy.as_ref().or(self.light.first()).context("there is no thread")?.handle().clone();
        Ok(Runtimes { lanes, heavy })
    }

    /// Ends them without waiting for what still runs.
    pub fn shut_down(self) {
        for runtime in self.light.into_iter().chain(self.heavy) {
            runtime.shutdown_background();
        }
    }
}

impl Lanes {
    /// How many there are; at least one.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The runtime of a lane, or the nearest thing where there is none of that number.
    pub fn runtime(&self, lane: usize) -> Handle {
        self.0.get(lane).or(self.0.first()).map_or_else(Handle::current, |lane| lane.runtime.clone())
    }

    /// All of them.
    pub fn runtimes(&self) -> impl Iterator<Item = &Handle> {
        self.0.iter().map(|lane| &lane.runtime)
    }

    /// A place for a connection where there are fewest.
    pub fn seat(&self) -> Seat {
        let lane = (0..self.0.len()).min_by_key(|lane| self.connections_of(*lane)).unwrap_or(0);
        if let Some(lane) = self.0.get(lane) {
            lane.connections.fetch_add(1, Relaxed);
        }
        Seat { lanes: self.clone(), lane }
    }

    /// Connections that are open.
    pub fn connections(&self) -> usize {
        (0..self.0.len()).map(|lane| self.connections_of(lane)).sum()
    }

    fn connections_of(&self, lane: usize) -> usize {
        self.0.get(lane).map_or(0, |lane| lane.connections.load(Relaxed))
    }
}

impl Seat {
    /// Where the connection is to be served.
    pub fn runtime(&self) -> Handle {
        self.lanes.runtime(self.lane)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(lane) = self.lanes.0.get(self.lane) {
            lane.connections.fetch_sub(1, Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_spread_and_a_closed_ones_place_is_taken_next() {
        let threads = Threads::start(3, false).unwrap();
        let lanes = threads.runtimes().unwrap().lanes;
        let mut seats: Vec<Seat> = (0..6).map(|_| lanes.seat()).collect();
        let lanes_of = |seats: &[Seat]| seats.iter().map(|seat| seat.lane).collect::<Vec<_>>();
        assert_eq!(lanes_of(&seats), [0, 1, 2, 0, 1, 2]);
        assert_eq!(lanes.connections(), 6);
        drop(seats.remove(1));
        assert_eq!(lanes.connections(), 5);
        assert_eq!(lanes.seat().lane, 1);
        threads.shut_down();
    }

    #[test]
    fn what_runs_on_a_lane_knows_which_one() {
        let threads = Threads::start(2, true).unwrap();
        let runtimes = threads.runtimes().unwrap();
        let on = |runtime: &Handle| runtime.block_on(runtime.spawn(async { here() })).unwrap();
        assert_eq!(runtimes.lanes.runtimes().map(on).collect::<Vec<_>>(), [Some(0), Some(1)]);
        assert_eq!(on(&runtimes.heavy), None);
        assert_eq!(here(), None);
        threads.shut_down();
    }
}
