//! J18 in the order of the specification: enterprises verified and refused, accounts locked and unlocked, a card bound, the registry imported,
//! the catalogue kept, reminders sent, the audit read. And each route that makes or decides something, several times at once.

use std::collections::BTreeMap;

use eport_schema::clock::Timestamp;
use eport_schema::wire::{
    Application, Association, AuditEntry, CheckReason, CheckResults, EnterpriseSummary, List, Message,
    RegistryEnterprise, RegistryImport, RemindersRun, SessionCreated,
};
use eport_tests::cards::{USCC, base64, card_of, holder};
use eport_tests::people::uscc;
use eport_tests::{Member, On, Reply, Site, at_once, on_both};
use eport_virtual_card::ca::{CardClass, CrlAge, TestCa};
use eport_virtual_card::key::Algorithm;
use serde_json::{Value, json};
use uuid::Uuid;

on_both![
    a_day_of_the_platforms_staff,
    a_decision_about_an_enterprise_that_several_take_at_once_is_taken_once,
    an_account_that_several_lock_or_unlock_at_once_is_locked_or_unlocked_once,
    a_card_that_several_bind_or_unbind_at_once_is_bound_or_unbound_once,
    a_file_that_several_import_at_once_adds_each_row_once,
    an_application_that_several_make_change_or_remove_at_once_is_so_once,
    what_several_trust_or_distrust_at_once_is_so_once,
    reminders_that_several_run_at_once_go_out_once,
];

/// How many at once.
const SEVERAL: usize = 6;

/// A request of one of the staff.
fn post(site: &Site, staff: &Member, path: &str, body: &Value) -> Reply {
    site.post(&format!("/v1/platform{path}")).token(&staff.token).json(body).send()
}

fn get(site: &Site, staff: &Member, path: &str) -> Reply {
    site.get(&format!("/v1/platform{path}")).token(&staff.token).send()
}

fn because(reason: &str) -> Value {
    json!({ "reason": reason })
}

fn enterprise(site: &Site, member: &Member) -> Option<EnterpriseSummary> {
    site.me(&member.token).enterprise
}

fn enterprise_id(site: &Site, member: &Member) -> Uuid {
    enterprise(site, member).expect("an enterprise").id
}

fn kinds(site: &Site, member: &Member) -> Vec<String> {
    let list: List<Message> = site.get("/v1/messages?limit=100").token(&member.token).send().ok(200);
    list.items.into_iter().map(|message| message.kind).collect()
}

/// How often the person was told of something of this kind.
fn told(site: &Site, member: &Member, kind: &str) -> usize {
    kinds(site, member).iter().filter(|other| *other == kind).count()
}

fn audited(site: &Site, staff: &Member, action: &str) -> Vec<AuditEntry> {
    get(site, staff, &format!("/audit?limit=100&action={action}")).ok::<List<AuditEntry>>(200).items
}

/// How often each status came.
fn statuses(replies: &[Reply]) -> BTreeMap<u16, usize> {
    let mut statuses = BTreeMap::new();
    for reply in replies {
        *statuses.entry(reply.status).or_default() += 1;
    }
    statuses
}

/// One was done with `status`, all others were refused with `code`.
#[track_caller]
fn one_wins(replies: &[Reply], status: u16, code: &str) {
    for reply in replies.iter().filter(|reply| reply.status != status) {
        assert_eq!(reply.code(), code, "{:?}", statuses(replies));
    }
    assert_eq!(statuses(replies).get(&status), Some(&1), "{:?}", statuses(replies));
}

/// All had `status`.
#[track_caller]
fn all_are(replies: &[Reply], status: u16) {
    assert_eq!(statuses(replies), BTreeMap::from([(status, replies.len())]), "{}", replies[0].text());
}

fn binding(card: &eport_virtual_card::ca::IssuedCard, number: &str) -> Value {
    json!({
        "card_number": number, "card_class": "operator", "certificate": base64(&card.certificate_der), "reason": "本人到窗口办理"
    })
}

