//! J19 over a trail that enterprises, seals and the platform's staff really left: whatever is changed in a row, a row that is taken away and one that
//! is put in are found by `eport audit verify`.

use std::collections::BTreeSet;
use std::process::Output;

use eport_schema::wire::{Association, AuditEntry, List, SessionCreated};
use eport_tests::cards::{USCC, base64, card_of, holder};
use eport_tests::people::{below, uscc};
use eport_tests::{Member, On, Person, Site, images, on_both};
use eport_virtual_card::ca::{CardClass, IssuedCard};
use eport_virtual_card::key::Algorithm;
use serde_json::{Value, json};

on_both![whatever_is_done_to_a_row_of_any_kind_is_found];

/// What can be done to a row, as SQL of both dialects: what is set, for the row `audit`.
const CHANGES: &[(&str, &str)] = &[
    ("id", "id = '019aa9a5-6f0c-7d0a-8f0e-2d9d7f5b1c11'"),
    ("chain", "chain = (chain + 1) % 16, seq = seq + 1000"),
    ("seq", "seq = seq + 1000"),
    ("at", "at = at - 1"),
    ("actor_kind", "actor_kind = actor_kind || 'x'"),
    ("actor_id", "actor_id = CASE WHEN actor_id IS NULL THEN id END"),
    ("session_id", "session_id = CASE WHEN session_id IS NULL THEN id END"),
    ("enterprise_id", "enterprise_id = CASE WHEN enterprise_id IS NULL THEN id END"),
    ("address", "address = CASE WHEN address IS NULL THEN '' END"),
    ("device", "device = COALESCE(device, '') || ' '"),
    ("amr", "amr = CASE WHEN amr IS NULL THEN '' END"),
    ("action", "action = action || '.'"),
    ("target_type", "target_type = CASE WHEN target_type IS NULL THEN 'account' END"),
    ("target_id", "target_id = COALESCE(target_id, '') || '0'"),
    ("before", "before = CASE WHEN before IS NULL THEN '{}' END"),
    ("after", "after = COALESCE(after, '{}') || ' '"),
    ("result", "result = CASE WHEN result = 'ok' THEN 'refused' ELSE 'ok' END"),
    ("code", "code = CASE WHEN code IS NULL THEN 'x' END"),
    ("trace_id", "trace_id = COALESCE(trace_id, '') || '0'"),
    ("mac", "mac = (SELECT other.mac FROM audit other WHERE other.id <> audit.id ORDER BY other.id LIMIT 1)"),
];

fn whatever_is_done_to_a_row_of_any_kind_is_found(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    trail(&site, &staff);
    let rows = rows(&site, &staff);
    let kinds: BTreeSet<&str> = rows.iter().map(|row| row.action.as_str()).collect();
    for kind in KINDS {
        assert!(kinds.contains(kind), "{kind} is not in the trail: {kinds:?}");
    }
    assert!(verify(&site).status.success());
    site.sql("CREATE TABLE kept AS SELECT * FROM audit");
    let first = usize::try_from(below(CHANGES.len() as u64)).unwrap();
    for (at, row) in rows.iter().enumerate() {
        let id = row.id;
        // Each row in another way: all ways come to all places of the trail, run after run.
        let (column, change) = CHANGES[(first + at) % CHANGES.len()];
        assert_found(&site, row, column, &format!("UPDATE audit SET {change} WHERE id = '{id}'"), "");
        assert_found(&site, row, "deleted", &format!("DELETE FROM audit WHERE id = '{id}'"), "deleted");
        let columns = "at, actor_kind, actor_id, session_id, enterprise_id, address, device, amr, action, target_type, target_id, before, after, \
                       result, code, trace_id, mac";
        let copy = format!(
            "INSERT INTO audit (id, chain, seq, {columns})
             SELECT '019aa9a5-6f0c-7d0a-8f0e-2d9d7f5b1c11', chain, (SELECT MAX(seq) + 1 FROM kept other WHERE other.chain = kept.chain), {columns}
             FROM kept WHERE id = '{id}'"
        );
        assert_found(&site, row, "inserted", &copy, "was put in");
    }
    assert!(verify(&site).status.success(), "all is as it was");
    site.sql("DROP TABLE kept");
}

/// Does it, looks, and takes it back.
#[track_caller]
fn assert_found(site: &Site, row: &AuditEntry, what: &str, sql: &str, said: &str) {
    site.sql(sql);
    let output = verify(site);
    let printed = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && error.contains("the audit is broken"),
        "{} {what}: {printed}{error}",
        row.action
    );
    assert!(printed.contains(said), "{} {what}: {printed}", row.action);
    site.sql("DELETE FROM audit; INSERT INTO audit SELECT * FROM kept");
}

fn verify(site: &Site) -> Output {
    let place = site.place();
    let mut arguments = vec!["audit", "verify"];
    arguments.extend(place.iter().map(String::as_str));
    site.run(&arguments)
}

fn rows(site: &Site, staff: &Member) -> Vec<AuditEntry> {
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/v1/platform/audit?limit=100{cursor}");
        let page: List<AuditEntry> = site.get(&path).token(&staff.token).send().ok(200);
        rows.extend(page.items);
        let Some(next) = page.next_cursor else { return rows };
        cursor = format!("&cursor={next}");
    }
}

