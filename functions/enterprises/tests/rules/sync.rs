//! What changed in the registry is taken over (J6).

use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::settings::RegistryProvider;
use eport_shared::sql;
use eport_shared::testing::{Reply, World};
use serde_json::json;

use crate::{Somebody, USCC, administrator, operator, register};

const SYNC: &str = "/v1/enterprise/sync";

on_each_database! {
    async fn a_dry_run_shows_each_difference_and_changes_nothing(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        let before = admin.get(&world, "/v1/enterprise").await.done(200);
        register(&world, USCC, "新名称", Some("新地址")).await;
        let shown = admin.post(&world, SYNC, &json!({ "dry_run": true })).await.done(200);
        assert_eq!((shown["applied"].as_bool(), shown["source"].as_str()), (Some(false), Some("local")));
        assert_eq!(shown["changes"][0], json!({ "field": "name", "old": before["name"], "new": "新名称" }));
        let fields: Vec<_> = shown["changes"].as_array().unwrap().iter().map(|change| change["field"].as_str().unwrap().to_owned()).collect();
        assert_eq!(fields, ["name", "registered_address", "business_scope", "legal_person_name"]);
        assert_eq!(admin.get(&world, "/v1/enterprise").await.done(200), before);
        assert_eq!(world.audit_of("enterprise.synced").await.len(), 0);
    }

    async fn the_differences_are_taken_over_once(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        register(&world, USCC, "新名称", None).await;
        let shown = admin.post(&world, SYNC, &json!({})).await.done(200);
        assert_eq!(shown["applied"], true);
        let after = admin.get(&world, "/v1/enterprise").await.done(200);
        assert_eq!((after["name"].as_str(), after["legal_person_name"].as_str(), after["version"].as_i64()), (Some("新名称"), Some("王五"), Some(2)));
        // What the registry leaves out takes nothing away.
        assert!(after["registered_address"].is_string());
        let again = admin.post(&world, SYNC, &json!({ "dry_run": false })).await.done(200);
        assert_eq!((again["applied"].as_bool(), again["changes"].as_array().unwrap().len()), (Some(false), 0));
        let audit = world.audit_of("enterprise.synced").await;
        assert_eq!(audit.len(), 1);
        assert!(audit[0].before.as_deref().unwrap().contains("示例企业") && audit[0].after.as_deref().unwrap().contains("新名称"));
    }

    async fn two_at_once_take_over_once(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        register(&world, USCC, "新名称", None).await;
        let body = json!({});
        let (a, b) = tokio::join!(admin.post(&world, SYNC, &body), admin.post(&world, SYNC, &body));
        let applied = [a.done(200), b.done(200)].iter().filter(|result| result["applied"] == true).count();
        assert_eq!(applied, 1);
        assert_eq!(world.audit_of("enterprise.synced").await.len(), 1);
    }

    async fn an_enterprise_that_the_registry_does_not_know_stays_as_it_is(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        admin.post(&world, SYNC, &json!({})).await.refused(&catalogue::REGISTRY_ENTERPRISE_UNKNOWN);
        world.rows(&sql!("UPDATE enterprises SET uscc = NULL"), &[]).await;
        admin.post(&world, SYNC, &json!({})).await.refused(&catalogue::REGISTRY_USCC_REQUIRED);
        assert_eq!(admin.get(&world, "/v1/enterprise").await.done(200)["version"], 1);
    }

    async fn while_the_registry_is_down_nothing_changes(mut world: World) {
        let admin = administrator(&world, 1, USCC).await;
        world.settings.registry_provider = RegistryProvider::Http;
        world.settings.registry_url = "https://registry.example.cn/v1".to_owned();
        world.network.plan(&[Reply::Silence, Reply::Silence]);
        let refused = admin.post(&world, SYNC, &json!({})).await.refused(&catalogue::REGISTRY_UNAVAILABLE);
        assert!(refused["retry_after"].as_i64().unwrap() > 0);
        world.network.plan(&[Reply::Status(500), Reply::Status(503)]);
        admin.post(&world, SYNC, &json!({})).await.refused(&catalogue::REGISTRY_UNAVAILABLE);
        // An answer without a body is none, either.
        admin.post(&world, SYNC, &json!({})).await.refused(&catalogue::REGISTRY_UNAVAILABLE);
        assert_eq!(admin.get(&world, "/v1/enterprise").await.done(200)["version"], 1);
    }

    async fn only_the_administrator_syncs(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        let member = operator(&world, 2, &admin, USCC).await;
        register(&world, USCC, "新名称", None).await;
        member.post(&world, SYNC, &json!({})).await.refused(&catalogue::PERMISSION_DENIED);
        Somebody::new(&world, 3).await.post(&world, SYNC, &json!({})).await.refused(&catalogue::ENTERPRISE_REQUIRED);
        admin.post(&world, SYNC, &json!({ "dry_run": 1 })).await.refused(&catalogue::REQUEST_WRONG_TYPE);
    }
}
