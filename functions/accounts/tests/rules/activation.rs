//! An account that a card login made gets its password (J5).

use eport_accounts::Accounts;
use eport_schema::catalogue;
use eport_schema::domain::SmsPurpose;
use eport_sessions::Sessions;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::cards::{Algorithm, CardClass, ENTERPRISE, answer, holder, issue, trusted, with};
use eport_shared::testing::{Answer, Call, World, other_code, phone};
use serde_json::{Value as Json, json};

use crate::{code_for, get_me, log_in};

/// The access token of a session that the `n`th person's card opened.
async fn by_card(world: &World, n: u32) -> String {
    let ca = trusted(world, Algorithm::P256).await;
    let card = issue(&ca, &holder(n, CardClass::Operator));
    let call = Call::post("/v1/card-challenges").json(&json!({ "purpose": "login" }));
    let challenge = world.send::<Sessions>(call).await.done(201);
    let body = with(answer(&card, &challenge), "method", "card");
    let session = world.send::<Sessions>(Call::post("/v1/sessions").json(&body)).await.done(201);
    session["access_token"].as_str().unwrap().to_owned()
}

fn body(username: &str, phone: &str, code: &str) -> Json {
    json!({ "username": username, "phone": phone, "sms_code": code, "password": "correct horse 7" })
}

async fn activate(world: &World, token: &str, body: &Json) -> Answer {
    world.send::<Accounts>(Call::post("/v1/me/activation").bearer(token).json(body)).await
}

