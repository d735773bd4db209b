//! The audit's chains: what changes a row, takes one away or puts one in, shows.

use eport_shared::audit::{CHAINS, Entry};
use eport_shared::audit_columns;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::{Call, World};

use crate::{act, on_duty};

/// The chains that don't fit together. Walks as an auditor would, with the keys and the table alone.
async fn broken(world: &World) -> Vec<i64> {
    let all = sql!(concat!("SELECT ", audit_columns!(), ", mac FROM audit WHERE chain = $1 ORDER BY seq"));
    let mut broken = Vec::new();
    for chain in 0..CHAINS {
        let (mut previous, mut expected) = (Vec::new(), 1);
        let mut whole = true;
        for row in world.rows(&all, &[chain.into()]).await {
            let (entry, mac): (_, Vec<u8>) = (Entry::read(&row).unwrap(), row.get(19).unwrap());
            whole &= entry.seq == expected && entry.is_authentic(&world.keys, &previous, &mac);
            (previous, expected) = (mac, entry.seq + 1);
        }
        let head = world.rows(&sql!("SELECT seq, mac FROM audit_heads WHERE chain = $1"), &[chain.into()]).await;
        whole &= head[0].get::<i64>(0).unwrap() == expected - 1 && head[0].get::<Vec<u8>>(1).unwrap() == previous;
        if !whole {
            broken.push(chain);
        }
    }
    broken
}

const NONE: [i64; 0] = [];

/// A hundred rows, and the chain with the most of them.
async fn history(world: &World) -> i64 {
    let (_, token) = on_duty(world).await;
    let person = world.person(1).await;
    for _ in 0..50 {
        act(world, &token, person.id, "reveal", "核查").await.done(200);
        act(world, &token, uuid::Uuid::nil(), "reveal", "核查").await;
    }
    world.number(&sql!("SELECT chain FROM audit GROUP BY chain ORDER BY COUNT(*) DESC, chain LIMIT 1"), &[]).await
}

