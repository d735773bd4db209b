//! J2: sessions, from the first token to the end.

use std::thread::sleep;
use std::time::Duration;

use eport_schema::wire::{List, Message, SessionCreated, SessionItem};
use eport_tests::{Client, On, Person, Site, on_both};

on_both![
    a_refresh_token_gives_new_tokens,
    a_refresh_token_that_comes_twice_ends_the_session,
    a_made_up_refresh_token_ends_nothing,
    logging_out_ends_the_session_at_once,
    a_person_sees_their_sessions_and_ends_one,
    sessions_come_in_pages,
    an_access_token_expires_and_the_session_goes_on,
    a_session_that_nobody_uses_ends,
    a_session_ends_after_its_longest_time,
    a_login_from_a_new_device_is_told,
];

fn sessions(site: &Client, token: &str) -> Vec<SessionItem> {
    site.get("/v1/me/sessions").token(token).send().ok::<List<SessionItem>>(200).items
}

fn a_refresh_token_gives_new_tokens(on: On) {
    let site = Site::new(on);
    let member = site.join();
    let mut refresh_token = member.refresh_token;
    for _ in 0..3 {
        let next: SessionCreated = site.refresh(&refresh_token).ok(200);
        let next_token = next.refresh_token.unwrap();
        assert_ne!(next_token, refresh_token);
        assert_eq!(next.account.id, member.account);
        assert_eq!(site.me(&next.access_token).id, member.account);
        refresh_token = next_token;
    }
    // The token before the last is still good for what is left of its ten minutes.
    assert_eq!(site.me(&member.token).id, member.account);
    assert_eq!(sessions(&site, &member.token).len(), 1);
}

fn a_refresh_token_that_comes_twice_ends_the_session(on: On) {
    let site = Site::new(on);
    let member = site.join();
    let elsewhere = site.log_in(&member.person);
    let next: SessionCreated = site.refresh(&member.refresh_token).ok(200);
    site.refresh(&member.refresh_token).refused(401, "session.refresh_reused");
    // For the one who has the new tokens, too: nobody knows which of the two is the person.
    site.get("/v1/me").token(&next.access_token).send().refused(401, "session.ended");
    site.get("/v1/me").token(&member.token).send().refused(401, "session.ended");
    site.refresh(&next.refresh_token.unwrap()).refused(401, "session.ended");
    site.me(&elsewhere.access_token);
}

fn a_made_up_refresh_token_ends_nothing(on: On) {
    let site = Site::new(on);
    let member = site.join();
    let mut tampered = member.refresh_token.clone().into_bytes();
    let last = tampered.len() - 2;
    tampered[last] = if tampered[last] == b'A' { b'B' } else { b'A' };
    for token in [String::from_utf8(tampered).unwrap().as_str(), "", "x", &member.token, &member.refresh_token[1..]] {
        site.refresh(token).refused(401, "session.refresh_invalid");
    }
    site.me(&member.token);
    site.refresh(&member.refresh_token).ok::<SessionCreated>(200);
}

fn logging_out_ends_the_session_at_once(on: On) {
    let site = Site::new(on);
    let member = site.join();
    let elsewhere = site.log_in(&member.person);
    site.delete("/v1/sessions/current").token(&member.token).send().done();
    site.get("/v1/me").token(&member.token).send().refused(401, "session.ended");
    site.delete("/v1/sessions/current").token(&member.token).send().refused(401, "session.ended");
    site.refresh(&member.refresh_token).refused(401, "session.ended");
    assert_eq!(sessions(&site, &elsewhere.access_token).len(), 1);
}

fn a_person_sees_their_sessions_and_ends_one(on: On) {
    let site = Site::new(on);
    let member = site.join();
    let code = site.code(&member.person.phone, "login");
    let body = serde_json::json!({ "method": "sms", "phone": member.person.phone, "sms_code": code });
    let phone: SessionCreated = site.post("/v1/sessions").header("user-agent", "Phone/1.0").json(&body).send().ok(201);

    let seen = sessions(&site, &member.token);
    let [newer, older] = seen.as_slice() else { panic!("{seen:?}") };
    assert!(older.current && !newer.current);
    assert_eq!((older.method.as_str(), older.amr.as_slice()), ("password", &["pwd".to_owned()][..]));
    assert_eq!((newer.method.as_str(), newer.amr.as_slice()), ("sms", &["otp".to_owned(), "sms".to_owned()][..]));
    assert_eq!(newer.device.as_deref(), Some("Phone/1.0"));
    assert_eq!(newer.address.as_deref(), Some("127.0.0.1"));
    assert!(newer.card_class.is_none());
    let hours = (newer.expires_at.milliseconds() - newer.created_at.milliseconds()) / 3_600_000;
    assert_eq!(hours, 12);

    let path = format!("/v1/me/sessions/{}", newer.id);
    site.delete(&path).token(&member.token).send().done();
    site.get("/v1/me").token(&phone.access_token).send().refused(401, "session.ended");
    site.refresh(phone.refresh_token.as_deref().unwrap()).refused(401, "session.ended");
    site.delete(&path).token(&member.token).send().refused(404, "resource.not_found");
    assert_eq!(sessions(&site, &member.token).len(), 1);
}