on_each_database! {
    async fn activation_makes_the_account_whole(world: World) {
        let token = by_card(&world, 1).await;
        let before = get_me(&world, &token).await;
        assert_eq!((&before["state"], &before["username"], &before["phone"]), (&json!("inactive"), &Json::Null, &Json::Null));
        assert_eq!(before["enterprise"]["name"], ENTERPRISE.1);
        assert_eq!((&before["enterprise"]["role"], &before["enterprise"]["state"]), (&json!("operator"), &json!("active")));
        let code = code_for(&world, &phone(7), SmsPurpose::Register).await;
        let after = activate(&world, &token, &body("zhang.wei", &phone(7), &code)).await.done(200);
        assert_eq!((&after["state"], &after["username"], &after["phone"]), (&json!("active"), &json!("zhang.wei"), &json!("138****0007")));
        assert_eq!(after["id"], before["id"]);
        assert_eq!(log_in(&world, "zhang.wei", "correct horse 7").await.done(201)["account"]["id"], before["id"]);
        log_in(&world, &phone(7), "correct horse 7").await.done(201);
        // The card's session goes on.
        assert_eq!(get_me(&world, &token).await["state"], "active");
        let audit = world.audit_of("account.activated").await;
        assert_eq!((audit.len(), audit[0].amr.as_deref()), (1, Some("sc pin")));
        assert!(!audit[0].after.as_deref().unwrap().contains(&phone(7)));
    }

    async fn it_is_done_once(world: World) {
        let token = by_card(&world, 1).await;
        let code = code_for(&world, &phone(7), SmsPurpose::Register).await;
        activate(&world, &token, &body("zhang.wei", &phone(7), &code)).await.done(200);
        activate(&world, &token, &body("zhang.wei", &phone(7), &code)).await.refused(&catalogue::ACCOUNT_ALREADY_ACTIVE);
    }

    async fn of_two_at_once_one_is_done(world: World) {
        let token = by_card(&world, 1).await;
        let code = code_for(&world, &phone(7), SmsPurpose::Register).await;
        let body = body("zhang.wei", &phone(7), &code);
        let (a, b) = tokio::join!(activate(&world, &token, &body), activate(&world, &token, &body));
        assert_eq!([a.status(), b.status()].iter().filter(|status| **status == 200).count(), 1, "{} {}", a.json(), b.json());
        assert_eq!(world.audit_of("account.activated").await.len(), 1);
    }

    async fn the_card_must_have_opened_the_session(world: World) {
        let token = by_card(&world, 1).await;
        let account = get_me(&world, &token).await["id"].clone();
        let other = world.sign_in(serde_json::from_value(account).unwrap()).await;
        let code = code_for(&world, &phone(7), SmsPurpose::Register).await;
        activate(&world, &other, &body("zhang.wei", &phone(7), &code)).await.refused(&catalogue::CARD_SESSION_REQUIRED);
        activate(&world, &token, &body("zhang.wei", &phone(7), &code)).await.done(200);
    }

    async fn an_account_that_was_registered_has_nothing_to_activate(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        activate(&world, &token, &body("zhang.wei", &phone(7), "123456")).await.refused(&catalogue::ACCOUNT_ALREADY_ACTIVE);
    }

    async fn a_wrong_code_or_one_for_another_purpose_activates_nothing(world: World) {
        let token = by_card(&world, 1).await;
        let code = code_for(&world, &phone(7), SmsPurpose::Register).await;
        activate(&world, &token, &body("zhang.wei", &phone(7), &other_code(&code))).await.refused(&catalogue::SMS_CODE_INVALID);
        activate(&world, &token, &body("zhang.wei", &phone(8), &code)).await.refused(&catalogue::SMS_CODE_INVALID);
        let login = code_for(&world, &phone(9), SmsPurpose::Login).await;
        activate(&world, &token, &body("zhang.wei", &phone(9), &login)).await.refused(&catalogue::SMS_CODE_INVALID);
        assert_eq!(get_me(&world, &token).await["state"], "inactive");
    }

    async fn a_username_or_phone_of_somebody_else_is_refused_and_the_code_stays_good(world: World) {
        let other = world.person(2).await;
        let token = by_card(&world, 1).await;
        let code = code_for(&world, &phone(7), SmsPurpose::Register).await;
        activate(&world, &token, &body("PERSON-2", &phone(7), &code)).await.refused(&catalogue::REGISTRATION_USERNAME_TAKEN);
        let taken = code_for(&world, &other.phone, SmsPurpose::Register).await;
        activate(&world, &token, &body("zhang.wei", &other.phone, &taken)).await.refused(&catalogue::ACCOUNT_PHONE_TAKEN);
        activate(&world, &token, &body("zhang.wei", &phone(7), &code)).await.done(200);
    }

    async fn two_people_who_want_one_username_at_once_do_not_both_get_it(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let mut tokens = Vec::new();
        for n in [1, 2] {
            let card = issue(&ca, &holder(n, CardClass::Operator));
            let challenge = world.send::<Sessions>(Call::post("/v1/card-challenges").json(&json!({ "purpose": "login" }))).await.done(201);
            let login = with(answer(&card, &challenge), "method", "card");
            let session = world.send::<Sessions>(Call::post("/v1/sessions").json(&login)).await.done(201);
            tokens.push(session["access_token"].as_str().unwrap().to_owned());
        }
        let first = body("zhang.wei", &phone(7), &code_for(&world, &phone(7), SmsPurpose::Register).await);
        let second = body("Zhang.Wei", &phone(8), &code_for(&world, &phone(8), SmsPurpose::Register).await);
        let (a, b) = tokio::join!(activate(&world, &tokens[0], &first), activate(&world, &tokens[1], &second));
        let mut statuses = [a.status(), b.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
    }

    async fn a_phone_that_was_set_before_says_inactive_at_sms_login_and_serves_the_activation(world: World) {
        let token = by_card(&world, 1).await;
        let code = code_for(&world, &phone(7), SmsPurpose::ChangePhone).await;
        let body_of_change = json!({ "phone": phone(7), "sms_code": code });
        world.send::<Accounts>(Call::post("/v1/me/phone").bearer(&token).json(&body_of_change)).await.done(200);
        let code = code_for(&world, &phone(7), SmsPurpose::Login).await;
        let login = json!({ "method": "sms", "phone": phone(7), "sms_code": code });
        world.send::<Sessions>(Call::post("/v1/sessions").json(&login)).await.refused(&catalogue::ACCOUNT_INACTIVE);
        let code = code_for(&world, &phone(7), SmsPurpose::Register).await;
        activate(&world, &token, &body("zhang.wei", &phone(7), &code)).await.done(200);
    }

    async fn a_registration_that_nobody_finished_gives_way_to_who_holds_the_phone(world: World) {
        let other = world.person(2).await;
        world.rows(&sql!("UPDATE accounts SET state = 'pending', password_token_expires_at = 1 WHERE id = $1"), &[other.id.into()]).await;
        let token = by_card(&world, 1).await;
        let code = code_for(&world, &other.phone, SmsPurpose::Register).await;
        activate(&world, &token, &body("Person-2", &other.phone, &code)).await.done(200);
    }

    async fn all_that_is_wrong_is_said_at_once(world: World) {
        let token = by_card(&world, 1).await;
        let odd = json!({ "username": "1", "phone": "1", "sms_code": "1", "password": "1" });
        let answer = activate(&world, &token, &odd).await;
        answer.refused(&catalogue::REQUEST_INVALID);
        assert_eq!(answer.errors().len(), 4);
        activate(&world, &token, &json!({})).await.refused(&catalogue::REQUEST_MISSING_FIELD);
        world.send::<Accounts>(Call::post("/v1/me/activation").json(&odd)).await.refused(&catalogue::SESSION_REQUIRED);
    }
}
