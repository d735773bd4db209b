//! The catalogue, kept by staff: what they change is in force on the next check.

use eport_platform::Platform;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::testing::{Answer, Call, World};
use serde_json::{Value as Json, json};

use crate::{Firm, WIDE, reason, send, stranger};

const PATH: &str = "/v1/platform/applications";

async fn on_duty(world: &World) -> String {
    world.sign_in(world.staff(900).await.id).await
}

fn action(code: &str) -> Json {
    json!({ "code": code, "name": { "zh": "操作", "en": "Action" } })
}

fn new(code: &str) -> Json {
    json!({
        "code": code, "name": { "zh": " 试点应用 ", "en": "Pilot" }, "open": false, "actions": [action("view"), action("submit")], "reason": "试点"
    })
}

async fn add(world: &World, token: &str, body: &Json) -> Answer {
    world.send::<Platform>(Call::post(PATH).json(body).bearer(token)).await
}

async fn patch(world: &World, token: &str, id: &Json, body: &Json) -> Answer {
    let path = format!("{PATH}/{}", id.as_str().unwrap());
    world.send::<Platform>(Call::patch(&path).json(body).bearer(token)).await
}

async fn id_of(world: &World, token: &str, code: &str) -> Json {
    let list = world.send::<Platform>(Call::get(&format!("{PATH}?limit=100")).bearer(token)).await.done(200);
    list["items"].as_array().unwrap().iter().find(|item| item["code"] == code).unwrap()["id"].clone()
}