on_each_database! {
    async fn untouched_chains_are_whole(world: World) {
        history(&world).await;
        assert_eq!(broken(&world).await, NONE);
        assert!(world.number(&sql!("SELECT COUNT(DISTINCT chain) FROM audit"), &[]).await > 8, "the rows are spread");
    }

    async fn a_change_of_any_column_shows(world: World) {
        let chain = history(&world).await;
        let keep = world.rows(&sql!("SELECT id FROM audit WHERE chain = $1 AND seq = 2"), &[chain.into()]).await;
        let id: uuid::Uuid = keep[0].get(0).unwrap();
        for (change, undo) in [
            (sql!("UPDATE audit SET at = at + 1 WHERE id = $1"), sql!("UPDATE audit SET at = at - 1 WHERE id = $1")),
            (sql!("UPDATE audit SET seq = seq + 1000 WHERE id = $1"), sql!("UPDATE audit SET seq = seq - 1000 WHERE id = $1")),
            (sql!("UPDATE audit SET action = action || 'x' WHERE id = $1"), sql!("UPDATE audit SET action = SUBSTR(action, 1, LENGTH(action) - 1) WHERE id = $1")),
            (sql!("UPDATE audit SET device = '' WHERE id = $1"), sql!("UPDATE audit SET device = NULL WHERE id = $1")),
            (sql!("UPDATE audit SET address = '' WHERE id = $1"), sql!("UPDATE audit SET address = NULL WHERE id = $1")),
            (sql!("UPDATE audit SET trace_id = 'x' WHERE id = $1"), sql!("UPDATE audit SET trace_id = NULL WHERE id = $1")),
            (sql!("UPDATE audit SET before = '{}' WHERE id = $1"), sql!("UPDATE audit SET before = NULL WHERE id = $1")),
            (sql!("UPDATE audit SET actor_kind = 'xstaff' WHERE id = $1"), sql!("UPDATE audit SET actor_kind = 'staff' WHERE id = $1")),
            (sql!("UPDATE audit SET enterprise_id = id WHERE id = $1"), sql!("UPDATE audit SET enterprise_id = NULL WHERE id = $1")),
        ] {
            world.rows(&change, &[id.into()]).await;
            assert_eq!(broken(&world).await, [chain], "{}", change.postgres);
            world.rows(&undo, &[id.into()]).await;
            assert_eq!(broken(&world).await, NONE, "{}", undo.postgres);
        }
    }

    async fn a_value_moved_to_the_next_column_shows(world: World) {
        let chain = history(&world).await;
        let swap = sql!("UPDATE audit SET target_type = target_id, target_id = target_type WHERE chain = $1 AND seq = 2");
        world.rows(&swap, &[chain.into()]).await;
        assert_eq!(broken(&world).await, [chain]);
    }

    async fn a_row_taken_away_shows_wherever_it_stood(world: World) {
        let chain = history(&world).await;
        for seq in ["1", "2", "last"] {
            let at = match seq {
                "last" => world.number(&sql!("SELECT MAX(seq) FROM audit WHERE chain = $1"), &[chain.into()]).await,
                number => number.parse().unwrap(),
            };
            let columns = sql!(concat!("SELECT ", audit_columns!(), ", mac FROM audit WHERE chain = $1 AND seq = $2"));
            let row = world.rows(&columns, &[chain.into(), at.into()]).await;
            world.rows(&sql!("DELETE FROM audit WHERE chain = $1 AND seq = $2"), &[chain.into(), at.into()]).await;
            assert_eq!(broken(&world).await, [chain], "{seq}");
            put_back(&world, &row[0]).await;
            assert_eq!(broken(&world).await, NONE);
        }
    }

    async fn a_row_put_in_shows(world: World) {
        let chain = history(&world).await;
        let columns = sql!(concat!("SELECT ", audit_columns!(), ", mac FROM audit WHERE chain = $1 AND seq = 2"));
        let row = world.rows(&columns, &[chain.into()]).await;
        put_back(&world, &row[0]).await;
        assert_eq!(broken(&world).await, [chain]);
    }

    async fn rows_that_changed_places_show(world: World) {
        let chain = history(&world).await;
        for (from, to) in [(1_i64, 1000_i64), (2, 1), (1000, 2)] {
            world.rows(&sql!("UPDATE audit SET seq = $3 WHERE chain = $1 AND seq = $2"), &[chain.into(), from.into(), to.into()]).await;
        }
        assert_eq!(broken(&world).await, [chain]);
    }

    async fn what_staff_decide_and_import_is_chained_like_everything(world: World) {
        let (_, token) = on_duty(&world).await;
        let enterprise = uuid::Uuid::from_u128(7);
        let insert = sql!(
            "INSERT INTO enterprises (id, uscc, organisation_code, name, state, created_at, updated_at)
             VALUES ($1, '913300007458363392', '745836339', '示例', 'unverified', 0, 0)"
        );
        world.rows(&insert, &[enterprise.into()]).await;
        let path = format!("/v1/platform/enterprises/{enterprise}/verify");
        let verify = Call::post(&path).bearer(&token).json(&serde_json::json!({ "reason": "核查" }));
        world.send::<eport_platform::Platform>(verify).await.done(200);
        let file = "uscc,name\n913300007458363392,示例\n";
        let import = Call::post("/v1/platform/registry/import").bearer(&token).raw(file).header("content-type", "text/csv");
        world.send::<eport_platform::Platform>(import).await.done(201);
        crate::get(&world, &token, "/v1/platform/audit/export").await;
        assert_eq!(broken(&world).await, NONE);
        for action in ["enterprise.verified", "registry.imported", "audit.exported"] {
            let row = world.audit_of(action).await.remove(0);
            let after = row.after.clone();
            world.rows(&sql!("UPDATE audit SET after = '{}' WHERE id = $1"), &[row.id.into()]).await;
            assert_eq!(broken(&world).await, [row.chain], "{action}");
            world.rows(&sql!("UPDATE audit SET after = $2 WHERE id = $1"), &[row.id.into(), after.into()]).await;
            assert_eq!(broken(&world).await, NONE);
        }
    }

    async fn a_chain_made_without_the_key_shows(mut world: World) {
        history(&world).await;
        world.keys.index = zeroize::Zeroizing::new([9; 32]);
        assert!(broken(&world).await.len() > 8);
    }

    async fn rows_of_several_requests_at_once_keep_their_chains_whole(world: World) {
        let (_, token) = on_duty(&world).await;
        let person = world.person(1).await;
        for _ in 0..5 {
            tokio::join!(
                act(&world, &token, person.id, "reveal", "一"),
                act(&world, &token, person.id, "reveal", "二"),
                act(&world, &token, person.id, "lock", "三"),
                act(&world, &token, person.id, "unlock", "四"),
            );
        }
        assert_eq!(broken(&world).await, NONE);
    }
}

/// Inserts a copy of a row, under the id and place that it has or, where those are taken, the next free ones.
async fn put_back(world: &World, row: &eport_shared::sql::Row) {
    let entry = Entry::read(row).unwrap();
    let mac: Vec<u8> = row.get(19).unwrap();
    let taken = world.number(&sql!("SELECT COUNT(*) FROM audit WHERE id = $1"), &[entry.id.into()]).await > 0;
    let id = if taken { uuid::Uuid::max() } else { entry.id };
    let seq = if taken { 5000 } else { entry.seq };
    world
        .rows(
            &sql!(concat!(
                "INSERT INTO audit (",
                audit_columns!(),
                ", mac) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)"
            )),
            &[
                id.into(),
                entry.chain.into(),
                seq.into(),
                entry.at.into(),
                entry.actor_kind.into(),
                entry.actor_id.into(),
                entry.session_id.into(),
                entry.enterprise_id.into(),
                entry.address.into(),
                entry.device.into(),
                entry.amr.into(),
                entry.action.into(),
                entry.target_type.into(),
                entry.target_id.into(),
                entry.before.into(),
                entry.after.into(),
                entry.result.into(),
                entry.code.into(),
                entry.trace_id.into(),
                mac.into(),
            ],
        )
        .await;
}
