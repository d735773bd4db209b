//! What is somebody else's is not there: the answer is the one for what doesn't exist.

use std::collections::BTreeSet;

use eport_schema::routes::{Access, ROUTES, Route};
use eport_schema::wire::{List, Message, SessionItem};
use eport_tests::people::{below, username};
use eport_tests::{Member, On, Person, Site, on_both};
use serde_json::{Value, json};
use uuid::Uuid;

on_both![
    another_persons_session_is_not_found_and_goes_on,
    another_persons_message_is_not_found_and_stays_unread,
    lists_show_ones_own_alone,
    no_answer_to_one_enterprise_holds_anything_of_another,
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

/// An enterprise full of data, and everything in it that another one must never see.
struct Tenant {
    administrator: Member,
    operator: Member,
    pending: Member,
    /// Whatever is called an id in an answer to its people, and the ids of its people.
    ids: BTreeSet<String>,
    /// Names and numbers.
    names: BTreeSet<String>,
}

/// Whether a route is there; the data of those that aren't can't be seen either.
fn has(operation: &str) -> bool {
    ROUTES.iter().any(|route| route.operation == operation)
}

impl Tenant {
    fn open(site: &Site, uscc: &str, name: &str, number: &str) -> Self {
        let [administrator, operator, pending] = [(); 3].map(|()| site.join());
        let id =
            Uuid::from_u128(u128::from(below(u64::MAX)) << 64 | 0x8000_0000_0000_0000 | u128::from(below(1 << 32)));
        let association = Uuid::from_u128(id.as_u128() + 1);
        let card = Uuid::from_u128(id.as_u128() + 2);
        site.sql(&format!(
            "INSERT INTO enterprises (id, uscc, organisation_code, name, registered_address, business_scope, state, created_at, updated_at)
             VALUES ('{id}', '{uscc}', '{}', '{name}', '{name}注册地址', '{name}经营范围', 'verified', 0, 0)",
            &uscc[8..17]
        ));
        for (member, role) in [(&administrator, "admin"), (&operator, "operator")] {
            site.sql(&format!(
                "INSERT INTO memberships (account_id, enterprise_id, role, state, origin, created_at, updated_at)
                 VALUES ('{}', '{id}', '{role}', 'active', 'association', 0, 0)",
                member.account
            ));
        }
        site.sql(&format!(
            "INSERT INTO associations (id, account_id, enterprise_id, role, status, created_at)
             VALUES ('{association}', '{}', '{id}', 'operator', 'pending', 0)",
            pending.account
        ));
        site.sql(&format!(
            "INSERT INTO cards (id, account_id, enterprise_id, card_number, class, certificate_sha256, not_before, not_after, origin, bound_at)
             VALUES ('{card}', '{}', '{id}', '{number}', 'operator', {}, 0, 4000000000000, 'person', 0)",
            operator.account,
            if site.database_url().is_some() { "'\\x00'" } else { "x'00'" }
        ));
        let mut tenant = Self { administrator, operator, pending, ids: BTreeSet::new(), names: BTreeSet::new() };
        tenant.ids.extend([id, association, card].map(|id| id.to_string()));
        tenant.names.extend([uscc, name, number].map(str::to_owned));
        for member in [&tenant.administrator, &tenant.operator, &tenant.pending] {
            tenant.ids.insert(member.account.to_string());
            tenant.names.extend([
                member.person.username.clone(),
                member.person.phone.clone(),
                member.person.id_number.clone(),
            ]);
        }
        tenant.fill(site, number);
        tenant
    }

    /// What its own people write down, over HTTP.
    fn fill(&mut self, site: &Site, number: &str) {
        let administrator = self.administrator.token.clone();
        let operator = self.operator.account;
        let new = Person::new();
        let posts = [
            (
                "create_qualification",
                "POST",
                "/v1/enterprise/qualifications".to_owned(),
                json!({ "department": format!("{number}口岸"), "kind": "customs_registration", "number": &number[..10] }),
            ),
            (
                "update_enterprise",
                "PATCH",
                "/v1/enterprise".to_owned(),
                json!({ "contact_name": "联系人", "telephone": format!("029-{}", &number[..8]) }),
            ),
            (
                "create_operator",
                "POST",
                "/v1/operators".to_owned(),
                json!({
                    "username": new.username, "name": new.name, "id_type": "resident_id", "id_number": new.id_number, "phone": new.phone
                }),
            ),
            (
                "set_entitlements",
                "PUT",
                "/v1/enterprise/entitlements".to_owned(),
                json!({ "entitlements": [{ "application": "goods_declaration", "actions": ["view", "create"] }] }),
            ),
            (
                "set_grants",
                "PUT",
                format!("/v1/operators/{operator}/grants"),
                json!({ "grants": [{ "application": "goods_declaration", "actions": ["view"] }] }),
            ),
        ];
        for (operation, method, path, body) in posts.into_iter().filter(|(operation, ..)| has(operation)) {
            let reply = site.call(method, &path).token(&administrator).json(&body).send();
            assert!((200..300).contains(&reply.status), "{operation}: {}", reply.text());
            if operation == "create_operator" {
                self.names.extend([new.username.clone(), new.phone.clone(), new.id_number.clone()]);
            }
            if operation == "create_qualification" {
                self.names.extend([format!("{number}口岸"), number[..10].to_owned()]);
            }
            if !reply.body.is_empty() {
                collect_ids(&reply.value(), &mut self.ids);
            }
        }
        for route in read_routes().filter(|route| !route.path.contains('{')) {
            let reply = site.get(route.path).token(&administrator).send();
            if reply.status == 200 && reply.header("content-type") == "application/json" && of_a_tenant(route) {
                collect_ids(&reply.value(), &mut self.ids);
            }
        }
    }

    fn people(&self) -> [(&'static str, &Member); 3] {
        [("administrator", &self.administrator), ("operator", &self.operator), ("pending", &self.pending)]
    }
}

/// What can be read, but by staff, and what is the same for all.
fn read_routes() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().filter(|route| {
        let own = matches!(route.access, Access::Session | Access::Member | Access::Administrator);
        route.method == "GET" && own && route.operation != "list_outbox"
    })
}

/// Whether its answer is an enterprise's or a person's own: the catalogue of applications is everybody's.
fn of_a_tenant(route: &Route) -> bool {
    !["/v1/applications", "/v1/enterprise/qualification-kinds"].contains(&route.path)
}

/// The values of all that is called an id.
fn collect_ids(value: &Value, ids: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_ids(item, ids)),
        Value::Object(members) => {
            for (name, member) in members {
                if let Some(id) =
                    member.as_str().filter(|id| (name == "id" || name.ends_with("_id")) && Uuid::try_parse(id).is_ok())
                {
                    ids.insert(id.to_owned());
                }
                collect_ids(member, ids);
            }
        }
        _ => {}
    }
}