on_each_database! {
    async fn a_new_application_can_be_used_at_once(world: World) {
        let token = on_duty(&world).await;
        let firm = Firm::new(&world, 1).await;
        firm.entitle(&world, &[("pilot", &["view"])]).await.refused(&catalogue::APPLICATION_UNKNOWN);
        let added = add(&world, &token, &new("pilot")).await;
        let body = added.done(201);
        assert_eq!((&body["name"]["zh"], &body["position"], added.header("etag")), (&json!("试点应用"), &json!(160), Some("\"1\"")));
        firm.entitle(&world, &[("pilot", &["view"])]).await.done(200);
        assert_eq!(reason(&world, &firm.administrator, "pilot", "view").await, "administrator");
        let list = send(&world, Call::get("/v1/applications"), &firm.administrator).await.done(200);
        let last = list["items"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&last["code"], last["actions"].as_array().unwrap().len()), (&json!("pilot"), 2));
        let audit = world.audit_of("application.added").await;
        assert!(audit[0].after.as_ref().unwrap().contains("试点"));
        assert_eq!(audit[0].actor_kind, "staff");
        let id = body["id"].as_str().unwrap();
        assert_eq!(world.send::<Platform>(Call::get(&format!("{PATH}/{id}")).bearer(&token)).await.done(200), body);
    }

    async fn a_change_is_in_force_on_the_next_check(world: World) {
        let token = on_duty(&world).await;
        let firm = Firm::entitled(&world, 1, WIDE).await;
        firm.set_state(&world, "unverified").await;
        let ask = async |action: &str| reason(&world, &firm.administrator, "manifest", action).await;
        assert_eq!(ask("view").await, "enterprise_unverified");
        let id = id_of(&world, &token, "manifest").await;
        let changed = patch(&world, &token, &id, &json!({ "open": true, "reason": "试点期间" })).await;
        assert_eq!((changed.done(200)["open"].clone(), changed.header("etag")), (json!(true), Some("\"2\"")));
        assert_eq!(ask("view").await, "administrator");
        let body = json!({ "actions": [action("submit")], "reason": "停用" });
        patch(&world, &token, &id, &body).await.done(200);
        assert_eq!((ask("view").await.as_str(), ask("submit").await.as_str()), ("unknown_action", "administrator"));
        let same = patch(&world, &token, &id, &body).await;
        same.done(200);
        assert_eq!(same.header("etag"), Some("\"3\""), "what changes nothing is no new version");
        assert_eq!(world.audit_of("application.changed").await.len(), 2);
    }

    async fn what_is_removed_can_be_used_no_more_and_its_code_never_comes_back(world: World) {
        let token = on_duty(&world).await;
        let firm = Firm::entitled(&world, 1, WIDE).await;
        let operator = firm.operator(&world, 11).await;
        firm.grant(&world, &operator, WIDE).await.done(200);
        let id = id_of(&world, &token, "manifest").await;
        let delete = || Call::delete(&format!("{PATH}/{}", id.as_str().unwrap())).bearer(&token);
        world.send::<Platform>(delete().header("if-match", "\"9\"")).await.refused(&catalogue::REQUEST_PRECONDITION_FAILED);
        world.send::<Platform>(delete()).await.done(204);
        world.send::<Platform>(delete()).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        patch(&world, &token, &id, &json!({ "open": true, "reason": "x" })).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        assert_eq!(reason(&world, &operator, "manifest", "view").await, "unknown_application");
        add(&world, &token, &new("manifest")).await.refused(&catalogue::APPLICATION_CODE_TAKEN);
        for path in ["/v1/me/grants", "/v1/enterprise/entitlements", "/v1/applications"] {
            let answer = send(&world, Call::get(path), &firm.administrator).await.done(200);
            assert!(!answer.to_string().contains("manifest"), "{path}");
        }
        firm.grant(&world, &operator, &[("goods_declaration", &["view"])]).await.done(200);
        assert!(!world.inbox(operator.person.id).await.last().unwrap().1.to_string().contains("manifest"));
    }

    async fn what_is_wrong_with_a_new_one_is_told_field_by_field(world: World) {
        let token = on_duty(&world).await;
        for (change, field, refusal) in [
            (json!({ "code": "Goods" }), "code", &catalogue::APPLICATION_CODE_FORMAT),
            (json!({ "name": { "zh": "", "en": "x" } }), "name.zh", &catalogue::TEXT_LENGTH),
            (json!({ "name": { "zh": "好", "en": "a\u{202E}b" } }), "name.en", &catalogue::TEXT_CONTROL_CHARACTERS),
            (json!({ "actions": [] }), "actions", &catalogue::APPLICATION_ACTIONS),
            (json!({ "actions": [action("view"), action("view")] }), "actions", &catalogue::APPLICATION_ACTIONS),
            (json!({ "actions": vec![action("view"); 61] }), "actions", &catalogue::APPLICATION_ACTIONS),
            (json!({ "actions": [action("view"), action("a:b")] }), "actions[1].code", &catalogue::APPLICATION_CODE_FORMAT),
            (json!({ "reason": " " }), "reason", &catalogue::AUDIT_REASON_REQUIRED),
        ] {
            let mut body = new("pilot");
            body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let answer = add(&world, &token, &body).await;
            answer.refused(refusal);
            assert_eq!(answer.errors()[0].0, field);
        }
        let id = id_of(&world, &token, "manifest").await;
        let answer = patch(&world, &token, &id, &json!({ "actions": [], "reason": "x" })).await;
        answer.refused(&catalogue::APPLICATION_ACTIONS);
        assert_eq!(world.audit_of("application.changed").await.len(), 0);
    }

    async fn of_two_who_add_one_code_at_once_one_does(world: World) {
        let token = on_duty(&world).await;
        let body = new("pilot");
        let (a, b) = tokio::join!(add(&world, &token, &body), add(&world, &token, &body));
        let mut statuses = [a.status(), b.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
    }

    async fn the_catalogue_takes_two_hundred(world: World) {
        let token = on_duty(&world).await;
        for n in 15..200 {
            add(&world, &token, &new(&format!("pilot_{n}"))).await.done(201);
        }
        add(&world, &token, &new("one_more")).await.refused(&catalogue::APPLICATION_TOO_MANY);
        let list = world.send::<Platform>(Call::get(&format!("{PATH}?limit=100")).bearer(&token)).await.done(200);
        assert!(list["next_cursor"].is_string());
    }

    async fn nobody_but_staff_keeps_it(world: World) {
        let firm = Firm::new(&world, 1).await;
        let nobody = stranger(&world, 50).await;
        let id = "019aa9a5-6c00-7000-8000-000000000002";
        for call in [
            Call::get(PATH),
            Call::get(&format!("{PATH}/{id}")),
            Call::post(PATH).json(&new("pilot")),
            Call::patch(&format!("{PATH}/{id}")).json(&json!({ "open": true, "reason": "x" })),
            Call::delete(&format!("{PATH}/{id}")),
        ] {
            world.send::<Platform>(call.clone()).await.refused(&catalogue::SESSION_REQUIRED);
            for who in [&firm.administrator, &nobody] {
                world.send::<Platform>(call.clone().bearer(&who.token)).await.refused(&catalogue::STAFF_REQUIRED);
            }
        }
    }
}
