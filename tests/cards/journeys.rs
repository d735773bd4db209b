//! What a person with a card does.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use eport_tests::people::{password, phone, username};
use eport_tests::{On, on_both};
use eport_virtual_card::ca::CardClass;
use eport_virtual_card::key::Algorithm;
use serde_json::{Value, json};

use crate::{Cards as _, World, holder, holder_of};

on_both![
    a_card_nobody_knows_makes_an_account_that_it_alone_opens,
    cards_log_in_with_each_algorithm,
    an_account_that_a_card_made_is_activated,
    a_registered_person_binds_the_card_and_unbinding_ends_its_sessions,
    a_card_login_finds_the_account_of_the_same_person,
    the_legal_persons_card_outranks_who_came_first,
    the_pin_is_asked_for_outside_of_the_page_and_stays_there,
];

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn token(session: &Value) -> &str {
    session["access_token"].as_str().unwrap()
}

fn a_card_nobody_knows_makes_an_account_that_it_alone_opens(on: On) {
    let mut world = World::new(on);
    let holder = holder(CardClass::LegalPerson);
    world.desk.insert(world.card(&holder, Algorithm::Sm2));
    let session = world.log_in();
    let claims = claims(token(&session));
    assert_eq!((&claims["amr"], &claims["card_class"]), (&json!(["sc", "pin"]), &json!("legal_person")));
    assert_eq!((&claims["ent"], &claims["role"]), (&json!(holder.uscc), &json!("admin")));
    let me: Value = world.site.get("/v1/me").token(token(&session)).send().ok(200);
    assert_eq!((&me["state"], &me["name"]), (&json!("inactive"), &json!(holder.name)));
    assert_eq!(me["enterprise"]["name"], json!(holder.enterprise_name), "{me}");
    let card: Value = world.site.get("/v1/me/card").token(token(&session)).send().ok(200);
    assert_eq!((&card["card_number"], &card["card_class"]), (&json!(holder.card_number), &json!("legal_person")));

    // The same account at the next login, and its only way in stays.
    let again = world.log_in();
    let same: Value = world.site.get("/v1/me").token(token(&again)).send().ok(200);
    assert_eq!(same["id"], me["id"]);
    world.site.delete("/v1/me/card").token(token(&again)).send().refused(409, "card.last_credential");
    let sessions: Value = world.site.get("/v1/me/sessions").token(token(&again)).send().ok(200);
    assert!(sessions["items"].as_array().unwrap().iter().all(|session| session["method"] == "card"), "{sessions}");
}

fn cards_log_in_with_each_algorithm(on: On) {
    for authority in [Algorithm::Sm2, Algorithm::P256, Algorithm::Rsa] {
        let mut world = World::with(on, authority);
        for algorithm in [Algorithm::Sm2, Algorithm::P256, Algorithm::Rsa] {
            world.desk.insert(world.card(&holder(CardClass::Operator), algorithm));
            let session = world.log_in();
            assert_eq!(claims(token(&session))["role"], "operator", "{algorithm:?} by {authority:?}");
            world.desk.pull();
        }
    }
}

fn an_account_that_a_card_made_is_activated(on: On) {
    let mut world = World::new(on);
    world.desk.insert(world.card(&holder(CardClass::Operator), Algorithm::Sm2));
    let session = world.log_in();
    let (username, phone, password) = (username(), phone(), password());
    let code = world.site.code(&phone, "register");
    let body = json!({ "username": username, "phone": phone, "sms_code": code, "password": password });
    let activate = || world.site.post("/v1/me/activation").token(token(&session)).json(&body).send();
    let me: Value = activate().ok(200);
    assert_eq!((&me["state"], &me["username"]), (&json!("active"), &json!(username)));
    activate().refused(409, "account.already_active");

    // The password is the account's and not the card's, and the card still opens it.
    let by_password: Value = world.site.try_password(&username, &password).ok(201);
    world
        .site
        .post("/v1/me/activation")
        .token(token(&by_password))
        .json(&body)
        .send()
        .refused(409, "account.already_active");
    assert_eq!(world.site.me(token(&world.log_in())).username.as_deref(), Some(&*username));
    world.site.delete("/v1/me/card").token(token(&by_password)).send().done();
    world.site.get("/v1/me").token(token(&session)).send().refused(401, "session.ended");
    world.site.get("/v1/me").token(token(&by_password)).send().ok::<Value>(200);
}

