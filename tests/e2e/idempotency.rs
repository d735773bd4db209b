//! `Idempotency-Key`: a retry gets the first answer.

use eport_schema::routes::ROUTES;
use eport_schema::wire::{RegistrationCreated, SessionCreated, SmsCodeAccepted};
use eport_tests::journeys::registration;
use eport_tests::people::phone;
use eport_tests::{On, Person, Reply, Site, at_once, on_both};
use serde_json::json;

on_both![
    a_retry_gets_the_first_answer,
    another_body_under_the_same_key_is_refused,
    a_refusal_that_stands_is_repeated_and_one_that_may_change_is_not,
    of_ten_at_once_with_one_key_one_does_the_work,
    a_key_belongs_to_its_operation_and_its_caller,
    a_key_that_is_none_is_refused,
];

fn register(site: &Site, person: &Person, code: &str, key: &str) -> Reply {
    site.post("/v1/registrations").header("idempotency-key", key).json(&registration(person, code)).send()
}

fn a_retry_gets_the_first_answer(on: On) {
    let site = Site::new(on);
    let person = Person::new();
    let code = site.code(&person.phone, "register");
    let first = register(&site, &person, &code, "one");
    let second = register(&site, &person, &code, "one");
    assert_eq!((first.header("idempotency-replayed"), second.header("idempotency-replayed")), ("", "true"));
    assert_eq!(first.body, second.body);
    assert_eq!(first.header("content-type"), second.header("content-type"));
    let created: RegistrationCreated = second.ok(201);
    site.set_first_password(&created, &person.password).done();
    first.ok::<RegistrationCreated>(201);
    // A login, too: the answer with the tokens is kept encrypted.
    let body = json!({ "method": "password", "username": person.username, "password": person.password });
    let log_in = || site.post("/v1/sessions").header("idempotency-key", "two").json(&body).send();
    let (first, second): (SessionCreated, SessionCreated) = (log_in().ok(201), log_in().ok(201));
    assert_eq!(first, second);
    site.me(&second.access_token);
}

fn another_body_under_the_same_key_is_refused(on: On) {
    let site = Site::new(on);
    let person = Person::new();
    let code = site.code(&person.phone, "register");
    let created: RegistrationCreated = register(&site, &person, &code, "one").ok(201);
    let other = Person { name: "另一位".to_owned(), ..person.clone() };
    register(&site, &other, &code, "one").refused(409, "idempotency.key_reused");
    site.set_first_password(&created, &person.password).done();
}

fn a_refusal_that_stands_is_repeated_and_one_that_may_change_is_not(on: On) {
    let site = Site::new(on);
    let person = Person::new();
    site.register(&person);
    let second = Person { id_number: person.id_number.clone(), ..Person::new() };
    let code = site.code(&second.phone, "register");
    register(&site, &second, &code, "taken").refused(409, "registration.id_number_taken");
    let again = register(&site, &second, &code, "taken");
    assert_eq!(again.header("idempotency-replayed"), "true");
    again.refused(409, "registration.id_number_taken");

    let log_in = |password: &str| {
        let body = json!({ "method": "password", "username": person.username, "password": password });
        site.post("/v1/sessions").header("idempotency-key", "login").json(&body).send()
    };
    log_in("wrong password").refused(401, "session.credentials_wrong");
    log_in(&person.password).ok::<SessionCreated>(201);
}

fn of_ten_at_once_with_one_key_one_does_the_work(on: On) {
    let site = Site::new(on);
    let phone = phone();
    let body = json!({ "phone": phone, "purpose": "register" });
    let ask = || site.post("/v1/sms-codes").header("idempotency-key", "one").json(&body).send();
    for reply in at_once(10, |_| ask()) {
        match reply.status {
            202 => drop(reply.ok::<SmsCodeAccepted>(202)),
            _ => {
                let problem = reply.refused(409, "idempotency.in_progress");
                assert_eq!((problem.retry.as_str(), problem.retry_after), ("later", Some(1)));
            }
        }
    }
    ask().ok::<SmsCodeAccepted>(202);
    assert_eq!(site.outbox(&phone).len(), 1);

    let person = Person { phone, ..Person::new() };
    let code = site.outbox(&person.phone)[0].code.clone().unwrap();
    let replies = at_once(10, |_| register(&site, &person, &code, "two"));
    let created: Vec<RegistrationCreated> =
        replies.into_iter().filter(|reply| reply.status == 201).map(|reply| reply.ok(201)).collect();
    assert!(!created.is_empty() && created.iter().all(|each| *each == created[0]));
    assert_eq!(register(&site, &person, &code, "two").ok::<RegistrationCreated>(201), created[0]);
    site.set_first_password(&created[0], &person.password).done();
}

fn a_key_belongs_to_its_operation_and_its_caller(on: On) {
    let site = Site::new(on);
    let (one, other) = (site.join(), site.join());
    let key = "the same";
    let mut phones = Vec::new();
    for member in [&one, &other] {
        let new = phone();
        let code = site.code(&new, "change_phone");
        let body = json!({ "phone": new, "sms_code": code });
        let reply = site.post("/v1/me/phone").token(&member.token).header("idempotency-key", key).json(&body).send();
        assert_eq!(reply.header("idempotency-replayed"), "");
        phones.push(reply.ok::<eport_schema::wire::Me>(200).id);
    }
    assert_eq!(phones, [one.account, other.account]);
    let body = json!({ "phone": phone(), "purpose": "login" });
    let reply = site.post("/v1/sms-codes").header("idempotency-key", key).json(&body).send();
    assert_eq!(reply.header("idempotency-replayed"), "");
    reply.ok::<SmsCodeAccepted>(202);
}

fn a_key_that_is_none_is_refused(on: On) {
    let site = Site::new(on);
    let body = json!({ "phone": phone(), "purpose": "login" });
    for key in ["", &"k".repeat(256)] {
        let reply = site.post("/v1/sms-codes").header("idempotency-key", key).json(&body).send();
        reply.refused(400, "idempotency.key_format");
    }
    let longest = "k".repeat(255);
    site.post("/v1/sms-codes").header("idempotency-key", &longest).json(&body).send().ok::<SmsCodeAccepted>(202);
}

#[test]
fn every_post_that_creates_takes_a_key() {
    // What is done twice comes to the same; a refresh has a meaning of its own for the second use of its token; of two challenges either
    // one will do.
    let harmless = [
        "request_card_challenge",
        "refresh_session",
        "read_message",
        "lock_account",
        "unlock_account",
        "reveal_account",
        "approve_association",
        "reject_association",
        "sync_enterprise",
        "transfer_administrator",
        "check",
        "check_forward_post",
        // Keeps nothing; or finds the seal in another state the second time.
        "check_seal",
        "authorize_seal",
        "disable_seal",
        "enable_seal",
        "set_default_seal",
        "authorize_signature",
        "disable_signature",
        "enable_signature",
        "set_default_signature",
        "unbind_account_card",
        "verify_enterprise",
        "refuse_enterprise",
        "set_enterprise_administrator",
    ];
    for route in ROUTES.iter().filter(|route| route.method == "POST") {
        assert_ne!(route.idempotent, harmless.contains(&route.operation), "{}", route.operation);
    }
}
