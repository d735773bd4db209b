//! J1: registration.

use eport_schema::wire::AccountState;
use eport_tests::people::{id_number, phone, username};
use eport_tests::{On, Person, Site, on_both};

on_both![
    a_person_registers_with_a_phone_code_and_sets_a_password,
    a_phone_is_accepted_as_people_write_it,
    an_id_number_registers_once,
    a_phone_registers_once,
    a_username_registers_once_whatever_its_case,
    who_stopped_before_the_password_starts_again,
    nobody_else_can_push_a_begun_registration_aside,
    a_password_token_works_once,
    a_password_token_of_another_account_sets_nothing,
    a_registration_that_waited_too_long_is_over,
    nobody_logs_in_before_the_password_is_set,
    a_weak_password_is_refused_and_another_can_be_tried,
    the_terms_must_be_accepted,
];

fn a_person_registers_with_a_phone_code_and_sets_a_password(on: On) {
    let site = Site::new(on);
    let person = Person::new();
    let created = site.begin_registration(&person);
    assert_eq!(created.account_id.get_version_num(), 7);
    site.set_first_password(&created, &person.password).done();

    let me = site.me(&site.log_in(&person).access_token);
    assert_eq!(me.id, created.account_id);
    assert_eq!(me.username.as_deref(), Some(person.username.as_str()));
    assert_eq!(me.name, person.name);
    assert_eq!(me.phone, Some(person.masked_phone()));
    assert_eq!(me.id_number, Some(person.masked_id_number()));
    assert_eq!(me.state, AccountState::Active);
    assert!(!me.staff && !me.password_change_required && me.enterprise.is_none());
    assert_eq!(me.unread_messages, 1, "the welcome");
}

fn a_phone_is_accepted_as_people_write_it(on: On) {
    let site = Site::new(on);
    let digits = phone();
    let spaced = format!("+86 {} {}-{}", &digits[..3], &digits[3..7], &digits[7..]);
    let code = site.code(&digits, "register");
    let person = Person { phone: spaced, ..Person::new() };
    let created = site.send_registration(&person, &code).ok(201);
    site.set_first_password(&created, &person.password).done();
    // One phone, however it is written.
    site.try_password(&digits, &person.password).ok::<eport_schema::wire::SessionCreated>(201);
}

fn an_id_number_registers_once(on: On) {
    let site = Site::new(on);
    let first = Person::new();
    site.register(&first);
    let second = Person { id_number: first.id_number.to_lowercase(), ..Person::new() };
    let code = site.code(&second.phone, "register");
    site.send_registration(&second, &code).refused(409, "registration.id_number_taken");
}

fn a_phone_registers_once(on: On) {
    let site = Site::new(on);
    let first = Person::new();
    site.register(&first);
    let second = Person { phone: first.phone.clone(), ..Person::new() };
    let code = site.code(&second.phone, "register");
    site.send_registration(&second, &code).refused(409, "registration.phone_taken");
}

fn a_username_registers_once_whatever_its_case(on: On) {
    let site = Site::new(on);
    let first = Person::new();
    site.register(&first);
    let second = Person { username: first.username.to_uppercase(), ..Person::new() };
    let code = site.code(&second.phone, "register");
    site.send_registration(&second, &code).refused(409, "registration.username_taken");
    // The refusal used nothing up: with another name the same code still works.
    let renamed = Person { username: username(), ..second };
    let created = site.send_registration(&renamed, &code).ok(201);
    site.set_first_password(&created, &renamed.password).done();
}

fn who_stopped_before_the_password_starts_again(on: On) {
    let site = Site::new(on);
    let person = Person::new();
    let abandoned = site.begin_registration(&person);
    let corrected = Person { id_number: id_number(), ..person.clone() };
    let created = site.begin_registration(&corrected);
    site.set_first_password(&abandoned, &person.password).refused(403, "registration.password_token_invalid");
    site.set_first_password(&created, &person.password).done();
    assert_eq!(site.me(&site.log_in(&person).access_token).id_number, Some(corrected.masked_id_number()));
}

fn nobody_else_can_push_a_begun_registration_aside(on: On) {
    let site = Site::new(on);
    let first = Person::new();
    let created = site.begin_registration(&first);
    let second = Person { id_number: first.id_number.clone(), ..Person::new() };
    let code = site.code(&second.phone, "register");
    site.send_registration(&second, &code).refused(409, "registration.id_number_taken");
    site.set_first_password(&created, &first.password).done();
}

fn a_password_token_works_once(on: On) {
    let site = Site::new(on);
    let person = Person::new();
    let created = site.begin_registration(&person);
    site.set_first_password(&created, &person.password).done();
    site.set_first_password(&created, "another password").refused(403, "registration.password_token_invalid");
    site.log_in(&person);
}

fn a_password_token_of_another_account_sets_nothing(on: On) {
    let site = Site::new(on);
    let (one, other) = (Person::new(), Person::new());
    let mine = site.begin_registration(&one);
    let theirs = site.begin_registration(&other);
    let mixed = eport_schema::wire::RegistrationCreated { account_id: theirs.account_id, ..mine.clone() };
    site.set_first_password(&mixed, &one.password).refused(403, "registration.password_token_invalid");
    site.set_first_password(&mine, &one.password).done();
    site.set_first_password(&theirs, &other.password).done();
}

fn a_registration_that_waited_too_long_is_over(on: On) {
    let site = Site::with(on, &[("registration_seconds", "1")]);
    let person = Person::new();
    let created = site.begin_registration(&person);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    site.set_first_password(&created, &person.password).refused(403, "registration.password_token_invalid");
    // And stands in nobody's way: not under another phone, and not with another's username.
    let other = Person { phone: phone(), ..person };
    site.begin_registration(&other);
}

fn nobody_logs_in_before_the_password_is_set(on: On) {
    let site = Site::new(on);
    let person = Person::new();
    site.begin_registration(&person);
    site.try_password(&person.username, &person.password).refused(401, "session.credentials_wrong");
    let code = site.code(&person.phone, "login");
    site.try_code(&person.phone, &code).refused(401, "session.credentials_wrong");
}

fn a_weak_password_is_refused_and_another_can_be_tried(on: On) {
    let site = Site::new(on);
    let person = Person::new();
    let created = site.begin_registration(&person);
    for (password, code) in [
        ("short-1", "password.too_short"),
        (&"long-".repeat(13), "password.too_long"),
        (&person.username.to_uppercase(), "password.same_as_username"),
        ("password123", "password.too_common"),
        ("with\u{7}control", "password.control_characters"),
    ] {
        site.set_first_password(&created, password).refused_field(422, "password", code);
    }
    site.set_first_password(&created, &person.password).done();
}

fn the_terms_must_be_accepted(on: On) {
    let site = Site::new(on);
    let person = Person::new();
    let code = site.code(&person.phone, "register");
    let mut body = serde_json::to_value(eport_tests::journeys::registration(&person, &code)).unwrap();
    body["terms_accepted"] = false.into();
    site.post("/v1/registrations").json(&body).send().refused_field(
        422,
        "terms_accepted",
        "registration.terms_required",
    );
}
