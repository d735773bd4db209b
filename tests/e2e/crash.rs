//! kill -9 under writes: what was acknowledged is there afterwards, without repair.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use eport_schema::wire::{Me, SessionCreated};
use eport_tests::people::below;
use eport_tests::{Client, Member, On, Person, Site, on_both};
use serde_json::json;

on_both![
    every_acknowledged_write_survives_a_kill,
    a_server_that_was_told_to_stop_finishes_what_it_began,
    a_second_server_on_the_same_folder_is_refused,
];

/// What the server said that it had done.
#[derive(Default)]
struct Acknowledged {
    registered: Vec<Person>,
    sessions: Vec<(Person, SessionCreated)>,
}

/// Registers and logs in as fast as it goes, until no answer comes.
fn newcomers(client: &Client, acknowledged: &Mutex<Acknowledged>) {
    loop {
        let person = Person::new();
        let Some(code) = code(client, &person.phone) else { return };
        let body = eport_tests::journeys::registration(&person, &code);
        let Ok(reply) = client.post("/v1/registrations").json(&body).try_send() else { return };
        let created: eport_schema::wire::RegistrationCreated = reply.ok(201);
        let body = json!({ "password_token": created.password_token, "password": person.password });
        let path = format!("/v1/registrations/{}/password", created.account_id);
        let Ok(reply) = client.put(&path).json(&body).try_send() else { return };
        reply.done();
        acknowledged.lock().unwrap().registered.push(person.clone());
        let body = json!({ "method": "password", "username": person.username, "password": person.password });
        let Ok(reply) = client.post("/v1/sessions").json(&body).try_send() else { return };
        acknowledged.lock().unwrap().sessions.push((person, reply.ok(201)));
    }
}

fn code(client: &Client, phone: &str) -> Option<String> {
    let body = json!({ "phone": phone, "purpose": "register" });
    assert_eq!(client.post("/v1/sms-codes").json(&body).try_send().ok()?.status, 202);
    let outbox = client.get(&format!("/v1/dev/outbox?phone={phone}")).try_send().ok()?;
    outbox.value()["items"][0]["code"].as_str().map(str::to_owned)
}

/// Counts up in one's own address; returns the last number that was acknowledged and the last that was sent.
fn counter(client: &Client, member: &Member, from: u64) -> (u64, u64) {
    let mut number = from;
    loop {
        number += 1;
        let body = json!({ "address": format!("科技路 {number} 号") });
        match client.patch("/v1/me").token(&member.token).json(&body).try_send() {
            Ok(reply) => drop(reply.ok::<Me>(200)),
            Err(_) => return (number - 1, number),
        }
    }
}

fn every_acknowledged_write_survives_a_kill(on: On) {
    let mut site = Site::new(on);
    let members: Vec<Member> = (0..3).map(|_| site.join()).collect();
    let acknowledged = Mutex::new(Acknowledged::default());
    let mut numbers = [0; 3];
    for round in 0..3 {
        let client = &(*site).clone();
        let counted = std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| newcomers(client, &acknowledged));
            }
            let counters: Vec<_> = (members.iter().zip(numbers))
                .map(|(member, from)| scope.spawn(move || counter(client, member, from)))
                .collect();
            std::thread::sleep(Duration::from_millis(700 + below(800)));
            site.kill();
            counters.into_iter().map(|counter| counter.join().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(site.integrity(), "ok");
        site.start_again(&[]);
        assert_eq!(site.integrity(), "ok");

        for ((member, (done, sent)), number) in members.iter().zip(counted).zip(&mut numbers) {
            assert!(done > *number, "nothing was written in round {round}");
            let address = site.me(&member.token).address.unwrap();
            let kept: u64 = address.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap();
            assert!(kept == done || kept == sent, "{done} was acknowledged, {sent} was sent, {kept} is there");
            *number = kept;
        }
    }
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.sessions.len() >= 3, "{} sessions", acknowledged.sessions.len());
    for person in &acknowledged.registered {
        site.log_in(person);
    }
    for (person, session) in &acknowledged.sessions {
        assert_eq!(site.me(&session.access_token).phone, Some(person.masked_phone()));
        site.refresh(session.refresh_token.as_deref().unwrap()).ok::<SessionCreated>(200);
    }
    // Neither has the audit a gap.
    site.administer(&["audit", "verify"]);
}

fn a_server_that_was_told_to_stop_finishes_what_it_began(on: On) {
    // Real hashing, so that there is something to finish.
    let settings = [("argon2_memory_kib", "19456"), ("argon2_iterations", "10")];
    let mut site = Site::with(on, &settings);
    let person = Person::new();
    site.register(&person);
    let client = (*site).clone();
    let asked = AtomicBool::new(false);
    let session = std::thread::scope(|scope| {
        let login = scope.spawn(|| {
            asked.store(true, Ordering::SeqCst);
            client.log_in(&person)
        });
        while !asked.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        std::thread::sleep(Duration::from_millis(30));
        site.stop();
        login.join().unwrap()
    });
    site.start_again(&[]);
    site.me(&session.access_token);
}

fn a_second_server_on_the_same_folder_is_refused(on: On) {
    let site = Site::new(on);
    let state = site.state_dir().display().to_string();
    let manifest = eport_tests::manifest().display().to_string();
    let output = site.run(&["up", "-f", &manifest, "--listen", "127.0.0.1:0", "--state-dir", &state]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("already runs") && said.contains("--state-dir"), "{said}");
    site.join();
}
