//! Which database the application uses: decided once, by the setting `database_url`.

use async_trait::async_trait;
use eport_shared::platform::{Connection, Database, DatabaseError};
use eport_shared::postgres;
use eport_shared::settings::Settings;
use eport_shared::sql::Dialect;

use crate::postgres::PostgresConnection;
use crate::sqlite::SqliteConnection;

pub(crate) enum SpinDatabase {
    /// The component's SQLite database `default`.
    Sqlite,
    /// A PostgreSQL server, by its address.
    Postgres(String),
}

impl SpinDatabase {
    pub(crate) fn new(settings: &Settings) -> Self {
        match settings.database_url.as_str() {
            "sqlite" => Self::Sqlite,
            address => Self::Postgres(postgres::address(address)),
        }
    }
}

#[async_trait(?Send)]
impl Database for SpinDatabase {
    fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    async fn connect(&self) -> Result<Box<dyn Connection>, DatabaseError> {
        Ok(match self {
            Self::Sqlite => Box::new(SqliteConnection::open()?),
            Self::Postgres(address) => Box::new(PostgresConnection::open(address).await?),
        })
    }
}
