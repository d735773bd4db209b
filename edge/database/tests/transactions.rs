//! Transactions are whole or not at all, and writers wait for each other.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test, helpers included")]

mod common;

use std::time::{Duration, Instant};

use anyhow::Result;
use eport_database::testing;
use eport_shared::platform::{Database, DatabaseError};
use eport_shared::sql;
use eport_shared::sql::{Statement, Value, query, transaction};

const INSERT: Statement = sql!("INSERT INTO sms_phones (phone_index, asked_at) VALUES ($1, $2)");
const BEGIN: Statement = sql!(sqlite: "BEGIN IMMEDIATE", postgres: "BEGIN");

fn phone(n: u8, asked_at: i64) -> [Value; 2] {
    [Value::Blob(vec![n]), asked_at.into()]
}

async fn asked_at(database: &dyn Database, n: u8) -> Result<Option<i64>> {
    let read = sql!("SELECT asked_at FROM sms_phones WHERE phone_index = $1");
    let rows = query(database, &read, &[Value::Blob(vec![n])]).await?;
    Ok(rows.first().map(|row| row.get(0)).transpose()?)
}

#[tokio::test]
async fn what_failed_is_taken_back_and_what_succeeded_stays() -> Result<()> {
    for database in common::migrated() {
        let failed: Result<(), DatabaseError> = transaction(&database, async |tx| {
            tx.execute(&INSERT, &phone(1, 7)).await?;
            Err(DatabaseError::Refused("by the rule".to_owned()))
        })
        .await;
        assert_eq!(failed, Err(DatabaseError::Refused("by the rule".to_owned())));
        assert_eq!(asked_at(&database, 1).await?, None);

        transaction(&database, async |tx| tx.execute(&INSERT, &phone(1, 8)).await).await?;
        assert_eq!(asked_at(&database, 1).await?, Some(8));
    }
    Ok(())
}

#[tokio::test]
async fn a_connection_that_is_dropped_midway_takes_its_work_and_its_locks_with_it() -> Result<()> {
    for database in common::migrated() {
        let mut connection = database.connect().await?;
        connection.execute(&BEGIN, &[]).await?;
        connection.execute(&INSERT, &phone(1, 7)).await?;
        drop(connection);

        // Would wait for the lock on the same key if it were still held.
        let insert = async { database.connect().await?.execute(&INSERT, &phone(1, 9)).await };
        tokio::time::timeout(Duration::from_secs(4), insert).await??;
        assert_eq!(asked_at(&database, 1).await?, Some(9));
    }
    Ok(())
}

#[tokio::test]
async fn writers_wait_for_each_other_on_one_thread() -> Result<()> {
    for database in common::migrated() {
        database.connect().await?.execute(&INSERT, &phone(1, 0)).await?;
        let read = sql!(
            sqlite: "SELECT asked_at FROM sms_phones WHERE phone_index = ?1",
            postgres: "SELECT asked_at FROM sms_phones WHERE phone_index = $1 FOR UPDATE",
        );
        let write = sql!("UPDATE sms_phones SET asked_at = $2 WHERE phone_index = $1");
        let tasks = tokio::task::LocalSet::new();
        let database = std::rc::Rc::new(database);
        for _ in 0..30 {
            let database = database.clone();
            let raise = async move {
                transaction(&*database, async |tx| {
                    let rows = tx.query(&read, &[Value::Blob(vec![1])]).await?;
                    let before: i64 = rows[0].get(0)?;
                    tokio::time::sleep(Duration::from_millis(2)).await;
                    tx.execute(&write, &phone(1, before + 1)).await
                })
                .await
                .unwrap();
            };
            tasks.spawn_local(raise);
        }
        tasks.await;
        assert_eq!(asked_at(&*database, 1).await?, Some(30), "{}", database.url());
    }
    Ok(())
}

#[tokio::test]
async fn a_writer_that_waits_too_long_is_told_to_come_back_later() -> Result<()> {
    let database = testing::sqlite();
    let mut holder = database.connect().await?;
    holder.execute(&BEGIN, &[]).await?;
    holder.execute(&INSERT, &phone(1, 7)).await?;

    let started = Instant::now();
    let error = database.connect().await?.execute(&INSERT, &phone(2, 7)).await.unwrap_err();
    assert!(matches!(error, DatabaseError::Unavailable(_)), "{error:?}");
    assert!(started.elapsed() >= Duration::from_secs(5));
    // A reader doesn't wait: the write-ahead log is on.
    assert_eq!(asked_at(&database, 1).await?, None);
    Ok(())
}

#[tokio::test]
async fn a_connection_comes_without_the_transaction_of_its_last_taker() -> Result<()> {
    for database in common::migrated() {
        for _ in 0..20 {
            let mut connection = database.connect().await?;
            connection.execute(&BEGIN, &[]).await?;
            let broken = connection.query(&sql!("SELECT nothing FROM nowhere"), &[]).await;
            assert!(matches!(broken, Err(DatabaseError::Refused(_))), "{broken:?}");
        }
        // PostgreSQL answers nothing but errors in a transaction that failed.
        assert_eq!(asked_at(&database, 1).await?, None);
    }
    Ok(())
}

#[tokio::test]
async fn a_database_that_is_not_there_is_unavailable_and_says_where_it_should_be() -> Result<()> {
    let cases = [
        ("sqlite:/nowhere/at/all.db", "/nowhere/at/all.db"),
        ("postgres://eport:hunter2@127.0.0.1:1/nothing?sslmode=disable", "127.0.0.1:1/nothing"),
    ];
    for (url, place) in cases {
        let Err(DatabaseError::Unavailable(text)) = eport_database::open(url)?.connect().await else {
            panic!("{url} can't be there");
        };
        assert!(text.contains(place), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
    Ok(())
}
