//! Every statement has its index, so that a million enterprises make no difference: what the databases say of their own plans.

use eport_messages::Messages;
use eport_shared::on_each_database;
use eport_shared::platform::Database as _;
use eport_shared::sql::Dialect;
use eport_shared::testing::{Call, World};
use serde_json::json;

use crate::{OTHER_USCC, Somebody, USCC, administrator, id, operator, register};

/// Tables that stay small: sixteen rows.
const SMALL: [&str; 1] = ["audit_heads"];

/// Each journey once, and each list in each of its forms.
async fn day(world: &World) {
    register(world, USCC, "登记的名称", None).await;
    let admin = administrator(world, 1, USCC).await;
    administrator(world, 2, OTHER_USCC).await;
    let member = operator(world, 3, &admin, USCC).await;
    let somebody = Somebody::new(world, 4).await;
    for decision in ["withdraw", "reject"] {
        let asked = id(&somebody.ask(world, "operator", USCC).await.done(201));
        match decision {
            "withdraw" => somebody.withdraw(world, &asked).await.done(204),
            _ => admin.reject(world, &asked, "否").await.done(200),
        };
        somebody.withdraw(world, &asked).await;
    }
    admin.get(world, &format!("/v1/registry/enterprises/{USCC}")).await.done(200);
    for list in ["?mine=true", "?mine=true&status=pending", "", "?status=pending"] {
        admin.get(world, &format!("/v1/associations{list}")).await.done(200);
    }
    for list in ["", "?result=refused", "?action=enterprise.updated"] {
        admin.get(world, &format!("/v1/enterprise/audit{list}")).await.done(200);
    }
    for list in ["", "?unread=true", "?unread=false"] {
        world.send::<Messages>(Call::get(&format!("/v1/messages{list}")).bearer(&admin.token)).await.done(200);
    }
    admin.send(world, Call::patch("/v1/enterprise").json(&json!({ "postcode": "310000" }))).await.done(200);
    admin.post(world, "/v1/enterprise/sync", &json!({})).await.done(200);
    admin.hand_over(world, member.id).await.done(200);
}

on_each_database! {
    async fn every_statement_of_a_day_has_its_index(world: World) {
        day(&world).await;
        let plans = world.database.plans(&["enable_seqscan"]).await;
        assert!(plans.len() > 35, "{} statements", plans.len());
        for (statement, plan) in plans {
            for line in &plan {
                let scan = match world.database.dialect() {
                    Dialect::Sqlite => line.starts_with("SCAN ") && line != "SCAN CONSTANT ROW",
                    Dialect::Postgres => line.contains("Seq Scan on"),
                };
                let small = SMALL.iter().any(|table| line.contains(table));
                assert!(!scan || small, "{statement}\n{}", plan.join("\n"));
            }
        }
    }

    async fn every_list_comes_from_its_index_in_order(world: World) {
        day(&world).await;
        for (statement, plan) in world.database.plans(&["enable_seqscan", "enable_bitmapscan"]).await {
            let lists = statement.starts_with("SELECT") && statement.contains("LIMIT");
            let sorts = plan.iter().any(|line| line.contains("TEMP B-TREE") || line.trim_start().starts_with("Sort") || line.contains("->  Sort"));
            assert!(!lists || !sorts, "{statement}\n{}", plan.join("\n"));
        }
    }
}
