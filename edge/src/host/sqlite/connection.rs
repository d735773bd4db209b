//! One open connection to a database file: how it is set up, what it refuses, and how one statement runs on it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{ErrorCode, OpenFlags, ToSql, params_from_iter};

use super::{Error, QueryResult, RowResult, Value};

/// How long one statement may run.
pub const STATEMENT_LIMIT: Duration = Duration::from_secs(5);
/// Virtual-machine steps between two looks at the clock: a few microseconds of work.
const STEPS_PER_LOOK: i32 = 20_000;
/// Looks at the clock from which a statement was much work.
const HARD_LOOKS: u32 = 10;
/// Prepared statements kept per connection: more than all journeys have together.
const CACHED_STATEMENTS: usize = 256;
/// Bytes of one answer.
const ANSWER_BYTES: usize = 32 << 20;
/// Pages in the write-ahead log after which a commit itself moves them into the file. The database's own task does it long before.
const AUTOCHECKPOINT_PAGES: i32 = 16_000;

/// A connection, and what has to be known of it when it is given back.
pub struct Connection {
    inner: rusqlite::Connection,
    /// A statement changed what belongs to the connection and not to the database; the next taker must not see it.
    changed: Arc<AtomicBool>,
    /// When the statement that runs has to end, in microseconds since `epoch`.
    deadline: Arc<AtomicI64>,
    /// How often the clock was looked at during the last statement.
    looks: Arc<AtomicU32>,
    epoch: Instant,
}

/// What became of one attempt to run a statement.
pub enum Attempt {
    /// It ran.
    Done(QueryResult),
    /// It would write, and the caller doesn't hold the write lock.
    NeedsWriteLock,
    /// Another process holds SQLite's own lock.
    Busy(rusqlite::Error),
}

/// Opens the file at `path` (made with mode 0600 where it is missing) without any settings.
pub fn open_file(path: &Path) -> rusqlite::Result<rusqlite::Connection> {
    use std::os::unix::fs::OpenOptionsExt as _;
    // SQLite would make the file readable for everyone. Its own error is the better one where this fails.
    let _ = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    rusqlite::Connection::open_with_flags(path, flags)
}

/// Moves the write-ahead log of the file at `path` into it, as far as no reader is in the way.
pub fn checkpoint(path: &Path) -> rusqlite::Result<()> {
    open_file(path)?.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
}

/// Whether another connection's lock stood in the way.
pub fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

