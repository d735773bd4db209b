//! Statements, values, rows and transactions: the same for both dialects.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::platform::{Connection, Database, DatabaseError};

/// The SQL dialects that the migrations exist in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite 3.35 or later (`RETURNING`).
    Sqlite,
    /// PostgreSQL 14 or later.
    Postgres,
}

/// One SQL statement in both dialects. Made with [`crate::sql!`]; the text is static, so data can only come in as parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement {
    /// With parameters written `?1`, `?2` ….
    pub sqlite: &'static str,
    /// With parameters written `$1`, `$2` ….
    pub postgres: &'static str,
}

impl Statement {
    /// The text for `dialect`.
    pub const fn text(&self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
        }
    }
}

/// Makes a [`Statement`]: `sql!("… $1 …")` for one text that serves both, `sql!(sqlite: "… ?1 …", postgres: "… $1 …")` where they differ.
///
/// `sql!(held: "SELECT …")` holds the rows that it finds until the transaction ends, `sql!(held: "SELECT …", of: "s")` those of one
/// table of a join. SQLite needs no word for it: there a transaction that writes holds everything from its beginning.
#[macro_export]
macro_rules! sql {
    (sqlite: $sqlite:expr, postgres: $postgres:expr $(,)?) => {
        $crate::sql::Statement { sqlite: $sqlite, postgres: $postgres }
    };
    (held: $text:expr $(, of: $table:literal)? $(,)?) => {
        $crate::sql::Statement {
            sqlite: $crate::sql!($text).sqlite,
            postgres: concat!($text, " FOR UPDATE" $(, " OF ", $table)?),
        }
    };
    ($text:expr $(,)?) => {{
        const TEXT: &str = $text;
        const BYTES: [u8; TEXT.len()] = $crate::sql::question_marks(TEXT);
        const SQLITE: &str = match ::core::str::from_utf8(&BYTES) {
            Ok(text) => text,
            Err(_) => "",
        };
        $crate::sql::Statement { sqlite: SQLITE, postgres: TEXT }
    }};
}

/// `text` with each `$` turned into `?`; the worker of [`crate::sql!`], at compile time.
#[allow(
    clippy::indexing_slicing,
    reason = "a const fn can't use get(); i < N is the loop's bound, and N is the text's length by the macro"
)]
pub const fn question_marks<const N: usize>(text: &str) -> [u8; N] {
    let from = text.as_bytes();
    let mut to = [0; N];
    let mut i = 0;
    while i < N {
        to[i] = if from[i] == b'$' { b'?' } else { from[i] };
        i += 1;
    }
    to
}

/// A parameter or a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// SQL `NULL`.
    Null,
    /// `BOOLEAN`; SQLite keeps it as 0 or 1.
    Bool(bool),
    /// `BIGINT` / `INTEGER`.
    Integer(i64),
    /// `TEXT`.
    Text(String),
    /// `BYTEA` / `BLOB`.
    Blob(Vec<u8>),
    /// `UUID`; SQLite keeps it as hyphenated lower-case text.
    Uuid(Uuid),
}

macro_rules! value_from {
    ($($from:ty => $value:expr),* $(,)?) => {$(
        impl From<$from> for Value {
            fn from(from: $from) -> Self {
                #[allow(clippy::redundant_closure_call)]
                ($value)(from)
            }
        }
    )*};
}

value_from! {
    bool => Value::Bool,
    i64 => Value::Integer,
    u32 => |n: u32| Value::Integer(i64::from(n)),
    String => Value::Text,
    &str => |text: &str| Value::Text(text.to_owned()),
    Vec<u8> => Value::Blob,
    &[u8] => |bytes: &[u8]| Value::Blob(bytes.to_vec()),
    [u8; 32] => |bytes: [u8; 32]| Value::Blob(bytes.to_vec()),
    Uuid => Value::Uuid,
    Timestamp => |at: Timestamp| Value::Integer(at.milliseconds()),
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(from: Option<T>) -> Self {
        from.map_or(Value::Null, Into::into)
    }
}