fn application(code: &str) -> Value {
    json!({
        "code": code, "name": { "zh": "船舶备案", "en": "Ship records" }, "open": false,
        "actions": [{ "code": "view", "name": { "zh": "查看", "en": "View" } }], "reason": "新系统上线"
    })
}

/// A day in China `days` from now.
fn in_days(days: i64) -> String {
    Timestamp::from_system().date_in_china().plus_days(days).to_text()
}

fn qualification(site: &Site, administrator: &Member) {
    let body = json!({ "department": "杭州海关", "kind": "customs_registration", "number": "3301960ABC", "valid_to": in_days(5) });
    site.post("/v1/enterprise/qualifications").token(&administrator.token).json(&body).send().ok::<Value>(201);
}

/// Why the first of the catalogue's actions is refused to them.
fn refusal_reason(site: &Site, member: &Member) -> CheckReason {
    let body = json!({ "checks": [{ "application": "goods_declaration", "action": "view" }] });
    let checked: CheckResults = site.post("/v1/check").token(&member.token).json(&body).send().ok(200);
    checked.results[0].reason
}

fn a_day_of_the_platforms_staff(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let ca = site.authority(Algorithm::Sm2);
    enterprises(&site, &staff);
    accounts(&site, &staff);
    a_card(&site, &staff, &ca);
    registry(&site, &staff);
    catalogue(&site, &staff);
    reminders(&site, &staff);
    audit(&site, &staff);
}

/// Unverified enterprises are verified or refused.
fn enterprises(site: &Site, staff: &Member) {
    let (good, bad) = (site.join_administrator(&uscc()), site.join_administrator(&uscc()));
    let (verified, refused) = (enterprise_id(site, &good), enterprise_id(site, &bad));
    let waiting: List<Value> = get(site, staff, "/enterprises?state=unverified").ok(200);
    let waiting: Vec<_> = waiting.items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
    assert!([verified, refused].iter().all(|id| waiting.contains(&id.to_string())), "{waiting:?}");
    assert_eq!(refusal_reason(site, &good), CheckReason::EnterpriseUnverified);

    let seen = get(site, staff, &format!("/enterprises/{verified}"));
    let etag = seen.header("etag").to_owned();
    let path = format!("/v1/platform/enterprises/{verified}/verify");
    let verify =
        || site.post(&path).token(&staff.token).header("if-match", &etag).json(&because("营业执照核对无误")).send();
    assert_eq!(verify().ok::<Value>(200)["state"], "verified");
    verify().refused(412, "request.precondition_failed");
    assert!(enterprise(site, &good).expect("an enterprise").verified);
    assert_ne!(refusal_reason(site, &good), CheckReason::EnterpriseUnverified);
    assert_eq!(told(site, &good, "enterprise_verified"), 1);

    let decided = post(site, staff, &format!("/enterprises/{refused}/refuse"), &because("与登记不符")).ok::<Value>(200);
    assert_eq!((&decided["state"], &decided["administrator"]), (&json!("unverified"), &Value::Null));
    assert!(enterprise(site, &bad).is_none());
    assert_eq!(told(site, &bad, "enterprise_refused"), 1);
    post(site, staff, &format!("/enterprises/{verified}/refuse"), &because("晚了"))
        .refused(409, "enterprise.already_verified");

    // The administrator has left; staff put somebody else in their place.
    let body = json!({ "account_id": bad.account, "reason": "原管理员已离职，凭企业公函办理" });
    let decided = post(site, staff, &format!("/enterprises/{verified}/administrator"), &body).ok::<Value>(200);
    assert_eq!(decided["administrator"]["account_id"], json!(bad.account));
    assert_eq!(enterprise(site, &good).expect("an enterprise").role, "operator");
    assert_eq!(enterprise(site, &bad).expect("an enterprise").role, "admin");
}

/// An account is locked and unlocked.
fn accounts(site: &Site, staff: &Member) {
    let member = site.join();
    let path = format!("/accounts/{}", member.account);
    post(site, staff, &format!("{path}/lock"), &because("举报属实")).ok::<Value>(200);
    site.get("/v1/me").token(&member.token).send().refused(401, "session.ended");
    site.try_password(&member.person.username, &member.person.password).refused(403, "account.locked");
    post(site, staff, &format!("{path}/unlock"), &because("已核实")).ok::<Value>(200);
    site.log_in(&member.person);
}

