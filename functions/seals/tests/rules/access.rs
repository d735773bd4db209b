//! Who may do what.

use eport_schema::catalogue;
use eport_seals::Seals;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::cards::{Algorithm, CardClass};
use eport_shared::testing::{Call, World};
use serde_json::{Value as Json, json};

use crate::office::{act, delete, get, id, in_use, join, join_elsewhere, make, patch, post, seal, set_up, wanted};

/// Every route about one seal or all of them.
fn calls(id: &str) -> Vec<Call> {
    let body = json!({});
    let mut calls = vec![
        Call::get("/v1/seals"),
        Call::post("/v1/seals").json(&body),
        Call::post("/v1/seals/check").json(&body),
        Call::get(&format!("/v1/seals/{id}")),
        Call::patch(&format!("/v1/seals/{id}")).json(&body),
        Call::delete(&format!("/v1/seals/{id}")),
        Call::get(&format!("/v1/seals/{id}/image")),
        Call::get(&format!("/v1/seals/{id}/seseal")),
    ];
    for what in ["authorize", "disable", "enable", "default"] {
        calls.push(Call::post(&format!("/v1/seals/{id}/{what}")));
    }
    calls
}

fn proof() -> Json {
    json!({ "challenge_id": "x", "certificate": "MIIC", "signature": "MIIC", "algorithm": "SM2", "name": "另一个" })
}

/// A new seal, with a proof that proves nothing.
fn new() -> Json {
    let mut body = proof();
    for (name, value) in wanted("公章", "official").as_object().unwrap() {
        body[name.as_str()] = value.clone();
    }
    body
}