/// One row of an answer. Columns are asked for by position and Rust type: `row.get::<Uuid>(0)?`, `row.get::<Option<String>>(1)?`.
#[derive(Debug, Clone, PartialEq)]
pub struct Row(Vec<Value>);

impl Row {
    /// A row of these columns.
    pub fn new(columns: Vec<Value>) -> Self {
        Self(columns)
    }

    /// Column `column` (from zero) as a `T`.
    pub fn get<T: FromValue>(&self, column: usize) -> Result<T, DatabaseError> {
        self.0
            .get(column)
            .and_then(T::from_value)
            .ok_or(DatabaseError::Column { column, expected: std::any::type_name::<T>() })
    }

    /// Text in column `column`, without a copy; `None` is SQL `NULL`.
    pub fn text(&self, column: usize) -> Result<Option<&str>, DatabaseError> {
        match self.0.get(column) {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Null) => Ok(None),
            _ => Err(DatabaseError::Column { column, expected: "text" }),
        }
    }

    /// Bytes in column `column`, without a copy.
    pub fn bytes(&self, column: usize) -> Result<&[u8], DatabaseError> {
        match self.0.get(column) {
            Some(Value::Blob(bytes)) => Ok(bytes),
            _ => Err(DatabaseError::Column { column, expected: "bytes" }),
        }
    }
}

/// A Rust type that a column can be read as. SQLite has neither booleans nor UUIDs, so both also read from what it keeps instead.
pub trait FromValue: Sized {
    /// `None` where the column holds something else.
    fn from_value(value: &Value) -> Option<Self>;
}

impl FromValue for bool {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(flag) => Some(*flag),
            Value::Integer(n) => Some(*n != 0),
            _ => None,
        }
    }
}

impl FromValue for i64 {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Integer(n) => Some(*n),
            _ => None,
        }
    }
}

impl FromValue for Timestamp {
    fn from_value(value: &Value) -> Option<Self> {
        i64::from_value(value).map(Timestamp::from_milliseconds)
    }
}

impl FromValue for String {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Blob(bytes) => Some(bytes.clone()),
            _ => None,
        }
    }
}

impl FromValue for Uuid {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Uuid(id) => Some(*id),
            Value::Text(text) => Uuid::try_parse(text).ok(),
            _ => None,
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::from_value(value).map(Some),
        }
    }
}

/// Runs one statement on a fresh connection and returns its rows. For reads, and for writes that are one statement.
pub async fn query(
    database: &dyn Database,
    statement: &Statement,
    parameters: &[Value],
) -> Result<Vec<Row>, DatabaseError> {
    database.connect().await?.query(statement, parameters).await
}

/// Runs `body` in a transaction: commits what it did where it returns `Ok`, takes it back where it returns `Err`.
///
/// A refusal that must leave a trace (a counted wrong code, an audit row) is an `Ok` that carries the refusal.
pub async fn transaction<T, E: From<DatabaseError>>(
    database: &dyn Database,
    body: impl AsyncFnOnce(&mut dyn Connection) -> Result<T, E>,
) -> Result<T, E> {
    let mut connection = database.connect().await?;
    begin(connection.as_mut()).await?;
    match body(connection.as_mut()).await {
        Ok(value) => {
            connection.execute(&crate::sql!("COMMIT"), &[]).await?;
            Ok(value)
        }
        Err(error) => {
            // The first error is the one to report; a failed ROLLBACK means that the connection is gone, and the transaction with it.
            let _ = connection.execute(&crate::sql!("ROLLBACK"), &[]).await;
            Err(error)
        }
    }
}

async fn begin(connection: &mut dyn Connection) -> Result<(), DatabaseError> {
    // SQLite: take the write lock now, so that a read inside can't be outdated by the time of the write.
    connection.execute(&crate::sql!(sqlite: "BEGIN IMMEDIATE", postgres: "BEGIN"), &[]).await?;
    Ok(())
}
