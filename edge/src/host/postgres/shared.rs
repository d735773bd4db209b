//! A lane's connection for statements that only read and stand by themselves.
//!
//! They follow each other on it without waiting for one another's answers, as [libpq's pipeline mode] does: the server and the lane then take several at
//! a time, where each on a connection of its own wakes a process of the server's and this one again.
//!
//! [libpq's pipeline mode]: https://www.postgresql.org/docs/current/libpq-pipeline-mode.html

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use tokio_postgres::Statement;

use super::pool::Connection;

/// Statements that wait on one connection; more would keep a server with many processors from using them.
const WAITING: usize = 32;
/// How long the first in the queue may take before nobody queues behind it.
const PATIENCE: Duration = Duration::from_millis(5);

/// See the module.
#[derive(Debug)]
pub struct Shared {
    connection: Connection,
    waiting: AtomicUsize,
    opened: Instant,
    /// When the queue last moved: microseconds since `opened`.
    moved: AtomicU64,
}

/// A place in the queue, until it is dropped.
#[derive(Debug)]
pub struct Place(Arc<Shared>);

impl Shared {
    /// An open connection, with nobody in the queue.
    pub fn new(connection: Connection) -> Self {
        Self { connection, waiting: AtomicUsize::new(0), opened: Instant::now(), moved: AtomicU64::new(0) }
    }

    /// Whether the server has closed it.
    pub fn is_closed(&self) -> bool {
        self.connection.client.is_closed()
    }

    /// How many wait for an answer.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Relaxed)
    }

    /// How long ago the queue moved.
    pub fn still(&self) -> Duration {
        self.opened.elapsed().saturating_sub(Duration::from_micros(self.moved.load(Relaxed)))
    }

    /// A place for `sql`, where that only reads, the queue is short, and its first isn't slow; and `sql` as it was prepared before, if it was.
    pub fn place(self: &Arc<Self>, sql: &str) -> Option<(Place, Option<Statement>)> {
        let waiting = self.waiting();
        let moves = waiting == 0 || (waiting < WAITING && self.still() < PATIENCE);
        if !moves || self.is_closed() {
            return None;
        }
        let prepared = self.connection.prepared(sql);
        if prepared.is_none() && !only_reads(sql) {
            return None;
        }
        if self.waiting.fetch_add(1, Relaxed) == 0 {
            self.move_on();
        }
        Some((Place(self.clone()), prepared))
    }

    fn move_on(&self) {
        self.moved.store(u64::try_from(self.opened.elapsed().as_micros()).unwrap_or(u64::MAX), Relaxed);
    }
}

impl Deref for Place {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.0.connection
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.move_on();
        self.0.waiting.fetch_sub(1, Relaxed);
    }
}

/// Whether a statement waits for no lock of another transaction and leaves nothing behind, as far as its words tell: `FOR UPDATE` and its like wait,
/// `INTO` makes a table, and advisory locks are the connection's.
pub fn only_reads(sql: &str) -> bool {
    let mut words = sql.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    words.next().is_some_and(|word| word.eq_ignore_ascii_case("SELECT"))
        && !words.any(|word| {
            ["FOR", "INTO"].iter().any(|other| word.eq_ignore_ascii_case(other))
                || ["pg_", "set_config", "nextval", "setval"].iter().any(|start| begins(word, start))
        })
}

fn begins(word: &str, start: &str) -> bool {
    word.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}
