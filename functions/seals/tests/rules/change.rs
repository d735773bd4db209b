//! A seal is changed with the legal-person card, and what it was stays as evidence.

use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::World;
use eport_shared::testing::cards::{Algorithm, CardClass};
use serde_json::json;

use crate::drawing::{BLUE, DPI_600, Drawing, WHITE, base64};
use crate::office::{act, get, id, in_use, join, make, patch, seal, set_up, signed};

on_each_database! {
    async fn a_changed_seal_has_a_structure_of_its_own_and_keeps_its_state(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let id = in_use(&world, &person, "公章", "official").await;
        act(&world, &person.token, &id, "default").await.done(200);
        let before = seal(&world, &person.token, &id).await.done(200);
        world.advance(10);
        let image = base64(&Drawing::ring(709, 354, BLUE, WHITE).png(Some(DPI_600)));
        let body = signed(&world, &person.token, &person.card, Some(&id), &json!({ "name": "新公章", "shape": "ellipse", "image": image })).await;
        let after = patch(&world, &person.token, &id, &body).await.done(200);
        assert_eq!((&after["name"], &after["shape"], &after["colour"], &after["width_mm"]), (&json!("新公章"), &json!("ellipse"), &json!("blue"), &json!(30)));
        assert_eq!((&after["state"], &after["default"], &after["kind"]), (&json!("authorized"), &json!(true), &json!("official")));
        assert_ne!(after["es_id"], before["es_id"]);
        assert_eq!((&after["created_at"], &after["signed_at"]), (&before["created_at"], &after["updated_at"]));
        assert_eq!(seal(&world, &person.token, &id).await.done(200), after);
        let der = get(&world, &person.token, &format!("/v1/seals/{id}/seseal")).await;
        assert_eq!(eport_seal::read(der.body()).unwrap().seal_info.property.name, "新公章");
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM seal_revisions"), &[]).await, 2);
        let audit = world.audit_of("seal.changed").await;
        assert!(audit[0].before.as_ref().unwrap().contains("公章") && audit[0].after.as_ref().unwrap().contains("新公章"));
    }

    async fn what_is_left_out_stays(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let made = make(&world, &person, "公章", "official").await;
        let body = signed(&world, &person.token, &person.card, Some(&id(&made)), &json!({ "name": "合同章" })).await;
        let after = patch(&world, &person.token, &id(&made), &body).await.done(200);
        assert_eq!(after["name"], "合同章");
        for field in ["kind", "shape", "colour", "image_sha256", "width_mm", "state"] {
            assert_eq!(after[field], made[field], "{field}");
        }
    }

    async fn a_default_of_one_kind_is_none_of_another(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let (a, b) = (in_use(&world, &person, "一", "official").await, in_use(&world, &person, "二", "finance").await);
        act(&world, &person.token, &a, "default").await.done(200);
        act(&world, &person.token, &b, "default").await.done(200);
        let body = signed(&world, &person.token, &person.card, Some(&a), &json!({ "kind": "finance" })).await;
        let after = patch(&world, &person.token, &a, &body).await.done(200);
        assert_eq!((&after["kind"], &after["default"]), (&json!("finance"), &json!(false)));
        assert_eq!(seal(&world, &person.token, &b).await.done(200)["default"], true);
    }

    async fn a_change_that_changes_nothing_is_refused(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let id = id(&make(&world, &person, "公章", "official").await);
        let proof = json!({ "challenge_id": "x", "certificate": "MIIC", "signature": "MIIC", "algorithm": "SM2" });
        patch(&world, &person.token, &id, &proof).await.refused(&catalogue::SEAL_NOTHING_TO_CHANGE);
        let mut same = proof;
        same["name"] = "公章".into();
        patch(&world, &person.token, &id, &same).await.refused(&catalogue::SEAL_NOTHING_TO_CHANGE);
        same["image"] = json!(null);
        patch(&world, &person.token, &id, &same).await.refused(&catalogue::REQUEST_WRONG_TYPE);
    }

    async fn what_was_signed_for_one_seal_changes_no_other(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let (a, b) = (id(&make(&world, &person, "一", "official").await), id(&make(&world, &person, "一", "official").await));
        let body = signed(&world, &person.token, &person.card, Some(&a), &json!({ "name": "二" })).await;
        patch(&world, &person.token, &b, &body).await.refused(&catalogue::CARD_CHALLENGE_INVALID);
    }

    async fn of_two_changes_at_once_one_is_done(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let id = id(&make(&world, &person, "公章", "official").await);
        let a = signed(&world, &person.token, &person.card, Some(&id), &json!({ "name": "甲" })).await;
        let b = signed(&world, &person.token, &person.card, Some(&id), &json!({ "name": "乙" })).await;
        let (a, b) = tokio::join!(patch(&world, &person.token, &id, &a), patch(&world, &person.token, &id, &b));
        let mut statuses = [a.status(), b.status()];
        statuses.sort_unstable();
        // Where the first is through before the second reads, both are changes of what was there.
        assert!(statuses == [200, 412] || statuses == [200, 200], "{statuses:?}");
        seal(&world, &person.token, &id).await.done(200);
    }
}