/// What the trail must hold, beside what anybody's account brings.
const KINDS: &[&str] = &[
    "enterprise.created",
    "enterprise.verified",
    "enterprise.refused",
    "enterprise.administrator",
    "association.requested",
    "association.approved",
    "qualification.created",
    "entitlements.changed",
    "grants.changed",
    "operator.created",
    "operator.removed",
    "seal.created",
    "seal.authorized",
    "seal.deleted",
    "signature.created",
    "card.bound",
    "account.locked",
    "account.revealed",
    "registry.imported",
    "application.added",
    "audit.exported",
    // Refusals go under the operation's name.
    "create_seal",
    "transfer_administrator",
    "list_accounts",
];

/// What enterprises, seals and the platform leave behind in a day, well and badly.
fn trail(site: &Site, staff: &Member) {
    let ca = site.authority(Algorithm::P256);
    // The legal person, whose card makes the account; an operator who asked and one whom they made.
    let person = Person::new();
    site.keep_secret(&person.id_number);
    let card = card_of(&ca, &holder(&person, CardClass::LegalPerson, "8930000000003"));
    let session: SessionCreated = site.try_card(&card).ok(201);
    let token = session.access_token.as_str();
    let operator = site.join();
    let asked: Association = site.ask_to_join(&operator, "operator", USCC).ok(201);
    site.post(&format!("/v1/associations/{}/approve", asked.id)).token(token).send().ok::<Association>(200);
    at_the_enterprise(site, token, &operator);
    seals(site, token, &card);
    site.post("/v1/enterprise/admin-transfer")
        .token(&operator.token)
        .json(&json!({ "account_id": operator.account }))
        .send()
        .refused(403, "permission.denied");
    let transfer = json!({ "account_id": operator.account });
    let transfer = site.signed(&card, Some(token), &json!({ "purpose": "admin_transfer" }), &transfer);
    site.post("/v1/enterprise/admin-transfer").token(token).json(&transfer).send().ok::<Value>(200);
    platform(site, staff, &operator);
}

fn at_the_enterprise(site: &Site, token: &str, operator: &Member) {
    let qualification = json!({ "department": "杭州海关", "kind": "customs_registration", "number": "3301960ABC", "valid_to": "2199-12-31" });
    site.post("/v1/enterprise/qualifications").token(token).json(&qualification).send().ok::<Value>(201);
    let rights = json!([{ "application": "goods_declaration", "actions": ["view"] }]);
    let put = |path: &str, body: &Value| {
        let etag = site.get(path).token(token).send().header("etag").to_owned();
        site.put(path).token(token).header("if-match", &etag).json(body).send().ok::<Value>(200)
    };
    put("/v1/enterprise/entitlements", &json!({ "entitlements": rights }));
    put(&format!("/v1/operators/{}/grants", operator.account), &json!({ "grants": rights }));
    let made = Person::new();
    site.keep_secret(&made.id_number);
    let body = json!({
        "username": made.username, "name": made.name, "id_type": "resident_id", "id_number": made.id_number, "phone": made.phone
    });
    let made: Value = site.post("/v1/operators").token(token).json(&body).send().ok(201);
    site.delete(&format!("/v1/operators/{}", made["id"].as_str().unwrap())).token(token).send().done();
}

fn seals(site: &Site, token: &str, card: &IssuedCard) {
    let wanted = json!({ "name": "公司公章", "kind": "official", "shape": "round", "image": base64(&images::seal()) });
    let checked: Value = site.post("/v1/seals/check").token(token).json(&wanted).send().ok(200);
    let purpose = json!({ "purpose": "seal", "digest": checked["digest"] });
    let body = site.signed(card, Some(token), &purpose, &wanted);
    let made: Value = site.post("/v1/seals").token(token).json(&body).send().ok(201);
    // The same signature a second time.
    site.post("/v1/seals").token(token).json(&body).send().refused(422, "card.challenge_invalid");
    let path = format!("/v1/seals/{}", made["id"].as_str().unwrap());
    site.post(&format!("{path}/authorize")).token(token).send().ok::<Value>(200);
    site.delete(&path).token(token).send().done();
    let drawn = json!({ "name": "手写签名", "image": base64(&images::signature()) });
    site.post("/v1/signatures").token(token).json(&drawn).send().ok::<Value>(201);
}

fn platform(site: &Site, staff: &Member, operator: &Member) {
    let post = |path: &str, body: &Value| {
        let reply = site.post(&format!("/v1/platform{path}")).token(&staff.token).json(body).send();
        assert!(reply.status < 300, "{path}: {}", reply.text());
    };
    let because = json!({ "reason": "核查" });
    for what in ["verify", "refuse"] {
        let claimant = site.join_administrator(&uscc());
        let id = site.me(&claimant.token).enterprise.expect("an enterprise").id;
        post(&format!("/enterprises/{id}/{what}"), &because);
    }
    for what in ["reveal", "lock", "unlock"] {
        post(&format!("/accounts/{}/{what}", operator.account), &because);
    }
    let import = site.post("/v1/platform/registry/import").token(&staff.token);
    assert_eq!(import.bytes("text/csv", format!("uscc,name\n{USCC},示例\n")).send().status, 201);
    post(
        "/applications",
        &json!({
            "code": "ship_records", "name": { "zh": "船舶备案", "en": "Ship records" }, "open": false,
            "actions": [{ "code": "view", "name": { "zh": "查看", "en": "View" } }], "reason": "新系统上线"
        }),
    );
    assert_eq!(site.get("/v1/platform/audit/export").token(&staff.token).send().status, 200);
    let stranger = site.join();
    site.get("/v1/platform/accounts").token(&stranger.token).send().refused(403, "staff.required");
}
