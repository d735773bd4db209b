//! J3: a forgotten password.

use eport_schema::wire::{List, Message, SessionCreated};
use eport_tests::people::{id_number, password};
use eport_tests::{Client, On, Person, Reply, Site, on_both};

on_both![
    who_holds_the_phone_and_knows_the_id_number_sets_a_new_password,
    a_wrong_id_number_and_an_unknown_phone_are_one_refusal,
    a_wrong_code_resets_nothing,
    a_reset_lifts_the_lock_of_wrong_passwords,
    two_wrong_fields_are_told_together,
];

fn reset(site: &Client, phone: &str, code: &str, id_number: &str, password: &str) -> Reply {
    let body = serde_json::json!({ "phone": phone, "sms_code": code, "id_number": id_number, "password": password });
    site.post("/v1/password-resets").json(&body).send()
}

fn who_holds_the_phone_and_knows_the_id_number_sets_a_new_password(on: On) {
    let site = Site::new(on);
    let member = site.join();
    let (old, new) = (member.person.clone(), password());
    let code = site.code(&old.phone, "reset_password");
    reset(&site, &old.phone, &code, &old.id_number.to_lowercase(), &new).done();

    site.get("/v1/me").token(&member.token).send().refused(401, "session.ended");
    site.refresh(&member.refresh_token).refused(401, "session.ended");
    site.try_password(&old.username, &old.password).refused(401, "session.credentials_wrong");
    let session = site.log_in(&Person { password: new.clone(), ..old.clone() });
    let messages: List<Message> = site.get("/v1/messages").token(&session.access_token).send().ok(200);
    assert!(messages.items.iter().any(|message| message.kind == "password_changed"), "the inbox is told");
    assert_eq!(site.outbox(&old.phone)[0].purpose, "password_changed", "the phone is told");
    // The code is used up.
    reset(&site, &old.phone, &code, &old.id_number, &new).refused(422, "sms.code_invalid");
}

fn a_wrong_id_number_and_an_unknown_phone_are_one_refusal(on: On) {
    let site = Site::new(on);
    let member = site.join();
    let stranger = Person::new();
    let code = site.code(&member.person.phone, "reset_password");
    let wrong_number = reset(&site, &member.person.phone, &code, &id_number(), &password());
    let no_number = reset(&site, &member.person.phone, &code, "?", &password());
    let code = site.code(&stranger.phone, "reset_password");
    let unknown = reset(&site, &stranger.phone, &code, &member.person.id_number, &password());
    assert_eq!(wrong_number.body, unknown.body);
    assert_eq!(no_number.body, unknown.body);
    unknown.refused(422, "password_reset.mismatch");
    site.me(&member.token);
    site.log_in(&member.person);
}

fn a_wrong_code_resets_nothing(on: On) {
    let site = Site::new(on);
    let member = site.join();
    let code = site.code(&member.person.phone, "reset_password");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let person = &member.person;
    reset(&site, &person.phone, wrong, &person.id_number, &password()).refused(422, "sms.code_invalid");
    site.me(&member.token);
    site.log_in(person);
}

fn a_reset_lifts_the_lock_of_wrong_passwords(on: On) {
    let site = Site::new(on);
    let person = Person::new();
    site.register(&person);
    for _ in 0..5 {
        site.try_password(&person.username, "wrong password").refused(401, "session.credentials_wrong");
    }
    site.try_password(&person.username, &person.password).refused(429, "session.locked");
    let new = password();
    let code = site.code(&person.phone, "reset_password");
    reset(&site, &person.phone, &code, &person.id_number, &new).done();
    site.try_password(&person.username, &new).ok::<SessionCreated>(201);
}

fn two_wrong_fields_are_told_together(on: On) {
    let site = Site::new(on);
    let problem = reset(&site, "12345", "12345", "1", "short").refused(422, "request.invalid");
    let fields: Vec<_> = problem.errors.iter().map(|error| (error.field.as_str(), error.code.as_str())).collect();
    assert_eq!(
        fields,
        [("phone", "phone.format"), ("sms_code", "sms_code.format"), ("password", "password.too_short")]
    );
}
