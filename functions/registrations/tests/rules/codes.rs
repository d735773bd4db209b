//! What a code is good for, and how often.

use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::testing::{World, other_code, phone};
use serde_json::json;

use crate::{application, code, register, with};

on_each_database! {
    async fn a_code_is_valid_for_five_minutes(world: World) {
        let first = code(&world, &phone(1), "register").await;
        world.advance_milliseconds(299_999);
        register(&world, &application(1, &first)).await.done(201);

        let second = code(&world, &phone(2), "register").await;
        world.advance(300);
        register(&world, &application(2, &second)).await.refused(&catalogue::SMS_CODE_EXPIRED);
    }

    async fn a_code_may_be_tried_five_times(world: World) {
        let right = code(&world, &phone(1), "register").await;
        let wrong = application(1, &other_code(&right));
        for _ in 0..4 {
            register(&world, &wrong).await.refused(&catalogue::SMS_CODE_INVALID);
        }
        register(&world, &application(1, &right)).await.done(201);
    }

    async fn after_five_wrong_tries_the_right_code_is_no_good_either(world: World) {
        let right = code(&world, &phone(1), "register").await;
        let wrong = application(1, &other_code(&right));
        for _ in 0..5 {
            register(&world, &wrong).await.refused(&catalogue::SMS_CODE_INVALID);
        }
        register(&world, &wrong).await.refused(&catalogue::SMS_CODE_EXHAUSTED);
        register(&world, &application(1, &right)).await.refused(&catalogue::SMS_CODE_EXHAUSTED);
        world.advance(60);
        let next = code(&world, &phone(1), "register").await;
        register(&world, &application(1, &next)).await.done(201);
    }

    async fn a_code_works_once(world: World) {
        let code = code(&world, &phone(1), "register").await;
        register(&world, &application(1, &code)).await.done(201);
        register(&world, &application(1, &code)).await.refused(&catalogue::SMS_CODE_INVALID);
    }

    async fn of_several_who_use_a_code_at_once_one_wins(world: World) {
        let code = code(&world, &phone(1), "register").await;
        let body = application(1, &code);
        let (a, b, c, d) = tokio::join!(
            register(&world, &body),
            register(&world, &body),
            register(&world, &body),
            register(&world, &body),
        );
        let won = [a, b, c, d].iter().filter(|answer| answer.status() == 201).count();
        assert_eq!(won, 1);
        assert_eq!(world.number(&eport_shared::sql!("SELECT COUNT(*) FROM accounts"), &[]).await, 1);
    }

    async fn a_code_of_another_purpose_or_phone_is_no_good(world: World) {
        let login = code(&world, &phone(1), "login").await;
        register(&world, &application(1, &login)).await.refused(&catalogue::SMS_CODE_INVALID);
        let theirs = code(&world, &phone(2), "register").await;
        register(&world, &with(application(2, &theirs), json!({ "phone": phone(3) }))).await.refused(&catalogue::SMS_CODE_INVALID);
    }

    async fn a_newer_code_replaces_the_older(world: World) {
        let old = code(&world, &phone(1), "register").await;
        world.advance(60);
        let new = code(&world, &phone(1), "register").await;
        assert_ne!(old, new);
        register(&world, &application(1, &old)).await.refused(&catalogue::SMS_CODE_INVALID);
        register(&world, &application(1, &new)).await.done(201);
    }

    async fn a_code_is_not_used_up_by_a_refused_registration(world: World) {
        let taken = world.person(5).await;
        let code = code(&world, &phone(1), "register").await;
        register(&world, &with(application(1, &code), json!({ "username": taken.username })))
            .await
            .refused(&catalogue::REGISTRATION_USERNAME_TAKEN);
        register(&world, &application(1, &code)).await.done(201);
    }

    async fn a_code_is_not_kept_in_the_clear(world: World) {
        let code = code(&world, &phone(1), "register").await;
        for row in world.rows(&eport_shared::sql!("SELECT code_hash, phone_index FROM sms_codes"), &[]).await {
            let hash: Vec<u8> = row.get(0).unwrap();
            assert!(hash.len() == 32 && hash.windows(6).all(|part| part != code.as_bytes()));
        }
        for row in world.rows(&eport_shared::sql!("SELECT phone_enc, text_enc, code_enc FROM sms_outbox"), &[]).await {
            for column in 0..3 {
                let kept: Vec<u8> = row.get(column).unwrap();
                assert!(kept.windows(6).all(|part| part != code.as_bytes() && part != b"380000"));
            }
        }
    }
}

/// The digits are as good as the randomness: drawn anew where they would not be fair.
#[test]
fn codes_are_six_digits_and_differ() {
    let drawn: std::collections::BTreeSet<String> = (0..20)
        .map(|n| {
            let world = eport_shared::testing::World::new(eport_database::testing::sqlite());
            let mut world = world;
            world.entropy = eport_shared::testing::SeededEntropy::new(n);
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(code(&world, &phone(1), "login"))
        })
        .collect();
    assert!(drawn.len() >= 19 && drawn.iter().all(|code| code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit())));
}
