//! The rules of qualifications, through the routes, on both databases.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests")]

use eport_enterprises::Enterprises;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::platform::new_id;
use eport_shared::sql;
use eport_shared::testing::{Answer, Call, World};
use serde_json::{Value as Json, json};

/// The token of the `n`th person as the administrator of an enterprise.
async fn administrator(world: &World, code: &str, n: u32) -> String {
    let person = world.person(n).await;
    let id = new_id(world.now(), &world.entropy);
    let make = sql!(
        "INSERT INTO enterprises (id, organisation_code, name, state, created_at, updated_at) VALUES ($1, $2, '企业', 'unverified', 1, 1)"
    );
    world.rows(&make, &[id.into(), code.into()]).await;
    let join = sql!(
        "INSERT INTO memberships (account_id, enterprise_id, role, state, origin, created_at, updated_at)
         VALUES ($1, $2, 'admin', 'active', 'association', 1, 1)"
    );
    world.rows(&join, &[person.id.into(), id.into()]).await;
    world.sign_in(person.id).await
}

fn customs() -> Json {
    json!({
        "department": "西安海关", "kind": "customs_registration", "number": "6101960abc", "valid_from": "2024-07-01", "valid_to": "2027-06-30",
        "notes": "报关企业"
    })
}

const PATH: &str = "/v1/enterprise/qualifications";

async fn send(world: &World, token: &str, call: Call) -> Answer {
    world.send::<Enterprises>(call.bearer(token)).await
}

async fn create(world: &World, token: &str, body: &Json) -> Answer {
    send(world, token, Call::post(PATH).json(body)).await
}

async fn patch(world: &World, token: &str, id: &Json, body: &Json) -> Answer {
    send(world, token, Call::patch(&format!("{PATH}/{}", id.as_str().unwrap())).json(body)).await
}

