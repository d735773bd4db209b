//! The database of Eport ID without WASM: what the `eport` commands and the native tests talk to.
//!
//! A rule sees the same [`Database`] here as inside a component. Values are mapped as Spin maps them, nothing is set on a
//! connection that Spin doesn't set, and so a statement that works in a native test works in a component.

mod error;
pub mod migrate;
pub mod postgres;
pub mod sqlite;
#[cfg(feature = "testing")]
pub mod testing;

use std::fmt;

use async_trait::async_trait;
use eport_shared::platform::{Connection, Database, DatabaseError};
use eport_shared::sql::Dialect;

use crate::postgres::PostgresDatabase;
use crate::sqlite::SqliteDatabase;

/// Why an address of a database was not understood. No variant repeats the address: it may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Neither of the two kinds.
    #[error(
        "the address of the database starts with neither `sqlite:` nor `postgres://`; write `sqlite:PATH` \
         (sqlite:.eport/sqlite.db) or `postgres://USER:PASSWORD@HOST:PORT/NAME`"
    )]
    Scheme,
    /// `sqlite:` and nothing, or a database that would end with the command.
    #[error(
        "`sqlite:` needs the path of a file, as in `sqlite:.eport/sqlite.db`; a database in memory would end with the command"
    )]
    SqlitePath,
    /// The PostgreSQL address can't be parsed.
    #[error(
        "the PostgreSQL address can't be read: {0}; write `postgres://USER:PASSWORD@HOST:PORT/NAME`, with characters like `@` and `/` \
         in the password percent-encoded, and `?sslmode=disable|prefer|require` where needed"
    )]
    PostgresAddress(String),
    /// TLS can't be set up.
    #[error(
        "TLS to PostgreSQL can't be set up: {0}; install the system's CA certificates, point SSL_CERT_FILE at a PEM file, or turn TLS \
         off with `?sslmode=disable` where the network is trusted"
    )]
    Tls(String),
}

/// Reads the address of a database: `sqlite:PATH` or `postgres://…`. Nothing is opened, created or connected to before the first use.
pub fn open(url: &str) -> Result<NativeDatabase, OpenError> {
    if let Some(path) = url.strip_prefix("sqlite:") {
        // `sqlite:///var/db` is how other programs write `sqlite:/var/db`.
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() || path == ":memory:" {
            return Err(OpenError::SqlitePath);
        }
        return Ok(NativeDatabase::Sqlite(SqliteDatabase::new(path)));
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(NativeDatabase::Postgres(PostgresDatabase::new(url)?));
    }
    Err(OpenError::Scheme)
}

/// A database of either kind, as [`open`] finds it. Clones share their connections.
#[derive(Debug, Clone)]
pub enum NativeDatabase {
    /// A file.
    Sqlite(SqliteDatabase),
    /// A server.
    Postgres(PostgresDatabase),
}

/// For messages: where it is, without the password.
impl fmt::Display for NativeDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(database) => write!(f, "sqlite:{}", database.path().display()),
            Self::Postgres(database) => write!(f, "PostgreSQL at {}", database.place()),
        }
    }
}

#[async_trait(?Send)]
impl Database for NativeDatabase {
    fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(database) => database.dialect(),
            Self::Postgres(database) => database.dialect(),
        }
    }

    async fn connect(&self) -> Result<Box<dyn Connection>, DatabaseError> {
        match self {
            Self::Sqlite(database) => database.connect().await,
            Self::Postgres(database) => database.connect().await,
        }
    }
}
