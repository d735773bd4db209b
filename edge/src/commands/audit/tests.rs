use std::cell::Cell;

use anyhow::Result;
use eport_database::testing::{self, TestDatabase};
use eport_shared::audit::{CHAINS, Event, record_system};
use eport_shared::clock::Timestamp;
use eport_shared::keys::{Keys, NamedKey};
use eport_shared::platform::{Database as _, Entropy};
use eport_shared::sql;
use eport_shared::sql::{Statement, Value, transaction};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::verify::{Break, Found, Gone, verify};
use crate::commands::world::System;

/// In each chain.
const ROWS: i64 = 6;

/// Takes the chains in turn: the first byte that a row asks for chooses its chain.
struct InTurn(Cell<u8>);

impl Entropy for InTurn {
    fn fill(&self, buffer: &mut [u8]) {
        match buffer {
            [chain] => {
                self.0.set(self.0.get().wrapping_add(1));
                *chain = self.0.get();
            }
            buffer => System.fill(buffer),
        }
    }
}

fn keys(index: u8) -> Keys {
    Keys {
        signing: Vec::new(),
        verifying: Vec::new(),
        data: vec![NamedKey { id: "d".to_owned(), bytes: Zeroizing::new([2; 32]) }],
        index: Zeroizing::new([index; 32]),
        pepper: None,
        seal: Vec::new(),
    }
}

/// A database of each dialect with some rows in every chain.
async fn audited() -> Result<Vec<TestDatabase>> {
    let databases: Vec<_> = std::iter::once(testing::sqlite()).chain(testing::postgres()).collect();
    for database in &databases {
        transaction(database, async |connection| {
            let entropy = InTurn(Cell::new(0));
            for n in 0..ROWS * CHAINS {
                let now = Timestamp::from_milliseconds(1_764_000_000_000 + n);
                let event = Event::account("test.done", Uuid::nil());
                record_system(&keys(1), &entropy, now, connection, event).await?;
            }
            anyhow::Ok(())
        })
        .await?;
    }
    Ok(databases)
}

async fn found(database: &TestDatabase) -> Result<Found> {
    Ok(verify(database, &keys(1)).await?)
}

/// How the chain is broken after a statement about it, while the others are whole.
async fn after(database: &TestDatabase, chain: i64, change: Statement, more: &[Value]) -> Result<Break> {
    let parameters: Vec<Value> = std::iter::once(chain.into()).chain(more.iter().cloned()).collect();
    assert!(database.connect().await?.execute(&change, &parameters).await? > 0);
    let mut found = found(database).await?;
    assert!(!found.is_whole() && !found.looks_like_other_keys());
    let mut broken: Vec<_> =
        found.chains.iter_mut().enumerate().filter_map(|(n, c)| Some((n, c.broken.take()?))).collect();
    assert_eq!(broken.iter().filter(|(n, _)| i64::try_from(*n).ok() == Some(chain)).count(), 1);
    let position = broken.iter().position(|(n, _)| i64::try_from(*n).ok() == Some(chain)).unwrap();
    Ok(broken.swap_remove(position).1)
}

#[tokio::test]
async fn untouched_chains_are_whole() -> Result<()> {
    for database in audited().await? {
        let found = found(&database).await?;
        assert!(found.is_whole());
        assert_eq!(found.to_string(), "16 chains, 96 rows: all whole");
    }
    Ok(())
}

#[tokio::test]
async fn an_empty_audit_is_whole() -> Result<()> {
    for database in std::iter::once(testing::sqlite()).chain(testing::postgres()) {
        assert_eq!(found(&database).await?.to_string(), "16 chains, 0 rows: all whole");
    }
    Ok(())
}

#[tokio::test]
async fn a_changed_row_is_named() -> Result<()> {
    let changes = [
        sql!("UPDATE audit SET action = 'test.undone' WHERE chain = $1 AND seq = 3"),
        sql!("UPDATE audit SET at = at + 1 WHERE chain = $1 AND seq = 3"),
        sql!("UPDATE audit SET result = 'refused' WHERE chain = $1 AND seq = 3"),
        sql!("UPDATE audit SET address = '' WHERE chain = $1 AND seq = 3"),
        sql!("UPDATE audit SET target_id = NULL WHERE chain = $1 AND seq = 3"),
        sql!("UPDATE audit SET mac = $2 WHERE chain = $1 AND seq = 3"),
    ];
    for database in audited().await? {
        for (chain, change) in (0..).zip(changes) {
            let more = if change.postgres.contains("$2") { vec![Value::Blob(vec![0; 32])] } else { Vec::new() };
            let broken = after(&database, chain, change, &more).await?;
            assert!(matches!(&broken, Break::Changed { seq: 3, what } if what.contains("test.")), "{broken:?}");
        }
        let text = found(&database).await?.chains[0].to_string();
        assert!(text.starts_with("chain 0: row 3 (test.undone, 2025-"), "{text}");
    }
    Ok(())
}

