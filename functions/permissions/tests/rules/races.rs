//! Whatever happens at once: grants are part of the entitlements.

use eport_permissions::Permissions;
use eport_permissions::rights::Rights;
use eport_shared::on_each_database;
use eport_shared::platform::random;
use eport_shared::sql;
use eport_shared::testing::{Call, World};
use serde_json::{Value as Json, json};

use crate::{Firm, Member, WIDE, rights};

const INTERLEAVINGS: usize = 1_000;

/// Some of what there is, as the random bits say.
fn some(bits: u8) -> Json {
    let all =
        [("goods_declaration", "view"), ("goods_declaration", "submit"), ("manifest", "view"), ("licence", "print")];
    let chosen = all.iter().enumerate().filter(|(i, _)| bits >> i & 1 == 1);
    chosen.map(|(_, (application, action))| json!({ "application": application, "actions": [action] })).collect()
}

/// Sends a request after a few turns of the others.
async fn later(world: &World, turns: u8, call: Call, by: &Member) -> u16 {
    for _ in 0..turns {
        tokio::task::yield_now().await;
    }
    world.send::<Permissions>(call.bearer(&by.token)).await.status()
}

/// How many members have a grant that their enterprise isn't entitled to.
async fn too_much(world: &World) -> usize {
    let all = sql!("SELECT m.grants, e.entitlements FROM memberships m JOIN enterprises e ON e.id = m.enterprise_id");
    let rows = world.rows(&all, &[]).await;
    let read = |row: &eport_shared::sql::Row, column| Rights::read(row.text(column).unwrap().unwrap());
    rows.iter().filter(|row| !read(row, 0).without(&read(row, 1)).is_empty()).count()
}

on_each_database! {
    async fn grants_stay_within_the_entitlements_whatever_comes_first(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        let (one, two) = (firm.operator(&world, 11).await, firm.operator(&world, 12).await);
        let mut counted = std::collections::BTreeMap::new();
        for round in 0..INTERLEAVINGS {
            // A token is good for ten minutes.
            let dice: [u8; 6] = random(&world.entropy);
            let put = |path: &str, name: &str, bits| Call::put(path).json(&json!({ name: some(bits) }));
            let grants = |who: &Member| format!("/v1/operators/{}/grants", who.person.id);
            let (a, b, c) = tokio::join!(
                later(&world, dice[0] % 8, put("/v1/enterprise/entitlements", "entitlements", dice[1]), &firm.administrator),
                later(&world, dice[2] % 8, put(&grants(&one), "grants", dice[3]), &firm.administrator),
                later(&world, dice[4] % 8, put(&grants(&two), "grants", dice[5]), &firm.administrator),
            );
            assert_eq!(a, 200);
            for status in [b, c] {
                *counted.entry(status).or_insert(0) += 1;
            }
            if round % 100 == 99 {
                assert_eq!(too_much(&world).await, 0, "after {round} rounds");
            }
        }
        // Each way to end was seen often, and no other.
        assert_eq!(counted.keys().copied().collect::<Vec<_>>(), [200, 422], "{counted:?}");
        assert!(counted.values().all(|n| *n > 100), "{counted:?}");
    }

    async fn of_an_operator_who_leaves_while_a_grant_is_given_nothing_is_left(world: World) {
        let firm = Firm::entitled(&world, 1, WIDE).await;
        for n in 11..31 {
            let operator = firm.operator(&world, n).await;
            let call = Call::put(&format!("/v1/operators/{}/grants", operator.person.id)).json(&json!({ "grants": rights(WIDE) }));
            let leave = async {
                for _ in 0..n % 6 {
                    tokio::task::yield_now().await;
                }
                world.rows(&sql!("DELETE FROM memberships WHERE account_id = $1"), &[operator.person.id.into()]).await;
            };
            let (status, ()) = tokio::join!(later(&world, 3, call, &firm.administrator), leave);
            assert!(matches!(status, 200 | 404), "{status}");
        }
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM memberships WHERE grants <> ''"), &[]).await, 0);
    }

    async fn two_enterprises_do_not_disturb_each_other(world: World) {
        let (firm, other) = (Firm::entitled(&world, 1, WIDE).await, Firm::entitled(&world, 2, WIDE).await);
        let (ours, theirs) = (firm.operator(&world, 11).await, other.operator(&world, 21).await);
        other.grant(&world, &theirs, WIDE).await.done(200);
        let (a, b) = tokio::join!(firm.entitle(&world, &[]), other.grant(&world, &theirs, &[("manifest", &["view"])]));
        assert_eq!((a.status(), b.status()), (200, 200));
        assert_eq!(crate::reason(&world, &theirs, "manifest", "view").await, "granted");
        assert_eq!(crate::reason(&world, &ours, "manifest", "view").await, "not_entitled");
        assert_eq!(too_much(&world).await, 0);
    }
}
