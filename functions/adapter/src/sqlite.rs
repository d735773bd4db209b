//! `spin:sqlite@3.1.0`.
//!
//! Reads, and writes inside a transaction, use the synchronous functions: one call into the host and back, where the
//! asynchronous ones pass each row through a stream. What may have to wait for the write lock (`BEGIN IMMEDIATE`, or a write outside of a
//! transaction) waits asynchronously: if it blocked, the request that holds the lock could never go on in the same instance.

use async_trait::async_trait;
use eport_shared::platform::{Connection, DatabaseError};
use eport_shared::sql::{Dialect, Row, Statement, Value};
use spin_sdk::sqlite::wit::sqlite;
use uuid::Uuid;

pub(crate) struct SqliteConnection {
    inner: sqlite::Connection,
    in_transaction: bool,
}

impl SqliteConnection {
    pub(crate) fn open() -> Result<Self, DatabaseError> {
        let inner = sqlite::Connection::open("default").map_err(error)?;
        Ok(Self { inner, in_transaction: false })
    }

    async fn run(&mut self, text: &'static str, parameters: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        let parameters = parameters.iter().map(to_spin).collect::<Vec<_>>();
        if self.in_transaction || text.starts_with("SELECT") {
            let answer = self.inner.execute(text, &parameters).map_err(error)?;
            if matches!(text, "COMMIT" | "ROLLBACK") {
                self.in_transaction = false;
            }
            return Ok(answer.rows.into_iter().map(row).collect());
        }
        let (_, rows, end) = self.inner.execute_async(text.to_owned(), parameters).await.map_err(error)?;
        let rows = rows.collect().await;
        end.await.map_err(error)?;
        self.in_transaction = text.starts_with("BEGIN");
        Ok(rows.into_iter().map(row).collect())
    }
}

#[async_trait(?Send)]
impl Connection for SqliteConnection {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    async fn query(&mut self, statement: &Statement, parameters: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        self.run(statement.sqlite, parameters).await
    }

    async fn execute(&mut self, statement: &Statement, parameters: &[Value]) -> Result<u64, DatabaseError> {
        self.run(statement.sqlite, parameters).await?;
        Ok(self.inner.changes())
    }
}

fn to_spin(value: &Value) -> sqlite::Value {
    match value {
        Value::Null => sqlite::Value::Null,
        Value::Bool(flag) => sqlite::Value::Integer(i64::from(*flag)),
        Value::Integer(n) => sqlite::Value::Integer(*n),
        Value::Text(text) => sqlite::Value::Text(text.clone()),
        Value::Blob(bytes) => sqlite::Value::Blob(bytes.clone()),
        Value::Uuid(id) => sqlite::Value::Text(id.hyphenated().encode_lower(&mut Uuid::encode_buffer()).to_owned()),
    }
}

fn row(row: sqlite::RowResult) -> Row {
    Row::new(
        row.values
            .into_iter()
            .map(|value| match value {
                sqlite::Value::Null => Value::Null,
                sqlite::Value::Integer(n) => Value::Integer(n),
                // No column of ours is a real number; one would be a defect, and is refused where it is read.
                sqlite::Value::Real(n) => Value::Text(n.to_string()),
                sqlite::Value::Text(text) => Value::Text(text),
                sqlite::Value::Blob(bytes) => Value::Blob(bytes),
            })
            .collect(),
    )
}

fn error(error: sqlite::Error) -> DatabaseError {
    match error {
        sqlite::Error::NoSuchDatabase | sqlite::Error::AccessDenied => {
            DatabaseError::Refused("the component has no SQLite database `default`; see spin.toml".to_owned())
        }
        sqlite::Error::InvalidConnection => DatabaseError::Unavailable("the connection is gone".to_owned()),
        sqlite::Error::DatabaseFull => DatabaseError::Unavailable("the database is full".to_owned()),
        sqlite::Error::Io(text) if text.contains("locked") || text.contains("busy") => DatabaseError::Unavailable(text),
        sqlite::Error::Io(text) => DatabaseError::Refused(text),
    }
}
