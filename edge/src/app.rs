//! An application put together: the manifest, the values of its variables, its stores and databases, and a pool of instances per component.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use anyhow::Context as _;
use wasmtime::Engine;
use wasmtime::component::Linker;
use wasmtime_wasi_http::p3::bindings::ServicePre;

use crate::host::key_value::{File, Store};
use crate::host::postgres::Pools;
use crate::host::sqlite::Database;
use crate::limits::Limits;
use crate::log::Log;
use crate::manifest::{self, ConfigError, Manifest};
use crate::metrics::{ComponentSample, DatabaseSample};
use crate::outbound::AllowedHosts;
use crate::routes::Router;
use crate::runtime_config::{RuntimeConfig, SqliteSettings};
use crate::state_dir::StateDir;
use crate::threads::Runtimes;
use crate::wasm::{Cache, Component, Guest, Pool, Ticker};

/// See the module.
pub struct App {
    /// Which component answers which path; indexes into `pools`.
    pub router: Router,
    /// The components.
    pub pools: Vec<Arc<Pool>>,
    sources: Vec<PathBuf>,
    engine: Engine,
    sqlite: BTreeMap<String, Arc<Database>>,
    postgres: Arc<Pools>,
}

/// What an application is put together from.
pub struct Parts<'a> {
    /// Checked.
    pub manifest: &'a Manifest,
    /// Checked.
    pub config: &'a RuntimeConfig,
    /// Where databases lie whose place the runtime configuration doesn't say.
    pub state: &'a StateDir,
    /// The value of every variable of the manifest.
    pub values: &'a BTreeMap<String, String>,
    /// Where components run.
    pub runtimes: &'a Runtimes,
    /// Where everything is logged.
    pub log: &'a Log,
}

impl App {
    /// Opens stores and databases, and makes the pools. No component runs before [`App::load`].
    pub fn open(parts: &Parts<'_>) -> anyhow::Result<Self> {
        let manifest = parts.manifest;
        let cores = crate::limits::cores();
        let limits: BTreeMap<&str, Limits> = manifest
            .components
            .iter()
            .map(|(name, component)| (name.as_str(), component.limits.resolve(cores)))
            .collect();
        let instances = limits.values().map(|limits| limits.instances).sum();
        let memory = limits.values().map(|limits| limits.memory).max().unwrap_or(0);
        let engine = crate::wasm::engine(instances, memory)
            .map_err(anyhow::Error::from)
            .context("the WebAssembly engine can't be started")?;
        let ticker = Ticker::start(&engine).context("a thread can't be started")?;
        for runtime in parts.runtimes.lanes.runtimes().chain([&parts.runtimes.heavy]) {
            runtime.spawn(ticker.clone().pace());
        }
        let mut shared = Shared::new(parts);
        let (mut pools, mut sources) = (Vec::new(), Vec::new());
        for (name, raw) in &manifest.components {
            let component = Arc::new(shared.component(parts, name, raw)?);
            let limits = raw.limits.resolve(cores);
            pools.push(Pool::new(component, limits, ticker.clone(), parts.runtimes));
            sources.push(raw.source.clone());
        }
        let names: Vec<&String> = manifest.components.keys().collect();
        let router = Router::new(&manifest.routes, |name| names.iter().position(|known| *known == name))
            .map_err(|problem| manifest.file.error_without_line(problem, "Correct the route."))?;
        Ok(Self { router, pools, sources, engine, sqlite: shared.sqlite, postgres: shared.postgres })
    }

    /// The key-value store that components know as `label`; the first one's, should they differ.
    pub fn key_value_store(&self, label: &str) -> Option<Store> {
        self.pools.iter().find_map(|pool| pool.component.key_value_stores.get(label).cloned())
    }

