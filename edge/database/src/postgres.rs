//! PostgreSQL: a small pool of connections to a server.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime};
use eport_shared::platform::{Connection, Database, DatabaseError};
use eport_shared::sql::{Dialect, Row, Statement, Value};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type};
use tokio_postgres::{Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;
use uuid::Uuid;

use crate::OpenError;
use crate::error::{chain, from_postgres};

/// Enough for a command or a test; a server's limit is often 100, and the components have pools of their own.
const POOL_SIZE: usize = 16;
/// For a connection of the pool, and for a new connection to the server.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A database on a server. Clones share their connections.
#[derive(Clone)]
pub struct PostgresDatabase {
    pool: Pool,
    /// Host, port and name, for messages.
    place: String,
}

impl PostgresDatabase {
    /// The database at `url`. Connects at first use.
    pub fn new(url: &str) -> Result<Self, OpenError> {
        let mut config: Config = url.parse().map_err(|error| OpenError::PostgresAddress(chain(&error)))?;
        if config.get_hosts().is_empty() {
            return Err(OpenError::PostgresAddress("it names no host".to_owned()));
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_application_name().is_none() {
            config.application_name("eport");
        }
        let place = place(&config);
        // A connection with an open transaction never comes back to the pool (see Drop), so there is nothing to clean up.
        let manager_config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = if config.get_ssl_mode() == SslMode::Disable {
            Manager::from_config(config, NoTls, manager_config)
        } else {
            Manager::from_config(config, tls()?, manager_config)
        };
        let pool = Pool::builder(manager)
            .max_size(POOL_SIZE)
            .wait_timeout(Some(CONNECT_TIMEOUT))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| OpenError::PostgresAddress(error.to_string()))?;
        Ok(Self { pool, place })
    }

    /// Host, port and name.
    pub fn place(&self) -> &str {
        &self.place
    }

    pub(crate) async fn take(&self) -> Result<PostgresConnection, DatabaseError> {
        let client = self.pool.get().await.map_err(|error| {
            let why = match &error {
                PoolError::Backend(error) if is_tls(error) => format!(
                    "{}; name its CA with SSL_CERT_FILE=FILE, or turn TLS off with `?sslmode=disable` where the network is trusted",
                    chain(error)
                ),
                PoolError::Backend(error) => chain(error),
                error => error.to_string(),
            };
            DatabaseError::Unavailable(format!("PostgreSQL at {}: {why}", self.place))
        })?;
        Ok(PostgresConnection { client: Some(client), in_transaction: false })
    }
}

/// Without the password, which the pool's own form would hold.
impl fmt::Debug for PostgresDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PostgresDatabase").field(&self.place).finish()
    }
}

fn place(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(name)) => name.clone(),
        #[cfg(unix)]
        Some(Host::Unix(path)) => path.display().to_string(),
        None => String::new(),
    };
    let port = config.get_ports().first().unwrap_or(&5432);
    let name = config.get_dbname().or(config.get_user()).unwrap_or_default();
    format!("{host}:{port}/{name}")
}

/// Verified against the machine's certificates (or those of SSL_CERT_FILE), as Spin does; `sslmode=prefer` and `require` differ in whether
/// a server without TLS is spoken to.
fn tls() -> Result<MakeRustlsConnect, OpenError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty()
        && let Some(error) = found.errors.first()
    {
        return Err(OpenError::Tls(error.to_string()));
    }
    // No roots at all: a server without TLS can still be used, one with TLS will fail with "unknown issuer".
    let config = ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .map_err(|error| OpenError::Tls(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// Whether the TLS library refused; the I/O layer hands its errors on.
fn is_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if error.is::<rustls::Error>() || inner.is_some_and(|inner| inner.is::<rustls::Error>()) {
            return true;
        }
        next = error.source();
    }
    false
}

#[async_trait(?Send)]
impl Database for PostgresDatabase {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    async fn connect(&self) -> Result<Box<dyn Connection>, DatabaseError> {
        Ok(Box::new(self.take().await?))
    }
}

/// One connection of the pool.
pub(crate) struct PostgresConnection {
    /// `None` only while it is dropped.
    client: Option<Object>,
    in_transaction: bool,
}

