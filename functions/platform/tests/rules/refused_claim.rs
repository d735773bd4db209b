//! A refused claim leaves nothing that keeps the right people out, or that is false, behind.

use eport_schema::catalogue;
use eport_schema::domain::Uscc;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::cards::{CardClass, ENTERPRISE, Holder, holder};
use eport_shared::testing::{Call, World};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::fallen_claim::{Somebody, decide};
use crate::on_duty;

/// Another USCC with the same organisation code and a right check character.
fn variant(uscc: &str) -> String {
    let body = format!("92{}", &uscc[2..17]);
    let check = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
    check.map(|check| format!("{body}{check}")).find(|text| Uscc::parse(text).is_ok()).expect("one of them fits")
}

/// The enterprise of a claim that staff refused.
async fn refused(world: &World, staff: &str, claim: &Json) -> Uuid {
    let id = serde_json::from_value(claim["enterprise"]["id"].clone()).unwrap();
    decide(world, staff, id, "refuse", &json!({ "reason": "与登记不符" })).await.done(200);
    id
}

/// What members see of their enterprise.
async fn shown(world: &World, somebody: &Somebody) -> Json {
    somebody.enterprises(world, Call::get("/v1/enterprise")).await.done(200)
}

async fn register(world: &World, uscc: &str) {
    let row = sql!(
        "INSERT INTO registry (uscc, name, registered_address, business_scope, legal_person_name, updated_at)
         VALUES ($1, '登记的名称', '登记的地址', '登记的范围', '王五', 1795000000000)"
    );
    world.rows(&row, &[uscc.into()]).await;
}

fn described(uscc: &str, name: &str) -> Json {
    json!({ "role": "admin", "uscc": uscc, "enterprise": {
        "name": name, "registered_address": format!("{name}的地址"), "business_scope": format!("{name}的范围") } })
}

