//! SQLite: a file, opened by as many connections as are in use at once.
//!
//! Spin sets no PRAGMA on a connection, so none is set here: the journal mode (WAL) is kept in the file, and the rest is what the
//! bundled library was built with (which is, for both, with foreign keys enforced; the schema must not rely on it).

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use eport_shared::platform::{Connection, Database, DatabaseError};
use eport_shared::sql::{Dialect, Row, Statement, Value};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{ErrorCode, OpenFlags, params_from_iter};
use tokio::time::Instant;

use crate::error::from_sqlite;

/// How long a statement waits for the write lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Idle connections kept for the next taker.
const IDLE_CONNECTIONS: usize = 8;
/// Statements kept prepared per connection: more than all journeys have together.
const CACHED_STATEMENTS: usize = 256;

/// A database in a file. Clones share their idle connections.
#[derive(Debug, Clone)]
pub struct SqliteDatabase {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    durable: bool,
    idle: Mutex<Vec<rusqlite::Connection>>,
}

impl Shared {
    fn idle(&self) -> MutexGuard<'_, Vec<rusqlite::Connection>> {
        // A panic while the list was held leaves a list.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SqliteDatabase {
    /// The database in the file at `path`. The first connection creates the file (mode 0600) where there is none.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self::with_durability(path.into(), true)
    }

    /// A database whose commits don't wait for the disk: for tests, which don't outlive a crash of the machine.
    #[cfg(feature = "testing")]
    pub(crate) fn volatile(path: PathBuf) -> Self {
        Self::with_durability(path, false)
    }

    fn with_durability(path: PathBuf, durable: bool) -> Self {
        Self { shared: Arc::new(Shared { path, durable, idle: Mutex::default() }) }
    }

    /// Where the file is, or will be.
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    pub(crate) fn take(&self) -> Result<SqliteConnection, DatabaseError> {
        let idle = self.shared.idle().pop();
        let inner = match idle {
            Some(inner) => inner,
            None => self.open()?,
        };
        Ok(SqliteConnection { inner: Some(inner), shared: Arc::clone(&self.shared), patience: BUSY_TIMEOUT })
    }

    fn open(&self) -> Result<rusqlite::Connection, DatabaseError> {
        let path = &self.shared.path;
        create_private(path).map_err(|error| {
            DatabaseError::Unavailable(format!(
                "{} can't be created: {error}; does its folder exist, and may this user write to it?",
                path.display()
            ))
        })?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = || {
            let connection = rusqlite::Connection::open_with_flags(path, flags)?;
            // The library would wait by blocking the thread, on which the holder of the lock may have to go on.
            connection.busy_timeout(Duration::ZERO)?;
            connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
            if !self.shared.durable {
                connection.pragma_update(None, "synchronous", "OFF")?;
            }
            Ok(connection)
        };
        open().map_err(|error: rusqlite::Error| from_sqlite(&error))
    }
}

/// Makes an empty file that only its owner reads. SQLite gives the same mode to the files that it puts beside it.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

#[async_trait(?Send)]
impl Database for SqliteDatabase {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    async fn connect(&self) -> Result<Box<dyn Connection>, DatabaseError> {
        Ok(Box::new(self.take()?))
    }
}

/// One connection to the file.
pub(crate) struct SqliteConnection {
    /// `None` only while it is dropped.
    inner: Option<rusqlite::Connection>,
    shared: Arc<Shared>,
    patience: Duration,
}

impl SqliteConnection {
    /// Waits for locks up to `patience` instead of five seconds.
    pub(crate) fn patient(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Runs a script of several statements.
    pub(crate) async fn batch(&mut self, script: &str) -> Result<(), DatabaseError> {
        self.waiting(|connection| connection.execute_batch(script)).await
    }

    /// Runs `step`, again and again while another connection holds the lock. Only outside a transaction: there nothing was done when
    /// SQLite answers "busy", while inside one the wait could be for somebody who waits for us.
    async fn waiting<T>(
        &mut self,
        mut step: impl FnMut(&rusqlite::Connection) -> rusqlite::Result<T>,
    ) -> Result<T, DatabaseError> {
        let Some(connection) = self.inner.as_ref() else {
            return Err(DatabaseError::Unavailable("the connection is closed".to_owned()));
        };
        let give_up = Instant::now() + self.patience;
        let mut pause = Duration::from_millis(1);
        loop {
            let waits = connection.is_autocommit();
            match step(connection) {
                Err(error) if waits && is_busy(&error) && Instant::now() < give_up => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_millis(8));
                }
                result => return result.map_err(|error| from_sqlite(&error)),
            }
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}

impl Drop for SqliteConnection {
    fn drop(&mut self) {
        let Some(inner) = self.inner.take() else { return };
        // A connection whose transaction can't be ended is closed instead, which ends it as well.
        let clean = inner.is_autocommit() || inner.execute_batch("ROLLBACK").is_ok();
        let mut idle = self.shared.idle();
        if clean && idle.len() < IDLE_CONNECTIONS {
            idle.push(inner);
        }
    }
}

#[async_trait(?Send)]
impl Connection for SqliteConnection {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    async fn query(&mut self, statement: &Statement, parameters: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        self.waiting(|connection| {
            let mut statement = connection.prepare_cached(statement.sqlite)?;
            let columns = statement.column_count();
            let mut rows = statement.query(params_from_iter(parameters.iter().map(Parameter)))?;
            let mut answer = Vec::new();
            while let Some(row) = rows.next()? {
                let values = (0..columns).map(|column| to_value(row, column));
                answer.push(Row::new(values.collect::<rusqlite::Result<_>>()?));
            }
            Ok(answer)
        })
        .await
    }

    async fn execute(&mut self, statement: &Statement, parameters: &[Value]) -> Result<u64, DatabaseError> {
        self.waiting(|connection| {
            let mut statement = connection.prepare_cached(statement.sqlite)?;
            let before = connection.total_changes();
            let mut rows = statement.query(params_from_iter(parameters.iter().map(Parameter)))?;
            while rows.next()?.is_some() {}
            drop(rows);
            // `changes` stays at the last INSERT, UPDATE or DELETE: a COMMIT would repeat it.
            let changed = connection.total_changes() != before;
            Ok(if changed { connection.changes() } else { 0 })
        })
        .await
    }
}

struct Parameter<'a>(&'a Value);

impl rusqlite::ToSql for Parameter<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Value::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Value::Bool(flag) => ToSqlOutput::Borrowed(ValueRef::Integer(i64::from(*flag))),
            Value::Integer(n) => ToSqlOutput::Borrowed(ValueRef::Integer(*n)),
            Value::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Value::Blob(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Value::Uuid(id) => ToSqlOutput::Owned(id.hyphenated().to_string().into()),
        })
    }
}

fn to_value(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Value> {
    let value = row.get_ref(column)?;
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(n) => Value::Integer(n),
        ValueRef::Text(_) => Value::Text(value.as_str()?.to_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
        ValueRef::Real(_) => {
            return Err(rusqlite::Error::InvalidColumnType(
                column,
                row.as_ref().column_name(column)?.to_owned(),
                rusqlite::types::Type::Real,
            ));
        }
    })
}