fn a_registered_person_binds_the_card_and_unbinding_ends_its_sessions(on: On) {
    let mut world = World::new(on);
    let member = world.site.join();
    let holder = holder_of(&member.person, CardClass::LegalPerson);
    world.desk.insert(world.card(&holder, Algorithm::P256));
    world.try_bind(&member.token, "8888888888888").refused(422, "card.number_mismatch");
    let bound: Value = world.try_bind(&member.token, &holder.card_number).ok(201);
    assert_eq!(bound["enterprise_name"], json!(holder.enterprise_name));
    let me: Value = world.site.get("/v1/me").token(&member.token).send().ok(200);
    assert_eq!((&me["enterprise"]["role"], &me["enterprise"]["verified"]), (&json!("admin"), &json!(true)), "{me}");

    let by_card = world.log_in();
    assert_eq!(claims(token(&by_card))["sub"], json!(member.account));
    world.site.delete("/v1/me/card").token(&member.token).send().done();
    world.site.get("/v1/me").token(token(&by_card)).send().refused(401, "session.ended");
    let refresh = json!({ "refresh_token": by_card["refresh_token"] });
    world.site.post("/v1/sessions/refresh").json(&refresh).send().refused(401, "session.ended");
    world.site.get("/v1/me").token(&member.token).send().ok::<Value>(200);
    world.site.delete("/v1/me/card").token(&member.token).send().refused(404, "card.not_bound");

    // Somebody else's card, and one of another enterprise.
    world.desk.pull();
    let stranger = self::holder(CardClass::Operator);
    world.desk.insert(world.card(&stranger, Algorithm::Sm2));
    world.try_bind(&member.token, &stranger.card_number).refused(403, "card.holder_mismatch");
    world.desk.pull();
    let elsewhere = holder_of(&member.person, CardClass::Operator);
    world.desk.insert(world.card(&elsewhere, Algorithm::Sm2));
    world.try_bind(&member.token, &elsewhere.card_number).refused(403, "card.enterprise_mismatch");
}

fn a_card_login_finds_the_account_of_the_same_person(on: On) {
    let mut world = World::new(on);
    let member = world.site.join();
    let holder = holder_of(&member.person, CardClass::Operator);
    world.desk.insert(world.card(&holder, Algorithm::Sm2));
    let session = world.log_in();
    assert_eq!(claims(token(&session))["sub"], json!(member.account));
    let messages: Value = world.site.get("/v1/messages").token(&member.token).send().ok(200);
    let told = messages["items"].as_array().unwrap().iter().any(|message| message["kind"] == "card_bound");
    assert!(told, "{messages}");
}

fn the_legal_persons_card_outranks_who_came_first(on: On) {
    let mut world = World::new(on);
    let legal = holder(CardClass::LegalPerson);
    let operator = eport_virtual_card::ca::Holder {
        enterprise_name: legal.enterprise_name.clone(),
        uscc: legal.uscc.clone(),
        ..holder(CardClass::Operator)
    };
    world.desk.insert(world.card(&operator, Algorithm::Sm2));
    assert_eq!(claims(token(&world.log_in()))["role"], "operator");
    world.desk.pull();
    world.desk.insert(world.card(&legal, Algorithm::Sm2));
    assert_eq!(claims(token(&world.log_in()))["role"], "admin");
}

fn the_pin_is_asked_for_outside_of_the_page_and_stays_there(on: On) {
    let mut world = World::new(on);
    let holder = holder(CardClass::Operator);
    world.desk.insert(world.card(&holder, Algorithm::Sm2));
    world.log_in();
    let shown = world.desk.shown();
    assert!(shown.contains("GETPIN") && shown.contains("http://localhost"), "{shown}");
    let seen = format!("{}{}", world.desk.log(), world.site.log());
    for secret in [crate::PIN, &holder.id_number, &holder.name] {
        assert!(!seen.contains(secret), "{secret} is in a log");
    }
    // A wrong PIN ends the attempt; nobody tries it a second time.
    let challenge: Value = world.site.challenge(&json!({ "purpose": "login" }), &world.origin, None).ok(201);
    world.desk.person_answers(&["pin 000000"]);
    assert_eq!(world.page().sign(&challenge, "login", None).unwrap_err(), "bridge.pin_wrong");
    world.desk.person_answers(&["cancel"]);
    assert_eq!(world.page().sign(&challenge, "login", None).unwrap_err(), "bridge.cancelled");
    world.log_in();
}
