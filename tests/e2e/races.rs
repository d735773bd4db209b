//! Many at the same moment, and exactly one wins.

use std::collections::BTreeMap;

use eport_schema::wire::SessionCreated;
use eport_tests::people::{password, phone};
use eport_tests::{On, Person, Reply, Site, at_once, on_both};
use serde_json::json;

on_both![
    of_fifty_registrations_with_one_id_number_one_wins,
    of_fifty_registrations_with_one_username_one_wins,
    of_fifty_uses_of_one_login_code_one_wins,
    of_fifty_uses_of_one_registration_code_one_wins,
    of_fifty_uses_of_one_reset_code_one_wins,
    of_fifty_refreshes_of_one_token_one_wins_and_the_session_ends,
    of_fifty_uses_of_one_password_token_one_wins,
    of_ten_people_who_take_one_phone_one_wins,
    of_fifty_guesses_at_once_hardly_more_than_five_are_looked_at,
    of_fifty_requests_for_a_code_one_is_sent,
];

const MANY: usize = 50;

/// How often each status and code came.
fn outcomes(replies: &[Reply]) -> BTreeMap<(u16, String), usize> {
    let mut outcomes = BTreeMap::new();
    for reply in replies {
        *outcomes.entry((reply.status, reply.code())).or_default() += 1;
    }
    outcomes
}

/// One has `status`, and all others one of `codes`.
#[track_caller]
fn one_wins(replies: &[Reply], status: u16, codes: &[&str]) -> Reply {
    let outcomes = outcomes(replies);
    assert_eq!(outcomes.get(&(status, String::new())), Some(&1), "{outcomes:?}");
    for (_, code) in outcomes.keys().filter(|(other, _)| *other != status) {
        assert!(codes.contains(&code.as_str()), "{outcomes:?}");
    }
    replies.iter().find(|reply| reply.status == status).unwrap().clone()
}

fn of_fifty_registrations_with_one_id_number_one_wins(on: On) {
    let site = Site::new(on);
    let id_number = Person::new().id_number;
    let people: Vec<(Person, String)> = (0..MANY)
        .map(|_| Person { id_number: id_number.clone(), ..Person::new() })
        .map(|person| (person.clone(), site.code(&person.phone, "register")))
        .collect();
    let replies = at_once(MANY, |at| site.send_registration(&people[at].0, &people[at].1));
    one_wins(&replies, 201, &["registration.id_number_taken"]);
    // The winner finishes.
    let winner = replies.iter().position(|reply| reply.status == 201).unwrap();
    let created = replies[winner].clone().ok(201);
    site.set_first_password(&created, &people[winner].0.password).done();
    site.log_in(&people[winner].0);
}

fn of_fifty_registrations_with_one_username_one_wins(on: On) {
    let site = Site::new(on);
    let username = Person::new().username;
    let people: Vec<(Person, String)> = (0..MANY)
        .map(|_| Person { username: username.clone(), ..Person::new() })
        .map(|person| (person.clone(), site.code(&person.phone, "register")))
        .collect();
    let replies = at_once(MANY, |at| site.send_registration(&people[at].0, &people[at].1));
    one_wins(&replies, 201, &["registration.username_taken"]);
}

fn of_fifty_uses_of_one_login_code_one_wins(on: On) {
    let site = Site::new(on);
    let person = Person::new();
    site.register(&person);
    let code = site.code(&person.phone, "login");
    let replies = at_once(MANY, |_| site.try_code(&person.phone, &code));
    let won: SessionCreated = one_wins(&replies, 201, &["sms.code_invalid", "sms.code_exhausted"]).ok(201);
    site.me(&won.access_token);
}

fn of_fifty_uses_of_one_registration_code_one_wins(on: On) {
    let site = Site::new(on);
    let phone = phone();
    let code = site.code(&phone, "register");
    let people: Vec<Person> = (0..MANY).map(|_| Person { phone: phone.clone(), ..Person::new() }).collect();
    let replies = at_once(MANY, |at| site.send_registration(&people[at], &code));
    one_wins(&replies, 201, &["sms.code_invalid", "sms.code_exhausted"]);
}