on_each_database! {
    async fn in_other_sessions_the_administrator_looks_disables_and_deletes(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let used = in_use(&world, &person, "公章", "official").await;
        let draft = id(&make(&world, &person, "合同章", "contract").await);
        let token = world.sign_in(person.account).await;
        let required = &catalogue::SEAL_LEGAL_PERSON_CARD_REQUIRED;
        post(&world, &token, "/v1/seals", &new()).await.refused(required);
        post(&world, &token, "/v1/seals/check", &wanted("公章", "official")).await.refused(required);
        patch(&world, &token, &used, &proof()).await.refused(required);
        act(&world, &token, &draft, "authorize").await.refused(required);
        act(&world, &token, &used, "default").await.refused(required);
        assert_eq!(get(&world, &token, "/v1/seals").await.done(200)["items"].as_array().unwrap().len(), 2);
        seal(&world, &token, &used).await.done(200);
        assert_eq!(get(&world, &token, &format!("/v1/seals/{used}/image")).await.status(), 200);
        assert_eq!(act(&world, &token, &used, "disable").await.done(200)["state"], "disabled");
        act(&world, &token, &used, "enable").await.refused(required);
        delete(&world, &token, &used).await.done(204);
        assert_eq!(world.audit_of("create_seal").await[0].code.as_deref(), Some(required.code));
    }

    async fn an_operator_looks_and_does_nothing_else(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let legal = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let operator = join(&world, &ca, 2, CardClass::Operator).await;
        let id = in_use(&world, &legal, "公章", "official").await;
        for token in [operator.token.clone(), world.sign_in(operator.account).await] {
            seal(&world, &token, &id).await.done(200);
            for what in ["image", "seseal"] {
                assert_eq!(get(&world, &token, &format!("/v1/seals/{id}/{what}")).await.status(), 200);
            }
            let required = &catalogue::SEAL_LEGAL_PERSON_CARD_REQUIRED;
            post(&world, &token, "/v1/seals", &new()).await.refused(required);
            patch(&world, &token, &id, &proof()).await.refused(required);
            for what in ["authorize", "enable", "default"] {
                act(&world, &token, &id, what).await.refused(required);
            }
            act(&world, &token, &id, "disable").await.refused(&catalogue::PERMISSION_DENIED);
            delete(&world, &token, &id).await.refused(&catalogue::PERMISSION_DENIED);
        }
        assert_eq!(seal(&world, &legal.token, &id).await.done(200)["state"], "authorized");
    }

    async fn the_legal_persons_card_is_enough_where_somebody_else_is_the_administrator(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let legal = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let other = join(&world, &ca, 2, CardClass::Operator).await;
        world.rows(&sql!("UPDATE memberships SET role = 'operator' WHERE account_id = $1"), &[legal.account.into()]).await;
        world.rows(&sql!("UPDATE memberships SET role = 'admin' WHERE account_id = $1"), &[other.account.into()]).await;
        let id = in_use(&world, &legal, "公章", "official").await;
        act(&world, &legal.token, &id, "disable").await.done(200);
        for person in [&legal, &other] {
            assert!(world.inbox(person.account).await.iter().any(|(kind, _)| kind == "seal_changed"));
        }
        delete(&world, &other.token, &id).await.done(204);
    }

    async fn who_has_left_hears_no_more_of_the_seals(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let legal = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let (gone, resting) = (join(&world, &ca, 2, CardClass::Operator).await, join(&world, &ca, 3, CardClass::Operator).await);
        // Holders of other legal-person cards: one was removed, one suspended, and both have the cards still.
        for person in [&gone, &resting] {
            world.rows(&sql!("UPDATE cards SET class = 'legal_person' WHERE account_id = $1"), &[person.account.into()]).await;
        }
        world.rows(&sql!("DELETE FROM memberships WHERE account_id = $1"), &[gone.account.into()]).await;
        world.rows(&sql!("UPDATE memberships SET state = 'suspended' WHERE account_id = $1"), &[resting.account.into()]).await;
        make(&world, &legal, "公章", "official").await;
        for (person, hears) in [(&legal, true), (&gone, false), (&resting, false)] {
            assert_eq!(world.inbox(person.account).await.iter().any(|(kind, _)| kind == "seal_changed"), hears);
        }
    }

    async fn another_enterprises_seal_is_not_found_whatever_its_id(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let ours = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let theirs = join_elsewhere(&world, &ca, 2).await;
        let id = in_use(&world, &theirs, "他们的公章", "official").await;
        assert_eq!(get(&world, &ours.token, "/v1/seals").await.done(200)["items"], json!([]));
        for id in [id.as_str(), "019aa9a5-6f0c-7d0a-8f0e-2d9d7f5b1c11", "nonsense"] {
            let not_found = &catalogue::RESOURCE_NOT_FOUND;
            seal(&world, &ours.token, id).await.refused(not_found);
            patch(&world, &ours.token, id, &proof()).await.refused(not_found);
            delete(&world, &ours.token, id).await.refused(not_found);
            for what in ["image", "seseal"] {
                get(&world, &ours.token, &format!("/v1/seals/{id}/{what}")).await.refused(not_found);
            }
            for what in ["authorize", "disable", "enable", "default"] {
                act(&world, &ours.token, id, what).await.refused(not_found);
            }
            post(&world, &ours.token, "/v1/seals/check", &json!({ "seal": id, "name": "x" })).await.refused(not_found);
        }
        assert_eq!(seal(&world, &theirs.token, &id).await.done(200)["state"], "authorized");
    }

    async fn who_is_no_member_sees_nothing(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let legal = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let operator = join(&world, &ca, 2, CardClass::Operator).await;
        let id = in_use(&world, &legal, "公章", "official").await;
        let outside = world.sign_in(world.person(3).await.id).await;
        world.rows(&sql!("UPDATE memberships SET state = 'suspended' WHERE account_id = $1"), &[operator.account.into()]).await;
        for call in calls(&id) {
            world.send::<Seals>(call.clone()).await.refused(&catalogue::SESSION_REQUIRED);
            world.send::<Seals>(call.clone().bearer("a.b.c")).await.refused(&catalogue::SESSION_TOKEN_INVALID);
            world.send::<Seals>(call.clone().bearer(&outside)).await.refused(&catalogue::ENTERPRISE_REQUIRED);
            world.send::<Seals>(call.bearer(&operator.token)).await.refused(&catalogue::MEMBERSHIP_SUSPENDED);
        }
    }

    async fn who_loses_their_place_meanwhile_changes_nothing(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let legal = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let id = in_use(&world, &legal, "公章", "official").await;
        let token = world.sign_in(legal.account).await;
        let sql = sql!("UPDATE memberships SET role = 'operator' WHERE account_id = $1");
        world.database.meanwhile("SELECT s.access_hash", sql, &[legal.account.into()]);
        act(&world, &token, &id, "disable").await.refused(&catalogue::PERMISSION_DENIED);
        world.database.meanwhile("SELECT s.access_hash", sql!("DELETE FROM memberships WHERE account_id = $1"), &[legal.account.into()]);
        delete(&world, &legal.token, &id).await.refused(&catalogue::ENTERPRISE_REQUIRED);
        assert!(world.database.interlude_is_over());
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM seals WHERE state = 'authorized'"), &[]).await, 1);
    }
}