/// Every way to ask a route for something: its lists page by page and with each filter, its parameters with each id of both.
fn ways(route: &Route, ids: &[&String], names: &[&String], uscc: &str) -> Vec<String> {
    let paths: Vec<String> = if route.path.contains("{id}") {
        ids.iter().map(|id| route.path.replace("{id}", id)).collect()
    } else {
        vec![route.path.replace("{uscc}", uscc)]
    };
    let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let mut ways = paths.clone();
    for query in route.query {
        for path in &paths {
            match query.name {
                "limit" => ways.extend(["1", "100"].map(|limit| format!("{path}?limit={limit}"))),
                "cursor" => ways.extend(ids.iter().map(|id| format!("{path}?limit=100&cursor={id}"))),
                "query" => ways.extend(names.iter().map(|name| format!("{path}?query={}", encoded(name)))),
                name if name.ends_with("_id") => ways.extend(ids.iter().map(|id| format!("{path}?{name}={id}"))),
                _ => {}
            }
        }
    }
    ways
}

fn no_answer_to_one_enterprise_holds_anything_of_another(on: On) {
    let site = Site::new(on);
    // Numbers that no answer holds by chance.
    let [one, other] =
        ["A", "B"].map(|which| format!("{}{which}Q{:05}", 10_000_000 + below(89_999_999), below(100_000)));
    let mine = Tenant::open(&site, "913300007458363392", &format!("甲{}公司", username()), &one);
    let theirs = Tenant::open(&site, "91350100M000100Y43", &format!("乙{}公司", username()), &other);
    let mut asked = 0;
    for (mine, theirs) in [(&mine, &theirs), (&theirs, &mine)] {
        let ids: Vec<&String> = mine.ids.iter().chain(&theirs.ids).collect();
        let names: Vec<&String> =
            mine.names.iter().chain(&theirs.names).filter(|name| name.chars().count() <= 100).collect();
        let own: BTreeSet<&String> = mine.ids.iter().chain(&mine.names).collect();
        let foreign: Vec<&String> =
            theirs.ids.iter().chain(&theirs.names).filter(|secret| !own.contains(secret)).collect();
        assert!(foreign.len() >= 12);
        for route in read_routes() {
            for path in ways(route, &ids, &names, "913300007458363392") {
                for (who, member) in mine.people() {
                    let reply = site.get(&path).token(&member.token).send();
                    asked += 1;
                    assert!(reply.status < 500, "{path}: {}", reply.text());
                    let body = String::from_utf8_lossy(&reply.body).into_owned();
                    // What the register says of an enterprise is public, and the applicant's own request names where they want to.
                    let public = route.operation == "look_up_enterprise";
                    for secret in foreign.iter().filter(|_| !public) {
                        assert!(
                            !body.contains(secret.as_str()),
                            "{path}, asked by the {who}, answers with {secret}: {body}"
                        );
                    }
                }
            }
        }
    }
    assert!(asked > 100, "{asked} answers were looked at");
}