#[tokio::test]
async fn deleted_rows_are_named() -> Result<()> {
    for database in audited().await? {
        let first = sql!("DELETE FROM audit WHERE chain = $1 AND seq = 1");
        assert_eq!(after(&database, 0, first, &[]).await?, Break::Deleted { from: 1, to: 1 });
        let middle = sql!("DELETE FROM audit WHERE chain = $1 AND seq BETWEEN 2 AND 4");
        assert_eq!(after(&database, 1, middle, &[]).await?, Break::Deleted { from: 2, to: 4 });
    }
    Ok(())
}

#[tokio::test]
async fn a_gap_that_was_closed_by_counting_anew_still_shows() -> Result<()> {
    for database in audited().await? {
        let delete = sql!("DELETE FROM audit WHERE chain = $1 AND seq = 2");
        database.connect().await?.execute(&delete, &[5_i64.into()]).await?;
        for seq in 3..=ROWS {
            let shift = sql!("UPDATE audit SET seq = seq - 1 WHERE chain = $1 AND seq = $2");
            database.connect().await?.execute(&shift, &[5_i64.into(), seq.into()]).await?;
        }
        let head = sql!("UPDATE audit_heads SET seq = seq - 1 WHERE chain = $1");
        let broken = after(&database, 5, head, &[]).await?;
        assert!(matches!(broken, Break::Changed { seq: 2, .. }), "{broken:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_cut_tail_shows_against_the_head() -> Result<()> {
    for database in audited().await? {
        let cut = sql!("DELETE FROM audit WHERE chain = $1 AND seq > $2");
        let broken = after(&database, 7, cut, &[2_i64.into()]).await?;
        assert_eq!(broken, Break::Truncated { last: 2, head: ROWS });

        // The head's number set back, its MAC forgotten.
        let back = sql!("UPDATE audit_heads SET seq = $2 WHERE chain = $1");
        assert_eq!(after(&database, 7, back, &[2_i64.into()]).await?, Break::Head);

        let everything = sql!("DELETE FROM audit WHERE chain = $1");
        let broken = after(&database, 8, everything, &[]).await?;
        assert_eq!(broken, Break::Truncated { last: 0, head: ROWS });
        let head = sql!("DELETE FROM audit_heads WHERE chain = $1");
        assert_eq!(after(&database, 9, head, &[]).await?, Break::NoHead);
    }
    Ok(())
}

#[tokio::test]
async fn a_head_that_was_set_back_with_its_tail_cut_shows_for_good() -> Result<()> {
    for database in audited().await? {
        // All that is readable is used: the last row that is left gives the head its number and its MAC.
        let cut = sql!("DELETE FROM audit WHERE chain = $1 AND seq > 2");
        database.connect().await?.execute(&cut, &[7_i64.into()]).await?;
        let back = sql!(
            "UPDATE audit_heads SET seq = 2, mac = (SELECT mac FROM audit WHERE chain = $1 AND seq = 2) WHERE chain = $1"
        );
        assert_eq!(after(&database, 7, back, &[]).await?, Break::SetBack { last: 2 });

        // The service goes on in that chain, and doesn't cover it up.
        transaction(&database, async |connection| {
            let entropy = InTurn(Cell::new(6));
            let event = Event::account("test.done", Uuid::nil());
            record_system(&keys(1), &entropy, Timestamp::from_milliseconds(1_764_000_001_000), connection, event).await
        })
        .await?;
        let nothing = sql!("UPDATE audit_heads SET chain = chain WHERE chain = $1");
        assert_eq!(after(&database, 7, nothing, &[]).await?, Break::SetBack { last: 3 });

        // The seal of another chain, or none, is no better.
        let borrowed =
            sql!("UPDATE audit_heads SET seal = (SELECT seal FROM audit_heads WHERE chain = 1) WHERE chain = $1");
        assert_eq!(after(&database, 7, borrowed, &[]).await?, Break::SetBack { last: 3 });
    }
    Ok(())
}

#[tokio::test]
async fn a_chain_that_was_emptied_shows_among_many_rows() -> Result<()> {
    for database in audited().await? {
        transaction(&database, async |connection| {
            let entropy = InTurn(Cell::new(0));
            for n in 0..30 * CHAINS {
                let now = Timestamp::from_milliseconds(1_764_000_002_000 + n);
                record_system(&keys(1), &entropy, now, connection, Event::account("test.done", Uuid::nil())).await?;
            }
            anyhow::Ok(())
        })
        .await?;
        assert!(found(&database).await?.is_whole());
        let everything = sql!("DELETE FROM audit WHERE chain = $1");
        database.connect().await?.execute(&everything, &[4_i64.into()]).await?;
        let back = sql!(
            sqlite: "UPDATE audit_heads SET seq = 0, mac = x'', seal = x'' WHERE chain = ?1",
            postgres: "UPDATE audit_heads SET seq = 0, mac = '', seal = '' WHERE chain = $1",
        );
        assert_eq!(after(&database, 4, back, &[]).await?, Break::Emptied);
    }
    Ok(())
}

/// Deletes all rows, and sets all heads back to the beginning.
async fn empty(database: &TestDatabase) -> Result<()> {
    let mut connection = database.connect().await?;
    connection.execute(&sql!("DELETE FROM audit"), &[]).await?;
    let back = sql!(
        sqlite: "UPDATE audit_heads SET seq = 0, mac = x'', seal = x''",
        postgres: "UPDATE audit_heads SET seq = 0, mac = '', seal = ''",
    );
    connection.execute(&back, &[]).await?;
    Ok(())
}

/// An account that was made so many seconds after the first row.
async fn account(database: &TestDatabase, seconds: i64) -> Result<Uuid> {
    let id = Uuid::from_u128(7);
    let make =
        sql!("INSERT INTO accounts (id, name, state, created_at, updated_at) VALUES ($1, '张伟', 'active', $2, $2)");
    let at = Timestamp::from_milliseconds(1_764_000_000_000).plus_seconds(seconds);
    database.connect().await?.execute(&make, &[id.into(), at.into()]).await?;
    Ok(id)
}

#[tokio::test]
async fn an_audit_that_was_emptied_shows_where_there_are_accounts() -> Result<()> {
    for database in audited().await? {
        empty(&database).await?;
        assert!(found(&database).await?.is_whole(), "as a new installation");
        account(&database, 0).await?;
        let found = found(&database).await?;
        assert!(!found.is_whole() && !found.looks_like_other_keys());
        assert_eq!(found.gone, Gone { beginning: true, sessions: 0 });
        assert!(found.to_string().contains("rows are gone"), "{found}");
    }
    Ok(())
}

#[tokio::test]
async fn an_audit_that_was_begun_anew_is_younger_than_its_accounts() -> Result<()> {
    for database in audited().await? {
        account(&database, 0).await?;
        assert!(found(&database).await?.is_whole());
        empty(&database).await?;
        transaction(&database, async |connection| {
            let now = Timestamp::from_milliseconds(1_764_000_009_000);
            record_system(&keys(1), &System, now, connection, Event::account("test.done", Uuid::nil())).await
        })
        .await?;
        assert_eq!(found(&database).await?.gone, Gone { beginning: true, sessions: 0 });
    }
    Ok(())
}

#[tokio::test]
async fn a_session_without_the_row_of_its_opening_shows() -> Result<()> {
    for database in audited().await? {
        let (person, at) = (account(&database, 1).await?, Timestamp::from_milliseconds(1_764_000_001_000));
        let open = sql!(
            "INSERT INTO sessions (id, account_id, method, amr, refresh_hash, access_hash, device_hash, created_at, authenticated_at,
                                   last_seen_at, expires_at)
             VALUES ($1, $2, 'password', 'pwd', $3, $4, $5, $6, $6, $6, $6)"
        );
        let [refresh, access, device] = [1, 2, 3].map(|n| Value::from([n; 32]));
        let values = [Uuid::from_u128(9).into(), person.into(), refresh, access, device, at.into()];
        database.connect().await?.execute(&open, &values).await?;
        assert_eq!(found(&database).await?.gone, Gone { beginning: false, sessions: 1 });
    }
    Ok(())
}

#[tokio::test]
async fn a_row_that_was_put_in_shows_wherever_it_is() -> Result<()> {
    for database in audited().await? {
        let copy = sql!(
            "INSERT INTO audit (id, chain, seq, at, actor_kind, action, result, mac)
             SELECT $3, chain, $2, at, actor_kind, action, result, mac FROM audit WHERE chain = $1 AND seq = 2"
        );
        let new = |n: u128| Value::Uuid(Uuid::from_u128(n));
        assert_eq!(after(&database, 0, copy, &[0_i64.into(), new(1)]).await?, Break::Inserted { seq: 0 });
        assert_eq!(after(&database, 1, copy, &[(-5_i64).into(), new(2)]).await?, Break::Inserted { seq: -5 });
        let end = ROWS + 1;
        assert_eq!(after(&database, 2, copy, &[end.into(), new(3)]).await?, Break::Inserted { seq: end });

        let stranger = sql!("UPDATE audit SET chain = 16 WHERE chain = $1 AND seq = 1");
        assert_eq!(after(&database, 3, stranger, &[]).await?, Break::Deleted { from: 1, to: 1 });
        assert_eq!(found(&database).await?.strangers, 1);
    }
    Ok(())
}

#[tokio::test]
async fn other_secrets_are_told_from_a_broken_audit() -> Result<()> {
    for database in audited().await? {
        let found = verify(&database, &keys(9)).await?;
        assert!(!found.is_whole() && found.looks_like_other_keys());
    }
    Ok(())
}
