//! J14: what an enterprise uses, what its people may do, and what business applications ask.

use eport_schema::domain::Uscc;
use eport_schema::wire::{
    Application, CheckReason, CheckResults, Entitlements, Grants, List, MemberGrants, Message, MyGrants,
};
use eport_tests::people::below;
use eport_tests::{Member, On, Reply, Site, at_once, on_both};
use serde_json::{Value, json};

on_both![
    an_administrator_entitles_and_grants_and_the_next_check_knows,
    two_enterprises_side_by_side_see_nothing_of_each_other,
    a_grant_given_while_the_entitlement_goes_stays_within_it,
    an_ended_session_is_denied_at_once,
    a_proxy_is_told_who_it_is,
    staff_open_an_application_to_enterprises_that_wait,
];

/// A USCC that could be.
fn uscc() -> String {
    const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let body = format!("913300{:010}", 1_000_000_000 + below(8_999_999_999));
    let tails = ALPHABET.chars().flat_map(|nine| ALPHABET.chars().map(move |last| (nine, last)));
    let mut all = tails.map(|(nine, last)| format!("{}{nine}{last}", &body[..16]));
    all.find(|code| Uscc::parse(code).is_ok()).expect("one of the check characters fits")
}

/// An enterprise with its administrator.
struct Firm<'a> {
    site: &'a Site,
    uscc: String,
    administrator: Member,
}

impl<'a> Firm<'a> {
    fn claimed(site: &'a Site) -> Self {
        let (uscc, administrator) = (uscc(), site.join());
        let body = json!({
            "role": "admin", "uscc": uscc,
            "enterprise": { "name": format!("测试公司{uscc}"), "registered_address": "杭州市上城区", "business_scope": "进出口" }
        });
        site.post("/v1/associations").token(&administrator.token).json(&body).send().ok::<Value>(201);
        Self { site, uscc, administrator }
    }

    fn verified(site: &'a Site, staff: &Member) -> Self {
        let firm = Self::claimed(site);
        let id = site.me(&firm.administrator.token).enterprise.expect("an enterprise").id;
        let path = format!("/v1/platform/enterprises/{id}/verify");
        let reply = site.post(&path).token(&staff.token).json(&json!({ "reason": "材料齐全" })).send();
        assert!(reply.status < 300, "{}", reply.status);
        firm
    }

    fn operator(&self) -> Member {
        let operator = self.site.join();
        let body = json!({ "role": "operator", "uscc": self.uscc });
        let asked: Value = self.site.post("/v1/associations").token(&operator.token).json(&body).send().ok(201);
        let path = format!("/v1/associations/{}/approve", asked["id"].as_str().expect("an id"));
        let reply = self.site.post(&path).token(&self.administrator.token).json(&json!({})).send();
        assert!(reply.status < 300, "{}", reply.status);
        operator
    }

    fn entitle(&self, list: &Value) -> Reply {
        let call = self.site.put("/v1/enterprise/entitlements").token(&self.administrator.token);
        call.json(&json!({ "entitlements": list })).send()
    }

    fn grant(&self, to: &Member, list: &Value) -> Reply {
        let call = self.site.put(&format!("/v1/operators/{}/grants", to.account)).token(&self.administrator.token);
        call.json(&json!({ "grants": list })).send()
    }
}

fn wide() -> Value {
    json!([{ "application": "goods_declaration", "actions": ["submit", "view"] }, { "application": "manifest", "actions": ["view"] }])
}

fn reason(site: &Site, who: &Member, application: &str, action: &str) -> CheckReason {
    let body = json!({ "checks": [{ "application": application, "action": action }] });
    let answer: CheckResults = site.post("/v1/check").token(&who.token).json(&body).send().ok(200);
    assert_eq!(answer.results.len(), 1);
    assert_eq!(answer.results[0].allowed, answer.results[0].reason.allows());
    answer.results[0].reason
}

fn an_administrator_entitles_and_grants_and_the_next_check_knows(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let firm = Firm::claimed(&site);
    let catalogue: List<Application> = site.get("/v1/applications").token(&firm.administrator.token).send().ok(200);
    assert!(catalogue.items.len() >= 12);
    firm.entitle(&wide()).ok::<Entitlements>(200);
    assert_eq!(reason(&site, &firm.administrator, "manifest", "view"), CheckReason::EnterpriseUnverified);

    let firm = Firm::verified(&site, &staff);
    let operator = firm.operator();
    firm.entitle(&wide()).ok::<Entitlements>(200);
    assert_eq!(reason(&site, &firm.administrator, "manifest", "view"), CheckReason::Administrator);
    assert_eq!(reason(&site, &operator, "manifest", "view"), CheckReason::NotGranted);
    let granted = json!([{ "application": "manifest", "actions": ["view"] }]);
    firm.grant(&operator, &granted).ok::<Grants>(200);
    assert_eq!(reason(&site, &operator, "manifest", "view"), CheckReason::Granted);
    let mine: MyGrants = site.get("/v1/me/grants").token(&operator.token).send().ok(200);
    assert_eq!(serde_json::to_value(&mine.grants).expect("JSON"), granted);
    let messages: List<Message> = site.get("/v1/messages").token(&operator.token).send().ok(200);
    assert!(
        messages.items.iter().any(|message| message.kind == "permissions_changed" && message.body.contains("舱单申报"))
    );
    let table: List<MemberGrants> = site.get("/v1/enterprise/grants").token(&firm.administrator.token).send().ok(200);
    assert_eq!(table.items.len(), 2);

    let too_much = json!([{ "application": "licence", "actions": ["view"] }]);
    firm.grant(&operator, &too_much).refused(422, "grant.exceeds_entitlement");
    firm.entitle(&json!([])).ok::<Entitlements>(200);
    assert_eq!(reason(&site, &operator, "manifest", "view"), CheckReason::NotEntitled);
    let left: Grants =
        site.get(&format!("/v1/operators/{}/grants", operator.account)).token(&firm.administrator.token).send().ok(200);
    assert!(left.grants.is_empty());
}

