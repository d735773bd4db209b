//! A database file: its idle connections, and its write lock.
//!
//! SQLite lets one connection write at a time. If a statement waited for that inside SQLite it would hold its thread, and with as many
//! waiters as threads the component that holds the lock could never go on and give it back. So the lock is taken here first, in
//! order of arrival and without holding a thread; SQLite's own lock is then free, unless another process has it.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::Error;
use super::connection::Connection;
use crate::runtime_config::SqliteSettings;

/// How long a statement waits for the write lock.
pub const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
/// Connections kept open for the next taker.
const IDLE_CONNECTIONS: usize = 8;
/// Bytes of write-ahead log from which they are moved into the file.
const CHECKPOINT_BYTES: u64 = 4 << 20;

/// A database.
pub struct Database {
    label: String,
    settings: SqliteSettings,
    idle: Mutex<Vec<Connection>>,
    busy: AtomicUsize,
    writer: Arc<Semaphore>,
    /// The instance whose session holds the write lock; 0 where nobody does.
    owner: AtomicU64,
    any_slow: AtomicBool,
    slow: Mutex<HashSet<u64>>,
    hasher: RandomState,
    /// When the write-ahead log was last written to before it was moved into the file.
    tended: Mutex<Option<SystemTime>>,
}

/// The write lock. Dropping it gives it back.
pub struct WriteLock {
    database: Arc<Database>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for WriteLock {
    fn drop(&mut self) {
        self.database.owner.store(0, Relaxed);
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("label", &self.label).finish_non_exhaustive()
    }
}

impl Database {
    /// Opens the database with its first connection, so that a file that can't be used is noticed at the start.
    pub fn open(label: &str, settings: SqliteSettings) -> Result<Self, rusqlite::Error> {
        let first = Connection::open(settings.path.as_deref(), label, settings.full_sync)?;
        Ok(Self {
            label: label.to_owned(),
            settings,
            idle: Mutex::new(vec![first]),
            busy: AtomicUsize::new(0),
            writer: Arc::new(Semaphore::new(1)),
            owner: AtomicU64::new(0),
            any_slow: AtomicBool::new(false),
            slow: Mutex::default(),
            hasher: RandomState::new(),
            tended: Mutex::default(),
        })
    }

    /// The database's label in the manifest.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Connections in use, and connections waiting for use.
    pub fn connections(&self) -> (usize, usize) {
        (self.busy.load(Relaxed), self.idle().len())
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        // A panic while the list was held leaves a list.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection on which no transaction is open.
    pub fn take(&self) -> Result<Connection, Error> {
        let kept = self.idle().pop();
        let connection = match kept {
            Some(connection) => connection,
            None => Connection::open(self.settings.path.as_deref(), &self.label, self.settings.full_sync)
                .map_err(|error| Error::Io(error.to_string()))?,
        };
        self.busy.fetch_add(1, Relaxed);
        Ok(connection)
    }

    /// Takes a connection back: without its transaction, and for the next taker only where that one can't notice the last one.
    pub fn give_back(&self, connection: Connection) {
        self.busy.fetch_sub(1, Relaxed);
        connection.roll_back();
        if connection.is_changed() || !connection.is_autocommit() {
            return;
        }
        let mut idle = self.idle();
        if idle.len() < IDLE_CONNECTIONS {
            idle.push(connection);
        }
    }

    /// The write lock for `instance`, if it is free.
    pub fn try_lock(self: &Arc<Self>, instance: u64) -> Option<WriteLock> {
        let permit = self.writer.clone().try_acquire_owned().ok()?;
        Some(self.locked(permit, instance))
    }

    /// The write lock for `instance`, as soon as it is its turn.
    pub async fn lock(self: &Arc<Self>, instance: u64, until: Instant) -> Result<WriteLock, Error> {
        match tokio::time::timeout_at(until, self.writer.clone().acquire_owned()).await {
            Ok(Ok(permit)) => Ok(self.locked(permit, instance)),
            _ => Err(Error::Io("database is locked".to_owned())),
        }
    }

    fn locked(self: &Arc<Self>, permit: OwnedSemaphorePermit, instance: u64) -> WriteLock {
        self.owner.store(instance, Relaxed);
        WriteLock { database: self.clone(), _permit: permit }
    }

    /// Whether `instance` holds the write lock itself.
    pub fn is_locked_by(&self, instance: u64) -> bool {
        self.owner.load(Relaxed) == instance
    }

    /// Runs `work` for the statement `sql`: where that was much work before, so that the thread's other requests go on meanwhile.
    pub fn run<T>(&self, sql: &str, work: impl FnOnce() -> T) -> T {
        if self.any_slow.load(Relaxed) && self.is_slow(sql) && can_block() {
            return tokio::task::block_in_place(work);
        }
        work()
    }

    /// Remembers that `sql` was much work.
    pub fn remember_slow(&self, sql: &str) {
        let mut slow = self.slow.lock().unwrap_or_else(PoisonError::into_inner);
        // Texts of statements are fixed, so there are few; a component that makes them up must not fill the memory.
        if slow.len() < 1024 {
            slow.insert(self.hasher.hash_one(sql));
            self.any_slow.store(true, Relaxed);
        }
    }

    fn is_slow(&self, sql: &str) -> bool {
        let slow = self.slow.lock().unwrap_or_else(PoisonError::into_inner);
        slow.contains(&self.hasher.hash_one(sql))
    }

    /// Moves a write-ahead log that has grown into the file, so that no request's COMMIT has to. Blocks; for a thread of its own.
    pub fn tend(&self) {
        let Some(path) = &self.settings.path else { return };
        let Ok(log) = std::fs::metadata(log_path(path)) else { return };
        let written = log.modified().ok();
        let mut tended = self.tended.lock().unwrap_or_else(PoisonError::into_inner);
        // The log keeps its size when it has been moved, and begins again from its start.
        if log.len() < CHECKPOINT_BYTES || *tended == written {
            return;
        }
        // Where a reader is in the way, the next time will do.
        if super::connection::checkpoint(path).is_ok() {
            *tended = written;
        }
    }
}

fn log_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// Whether this thread can hand its other tasks to another one.
fn can_block() -> bool {
    tokio::runtime::Handle::try_current()
        .is_ok_and(|handle| handle.runtime_flavor() == tokio::runtime::RuntimeFlavor::MultiThread)
}
