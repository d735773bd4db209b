//! J8: operators, from the administrator's desk and from their own.

use eport_schema::wire::{Invitation, List, Operator, OperatorStatus, SessionCreated};
use eport_tests::people::{password, phone};
use eport_tests::{Call, Member, On, Person, Reply, Site, at_once, on_both};
use serde_json::{Value, json};
use uuid::Uuid;

on_both![
    an_operator_is_made_logs_in_and_is_removed,
    an_operator_is_suspended_and_resumed,
    a_person_with_an_account_is_invited_and_decides,
    an_administrator_sees_and_changes_no_operator_of_another_enterprise,
    of_ten_at_once_with_the_same_person_one_is_made,
    an_operator_is_found_in_each_way,
];

const ENTERPRISES: [(&str, &str); 2] =
    [("913300007458363392", "杭州示例进出口有限公司"), ("91350100M000100Y43", "福州示例贸易有限公司")];

/// The administrator of the `n`th enterprise, which becomes known by that.
fn administrator(site: &Site, n: usize) -> Member {
    let member = site.join();
    let (uscc, name) = ENTERPRISES[n];
    let body = json!({
        "role": "admin", "uscc": uscc,
        "enterprise": { "name": name, "registered_address": "杭州市上城区", "business_scope": "货物进出口" }
    });
    assert_eq!(site.post("/v1/associations").token(&member.token).json(&body).send().status, 201);
    member
}

fn described(person: &Person) -> Value {
    json!({
        "username": person.username, "name": person.name, "id_type": "resident_id", "id_number": person.id_number, "phone": person.phone
    })
}

fn create(site: &Site, by: &Member, person: &Person) -> Reply {
    site.keep_secret(&person.id_number);
    site.post("/v1/operators").token(&by.token).json(&described(person)).send()
}

/// The initial password in the newest SMS to this phone.
fn initial_password(site: &Site, phone: &str) -> String {
    let newest = site.outbox(phone).into_iter().find(|item| item.purpose == "initial_password");
    let password = newest.and_then(|item| item.code).unwrap();
    site.keep_secret(&password);
    password
}

fn of<'a>(site: &'a Site, by: &Member, method: &str, path: &str) -> Call<'a> {
    site.call(method, path).token(&by.token)
}

fn find(site: &Site, by: &Member, query: &str) -> Vec<Uuid> {
    let list: List<Operator> = of(site, by, "GET", &format!("/v1/operators?{query}")).send().ok(200);
    list.items.iter().map(|operator| operator.id).collect()
}

fn an_operator_is_made_logs_in_and_is_removed(on: On) {
    let site = Site::new(on);
    let (by, person) = (administrator(&site, 0), Person::new());
    let operator: Operator = create(&site, &by, &person).ok(201);
    assert_eq!(operator.status, OperatorStatus::Inactive);
    assert_eq!((operator.phone, operator.id_number), (Some(person.masked_phone()), Some(person.masked_id_number())));

    let initial = initial_password(&site, &person.phone);
    let session: SessionCreated = site.try_password(&person.username, &initial).ok(201);
    assert!(session.account.password_change_required);
    let invitations = || site.get("/v1/me/invitations").token(&session.access_token).send();
    invitations().refused(403, "password.change_required");
    let body = json!({ "current_password": initial, "password": person.password });
    site.put("/v1/me/password").token(&session.access_token).json(&body).send().done();
    invitations().ok::<List<Invitation>>(200);
    assert_eq!(site.me(&session.access_token).enterprise.unwrap().role, "operator");

    let path = format!("/v1/operators/{}", operator.id);
    let seen = of(&site, &by, "GET", &path).send();
    let etag = seen.header("etag").to_owned();
    assert_eq!(seen.ok::<Operator>(200).status, OperatorStatus::Active);
    let patch = |body: Value| of(&site, &by, "PATCH", &path).header("if-match", &etag).json(&body).send();
    patch(json!({ "phone": phone() })).refused(409, "operator.identity_fixed");
    assert_eq!(patch(json!({ "department": "报关部" })).ok::<Operator>(200).department.as_deref(), Some("报关部"));
    patch(json!({ "department": "单证部" })).refused(412, "request.precondition_failed");

    of(&site, &by, "DELETE", &path).send().done();
    invitations().refused(401, "session.ended");
    of(&site, &by, "GET", &path).send().refused(404, "resource.not_found");
    assert!(site.me(&site.log_in(&person).access_token).enterprise.is_none());
}

