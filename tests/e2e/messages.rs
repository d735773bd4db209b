//! J17: the inbox.

use eport_schema::wire::{List, Message};
use eport_tests::people::password;
use eport_tests::{Client, On, Site, on_both};
use serde_json::json;

on_both![
    a_message_is_read_once_and_for_all,
    unread_and_read_messages_are_told_apart,
    messages_speak_the_readers_language,
    messages_come_in_pages,
];

fn messages(site: &Client, token: &str, query: &str) -> List<Message> {
    site.get(&format!("/v1/messages{query}")).token(token).send().ok(200)
}

fn a_message_is_read_once_and_for_all(on: On) {
    let site = Site::new(on);
    let member = site.join();
    let [welcome] = &messages(&site, &member.token, "").items[..] else { panic!("one message") };
    assert_eq!((welcome.kind.as_str(), welcome.read_at), ("welcome", None));
    assert_eq!(site.me(&member.token).unread_messages, 1);

    let read = || site.post(&format!("/v1/messages/{}/read", welcome.id)).token(&member.token).send();
    read().done();
    let first = messages(&site, &member.token, "").items[0].read_at.unwrap();
    assert_eq!(site.me(&member.token).unread_messages, 0);
    read().done();
    assert_eq!(messages(&site, &member.token, "").items[0].read_at, Some(first));
}

fn unread_and_read_messages_are_told_apart(on: On) {
    let site = Site::new(on);
    let member = site.join();
    let body = json!({ "current_password": member.person.password, "password": password() });
    site.put("/v1/me/password").token(&member.token).json(&body).send().done();
    let all = messages(&site, &member.token, "").items;
    assert_eq!(all.iter().map(|message| message.kind.as_str()).collect::<Vec<_>>(), ["password_changed", "welcome"]);
    site.post(&format!("/v1/messages/{}/read", all[0].id)).token(&member.token).send().done();
    let kinds =
        |query| messages(&site, &member.token, query).items.into_iter().map(|message| message.kind).collect::<Vec<_>>();
    assert_eq!(kinds("?unread=true"), ["welcome"]);
    assert_eq!(kinds("?unread=false"), ["password_changed"]);
    assert_eq!(kinds("?unread="), ["password_changed", "welcome"]);
}

fn messages_speak_the_readers_language(on: On) {
    let site = Site::new(on);
    let member = site.join();
    let title = |language: &str| {
        let reply = site.get("/v1/messages").token(&member.token).header("accept-language", language).send();
        reply.ok::<List<Message>>(200).items[0].title.clone()
    };
    assert_eq!(title("zh-CN,zh;q=0.9"), "注册成功");
    assert_eq!(title("en-GB,en;q=0.9,zh;q=0.1"), "Welcome");
    assert_eq!(title("fr"), "注册成功");
}

fn messages_come_in_pages(on: On) {
    let site = Site::new(on);
    let member = site.join();
    let mut current = member.person.password.clone();
    for _ in 0..4 {
        let next = password();
        let body = json!({ "current_password": current, "password": next });
        site.put("/v1/me/password").token(&member.token).json(&body).send().done();
        current = next;
    }
    let all: Vec<_> = messages(&site, &member.token, "").items.into_iter().map(|message| message.id).collect();
    assert_eq!(all.len(), 5);
    let first = messages(&site, &member.token, "?limit=3");
    let second = messages(&site, &member.token, &format!("?limit=3&cursor={}", first.next_cursor.clone().unwrap()));
    let paged: Vec<_> = first.items.iter().chain(&second.items).map(|message| message.id).collect();
    assert_eq!((paged, second.next_cursor), (all, None));
}