on_each_database! {
    async fn the_true_code_replaces_one_that_a_refused_claimant_made_up(world: World) {
        let (_, staff) = on_duty(&world).await;
        let fraud = Somebody::new(&world, 1).await.claim(&world, &variant(ENTERPRISE.0)).await.done(201);
        let next = Somebody::new(&world, 2).await;
        let ask = || Call::post("/v1/associations").json(&described(ENTERPRISE.0, "真名"));
        next.enterprises(&world, ask()).await.refused(&catalogue::ASSOCIATION_USCC_CONFLICT);
        let id = refused(&world, &staff, &fraud).await;
        let operator = Somebody::new(&world, 3).await;
        let waits = json!({ "role": "operator", "uscc": ENTERPRISE.0 });
        operator.enterprises(&world, Call::post("/v1/associations").json(&waits)).await.done(201);
        let claim = next.enterprises(&world, ask()).await.done(201);
        assert_eq!(claim["enterprise"]["id"], json!(id));
        assert_eq!(shown(&world, &next).await["uscc"], ENTERPRISE.0);
        // From now on this is the one that is known.
        let late = Somebody::new(&world, 4).await;
        let body = json!({ "role": "operator", "uscc": variant(ENTERPRISE.0) });
        late.enterprises(&world, Call::post("/v1/associations").json(&body)).await.refused(&catalogue::ASSOCIATION_USCC_CONFLICT);
    }

    async fn a_code_that_a_card_told_is_not_replaced(world: World) {
        let (_, staff) = on_duty(&world).await;
        let operator = Somebody::with_card(&world, &holder(5, CardClass::Operator)).await;
        let claim = Somebody::new(&world, 1).await.claim(&world, ENTERPRISE.0).await.done(201);
        refused(&world, &staff, &claim).await;
        let other = Somebody::new(&world, 2).await;
        let call = Call::post("/v1/associations").json(&described(&variant(ENTERPRISE.0), "假名"));
        other.enterprises(&world, call).await.refused(&catalogue::ASSOCIATION_USCC_CONFLICT);
        // Nor is the name; what the claimant typed is.
        other.enterprises(&world, Call::post("/v1/associations").json(&described(ENTERPRISE.0, "真名"))).await.done(201);
        let seen = shown(&world, &operator).await;
        assert_eq!((&seen["name"], &seen["registered_address"]), (&json!(ENTERPRISE.1), &json!("真名的地址")));
    }

    async fn the_next_claimant_describes_the_enterprise_anew(world: World) {
        let (_, staff) = on_duty(&world).await;
        let claim = Somebody::new(&world, 1).await.claim(&world, ENTERPRISE.0).await.done(201);
        refused(&world, &staff, &claim).await;
        let next = Somebody::new(&world, 2).await;
        let bare = json!({ "role": "admin", "uscc": ENTERPRISE.0 });
        next.enterprises(&world, Call::post("/v1/associations").json(&bare)).await.refused(&catalogue::ASSOCIATION_ENTERPRISE_REQUIRED);
        next.enterprises(&world, Call::post("/v1/associations").json(&described(ENTERPRISE.0, "真名"))).await.done(201);
        let seen = shown(&world, &next).await;
        assert_eq!(
            (&seen["name"], &seen["registered_address"], &seen["business_scope"]),
            (&json!("真名"), &json!("真名的地址"), &json!("真名的范围"))
        );
        let audit = world.audit_of("enterprise.described").await;
        assert!(audit[0].before.as_deref().unwrap().contains("随便写的名字") && audit[0].after.as_deref().unwrap().contains("真名"));
    }

    async fn what_the_registry_says_replaces_a_refused_claimants_words(world: World) {
        let (_, staff) = on_duty(&world).await;
        let claim = Somebody::new(&world, 1).await.claim(&world, &variant(ENTERPRISE.0)).await.done(201);
        refused(&world, &staff, &claim).await;
        register(&world, ENTERPRISE.0).await;
        let next = Somebody::new(&world, 2).await;
        next.enterprises(&world, Call::post("/v1/associations").json(&described(ENTERPRISE.0, "真名"))).await.done(201);
        let seen = shown(&world, &next).await;
        assert_eq!(
            (&seen["uscc"], &seen["name"], &seen["registered_address"], &seen["legal_person_name"]),
            (&json!(ENTERPRISE.0), &json!("登记的名称"), &json!("登记的地址"), &json!("王五"))
        );
    }

    async fn nothing_that_a_displaced_claimant_typed_stays_on_the_verified_enterprise(world: World) {
        Somebody::new(&world, 1).await.claim(&world, &variant(ENTERPRISE.0)).await.done(201);
        // As real cards are: with no more than the organisation code.
        let card = Holder { whole_uscc: false, ..holder(9, CardClass::LegalPerson) };
        let seen = shown(&world, &Somebody::with_card(&world, &card).await).await;
        assert_eq!((&seen["state"], &seen["name"]), (&json!("verified"), &json!(ENTERPRISE.1)));
        for field in ["uscc", "registered_address", "business_scope", "legal_person_name"] {
            assert_eq!(seen[field], Json::Null, "{field}");
        }
    }

    async fn the_registry_puts_right_what_a_displaced_claimant_typed(world: World) {
        Somebody::new(&world, 1).await.claim(&world, &variant(ENTERPRISE.0)).await.done(201);
        register(&world, ENTERPRISE.0).await;
        let card = Holder { whole_uscc: false, ..holder(9, CardClass::LegalPerson) };
        let seen = shown(&world, &Somebody::with_card(&world, &card).await).await;
        assert_eq!(
            (&seen["uscc"], &seen["name"], &seen["registered_address"], &seen["business_scope"]),
            (&json!(ENTERPRISE.0), &json!(ENTERPRISE.1), &json!("登记的地址"), &json!("登记的范围"))
        );
    }

    async fn what_the_cards_own_holder_typed_stays(world: World) {
        Somebody::new(&world, 9).await.claim(&world, ENTERPRISE.0).await.done(201);
        let card = Holder { whole_uscc: false, ..holder(9, CardClass::LegalPerson) };
        let seen = shown(&world, &Somebody::with_card(&world, &card).await).await;
        assert_eq!((&seen["state"], &seen["uscc"], &seen["registered_address"]), (&json!("verified"), &json!(ENTERPRISE.0), &json!("随便写的地址")));
    }
}