fn an_operator_is_suspended_and_resumed(on: On) {
    let site = Site::new(on);
    let (by, person) = (administrator(&site, 0), Person::new());
    let operator: Operator = create(&site, &by, &person).ok(201);
    let act = |what: &str| of(&site, &by, "POST", &format!("/v1/operators/{}/{what}", operator.id)).send();
    assert_eq!(act("suspend").ok::<Operator>(200).status, OperatorStatus::Suspended);
    act("suspend").refused(409, "operator.already_suspended");
    assert_eq!(act("resume").ok::<Operator>(200).status, OperatorStatus::Inactive);
    act("resume").refused(409, "operator.not_suspended");
    let first = initial_password(&site, &person.phone);
    act("password-reset").ok::<Operator>(200);
    let second = initial_password(&site, &person.phone);
    site.try_password(&person.username, &first).refused(401, "session.credentials_wrong");
    site.try_password(&person.username, &second).ok::<SessionCreated>(201);
}

fn a_person_with_an_account_is_invited_and_decides(on: On) {
    let site = Site::new(on);
    let (by, member) = (administrator(&site, 0), site.join());
    let typed =
        Person { name: "别的名字".to_owned(), username: eport_tests::people::username(), ..member.person.clone() };
    let operator: Operator = create(&site, &by, &typed).ok(201);
    assert_eq!((operator.status, operator.name.as_str()), (OperatorStatus::Invited, "别的名字"));
    assert_ne!(operator.id, member.account);
    let mine: List<Invitation> = site.get("/v1/me/invitations").token(&member.token).send().ok(200);
    assert_eq!(mine.items[0].enterprise_name, ENTERPRISES[0].1);
    let decide = |by: &Member, how: &str| {
        site.post(&format!("/v1/me/invitations/{}/{how}", operator.id)).token(&by.token).send()
    };
    decide(&site.join(), "accept").refused(404, "resource.not_found");
    decide(&member, "accept").done();
    decide(&member, "decline").refused(409, "invitation.closed");
    assert_eq!(site.me(&member.token).enterprise.unwrap().name, ENTERPRISES[0].1);
    assert_eq!(find(&site, &by, ""), [member.account]);
}

fn an_administrator_sees_and_changes_no_operator_of_another_enterprise(on: On) {
    let site = Site::new(on);
    let (here, there, person) = (administrator(&site, 0), administrator(&site, 1), Person::new());
    let operator: Operator = create(&site, &here, &person).ok(201);
    let path = format!("/v1/operators/{}", operator.id);
    for (method, path) in [
        ("GET", path.clone()),
        ("DELETE", path.clone()),
        ("POST", format!("{path}/suspend")),
        ("POST", format!("{path}/resume")),
        ("POST", format!("{path}/password-reset")),
    ] {
        site.call(method, &path).send().refused(401, "session.required");
        of(&site, &there, method, &path).send().refused(404, "resource.not_found");
    }
    of(&site, &there, "PATCH", &path).json(&json!({ "department": "x" })).send().refused(404, "resource.not_found");
    for query in ["".to_owned(), format!("query={}", person.phone), format!("query={}", person.username)] {
        assert!(find(&site, &there, &query).is_empty(), "{query}");
    }
    let myself = format!("/v1/operators/{}", here.account);
    of(&site, &here, "DELETE", &myself).send().refused(409, "operator.is_administrator");
}

fn of_ten_at_once_with_the_same_person_one_is_made(on: On) {
    let site = Site::new(on);
    let (by, person) = (administrator(&site, 0), Person::new());
    let mut made = 0;
    for reply in at_once(10, |_| create(&site, &by, &person)) {
        match reply.status {
            201 => made += 1,
            _ => drop(reply.refused(409, "operator.exists")),
        }
    }
    assert_eq!((made, find(&site, &by, "").len()), (1, 1));
}

fn an_operator_is_found_in_each_way(on: On) {
    let site = Site::new(on);
    let by = administrator(&site, 0);
    let people: Vec<Person> = (0..3).map(|_| Person { password: password(), ..Person::new() }).collect();
    let ids: Vec<Uuid> = people.iter().map(|person| create(&site, &by, person).ok::<Operator>(201).id).collect();
    for (person, id) in people.iter().zip(&ids) {
        for query in [&person.phone, &person.id_number, &person.username[..10].to_owned()] {
            assert_eq!(find(&site, &by, &format!("query={query}")), [*id], "{query}");
        }
    }
    assert_eq!(find(&site, &by, "status=inactive&has_card=false").len(), 3);
    assert!(find(&site, &by, "has_card=true").is_empty());
    of(&site, &by, "GET", "/v1/operators?status=gone").send().refused_field(400, "status", "request.invalid_query");
}