fn sessions_come_in_pages(on: On) {
    let site = Site::new(on);
    let member = site.join();
    for _ in 0..4 {
        site.log_in(&member.person);
    }
    let all: Vec<_> = sessions(&site, &member.token).into_iter().map(|item| item.id).collect();
    assert_eq!(all.len(), 5);
    let (mut paged, mut path) = (Vec::new(), "/v1/me/sessions?limit=2".to_owned());
    for expected in [2, 2, 1] {
        let page: List<SessionItem> = site.get(&path).token(&member.token).send().ok(200);
        assert_eq!(page.items.len(), expected);
        paged.extend(page.items.iter().map(|item| item.id));
        assert_eq!(page.next_cursor.is_some(), expected == 2);
        path = format!("/v1/me/sessions?limit=2&cursor={}", page.next_cursor.unwrap_or_default());
    }
    assert_eq!(paged, all);
}

fn an_access_token_expires_and_the_session_goes_on(on: On) {
    let site = Site::with(on, &[("access_token_seconds", "1")]);
    let person = Person::new();
    site.register(&person);
    let session = site.log_in(&person);
    assert_eq!(session.expires_in, 1);
    sleep(Duration::from_millis(1100));
    site.get("/v1/me").token(&session.access_token).send().refused(401, "session.token_expired");
    let next: SessionCreated = site.refresh(session.refresh_token.as_deref().unwrap()).ok(200);
    site.me(&next.access_token);
}

fn a_session_that_nobody_uses_ends(on: On) {
    let site = Site::with(on, &[("session_idle_seconds", "1")]);
    let person = Person::new();
    site.register(&person);
    let session = site.log_in(&person);
    sleep(Duration::from_millis(1100));
    site.get("/v1/me").token(&session.access_token).send().refused(401, "session.ended");
    site.refresh(session.refresh_token.as_deref().unwrap()).refused(401, "session.ended");
}

fn a_session_ends_after_its_longest_time(on: On) {
    let site = Site::with(on, &[("session_seconds", "2")]);
    let person = Person::new();
    site.register(&person);
    let session = site.log_in(&person);
    // No token outlives its session, and no refresh prolongs it.
    assert!((1..=2).contains(&session.expires_in), "{}", session.expires_in);
    let next: SessionCreated = site.refresh(session.refresh_token.as_deref().unwrap()).ok(200);
    assert!((0..=2).contains(&next.expires_in), "{}", next.expires_in);
    sleep(Duration::from_millis(2100));
    assert_eq!(site.get("/v1/me").token(&next.access_token).send().status, 401);
    site.refresh(&next.refresh_token.unwrap()).refused(401, "session.ended");
}

fn a_login_from_a_new_device_is_told(on: On) {
    let site = Site::new(on);
    let person = Person::new();
    site.register(&person);
    let body = serde_json::json!({ "method": "password", "username": person.username, "password": person.password });
    let log_in = |device: &str| {
        site.post("/v1/sessions").header("user-agent", device).json(&body).send().ok::<SessionCreated>(201).access_token
    };
    let told = |token: &str| {
        let messages = site.get("/v1/messages").token(token).send().ok::<List<Message>>(200).items;
        messages.into_iter().filter(|message| message.kind == "new_device").collect::<Vec<_>>()
    };
    let token = log_in("Office/1.0");
    assert_eq!(told(&token).len(), 0, "the first device is not new");
    log_in("Office/1.0");
    assert_eq!(told(&token).len(), 0);
    log_in("Stranger/2.0");
    let [message] = &told(&token)[..] else { panic!("one message") };
    assert!(message.body.contains("Stranger/2.0") && message.body.contains("127.0.0.1"), "{}", message.body);
    log_in("Stranger/2.0");
    assert_eq!(told(&token).len(), 1);
}
