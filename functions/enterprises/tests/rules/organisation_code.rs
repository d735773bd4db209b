//! Real cards know no more of their enterprise than its organisation code: the registry that is kept here knows the rest.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use eport_sessions::Sessions;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::cards::{Algorithm, CardClass, Holder, answer, holder, issue, trusted, with};
use eport_shared::testing::{Call, World};
use serde_json::{Value as Json, json};

use crate::{Somebody, USCC, entry, register};

/// The `n`th person, logged in with a card that has the organisation code alone; and what their token says.
async fn with_card(world: &World, n: u32, class: CardClass) -> (Somebody, Json) {
    let ca = trusted(world, Algorithm::P256).await;
    let card = issue(&ca, &Holder { whole_uscc: false, ..holder(n, class) });
    let call = Call::post("/v1/card-challenges").json(&json!({ "purpose": "login" }));
    let challenge = world.send::<Sessions>(call).await.done(201);
    let body = with(answer(&card, &challenge), "method", "card");
    let session = world.send::<Sessions>(Call::post("/v1/sessions").json(&body)).await.done(201);
    let token = session["access_token"].as_str().unwrap().to_owned();
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let id = serde_json::from_value(session["account"]["id"].clone()).unwrap();
    (Somebody { id, token }, serde_json::from_slice(&claims).unwrap())
}

/// Another USCC with the same organisation code, in the registry.
async fn register_a_double(world: &World) {
    let row = sql!("INSERT INTO registry (uscc, name, updated_at) VALUES ($1, '另一家', 0)");
    world.rows(&row, &[format!("12{}", &USCC[2..]).into()]).await;
}

on_each_database! {
    async fn a_card_with_the_organisation_code_alone_finds_the_enterprise_in_the_registry(world: World) {
        register(&world, USCC, "登记的名称", Some("登记的地址")).await;
        for (n, class) in [(1, CardClass::LegalPerson), (2, CardClass::Operator)] {
            let (somebody, claims) = with_card(&world, n, class).await;
            assert_eq!(claims["ent"], USCC);
            let shown = somebody.get(&world, "/v1/enterprise").await.done(200);
            assert_eq!((shown["uscc"].as_str(), shown["registered_address"].as_str()), (Some(USCC), Some("登记的地址")));
        }
    }

    async fn a_code_that_two_enterprises_of_the_registry_have_tells_nothing(world: World) {
        register(&world, USCC, "登记的名称", Some("登记的地址")).await;
        register_a_double(&world).await;
        let (somebody, claims) = with_card(&world, 1, CardClass::LegalPerson).await;
        assert_eq!(claims["ent"], Json::Null);
        assert_eq!(somebody.get(&world, "/v1/enterprise").await.done(200)["registered_address"], Json::Null);
    }

    async fn an_enterprise_that_an_operators_card_told_of_is_completed_when_its_legal_person_comes(world: World) {
        with_card(&world, 1, CardClass::Operator).await;
        register(&world, USCC, "登记的名称", Some("登记的地址")).await;
        let (somebody, claims) = with_card(&world, 2, CardClass::LegalPerson).await;
        assert_eq!(claims["ent"], USCC);
        let shown = somebody.get(&world, "/v1/enterprise").await.done(200);
        assert_eq!((shown["name"].as_str(), shown["legal_person_name"].as_str()), (Some("杭州示例进出口有限公司"), Some("王五")));
    }

    async fn a_sync_takes_the_code_from_a_registry_that_was_filled_later(world: World) {
        let (somebody, _) = with_card(&world, 1, CardClass::LegalPerson).await;
        register(&world, USCC, "登记的名称", None).await;
        let shown = somebody.post(&world, "/v1/enterprise/sync", &json!({ "dry_run": true })).await.done(200);
        assert_eq!(shown["changes"][0], json!({ "field": "uscc", "old": null, "new": USCC }));
        assert_eq!(somebody.get(&world, "/v1/enterprise").await.done(200)["uscc"], Json::Null);
        somebody.post(&world, "/v1/enterprise/sync", &json!({})).await.done(200);
        let after = somebody.get(&world, "/v1/enterprise").await.done(200);
        assert_eq!((after["uscc"].as_str(), after["name"].as_str()), (Some(USCC), Some("登记的名称")));
        assert!(world.audit_of("enterprise.synced").await[0].after.as_deref().unwrap().contains(USCC));
    }

    async fn a_claimant_names_a_code_only_where_the_registry_has_it(world: World) {
        with_card(&world, 1, CardClass::Operator).await;
        let first = Somebody::new(&world, 2).await;
        first.ask(&world, "admin", USCC).await.done(201);
        let shown = first.get(&world, "/v1/enterprise").await.done(200);
        assert_eq!((shown["uscc"].as_str(), &shown["registered_address"]), (None, &entry(USCC)["registered_address"]));
        world.rows(&sql!("DELETE FROM memberships WHERE role = 'admin'"), &[]).await;
        register(&world, USCC, "登记的名称", Some("登记的地址")).await;
        let second = Somebody::new(&world, 3).await;
        second.ask(&world, "admin", USCC).await.done(201);
        assert_eq!(second.get(&world, "/v1/enterprise").await.done(200)["uscc"], USCC);
    }
}
