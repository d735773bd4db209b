//! Both dialects give the same rows for the same values.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test, helpers included")]

mod common;

use anyhow::Result;
use eport_database::testing::TestDatabase;
use eport_shared::platform::{Database, DatabaseError};
use eport_shared::sql;
use eport_shared::sql::{Row, Statement, Value, query};
use uuid::Uuid;

async fn with_table(database: &TestDatabase) -> Result<()> {
    let table = sql!(
        sqlite: "CREATE TABLE v (n INTEGER NOT NULL, b INTEGER, i INTEGER, t TEXT, x BLOB, u TEXT) STRICT",
        postgres: "CREATE TABLE v (n BIGINT NOT NULL, b BOOLEAN, i BIGINT, t TEXT, x BYTEA, u UUID)",
    );
    database.connect().await?.execute(&table, &[]).await?;
    Ok(())
}

const INSERT: Statement = sql!("INSERT INTO v (n, b, i, t, x, u) VALUES ($1, $2, $3, $4, $5, $6)");
const READ: Statement = sql!("SELECT b, i, t, x, u FROM v WHERE n = $1");

type Typed = (Option<bool>, Option<i64>, Option<String>, Option<Vec<u8>>, Option<Uuid>);

fn typed(row: &Row) -> Result<Typed> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
}

fn samples() -> Vec<Typed> {
    let all = Uuid::from_u128(u128::MAX);
    let text = |text: &str| Some(text.to_owned());
    vec![
        (None, None, None, None, None),
        (Some(true), Some(i64::MAX), text("张伟 — 陕西 🛳 \u{20000}"), Some(vec![0, 255, 39]), Some(all)),
        (Some(false), Some(i64::MIN), text(""), Some(Vec::new()), Some(Uuid::nil())),
        (Some(true), Some(0), text("'; DROP TABLE v; --\n\t\"%_"), Some(vec![7; 100_000]), Some(all)),
        (None, Some(-1), text("e\u{301} \u{feff}"), None, Some(Uuid::from_u128(1))),
    ]
}

