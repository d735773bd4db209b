//! Every statement has its index, so that a million enterprises make no difference: what the databases say of their own plans.

use eport_shared::on_each_database;
use eport_shared::platform::Database as _;
use eport_shared::sql::Dialect;
use eport_shared::testing::World;
use eport_shared::testing::cards::{Algorithm, CardClass};
use serde_json::json;

use crate::drawing::{DPI_600, Drawing, base64};
use crate::office::{act, delete, get, in_use, join, patch, post, set_up, signed};

/// Something of everything.
async fn day(world: &mut World) {
    let ca = set_up(world, Algorithm::P256).await;
    let person = join(world, &ca, 1, CardClass::LegalPerson).await;
    let token = &person.token;
    let seal = in_use(world, &person, "公章", "official").await;
    act(world, token, &seal, "default").await.done(200);
    let body = signed(world, token, &person.card, Some(&seal), &json!({ "name": "新公章" })).await;
    patch(world, token, &seal, &body).await.done(200);
    for path in ["", &format!("/{seal}"), &format!("/{seal}/image"), &format!("/{seal}/seseal")] {
        assert_eq!(get(world, token, &format!("/v1/seals{path}")).await.status(), 200);
    }
    delete(world, token, &seal).await.done(204);
    let body = json!({ "image": base64(&Drawing::signature().png(Some(DPI_600))) });
    let made = post(world, token, "/v1/signatures", &body).await.done(201);
    let path = format!("/v1/signatures/{}", made["id"].as_str().unwrap());
    for what in ["authorize", "default"] {
        post(world, token, &format!("{path}/{what}"), &json!({})).await.done(200);
    }
    for path in ["/v1/signatures", &path, &format!("{path}/image")] {
        assert_eq!(get(world, token, path).await.status(), 200);
    }
    let call = eport_shared::testing::Call::delete(&path).bearer(token);
    world.send::<eport_seals::Seals>(call).await.done(204);
}

on_each_database! {
    async fn every_statement_has_its_index_and_every_list_its_order(mut world: World) {
        day(&mut world).await;
        let plans = world.database.plans(&["enable_seqscan", "enable_bitmapscan"]).await;
        for (statement, plan) in plans.into_iter().filter(|(statement, _)| statement.contains("seal") || statement.contains("signature")) {
            let lists = statement.starts_with("SELECT") && statement.contains("LIMIT");
            for line in &plan {
                let scan = match world.database.dialect() {
                    Dialect::Sqlite => line.starts_with("SCAN ") && line != "SCAN CONSTANT ROW",
                    Dialect::Postgres => line.contains("Seq Scan on"),
                };
                let sorts = line.contains("TEMP B-TREE") || line.trim_start().starts_with("Sort") || line.contains("->  Sort");
                assert!(!(scan || lists && sorts), "{statement}\n{}", plan.join("\n"));
            }
        }
    }
}
