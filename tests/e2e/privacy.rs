//! What is kept, and what is shown to whom. That logs hold no secret is checked at the end of every test ([`eport_tests::Site`]).

use std::os::unix::fs::PermissionsExt as _;

use eport_schema::wire::Me;
use eport_tests::people::phone;
use eport_tests::{On, Person, Site, on_both};
use serde_json::json;

on_both![
    the_outbox_does_not_exist_in_production,
    production_is_what_one_gets_without_saying_so,
    personal_data_and_secrets_are_not_readable_in_the_database,
    the_state_directory_is_its_users_alone,
    answers_are_not_for_caches,
    a_session_that_was_seen_is_kept_as_hashes_alone,
];

fn the_outbox_does_not_exist_in_production(on: On) {
    let site = Site::with(on, &[("environment", "production")]);
    let phone = phone();
    assert_eq!(site.ask_for_code(&phone, "login").status, 202);
    for path in ["/v1/dev/outbox", &format!("/v1/dev/outbox?phone={phone}")] {
        let reply = site.get(path).send();
        assert!(!reply.text().contains(&phone));
        reply.refused(404, "dev.not_enabled");
    }
}

fn production_is_what_one_gets_without_saying_so(on: On) {
    let site = Site::plain(on, &[]);
    site.get("/v1/dev/outbox").send().refused(404, "dev.not_enabled");
}

fn personal_data_and_secrets_are_not_readable_in_the_database(on: On) {
    let mut site = Site::new(on);
    let member = site.join();
    let contact =
        json!({ "email": "li.lei@example.cn", "address": "西安市雁塔区科技路 1 号", "telephone": "029-88886666" });
    site.patch("/v1/me").token(&member.token).json(&contact).send().ok::<Me>(200);
    let code = site.code(&member.person.phone, "reset_password");
    let body = json!({ "method": "password", "username": member.person.username, "password": member.person.password });
    let reply = site.post("/v1/sessions").header("idempotency-key", "kept with its answer").json(&body).send();
    let session: eport_schema::wire::SessionCreated = reply.ok(201);
    let half_way = Person::new();
    let begun = site.begin_registration(&half_way);
    site.stop();

    let dump = site.dump();
    assert!(dump.contains(&member.person.username), "the dump is of this database");
    let hex = |text: &str| hex::encode(text);
    for secret in [
        &member.person.phone,
        &member.person.id_number,
        &member.person.password,
        &half_way.phone,
        &half_way.id_number,
        &begun.password_token,
        &member.token,
        &member.refresh_token,
        &session.access_token,
        session.refresh_token.as_ref().unwrap(),
        "li.lei@example.cn",
        "科技路",
        "029-88886666",
        "kept with its answer",
        &format!("验证码{code}"),
    ] {
        assert!(!dump.contains(secret), "{secret} is readable");
        assert!(!dump.contains(&hex(secret)), "{secret} is readable as bytes");
    }
}

fn a_session_that_was_seen_is_kept_as_hashes_alone(on: On) {
    let mut site = Site::new(on);
    let member = site.join();
    site.stop();
    let dump = site.dump();
    // Not even a part of the random half of a token.
    let random = &member.refresh_token[member.refresh_token.len() / 2..];
    assert!(!dump.contains(random) && !dump.contains(&member.token[member.token.len() - 40..]));
}

fn the_state_directory_is_its_users_alone(on: On) {
    let site = Site::new(on);
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&site.state_dir()), 0o700);
    assert_eq!(mode(&site.state_dir().join("secrets.toml")), 0o600);
}

fn answers_are_not_for_caches(on: On) {
    let site = Site::new(on);
    let member = site.join();
    for reply in [
        site.get("/v1/me").token(&member.token).send(),
        site.get("/v1/messages").token(&member.token).send(),
        site.get("/v1/me").send(),
        site.refresh(&member.refresh_token),
        site.get("/nowhere").send(),
    ] {
        assert_eq!(reply.header("cache-control"), "no-store", "{}", reply.text());
    }
}
