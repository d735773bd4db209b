//! `spin:postgres@4.2.0`.

use async_trait::async_trait;
use eport_shared::platform::{Connection, DatabaseError};
use eport_shared::sql::{Dialect, Row, Statement, Value};
use spin_sdk::pg::{self, DbValue, ParameterValue, PgError, QueryError};
use uuid::Uuid;

pub(crate) struct PostgresConnection {
    inner: pg::Connection,
}

impl PostgresConnection {
    pub(crate) async fn open(address: &str) -> Result<Self, DatabaseError> {
        let inner = pg::Connection::open(address).await.map_err(error)?;
        // Spin keeps connections in a pool. One that a trapped request gave back may still be inside its transaction; without
        // this, what we write there would vanish with it. Outside of a transaction ROLLBACK is a warning to the server's log alone.
        inner.execute("ROLLBACK", Vec::new()).await.map_err(error)?;
        Ok(Self { inner })
    }
}

#[async_trait(?Send)]
impl Connection for PostgresConnection {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    async fn query(&mut self, statement: &Statement, parameters: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        let parameters = parameters.iter().map(to_spin).collect::<Vec<_>>();
        let (_, rows, end) = self.inner.query(statement.postgres, parameters).await.map_err(error)?.into_inner();
        let rows = rows.collect().await;
        end.await.map_err(|failed| error(pg::Error::PgError(failed)))?;
        rows.into_iter().map(row).collect()
    }

    async fn execute(&mut self, statement: &Statement, parameters: &[Value]) -> Result<u64, DatabaseError> {
        let parameters = parameters.iter().map(to_spin).collect::<Vec<_>>();
        self.inner.execute(statement.postgres, parameters).await.map_err(error)
    }
}

fn to_spin(value: &Value) -> ParameterValue {
    match value {
        Value::Null => ParameterValue::DbNull,
        Value::Bool(flag) => ParameterValue::Boolean(*flag),
        Value::Integer(n) => ParameterValue::Int64(*n),
        Value::Text(text) => ParameterValue::Str(text.clone()),
        Value::Blob(bytes) => ParameterValue::Binary(bytes.clone()),
        Value::Uuid(id) => ParameterValue::Uuid(id.hyphenated().encode_lower(&mut Uuid::encode_buffer()).to_owned()),
    }
}

fn row(columns: Vec<DbValue>) -> Result<Row, DatabaseError> {
    columns
        .into_iter()
        .enumerate()
        .map(|(column, value)| {
            Ok(match value {
                DbValue::DbNull => Value::Null,
                DbValue::Boolean(flag) => Value::Bool(flag),
                DbValue::Int16(n) => Value::Integer(i64::from(n)),
                DbValue::Int32(n) => Value::Integer(i64::from(n)),
                DbValue::Int64(n) => Value::Integer(n),
                DbValue::Str(text) => Value::Text(text),
                DbValue::Binary(bytes) => Value::Blob(bytes),
                DbValue::Uuid(text) => Uuid::try_parse(&text)
                    .map(Value::Uuid)
                    .map_err(|_| DatabaseError::Column { column, expected: "UUID" })?,
                _ => return Err(DatabaseError::Column { column, expected: "type that the schema uses" }),
            })
        })
        .collect::<Result<Vec<_>, _>>()
        .map(Row::new)
}

/// Only codes of the server are passed on: its messages can hold data, and a failed connection's text the password.
fn error(error: pg::Error) -> DatabaseError {
    let pg::Error::PgError(error) = error else {
        return DatabaseError::Refused("an answer could not be read".to_owned());
    };
    match error {
        PgError::ConnectionFailed(_) => DatabaseError::Unavailable("no connection".to_owned()),
        PgError::QueryFailed(QueryError::DbError(failed)) => {
            let code = failed.code;
            // Classes of PostgreSQL's error codes (appendix A): connection, resources, operator intervention, serialisation.
            let passing = ["08", "53", "57", "40"].iter().any(|class| code.starts_with(class));
            let text = format!("SQLSTATE {code}");
            if passing { DatabaseError::Unavailable(text) } else { DatabaseError::Refused(text) }
        }
        PgError::QueryFailed(QueryError::Text(_)) => DatabaseError::Unavailable("the connection broke".to_owned()),
        PgError::BadParameter(_) | PgError::ValueConversionFailed(_) => {
            DatabaseError::Refused("a value has a type that the statement doesn't take".to_owned())
        }
        PgError::Other(_) => DatabaseError::Unavailable("the driver failed".to_owned()),
    }
}
