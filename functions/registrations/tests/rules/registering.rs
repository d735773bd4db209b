//! From a code to a registration that waits for its password.

use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::{World, phone, resident_id};
use serde_json::json;

use crate::{application, ask, code, log_in, register, set_password, started, with};

on_each_database! {
    async fn a_registration_waits_half_an_hour_for_its_password(world: World) {
        let created = started(&world, 1).await;
        assert_eq!(created["expires_at"], "2026-11-22T01:50:00Z");
        assert_eq!(created["password_token"].as_str().unwrap().len(), 64);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM accounts WHERE state = 'pending' AND password_hash IS NULL"), &[]).await, 1);
        log_in(&world, "applicant-1", "").await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);
    }

    async fn all_wrong_fields_are_named_at_once(world: World) {
        let body = json!({
            "username": "1", "name": "李\u{202e}娜", "id_type": "resident_id", "id_number": "11010519491231002Y",
            "phone": "123", "sms_code": "１２３４５６", "terms_accepted": false,
        });
        let answer = register(&world, &body).await;
        answer.refused(&catalogue::REQUEST_INVALID);
        let expected = [
            ("username", "username.length"),
            ("name", "name.characters"),
            ("id_number", "id_number.format"),
            ("phone", "phone.format"),
            ("sms_code", "sms_code.format"),
            ("terms_accepted", "registration.terms_required"),
        ];
        assert_eq!(answer.errors(), expected.map(|(field, code)| (field.to_owned(), code.to_owned())));
        assert!(world.audit().await.is_empty(), "somebody mistyped, nobody attempted anything");
    }

    async fn one_wrong_field_is_the_problem_itself(world: World) {
        let code = code(&world, &phone(1), "register").await;
        for (field, value, refusal) in [
            ("username", json!("13800000001"), &catalogue::USERNAME_FORMAT),
            ("name", json!(""), &catalogue::NAME_LENGTH),
            ("id_type", json!("library_card"), &catalogue::ID_TYPE_UNKNOWN),
            ("id_number", json!("110105194912310021"), &catalogue::ID_NUMBER_CHECK_CHARACTER),
            ("id_number", json!("11010520991231002X"), &catalogue::ID_NUMBER_CHECK_CHARACTER),
            ("phone", json!("138００000001"), &catalogue::PHONE_FORMAT),
            ("terms_accepted", json!(false), &catalogue::REGISTRATION_TERMS_REQUIRED),
        ] {
            let answer = register(&world, &with(application(1, &code), json!({ field: value }))).await;
            answer.refused(refusal);
            assert_eq!(answer.errors(), [(field.to_owned(), refusal.code.to_owned())]);
        }
        // None of these has cost a try, let alone the code.
        register(&world, &application(1, &code)).await.done(201);
    }

    async fn an_id_number_a_phone_and_a_username_register_once(world: World) {
        let person = world.person(5).await;
        let one = code(&world, &phone(1), "register").await;
        for (change, refusal) in [
            (json!({ "id_number": person.id_number }), &catalogue::REGISTRATION_ID_NUMBER_TAKEN),
            (json!({ "id_number": person.id_number.to_lowercase() }), &catalogue::REGISTRATION_ID_NUMBER_TAKEN),
            (json!({ "username": "PERSON-5" }), &catalogue::REGISTRATION_USERNAME_TAKEN),
            (json!({ "username": "person-5", "id_number": person.id_number }), &catalogue::REGISTRATION_ID_NUMBER_TAKEN),
        ] {
            register(&world, &with(application(1, &one), change)).await.refused(refusal);
        }
        let five = code(&world, &person.phone, "register").await;
        register(&world, &with(application(1, &five), json!({ "phone": person.phone })))
            .await
            .refused(&catalogue::REGISTRATION_PHONE_TAKEN);
    }

    async fn a_number_of_another_kind_of_document_is_another_person(world: World) {
        let person = |id_type: &str, n: u32| json!({ "id_type": id_type, "id_number": "12345678", "username": format!("p{n}xx") });
        let one = code(&world, &phone(1), "register").await;
        register(&world, &with(application(1, &one), person("taiwan_permit", 1))).await.done(201);
        let two = code(&world, &phone(2), "register").await;
        register(&world, &with(application(2, &two), person("taiwan_permit", 2))).await.refused(&catalogue::REGISTRATION_ID_NUMBER_TAKEN);
        register(&world, &with(application(2, &two), person("passport", 2))).await.done(201);
    }

    async fn who_holds_the_phone_may_start_again_with_anything(world: World) {
        let first = started(&world, 1).await;
        world.advance(60);
        let again = code(&world, &phone(1), "register").await;
        let second = register(&world, &with(application(7, &again), json!({ "phone": phone(1) }))).await.done(201);
        assert_ne!(first["account_id"], second["account_id"]);
        set_password(&world, &first, "correct horse").await.refused(&catalogue::REGISTRATION_PASSWORD_TOKEN_INVALID);
        set_password(&world, &second, "correct horse").await.done(204);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM accounts"), &[]).await, 1);
    }

    async fn nobody_with_another_phone_pushes_a_registration_aside(world: World) {
        let first = started(&world, 1).await;
        world.advance(1799);
        let code = code(&world, &phone(2), "register").await;
        let thief = with(application(2, &code), json!({ "id_number": resident_id(1) }));
        register(&world, &thief).await.refused(&catalogue::REGISTRATION_ID_NUMBER_TAKEN);
        let thief = with(application(2, &code), json!({ "username": "APPLICANT-1" }));
        register(&world, &thief).await.refused(&catalogue::REGISTRATION_USERNAME_TAKEN);
        set_password(&world, &first, "correct horse").await.done(204);
    }

    async fn a_registration_that_nobody_finished_frees_its_id_number_and_username(world: World) {
        let first = started(&world, 1).await;
        world.advance(1800);
        let code = code(&world, &phone(2), "register").await;
        let body = with(application(1, &code), json!({ "phone": phone(2) }));
        let second = register(&world, &body).await.done(201);
        set_password(&world, &first, "correct horse").await.refused(&catalogue::REGISTRATION_PASSWORD_TOKEN_INVALID);
        set_password(&world, &second, "correct horse").await.done(204);
    }

    async fn two_registrations_can_stand_in_the_way_at_once(world: World) {
        started(&world, 1).await;
        started(&world, 2).await;
        world.advance(60);
        // The phone of the one, the id number of the other: who holds the phone doesn't hold the other's.
        let code = code(&world, &phone(1), "register").await;
        let body = with(application(1, &code), json!({ "id_number": resident_id(2) }));
        register(&world, &body).await.refused(&catalogue::REGISTRATION_ID_NUMBER_TAKEN);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM accounts"), &[]).await, 2, "a refusal takes nothing away");
    }

    async fn of_several_registrations_with_one_id_number_at_once_one_wins(world: World) {
        let mut bodies = Vec::new();
        for n in 1..=4 {
            let code = code(&world, &phone(n), "register").await;
            bodies.push(with(application(n, &code), json!({ "id_number": resident_id(9) })));
        }
        let (a, b, c, d) = tokio::join!(
            register(&world, &bodies[0]),
            register(&world, &bodies[1]),
            register(&world, &bodies[2]),
            register(&world, &bodies[3]),
        );
        let mut won = 0;
        for answer in [a, b, c, d] {
            if answer.status() == 201 {
                won += 1;
            } else {
                answer.refused(&catalogue::REGISTRATION_ID_NUMBER_TAKEN);
            }
        }
        assert_eq!(won, 1);
    }

    async fn of_several_registrations_with_one_username_at_once_one_wins_and_the_others_learn_why(world: World) {
        let mut bodies = Vec::new();
        for n in 1..=3 {
            let code = code(&world, &phone(n), "register").await;
            bodies.push(with(application(n, &code), json!({ "username": "wanted" })));
        }
        let (a, b, c) = tokio::join!(register(&world, &bodies[0]), register(&world, &bodies[1]), register(&world, &bodies[2]));
        let mut won = 0;
        for answer in [a, b, c] {
            if answer.status() == 201 {
                won += 1;
            } else {
                answer.refused(&catalogue::REGISTRATION_USERNAME_TAKEN);
            }
        }
        assert_eq!(won, 1);
    }

    async fn a_retry_with_the_same_key_registers_once(world: World) {
        let code = code(&world, &phone(1), "register").await;
        let call = eport_shared::testing::Call::post("/v1/registrations").json(&application(1, &code)).key("r-1");
        let first = world.send::<eport_registrations::Registrations>(call.clone()).await.done(201);
        let again = world.send::<eport_registrations::Registrations>(call).await.done(201);
        assert_eq!(first, again);
        set_password(&world, &again, "correct horse").await.done(204);
    }

    async fn what_identifies_a_person_is_not_kept_in_the_clear(world: World) {
        started(&world, 1).await;
        let rows = world.rows(&sql!("SELECT id_number_enc, id_number_index, phone_enc, phone_index FROM accounts"), &[]).await;
        for column in 0..4 {
            let kept: Vec<u8> = rows[0].get(column).unwrap();
            assert!(kept.windows(6).all(|part| part != b"610101" && part != b"380000"));
        }
    }

    async fn the_audit_keeps_a_registration_with_masked_numbers(world: World) {
        let created = started(&world, 1).await;
        let audit = world.audit_of("registration.started").await;
        assert_eq!(audit.len(), 1);
        assert_eq!(audit[0].target_id.as_deref(), created["account_id"].as_str());
        let after: serde_json::Value = serde_json::from_str(audit[0].after.as_deref().unwrap()).unwrap();
        assert_eq!(after["phone"], "138****0001");
        assert_eq!(after["id_number"].as_str().unwrap().matches('*').count(), 10);
    }

    async fn a_refused_registration_leaves_a_row_in_the_audit(world: World) {
        let person = world.person(5).await;
        let code = code(&world, &phone(1), "register").await;
        register(&world, &with(application(1, &code), json!({ "id_number": person.id_number }))).await;
        let audit = world.audit_of("register").await;
        assert_eq!(audit.len(), 1);
        assert_eq!((audit[0].result.as_str(), audit[0].code.as_deref()), ("refused", Some("registration.id_number_taken")));
    }

    async fn a_registration_that_staff_locked_can_not_be_finished_or_begun_again(world: World) {
        let created = started(&world, 1).await;
        world.rows(&sql!("UPDATE accounts SET locked_at = 1, locked_reason = '冒名'"), &[]).await;
        set_password(&world, &created, "correct horse").await.refused(&catalogue::REGISTRATION_PASSWORD_TOKEN_INVALID);
        world.advance(3600);
        ask(&world, &phone(1), "register").await.done(202);
        let code = world.code_for(&phone(1)).await;
        register(&world, &application(1, &code)).await.refused(&catalogue::REGISTRATION_ID_NUMBER_TAKEN);
    }
}
