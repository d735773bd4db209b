//! The enterprise as its members see it, and its contact data (J4).

use eport_enterprises::Enterprises;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::{Call, World};
use serde_json::{Value as Json, json};

use crate::{OTHER_USCC, Somebody, USCC, administrator, entry, operator, suspend};

fn patch(body: &Json) -> Call {
    Call::patch("/v1/enterprise").json(body)
}

fn contact() -> Json {
    json!({ "contact_name": "李四", "telephone": "0571-8888 6666", "email": "office@example.com", "address": "杭州市示例路 1 号", "postcode": "310000" })
}

on_each_database! {
    async fn members_see_their_enterprise_and_nobody_elses(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        let member = operator(&world, 2, &admin, USCC).await;
        let other = administrator(&world, 3, OTHER_USCC).await;
        let shown = admin.get(&world, "/v1/enterprise").await;
        assert_eq!(shown.header("etag"), Some("\"1\""));
        let shown = shown.done(200);
        assert_eq!((shown["name"].as_str(), shown["state"].as_str(), shown["role"].as_str()), (entry(USCC)["name"].as_str(), Some("unverified"), Some("admin")));
        assert_eq!(shown["administrator"], json!({ "account_id": admin.id, "name": "张伟", "verified": false, "verified_by": null }));
        assert_eq!(member.get(&world, "/v1/enterprise").await.done(200)["role"], "operator");
        assert_eq!(other.get(&world, "/v1/enterprise").await.done(200)["uscc"], OTHER_USCC);
    }

    async fn who_belongs_nowhere_or_is_suspended_sees_none(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        let member = operator(&world, 2, &admin, USCC).await;
        suspend(&world, member.id).await;
        member.get(&world, "/v1/enterprise").await.refused(&catalogue::MEMBERSHIP_SUSPENDED);
        Somebody::new(&world, 3).await.get(&world, "/v1/enterprise").await.refused(&catalogue::ENTERPRISE_REQUIRED);
        world.send::<Enterprises>(Call::get("/v1/enterprise")).await.refused(&catalogue::SESSION_REQUIRED);
    }

    async fn the_administrator_keeps_the_contact_data(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        let answer = admin.send(&world, patch(&contact())).await;
        assert_eq!(answer.header("etag"), Some("\"2\""));
        let shown = answer.done(200);
        for (field, value) in contact().as_object().unwrap() {
            assert_eq!(&shown[field], value);
        }
        // What is absent stays, what is null goes.
        let shown = admin.send(&world, patch(&json!({ "address": null, "postcode": "310001" }))).await.done(200);
        assert_eq!((shown["address"].is_null(), shown["postcode"].as_str(), shown["email"].as_str()), (true, Some("310001"), Some("office@example.com")));
        // Nothing to change changes nothing.
        assert_eq!(admin.send(&world, patch(&json!({}))).await.done(200)["version"], 3);
        assert_eq!(world.audit_of("enterprise.updated").await.len(), 2);
    }

    async fn contact_data_is_encrypted_and_masked_in_the_audit(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        admin.send(&world, patch(&contact())).await.done(200);
        let rows = world.rows(&sql!("SELECT contact_name_enc, contact_telephone_enc, contact_email_enc, contact_address_enc, contact_postcode_enc FROM enterprises"), &[]).await;
        for (column, value) in ["李四", "0571-8888 6666", "office@example.com", "杭州市示例路 1 号", "310000"].iter().enumerate() {
            let kept: Vec<u8> = rows[0].get(column).unwrap();
            assert!(!kept.windows(value.len()).any(|window| window == value.as_bytes()));
        }
        let audit = world.audit_of("enterprise.updated").await;
        let after = audit[0].after.as_deref().unwrap();
        for secret in ["李四", "8888", "office", "示例路"] {
            assert!(!after.contains(secret), "{after}");
        }
        assert!(after.contains("o***@example.com"), "{after}");
    }

    async fn only_the_administrator_changes_it(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        let member = operator(&world, 2, &admin, USCC).await;
        member.send(&world, patch(&contact())).await.refused(&catalogue::PERMISSION_DENIED);
        Somebody::new(&world, 3).await.send(&world, patch(&contact())).await.refused(&catalogue::ENTERPRISE_REQUIRED);
        // What is not contact data doesn't change here.
        admin.send(&world, patch(&json!({ "name": "别的名称" }))).await.refused(&catalogue::REQUEST_UNKNOWN_FIELD);
        assert_eq!(admin.get(&world, "/v1/enterprise").await.done(200)["version"], 1);
    }

    async fn bad_contact_data_is_named_together(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        let body = json!({ "contact_name": "4", "telephone": "x", "email": "@", "address": "", "postcode": "1" });
        let answer = admin.send(&world, patch(&body)).await;
        answer.refused(&catalogue::REQUEST_INVALID);
        let errors: Vec<_> = answer.errors().into_iter().map(|(_, code)| code).collect();
        assert_eq!(errors, ["name.characters", "telephone.format", "email.format", "address.length", "postcode.format"]);
    }

    async fn a_change_made_from_an_old_version_is_refused(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        let change = |tag: &str, postcode: &str| patch(&json!({ "postcode": postcode })).header("if-match", tag);
        admin.send(&world, change("\"1\"", "310000")).await.done(200);
        admin.send(&world, change("\"1\"", "310001")).await.refused(&catalogue::REQUEST_PRECONDITION_FAILED);
        admin.send(&world, change("\"2\"", "310002")).await.done(200);
        admin.send(&world, change("*", "310003")).await.done(200);
    }

    async fn of_two_changes_made_from_one_version_one_happens(world: World) {
        let admin = administrator(&world, 1, USCC).await;
        let change = |postcode: &str| patch(&json!({ "postcode": postcode })).header("if-match", "\"1\"");
        let (a, b) = tokio::join!(admin.send(&world, change("310000")), admin.send(&world, change("310001")));
        let mut statuses = [a.status(), b.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }
}