impl PostgresConnection {
    /// Runs a script of several statements.
    pub(crate) async fn batch(&mut self, script: &str) -> Result<(), DatabaseError> {
        self.client()?.batch_execute(script).await.map_err(|error| from_postgres(&error))
    }

    fn client(&self) -> Result<&Object, DatabaseError> {
        self.client.as_ref().ok_or_else(|| DatabaseError::Unavailable("the connection is closed".to_owned()))
    }
}

impl Drop for PostgresConnection {
    fn drop(&mut self) {
        if self.in_transaction
            && let Some(client) = self.client.take()
        {
            // Back in the pool it would hold its locks until somebody takes it; closed, the server ends the transaction now.
            drop(Object::take(client));
        }
    }
}

#[async_trait(?Send)]
impl Connection for PostgresConnection {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    async fn query(&mut self, statement: &Statement, parameters: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        let client = self.client()?;
        let prepared = client.prepare_cached(statement.postgres).await;
        let prepared = prepared.map_err(|error| from_postgres(&error))?;
        let rows = client.query(&prepared, &references(parameters)).await;
        rows.map_err(|error| from_postgres(&error))?.iter().map(to_row).collect()
    }

    async fn execute(&mut self, statement: &Statement, parameters: &[Value]) -> Result<u64, DatabaseError> {
        let text = statement.postgres;
        // Before it is sent: whoever stops waiting for the answer may leave a transaction behind all the same.
        self.in_transaction |= text.starts_with("BEGIN");
        let client = self.client()?;
        let prepared = client.prepare_cached(text).await.map_err(|error| from_postgres(&error))?;
        let changed = client.execute(&prepared, &references(parameters)).await;
        let changed = changed.map_err(|error| from_postgres(&error))?;
        self.in_transaction &= !matches!(text, "COMMIT" | "ROLLBACK");
        Ok(changed)
    }
}

fn references(parameters: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    parameters.iter().map(reference).collect()
}

/// As Spin hands them to the same driver: each in its own type, not converted to the one that the statement expects.
fn reference(value: &Value) -> &(dyn ToSql + Sync) {
    match value {
        Value::Null => &Null,
        Value::Bool(flag) => flag,
        Value::Integer(n) => n,
        Value::Text(text) => text,
        Value::Blob(bytes) => bytes,
        Value::Uuid(id) => id,
    }
}

/// `NULL` for a parameter of any type; an `Option` would have to know which.
#[derive(Debug)]
struct Null;

impl ToSql for Null {
    fn to_sql(&self, _: &Type, _: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        Ok(IsNull::Yes)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(&self, _: &Type, _: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        Ok(IsNull::Yes)
    }
}

fn to_row(row: &tokio_postgres::Row) -> Result<Row, DatabaseError> {
    (0..row.len()).map(|column| to_value(row, column)).collect::<Result<_, _>>().map(Row::new)
}

fn to_value(row: &tokio_postgres::Row, column: usize) -> Result<Value, DatabaseError> {
    let Some(kind) = row.columns().get(column).map(tokio_postgres::Column::type_) else {
        return Err(DatabaseError::Column { column, expected: "column" });
    };
    match *kind {
        Type::BOOL => read::<bool>(row, column),
        Type::INT2 => read_as::<i16, i64>(row, column),
        Type::INT4 => read_as::<i32, i64>(row, column),
        Type::INT8 => read::<i64>(row, column),
        Type::TEXT | Type::VARCHAR | Type::BPCHAR => read::<String>(row, column),
        Type::BYTEA => read::<Vec<u8>>(row, column),
        Type::UUID => read::<Uuid>(row, column),
        _ => Err(DatabaseError::Column { column, expected: "boolean, integer, text, bytea or uuid" }),
    }
}

fn read<'a, T: FromSql<'a> + Into<Value>>(row: &'a tokio_postgres::Row, column: usize) -> Result<Value, DatabaseError> {
    read_as::<T, T>(row, column)
}

fn read_as<'a, T: FromSql<'a> + Into<U>, U: Into<Value>>(
    row: &'a tokio_postgres::Row,
    column: usize,
) -> Result<Value, DatabaseError> {
    let value: Option<T> = row.try_get(column).map_err(|error| from_postgres(&error))?;
    Ok(value.map(Into::into).into())
}