#[tokio::test]
async fn every_kind_of_value_comes_back_as_it_was_stored() -> Result<()> {
    for database in common::migrated() {
        with_table(&database).await?;
        let mut connection = database.connect().await?;
        for (n, sample) in (0_i64..).zip(samples()) {
            let (b, i, t, x, u) = sample.clone();
            let values = [n.into(), b.into(), i.into(), t.into(), x.into(), u.into()];
            assert_eq!(connection.execute(&INSERT, &values).await?, 1);
            let rows = connection.query(&READ, &[n.into()]).await?;
            assert_eq!(rows.len(), 1);
            assert_eq!(typed(&rows[0])?, sample, "{}", database.url());
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_uuid_is_hyphenated_lower_case_text_in_sqlite() -> Result<()> {
    let database = eport_database::testing::sqlite();
    with_table(&database).await?;
    let id = Uuid::from_u128(0xABCD_EF01_2345_6789_ABCD_EF01_2345_6789);
    let values = [1_i64.into(), Value::Null, Value::Null, Value::Null, Value::Null, id.into()];
    database.connect().await?.execute(&INSERT, &values).await?;
    let rows = query(&database, &sql!("SELECT u FROM v"), &[]).await?;
    assert_eq!(rows[0].get::<String>(0)?, "abcdef01-2345-6789-abcd-ef0123456789");
    Ok(())
}

#[tokio::test]
async fn narrow_integers_are_widened() -> Result<()> {
    for database in common::migrated() {
        let narrow = sql!(
            sqlite: "SELECT -3, 5, 9",
            postgres: "SELECT CAST(-3 AS SMALLINT), CAST(5 AS INTEGER), CAST(9 AS BIGINT)",
        );
        let rows = query(&database, &narrow, &[]).await?;
        assert_eq!(rows, [Row::new(vec![Value::Integer(-3), Value::Integer(5), Value::Integer(9)])]);
    }
    Ok(())
}

#[tokio::test]
async fn null_fits_every_parameter() -> Result<()> {
    for database in common::migrated() {
        with_table(&database).await?;
        let values = [1_i64.into(), Value::Null, Value::Null, Value::Null, Value::Null, Value::Null];
        database.connect().await?.execute(&INSERT, &values).await?;
        let nothing = sql!("SELECT n FROM v WHERE t = $1 OR i = $2 OR x = $3 OR u = $4");
        let nulls = [Value::Null, Value::Null, Value::Null, Value::Null];
        assert_eq!(query(&database, &nothing, &nulls).await?, []);
    }
    Ok(())
}

#[tokio::test]
async fn a_column_type_that_is_not_used_here_is_refused_rather_than_guessed() {
    for database in common::migrated() {
        let error = query(&database, &sql!("SELECT 1.5"), &[]).await.unwrap_err();
        assert!(matches!(error, DatabaseError::Column { column: 0, .. }), "{}: {error:?}", database.url());
    }
}

#[tokio::test]
async fn a_wrong_statement_is_a_refusal_that_quotes_no_row() -> Result<()> {
    for database in common::migrated() {
        with_table(&database).await?;
        let mut connection = database.connect().await?;
        let missing = connection.query(&sql!("SELECT secret FROM v"), &[]).await.unwrap_err();
        assert!(matches!(missing, DatabaseError::Refused(_)), "{missing:?}");

        let values = [Value::Null, Value::Null, Value::Null, "13800005678".into(), Value::Null, Value::Null];
        let null = connection.execute(&INSERT, &values).await.unwrap_err();
        let DatabaseError::Refused(text) = &null else { panic!("{null:?}") };
        assert!(!text.contains("13800005678"), "{text}");
        assert!(text.contains('n'), "{text}");
        // The connection goes on.
        assert_eq!(connection.query(&READ, &[1_i64.into()]).await?, []);
    }
    Ok(())
}

#[tokio::test]
async fn the_count_is_of_the_rows_that_were_changed() -> Result<()> {
    for database in common::migrated() {
        with_table(&database).await?;
        let mut connection = database.connect().await?;
        for n in 0_i64..3 {
            let values = [n.into(), Value::Null, n.into(), Value::Null, Value::Null, Value::Null];
            connection.execute(&INSERT, &values).await?;
        }
        let raise = sql!("UPDATE v SET i = 10 WHERE i > $1");
        assert_eq!(connection.execute(&raise, &[0_i64.into()]).await?, 2);
        assert_eq!(connection.execute(&raise, &[99_i64.into()]).await?, 0);
        let begin = sql!(sqlite: "BEGIN IMMEDIATE", postgres: "BEGIN");
        assert_eq!(connection.execute(&begin, &[]).await?, 0);
        assert_eq!(connection.execute(&sql!("DELETE FROM v"), &[]).await?, 3);
        assert_eq!(connection.execute(&sql!("COMMIT"), &[]).await?, 0);
    }
    Ok(())
}

#[tokio::test]
async fn of_two_equal_rows_the_second_is_found_by_returning_nothing() -> Result<()> {
    for database in common::migrated() {
        let insert = sql!(
            "INSERT INTO sms_phones (phone_index, asked_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING asked_at"
        );
        let values = [Value::Blob(vec![1; 32]), 5_i64.into()];
        let first = query(&database, &insert, &values).await?;
        assert_eq!(first, [Row::new(vec![Value::Integer(5)])]);
        assert_eq!(query(&database, &insert, &values).await?, []);

        let mut connection = database.connect().await?;
        let count = sql!("INSERT INTO sms_phones (phone_index, asked_at) VALUES ($1, $2) ON CONFLICT DO NOTHING");
        assert_eq!(connection.execute(&count, &values).await?, 0);
        assert_eq!(connection.execute(&count, &[Value::Blob(vec![2; 32]), 5_i64.into()]).await?, 1);
    }
    Ok(())
}
