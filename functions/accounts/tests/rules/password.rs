//! A new password.

use eport_accounts::Accounts;
use eport_schema::catalogue;
use eport_sessions::Sessions;
use eport_shared::on_each_database;
use eport_shared::settings::SmsProvider;
use eport_shared::sql;
use eport_shared::testing::{Answer, Call, Reply, World};
use serde_json::json;

use crate::{get_me, log_in};

async fn change(world: &World, token: &str, current: &str, new: &str) -> Answer {
    let body = json!({ "current_password": current, "password": new });
    world.send::<Accounts>(Call::put("/v1/me/password").bearer(token).json(&body)).await
}

on_each_database! {
    async fn the_other_sessions_end_and_this_one_lives(world: World) {
        let person = world.person(1).await;
        let (here, there) = (world.sign_in(person.id).await, world.sign_in(person.id).await);
        let theirs = world.sign_in(world.person(2).await.id).await;
        change(&world, &here, &person.password, "another horse").await.done(204);
        get_me(&world, &here).await;
        get_me(&world, &theirs).await;
        world.send::<Accounts>(Call::get("/v1/me").bearer(&there)).await.refused(&catalogue::SESSION_ENDED);
        log_in(&world, &person.username, &person.password).await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
        log_in(&world, &person.username, "another horse").await.done(201);
    }

    async fn the_person_is_told_in_the_inbox_and_by_sms(world: World) {
        let person = world.person(1).await;
        let token = world.sign_in(person.id).await;
        change(&world, &token, &person.password, "another horse").await.done(204);
        assert_eq!(world.inbox(person.id).await, [("password_changed".to_owned(), json!({}))]);
        assert!(world.texts_for(&person.phone).await[0].contains("密码已修改"));
        let row = &world.audit_of("password.changed").await[0];
        assert_eq!((row.actor_id, row.after.as_deref()), (Some(person.id), Some(r#"{"sessions_ended":0}"#)));
    }

    async fn the_current_password_must_be_right(world: World) {
        let person = world.person(1).await;
        let token = world.sign_in(person.id).await;
        change(&world, &token, "wrong password", "another horse").await.refused(&catalogue::PASSWORD_WRONG);
        let row = &world.audit_of("change_password").await[0];
        assert_eq!((row.actor_id, row.code.as_deref()), (Some(person.id), Some("password.wrong")));
        log_in(&world, &person.username, &person.password).await.done(201);
    }

    async fn a_stolen_session_is_no_way_to_guess_the_password(world: World) {
        let person = world.person(1).await;
        let token = world.sign_in(person.id).await;
        for _ in 0..5 {
            change(&world, &token, "wrong password", "another horse").await.refused(&catalogue::PASSWORD_WRONG);
        }
        let refused = change(&world, &token, &person.password, "another horse").await.refused(&catalogue::SESSION_LOCKED);
        assert_eq!(refused["retry_after"], 900);
        world.advance(900);
        let token = world.sign_in(person.id).await;
        change(&world, &token, &person.password, "another horse").await.done(204);
    }

    async fn who_knows_a_username_keeps_nobody_from_changing_their_password(world: World) {
        let person = world.person(1).await;
        let token = world.sign_in(person.id).await;
        for _ in 0..5 {
            log_in(&world, &person.username, "wrong password").await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
        }
        log_in(&world, &person.username, &person.password).await.refused(&catalogue::SESSION_LOCKED);
        change(&world, &token, &person.password, "another horse").await.done(204);
        log_in(&world, &person.username, "another horse").await.done(201);
    }

    async fn a_silent_gateway_does_not_keep_the_person_waiting(mut world: World) {
        world.settings.sms_provider = SmsProvider::Webhook;
        world.settings.sms_webhook_url = "https://sms.example.cn/send".to_owned();
        let person = world.person(1).await;
        let token = world.sign_in(person.id).await;
        world.network.plan(&[Reply::Silence]);
        change(&world, &token, &person.password, "another horse").await.done(204);
        assert_eq!(world.network.take_sent().len(), 1);
        assert_eq!(world.network.take_slept(), [2_000]);
    }

    async fn a_change_forgets_the_wrong_passwords(world: World) {
        let person = world.person(1).await;
        let token = world.sign_in(person.id).await;
        for _ in 0..4 {
            log_in(&world, &person.username, "wrong password").await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
        }
        change(&world, &token, &person.password, "another horse").await.done(204);
        log_in(&world, &person.username, "wrong password").await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
        log_in(&world, &person.username, "another horse").await.done(201);
    }

    async fn the_new_password_keeps_the_rules_and_differs(world: World) {
        let person = world.person(1).await;
        let token = world.sign_in(person.id).await;
        for (new, refusal) in [
            ("short", &catalogue::PASSWORD_TOO_SHORT),
            ("password123", &catalogue::PASSWORD_TOO_COMMON),
            ("PERSON-1", &catalogue::PASSWORD_SAME_AS_USERNAME),
            (person.password.as_str(), &catalogue::PASSWORD_UNCHANGED),
        ] {
            let answer = change(&world, &token, &person.password, new).await;
            answer.refused(refusal);
            assert_eq!(answer.errors()[0].0, "password");
        }
        log_in(&world, &person.username, &person.password).await.done(201);
    }

    async fn an_initial_password_is_changed_with_this(world: World) {
        let person = world.person(1).await;
        world.rows(&sql!("UPDATE accounts SET password_change_required = TRUE"), &[]).await;
        let token = world.sign_in(person.id).await;
        let list = Call::get("/v1/me/sessions").bearer(&token);
        world.send::<Sessions>(list.clone()).await.refused(&catalogue::PASSWORD_CHANGE_REQUIRED);
        change(&world, &token, &person.password, "another horse").await.done(204);
        world.send::<Sessions>(list).await.done(200);
    }

    async fn of_two_changes_at_once_one_wins(world: World) {
        let person = world.person(1).await;
        let token = world.sign_in(person.id).await;
        let (a, b) = tokio::join!(
            change(&world, &token, &person.password, "another horse"),
            change(&world, &token, &person.password, "yet another one"),
        );
        let mut statuses = [a.status(), b.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 403]);
    }

    async fn an_account_without_a_password_is_to_be_activated(world: World) {
        let person = world.person(1).await;
        let token = world.sign_in(person.id).await;
        world.rows(&sql!("UPDATE accounts SET state = 'inactive', password_hash = NULL"), &[]).await;
        change(&world, &token, "", "another horse").await.refused(&catalogue::ACCOUNT_INACTIVE);
    }
}
