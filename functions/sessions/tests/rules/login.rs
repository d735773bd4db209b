//! Who gets a session.

use eport_schema::catalogue;
use eport_sessions::Sessions;
use eport_shared::on_each_database;
use eport_shared::platform::Database as _;
use eport_shared::sql;
use eport_shared::sql::Dialect;
use eport_shared::testing::{Answer, Call, World, other_code, phone};
use serde_json::json;

use crate::{log_in, login_call, opened, text, use_token};

async fn by_sms(world: &World, phone: &str, code: &str) -> Answer {
    let body = json!({ "method": "sms", "phone": phone, "sms_code": code });
    world.send::<Sessions>(Call::post("/v1/sessions").json(&body)).await
}

/// A code as `registrations` sends it.
async fn login_code(world: &World, phone: &str) -> String {
    use eport_schema::domain::{Phone, SmsPurpose};
    let context = world.context(eport_shared::context::Client::default());
    eport_shared::sms::code::send(&context, &Phone::parse(phone).unwrap(), SmsPurpose::Login).await.unwrap();
    world.code_for(phone).await
}

on_each_database! {
    async fn a_person_logs_in_with_username_and_password(world: World) {
        let person = world.person(1).await;
        let session = opened(&world, &person).await;
        assert_eq!((session["token_type"].as_str(), session["expires_in"].as_i64()), (Some("Bearer"), Some(600)));
        assert_eq!(
            session["account"],
            json!({
                "id": person.id, "username": "Person-1", "name": "张伟", "state": "active", "staff": false,
                "password_change_required": false,
            })
        );
        use_token(&world, text(&session, "access_token")).await.done(200);
        assert_eq!(world.number(&sql!("SELECT last_login_at FROM accounts"), &[]).await, world.now().milliseconds());
        let audit = world.audit_of("session.opened").await;
        assert_eq!((audit.len(), audit[0].actor_id, audit[0].target_id.clone()), (1, Some(person.id), Some(person.id.to_string())));
    }

    async fn a_username_is_known_in_any_case_and_a_phone_in_any_spelling(world: World) {
        let person = world.person(1).await;
        for name in ["person-1", "PERSON-1", " Person-1 ", "13800000001", "138 0000 0001", "+86 138-0000-0001"] {
            log_in(&world, name, &person.password).await.done(201);
        }
    }

    async fn a_wrong_user_and_a_wrong_password_look_the_same(world: World) {
        let person = world.person(1).await;
        let wrong = log_in(&world, &person.username, "wrong password").await;
        wrong.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
        assert_eq!(wrong.header("www-authenticate"), Some("Bearer"));
        for name in ["nobody", "13800000009", "", " ", "' OR 1=1 --", "<b>", "a\0b", "１３８０００００００１", &"x".repeat(5000)] {
            let answer = log_in(&world, name, "wrong password").await;
            assert_eq!((answer.status(), answer.body()), (wrong.status(), wrong.body()), "{name:?}");
        }
        for password in ["", "\0", &"长".repeat(10_000), &person.password.to_uppercase(), &format!("{} ", person.password)] {
            let answer = log_in(&world, "Person-1", password).await;
            if answer.status() != 429 {
                assert_eq!((answer.status(), answer.body()), (wrong.status(), wrong.body()), "{password:?}");
            }
        }
    }

    async fn a_failed_login_names_the_account_in_the_audit_where_there_is_one(world: World) {
        let person = world.person(1).await;
        log_in(&world, &person.username, "wrong password").await;
        log_in(&world, "nobody", "wrong password").await;
        let audit = world.audit_of("create_session").await;
        assert_eq!(audit.len(), 2);
        assert!(audit.iter().all(|row| row.result == "refused" && row.code.as_deref() == Some("session.credentials_wrong")));
        assert!(audit.iter().all(|row| row.actor_kind == "anonymous" && row.actor_id.is_none()));
        let targets: Vec<_> = audit.iter().filter_map(|row| row.target_id.clone()).collect();
        assert_eq!(targets, [person.id.to_string()]);
    }

    async fn a_person_logs_in_with_a_code(world: World) {
        let person = world.person(1).await;
        let code = login_code(&world, &person.phone).await;
        by_sms(&world, &person.phone, &other_code(&code)).await.refused(&catalogue::SMS_CODE_INVALID);
        let session = by_sms(&world, "+86 138 0000 0001", &code).await.done(201);
        assert_eq!(session["account"]["id"], json!(person.id));
        let list = use_token(&world, text(&session, "access_token")).await.done(200);
        assert_eq!((&list["items"][0]["method"], &list["items"][0]["amr"]), (&json!("sms"), &json!(["otp", "sms"])));
        by_sms(&world, &person.phone, &code).await.refused(&catalogue::SMS_CODE_INVALID);
    }

    async fn of_several_who_use_a_login_code_at_once_one_gets_in(world: World) {
        let person = world.person(1).await;
        let code = login_code(&world, &person.phone).await;
        let (a, b, c) = tokio::join!(
            by_sms(&world, &person.phone, &code),
            by_sms(&world, &person.phone, &code),
            by_sms(&world, &person.phone, &code),
        );
        assert_eq!([a, b, c].iter().filter(|answer| answer.status() == 201).count(), 1);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM sessions"), &[]).await, 1);
    }

    async fn a_right_code_for_a_phone_that_no_account_has_opens_nothing(world: World) {
        let code = login_code(&world, &phone(9)).await;
        by_sms(&world, &phone(9), &code).await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
    }

    async fn an_account_that_is_not_activated_is_told_so_once_the_phone_is_proven(world: World) {
        let person = world.person(1).await;
        world.rows(&sql!("UPDATE accounts SET state = 'inactive', password_hash = NULL"), &[]).await;
        log_in(&world, &person.phone, "any password").await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
        let code = login_code(&world, &person.phone).await;
        by_sms(&world, &person.phone, &code).await.refused(&catalogue::ACCOUNT_INACTIVE);
        let audit = world.audit_of("create_session").await;
        assert_eq!(audit[1].target_id, Some(person.id.to_string()));
    }

    async fn that_an_account_is_locked_is_told_only_to_who_knows_the_password(world: World) {
        let person = world.person(1).await;
        world.rows(&sql!("UPDATE accounts SET locked_at = 1, locked_reason = '核查'"), &[]).await;
        log_in(&world, &person.username, "wrong password").await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
        let refused = log_in(&world, &person.username, &person.password).await.refused(&catalogue::ACCOUNT_LOCKED);
        assert!(!refused.to_string().contains("核查"));
        let code = login_code(&world, &person.phone).await;
        by_sms(&world, &person.phone, &code).await.refused(&catalogue::ACCOUNT_LOCKED);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM sessions"), &[]).await, 0);
    }

    async fn a_password_kept_under_other_parameters_is_hashed_anew(mut world: World) {
        let person = world.person(1).await;
        let hash = async |world: &World| {
            let rows = world.rows(&sql!("SELECT password_hash FROM accounts"), &[]).await;
            rows[0].get::<String>(0).unwrap()
        };
        let before = hash(&world).await;
        opened(&world, &person).await;
        assert_eq!(hash(&world).await, before, "nothing to do under the same parameters");

        world.settings.argon2_iterations = 2;
        log_in(&world, &person.username, "wrong password").await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
        assert_eq!(hash(&world).await, before, "a wrong password changes nothing");
        opened(&world, &person).await;
        let after = hash(&world).await;
        assert!(after.starts_with("$argon2id$v=19$m=64,t=2,p=1$"), "{after}");
        opened(&world, &person).await;
        assert_eq!(hash(&world).await, after);
    }

    async fn a_login_under_way_does_not_put_an_old_password_back(mut world: World) {
        let person = world.person(1).await;
        world.settings.argon2_iterations = 2;
        let changed = sql!("UPDATE accounts SET password_hash = 'the hash of a new password' WHERE id = $1");
        world.database.meanwhile("SELECT MAX(locked_until)", changed, &[person.id.into()]);
        log_in(&world, &person.username, &person.password).await;
        assert!(world.database.interlude_is_over());
        let rows = world.rows(&sql!("SELECT password_hash FROM accounts"), &[]).await;
        assert_eq!(rows[0].get::<String>(0).unwrap(), "the hash of a new password");
    }

    async fn a_password_that_is_changed_while_it_is_checked_opens_nothing(world: World) {
        let (person, other) = (world.person(1).await, world.person(2).await);
        let changed = sql!("UPDATE accounts SET password_hash = (SELECT password_hash FROM accounts WHERE id = $2) WHERE id = $1");
        world.database.meanwhile("SELECT MAX(locked_until)", changed, &[person.id.into(), other.id.into()]);
        log_in(&world, &person.username, &person.password).await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
        assert!(world.database.interlude_is_over());
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM sessions"), &[]).await, 0);
        log_in(&world, &person.username, &other.password).await.done(201);
    }

    async fn of_two_logins_that_both_hash_the_password_anew_both_get_in(mut world: World) {
        let person = world.person(1).await;
        world.settings.argon2_iterations = 2;
        let (a, b) = tokio::join!(
            log_in(&world, &person.username, &person.password),
            log_in(&world, &person.username, &person.password)
        );
        assert_eq!((a.status(), b.status()), (201, 201));
    }

    async fn an_account_that_staff_lock_during_a_login_is_not_opened(world: World) {
        let person = world.person(1).await;
        let lock = sql!("UPDATE accounts SET locked_at = 1, locked_reason = '核查' WHERE id = $1");
        world.database.meanwhile("SELECT MAX(locked_until)", lock, &[person.id.into()]);
        log_in(&world, &person.username, &person.password).await.refused(&catalogue::ACCOUNT_LOCKED);
        assert!(world.database.interlude_is_over());

        world.rows(&sql!("UPDATE accounts SET locked_at = NULL, locked_reason = NULL"), &[]).await;
        let code = login_code(&world, &person.phone).await;
        world.database.meanwhile("UPDATE sms_codes SET tries", lock, &[person.id.into()]);
        by_sms(&world, &person.phone, &code).await.refused(&catalogue::ACCOUNT_LOCKED);
        assert!(world.database.interlude_is_over());
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM sessions"), &[]).await, 0);
    }

    async fn a_phone_that_is_given_up_during_a_login_opens_nothing(world: World) {
        let person = world.person(1).await;
        let code = login_code(&world, &person.phone).await;
        let changed = sql!("UPDATE accounts SET phone_index = $2 WHERE id = $1");
        world.database.meanwhile("UPDATE sms_codes SET used_at", changed, &[person.id.into(), [7; 32].into()]);
        if world.database.dialect() == Dialect::Sqlite {
            // There nobody comes between once the transaction is open, but before.
            world.database.meanwhile("UPDATE sms_codes SET tries", changed, &[person.id.into(), [7; 32].into()]);
        }
        by_sms(&world, &person.phone, &code).await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
        assert!(world.database.interlude_is_over());
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM sessions"), &[]).await, 0);
    }

    async fn without_its_pepper_no_password_is_right(mut world: World) {
        let person = world.person(1).await;
        world.keys.pepper = Some(zeroize::Zeroizing::new([9; 32]));
        log_in(&world, &person.username, &person.password).await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
        world.keys.pepper = None;
        log_in(&world, &person.username, &person.password).await.refused(&catalogue::SERVICE_INTERNAL);
    }

    async fn an_initial_password_lets_in_to_change_it_and_nothing_else(world: World) {
        let person = world.person(1).await;
        world.rows(&sql!("UPDATE accounts SET password_change_required = TRUE"), &[]).await;
        let session = opened(&world, &person).await;
        assert_eq!(session["account"]["password_change_required"], true);
        let token = text(&session, "access_token");
        use_token(&world, token).await.refused(&catalogue::PASSWORD_CHANGE_REQUIRED);
        world.send::<Sessions>(Call::delete("/v1/sessions/current").bearer(token)).await.done(204);
    }

    async fn what_does_not_belong_to_a_way_of_logging_in_is_refused(world: World) {
        for (body, refusal, field) in [
            (json!({}), &catalogue::REQUEST_MISSING_FIELD, "method"),
            (json!({ "method": "face" }), &catalogue::METHOD_UNKNOWN, "method"),
            (json!({ "method": "card", "certificate": "x", "signature": "x", "algorithm": "SM2" }), &catalogue::REQUEST_MISSING_FIELD, "challenge_id"),
            (json!({ "method": 1 }), &catalogue::REQUEST_WRONG_TYPE, "method"),
            (json!({ "method": "password", "username": "a" }), &catalogue::REQUEST_MISSING_FIELD, "password"),
            (json!({ "method": "password", "username": null, "password": "x" }), &catalogue::REQUEST_WRONG_TYPE, "username"),
            (json!({ "method": "password", "username": "a", "password": "x", "phone": "1" }), &catalogue::REQUEST_UNKNOWN_FIELD, "phone"),
            (json!({ "method": "sms", "phone": "1" }), &catalogue::REQUEST_MISSING_FIELD, "sms_code"),
            (json!({ "method": "sms", "phone": "1", "sms_code": "2", "password": "x" }), &catalogue::REQUEST_UNKNOWN_FIELD, "password"),
            (json!({ "method": "password", "username": "a", "password": "x", "remember": true }), &catalogue::REQUEST_UNKNOWN_FIELD, "remember"),
        ] {
            let answer = world.send::<Sessions>(Call::post("/v1/sessions").json(&body)).await;
            answer.refused(refusal);
            assert_eq!(answer.errors(), [(field.to_owned(), refusal.code.to_owned())], "{body}");
        }
        let answer = by_sms(&world, "1", "2").await;
        answer.refused(&catalogue::REQUEST_INVALID);
        assert_eq!(answer.errors().len(), 2);
    }

    async fn a_login_that_is_repeated_with_its_key_opens_one_session(world: World) {
        let person = world.person(1).await;
        let call = login_call(&person.username, &person.password).key("l-1");
        let first = world.send::<Sessions>(call.clone()).await.done(201);
        let again = world.send::<Sessions>(call).await.done(201);
        assert_eq!(first, again);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM sessions"), &[]).await, 1);
        for row in world.rows(&sql!("SELECT reply_enc FROM idempotency"), &[]).await {
            let kept: Vec<u8> = row.get(0).unwrap();
            assert!(kept.windows(10).all(|part| part != &text(&first, "access_token").as_bytes()[..10]));
        }
    }

    async fn no_token_is_kept_in_the_clear(world: World) {
        let person = world.person(1).await;
        opened(&world, &person).await;
        for row in world.rows(&sql!("SELECT refresh_hash, access_hash FROM sessions"), &[]).await {
            assert_eq!(row.get::<Vec<u8>>(0).unwrap().len(), 32);
            assert_eq!(row.get::<Vec<u8>>(1).unwrap().len(), 32);
        }
    }
}
