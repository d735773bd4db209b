//! A new phone.

use eport_accounts::Accounts;
use eport_registrations::Registrations;
use eport_schema::catalogue;
use eport_schema::domain::SmsPurpose;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::{Answer, Call, World, other_code, phone, resident_id};
use serde_json::json;

use crate::{code_for, get_me, log_in};

async fn change(world: &World, token: &str, phone: &str, code: &str) -> Answer {
    let body = json!({ "phone": phone, "sms_code": code });
    world.send::<Accounts>(Call::post("/v1/me/phone").bearer(token).json(&body)).await
}

on_each_database! {
    async fn a_phone_is_changed_and_the_old_one_and_the_inbox_are_told(world: World) {
        let person = world.person(1).await;
        let token = world.sign_in(person.id).await;
        let code = code_for(&world, &phone(2), SmsPurpose::ChangePhone).await;
        let me = change(&world, &token, &phone(2), &code).await.done(200);
        assert_eq!(me["phone"], "138****0002");
        assert_eq!(get_me(&world, &token).await, me);
        log_in(&world, &phone(2), &person.password).await.done(201);
        log_in(&world, &phone(1), &person.password).await.refused(&catalogue::SESSION_CREDENTIALS_WRONG);

        assert!(world.texts_for(&phone(1)).await[0].contains("已更换手机号"));
        let change = json!({ "before": "138****0001", "after": "138****0002" });
        assert!(world.inbox(person.id).await.contains(&("phone_changed".to_owned(), change)));
        let row = &world.audit_of("account.phone_changed").await[0];
        assert_eq!(row.before.as_deref(), Some(r#"{"phone":"138****0001"}"#));
        assert_eq!(row.after.as_deref(), Some(r#"{"phone":"138****0002"}"#));
    }

    async fn the_code_must_be_right_for_this_phone_and_purpose(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        let code = code_for(&world, &phone(2), SmsPurpose::ChangePhone).await;
        change(&world, &token, &phone(2), &other_code(&code)).await.refused(&catalogue::SMS_CODE_INVALID);
        change(&world, &token, &phone(3), &code).await.refused(&catalogue::SMS_CODE_INVALID);
        let login = code_for(&world, &phone(3), SmsPurpose::Login).await;
        change(&world, &token, &phone(3), &login).await.refused(&catalogue::SMS_CODE_INVALID);
        change(&world, &token, &phone(2), &code).await.done(200);
        change(&world, &token, &phone(2), &code).await.refused(&catalogue::SMS_CODE_INVALID);
    }

    async fn a_phone_of_another_account_is_refused_and_the_code_stays_good(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        world.person(2).await;
        let code = code_for(&world, &phone(2), SmsPurpose::ChangePhone).await;
        change(&world, &token, &phone(2), &code).await.refused(&catalogue::ACCOUNT_PHONE_TAKEN);
        assert_eq!(get_me(&world, &token).await["phone"], "138****0001");
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM sms_codes WHERE used_at IS NULL"), &[]).await, 1);
    }

    async fn the_same_phone_is_no_change(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        let code = code_for(&world, &phone(1), SmsPurpose::ChangePhone).await;
        change(&world, &token, "+86 138 0000 0001", &code).await.refused(&catalogue::ACCOUNT_PHONE_UNCHANGED);
    }

    async fn an_unfinished_registration_gives_way_to_who_holds_the_phone(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        let register = code_for(&world, &phone(2), SmsPurpose::Register).await;
        let body = json!({
            "username": "applicant", "name": "李娜", "id_type": "resident_id", "id_number": resident_id(2), "phone": phone(2),
            "sms_code": register, "terms_accepted": true,
        });
        world.send::<Registrations>(Call::post("/v1/registrations").json(&body)).await.done(201);
        world.advance(1);
        let code = code_for(&world, &phone(2), SmsPurpose::ChangePhone).await;
        change(&world, &token, &phone(2), &code).await.done(200);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM accounts"), &[]).await, 1);
    }

    async fn a_registration_that_staff_locked_does_not_give_way(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        world.person(2).await;
        world.rows(&sql!("UPDATE accounts SET state = 'pending', locked_at = 1 WHERE username_key = 'person-2'"), &[]).await;
        let code = code_for(&world, &phone(2), SmsPurpose::ChangePhone).await;
        change(&world, &token, &phone(2), &code).await.refused(&catalogue::ACCOUNT_PHONE_TAKEN);
    }

    async fn of_two_accounts_that_take_a_phone_at_once_one_gets_it(world: World) {
        let (one, other) = (world.sign_in(world.person(1).await.id).await, world.sign_in(world.person(2).await.id).await);
        let code = code_for(&world, &phone(3), SmsPurpose::ChangePhone).await;
        let phone = phone(3);
        let (a, b) = tokio::join!(change(&world, &one, &phone, &code), change(&world, &other, &phone, &code));
        let mut statuses = [a.status(), b.status()];
        statuses.sort_unstable();
        assert_eq!(statuses[0], 200);
        assert!(matches!(statuses[1], 409 | 422), "{statuses:?}");
    }

    async fn a_retry_with_the_same_key_gets_the_first_answer(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        let code = code_for(&world, &phone(2), SmsPurpose::ChangePhone).await;
        let body = json!({ "phone": phone(2), "sms_code": code });
        let call = Call::post("/v1/me/phone").bearer(&token).json(&body).key("p-1");
        let first = world.send::<Accounts>(call.clone()).await.done(200);
        assert_eq!(world.send::<Accounts>(call).await.done(200), first);
    }

    async fn a_gateway_that_is_down_does_not_undo_the_change(mut world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        let code = code_for(&world, &phone(2), SmsPurpose::ChangePhone).await;
        world.settings.sms_provider = eport_shared::settings::SmsProvider::Webhook;
        world.settings.sms_webhook_url = "https://sms.example.cn/send".to_owned();
        world.network.plan(&[eport_shared::testing::Reply::Silence; 3]);
        change(&world, &token, &phone(2), &code).await.done(200);
    }
}
