//! A forgotten password.

use eport_registrations::Registrations;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::{Answer, Call, Person, World, phone, resident_id};
use serde_json::json;

use crate::{code, log_in};

async fn reset(world: &World, phone: &str, code: &str, id_number: &str, password: &str) -> Answer {
    let body = json!({ "phone": phone, "sms_code": code, "id_number": id_number, "password": password });
    world.send::<Registrations>(Call::post("/v1/password-resets").json(&body)).await
}

async fn reset_of(world: &World, person: &Person) -> Answer {
    let code = code(world, &person.phone, "reset_password").await;
    reset(world, &person.phone, &code, &person.id_number, "another horse").await
}

on_each_database! {
    async fn an_account_that_staff_lock_during_a_reset_keeps_its_password(world: World) {
        let person = world.person(1).await;
        let lock = sql!("UPDATE accounts SET locked_at = 1, locked_reason = '核查'");
        world.database.meanwhile("SELECT id, username, id_type", lock, &[]);
        let before = world.rows(&sql!("SELECT password_hash FROM accounts"), &[]).await;
        reset_of(&world, &person).await.refused(&catalogue::PASSWORD_RESET_MISMATCH);
        assert!(world.database.interlude_is_over());
        assert_eq!(world.rows(&sql!("SELECT password_hash FROM accounts"), &[]).await, before);
    }

    async fn a_reset_sets_the_password_ends_all_sessions_and_tells_the_person(world: World) {
        let person = world.person(1).await;
        world.sign_in(person.id).await;
        world.sign_in(person.id).await;
        reset_of(&world, &person).await.done(204);

        world.advance(1);
        log_in(&world, &person.username, &person.password).await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
        log_in(&world, &person.username, "another horse").await.done(201);
        let ended = sql!("SELECT COUNT(*) FROM sessions WHERE end_reason = 'password_reset' AND ended_at IS NOT NULL");
        assert_eq!(world.number(&ended, &[]).await, 2);
        assert_eq!(world.inbox(person.id).await[0].0, "password_changed");
        assert!(world.texts_for(&person.phone).await.iter().any(|text| text.contains("密码已修改")));
        let audit = world.audit_of("password.reset").await;
        assert_eq!((audit[0].actor_id, audit[0].after.as_deref()), (Some(person.id), Some(r#"{"sessions_ended":2}"#)));
    }

    async fn a_reset_works_with_the_id_number_in_either_case(world: World) {
        let person = world.person(1).await;
        let code = code(&world, &person.phone, "reset_password").await;
        reset(&world, &person.phone, &code, &person.id_number.to_lowercase(), "another horse").await.done(204);
    }

    async fn a_reset_forgets_the_wrong_passwords(world: World) {
        let person = world.person(1).await;
        for _ in 0..5 {
            log_in(&world, &person.username, "wrong").await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
        }
        log_in(&world, &person.username, &person.password).await.refused(&catalogue::SESSION_LOCKED);
        reset_of(&world, &person).await.done(204);
        log_in(&world, &person.username, "another horse").await.done(201);
    }

    async fn a_wrong_id_number_and_an_unknown_phone_are_refused_alike(world: World) {
        let person = world.person(1).await;
        let known = code(&world, &person.phone, "reset_password").await;
        let wrong = reset(&world, &person.phone, &known, &resident_id(2), "another horse").await;
        let odd = reset(&world, &person.phone, &known, "no number at all", "another horse").await;
        let unknown_code = code(&world, &phone(3), "reset_password").await;
        let unknown = reset(&world, &phone(3), &unknown_code, &resident_id(2), "another horse").await;
        for answer in [&wrong, &odd, &unknown] {
            answer.refused(&catalogue::PASSWORD_RESET_MISMATCH);
            assert_eq!(answer.body(), wrong.body());
        }
        log_in(&world, &person.username, &person.password).await.done(201);
        let refused = world.audit_of("reset_password").await;
        assert_eq!(refused.iter().filter(|row| row.target_id == Some(person.id.to_string())).count(), 2);
        // The code is still good for the right number.
        reset(&world, &person.phone, &known, &person.id_number, "another horse").await.done(204);
    }

    async fn a_code_resets_once(world: World) {
        let person = world.person(1).await;
        let code = code(&world, &person.phone, "reset_password").await;
        reset(&world, &person.phone, &code, &person.id_number, "another horse").await.done(204);
        reset(&world, &person.phone, &code, &person.id_number, "yet another one").await.refused(&catalogue::SMS_CODE_INVALID);
        log_in(&world, &person.username, "another horse").await.done(201);
    }

    async fn a_login_code_resets_nothing(world: World) {
        let person = world.person(1).await;
        let code = code(&world, &person.phone, "login").await;
        reset(&world, &person.phone, &code, &person.id_number, "another horse").await.refused(&catalogue::SMS_CODE_INVALID);
    }

    async fn an_account_that_is_not_activated_has_no_password_to_reset(world: World) {
        let person = world.person(1).await;
        world.rows(&sql!("UPDATE accounts SET state = 'inactive', password_hash = NULL"), &[]).await;
        reset_of(&world, &person).await.refused(&catalogue::ACCOUNT_INACTIVE);
    }

    async fn a_locked_account_stays_locked(world: World) {
        let person = world.person(1).await;
        world.rows(&sql!("UPDATE accounts SET locked_at = 1, locked_reason = '核查'"), &[]).await;
        reset_of(&world, &person).await.refused(&catalogue::ACCOUNT_LOCKED);
    }

    async fn a_registration_that_waits_is_nobody(world: World) {
        let created = crate::started(&world, 1).await;
        let code = code(&world, &phone(1), "reset_password").await;
        reset(&world, &phone(1), &code, &resident_id(1), "another horse").await.refused(&catalogue::PASSWORD_RESET_MISMATCH);
        crate::set_password(&world, &created, "correct horse").await.done(204);
    }

    async fn a_new_password_keeps_the_rules(world: World) {
        let person = world.person(1).await;
        let code = code(&world, &person.phone, "reset_password").await;
        let reset = async |password| reset(&world, &person.phone, &code, &person.id_number, password).await;
        reset("short").await.refused(&catalogue::PASSWORD_TOO_SHORT);
        reset("password123").await.refused(&catalogue::PASSWORD_TOO_COMMON);
        reset("PERSON-1xx").await.done(204);
    }

    async fn a_new_password_is_not_the_username(world: World) {
        let person = world.person(1).await;
        world.rows(&sql!("UPDATE accounts SET username = 'long-enough', username_key = 'long-enough'"), &[]).await;
        let code = code(&world, &person.phone, "reset_password").await;
        reset(&world, &person.phone, &code, &person.id_number, "Long-Enough").await.refused(&catalogue::PASSWORD_SAME_AS_USERNAME);
        reset(&world, &person.phone, &code, &person.id_number, "another horse").await.done(204);
    }

    async fn several_wrong_fields_are_named_at_once(world: World) {
        let answer = reset(&world, "1", "2", "3", "4").await;
        answer.refused(&catalogue::REQUEST_INVALID);
        let named = [("phone", "phone.format"), ("sms_code", "sms_code.format"), ("password", "password.too_short")];
        assert_eq!(answer.errors(), named.map(|(field, code)| (field.to_owned(), code.to_owned())));
    }

    async fn a_reset_lifts_the_need_to_change_an_initial_password(world: World) {
        let person = world.person(1).await;
        world.rows(&sql!("UPDATE accounts SET password_change_required = TRUE"), &[]).await;
        reset_of(&world, &person).await.done(204);
        let session = log_in(&world, &person.username, "another horse").await.done(201);
        assert_eq!(session["account"]["password_change_required"], false);
    }
}
