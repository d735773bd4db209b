//! Throw-away databases for tests: migrated, empty, of one's own, gone at the end.
//!
//! Usable from any test, with or without a runtime around it.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "only compiled for tests, where a panic with a reason is how to fail"
)]

mod server;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use async_trait::async_trait;
use eport_schema::clock::Timestamp;
use eport_shared::platform::{Connection, Database, DatabaseError};
use eport_shared::sql::Dialect;
use tempfile::TempDir;

use crate::sqlite::SqliteDatabase;
use crate::{NativeDatabase, migrate, open};

/// A database that goes when this is dropped.
pub struct TestDatabase {
    database: NativeDatabase,
    url: String,
    _remains: Remains,
}

/// What to take away at the end: held for its `Drop`.
enum Remains {
    Folder { _folder: TempDir },
    OnServer { _database: server::Owned },
}

impl TestDatabase {
    /// What `--database` takes: for programs that the test starts.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The database itself, as [`open`] would give it.
    pub fn native(&self) -> &NativeDatabase {
        &self.database
    }
}

#[async_trait(?Send)]
impl Database for TestDatabase {
    fn dialect(&self) -> Dialect {
        self.database.dialect()
    }

    async fn connect(&self) -> Result<Box<dyn Connection>, DatabaseError> {
        self.database.connect().await
    }
}

/// A migrated SQLite database in a file of its own: a copy of one that is migrated once per process.
pub fn sqlite() -> TestDatabase {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    let template = TEMPLATE.get_or_init(|| {
        let database = empty_sqlite();
        let path = sqlite_path(&database).to_owned();
        migrated(&database.database);
        // Dropping the last connection moves the write-ahead log into the file.
        let TestDatabase { database, _remains, .. } = database;
        drop(database);
        std::fs::read(&path).expect("the template was just written")
    });
    let database = empty_sqlite();
    std::fs::write(sqlite_path(&database), template).expect("a temporary file can be written");
    database
}

/// A SQLite database before its first migration: the file isn't there yet.
pub fn empty_sqlite() -> TestDatabase {
    let folder = TempDir::with_prefix("eport-test-").expect("a temporary folder can be made");
    let path: PathBuf = folder.path().join("test.db");
    let url = format!("sqlite:{}", path.display());
    let database = NativeDatabase::Sqlite(SqliteDatabase::volatile(path));
    TestDatabase { database, url, _remains: Remains::Folder { _folder: folder } }
}

/// A migrated PostgreSQL database on a server that this process starts at the first call.
///
/// `None`, and a line on stderr, where PostgreSQL is not installed; there the test has nothing to say. With `CI` or
/// `EPORT_REQUIRE_POSTGRES` in the environment it panics instead, so that no run passes by skipping.
pub fn postgres() -> Option<TestDatabase> {
    on_server(true)
}

/// A PostgreSQL database before its first migration; otherwise as [`postgres`].
pub fn empty_postgres() -> Option<TestDatabase> {
    on_server(false)
}

fn on_server(with_tables: bool) -> Option<TestDatabase> {
    let owned = server::database(with_tables)?;
    let url = owned.url();
    let database = open(&url).expect("the address of the test server");
    Some(TestDatabase { database, url, _remains: Remains::OnServer { _database: owned } })
}

fn sqlite_path(database: &TestDatabase) -> &Path {
    match &database.database {
        NativeDatabase::Sqlite(file) => file.path(),
        NativeDatabase::Postgres(_) => panic!("a SQLite database was made"),
    }
}

/// Migrates, in a thread of its own: the caller may stand inside a runtime, in which another can't be started.
fn migrated(database: &NativeDatabase) {
    let database = database.clone();
    let work =
        move || runtime().block_on(migrate::run(&database, Timestamp::from_system())).expect("the migrations apply");
    std::thread::spawn(work).join().expect("the thread that prepares a test database");
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime for preparing test databases")
}
