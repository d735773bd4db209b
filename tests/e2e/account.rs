//! J4: one's own account.

use eport_schema::wire::{List, Me, Message, SessionCreated};
use eport_tests::people::{password, phone};
use eport_tests::{Client, Member, On, Person, Reply, Site, on_both};
use serde_json::{Value, json};

on_both![
    contact_data_is_set_kept_and_cleared,
    each_wrong_contact_is_told_by_its_own_code,
    name_and_id_document_do_not_change,
    a_new_phone_is_taken_with_a_code_sent_to_it,
    another_accounts_phone_is_not_taken,
    the_current_phone_is_no_change,
    a_new_password_ends_the_other_sessions,
    a_wrong_current_password_changes_nothing_and_is_counted,
    the_current_password_is_no_new_one,
];

fn patch(site: &Client, member: &Member, body: &Value) -> Reply {
    site.patch("/v1/me").token(&member.token).json(body).send()
}

fn change_phone(site: &Client, token: &str, phone: &str, code: &str) -> Reply {
    site.post("/v1/me/phone").token(token).json(&json!({ "phone": phone, "sms_code": code })).send()
}

fn change_password(site: &Client, token: &str, current: &str, new: &str) -> Reply {
    let body = json!({ "current_password": current, "password": new });
    site.put("/v1/me/password").token(token).json(&body).send()
}

fn messages(site: &Client, token: &str) -> Vec<String> {
    let list: List<Message> = site.get("/v1/messages").token(token).send().ok(200);
    list.items.into_iter().map(|message| message.kind).collect()
}

fn contact_data_is_set_kept_and_cleared(on: On) {
    let site = Site::new(on);
    let member = site.join();
    let all = json!({
        "email": "li.lei@example.cn", "address": "西安市雁塔区 科技路 1 号", "postcode": "710065", "telephone": "029-8888 6666"
    });
    let me: Me = patch(&site, &member, &all).ok(200);
    assert_eq!(me.email.as_deref(), Some("li.lei@example.cn"));
    assert_eq!(me.address.as_deref(), Some("西安市雁塔区 科技路 1 号"));
    assert_eq!(me.postcode.as_deref(), Some("710065"));
    assert!(me.telephone.as_deref().is_some_and(|telephone| telephone.contains("8888")), "{:?}", me.telephone);
    assert!(me.updated_at >= me.created_at);
    assert_eq!(site.me(&member.token), me);

    let after: Me = patch(&site, &member, &json!({ "email": null })).ok(200);
    assert_eq!(after.email, None);
    assert_eq!((after.address, after.postcode, after.telephone), (me.address, me.postcode, me.telephone));
    patch(&site, &member, &json!({})).ok::<Me>(200);
}

fn each_wrong_contact_is_told_by_its_own_code(on: On) {
    let site = Site::new(on);
    let member = site.join();
    for (field, value, code) in [
        ("email", "li.lei", "email.format"),
        ("email", "李雷@example.cn", "email.format"),
        ("address", "", "address.length"),
        ("address", &"路".repeat(201), "address.length"),
        ("address", "科技路\u{202e}1 号", "text.control_characters"),
        ("postcode", "71006", "postcode.format"),
        ("postcode", "７１００６５", "postcode.format"),
        ("telephone", "none", "telephone.format"),
    ] {
        patch(&site, &member, &json!({ field: value })).refused_field(422, field, code);
    }
    let problem = patch(&site, &member, &json!({ "email": "x", "postcode": "x" })).refused(422, "request.invalid");
    assert_eq!(problem.errors.len(), 2);
    let me = site.me(&member.token);
    assert_eq!((me.email, me.address, me.postcode, me.telephone), (None, None, None, None));
}

fn name_and_id_document_do_not_change(on: On) {
    let site = Site::new(on);
    let member = site.join();
    let before = site.me(&member.token);
    for field in ["name", "id_type", "id_number", "username", "state", "staff", "id", "phone"] {
        patch(&site, &member, &json!({ field: "x" })).refused_field(400, field, "request.unknown_field");
    }
    assert_eq!(site.me(&member.token), before);
}

fn a_new_phone_is_taken_with_a_code_sent_to_it(on: On) {
    let site = Site::new(on);
    let member = site.join();
    let new = phone();
    let code = site.code(&new, "change_phone");
    let me: Me = change_phone(&site, &member.token, &new, &code).ok(200);
    assert_eq!(me.phone, Some(format!("{}****{}", &new[..3], &new[7..])));
    assert_eq!(site.outbox(&member.person.phone)[0].purpose, "phone_changed", "the old phone is told");
    assert!(messages(&site, &member.token).contains(&"phone_changed".to_owned()));
    site.try_password(&new, &member.person.password).ok::<SessionCreated>(201);
    site.try_password(&member.person.phone, &member.person.password).refused(401, "session.credentials_wrong");
    // And is free for somebody else.
    site.register(&Person { phone: member.person.phone, ..Person::new() });
}

fn another_accounts_phone_is_not_taken(on: On) {
    let site = Site::new(on);
    let (member, other) = (site.join(), site.join());
    let code = site.code(&other.person.phone, "change_phone");
    change_phone(&site, &member.token, &other.person.phone, &code).refused(409, "account.phone_taken");
    assert_eq!(site.me(&member.token).phone, Some(member.person.masked_phone()));
}

fn the_current_phone_is_no_change(on: On) {
    let site = Site::new(on);
    let member = site.join();
    let code = site.code(&member.person.phone, "change_phone");
    let problem =
        change_phone(&site, &member.token, &member.person.phone, &code).refused(422, "account.phone_unchanged");
    assert_eq!(problem.retry, "after_fix");
}

fn a_new_password_ends_the_other_sessions(on: On) {
    let site = Site::new(on);
    let member = site.join();
    let elsewhere = site.log_in(&member.person);
    let new = password();
    change_password(&site, &member.token, &member.person.password, &new).done();
    site.me(&member.token);
    site.get("/v1/me").token(&elsewhere.access_token).send().refused(401, "session.ended");
    site.refresh(elsewhere.refresh_token.as_deref().unwrap()).refused(401, "session.ended");
    site.try_password(&member.person.username, &member.person.password).refused(401, "session.credentials_wrong");
    site.try_password(&member.person.username, &new).ok::<SessionCreated>(201);
    assert!(messages(&site, &member.token).contains(&"password_changed".to_owned()));
    assert_eq!(site.outbox(&member.person.phone)[0].purpose, "password_changed");
}

fn a_wrong_current_password_changes_nothing_and_is_counted(on: On) {
    let site = Site::new(on);
    let member = site.join();
    for _ in 0..5 {
        change_password(&site, &member.token, "wrong password", &password()).refused(403, "password.wrong");
    }
    change_password(&site, &member.token, &member.person.password, &password()).refused(429, "session.locked");
    // Who has the session can't shut the person out of the account with it, and the password is still the old one.
    site.log_in(&member.person);
    site.me(&member.token);
}

fn the_current_password_is_no_new_one(on: On) {
    let site = Site::new(on);
    let member = site.join();
    change_password(&site, &member.token, &member.person.password, &member.person.password).refused_field(
        422,
        "password",
        "password.unchanged",
    );
    change_password(&site, &member.token, &member.person.password, &member.person.username).refused_field(
        422,
        "password",
        "password.same_as_username",
    );
}