/// A card is bound that its person can't bind, and unbound when it was lost.
fn a_card(site: &Site, staff: &Member, ca: &TestCa) {
    let (member, number) = (site.join(), "8930000000001");
    let card = card_of(ca, &holder(&member.person, CardClass::Operator, number));
    let path = format!("/accounts/{}/card", member.account);
    get(site, staff, &path).refused(404, "card.not_bound");
    let bound: Value = post(site, staff, &path, &binding(&card, number)).ok(201);
    assert_eq!((&bound["card_number"], &bound["card_class"]), (&json!(number), &json!("operator")));
    let session: SessionCreated = site.try_card(&card).ok(201);
    assert_eq!(session.account.id, member.account);
    post(site, staff, &format!("{path}/unbind"), &because("卡已遗失")).done();
    site.get("/v1/me").token(&session.access_token).send().refused(401, "session.ended");
    site.me(&member.token);
}

/// The registry is imported: the good rows are taken, the bad one is told with its line.
fn registry(site: &Site, staff: &Member) {
    let file = format!(
        "uscc,name,registered_address,business_scope,legal_person_name\n{USCC},杭州示例进出口有限公司,杭州市上城区,货物进出口,张三\n\
         913300007458363393,错误的代码,,,\n"
    );
    let send = |query: &str| {
        let call = site.post(&format!("/v1/platform/registry/import{query}")).token(&staff.token);
        call.bytes("text/csv", file.clone()).send().ok::<RegistryImport>(201)
    };
    let tried = send("?dry_run=true");
    assert_eq!((tried.added, tried.refused, tried.dry_run), (1, 1, true));
    let asker = site.join();
    let lookup = || site.get(&format!("/v1/registry/enterprises/{USCC}")).token(&asker.token).send();
    lookup().refused(404, "registry.enterprise_unknown");
    let done = send("");
    assert_eq!((done.added, done.refused, done.errors[0].line), (1, 1, 3));
    assert_eq!(lookup().ok::<RegistryEnterprise>(200).name, "杭州示例进出口有限公司");
    let kept: RegistryImport = get(site, staff, &format!("/registry/imports/{}", done.id)).ok(200);
    assert_eq!((kept.added, kept.refused), (1, 1));
}

/// An application enters the catalogue, changes, and leaves it.
fn catalogue(site: &Site, staff: &Member) {
    let asker = site.join();
    let listed = || -> Option<Application> {
        let list: List<Application> = site.get("/v1/applications").token(&asker.token).send().ok(200);
        list.items.into_iter().find(|application| application.code == "ship_records")
    };
    let made = post(site, staff, "/applications", &application("ship_records"));
    let etag = made.header("etag").to_owned();
    let made: Value = made.ok(201);
    let path = format!("/v1/platform/applications/{}", made["id"].as_str().unwrap());
    assert!(!listed().expect("in the catalogue").open);
    let open = json!({ "open": true, "reason": "试点期间开放" });
    let changed = site.patch(&path).token(&staff.token).header("if-match", &etag).json(&open).send();
    let etag = changed.header("etag").to_owned();
    changed.ok::<Value>(200);
    assert!(listed().expect("in the catalogue").open);
    site.delete(&path).token(&staff.token).header("if-match", &etag).send().done();
    assert_eq!(listed().map(|application| application.code), None);
    post(site, staff, "/applications", &application("ship_records")).refused(409, "application.code_taken");
}

/// A scheduler has the reminders sent, once.
fn reminders(site: &Site, staff: &Member) {
    let administrator = site.join_administrator(&uscc());
    qualification(site, &administrator);
    let run = || post(site, staff, "/reminders/run", &json!({})).ok::<RemindersRun>(200);
    let first = run();
    assert_eq!((first.sent, first.complete), (1, true));
    assert_eq!(told(site, &administrator, "qualification_expiring"), 1);
    assert_eq!(run().sent, 0);
}

