//! How often a code may be asked for.

use eport_registrations::Registrations;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::{Call, World, phone};
use serde_json::json;

use crate::{ask, code};

async fn ask_from(world: &World, n: u32, address: &str) -> eport_shared::testing::Answer {
    let body = json!({ "phone": phone(n), "purpose": "login" });
    world.send::<Registrations>(Call::post("/v1/sms-codes").json(&body).from_address(address)).await
}

on_each_database! {
    async fn the_answer_says_when_the_next_code_may_be_asked_for(world: World) {
        assert_eq!(ask(&world, &phone(1), "register").await.done(202), json!({ "resend_after": 60 }));
        let texts = world.texts_for(&phone(1)).await;
        let code = world.code_for(&phone(1)).await;
        assert_eq!(texts, [format!("【电子口岸】您正在注册账号，验证码{code}，5分钟内有效。请勿告诉任何人。")]);
    }

    async fn the_answer_never_tells_whether_a_phone_is_known(world: World) {
        let person = world.person(1).await;
        for purpose in ["register", "login", "reset_password", "change_phone"] {
            let known = ask(&world, &person.phone, purpose).await;
            let unknown = ask(&world, &phone(2), purpose).await;
            assert_eq!((known.status(), known.body()), (unknown.status(), unknown.body()), "{purpose}");
        }
    }

    async fn a_code_can_be_asked_for_once_a_minute_for_a_phone_and_a_purpose(world: World) {
        ask(&world, &phone(1), "register").await.done(202);
        let refused = ask(&world, &phone(1), "register").await.refused(&catalogue::SMS_RESEND_TOO_SOON);
        assert_eq!(refused["retry_after"], 60);
        ask(&world, "+86 138-0000-0001", "register").await.refused(&catalogue::SMS_RESEND_TOO_SOON);
        ask(&world, &phone(1), "login").await.done(202);
        ask(&world, &phone(2), "register").await.done(202);

        world.advance_milliseconds(59_999);
        let refused = ask(&world, &phone(1), "register").await.refused(&catalogue::SMS_RESEND_TOO_SOON);
        assert_eq!(refused["retry_after"], 1);
        world.advance_milliseconds(1);
        ask(&world, &phone(1), "register").await.done(202);
    }

    async fn a_phone_gets_five_codes_an_hour_whatever_they_are_for(world: World) {
        for purpose in ["register", "login", "reset_password", "change_phone", "register"] {
            ask(&world, &phone(1), purpose).await.done(202);
            world.advance(60);
        }
        let refused = ask(&world, &phone(1), "login").await.refused(&catalogue::SMS_PHONE_LIMIT);
        assert_eq!(refused["retry_after"], 3600 - 5 * 60);
        ask(&world, &phone(2), "login").await.done(202);

        // The first one leaves the window an hour after it was sent, and no sooner.
        world.advance_milliseconds((3600 - 5 * 60) * 1000 - 1);
        ask(&world, &phone(1), "login").await.refused(&catalogue::SMS_PHONE_LIMIT);
        world.advance_milliseconds(1);
        ask(&world, &phone(1), "login").await.done(202);
        ask(&world, &phone(1), "register").await.refused(&catalogue::SMS_PHONE_LIMIT);
    }

    async fn a_phone_gets_ten_codes_a_day(world: World) {
        for _ in 0..10 {
            ask(&world, &phone(1), "login").await.done(202);
            world.advance(2 * 3600);
        }
        let refused = ask(&world, &phone(1), "login").await.refused(&catalogue::SMS_PHONE_LIMIT);
        assert_eq!(refused["retry_after"], 4 * 3600);
        world.advance_milliseconds(4 * 3600 * 1000 - 1);
        ask(&world, &phone(1), "login").await.refused(&catalogue::SMS_PHONE_LIMIT);
        world.advance_milliseconds(1);
        ask(&world, &phone(1), "login").await.done(202);
    }

    async fn an_address_gets_sixty_codes_an_hour(world: World) {
        for n in 0..60 {
            ask_from(&world, n, "192.0.2.1").await.done(202);
        }
        let refused = ask_from(&world, 60, "192.0.2.1").await.refused(&catalogue::SMS_ADDRESS_LIMIT);
        assert_eq!(refused["retry_after"], 3600);
        ask_from(&world, 60, "192.0.2.2").await.done(202);
        ask_from(&world, 61, "2001:db8::1").await.done(202);

        world.advance_milliseconds(3_599_999);
        ask_from(&world, 62, "192.0.2.1").await.refused(&catalogue::SMS_ADDRESS_LIMIT);
        world.advance_milliseconds(1);
        ask_from(&world, 62, "192.0.2.1").await.done(202);
    }

    async fn one_refusal_a_window_is_in_the_audit_with_the_phone_masked(world: World) {
        for _ in 0..5 {
            ask(&world, &phone(1), "login").await.done(202);
            world.advance(60);
        }
        for _ in 0..3 {
            ask(&world, &phone(1), "login").await.refused(&catalogue::SMS_PHONE_LIMIT);
        }
        let kept = || async { world.audit().await.into_iter().filter(|row| row.code.as_deref() == Some("sms.phone_limit")).collect::<Vec<_>>() };
        let rows = kept().await;
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].target_type.as_deref(), rows[0].target_id.as_deref()), (Some("phone"), Some("138****0001")));
        // An hour later another five, and one refusal more.
        world.advance(3600);
        for _ in 0..5 {
            ask(&world, &phone(1), "login").await.done(202);
            world.advance(60);
        }
        for _ in 0..3 {
            ask(&world, &phone(1), "login").await.refused(&catalogue::SMS_PHONE_LIMIT);
        }
        assert_eq!(kept().await.len(), 2);
    }

    async fn one_refusal_of_an_address_a_window_is_in_the_audit(mut world: World) {
        world.settings.sms_address_hour = 2;
        for n in 0..6 {
            ask_from(&world, n, "192.0.2.1").await;
        }
        let rows: Vec<_> = world.audit().await.into_iter().filter(|row| row.code.as_deref() == Some("sms.address_limit")).collect();
        assert_eq!((rows.len(), rows[0].address.as_deref()), (1, Some("192.0.2.1")));
        world.advance(3600);
        for n in 10..16 {
            ask_from(&world, n, "192.0.2.1").await;
        }
        assert_eq!(world.audit().await.len(), 2);
    }

    async fn all_of_an_ipv6_network_is_one_address(mut world: World) {
        world.settings.sms_address_hour = 2;
        let from = |n: u32, address: &str| {
            let body = json!({ "phone": phone(n), "purpose": "login" });
            Call::post("/v1/sms-codes").json(&body).header("spin-client-addr", address)
        };
        for (n, address) in [(1, "[2001:db8:0:1::1]:1"), (2, "[2001:db8:0:1:2:3:4:5]:2"), (3, "[2001:db8:0:2::1]:3")] {
            world.send::<Registrations>(from(n, address)).await.done(202);
        }
        world.send::<Registrations>(from(4, "[2001:db8:0:1::9]:4")).await.refused(&catalogue::SMS_ADDRESS_LIMIT);
        world.send::<Registrations>(from(5, "[2001:db8:0:2::9]:5")).await.done(202);
    }

    async fn the_address_limit_holds_for_requests_at_once_and_without_the_store(mut world: World) {
        world.settings.sms_address_hour = 2;
        world.key_value.set_broken(true);
        let (a, b, c, d) = tokio::join!(
            ask_from(&world, 1, "192.0.2.1"),
            ask_from(&world, 2, "192.0.2.1"),
            ask_from(&world, 3, "192.0.2.1"),
            ask_from(&world, 4, "192.0.2.1"),
        );
        let mut statuses = [a.status(), b.status(), c.status(), d.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [202, 202, 429, 429]);
    }

    async fn an_address_is_kept_as_a_hash_and_for_an_hour(world: World) {
        for n in 1..=5 {
            ask_from(&world, n, &format!("192.0.2.{n}")).await.done(202);
        }
        for row in world.rows(&sql!("SELECT address_hash FROM sms_addresses"), &[]).await {
            assert_eq!(row.get::<Vec<u8>>(0).unwrap().len(), 32);
        }
        assert!(world.key_value.dump().is_empty());
        world.advance(3600);
        ask_from(&world, 6, "192.0.2.6").await.done(202);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM sms_addresses"), &[]).await, 1);
    }

    async fn of_several_requests_at_once_one_gets_a_code(world: World) {
        let phone = phone(1);
        let (a, b, c, d) = tokio::join!(
            ask(&world, &phone, "login"),
            ask(&world, &phone, "login"),
            ask(&world, &phone, "login"),
            ask(&world, &phone, "login"),
        );
        let mut statuses = [a.status(), b.status(), c.status(), d.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [202, 429, 429, 429]);
        assert_eq!(world.texts_for(&phone).await.len(), 1);
    }

    async fn a_retry_with_the_same_key_sends_nothing_twice(world: World) {
        let call = Call::post("/v1/sms-codes").json(&json!({ "phone": phone(1), "purpose": "login" })).key("k-1");
        let first = world.send::<Registrations>(call.clone()).await;
        let again = world.send::<Registrations>(call).await;
        assert_eq!(first.done(202), again.done(202));
        assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), (None, Some("true")));
        assert_eq!(world.texts_for(&phone(1)).await.len(), 1);
    }

    async fn a_refusal_for_being_too_soon_is_not_kept_for_the_key(world: World) {
        code(&world, &phone(1), "login").await;
        let call = Call::post("/v1/sms-codes").json(&json!({ "phone": phone(1), "purpose": "login" })).key("k-1");
        world.send::<Registrations>(call.clone()).await.refused(&catalogue::SMS_RESEND_TOO_SOON);
        world.advance(60);
        world.send::<Registrations>(call).await.done(202);
    }

    async fn codes_older_than_a_day_go_as_new_ones_come(world: World) {
        for n in 0..5 {
            code(&world, &phone(n), "login").await;
        }
        world.advance(24 * 3600 + 1);
        code(&world, &phone(9), "login").await;
        let left = world.number(&sql!("SELECT COUNT(*) FROM sms_codes"), &[]).await;
        assert_eq!(left, 1);
    }

    async fn what_was_sent_and_who_asked_is_forgotten_in_two_days(world: World) {
        for n in 0..5 {
            code(&world, &phone(n), "login").await;
        }
        world.advance(24 * 3600 + 1);
        code(&world, &phone(9), "login").await;
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM sms_outbox"), &[]).await, 1);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM sms_phones"), &[]).await, 6);
        world.advance(24 * 3600);
        code(&world, &phone(9), "login").await;
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM sms_phones"), &[]).await, 1);
    }

    async fn wrong_fields_are_all_named(world: World) {
        let answer = ask(&world, "１３８００００００１", "steal").await;
        answer.refused(&catalogue::REQUEST_INVALID);
        let named = [("phone", "phone.format"), ("purpose", "purpose.unknown")];
        assert_eq!(answer.errors(), named.map(|(field, code)| (field.to_owned(), code.to_owned())));
        let answer = ask(&world, "12345", "login").await;
        answer.refused(&catalogue::PHONE_FORMAT);
        assert_eq!(answer.errors(), [("phone".to_owned(), "phone.format".to_owned())]);
    }
}
