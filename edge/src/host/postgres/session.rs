//! A component's connection: what runs on it, and in which state it goes back to the pool.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use futures::TryStreamExt as _;
use tokio::sync::OnceCell;
use tokio_postgres::Statement;
use tokio_postgres::error::SqlState;

use super::pool::{Connection, Lease, Pool};
use super::shared::Shared;
use super::types::{Parameter, column, value};
use super::{Column, DbValue, Error, ParameterValue};
use crate::host::bindings::spin::postgres::postgres::{DbError, QueryError};

/// Bytes of one answer.
const ANSWER_BYTES: usize = 32 << 20;
/// How long a dead request's transaction may take to end.
const ROLLBACK_TIMEOUT: Duration = Duration::from_secs(5);

/// See the module.
pub struct Session {
    pool: Arc<Pool>,
    /// What the session reads by until it has a connection of its own.
    shared: Option<Arc<Shared>>,
    own: OnceCell<Lease>,
    in_transaction: AtomicBool,
    /// Statements that were sent and not answered.
    in_flight: AtomicUsize,
    /// A statement changed what belongs to the connection.
    changed: AtomicBool,
}

/// What a statement does to the connection, by its first words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    None,
    Begins,
    Ends,
    /// It changes what a later taker would notice, or can't be told from that.
    Changes,
}

/// The effect of `sql`. The protocol takes one statement at a time, so its beginning decides.
pub fn effect(sql: &str) -> Effect {
    let mut words = sql
        .split(|c: char| c.is_whitespace() || c == ';' || c == '(')
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_uppercase);
    let first = words.next().unwrap_or_default();
    let second = words.next().unwrap_or_default();
    match first.as_str() {
        "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "WITH" | "VALUES" | "MERGE" | "SAVEPOINT" | "RELEASE" | "LOCK"
        | "ALTER" | "DROP" | "TRUNCATE" | "EXPLAIN" | "SHOW" | "" => Effect::None,
        "BEGIN" | "START" => Effect::Begins,
        "COMMIT" | "END" | "ABORT" if !words.any(|word| word == "CHAIN") => Effect::Ends,
        "ROLLBACK" if second == "TO" || (!second.is_empty() && words.next().is_some_and(|word| word == "TO")) => {
            Effect::None
        }
        "ROLLBACK" if second.is_empty() || second == "WORK" || second == "TRANSACTION" => Effect::Ends,
        "SET" if second == "LOCAL" || second == "TRANSACTION" || second == "CONSTRAINTS" => Effect::None,
        "CREATE" if !matches!(second.as_str(), "TEMP" | "TEMPORARY" | "LOCAL" | "GLOBAL") => Effect::None,
        _ => Effect::Changes,
    }
}

/// Marks a statement as sent until it is dropped.
struct InFlight<'a>(&'a AtomicUsize);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl Session {
    /// A session whose address has been reached.
    pub async fn open(pool: Arc<Pool>) -> Result<Self, Error> {
        let shared = pool.shared().await?;
        let own = match &shared {
            Some(_) => OnceCell::new(),
            None => OnceCell::new_with(Some(pool.lend().await?)),
        };
        Ok(Self {
            pool,
            shared,
            own,
            in_transaction: AtomicBool::new(false),
            in_flight: AtomicUsize::new(0),
            changed: AtomicBool::new(false),
        })
    }

    /// The session's own connection, from now on.
    async fn connection(&self) -> Result<&Connection, Error> {
        Ok(&self.own.get_or_try_init(|| self.pool.lend()).await?.connection)
    }

    /// Runs one statement and returns its rows.
    pub async fn query(
        &self,
        sql: String,
        parameters: Vec<ParameterValue>,
    ) -> Result<(Vec<Column>, Vec<Vec<DbValue>>), Error> {
        // Who has a connection may be in a transaction on it, and reads what it wrote there.
        let shared = self.shared.as_ref().filter(|_| self.own.get().is_none());
        if let Some((place, prepared)) = shared.and_then(|shared| shared.place(&sql)) {
            let statement = match prepared {
                Some(statement) => statement,
                None => prepare(&place, &sql).await?,
            };
            return rows(&place, &sql, &statement, parameters).await;
        }
        let (effect, _sent) = self.before(&sql);
        let connection = self.connection().await?;
        let statement = prepare(connection, &sql).await?;
        let answer = rows(connection, &sql, &statement, parameters).await?;
        self.after(effect);
        Ok(answer)
    }

