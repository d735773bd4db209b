//! A component's connection: it takes one from the database at its first statement and gives it back when the component lets go of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::connection::{Attempt, Connection};
use super::database::{Database, LOCK_TIMEOUT, WriteLock};
use super::{Error, QueryResult, Value};

/// See the module.
pub struct Session {
    database: Arc<Database>,
    /// The instance that the component runs in.
    instance: u64,
    /// Statements of one session run one after the other.
    inner: Mutex<Inner>,
    last_insert_rowid: AtomicI64,
    changes: AtomicU64,
}

#[derive(Default)]
struct Inner {
    connection: Option<Connection>,
    /// Held from the first write of a transaction to its end.
    lock: Option<WriteLock>,
}

/// How a session waits for the write lock.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waiting {
    /// Other requests of the instance go on.
    Free,
    /// They don't.
    BlocksInstance,
}

impl Session {
    /// A session that has no connection yet.
    pub fn new(database: Arc<Database>, instance: u64) -> Self {
        Self {
            database,
            instance,
            inner: Mutex::default(),
            last_insert_rowid: AtomicI64::new(0),
            changes: AtomicU64::new(0),
        }
    }

    /// See [`rusqlite::Connection::last_insert_rowid`].
    pub fn last_insert_rowid(&self) -> i64 {
        self.last_insert_rowid.load(Relaxed)
    }

    /// See [`rusqlite::Connection::changes`].
    pub fn changes(&self) -> u64 {
        self.changes.load(Relaxed)
    }

    /// Runs one statement.
    pub async fn run(&self, sql: &str, parameters: &[Value]) -> Result<QueryResult, Error> {
        self.run_waiting(sql, parameters, Waiting::Free).await
    }

    /// Runs one statement for a caller whose whole instance waits meanwhile. If another request of the same instance holds the write lock
    /// it can't go on and give it back, so this fails at once instead of after the time-out.
    pub async fn run_blocking_the_instance(&self, sql: &str, parameters: &[Value]) -> Result<QueryResult, Error> {
        self.run_waiting(sql, parameters, Waiting::BlocksInstance).await
    }

    async fn run_waiting(&self, sql: &str, parameters: &[Value], waiting: Waiting) -> Result<QueryResult, Error> {
        let mut inner = self.inner.lock().await;
        let until = Instant::now() + LOCK_TIMEOUT;
        let mut pause = Duration::from_millis(1);
        loop {
            match self.attempt(&mut inner, sql, parameters)? {
                Attempt::Done(answer) => return Ok(answer),
                Attempt::NeedsWriteLock => {
                    if waiting == Waiting::BlocksInstance && self.database.is_locked_by(self.instance) {
                        return Err(Error::Io(
                            "database is locked by another request of this instance; use execute-async, which can wait for it"
                                .to_owned(),
                        ));
                    }
                    inner.lock = Some(self.database.lock(self.instance, until).await?);
                }
                // Another process (`eport migrate`, a backup) writes. Inside a transaction waiting can't help where the snapshot is old.
                Attempt::Busy(error) => {
                    let in_transaction = inner.connection.as_ref().is_some_and(|c| !c.is_autocommit());
                    let stale =
                        error.sqlite_error().is_some_and(|e| e.extended_code == rusqlite::ffi::SQLITE_BUSY_SNAPSHOT);
                    if Instant::now() >= until || (in_transaction && stale) {
                        if !in_transaction {
                            inner.lock = None;
                        }
                        return Err(Error::Io("database is locked".to_owned()));
                    }
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_millis(50));
                }
            }
        }
    }

    /// One attempt, and what follows from it for the lock.
    fn attempt(&self, inner: &mut Inner, sql: &str, parameters: &[Value]) -> Result<Attempt, Error> {
        let Inner { connection, lock } = inner;
        let connection = match connection {
            Some(connection) => connection,
            None => connection.insert(self.database.take()?),
        };
        let run = |may_write| self.database.run(sql, || connection.attempt(sql, parameters, may_write));
        let mut result = run(lock.is_some());
        if matches!(result, Ok(Attempt::NeedsWriteLock))
            && let Some(free) = self.database.try_lock(self.instance)
        {
            *lock = Some(free);
            result = run(true);
        }
        if connection.worked_hard() {
            self.database.remember_slow(sql);
        }
        self.last_insert_rowid.store(connection.last_insert_rowid(), Relaxed);
        self.changes.store(connection.changes(), Relaxed);
        let waits = matches!(result, Ok(Attempt::Busy(_)));
        if connection.is_autocommit() && !waits {
            // The write is done, or the transaction has ended, by COMMIT, ROLLBACK or an error that rolls back.
            *lock = None;
        }
        result
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let inner = self.inner.get_mut();
        if let Some(connection) = inner.connection.take() {
            self.database.give_back(connection);
        }
        // Only now, after the ROLLBACK, may the next one write.
        inner.lock = None;
    }
}