impl Connection {
    /// Opens the database at `path`, or one in memory that all connections of this process share under `name`.
    pub fn open(path: Option<&Path>, name: &str, full_sync: bool) -> rusqlite::Result<Self> {
        let mut inner = match path {
            Some(path) => open_file(path)?,
            None => rusqlite::Connection::open_with_flags(
                format!("file:{name}?mode=memory&cache=shared"),
                OpenFlags::default() | OpenFlags::SQLITE_OPEN_URI,
            )?,
        };
        // The first connection turns the file to WAL and may meet another process that does the same.
        inner.busy_timeout(Duration::from_secs(5))?;
        if path.is_some() {
            inner.pragma_update(None, "journal_mode", "WAL")?;
        }
        inner.pragma_update(None, "synchronous", if full_sync { "FULL" } else { "NORMAL" })?;
        inner.pragma_update(None, "wal_autocheckpoint", AUTOCHECKPOINT_PAGES)?;
        inner.pragma_update(None, "temp_store", "MEMORY")?;
        inner.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        // A kept statement is planned once, and not anew for each value that is bound to it (https://sqlite.org/queryplanner-ng.html#qpsg).
        inner.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        // From now on a lock is waited for without holding the thread: the holder may be a component that needs it to go on.
        inner.busy_timeout(Duration::ZERO)?;
        let changed = Arc::new(AtomicBool::new(false));
        let seen = changed.clone();
        inner.authorizer(Some(move |context: AuthContext<'_>| authorize(&context, &seen)))?;
        let deadline = Arc::new(AtomicI64::new(i64::MAX));
        let epoch = Instant::now();
        let until = deadline.clone();
        let looks = Arc::new(AtomicU32::new(0));
        let looked = looks.clone();
        inner.progress_handler(
            STEPS_PER_LOOK,
            Some(move || {
                looked.fetch_add(1, Relaxed);
                micros(epoch.elapsed()) > until.load(Relaxed)
            }),
        )?;
        Ok(Self { inner, changed, deadline, looks, epoch })
    }

    /// Whether no transaction is open.
    pub fn is_autocommit(&self) -> bool {
        self.inner.is_autocommit()
    }

    /// Whether the last statement was much work: some milliseconds, told by its steps, since a busy machine makes any statement seem slow.
    pub fn worked_hard(&self) -> bool {
        self.looks.load(Relaxed) >= HARD_LOOKS
    }

    /// Whether the next taker would notice what was done here.
    pub fn is_changed(&self) -> bool {
        self.changed.load(Relaxed)
    }

    /// See [`rusqlite::Connection::last_insert_rowid`].
    pub fn last_insert_rowid(&self) -> i64 {
        self.inner.last_insert_rowid()
    }

    /// See [`rusqlite::Connection::changes`].
    pub fn changes(&self) -> u64 {
        self.inner.changes()
    }

    /// Ends a transaction that is still open, without its changes.
    pub fn roll_back(&self) {
        if !self.is_autocommit() {
            // Where this fails the transaction has ended by itself, or the connection is dropped because of `is_autocommit`.
            let _ = self.inner.execute_batch("ROLLBACK");
        }
    }

    /// Tries to run one statement, writing only where `may_write`.
    pub fn attempt(&self, sql: &str, parameters: &[Value], may_write: bool) -> Result<Attempt, Error> {
        self.deadline.store(micros(self.epoch.elapsed() + STATEMENT_LIMIT), Relaxed);
        self.looks.store(0, Relaxed);
        let result = self.attempt_inner(sql, parameters, may_write);
        self.deadline.store(i64::MAX, Relaxed);
        match result {
            Ok(attempt) => attempt,
            Err(error) if is_busy(&error) => Ok(Attempt::Busy(error)),
            Err(error) => Err(self.describe(&error)),
        }
    }

    fn attempt_inner(
        &self,
        sql: &str,
        parameters: &[Value],
        may_write: bool,
    ) -> rusqlite::Result<Result<Attempt, Error>> {
        let mut statement = self.inner.prepare_cached(sql)?;
        // BEGIN IMMEDIATE and EXCLUSIVE count as writing here, plain BEGIN, COMMIT and ROLLBACK don't: just what the lock is about.
        if !may_write && !statement.readonly() {
            return Ok(Ok(Attempt::NeedsWriteLock));
        }
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let width = columns.len();
        let mut answer = QueryResult { columns, rows: Vec::new() };
        let mut bytes = 0;
        let mut rows = statement.query(params_from_iter(parameters.iter().map(Parameter)))?;
        while let Some(row) = rows.next()? {
            let mut values = Vec::with_capacity(width);
            for column in 0..width {
                let (value, size) = from_sqlite(row.get_ref(column)?);
                bytes += size;
                values.push(value);
            }
            if bytes > ANSWER_BYTES {
                let text = format!("the answer is larger than {ANSWER_BYTES} bytes; ask for fewer rows");
                return Ok(Err(Error::Io(text)));
            }
            answer.rows.push(RowResult { values });
        }
        Ok(Ok(Attempt::Done(answer)))
    }

    /// The error for the component. It can hold the statement's text, which is fixed, but no parameter.
    pub fn describe(&self, error: &rusqlite::Error) -> Error {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Error::DatabaseFull,
            Some(ErrorCode::OperationInterrupted) => {
                Error::Io(format!("the statement ran longer than {} s and was interrupted", STATEMENT_LIMIT.as_secs()))
            }
            _ => Error::Io(error.to_string()),
        }
    }
}

fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

/// Refuses what reaches beyond the database (other files, as Spin does; the journal mode, which holds for all connections), and notes what
/// changes the connection.
fn authorize(context: &AuthContext<'_>, changed: &AtomicBool) -> Authorization {
    match context.action {
        AuthAction::Attach { filename } if !matches!(filename, "" | ":memory:") => Authorization::Deny,
        AuthAction::Pragma { pragma_name, pragma_value: Some(_) }
            if pragma_name.eq_ignore_ascii_case("journal_mode") =>
        {
            Authorization::Deny
        }
        AuthAction::Attach { .. }
        | AuthAction::Detach { .. }
        | AuthAction::Pragma { .. }
        | AuthAction::CreateTempTable { .. }
        | AuthAction::CreateTempIndex { .. }
        | AuthAction::CreateTempTrigger { .. }
        | AuthAction::CreateTempView { .. } => {
            changed.store(true, Relaxed);
            Authorization::Allow
        }
        _ => Authorization::Allow,
    }
}

struct Parameter<'a>(&'a Value);

impl ToSql for Parameter<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Integer(n) => ValueRef::Integer(*n),
            Value::Real(n) => ValueRef::Real(*n),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
            Value::Null => ValueRef::Null,
        }))
    }
}

/// A column and its size in bytes.
fn from_sqlite(value: ValueRef<'_>) -> (Value, usize) {
    match value {
        ValueRef::Null => (Value::Null, 1),
        ValueRef::Integer(n) => (Value::Integer(n), 8),
        ValueRef::Real(n) => (Value::Real(n), 8),
        ValueRef::Text(text) => (Value::Text(String::from_utf8_lossy(text).into_owned()), text.len()),
        ValueRef::Blob(bytes) => (Value::Blob(bytes.to_vec()), bytes.len()),
    }
}
