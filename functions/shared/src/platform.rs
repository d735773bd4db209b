//! What a rule needs from the world, as traits: the database, the key-value store, the network, randomness.
//!
//! `eport-adapter` implements them over Spin's interfaces inside a component; `eport-database` implements [`Database`]
//! natively for the command line and for tests.

use async_trait::async_trait;
use bytes::Bytes;
use uuid::Uuid;

use crate::sql::{Dialect, Row, Statement, Value};

/// Why the database did not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseError {
    /// It can't be reached, or is too busy; the same request may succeed later.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// It refused a statement: a defect of ours (the text of a statement never holds data, so it is safe to log).
    #[error("the database refused a statement: {0}")]
    Refused(String),
    /// A column did not hold what the code expected.
    #[error("column {column} is not a {expected}")]
    Column {
        /// Zero-based position in the row.
        column: usize,
        /// The Rust-side type that was asked for.
        expected: &'static str,
    },
}

/// One connection. Dropping it ends a transaction that is still open on SQLite; on PostgreSQL the next taker's
/// `ROLLBACK` does (see [`crate::sql::transaction`]).
#[async_trait(?Send)]
pub trait Connection {
    /// Which texts of a [`Statement`] this connection runs.
    fn dialect(&self) -> Dialect;

    /// Runs one statement and returns all its rows (empty where it returns none).
    async fn query(&mut self, statement: &Statement, parameters: &[Value]) -> Result<Vec<Row>, DatabaseError>;

    /// Runs one statement and returns how many rows it inserted, updated or deleted.
    async fn execute(&mut self, statement: &Statement, parameters: &[Value]) -> Result<u64, DatabaseError>;
}

/// Where connections come from.
#[async_trait(?Send)]
pub trait Database {
    /// Which dialect its connections speak.
    fn dialect(&self) -> Dialect;

    /// Takes a connection. No transaction is open on it.
    async fn connect(&self) -> Result<Box<dyn Connection>, DatabaseError>;
}

/// The key-value store did not answer. What it holds may be lost, so callers go on without it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the key-value store is unavailable: {0}")]
pub struct KeyValueError(pub String);

/// A store for what may be lost: rate counters, caches.
#[async_trait(?Send)]
pub trait KeyValue {
    /// The value under `key`, if there is one.
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, KeyValueError>;
    /// Sets or replaces the value under `key`. Not atomic with a `get` before it.
    async fn set(&self, key: &str, value: &[u8]) -> Result<(), KeyValueError>;
    /// Removes `key`; no error where it is absent.
    async fn delete(&self, key: &str) -> Result<(), KeyValueError>;
}

/// An outbound HTTP request got no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no answer: {0}")]
pub struct OutboundError(pub String);

/// Outbound HTTP, held to the manifest's `allowed_outbound_hosts` by the host.
#[async_trait(?Send)]
pub trait Outbound {
    /// Sends a request and reads the whole answer (at most 1 MiB).
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, OutboundError>;
    /// Waits, for a retry with a pause before it.
    async fn sleep(&self, milliseconds: u64);
}

/// Randomness, passed in so that tests can repeat it.
pub trait Entropy {
    /// Fills `buffer` from a cryptographically secure source.
    fn fill(&self, buffer: &mut [u8]);
}

/// `N` random bytes.
pub fn random<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

/// A new UUIDv7 (RFC 9562 §5.7): ids sort by time of creation to the millisecond.
pub fn new_id(now: crate::clock::Timestamp, entropy: &dyn Entropy) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(u64::try_from(now.milliseconds()).unwrap_or(0), &random(entropy))
        .into_uuid()
}

/// The id that no UUIDv7 of `at` or later comes before, and none of an earlier millisecond after: times as bounds of ids.
pub fn first_id(at: crate::clock::Timestamp) -> Uuid {
    // The first 48 bits of a UUIDv7 are the time. What lies past them (the year 10889) comes after all ids.
    match u64::try_from(at.milliseconds().max(0)) {
        Ok(milliseconds) if milliseconds < 1 << 48 => Uuid::from_u64_pair(milliseconds << 16, 0),
        _ => Uuid::max(),
    }
}