/// All of it is in the audit, by whom and why, and goes out as a file.
fn audit(site: &Site, staff: &Member) {
    for (action, reason) in [
        ("enterprise.verified", Some("营业执照核对无误")),
        ("enterprise.refused", Some("与登记不符")),
        ("enterprise.administrator", Some("原管理员已离职，凭企业公函办理")),
        ("account.locked", Some("举报属实")),
        ("account.unlocked", Some("已核实")),
        ("card.bound_by_staff", Some("本人到窗口办理")),
        ("card.unbound_by_staff", Some("卡已遗失")),
        ("registry.imported", None),
        ("reminders.sent", None),
    ] {
        let rows = audited(site, staff, action);
        let row = rows.iter().find(|row| row.actor_id == Some(staff.account)).unwrap_or_else(|| panic!("{action}"));
        assert_eq!((row.actor_kind.as_str(), row.result.as_str()), ("staff", "ok"), "{action}");
        if let Some(reason) = reason {
            assert_eq!(row.after.as_ref().unwrap()["reason"], reason, "{action}");
        }
    }
    let export = get(site, staff, "/audit/export");
    assert_eq!((export.status, export.header("content-type")), (200, "application/x-ndjson"));
    let lines: Vec<AuditEntry> = export.text().lines().map(|line| serde_json::from_str(line).expect("a row")).collect();
    assert!(lines.len() > 20 && lines.windows(2).all(|pair| pair[0].id < pair[1].id));
    assert_eq!(audited(site, staff, "audit.exported").len(), 1);
    site.administer(&["audit", "verify"]);
}

fn a_decision_about_an_enterprise_that_several_take_at_once_is_taken_once(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let (good, bad) = (site.join_administrator(&uscc()), site.join_administrator(&uscc()));
    let path = format!("/enterprises/{}/verify", enterprise_id(&site, &good));
    all_are(&at_once(SEVERAL, |_| post(&site, &staff, &path, &because("核对无误"))), 200);
    assert_eq!(
        (audited(&site, &staff, "enterprise.verified").len(), told(&site, &good, "enterprise_verified")),
        (1, 1)
    );

    let path = format!("/enterprises/{}/refuse", enterprise_id(&site, &bad));
    one_wins(&at_once(SEVERAL, |_| post(&site, &staff, &path, &because("不符"))), 200, "enterprise.no_claim");
    assert_eq!(told(&site, &bad, "enterprise_refused"), 1);

    // Each of them another person: whoever comes last is it, and at each moment there was one.
    let path = format!("/enterprises/{}/administrator", enterprise_id(&site, &good));
    let people: Vec<Member> = (0..SEVERAL).map(|_| site.join()).collect();
    let replies = at_once(SEVERAL, |at| {
        post(&site, &staff, &path, &json!({ "account_id": people[at].account, "reason": "企业公函" }))
    });
    all_are(&replies, 200);
    let roles: Vec<_> = people.iter().filter_map(|member| enterprise(&site, member)).map(|place| place.role).collect();
    assert_eq!((roles.len(), roles.iter().filter(|role| *role == "admin").count()), (SEVERAL, 1));
    assert_eq!(enterprise(&site, &good).expect("an enterprise").role, "operator");
    assert_eq!(
        audited(&site, &staff, "enterprise.administrator").iter().filter(|row| row.actor_kind == "staff").count(),
        SEVERAL
    );
}

fn an_account_that_several_lock_or_unlock_at_once_is_locked_or_unlocked_once(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let member = site.join();
    for (what, action) in [("lock", "account.locked"), ("unlock", "account.unlocked")] {
        let path = format!("/accounts/{}/{what}", member.account);
        all_are(&at_once(SEVERAL, |_| post(&site, &staff, &path, &because("核查"))), 200);
        assert_eq!(audited(&site, &staff, action).len(), 1, "{what}");
    }
    let again = Member { token: site.log_in(&member.person).access_token, ..member };
    assert_eq!(told(&site, &again, "account_unlocked"), 1);
}