on_each_database! {
    async fn a_qualification_is_entered_seen_changed_and_removed(world: World) {
        let token = administrator(&world, "MA1111111", 1).await;
        let entered = create(&world, &token, &customs()).await;
        let made = entered.done(201);
        assert_eq!((&made["number"], &made["kind_name"], &made["state"]), (&json!("6101960ABC"), &json!("海关注册编码"), &json!("valid")));
        let path = format!("{PATH}/{}", made["id"].as_str().unwrap());
        let seen = send(&world, &token, Call::get(&path).header("accept-language", "en")).await;
        assert_eq!(seen.done(200)["kind_name"], "Customs registration code");
        assert_eq!((seen.header("etag"), entered.header("etag")), (Some("\"1\""), Some("\"1\"")));

        let changed = patch(&world, &token, &made["id"], &json!({ "valid_to": "2026-12-22", "notes": null })).await.done(200);
        assert_eq!((&changed["state"], &changed["notes"], &changed["department"]), (&json!("expiring"), &json!(null), &json!("西安海关")));
        assert_eq!(send(&world, &token, Call::get(PATH)).await.done(200)["items"], json!([changed]));
        send(&world, &token, Call::delete(&path)).await.done(204);
        send(&world, &token, Call::get(&path)).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        send(&world, &token, Call::delete(&path)).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        for action in ["qualification.created", "qualification.updated", "qualification.removed"] {
            assert!(world.audit_of(action).await[0].enterprise_id.is_some(), "{action}");
        }
    }

    async fn its_last_day_counts_by_the_calendar_in_china(world: World) {
        // 2026-11-22 in China until 16:00 UTC.
        let token = administrator(&world, "MA1111111", 1).await;
        for (number, valid_to, state) in [
            ("A", json!("2026-11-21"), "expired"),
            ("B", json!("2026-11-22"), "expiring"),
            ("C", json!("2026-12-22"), "expiring"),
            ("D", json!("2026-12-23"), "valid"),
            ("E", json!(null), "valid"),
        ] {
            let body = json!({ "department": "商务", "kind": "other", "number": number, "valid_to": valid_to });
            assert_eq!(create(&world, &token, &body).await.done(201)["state"], state, "{number}");
        }
        world.advance(14 * 3600 + 40 * 60);
        let token = world.sign_in(world.rows(&sql!("SELECT account_id FROM memberships"), &[]).await[0].get(0).unwrap()).await;
        let list = send(&world, &token, Call::get(PATH)).await.done(200);
        let states: Vec<_> = list["items"].as_array().unwrap().iter().map(|item| item["state"].as_str().unwrap()).collect();
        assert_eq!(states.iter().filter(|state| **state == "expired").count(), 2);
        assert_eq!(states.iter().filter(|state| **state == "expiring").count(), 2);
    }

    async fn wrong_fields_are_refused_with_their_names(world: World) {
        let token = administrator(&world, "MA1111111", 1).await;
        for (field, value, refusal) in [
            ("department", json!(" "), &catalogue::DEPARTMENT_LENGTH),
            ("kind", json!("customs"), &catalogue::QUALIFICATION_KIND),
            ("number", json!("6101960AB"), &catalogue::QUALIFICATION_CUSTOMS_CODE),
            ("valid_from", json!("2024-02-30"), &catalogue::DATE_FORMAT),
            ("valid_to", json!("2024-06-30"), &catalogue::QUALIFICATION_DATES),
            ("notes", json!("x".repeat(501)), &catalogue::TEXT_LENGTH),
            ("notes", json!("a\nb"), &catalogue::TEXT_CONTROL_CHARACTERS),
        ] {
            let mut body = customs();
            body[field] = value;
            let answer = create(&world, &token, &body).await;
            answer.refused(refusal);
            assert_eq!(answer.errors()[0].0, field);
        }
        let mut body = customs();
        body["kind"] = json!("other");
        body["number"] = json!("");
        create(&world, &token, &body).await.refused(&catalogue::QUALIFICATION_NUMBER);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM qualifications"), &[]).await, 0);
    }

    async fn a_patch_must_fit_what_it_leaves(world: World) {
        let token = administrator(&world, "MA1111111", 1).await;
        let id = create(&world, &token, &customs()).await.done(201)["id"].clone();
        patch(&world, &token, &id, &json!({ "valid_to": "2024-01-01" })).await.refused(&catalogue::QUALIFICATION_DATES);
        patch(&world, &token, &id, &json!({ "number": "1" })).await.refused(&catalogue::QUALIFICATION_CUSTOMS_CODE);
        let changed = patch(&world, &token, &id, &json!({ "kind": "other", "number": "1", "valid_from": null })).await.done(200);
        assert_eq!((&changed["kind"], &changed["valid_from"]), (&json!("other"), &json!(null)));
        patch(&world, &token, &id, &json!({ "kind": "customs_registration" })).await.refused(&catalogue::QUALIFICATION_CUSTOMS_CODE);
    }

    async fn a_number_stands_once_in_an_enterprise(world: World) {
        let (token, other) = (administrator(&world, "MA1111111", 1).await, administrator(&world, "MA2222222", 2).await);
        create(&world, &token, &customs()).await.done(201);
        create(&world, &token, &customs()).await.refused(&catalogue::QUALIFICATION_EXISTS);
        create(&world, &other, &customs()).await.done(201);
        let mut body = customs();
        body["number"] = json!("6101960ABD");
        let id = create(&world, &token, &body).await.done(201)["id"].clone();
        patch(&world, &token, &id, &json!({ "number": "6101960ABC" })).await.refused(&catalogue::QUALIFICATION_EXISTS);
    }

    async fn of_two_that_are_entered_at_once_one_is_and_a_retry_gets_the_first_answer(world: World) {
        let token = administrator(&world, "MA1111111", 1).await;
        let body = customs();
        let (a, b) = tokio::join!(create(&world, &token, &body), create(&world, &token, &body));
        let mut statuses = [a.status(), b.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
        let keyed = || Call::post(PATH).json(&json!({ "department": "税务", "kind": "tax_rebate", "number": "1" })).key("q-1");
        let first = send(&world, &token, keyed()).await.done(201);
        assert_eq!(send(&world, &token, keyed()).await.done(201), first);
    }

    async fn a_change_to_an_older_version_is_refused(world: World) {
        let token = administrator(&world, "MA1111111", 1).await;
        let id = create(&world, &token, &customs()).await.done(201)["id"].clone();
        let path = format!("{PATH}/{}", id.as_str().unwrap());
        let change = || Call::patch(&path).json(&json!({ "notes": "x" })).header("if-match", "\"1\"");
        let (a, b) = tokio::join!(send(&world, &token, change()), send(&world, &token, change()));
        let mut statuses = [a.status(), b.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
        let late = send(&world, &token, Call::delete(&path).header("if-match", "\"1\"")).await;
        late.refused(&catalogue::REQUEST_PRECONDITION_FAILED);
    }

    async fn only_the_enterprises_administrator_sees_or_changes_them(world: World) {
        let (token, other) = (administrator(&world, "MA1111111", 1).await, administrator(&world, "MA2222222", 2).await);
        let id = create(&world, &token, &customs()).await.done(201)["id"].clone();
        let path = format!("{PATH}/{}", id.as_str().unwrap());
        let operator = world.person(3).await;
        let join = sql!(
            "INSERT INTO memberships (account_id, enterprise_id, role, state, origin, created_at, updated_at)
             SELECT $1, enterprise_id, 'operator', 'active', 'association', 1, 1 FROM qualifications"
        );
        world.rows(&join, &[operator.id.into()]).await;
        let operator = world.sign_in(operator.id).await;
        let stranger = world.sign_in(world.person(4).await.id).await;
        for call in [
            Call::get(&path),
            Call::patch(&path).json(&json!({ "notes": "x" })),
            Call::delete(&path),
        ] {
            world.send::<Enterprises>(call.clone()).await.refused(&catalogue::SESSION_REQUIRED);
            send(&world, &other, call.clone()).await.refused(&catalogue::RESOURCE_NOT_FOUND);
            send(&world, &operator, call.clone()).await.refused(&catalogue::PERMISSION_DENIED);
            send(&world, &stranger, call).await.refused(&catalogue::ENTERPRISE_REQUIRED);
        }
        assert_eq!(send(&world, &other, Call::get(PATH)).await.done(200)["items"], json!([]));
        send(&world, &operator, Call::get(PATH)).await.refused(&catalogue::PERMISSION_DENIED);
        create(&world, &operator, &customs()).await.refused(&catalogue::PERMISSION_DENIED);
    }

    async fn kinds_have_names_in_both_languages(world: World) {
        let token = administrator(&world, "MA1111111", 1).await;
        let path = "/v1/enterprise/qualification-kinds";
        let kinds = send(&world, &token, Call::get(path)).await.done(200);
        assert_eq!(kinds["items"][0], json!({ "code": "customs_registration", "name": "海关注册编码", "department": "海关" }));
        let kinds = send(&world, &token, Call::get(path).header("accept-language", "en")).await.done(200);
        assert_eq!(kinds["items"][0]["department"], "Customs");
        world.send::<Enterprises>(Call::get(path)).await.refused(&catalogue::SESSION_REQUIRED);
    }

    async fn no_list_reads_a_table_as_a_whole(world: World) {
        let token = administrator(&world, "MA1111111", 1).await;
        create(&world, &token, &customs()).await.done(201);
        world.database.plans(&[]).await;
        send(&world, &token, Call::get(PATH)).await.done(200);
        for (statement, plan) in world.database.plans(&["enable_seqscan"]).await {
            let scans = |line: &String| (line.starts_with("SCAN ") && !line.contains("INDEX")) || line.contains("Seq Scan");
            assert!(!plan.iter().any(scans), "{statement}\n{plan:#?}");
        }
    }
}