    /// Loads the components' code, each on a thread of its own; requests wait until theirs is there. Blocks. Returns how many had to be
    /// compiled.
    pub fn load(&self, cache: &Path) -> anyhow::Result<usize> {
        let cache = Cache::open(cache).with_context(|| format!("the folder {} can't be used", cache.display()))?;
        let mut linker = Linker::new(&self.engine);
        crate::host::add_to_linker(&mut linker).map_err(anyhow::Error::from)?;
        let linker = &linker;
        let cache = &cache;
        std::thread::scope(|scope| {
            let loading: Vec<_> = self
                .pools
                .iter()
                .zip(&self.sources)
                .map(|(pool, source)| scope.spawn(move || load_one(&self.engine, linker, cache, pool, source)))
                .collect();
            let mut compiled = 0;
            for thread in loading {
                let done = thread.join().map_err(|_| anyhow::anyhow!("loading a component panicked"))?;
                compiled += usize::from(done?);
            }
            Ok(compiled)
        })
    }

    /// Once a second: gives back what nobody uses.
    pub fn tend(&self) {
        for pool in &self.pools {
            pool.tend();
        }
        self.postgres.tend();
    }

    /// Once a second, on a thread that may block: looks after database files.
    pub fn tend_files(&self) {
        for database in self.sqlite.values() {
            database.tend();
        }
    }

    /// The state of affairs, for a scrape.
    pub fn metrics(&self, connections: usize, unmatched: u64) -> String {
        let components: Vec<_> = self
            .pools
            .iter()
            .map(|pool| {
                let (instances, queued) = pool.load();
                ComponentSample { name: &pool.component.name, metrics: &pool.metrics, instances, queued }
            })
            .collect();
        let sqlite = self.sqlite.values().map(|database| {
            let (busy, idle) = database.connections();
            DatabaseSample { kind: "sqlite", name: database.label().to_owned(), busy, idle }
        });
        let postgres = self.postgres.connections().into_iter().enumerate();
        let postgres = postgres.map(|(index, (busy, idle))| DatabaseSample {
            kind: "postgres",
            name: index.to_string(),
            busy,
            idle,
        });
        crate::metrics::render(&components, &sqlite.chain(postgres).collect::<Vec<_>>(), connections, unmatched)
    }
}

fn load_one(
    engine: &Engine,
    linker: &Linker<Guest>,
    cache: &Cache,
    pool: &Pool,
    source: &Path,
) -> anyhow::Result<bool> {
    let name = &pool.component.name;
    let loaded = cache.load(engine, source).map_err(anyhow::Error::from).with_context(|| {
        format!(
            "component `{name}` ({}) can't be compiled. Build it with `cargo build --target wasm32-wasip2`",
            source.display()
        )
    })?;
    let pre = linker
        .instantiate_pre(&loaded.component)
        .map_err(anyhow::Error::from)
        .with_context(|| format!("component `{name}` ({}) needs something that this runtime doesn't offer. Build it with spin-sdk 7, or run it on Spin", source.display()))?;
    let pre = ServicePre::new(pre).map_err(anyhow::Error::from).with_context(|| {
        format!(
            "component `{name}` ({}) doesn't answer HTTP by WASI 0.3. Build it with spin-sdk 7 and #[http_service]",
            source.display()
        )
    })?;
    pool.ready(pre);
    Ok(loaded.compiled)
}

/// What components share, opened when the first of them names it.
struct Shared {
    sqlite: BTreeMap<String, Arc<Database>>,
    /// By path; stores of the same path are rows of the same table. `None` is the one in memory.
    files: BTreeMap<Option<PathBuf>, Arc<File>>,
    postgres: Arc<Pools>,
    http_client: Arc<OnceLock<crate::host::http::HttpClient>>,
}

impl Shared {
    fn new(parts: &Parts<'_>) -> Self {
        Self {
            sqlite: BTreeMap::new(),
            files: BTreeMap::new(),
            postgres: Arc::new(Pools::new(parts.config.postgres_connections, parts.runtimes.lanes.clone())),
            http_client: Arc::default(),
        }
    }

