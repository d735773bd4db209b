//! The address of a database is understood, or the answer says how to write it.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test, helpers included")]

use anyhow::Result;
use eport_database::{NativeDatabase, open};

fn sqlite_path(url: &str) -> Result<String> {
    match open(url)? {
        NativeDatabase::Sqlite(file) => Ok(file.path().display().to_string()),
        NativeDatabase::Postgres(_) => panic!("{url} is a file"),
    }
}

#[test]
fn a_sqlite_path_is_taken_as_it_stands() -> Result<()> {
    assert_eq!(sqlite_path("sqlite:.eport/sqlite.db")?, ".eport/sqlite.db");
    assert_eq!(sqlite_path("sqlite:/var/lib/eport.db")?, "/var/lib/eport.db");
    assert_eq!(sqlite_path("sqlite:///var/lib/eport.db")?, "/var/lib/eport.db");
    assert_eq!(sqlite_path("sqlite:数据 库?.db")?, "数据 库?.db");
    Ok(())
}

#[test]
fn both_ways_to_write_postgres_are_understood_and_the_password_is_never_shown() -> Result<()> {
    for url in ["postgres://u:hunter2@db:5433/eport", "postgresql://u:hunter2@db/eport?sslmode=require"] {
        let database = open(url)?;
        assert!(matches!(database, NativeDatabase::Postgres(_)));
        assert!(!format!("{database:?}").contains("hunter2"));
        assert!(database.to_string().starts_with("PostgreSQL at db:54"), "{database}");
    }
    Ok(())
}

#[test]
fn other_addresses_are_refused_with_what_is_expected_and_without_the_password() {
    let urls = [
        "",
        "eport.db",
        "mysql://u:hunter2@db/eport",
        "sqlite:",
        "sqlite::memory:",
        "postgres://",
        "postgres://u:hunter2@db:port/eport",
        "postgres://u:hunter2@db/eport?sslmode=hunter2",
        "postgres://u:hunter2@db/eport?nonsense=hunter2",
    ];
    for url in urls {
        let text = open(url).unwrap_err().to_string();
        assert!(text.contains("sqlite:") || text.contains("postgres://"), "{url}: {text}");
        assert!(!text.contains("hunter2"), "{url}: {text}");
    }
}
