//! Running components: compiled code, instances, and the requests that they answer.

mod cache;
mod engine;
mod flight;
mod guest;
mod pool;
mod stdio;
mod worker;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crate::host::http::HttpClient;
use crate::host::key_value::Store;
use crate::host::postgres::Pools;
use crate::host::sqlite::Database;
use crate::log::Log;
use crate::outbound::AllowedHosts;

pub use cache::Cache;
pub use engine::{Ticker, engine};
pub use flight::{Answer, Failure};
pub use guest::Guest;
pub use pool::Pool;

/// What a component may use: everything that its instances share.
pub struct Component {
    /// Its name in the manifest.
    pub name: String,
    /// Its environment variables.
    pub environment: Vec<(String, String)>,
    /// Its variables with their values.
    pub variables: BTreeMap<String, String>,
    /// Where it may connect to.
    pub allowed_hosts: AllowedHosts,
    /// Its key-value stores by label.
    pub key_value_stores: BTreeMap<String, Store>,
    /// Its SQLite databases by label.
    pub sqlite_databases: BTreeMap<String, Arc<Database>>,
    /// Connections to PostgreSQL servers.
    pub postgres: Arc<Pools>,
    /// Outbound HTTP, made when the first component needs it.
    pub http_client: Arc<OnceLock<HttpClient>>,
    /// Where what it prints goes.
    pub log: Log,
}

impl std::fmt::Debug for Component {
    /// Without the values of variables, which can be secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Component").field("name", &self.name).finish_non_exhaustive()
    }
}
