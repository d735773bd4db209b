//! `draft → authorized ⇄ disabled → deleted`.

use eport_schema::catalogue;
use eport_seals::Seals;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::cards::{Algorithm, CardClass};
use eport_shared::testing::{Call, World};
use serde_json::json;

use crate::office::{act, delete, get, id, in_use, join, log_in, make, post, seal, set_up, set_up_for, signed, wanted};

on_each_database! {
    async fn a_seal_goes_through_its_states_and_through_no_others(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let id = id(&make(&world, &person, "公章", "official").await);
        for (refused, next, state) in [
            (["disable", "enable", "default"], "authorize", "authorized"),
            (["authorize", "enable", "authorize"], "disable", "disabled"),
            (["authorize", "disable", "default"], "enable", "authorized"),
        ] {
            for what in refused {
                act(&world, &person.token, &id, what).await.refused(&catalogue::SEAL_STATE);
            }
            world.advance(1);
            let now = act(&world, &person.token, &id, next).await.done(200);
            assert_eq!(now["state"], state);
            assert_eq!(seal(&world, &person.token, &id).await.done(200), now);
        }
        delete(&world, &person.token, &id).await.done(204);
        for what in ["authorize", "disable", "enable", "default"] {
            act(&world, &person.token, &id, what).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        }
        seal(&world, &person.token, &id).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        delete(&world, &person.token, &id).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        assert_eq!(get(&world, &person.token, "/v1/seals").await.done(200)["items"], json!([]));
        // The evidence stays.
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM seal_revisions"), &[]).await, 1);
        for action in ["seal.created", "seal.authorized", "seal.disabled", "seal.enabled", "seal.deleted"] {
            assert_eq!(world.audit_of(action).await.len(), 1, "{action}");
        }
        let told: Vec<_> =
            world.inbox(person.account).await.into_iter().filter(|(kind, _)| kind == "seal_changed").map(|(_, data)| data["change"].clone()).collect();
        assert_eq!(told, ["created", "authorized", "disabled", "enabled", "deleted"]);
    }

    async fn there_is_one_default_of_each_kind(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let mut ids = Vec::new();
        for (name, kind) in [("一", "official"), ("二", "official"), ("三", "finance")] {
            ids.push(in_use(&world, &person, name, kind).await);
        }
        for id in &ids {
            assert_eq!(act(&world, &person.token, id, "default").await.done(200)["default"], true);
        }
        let mut defaults = Vec::new();
        for id in &ids {
            defaults.push(seal(&world, &person.token, id).await.done(200)["default"].clone());
        }
        assert_eq!(defaults, [false, true, true]);
        let disabled = act(&world, &person.token, &ids[1], "disable").await.done(200);
        assert_eq!(disabled["default"], false);
        assert_eq!(act(&world, &person.token, &ids[1], "enable").await.done(200)["default"], false);
    }

    async fn two_defaults_at_once_leave_one(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let a = in_use(&world, &person, "一", "official").await;
        let b = in_use(&world, &person, "二", "official").await;
        for _ in 0..5 {
            let (first, second) = tokio::join!(act(&world, &person.token, &a, "default"), act(&world, &person.token, &b, "default"));
            assert_eq!((first.status(), second.status()), (200, 200));
            assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM seals WHERE is_default"), &[]).await, 1);
        }
    }

    async fn authorized_and_deleted_at_once_it_is_deleted(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        for _ in 0..5 {
            let id = id(&make(&world, &person, "公章", "official").await);
            let (authorized, deleted) = tokio::join!(act(&world, &person.token, &id, "authorize"), delete(&world, &person.token, &id));
            assert!(matches!(authorized.status(), 200 | 404), "{}", authorized.status());
            deleted.done(204);
            seal(&world, &person.token, &id).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        }
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM seals WHERE state <> 'deleted'"), &[]).await, 0);
    }

    async fn who_has_seen_an_earlier_version_changes_nothing(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let id = id(&make(&world, &person, "公章", "official").await);
        let seen = seal(&world, &person.token, &id).await.header("etag").unwrap().to_owned();
        let call = |method: &str, what: &str| Call::new(method, &format!("/v1/seals/{id}{what}")).bearer(&person.token).header("if-match", &seen);
        let authorized = world.send::<Seals>(call("POST", "/authorize")).await;
        authorized.done(200);
        assert_ne!(authorized.header("etag"), Some(seen.as_str()));
        world.send::<Seals>(call("POST", "/disable")).await.refused(&catalogue::REQUEST_PRECONDITION_FAILED);
        world.send::<Seals>(call("DELETE", "")).await.refused(&catalogue::REQUEST_PRECONDITION_FAILED);
        assert_eq!(seal(&world, &person.token, &id).await.done(200)["state"], "authorized");
    }

    async fn a_seal_past_its_last_day_is_not_put_into_use(mut world: World) {
        let ca = set_up_for(&mut world, Algorithm::P256, 1).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let id = id(&make(&world, &person, "公章", "official").await);
        world.advance(367 * 24 * 3600);
        let person = log_in(&world, person.card).await;
        act(&world, &person.token, &id, "authorize").await.refused(&catalogue::SEAL_EXPIRED);
        delete(&world, &person.token, &id).await.done(204);
    }

    async fn a_maker_whose_certificate_is_not_valid_makes_no_seal(mut world: World) {
        // It ends in the second in which it begins.
        let ca = set_up_for(&mut world, Algorithm::P256, 0).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let body = signed(&world, &person.token, &person.card, None, &wanted("公章", "official")).await;
        post(&world, &person.token, "/v1/seals", &body).await.refused(&catalogue::SERVICE_INTERNAL);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM seals"), &[]).await, 0);
    }
}
