//! What is somebody else's is not there: the answer is the one for what doesn't exist.

use eport_schema::wire::{List, Message, SessionItem};
use eport_tests::{On, Site, on_both};
use uuid::Uuid;

on_both![
    another_persons_session_is_not_found_and_goes_on,
    another_persons_message_is_not_found_and_stays_unread,
    lists_show_ones_own_alone,
];

fn another_persons_session_is_not_found_and_goes_on(on: On) {
    let site = Site::new(on);
    let (mine, theirs, staff) = (site.join(), site.join(), site.join_staff());
    let list: List<SessionItem> = site.get("/v1/me/sessions").token(&theirs.token).send().ok(200);
    let path = format!("/v1/me/sessions/{}", list.items[0].id);
    let unknown = site.delete(&format!("/v1/me/sessions/{}", Uuid::nil())).token(&mine.token).send();
    for token in [&mine.token, &staff.token] {
        let answer = site.delete(&path).token(token).send();
        assert_eq!(answer.body, unknown.body);
        answer.refused(404, "resource.not_found");
    }
    site.me(&theirs.token);
}

fn another_persons_message_is_not_found_and_stays_unread(on: On) {
    let site = Site::new(on);
    let (mine, theirs, staff) = (site.join(), site.join(), site.join_staff());
    let list: List<Message> = site.get("/v1/messages").token(&theirs.token).send().ok(200);
    let path = format!("/v1/messages/{}/read", list.items[0].id);
    let unknown = site.post(&format!("/v1/messages/{}/read", Uuid::nil())).token(&mine.token).send();
    for token in [&mine.token, &staff.token] {
        let answer = site.post(&path).token(token).send();
        assert_eq!(answer.body, unknown.body);
        answer.refused(404, "resource.not_found");
    }
    assert_eq!(site.me(&theirs.token).unread_messages, 1);
}

fn lists_show_ones_own_alone(on: On) {
    let site = Site::new(on);
    let (mine, theirs) = (site.join(), site.join());
    let sessions: List<SessionItem> = site.get("/v1/me/sessions").token(&theirs.token).send().ok(200);
    let messages: List<Message> = site.get("/v1/messages").token(&theirs.token).send().ok(200);
    // A cursor from somebody else's list is a place in one's own, and nothing more.
    for id in [Uuid::max(), sessions.items[0].id, messages.items[0].id] {
        let list: List<SessionItem> =
            site.get(&format!("/v1/me/sessions?cursor={id}")).token(&mine.token).send().ok(200);
        assert!(list.items.iter().all(|item| item.id != sessions.items[0].id));
        let list: List<Message> = site.get(&format!("/v1/messages?cursor={id}")).token(&mine.token).send().ok(200);
        assert!(list.items.iter().all(|item| item.id != messages.items[0].id));
    }
}
