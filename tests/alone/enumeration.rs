//! Nobody learns from answers or times whether somebody has an account. With hashing as delivered, and the machine to itself.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests, where a panic with a reason is how to fail"
)]

use std::sync::Mutex;
use std::time::{Duration, Instant};

use eport_tests::people::{password, phone, username};
use eport_tests::{Client, On, Person, Reply, Site, on_both};
use serde_json::json;

on_both![
    a_login_with_an_unknown_username_looks_and_times_as_one_with_a_known_username,
    a_login_with_an_unknown_phone_looks_and_times_as_one_with_a_known_phone,
    a_code_for_an_unknown_phone_looks_and_times_as_one_for_a_known_phone,
    a_wrong_code_for_an_unknown_phone_looks_and_times_as_one_for_a_known_phone,
    a_reset_with_a_wrong_code_looks_and_times_the_same_for_an_unknown_phone,
];

/// One after the other: another test's load would be measured, too.
static MACHINE: Mutex<()> = Mutex::new(());

/// Hashing costs what it costs; only the limits that would end a long measurement are lifted.
const SETTINGS: &[(&str, &str)] = &[
    ("environment", "development"),
    ("login_tries", "1000000000"),
    ("login_account_tries", "1000000000"),
    ("login_address_hour", "1000000000"),
    ("sms_code_tries", "1000000000"),
    ("sms_resend_seconds", "0"),
    ("sms_phone_hour", "1000000"),
    ("sms_phone_day", "1000000"),
    ("sms_address_hour", "1000000"),
];

/// The largest part by which the medians may differ.
const TOLERANCE: f64 = 0.10;

fn timed(work: &mut dyn FnMut() -> Reply) -> (Reply, Duration) {
    let start = Instant::now();
    let reply = work();
    (reply, start.elapsed())
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}

/// What clients can see of an answer, apart from when it came.
fn seen(reply: &Reply) -> (u16, Vec<(String, String)>, String) {
    let varies = |name: &str| ["date", "request-id", "x-request-id", "traceparent"].contains(&name);
    let headers = reply.headers.iter().filter(|(name, _)| !varies(name.as_str()));
    let mut headers: Vec<_> =
        headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    headers.sort();
    (reply.status, headers, reply.text())
}

/// Both ways in turn, a batch at a time, until the medians of all samples are near each other; fails where they never are. A real
/// difference stays however often one looks, and one that comes from the machine goes.
fn look_and_time_alike(batch: usize, mut known: impl FnMut() -> Reply, mut unknown: impl FnMut() -> Reply) {
    const BATCHES: usize = 12;
    for _ in 0..10 {
        // The first requests make instances and connections.
        known();
        unknown();
    }
    let (mut knowns, mut unknowns) = (Vec::new(), Vec::new());
    let mut difference = f64::MAX;
    for round in 1..=BATCHES {
        for sample in 0..batch {
            // Who comes first changes, too.
            let ((one, first), (other, second)) = if sample % 2 == 0 {
                (timed(&mut known), timed(&mut unknown))
            } else {
                let second = timed(&mut unknown);
                (timed(&mut known), second)
            };
            assert_eq!(seen(&one), seen(&other));
            knowns.push(first);
            unknowns.push(second);
        }
        let (one, other) = (median(&mut knowns), median(&mut unknowns));
        difference = (one - other).abs() / one.min(other);
        eprintln!(
            "{} samples each: known {:.3} ms, unknown {:.3} ms, difference {:.1} %",
            knowns.len(),
            one * 1e3,
            other * 1e3,
            difference * 100.0
        );
        // One quiet batch could be chance.
        if difference < TOLERANCE && round >= 2 {
            return;
        }
    }
    panic!("the medians of {} samples each differ by {:.1} %", knowns.len(), difference * 100.0);
}

fn site(on: On) -> (Site, Person) {
    let site = Site::plain(on, SETTINGS);
    let person = Person::new();
    site.register(&person);
    // A person among others.
    for _ in 0..5 {
        site.register(&Person::new());
    }
    (site, person)
}

fn a_login_with_an_unknown_username_looks_and_times_as_one_with_a_known_username(on: On) {
    let _machine = MACHINE.lock();
    let (site, person) = site(on);
    // Another name each time is what somebody does who looks for names; the same one again is what they compare it with.
    look_and_time_alike(
        25,
        || site.try_password(&person.username, &password()),
        || site.try_password(&username(), &password()),
    );
    let stranger = username();
    look_and_time_alike(
        25,
        || site.try_password(&person.username, &password()),
        || site.try_password(&stranger, &password()),
    );
    site.log_in(&person);
}

fn a_login_with_an_unknown_phone_looks_and_times_as_one_with_a_known_phone(on: On) {
    let _machine = MACHINE.lock();
    let (site, person) = site(on);
    look_and_time_alike(
        25,
        || site.try_password(&person.phone, &password()),
        || site.try_password(&phone(), &password()),
    );
}

fn a_code_for_an_unknown_phone_looks_and_times_as_one_for_a_known_phone(on: On) {
    let _machine = MACHINE.lock();
    let (site, person) = site(on);
    // The same one for every purpose: the codes of a phone are counted over all of them, and so both phones have as many.
    let stranger = phone();
    for purpose in ["register", "login", "reset_password", "change_phone"] {
        look_and_time_alike(
            100,
            || site.ask_for_code(&person.phone, purpose),
            || site.ask_for_code(&stranger, purpose),
        );
    }
}

fn a_wrong_code_for_an_unknown_phone_looks_and_times_as_one_for_a_known_phone(on: On) {
    let _machine = MACHINE.lock();
    let (site, person) = site(on);
    let stranger = phone();
    let wrong = wrong_code(&site, "login", [&person.phone, &stranger]);
    look_and_time_alike(100, || site.try_code(&person.phone, &wrong), || site.try_code(&stranger, &wrong));
}

fn a_reset_with_a_wrong_code_looks_and_times_the_same_for_an_unknown_phone(on: On) {
    let _machine = MACHINE.lock();
    let (site, person) = site(on);
    let stranger = phone();
    let wrong = wrong_code(&site, "reset_password", [&person.phone, &stranger]);
    let new = password();
    let reset = |phone: &str| {
        let body = json!({ "phone": phone, "sms_code": wrong, "id_number": person.id_number, "password": new });
        site.post("/v1/password-resets").json(&body).send()
    };
    look_and_time_alike(100, || reset(&person.phone), || reset(&stranger));
}

/// Asks for a code for both, and returns one that is neither's.
fn wrong_code(site: &Client, purpose: &str, phones: [&str; 2]) -> String {
    let codes = phones.map(|phone| site.code(phone, purpose));
    let mut candidates = ["000000", "000001", "000002"].into_iter().map(str::to_owned);
    candidates.find(|candidate| !codes.contains(candidate)).unwrap()
}