    fn component(&mut self, parts: &Parts<'_>, name: &str, raw: &manifest::Component) -> anyhow::Result<Component> {
        let file = &parts.manifest.file;
        let mut variables = BTreeMap::new();
        for (name, template) in &raw.variables {
            variables.insert(name.clone(), template.render(parts.values)?);
        }
        let mut hosts = Vec::new();
        for (template, span) in &raw.allowed_outbound_hosts {
            let host = template.render(parts.values)?;
            // An empty variable switches an optional address off, as on Spin it would be an error at the first request only.
            if let Err(problem) = AllowedHosts::parse([host.as_str()]) {
                return Err(file
                    .error(
                        span.clone(),
                        format!("in allowed_outbound_hosts: {problem}"),
                        "Write scheme://host:port, or correct the variable's value.",
                    )
                    .into());
            }
            hosts.push(host);
        }
        let mut key_value_stores = BTreeMap::new();
        for (label, span) in &raw.key_value_stores {
            let store = self.key_value_store(parts, label, || {
                unknown_label(parts, span.clone(), "key-value store", "key_value_store", label)
            })?;
            key_value_stores.insert(label.clone(), store);
        }
        let mut sqlite_databases = BTreeMap::new();
        for (label, span) in &raw.sqlite_databases {
            let database = self.sqlite_database(parts, label, || {
                unknown_label(parts, span.clone(), "SQLite database", "sqlite_database", label)
            })?;
            sqlite_databases.insert(label.clone(), database);
        }
        Ok(Component {
            name: name.to_owned(),
            environment: raw.environment.clone(),
            variables,
            allowed_hosts: AllowedHosts::parse(hosts.iter().map(String::as_str)).map_err(anyhow::Error::msg)?,
            key_value_stores,
            sqlite_databases,
            postgres: self.postgres.clone(),
            http_client: self.http_client.clone(),
            log: parts.log.clone(),
        })
    }

    fn key_value_store(
        &mut self,
        parts: &Parts<'_>,
        label: &str,
        unknown: impl Fn() -> ConfigError,
    ) -> anyhow::Result<Store> {
        let path = match parts.config.key_value_stores.get(label) {
            Some(path) => path.clone(),
            None if label == "default" => Some(parts.state.path().join("sqlite_key_value.db")),
            None => return Err(unknown().into()),
        };
        let file = match self.files.get(&path) {
            Some(file) => file.clone(),
            None => {
                let file = File::open(path.as_deref()).with_context(|| cant_open(path.as_deref()))?;
                let file = Arc::new(file);
                self.files.insert(path, file.clone());
                file
            }
        };
        Ok(Store::new(file, label))
    }

    fn sqlite_database(
        &mut self,
        parts: &Parts<'_>,
        label: &str,
        unknown: impl Fn() -> ConfigError,
    ) -> anyhow::Result<Arc<Database>> {
        if let Some(database) = self.sqlite.get(label) {
            return Ok(database.clone());
        }
        let settings = match parts.config.sqlite_databases.get(label) {
            Some(settings) => settings.clone(),
            None if label == "default" => {
                SqliteSettings { path: Some(parts.state.path().join("sqlite_db.db")), full_sync: false }
            }
            None => return Err(unknown().into()),
        };
        let path = settings.path.clone();
        if let Some(folder) = path.as_deref().and_then(Path::parent) {
            let _ = std::fs::create_dir_all(folder);
        }
        let database = Database::open(label, settings).with_context(|| cant_open(path.as_deref()))?;
        let database = Arc::new(database);
        self.sqlite.insert(label.to_owned(), database.clone());
        Ok(database)
    }
}

fn cant_open(path: Option<&Path>) -> String {
    match path {
        Some(path) => format!("the database file {} can't be used", path.display()),
        None => "a database in memory can't be made".to_owned(),
    }
}

fn unknown_label(parts: &Parts<'_>, span: std::ops::Range<usize>, what: &str, table: &str, label: &str) -> ConfigError {
    parts.manifest.file.error(
        span,
        format!("there is no {what} with the label \"{label}\""),
        format!("Use \"default\", or add a table [{table}.{label}] to the file after --runtime-config."),
    )
}
