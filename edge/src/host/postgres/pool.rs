//! Connections to PostgreSQL servers: opened on demand, kept for the next taker, bounded in number.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_postgres::config::{Config, Host, SslMode};
use tokio_postgres::{NoTls, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::Error;
use super::shared::Shared;
use crate::outbound::AllowedHosts;
use crate::threads::{self, Lanes};

/// How long a connection may take to open, and how long to wait for a free one.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection that nobody used for so long is closed.
const IDLE: Duration = Duration::from_secs(60);
/// Prepared statements kept per connection.
const CACHED_STATEMENTS: usize = 256;
/// Addresses for which connections are kept. A component that makes addresses up gets an error.
const ADDRESSES: usize = 64;

/// The pools of an application, by address and authority.
#[derive(Debug)]
pub struct Pools {
    connections: usize,
    /// Where connections are driven, whoever opened them: one that a CPU-bound component opened would otherwise be read by its threads, with
    /// their low priority and at another thread's call for each statement, whoever uses it later.
    lanes: Lanes,
    pools: Mutex<Vec<Arc<Pool>>>,
}

/// The connections to one address.
pub struct Pool {
    address: String,
    ca_root: Option<String>,
    config: Config,
    lanes: Lanes,
    /// Each lane's connection for reading; none where there are too few connections for that.
    shared: Vec<Mutex<Option<Arc<Shared>>>>,
    idle: Mutex<Vec<(Connection, Instant)>>,
    /// As many as may be on loan.
    permits: Arc<Semaphore>,
    /// As many as may be open. Those on loan are among them, so who has a permit finds an idle one where no more may be opened.
    slots: Arc<Semaphore>,
    busy: AtomicUsize,
}

/// An open connection and the statements prepared on it.
#[derive(Debug)]
pub struct Connection {
    pub client: tokio_postgres::Client,
    statements: Mutex<HashMap<String, Statement>>,
    /// The lane that drives it.
    lane: usize,
    /// Its place among those that are lent; a shared one has none.
    _slot: Option<OwnedSemaphorePermit>,
}

/// A connection on loan.
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
    /// Pools of at most `connections` each, driven by `lanes`.
    pub fn new(connections: usize, lanes: Lanes) -> Self {
        Self { connections, lanes, pools: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Pool>>> {
        lock(&self.pools)
    }

    /// Per address: connections in use, and connections waiting for use.
    pub fn connections(&self) -> Vec<(usize, usize)> {
        self.lock().iter().map(|pool| pool.connections()).collect()
    }

    /// Closes connections that nobody used for a while.
    pub fn tend(&self) {
        for pool in self.lock().iter() {
            pool.idle().retain(|(connection, since)| since.elapsed() < IDLE && !connection.client.is_closed());
            for shared in &pool.shared {
                lock(shared).take_if(|shared| shared.waiting() == 0 && shared.still() >= IDLE);
            }
        }
    }

    /// The connections to `address`; every host of it must be among those `allowed`.
    pub fn of(&self, address: &str, ca_root: Option<&str>, allowed: &AllowedHosts) -> Result<Arc<Pool>, Error> {
        let known = |pool: &&Arc<Pool>| pool.address == address && pool.ca_root.as_deref() == ca_root;
        if let Some(pool) = self.lock().iter().find(known).cloned() {
            check_hosts(&pool.config, allowed)?;
            return Ok(pool);
        }
        let config = parse(address)?;
        check_hosts(&config, allowed)?;
        let mut pools = self.lock();
        if let Some(pool) = pools.iter().find(known) {
            return Ok(pool.clone());
        }
        if pools.len() >= ADDRESSES {
            return Err(Error::Other("too many database addresses are in use".to_owned()));
        }
        let shared = if self.connections >= 2 * self.lanes.count() { self.lanes.count() } else { 0 };
        let lent = self.connections - shared;
        let pool = Arc::new(Pool {
            address: address.to_owned(),
            ca_root: ca_root.map(str::to_owned),
            config,
            lanes: self.lanes.clone(),
            shared: (0..shared).map(|_| Mutex::default()).collect(),
            idle: Mutex::default(),
            permits: Arc::new(Semaphore::new(lent)),
            slots: Arc::new(Semaphore::new(lent)),
            busy: AtomicUsize::new(0),
        });
        pools.push(pool.clone());
        Ok(pool)
    }
}

/// What a pool has for who takes a connection.
#[expect(clippy::large_enum_variant, reason = "it is taken apart where it is made")]
enum Kept {
    Idle(Connection),
    /// None that is near, and room for one more.
    Room(OwnedSemaphorePermit),
}

impl std::fmt::Debug for Pool {
    /// Without the address, which holds a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").field("busy", &self.busy).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic while one of these lists was held leaves a list.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    fn idle(&self) -> MutexGuard<'_, Vec<(Connection, Instant)>> {
        lock(&self.idle)
    }

    fn connections(&self) -> (usize, usize) {
        let shared: Vec<bool> =
            self.shared.iter().filter_map(|shared| Some(lock(shared).as_ref()?.waiting() > 0)).collect();
        let busy = shared.iter().filter(|busy| **busy).count();
        (self.busy.load(Relaxed) + busy, self.idle().len() + shared.len() - busy)
    }

    /// The connection that the caller's lane shares; none where it has none.
    pub async fn shared(&self) -> Result<Option<Arc<Shared>>, Error> {
        let Some((lane, place)) = threads::here().and_then(|lane| Some((lane, self.shared.get(lane)?))) else {
            return Ok(None);
        };
        if let Some(shared) = lock(place).as_ref()
            && !shared.is_closed()
        {
            return Ok(Some(shared.clone()));
        }
        let opened = Arc::new(Shared::new(self.open(lane, None).await?));
        let mut place = lock(place);
        // Somebody else may have been faster.
        let shared = place.take().filter(|shared| !shared.is_closed()).unwrap_or(opened);
        Ok(Some(place.insert(shared).clone()))
    }

    /// A connection for the caller alone, kept or new.
    pub async fn lend(self: &Arc<Self>) -> Result<Lease, Error> {
        let busy = || Error::ConnectionFailed("all connections to the database are in use".to_owned());
        let permit = tokio::time::timeout(CONNECT_TIMEOUT, self.permits.clone().acquire_owned())
            .await
            .map_err(|_| busy())?
            .map_err(|_| busy())?;
        let connection = match self.kept(threads::here()).ok_or_else(busy)? {
            Kept::Idle(connection) => connection,
            Kept::Room(slot) => self.open(threads::here().unwrap_or(0), Some(slot)).await?,
        };
        self.busy.fetch_add(1, Relaxed);
        Ok(Lease { connection, pool: self.clone(), _permit: permit })
    }

    async fn open(&self, lane: usize, slot: Option<OwnedSemaphorePermit>) -> Result<Connection, Error> {
        let failed = |why: &str| Error::ConnectionFailed(why.to_owned());
        let opening = open(self.config.clone(), self.ca_root.clone());
        let client = self
            .lanes
            .runtime(lane)
            .spawn(tokio::time::timeout(CONNECT_TIMEOUT * 2, opening))
            .await
            .map_err(|_| failed("the server is stopping"))?
            .map_err(|_| failed("the database did not answer in time"))??;
        Ok(Connection { client, statements: Mutex::default(), lane, _slot: slot })
    }

    /// A connection that the taker's own lane drives, or room for one, or any.
    fn kept(&self, lane: Option<usize>) -> Option<Kept> {
        let mut idle = self.idle();
        loop {
            let near = idle.iter().rposition(|(connection, _)| lane.is_none_or(|lane| connection.lane == lane));
            let taken = match near {
                Some(index) => idle.remove(index).0,
                None => match self.slots.clone().try_acquire_owned() {
                    Ok(slot) => return Some(Kept::Room(slot)),
                    Err(_) => idle.pop()?.0,
                },
            };
            if !taken.client.is_closed() {
                return Some(Kept::Idle(taken));
            }
        }
    }
}

impl Connection {
    /// `sql`, where it was prepared before.
    pub fn prepared(&self, sql: &str) -> Option<Statement> {
        lock(&self.statements).get(sql).cloned()
    }

    /// Keeps `sql` prepared.
    pub fn keep(&self, sql: &str, statement: Statement) {
        let mut statements = lock(&self.statements);
        if statements.len() >= CACHED_STATEMENTS {
            // Texts are fixed, so this is a component that makes them up; it pays with a preparation each.
            statements.clear();
        }
        statements.insert(sql.to_owned(), statement);
    }

    /// Has `sql` prepared again at its next use.
    pub fn forget(&self, sql: &str) {
        lock(&self.statements).remove(sql);
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

async fn open(config: Config, ca_root: Option<String>) -> Result<tokio_postgres::Client, Error> {
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
    if plain {
        let mut config = config;
        config.ssl_mode(SslMode::Disable);
        let (client, connection) = config.connect(NoTls).await.map_err(failed)?;
        tokio::spawn(connection);
        Ok(client)
    } else {
        let tls = match ca_root {
            Some(pem) => crate::host::tls::client_config_for(&pem).map_err(Error::BadParameter)?,
            None => crate::host::tls::client_config(),
        };
        let tls = MakeRustlsConnect::new(tls.as_ref().clone());
        let (client, connection) = config.connect(tls).await.map_err(failed)?;
        tokio::spawn(connection);
        Ok(client)
    }
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
