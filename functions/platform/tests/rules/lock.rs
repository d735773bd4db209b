//! Accounts locked and unlocked.

use eport_accounts::Accounts;
use eport_schema::catalogue;
use eport_sessions::Sessions;
use eport_shared::context::Client;
use eport_shared::lockout;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::{Answer, Call, Person, World};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::{act, on_duty};

async fn log_in(world: &World, person: &Person, password: &str) -> Answer {
    let body = json!({ "method": "password", "username": person.username, "password": password });
    world.send::<Sessions>(Call::post("/v1/sessions").json(&body)).await
}

fn parsed(text: Option<&str>) -> Json {
    serde_json::from_str(text.unwrap()).unwrap()
}

on_each_database! {
    async fn unlocking_also_lets_the_person_change_their_password_again(world: World) {
        let person = world.person(1).await;
        let (_, token) = on_duty(&world).await;
        let context = world.context(Client::default());
        let subject = lockout::of_change(&context, person.id);
        for _ in 0..5 {
            lockout::count(&context, subject).await.unwrap();
        }
        act(&world, &token, person.id, "unlock", "本人电话要求").await.done(200);
        assert_eq!(lockout::locked_until(&context, subject).await.unwrap(), None);
    }

    async fn a_lock_ends_all_sessions_at_once_and_lets_nobody_in(world: World) {
        let person = world.person(1).await;
        let session = world.sign_in(person.id).await;
        world.sign_in(person.id).await;
        let (staff, token) = on_duty(&world).await;
        let account = act(&world, &token, person.id, "lock", " 证件冒用 ").await.done(200);
        assert_eq!((&account["state"], &account["locked"]), (&json!("locked"), &json!({ "reason": "证件冒用", "at": "2026-11-22T01:20:00Z" })));

        world.send::<Accounts>(Call::get("/v1/me").bearer(&session)).await.refused(&catalogue::SESSION_ENDED);
        log_in(&world, &person, &person.password).await.refused(&catalogue::ACCOUNT_LOCKED);
        let row = &world.audit_of("account.locked").await[0];
        assert_eq!((row.actor_id, row.actor_kind.as_str(), row.target_id.clone()), (Some(staff.id), "staff", Some(person.id.to_string())));
        assert_eq!(parsed(row.before.as_deref()), json!({ "state": "active" }));
        assert_eq!(parsed(row.after.as_deref()), json!({ "state": "locked", "reason": "证件冒用", "sessions_ended": 2 }));
    }

    async fn an_unlock_lets_the_person_in_again_and_tells_them(world: World) {
        let person = world.person(1).await;
        let old = world.sign_in(person.id).await;
        let (_, token) = on_duty(&world).await;
        act(&world, &token, person.id, "lock", "证件冒用").await.done(200);
        world.advance(60);
        let account = act(&world, &token, person.id, "unlock", "已核实").await.done(200);
        assert_eq!((&account["state"], &account["locked"]), (&json!("active"), &Json::Null));
        world.send::<Accounts>(Call::get("/v1/me").bearer(&old)).await.refused(&catalogue::SESSION_ENDED);
        log_in(&world, &person, &person.password).await.done(201);
        assert!(world.inbox(person.id).await.contains(&("account_unlocked".to_owned(), json!({}))));
        let row = &world.audit_of("account.unlocked").await[0];
        assert_eq!(
            parsed(row.before.as_deref()),
            json!({ "state": "locked", "locked_at": "2026-11-22T01:20:00Z", "reason": "证件冒用", "login_locked": false })
        );
        assert_eq!(parsed(row.after.as_deref()), json!({ "state": "active", "login_locked": false, "reason": "已核实" }));
    }

    async fn an_unlock_takes_away_the_lock_of_wrong_passwords_too(world: World) {
        let person = world.person(1).await;
        let (_, token) = on_duty(&world).await;
        for _ in 0..5 {
            log_in(&world, &person, "wrong password").await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
        }
        log_in(&world, &person, &person.password).await.refused(&catalogue::SESSION_LOCKED);
        act(&world, &token, person.id, "unlock", "本人来电").await.done(200);
        log_in(&world, &person, &person.password).await.done(201);
        assert_eq!(world.audit_of("account.unlocked").await.len(), 1);
    }

    async fn a_lock_of_a_locked_account_and_an_unlock_of_an_open_one_change_nothing(world: World) {
        let person = world.person(1).await;
        let (_, token) = on_duty(&world).await;
        let open = act(&world, &token, person.id, "unlock", "误操作").await.done(200);
        assert_eq!(open["state"], "active");
        let first = act(&world, &token, person.id, "lock", "第一个原因").await.done(200);
        world.advance(60);
        let second = act(&world, &token, person.id, "lock", "第二个原因").await.done(200);
        assert_eq!(first, second, "the first reason stays");
        act(&world, &token, person.id, "unlock", "已核实").await.done(200);
        act(&world, &token, person.id, "unlock", "已核实").await.done(200);
        let actions: Vec<String> = world.audit().await.into_iter().map(|row| row.action).collect();
        assert_eq!(actions, ["account.locked", "account.unlocked"]);
        assert_eq!(world.inbox(person.id).await.len(), 1);
    }

    async fn staff_are_not_locked_over_http(world: World) {
        let (staff, token) = on_duty(&world).await;
        let colleague = world.staff(901).await;
        for id in [staff.id, colleague.id] {
            for what in ["lock", "unlock"] {
                act(&world, &token, id, what, "玩笑").await.refused(&catalogue::STAFF_TARGET);
            }
        }
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM accounts WHERE locked_at IS NOT NULL"), &[]).await, 0);
        let rows = world.audit_of("lock_account").await;
        assert_eq!(rows.len(), 2);
        assert!(rows.iter().any(|row| row.target_id == Some(colleague.id.to_string())));
    }

    async fn a_reason_is_required(world: World) {
        let person = world.person(1).await;
        let (_, token) = on_duty(&world).await;
        let long = "因".repeat(501);
        for what in ["lock", "unlock", "reveal"] {
            for (reason, refusal) in [
                ("", &catalogue::AUDIT_REASON_REQUIRED),
                (" \u{3000}", &catalogue::AUDIT_REASON_REQUIRED),
                (long.as_str(), &catalogue::TEXT_LENGTH),
                ("a\nb", &catalogue::TEXT_CONTROL_CHARACTERS),
            ] {
                act(&world, &token, person.id, what, reason).await.refused(refusal);
            }
            let call = Call::post(&format!("/v1/platform/accounts/{}/{what}", person.id)).bearer(&token).raw("{}");
            world.send::<eport_platform::Platform>(call).await.refused(&catalogue::REQUEST_MISSING_FIELD);
        }
        assert!(world.audit().await.is_empty());
    }

    async fn an_account_that_is_not_there_is_not_found(world: World) {
        let (_, token) = on_duty(&world).await;
        for what in ["lock", "unlock", "reveal"] {
            act(&world, &token, Uuid::nil(), what, "核查").await.refused(&catalogue::RESOURCE_NOT_FOUND);
            act(&world, &token, "1", what, "核查").await.refused(&catalogue::RESOURCE_NOT_FOUND);
        }
        assert!(world.audit().await.iter().all(|row| row.target_type.as_deref() == Some("account")));
    }

    async fn of_several_locks_at_once_one_is_recorded(world: World) {
        let person = world.person(1).await;
        let (_, token) = on_duty(&world).await;
        let (a, b, c) = tokio::join!(
            act(&world, &token, person.id, "lock", "一"),
            act(&world, &token, person.id, "lock", "二"),
            act(&world, &token, person.id, "lock", "三"),
        );
        assert_eq!([a.done(200), b.done(200)], [c.done(200), c.done(200)]);
        assert_eq!(world.audit_of("account.locked").await.len(), 1);
    }
}
