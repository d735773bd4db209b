//! The password that completes a registration.

use eport_registrations::Registrations;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::{Call, World};
use serde_json::json;

use crate::{log_in, set_password, started};

on_each_database! {
    async fn a_password_completes_the_registration(world: World) {
        let created = started(&world, 1).await;
        set_password(&world, &created, "correct horse").await.done(204);
        let session = log_in(&world, "applicant-1", "correct horse").await.done(201);
        assert_eq!(session["account"]["id"], created["account_id"]);
        assert_eq!(session["account"]["state"], "active");

        let id = created["account_id"].as_str().unwrap().parse().unwrap();
        assert_eq!(world.inbox(id).await, [("welcome".to_owned(), json!({}))]);
        assert_eq!(world.audit_of("registration.completed").await.len(), 1);
    }

    async fn a_password_token_works_once(world: World) {
        let created = started(&world, 1).await;
        set_password(&world, &created, "correct horse").await.done(204);
        set_password(&world, &created, "another horse").await.refused(&catalogue::REGISTRATION_PASSWORD_TOKEN_INVALID);
        log_in(&world, "applicant-1", "correct horse").await.done(201);
    }

    async fn of_two_who_use_a_password_token_at_once_one_wins(world: World) {
        let created = started(&world, 1).await;
        let (a, b) = tokio::join!(set_password(&world, &created, "correct horse"), set_password(&world, &created, "correct horse"));
        let mut statuses = [a.status(), b.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 403]);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM messages"), &[]).await, 1);
    }

    async fn a_password_token_expires_after_half_an_hour(world: World) {
        let one = started(&world, 1).await;
        let two = started(&world, 2).await;
        world.advance_milliseconds(1_799_999);
        set_password(&world, &one, "correct horse").await.done(204);
        world.advance_milliseconds(1);
        set_password(&world, &two, "correct horse").await.refused(&catalogue::REGISTRATION_PASSWORD_TOKEN_INVALID);
    }

    async fn a_password_token_of_somebody_else_is_refused(world: World) {
        let mine = started(&world, 1).await;
        let theirs = started(&world, 2).await;
        let foreign = json!({ "account_id": mine["account_id"], "password_token": theirs["password_token"] });
        set_password(&world, &foreign, "correct horse").await.refused(&catalogue::REGISTRATION_PASSWORD_TOKEN_INVALID);
        let made_up = json!({ "account_id": mine["account_id"], "password_token": "0".repeat(64) });
        set_password(&world, &made_up, "correct horse").await.refused(&catalogue::REGISTRATION_PASSWORD_TOKEN_INVALID);
        let nobody = json!({ "account_id": uuid::Uuid::nil(), "password_token": mine["password_token"] });
        set_password(&world, &nobody, "correct horse").await.refused(&catalogue::REGISTRATION_PASSWORD_TOKEN_INVALID);
        let refused = world.audit_of("set_registration_password").await;
        assert_eq!(refused.len(), 3);
        assert_eq!(refused[0].target_id.as_deref(), mine["account_id"].as_str());
    }

    async fn something_that_is_no_id_is_not_found(world: World) {
        let body = json!({ "password_token": "x", "password": "correct horse" });
        let call = Call::put("/v1/registrations/1/password").json(&body);
        world.send::<Registrations>(call).await.refused(&catalogue::RESOURCE_NOT_FOUND);
    }

    async fn a_password_that_is_refused_leaves_the_token_good(world: World) {
        let created = started(&world, 1).await;
        let long = "长".repeat(65);
        for (password, refusal) in [
            ("", &catalogue::PASSWORD_TOO_SHORT),
            ("7 chars", &catalogue::PASSWORD_TOO_SHORT),
            (long.as_str(), &catalogue::PASSWORD_TOO_LONG),
            ("aPPlicant-1", &catalogue::PASSWORD_SAME_AS_USERNAME),
            ("password123", &catalogue::PASSWORD_TOO_COMMON),
            ("Password123", &catalogue::PASSWORD_TOO_COMMON),
            ("correct\0horse", &catalogue::PASSWORD_CONTROL_CHARACTERS),
        ] {
            let answer = set_password(&world, &created, password).await;
            answer.refused(refusal);
            assert_eq!(answer.errors(), [("password".to_owned(), refusal.code.to_owned())]);
        }
        set_password(&world, &created, &"长".repeat(64)).await.done(204);
        log_in(&world, "applicant-1", &"长".repeat(64)).await.done(201);
    }

    async fn a_password_is_the_same_in_full_width_and_half_width(world: World) {
        let created = started(&world, 1).await;
        set_password(&world, &created, "ｃｏｒｒｅｃｔ　ｈｏｒｓｅ").await.done(204);
        log_in(&world, "applicant-1", "correct horse").await.done(201);
    }

    async fn a_password_is_kept_as_argon2id_alone(world: World) {
        let created = started(&world, 1).await;
        set_password(&world, &created, "correct horse").await.done(204);
        let rows = world.rows(&sql!("SELECT password_hash, password_token_hash FROM accounts"), &[]).await;
        let kept: String = rows[0].get(0).unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=64,t=1,p=1$") && !kept.contains("horse"), "{kept}");
        assert_eq!(rows[0].get::<Option<Vec<u8>>>(1).unwrap(), None);
    }
}