    /// Runs one statement and returns how many rows it changed.
    pub async fn execute(&self, sql: String, parameters: Vec<ParameterValue>) -> Result<u64, Error> {
        // On Spin a component has to begin with this; here no transaction is ever open on a connection from the pool.
        if sql == "ROLLBACK" && !self.in_transaction.load(Relaxed) && self.in_flight.load(Relaxed) == 0 {
            return Ok(0);
        }
        let (effect, _sent) = self.before(&sql);
        let connection = self.connection().await?;
        // Statements without parameters that aren't worth preparing: the extended protocol would cost a round trip more.
        let result = if parameters.is_empty() && effect != Effect::None {
            connection.client.batch_execute(&single(&sql)?).await.map(|()| 0)
        } else {
            let statement = prepare(connection, &sql).await?;
            connection.client.execute_raw(&statement, parameters.into_iter().map(Parameter)).await
        };
        let changed = result.map_err(|error| failed(connection, &sql, &error))?;
        self.after(effect);
        Ok(changed)
    }

    fn before(&self, sql: &str) -> (Effect, InFlight<'_>) {
        let effect = effect(sql);
        match effect {
            Effect::Begins => self.in_transaction.store(true, Relaxed),
            Effect::Changes => self.changed.store(true, Relaxed),
            Effect::None | Effect::Ends => {}
        }
        self.in_flight.fetch_add(1, Relaxed);
        (effect, InFlight(&self.in_flight))
    }

    fn after(&self, effect: Effect) {
        if effect == Effect::Ends {
            self.in_transaction.store(false, Relaxed);
        }
    }
}

/// Runs one statement and returns its rows.
async fn rows(
    connection: &Connection,
    sql: &str,
    statement: &Statement,
    parameters: Vec<ParameterValue>,
) -> Result<(Vec<Column>, Vec<Vec<DbValue>>), Error> {
    let columns: Vec<Column> = statement.columns().iter().map(column).collect();
    let stream = connection.client.query_raw(statement, parameters.into_iter().map(Parameter)).await;
    let stream = stream.map_err(|error| failed(connection, sql, &error))?;
    let mut stream = std::pin::pin!(stream);
    let (mut rows, mut bytes) = (Vec::new(), 0);
    while let Some(row) = stream.try_next().await.map_err(|error| failed(connection, sql, &error))? {
        bytes += row.raw_size_bytes();
        if bytes > ANSWER_BYTES {
            return Err(Error::QueryFailed(QueryError::Text(format!(
                "the answer is larger than {ANSWER_BYTES} bytes; ask for fewer rows"
            ))));
        }
        let values = (0..row.len()).map(|index| value(&row, index)).collect::<Result<_, _>>();
        rows.push(values.map_err(|error| Error::ValueConversionFailed(error.to_string()))?);
    }
    Ok((columns, rows))
}

fn failed(connection: &Connection, sql: &str, error: &tokio_postgres::Error) -> Error {
    // A plan can outlive the table it was made for (a migration); the next use prepares the statement again.
    if error.code() == Some(&SqlState::FEATURE_NOT_SUPPORTED) {
        connection.forget(sql);
    }
    query_failed(error)
}

/// The simple protocol would run several statements in one text; the interface knows only one.
fn single(sql: &str) -> Result<String, Error> {
    let text = sql.trim().trim_end_matches(';');
    if text.contains(';') {
        return Err(Error::QueryFailed(QueryError::Text("there is more than one statement".to_owned())));
    }
    Ok(text.to_owned())
}

async fn prepare(connection: &Connection, sql: &str) -> Result<Statement, Error> {
    if let Some(statement) = connection.prepared(sql) {
        return Ok(statement);
    }
    let statement = connection.client.prepare(sql).await.map_err(|error| query_failed(&error))?;
    connection.keep(sql, statement.clone());
    Ok(statement)
}

fn query_failed(error: &tokio_postgres::Error) -> Error {
    let text = format!("{error:?}");
    Error::QueryFailed(match error.as_db_error() {
        None => QueryError::Text(text),
        Some(found) => {
            let mut extras = Vec::new();
            let mut extra = |name: &str, value: Option<&str>| {
                extras.extend(value.map(|value| (name.to_owned(), value.to_owned())));
            };
            extra("column", found.column());
            extra("constraint", found.constraint());
            extra("routine", found.routine());
            extra("hint", found.hint());
            extra("table", found.table());
            extra("datatype", found.datatype());
            extra("schema", found.schema());
            extra("where_", found.where_());
            QueryError::DbError(DbError {
                as_text: text,
                severity: found.severity().to_owned(),
                code: found.code().code().to_owned(),
                message: found.message().to_owned(),
                detail: found.detail().map(str::to_owned),
                extras,
            })
        }
    })
}

impl Drop for Session {
    fn drop(&mut self) {
        let Some(lease) = self.own.take() else { return };
        if *self.changed.get_mut() {
            return lease.discard();
        }
        if !*self.in_transaction.get_mut() && *self.in_flight.get_mut() == 0 {
            return lease.keep();
        }
        // The request died inside its transaction: end it, and what is still under way, before anyone else takes the connection.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return lease.discard() };
        runtime.spawn(async move {
            let ended = lease.connection.client.batch_execute("ROLLBACK");
            match tokio::time::timeout(ROLLBACK_TIMEOUT, ended).await {
                Ok(Ok(())) => lease.keep(),
                _ => lease.discard(),
            }
        });
    }
}
