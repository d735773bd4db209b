//! Connections to PostgreSQL servers: opened on demand, kept for the next taker, bounded in number.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_postgres::config::{Config, Host, SslMode};
use tokio_postgres::{NoTls, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::Error;
use crate::outbound::AllowedHosts;

/// How long a connection may take to open, and how long to wait for a free one.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection that nobody used for so long is closed.
const IDLE: Duration = Duration::from_secs(60);
/// Addresses for which connections are kept. A component that makes addresses up gets an error.
const ADDRESSES: usize = 64;

/// Pools by address and root certificate.
type ByAddress = HashMap<(String, Option<String>), Arc<Pool>>;

/// The pools of an application, by address and authority.
#[derive(Debug)]
pub struct Pools {
    connections: usize,
    /// Where connections are driven, whoever opened them: one that a CPU-bound component opened would otherwise be read by its threads, with
    /// their low priority and at another thread's call for each statement, whoever uses it later.
    runtime: Handle,
    pools: Mutex<ByAddress>,
}

/// The connections to one address.
#[derive(Debug)]
pub struct Pool {
    idle: Mutex<Vec<(Connection, Instant)>>,
    permits: Arc<Semaphore>,
    busy: AtomicUsize,
}

/// An open connection and the statements prepared on it.
#[derive(Debug)]
pub struct Connection {
    pub client: tokio_postgres::Client,
    pub statements: Mutex<HashMap<String, Statement>>,
}

/// A connection on loan.
#[derive(Debug)]
pub struct Lease {
    pub connection: Connection,
    pool: Arc<Pool>,
    _permit: OwnedSemaphorePermit,
}

/// The connection parameters of an address.
pub fn parse(address: &str) -> Result<Config, Error> {
    // The driver's error says what is wrong without repeating the address, which holds a password.
    let mut config: Config =
        address.parse().map_err(|error: tokio_postgres::Error| Error::ConnectionFailed(error.to_string()))?;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_TIMEOUT);
    }
    if config.get_application_name().is_none() {
        config.application_name("eport");
    }
    Ok(config)
}

/// Holds every host of the address against the component's allow-list.
pub fn check_hosts(config: &Config, allowed: &AllowedHosts) -> Result<(), Error> {
    let ports = config.get_ports();
    for (index, host) in config.get_hosts().iter().enumerate() {
        let Host::Tcp(name) = host else {
            return Err(Error::ConnectionFailed("Unix sockets are not for components".to_owned()));
        };
        let port = ports.get(index).or(if ports.len() == 1 { ports.first() } else { None }).copied();
        if !allowed.allows("postgres", name, port) {
            let port = port.map(|port| format!(":{port}")).unwrap_or_default();
            return Err(Error::ConnectionFailed(format!(
                "postgres://{name}{port} is not among the component's allowed_outbound_hosts"
            )));
        }
    }
    // `hostaddr` would connect elsewhere than `host` says.
    if config.get_hosts().is_empty() || !config.get_hostaddrs().is_empty() {
        return Err(Error::ConnectionFailed("the address needs a host, and no hostaddr".to_owned()));
    }
    Ok(())
}

impl Pools {
    /// Pools of at most `connections` each, driven by `runtime`.
    pub fn new(connections: usize, runtime: Handle) -> Self {
        Self { connections, runtime, pools: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, ByAddress> {
        self.pools.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Per address: connections in use, and connections waiting for use.
    pub fn connections(&self) -> Vec<(usize, usize)> {
        self.lock().values().map(|pool| (pool.busy.load(Relaxed), pool.idle().len())).collect()
    }

    /// Closes connections that nobody used for a while.
    pub fn tend(&self) {
        for pool in self.lock().values() {
            pool.idle().retain(|(connection, since)| since.elapsed() < IDLE && !connection.client.is_closed());
        }
    }

    /// A connection to `address`, kept or new.
    pub async fn connect(&self, address: &str, config: Config, ca_root: Option<&str>) -> Result<Lease, Error> {
        let pool = {
            let mut pools = self.lock();
            let key = (address.to_owned(), ca_root.map(str::to_owned));
            if !pools.contains_key(&key) && pools.len() >= ADDRESSES {
                return Err(Error::Other("too many database addresses are in use".to_owned()));
            }
            pools.entry(key).or_insert_with(|| Arc::new(Pool::new(self.connections))).clone()
        };
        let busy = || Error::ConnectionFailed("all connections to the database are in use".to_owned());
        let permit = tokio::time::timeout(CONNECT_TIMEOUT, pool.permits.clone().acquire_owned())
            .await
            .map_err(|_| busy())?
            .map_err(|_| busy())?;
        let kept = loop {
            let newest = pool.idle().pop();
            match newest {
                Some((connection, _)) if connection.client.is_closed() => {}
                kept => break kept.map(|(connection, _)| connection),
            }
        };
        let connection = match kept {
            Some(connection) => connection,
            None => {
                let failed = |why: &str| Error::ConnectionFailed(why.to_owned());
                let opening = open(config, ca_root.map(str::to_owned));
                self.runtime
                    .spawn(tokio::time::timeout(CONNECT_TIMEOUT * 2, opening))
                    .await
                    .map_err(|_| failed("the server is stopping"))?
                    .map_err(|_| failed("the database did not answer in time"))??
            }
        };
        pool.busy.fetch_add(1, Relaxed);
        Ok(Lease { connection, pool, _permit: permit })
    }
}

impl Pool {
    fn new(connections: usize) -> Self {
        Self { idle: Mutex::default(), permits: Arc::new(Semaphore::new(connections)), busy: AtomicUsize::new(0) }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<(Connection, Instant)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease {
    /// Gives the connection back for the next taker.
    pub fn keep(self) {
        self.pool.busy.fetch_sub(1, Relaxed);
        if !self.connection.client.is_closed() {
            self.pool.idle().push((self.connection, Instant::now()));
        }
    }

    /// Closes the connection.
    pub fn discard(self) {
        self.pool.busy.fetch_sub(1, Relaxed);
    }
}

async fn open(config: Config, ca_root: Option<String>) -> Result<Connection, Error> {
    let failed = |error: tokio_postgres::Error| Error::ConnectionFailed(describe(&error));
    // "prefer" is the default and promises nothing; on this machine it would only make a self-signed certificate an obstacle.
    let local = config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
        }
        Host::Unix(_) => true,
    });
    let plain = match config.get_ssl_mode() {
        SslMode::Disable => true,
        SslMode::Prefer => local && ca_root.is_none(),
        _ => false,
    };
    let client = if plain {
        let mut config = config;
        config.ssl_mode(SslMode::Disable);
        let (client, connection) = config.connect(NoTls).await.map_err(failed)?;
        tokio::spawn(connection);
        client
    } else {
        let tls = match ca_root {
            Some(pem) => crate::host::tls::client_config_for(&pem).map_err(Error::BadParameter)?,
            None => crate::host::tls::client_config(),
        };
        let tls = MakeRustlsConnect::new(tls.as_ref().clone());
        let (client, connection) = config.connect(tls).await.map_err(failed)?;
        tokio::spawn(connection);
        client
    };
    Ok(Connection { client, statements: Mutex::default() })
}

/// An error with its causes.
fn describe(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
