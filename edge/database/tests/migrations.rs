//! Migrations run once, in order, and refuse a database that they don't fit.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test, helpers included")]

mod common;

use std::time::Instant;

use anyhow::Result;
use eport_database::migrate::{self, MigrateError};
use eport_database::testing::{self, TestDatabase};
use eport_schema::clock::Timestamp;
use eport_schema::migrations::{ALL, Migration};
use eport_shared::platform::{Database, DatabaseError};
use eport_shared::sql;
use eport_shared::sql::{Statement, Value, query};
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_milliseconds(1_764_000_000_000);

const fn step(number: i64, name: &'static str, text: &'static str) -> Migration {
    Migration { number, name, sqlite: text, postgres: text }
}

const FIRST: Migration = step(1, "0001_a", "CREATE TABLE a (i BIGINT);\nINSERT INTO a VALUES (1);");
const SECOND: Migration = step(2, "0002_b", "-- b; or not\nCREATE TABLE b (i BIGINT);");
const BROKEN: Migration = step(2, "0002_b", "CREATE TABLE b (i BIGINT); CREATE TABLE a (i BIGINT);");

async fn count(database: &TestDatabase, statement: Statement) -> Result<i64, DatabaseError> {
    query(database, &statement, &[]).await?[0].get(0)
}

#[tokio::test]
async fn a_second_run_finds_nothing_to_do() -> Result<()> {
    for database in common::empty() {
        let applied = migrate::run(database.native(), NOW).await?;
        let numbers: Vec<_> = applied.iter().map(|step| step.number).collect();
        assert_eq!(numbers, ALL.iter().map(|step| step.number).collect::<Vec<_>>());
        assert_eq!(applied[0].applied_at, Some(NOW));
        assert_eq!(migrate::run(database.native(), NOW.plus_seconds(9)).await?, []);
        let status = migrate::status(database.native()).await?;
        assert_eq!(status.len(), ALL.len());
        assert!(status.iter().all(|step| step.applied_at == Some(NOW)));
    }
    Ok(())
}

#[tokio::test]
async fn status_tells_what_is_missing_and_makes_nothing() -> Result<()> {
    for database in common::empty() {
        let status = migrate::status(database.native()).await?;
        assert!(status.iter().all(|step| step.applied_at.is_none()));
        if let Some(path) = database.url().strip_prefix("sqlite:") {
            assert!(!std::path::Path::new(path).exists());
        }
    }
    Ok(())
}

#[tokio::test]
async fn later_steps_are_added_to_a_database_that_has_the_first() -> Result<()> {
    for database in common::empty() {
        assert_eq!(migrate::run_steps(database.native(), &[FIRST], NOW).await?.len(), 1);
        let applied = migrate::run_steps(database.native(), &[FIRST, SECOND], NOW).await?;
        assert_eq!(applied.iter().map(|step| step.name).collect::<Vec<_>>(), ["0002_b"]);
        assert_eq!(count(&database, sql!("SELECT COUNT(*) FROM a")).await?, 1);
        assert_eq!(count(&database, sql!("SELECT COUNT(*) FROM b")).await?, 0);
    }
    Ok(())
}

#[tokio::test]
async fn a_step_that_fails_leaves_nothing_and_the_ones_before_stay() -> Result<()> {
    for database in common::empty() {
        let error = migrate::run_steps(database.native(), &[FIRST, BROKEN], NOW).await.unwrap_err();
        let MigrateError::Failed { name, .. } = &error else { panic!("{error}") };
        assert_eq!(*name, "0002_b");
        assert_eq!(count(&database, sql!("SELECT COUNT(*) FROM a")).await?, 1);
        assert!(count(&database, sql!("SELECT COUNT(*) FROM b")).await.is_err());
        // Put right, it goes on from there.
        assert_eq!(migrate::run_steps(database.native(), &[FIRST, SECOND], NOW).await?.len(), 1);
    }
    Ok(())
}

#[tokio::test]
async fn a_text_that_changed_after_it_was_applied_is_refused() -> Result<()> {
    let edited = step(1, "0001_a", "CREATE TABLE a (i BIGINT);");
    for database in common::empty() {
        migrate::run_steps(database.native(), &[FIRST], NOW).await?;
        let error = migrate::run_steps(database.native(), &[edited, SECOND], NOW).await.unwrap_err();
        assert!(matches!(error, MigrateError::Changed { name: "0001_a", .. }), "{error}");
        assert!(error.to_string().contains("put the old text back"), "{error}");
        assert!(count(&database, sql!("SELECT COUNT(*) FROM b")).await.is_err());
    }
    Ok(())
}