fn a_card_that_several_bind_or_unbind_at_once_is_bound_or_unbound_once(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let ca = site.authority(Algorithm::P256);
    let (member, number) = (site.join(), "8930000000002");
    let card = card_of(&ca, &holder(&member.person, CardClass::Operator, number));
    let path = format!("/accounts/{}/card", member.account);
    all_are(&at_once(SEVERAL, |_| post(&site, &staff, &path, &binding(&card, number))), 201);
    assert_eq!((audited(&site, &staff, "card.bound").len(), told(&site, &member, "card_bound")), (1, 1));
    let unbind = format!("{path}/unbind");
    one_wins(&at_once(SEVERAL, |_| post(&site, &staff, &unbind, &because("遗失"))), 204, "card.not_bound");
    assert_eq!(told(&site, &member, "card_unbound"), 1);
}

fn a_file_that_several_import_at_once_adds_each_row_once(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let rows: String = (0..50).map(|n| format!("{},企业{n}\n", uscc())).collect();
    let file = format!("uscc,name\n{rows}");
    let replies = at_once(SEVERAL, |_| {
        site.post("/v1/platform/registry/import").token(&staff.token).bytes("text/csv", file.clone()).send()
    });
    let imports: Vec<RegistryImport> = replies.into_iter().map(|reply| reply.ok(201)).collect();
    assert_eq!(imports.iter().map(|import| import.added).sum::<i64>(), 50);
    assert!(imports.iter().all(|import| import.added + import.unchanged == 50 && import.refused == 0));
}

fn an_application_that_several_make_change_or_remove_at_once_is_so_once(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let made = at_once(SEVERAL, |_| post(&site, &staff, "/applications", &application("ship_records")));
    one_wins(&made, 201, "application.code_taken");
    let made = made.iter().find(|reply| reply.status == 201).unwrap();
    let (etag, path) =
        (made.header("etag"), format!("/v1/platform/applications/{}", made.value()["id"].as_str().unwrap()));
    let open = json!({ "open": true, "reason": "试点" });
    let changed =
        at_once(SEVERAL, |_| site.patch(&path).token(&staff.token).header("if-match", etag).json(&open).send());
    one_wins(&changed, 200, "request.precondition_failed");
    let removed = at_once(SEVERAL, |_| site.delete(&path).token(&staff.token).send());
    one_wins(&removed, 204, "resource.not_found");
}

fn what_several_trust_or_distrust_at_once_is_so_once(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let ca = TestCa::new(Algorithm::P256).unwrap();
    let anchor = json!({ "kind": "anchor", "certificate": base64(&ca.root_der().unwrap()), "reason": "新增发证机构" });
    let list = json!({ "list": base64(&ca.crl(CrlAge::Current).unwrap()), "reason": "每日更新" });
    for (path, body) in [("/trust/anchors", anchor), ("/trust/crls", list)] {
        let added = at_once(SEVERAL, |_| post(&site, &staff, path, &body));
        one_wins(&added, 201, "trust.known");
        let added = added.iter().find(|reply| reply.status == 201).unwrap().value();
        let path = format!("/v1/platform{path}/{}", added["id"].as_str().unwrap());
        let removed = at_once(SEVERAL, |_| site.delete(&path).token(&staff.token).send());
        one_wins(&removed, 204, "resource.not_found");
    }
}

fn reminders_that_several_run_at_once_go_out_once(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let administrator = site.join_administrator(&uscc());
    qualification(&site, &administrator);
    let replies = at_once(SEVERAL, |_| post(&site, &staff, "/reminders/run", &json!({})));
    let runs: Vec<RemindersRun> = replies.into_iter().map(|reply| reply.ok(200)).collect();
    assert_eq!(runs.iter().map(|run| run.sent).sum::<i64>(), 1);
    assert_eq!(told(&site, &administrator, "qualification_expiring"), 1);
    // Somebody who asks to join is told of in the same way, once: the runs hold nothing that others wait for.
    let operator = site.join();
    site.ask_to_join(&operator, "operator", &enterprise(&site, &administrator).unwrap().uscc.unwrap())
        .ok::<Association>(201);
    assert_eq!(told(&site, &administrator, "association_waiting"), 1);
}
