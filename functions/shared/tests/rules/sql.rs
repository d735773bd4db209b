//! Transactions, statements and ids as bounds.

use eport_schema::catalogue;
use eport_shared::clock::Timestamp;
use eport_shared::on_each_database;
use eport_shared::platform::{DatabaseError, first_id, new_id};
use eport_shared::problem::Problem;
use eport_shared::sql;
use eport_shared::sql::{Statement, transaction};
use eport_shared::testing::{SeededEntropy, World};
use proptest::prelude::*;

const COUNT: Statement = sql!("SELECT COUNT(*) FROM sms_phones");
const INSERT: Statement = sql!("INSERT INTO sms_phones (phone_index, asked_at) VALUES ($1, $2)");

on_each_database! {
    async fn what_a_transaction_did_is_there_where_it_ends_well(world: World) {
        transaction(&world.database, async |connection| connection.execute(&INSERT, &[[1_u8; 32].into(), 1_i64.into()]).await).await.unwrap();
        assert_eq!(world.number(&COUNT, &[]).await, 1);
    }

    async fn a_refusal_takes_back_what_the_transaction_did(world: World) {
        let refused: Result<(), Problem> = transaction(&world.database, async |connection| {
            connection.execute(&INSERT, &[[1_u8; 32].into(), 1_i64.into()]).await?;
            Err(Problem::new(&catalogue::RESOURCE_NOT_FOUND))
        })
        .await;
        assert_eq!(refused.unwrap_err().refusal.code, "resource.not_found");
        assert_eq!(world.number(&COUNT, &[]).await, 0);
    }

    async fn a_refused_statement_takes_back_what_came_before_it(world: World) {
        let failed: Result<(), DatabaseError> = transaction(&world.database, async |connection| {
            connection.execute(&INSERT, &[[1_u8; 32].into(), 1_i64.into()]).await?;
            connection.execute(&INSERT, &[[1_u8; 32].into(), 1_i64.into()]).await?;
            Ok(())
        })
        .await;
        assert!(matches!(failed, Err(DatabaseError::Refused(_))));
        assert_eq!(world.number(&COUNT, &[]).await, 0);
        transaction(&world.database, async |connection| connection.execute(&INSERT, &[[1_u8; 32].into(), 1_i64.into()]).await).await.unwrap();
    }

    async fn a_refusal_that_is_carried_out_leaves_its_trace(world: World) {
        let outcome: Result<Result<(), Problem>, Problem> = transaction(&world.database, async |connection| {
            connection.execute(&INSERT, &[[1_u8; 32].into(), 1_i64.into()]).await?;
            Ok(Err(Problem::new(&catalogue::RESOURCE_NOT_FOUND)))
        })
        .await;
        assert!(outcome.unwrap().is_err());
        assert_eq!(world.number(&COUNT, &[]).await, 1);
    }
}

#[test]
fn one_text_serves_both_dialects() {
    let statement = sql!("SELECT $1, '西安', $12");
    assert_eq!((statement.sqlite, statement.postgres), ("SELECT ?1, '西安', ?12", "SELECT $1, '西安', $12"));
}

proptest! {
    #[test]
    fn ids_lie_between_the_bounds_of_their_time(at in 0i64..253_402_300_800_000, seed in any::<u64>()) {
        let id = new_id(Timestamp::from_milliseconds(at), &SeededEntropy::new(seed));
        prop_assert!(first_id(Timestamp::from_milliseconds(at)) <= id);
        prop_assert!(id < first_id(Timestamp::from_milliseconds(at + 1)));
        prop_assert_eq!(id.get_version_num(), 7);
        // As text, ids have the order of their bytes: SQLite compares the one, PostgreSQL the other.
        let bound = first_id(Timestamp::from_milliseconds(at + 1));
        prop_assert_eq!(id.to_string() < bound.to_string(), id < bound);
    }

    #[test]
    fn no_time_is_out_of_bounds(at in any::<i64>()) {
        let _ = first_id(Timestamp::from_milliseconds(at));
    }
}