fn two_enterprises_side_by_side_see_nothing_of_each_other(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let (one, two) = (Firm::verified(&site, &staff), Firm::verified(&site, &staff));
    let theirs = two.operator();
    for firm in [&one, &two] {
        firm.entitle(&wide()).ok::<Entitlements>(200);
    }
    two.grant(&theirs, &wide()).ok::<Grants>(200);
    one.grant(&theirs, &json!([])).refused(404, "resource.not_found");
    let path = format!("/v1/operators/{}/grants", theirs.account);
    site.get(&path).token(&one.administrator.token).send().refused(404, "resource.not_found");
    let table = site.get("/v1/enterprise/grants").token(&one.administrator.token).send();
    assert_eq!(table.ok::<List<MemberGrants>>(200).items.len(), 1);
    one.entitle(&json!([])).ok::<Entitlements>(200);
    assert_eq!(reason(&site, &theirs, "manifest", "view"), CheckReason::Granted);
}

fn a_grant_given_while_the_entitlement_goes_stays_within_it(on: On) {
    let site = Site::new(on);
    let firm = Firm::verified(&site, &site.join_staff());
    let operator = firm.operator();
    for _ in 0..10 {
        firm.entitle(&wide()).ok::<Entitlements>(200);
        let statuses = at_once(4, |n| match n {
            0 => firm.entitle(&json!([])).status,
            _ => firm.grant(&operator, &wide()).status,
        });
        assert!(statuses.iter().all(|status| matches!(status, 200 | 422)), "{statuses:?}");
        let left: MyGrants = site.get("/v1/me/grants").token(&operator.token).send().ok(200);
        assert!(left.grants.is_empty(), "{left:?}");
        assert_eq!(reason(&site, &operator, "manifest", "view"), CheckReason::NotEntitled);
    }
}

fn an_ended_session_is_denied_at_once(on: On) {
    let site = Site::new(on);
    let firm = Firm::verified(&site, &site.join_staff());
    firm.entitle(&wide()).ok::<Entitlements>(200);
    assert_eq!(reason(&site, &firm.administrator, "manifest", "view"), CheckReason::Administrator);
    site.delete("/v1/sessions/current").token(&firm.administrator.token).send().done();
    let body = json!({ "checks": [{ "application": "manifest", "action": "view" }] });
    let call = || site.post("/v1/check").json(&body);
    call().token(&firm.administrator.token).send().refused(401, "session.ended");
    call().send().refused(401, "session.required");
}

fn a_proxy_is_told_who_it_is(on: On) {
    let site = Site::new(on);
    let firm = Firm::verified(&site, &site.join_staff());
    firm.entitle(&wide()).ok::<Entitlements>(200);
    let path = "/v1/check/forward?application=manifest&action=view";
    for method in ["GET", "POST", "DELETE"] {
        let reply = site.call(method, path).token(&firm.administrator.token).send();
        assert_eq!(reply.header("x-eport-account"), firm.administrator.account.to_string());
        assert_eq!((reply.header("x-eport-enterprise"), reply.header("x-eport-role")), (firm.uscc.as_str(), "admin"));
        reply.ok::<Value>(200);
    }
    let other = site.get("/v1/check/forward?application=licence&action=view").token(&firm.administrator.token).send();
    assert_eq!((other.header("x-eport-reason"), other.header("x-eport-account")), ("not_entitled", ""));
    other.refused(403, "permission.denied");
    site.get(path).send().refused(401, "session.required");
}

fn staff_open_an_application_to_enterprises_that_wait(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let firm = Firm::claimed(&site);
    let code = format!("pilot_{}", below(1_000_000));
    let body = json!({
        "code": code, "name": { "zh": "试点应用", "en": "Pilot" }, "open": true, "reason": "试点",
        "actions": [{ "code": "view", "name": { "zh": "查看", "en": "View" } }]
    });
    let add = |token: &str| site.post("/v1/platform/applications").token(token).json(&body).send();
    add(&firm.administrator.token).refused(403, "staff.required");
    let added: Value = add(&staff.token).ok(201);
    add(&staff.token).refused(409, "application.code_taken");
    firm.entitle(&json!([{ "application": code, "actions": ["view"] }])).ok::<Entitlements>(200);
    assert_eq!(reason(&site, &firm.administrator, &code, "view"), CheckReason::Administrator);
    let path = format!("/v1/platform/applications/{}", added["id"].as_str().expect("an id"));
    site.patch(&path).token(&staff.token).json(&json!({ "open": false, "reason": "试点结束" })).send().ok::<Value>(200);
    assert_eq!(reason(&site, &firm.administrator, &code, "view"), CheckReason::EnterpriseUnverified);
    site.delete(&path).token(&staff.token).send().done();
    assert_eq!(reason(&site, &firm.administrator, &code, "view"), CheckReason::UnknownApplication);
}