#[tokio::test]
async fn a_record_that_was_tampered_with_is_refused() -> Result<()> {
    for database in common::migrated() {
        let tamper = sql!("UPDATE schema_migrations SET checksum = 'x' WHERE number = 1");
        database.connect().await?.execute(&tamper, &[]).await?;
        let error = migrate::status(database.native()).await.unwrap_err();
        assert!(matches!(error, MigrateError::Changed { .. }), "{error}");
        let error = migrate::run(database.native(), NOW).await.unwrap_err();
        assert!(matches!(error, MigrateError::Changed { .. }), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused() -> Result<()> {
    for database in common::empty() {
        migrate::run_steps(database.native(), &[FIRST, SECOND], NOW).await?;
        let error = migrate::run_steps(database.native(), &[FIRST], NOW).await.unwrap_err();
        assert!(matches!(error, MigrateError::Newer { number: 2, known: 1, .. }), "{error}");
        assert!(error.to_string().contains("0002_b"), "{error}");
    }
    Ok(())
}

/// One of the rows that were there before.
const fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

#[tokio::test]
async fn what_a_claim_left_before_it_was_kept_who_typed_it_is_the_claimants() -> Result<()> {
    let steps = ALL.iter().position(|step| step.name == "0012_claims").unwrap();
    for database in common::empty() {
        migrate::run_steps(database.native(), &ALL[..steps], NOW).await?;
        let mut connection = database.connect().await?;
        let (first, second) = (id(1), id(2));
        let account = sql!(
            "INSERT INTO accounts (id, username, username_key, name, state, password_hash, phone_index, id_number_index, created_at, updated_at)
             VALUES ($1, $2, $2, 'x', 'active', 'x', $3, $3, 0, 0)"
        );
        for (account_id, name) in [(first, "one"), (second, "two")] {
            let index = Value::Blob(name.as_bytes().to_vec());
            connection.execute(&account, &[account_id.into(), name.into(), index]).await?;
        }
        let enterprise = sql!(
            "INSERT INTO enterprises (id, organisation_code, name, state, created_at, updated_at) VALUES ($1, $2, 'x', $3, 0, 0)"
        );
        let [claimed, verified, carded, joined] = [id(11), id(12), id(13), id(14)];
        for (enterprise_id, code, state) in [
            (claimed, "A", "unverified"),
            (verified, "B", "verified"),
            (carded, "C", "unverified"),
            (joined, "D", "unverified"),
        ] {
            connection.execute(&enterprise, &[enterprise_id.into(), code.into(), state.into()]).await?;
        }
        let association = sql!(
            "INSERT INTO associations (id, account_id, enterprise_id, role, status, created_at) VALUES ($1, $2, $3, $4, 'approved', 0)"
        );
        for (number, account_id, enterprise_id, role) in [
            (21, first, claimed, "admin"),
            (22, second, claimed, "admin"),
            (23, first, verified, "admin"),
            (24, first, carded, "admin"),
            (25, second, joined, "operator"),
        ] {
            connection
                .execute(&association, &[id(number).into(), account_id.into(), enterprise_id.into(), role.into()])
                .await?;
        }
        let card = sql!(
            "INSERT INTO cards (id, account_id, enterprise_id, card_number, class, certificate_sha256, not_before, not_after, origin, bound_at)
             VALUES ($1, $2, $3, 'n', 'operator', $4, 0, 0, 'person', 0)"
        );
        connection.execute(&card, &[id(31).into(), first.into(), carded.into(), Value::Blob(vec![0; 32])]).await?;
        drop(connection);

        migrate::run(database.native(), NOW).await?;
        let rows =
            query(&database, &sql!("SELECT entered, entered_by FROM enterprises ORDER BY organisation_code"), &[]);
        let found: Vec<(String, Option<Uuid>)> =
            rows.await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_, DatabaseError>>()?;
        let nothing = (String::new(), None);
        let everything = ("business_scope name registered_address uscc".to_owned(), Some(first));
        assert_eq!(found, [everything, nothing.clone(), nothing.clone(), nothing]);
    }
    Ok(())
}

#[tokio::test]
async fn a_hole_in_the_record_is_refused() -> Result<()> {
    for database in common::empty() {
        migrate::run_steps(database.native(), &[FIRST, SECOND], NOW).await?;
        let remove = sql!("DELETE FROM schema_migrations WHERE number = 1");
        database.connect().await?.execute(&remove, &[]).await?;
        let error = migrate::run_steps(database.native(), &[FIRST, SECOND], NOW).await.unwrap_err();
        assert!(matches!(error, MigrateError::Gap { missing: 1 }), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn a_database_of_something_else_is_left_alone() -> Result<()> {
    for database in common::empty() {
        let foreign = sql!("CREATE TABLE accounts (theirs BIGINT)");
        database.connect().await?.execute(&foreign, &[]).await?;
        let error = migrate::run(database.native(), NOW).await.unwrap_err();
        assert!(error.to_string().contains("give eport one of its own"), "{error}");
        let record = count(&database, sql!("SELECT COUNT(*) FROM schema_migrations")).await;
        assert!(record.is_err(), "{record:?}");
    }
    Ok(())
}

#[test]
fn runners_that_start_at_once_do_the_work_once() {
    for database in common::empty() {
        let applied: usize = std::thread::scope(|scope| {
            let runners: Vec<_> = (0..8)
                .map(|_| {
                    // Its own connections, as another process has.
                    let own = eport_database::open(database.url()).unwrap();
                    scope.spawn(move || {
                        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                        runtime.unwrap().block_on(migrate::run(&own, NOW)).unwrap().len()
                    })
                })
                .collect();
            runners.into_iter().map(|runner| runner.join().unwrap()).sum()
        });
        assert_eq!(applied, ALL.len(), "{}", database.url());
    }
}

#[tokio::test]
async fn sqlite_is_in_wal_mode_and_only_for_its_owner() -> Result<()> {
    let database = testing::sqlite();
    let rows = query(&database, &sql!("PRAGMA journal_mode"), &[]).await?;
    assert_eq!(rows[0].get::<String>(0)?, "wal");

    let empty = testing::empty_sqlite();
    migrate::run(empty.native(), NOW).await?;
    let path = empty.url().strip_prefix("sqlite:").unwrap();
    let _open = empty.connect().await?;
    for file in [path.to_owned(), format!("{path}-wal"), format!("{path}-shm")] {
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file)?.permissions());
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    Ok(())
}

#[test]
fn a_test_database_is_quick_to_make() {
    drop(testing::sqlite());
    let mut times: Vec<_> = (0..20)
        .map(|_| {
            let started = Instant::now();
            let database = testing::sqlite();
            let elapsed = started.elapsed();
            drop(database);
            elapsed
        })
        .collect();
    times.sort();
    // The median: the machine may be busy with something else now and then.
    assert!(times[10].as_millis() < 5, "{times:?}");
}
