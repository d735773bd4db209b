//! A site: one server with its database, settings and log.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, OnceLock};

use eport_database::testing::{self, TestDatabase};
use tempfile::TempDir;

use crate::client::Client;
use crate::secrets::Secrets;
use crate::server::{self, Server, eport};

/// Which database a site keeps its truth in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// A file in the state directory.
    Sqlite,
    /// A server that this process starts.
    Postgres,
}

impl On {
    /// Whether it can be tested here. Where it must be (`CI`, `EPORT_REQUIRE_POSTGRES`) and can't, this panics.
    pub fn is_here(self) -> bool {
        static POSTGRES: OnceLock<bool> = OnceLock::new();
        match self {
            Self::Sqlite => true,
            Self::Postgres => *POSTGRES.get_or_init(|| testing::empty_postgres().is_some()),
        }
    }
}

/// Settings that make tests quick where they are about something else: hashing that costs nothing, and codes as often as one likes.
pub const QUICK: &[(&str, &str)] = &[
    ("environment", "development"),
    ("argon2_memory_kib", "64"),
    ("argon2_iterations", "1"),
    ("sms_resend_seconds", "0"),
    ("sms_phone_hour", "1000"),
    ("sms_phone_day", "1000"),
    ("sms_address_hour", "100000"),
    ("login_address_hour", "100000"),
];

/// A server of one test. Sends requests as the [`Client`] that it is.
pub struct Site {
    client: Client,
    server: Option<Server>,
    arguments: Vec<String>,
    folder: TempDir,
    database: Option<TestDatabase>,
    secrets: Arc<Secrets>,
    tolerated: Vec<String>,
}

impl Deref for Site {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Site {
    /// A site with the [`QUICK`] settings.
    pub fn new(on: On) -> Self {
        Self::with(on, &[])
    }

    /// A site with the [`QUICK`] settings and these, which win.
    pub fn with(on: On, settings: &[(&str, &str)]) -> Self {
        Self::plain(on, &[QUICK, settings].concat())
    }

    /// A site with these settings alone: all others are as delivered.
    pub fn plain(on: On, settings: &[(&str, &str)]) -> Self {
        let database = match on {
            On::Sqlite => None,
            // The server makes its tables itself.
            On::Postgres => Some(testing::empty_postgres().expect("On::is_here was asked before")),
        };
        let url = database.as_ref().map(|database| database.url().to_owned());
        Self::start(database, url.as_deref(), settings)
    }

    /// A site on the PostgreSQL database at `url`.
    pub fn on_url(url: &str, settings: &[(&str, &str)]) -> Self {
        Self::start(None, Some(url), &[QUICK, settings].concat())
    }

    fn start(database: Option<TestDatabase>, url: Option<&str>, settings: &[(&str, &str)]) -> Self {
        let folder = TempDir::with_prefix("eport-e2e-").expect("a temporary folder");
        let mut all: std::collections::BTreeMap<&str, String> = Default::default();
        if let Some(url) = url {
            all.insert("database_url", url.to_owned());
            all.insert("database_host", host(url));
        }
        all.extend(settings.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let arguments: Vec<String> =
            all.into_iter().flat_map(|(name, value)| ["--variable".to_owned(), format!("{name}={value}")]).collect();
        let server =
            Server::start(folder.path(), &server::manifest(), &arguments).unwrap_or_else(|error| panic!("{error}"));
        let secrets = Arc::new(Secrets::default());
        let client = Client::new(&server.address, secrets.clone());
        Self { client, server: Some(server), arguments, folder, database, secrets, tolerated: Vec::new() }
    }

    /// Kills the server as a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill();
        }
    }

    /// Stops the server as an administrator would; returns what it wrote, all its runs together.
    pub fn stop(&mut self) -> String {
        if let Some(mut server) = self.server.take() {
            let status = server.stop().expect("the server stops on SIGTERM");
            assert!(status.success(), "the server ended with {status}");
        }
        self.log()
    }

    /// Starts the server again on what the last one left, with these settings in place of those of the same name.
    pub fn start_again(&mut self, settings: &[(&str, &str)]) {
        assert!(self.server.is_none(), "the server still runs");
        for (name, value) in settings {
            let prefix = format!("{name}=");
            let new = format!("{name}={value}");
            match self.arguments.iter_mut().find(|argument| argument.starts_with(&prefix)) {
                Some(argument) => *argument = new,
                None => self.arguments.extend(["--variable".to_owned(), new]),
            }
        }
        self.start_from(&server::manifest());
    }

    /// Starts the server again with another manifest.
    pub fn start_from(&mut self, manifest: &Path) {
        assert!(self.server.is_none(), "the server still runs");
        let server =
            Server::start(self.folder.path(), manifest, &self.arguments).unwrap_or_else(|error| panic!("{error}"));
        self.client = Client::new(&server.address, self.secrets.clone());
        self.server = Some(server);
    }

    /// What the server wrote up to now: access log, components' output, its own messages.
    pub fn log(&self) -> String {
        ["out.log", "err.log"].map(|name| server::read(&self.folder.path().join(name))).concat()
    }

    /// Its state directory.
    pub fn state_dir(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// A folder for what the test keeps beside.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The address of its PostgreSQL database, if it is on one.
    pub fn database_url(&self) -> Option<&str> {
        self.database.as_ref().map(TestDatabase::url)
    }

    /// Address and port of the metrics.
    pub fn metrics(&self) -> &str {
        &self.server.as_ref().expect("a server that runs").metrics
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.server.as_ref().expect("a server that runs").id()
    }

    /// Runs `eport` with these arguments to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        Command::new(eport()).args(arguments).output().expect("eport can be run")
    }

    /// Says that `text` must not be in the log.
    pub fn keep_secret(&self, text: &str) {
        self.secrets.learn(text);
    }

    /// Says that the server may write a line with `words` of its own about trouble that the test makes.
    pub fn expect_trouble(&mut self, words: &str) {
        self.tolerated.push(words.to_owned());
    }
}

/// `postgres://host:port` of a database's address.
fn host(url: &str) -> String {
    let authority = url.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    format!("postgres://{}", authority.rsplit('@').next().unwrap_or_default())
}

impl Drop for Site {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // What went wrong is often in there.
            let log = self.log();
            let from = log.len().saturating_sub(4000);
            eprintln!("── the server's log ──\n{}", log.get(from..).unwrap_or(&log));
            return;
        }
        let log = self.stop();
        let found = self.secrets.found_in(&log);
        assert!(found.is_empty(), "the log holds secrets:\n{}", found[..found.len().min(5)].join("\n"));
        let trouble: Vec<&str> = log
            .lines()
            .filter(|line| {
                line.contains("\"kind\":\"component\"")
                    || line.contains("\"kind\":\"runtime\"")
                    || line.contains("panicked")
            })
            .filter(|line| !self.tolerated.iter().any(|words| line.contains(words.as_str())))
            .collect();
        assert!(
            trouble.is_empty(),
            "the server had something to complain about:\n{}",
            trouble[..trouble.len().min(5)].join("\n")
        );
    }
}