fn of_fifty_uses_of_one_reset_code_one_wins(on: On) {
    let site = Site::new(on);
    let person = Person::new();
    site.register(&person);
    let code = site.code(&person.phone, "reset_password");
    let passwords: Vec<String> = (0..MANY).map(|_| password()).collect();
    let replies = at_once(MANY, |at| {
        let body = json!({
            "phone": person.phone, "sms_code": code, "id_number": person.id_number, "password": passwords[at]
        });
        site.post("/v1/password-resets").json(&body).send()
    });
    one_wins(&replies, 204, &["sms.code_invalid", "sms.code_exhausted"]);
    // The password is the winner's, and nobody else's.
    let winner = replies.iter().position(|reply| reply.status == 204).unwrap();
    site.log_in(&Person { password: passwords[winner].clone(), ..person });
}

fn of_fifty_refreshes_of_one_token_one_wins_and_the_session_ends(on: On) {
    let site = Site::new(on);
    let member = site.join();
    let replies = at_once(MANY, |_| site.refresh(&member.refresh_token));
    let won: SessionCreated = one_wins(&replies, 200, &["session.refresh_reused", "session.ended"]).ok(200);
    assert!(replies.iter().any(|reply| reply.code() == "session.refresh_reused"));
    site.get("/v1/me").token(&won.access_token).send().refused(401, "session.ended");
    site.refresh(won.refresh_token.as_deref().unwrap()).refused(401, "session.ended");
}

fn of_fifty_uses_of_one_password_token_one_wins(on: On) {
    let site = Site::new(on);
    let person = Person::new();
    let created = site.begin_registration(&person);
    let passwords: Vec<String> = (0..MANY).map(|_| password()).collect();
    let replies = at_once(MANY, |at| site.set_first_password(&created, &passwords[at]));
    one_wins(&replies, 204, &["registration.password_token_invalid"]);
    let winner = replies.iter().position(|reply| reply.status == 204).unwrap();
    site.log_in(&Person { password: passwords[winner].clone(), ..person });
}

fn of_ten_people_who_take_one_phone_one_wins(on: On) {
    let site = Site::new(on);
    let members: Vec<_> = (0..10).map(|_| site.join()).collect();
    let new = phone();
    let code = site.code(&new, "change_phone");
    let body = json!({ "phone": new, "sms_code": code });
    let replies = at_once(10, |at| site.post("/v1/me/phone").token(&members[at].token).json(&body).send());
    one_wins(&replies, 200, &["sms.code_invalid", "sms.code_exhausted", "account.phone_taken"]);
}

fn of_fifty_guesses_at_once_hardly_more_than_five_are_looked_at(on: On) {
    let site = Site::new(on);
    let person = Person::new();
    site.register(&person);
    let replies = at_once(MANY, |_| site.try_password(&person.username, "wrong password"));
    let outcomes = outcomes(&replies);
    let looked_at = outcomes.get(&(401, "session.credentials_wrong".to_owned())).copied().unwrap_or_default();
    // Those that were under way when the fifth was counted are told of the lock alone, except for what came within its millisecond.
    assert!((5..=6).contains(&looked_at), "{outcomes:?}");
    assert_eq!(outcomes.get(&(429, "session.locked".to_owned())), Some(&(MANY - looked_at)), "{outcomes:?}");
}

fn of_fifty_requests_for_a_code_one_is_sent(on: On) {
    let site = Site::with(on, &[("sms_resend_seconds", "60")]);
    let phone = phone();
    let replies = at_once(MANY, |_| site.ask_for_code(&phone, "login"));
    one_wins(&replies, 202, &["sms.resend_too_soon"]);
    assert_eq!(site.outbox(&phone).len(), 1);
}
