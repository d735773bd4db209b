//! A day on which the platform's staff use each of their routes, with an enterprise, a card, a registry and a catalogue: what the databases did for
//! it is looked at elsewhere.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eport_platform::Platform;
use eport_shared::platform::new_id;
use eport_shared::sql;
use eport_shared::testing::cards::{
    Algorithm, CardClass, CrlAge, ENTERPRISE, OTHER_ENTERPRISE, authority, holder, issue, trusted,
};
use eport_shared::testing::{Call, World};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::{act, get, on_duty};

async fn post(world: &World, token: &str, path: &str, body: &Json) -> Json {
    let answer = world.send::<Platform>(Call::post(&format!("/v1/platform{path}")).bearer(token).json(body)).await;
    assert!(answer.status() < 300, "{path}: {}", answer.json());
    if answer.status() == 204 { Json::Null } else { answer.json() }
}

async fn delete(world: &World, token: &str, path: &str, id: &Json) {
    let path = format!("/v1/platform{path}/{}", id.as_str().unwrap());
    world.send::<Platform>(Call::delete(&path).bearer(token)).await.done(204);
}

/// An unverified enterprise that person `n` claims.
async fn claimed(world: &World, (uscc, name): (&str, &str), n: u32) -> (Uuid, Uuid) {
    let (id, person) = (new_id(world.now(), &world.entropy), world.person(n).await.id);
    let insert = sql!(
        "INSERT INTO enterprises (id, uscc, organisation_code, name, state, created_at, updated_at)
         VALUES ($1, $2, $3, $4, 'unverified', $5, $5)"
    );
    let values = [id.into(), uscc.into(), uscc[8..17].into(), name.into(), world.now().into()];
    world.rows(&insert, &values).await;
    let join = sql!(
        "INSERT INTO memberships (account_id, enterprise_id, role, state, origin, created_at, updated_at)
         VALUES ($1, $2, 'admin', 'active', 'association', $3, $3)"
    );
    world.rows(&join, &[person.into(), id.into(), world.now().into()]).await;
    (id, person)
}

/// The whole day.
pub(crate) async fn staff_day(world: &World) {
    let (_, token) = on_duty(world).await;
    let token = token.as_str();
    let ca = trusted(world, Algorithm::P256).await;
    let because = json!({ "reason": "核查" });

    let (one, claimant) = claimed(world, ENTERPRISE, 1).await;
    let (other, _) = claimed(world, OTHER_ENTERPRISE, 2).await;
    for query in [
        "",
        "?state=unverified",
        "?state=verified&limit=1",
        "?query=913300007458363392",
        "?query=745836339",
        "?query=%E6%9D%AD%E5%B7%9E",
    ] {
        get(world, token, &format!("/v1/platform/enterprises{query}")).await.done(200);
    }
    get(world, token, &format!("/v1/platform/enterprises/{one}")).await.done(200);
    get(world, token, &format!("/v1/platform/enterprises/{one}/members")).await.done(200);
    let successor = world.person(3).await.id;
    let appointed = json!({ "account_id": successor, "reason": "企业公函" });
    post(world, token, &format!("/enterprises/{one}/administrator"), &appointed).await;
    post(world, token, &format!("/enterprises/{one}/verify"), &because).await;
    let back = json!({ "account_id": claimant, "reason": "企业公函" });
    post(world, token, &format!("/enterprises/{one}/administrator"), &back).await;
    post(world, token, &format!("/enterprises/{other}/refuse"), &because).await;

    let holder = holder(4, CardClass::Operator);
    let person = world.person(4).await.id;
    let card = issue(&ca, &holder);
    let binding = json!({
        "card_number": holder.card_number, "card_class": "operator", "certificate": STANDARD.encode(&card.certificate_der), "reason": "到窗口办理"
    });
    post(world, token, &format!("/accounts/{person}/card"), &binding).await;
    get(world, token, &format!("/v1/platform/accounts/{person}/card")).await.done(200);
    post(world, token, &format!("/accounts/{person}/card/unbind"), &because).await;
    for what in ["lock", "unlock", "reveal"] {
        act(world, token, person, what, "核查").await.done(200);
    }
    get(world, token, "/v1/platform/accounts?query=%E5%BC%A0%E4%BC%9F").await.done(200);

    registry(world, token).await;
    catalogue(world, token).await;

    let stranger = authority(world, Algorithm::P256);
    let anchor =
        json!({ "kind": "anchor", "certificate": STANDARD.encode(stranger.root_der().unwrap()), "reason": "新增" });
    let anchor = post(world, token, "/trust/anchors", &anchor).await;
    let list = json!({ "list": STANDARD.encode(stranger.crl(CrlAge::Current).unwrap()), "reason": "每日更新" });
    let list = post(world, token, "/trust/crls", &list).await;
    for path in ["/trust/anchors", "/trust/crls"] {
        get(world, token, &format!("/v1/platform{path}")).await.done(200);
    }
    delete(world, token, "/trust/anchors", &anchor["id"]).await;
    delete(world, token, "/trust/crls", &list["id"]).await;

    let qualification = sql!(
        "INSERT INTO qualifications (id, enterprise_id, department, kind, number, valid_to, created_at, updated_at)
         VALUES ($1, $2, '海关', 'customs_registration', '6101960ABC', '2026-11-25', 1, 1)"
    );
    world.rows(&qualification, &[new_id(world.now(), &world.entropy).into(), one.into()]).await;
    assert_eq!(post(world, token, "/reminders/run", &json!({})).await["sent"], 1);

    for query in ["", "?action=enterprise.verified", "?result=refused", &format!("?target_id={one}")] {
        get(world, token, &format!("/v1/platform/audit{query}")).await.done(200);
    }
    get(world, token, "/v1/platform/audit/export").await;
}

async fn registry(world: &World, token: &str) {
    let file = format!("uscc,name\n{},示例\n91350100M000100Y44,错误\n", ENTERPRISE.0);
    for query in ["?dry_run=true", ""] {
        let call = Call::post(&format!("/v1/platform/registry/import{query}")).bearer(token).raw(file.clone());
        let import = world.send::<Platform>(call.header("content-type", "text/csv")).await.done(201);
        let id = import["id"].as_str().unwrap();
        get(world, token, &format!("/v1/platform/registry/imports/{id}")).await.done(200);
    }
    get(world, token, "/v1/platform/registry/imports").await.done(200);
}

async fn catalogue(world: &World, token: &str) {
    let application = json!({
        "code": "ship_records", "name": { "zh": "船舶备案", "en": "Ship records" }, "open": false,
        "actions": [{ "code": "view", "name": { "zh": "查看", "en": "View" } }], "reason": "新系统上线"
    });
    let made = post(world, token, "/applications", &application).await;
    let path = format!("/v1/platform/applications/{}", made["id"].as_str().unwrap());
    get(world, token, &path).await.done(200);
    get(world, token, "/v1/platform/applications").await.done(200);
    let open = json!({ "open": true, "reason": "试点" });
    world.send::<Platform>(Call::patch(&path).bearer(token).json(&open)).await.done(200);
    delete(world, token, "/applications", &made["id"]).await;
}
