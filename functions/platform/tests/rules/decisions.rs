//! What staff decide about an enterprise: found, verified, refused, given another administrator.

use eport_platform::Platform;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::platform::new_id;
use eport_shared::sql;
use eport_shared::testing::cards::{ENTERPRISE, OTHER_ENTERPRISE};
use eport_shared::testing::{Answer, Call, World};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::{get, ids, items, on_duty};

const ENTERPRISES: &str = "/v1/platform/enterprises";

/// An unverified enterprise without anybody in it.
async fn enterprise(world: &World, (uscc, name): (&str, &str)) -> Uuid {
    world.advance(1);
    let id = new_id(world.now(), &world.entropy);
    world
        .rows(
            &sql!(
                "INSERT INTO enterprises (id, uscc, organisation_code, name, registered_address, state, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, '杭州市上城区', 'unverified', $5, $5)"
            ),
            &[id.into(), uscc.into(), uscc[8..17].into(), name.into(), world.now().into()],
        )
        .await;
    id
}

async fn join(world: &World, enterprise: Uuid, account: Uuid, role: &str) {
    world
        .rows(
            &sql!(
                "INSERT INTO memberships (account_id, enterprise_id, role, state, origin, created_at, updated_at)
                 VALUES ($1, $2, $3, 'active', 'association', $4, $4)"
            ),
            &[account.into(), enterprise.into(), role.into(), world.now().into()],
        )
        .await;
}

/// An enterprise whose unverified administrator is person `n`, who asked for it.
async fn claimed(world: &World, of: (&str, &str), n: u32) -> (Uuid, Uuid) {
    let id = enterprise(world, of).await;
    let person = world.person(n).await.id;
    join(world, id, person, "admin").await;
    world
        .rows(
            &sql!(
                "INSERT INTO associations (id, account_id, enterprise_id, role, status, created_at)
                 VALUES ($1, $2, $3, 'admin', 'approved', $4)"
            ),
            &[new_id(world.now(), &world.entropy).into(), person.into(), id.into(), world.now().into()],
        )
        .await;
    (id, person)
}

async fn decide(world: &World, token: &str, id: Uuid, what: &str, body: &Json) -> Answer {
    let call = Call::post(&format!("{ENTERPRISES}/{id}/{what}")).bearer(token).json(body);
    world.send::<Platform>(call).await
}

fn because() -> Json {
    json!({ "reason": "营业执照核对无误" })
}

/// Role, state and who verified, of everybody who belongs to it.
async fn members(world: &World, enterprise: Uuid) -> Vec<(Uuid, String, Option<String>)> {
    let all =
        sql!("SELECT account_id, role, verified_by FROM memberships WHERE enterprise_id = $1 ORDER BY account_id");
    let rows = world.rows(&all, &[enterprise.into()]).await;
    rows.iter().map(|row| (row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap())).collect()
}

async fn kinds(world: &World, account: Uuid) -> Vec<String> {
    world.inbox(account).await.into_iter().map(|(kind, _)| kind).collect()
}

on_each_database! {
    async fn those_that_wait_come_first_and_pages_go_on_from_one_part_to_the_other(world: World) {
        let (_, token) = on_duty(&world).await;
        let waiting = enterprise(&world, ENTERPRISE).await;
        let verified = enterprise(&world, OTHER_ENTERPRISE).await;
        decide(&world, &token, verified, "verify", &because()).await.done(200);
        let all = [waiting.to_string(), verified.to_string()];
        assert_eq!(ids(&get(&world, &token, ENTERPRISES).await.done(200)), all);
        let first = get(&world, &token, &format!("{ENTERPRISES}?limit=1")).await.done(200);
        let second = get(&world, &token, &format!("{ENTERPRISES}?limit=1&cursor={}", first["next_cursor"].as_str().unwrap())).await.done(200);
        assert_eq!([ids(&first), ids(&second)].concat(), all);
        assert_eq!(second["next_cursor"], Json::Null);
        for (state, found) in [("unverified", waiting), ("verified", verified)] {
            assert_eq!(ids(&get(&world, &token, &format!("{ENTERPRISES}?state={state}")).await.done(200)), [found.to_string()]);
        }
    }

    async fn an_enterprise_is_found_by_its_codes_and_the_beginning_of_its_name(world: World) {
        let (_, token) = on_duty(&world).await;
        let one = enterprise(&world, ENTERPRISE).await.to_string();
        let other = enterprise(&world, OTHER_ENTERPRISE).await.to_string();
        for (query, found) in [
            ("913300007458363392", vec![&one]),
            ("745836339", vec![&one]),
            ("74583633-9", vec![&one]),
            ("91350100m000100y43", vec![&other]),
            ("%E6%9D%AD%E5%B7%9E", vec![&one]),
            ("%E7%A6%8F%E5%B7%9E&state=unverified", vec![&other]),
            ("%E7%A6%8F%E5%B7%9E&state=verified", vec![]),
            ("%E5%B7%9E", vec![]),
            ("%25", vec![]),
        ] {
            let list = get(&world, &token, &format!("{ENTERPRISES}?query={query}")).await.done(200);
            assert_eq!(ids(&list).iter().collect::<Vec<_>>(), found, "{query}");
        }
    }

    async fn staff_see_who_claims_it_and_what_the_registry_says(world: World) {
        let (_, token) = on_duty(&world).await;
        let (id, claimant) = claimed(&world, ENTERPRISE, 1).await;
        let insert = sql!("INSERT INTO registry (uscc, name, legal_person_name, updated_at) VALUES ($1, '登记名称', '张三', 0)");
        world.rows(&insert, &[ENTERPRISE.0.into()]).await;
        let answer = get(&world, &token, &format!("{ENTERPRISES}/{id}")).await;
        assert_eq!(answer.header("etag"), Some("\"1\""));
        let seen = answer.done(200);
        assert_eq!((&seen["state"], &seen["refused"]), (&json!("unverified"), &Json::Null));
        assert_eq!(seen["administrator"]["account_id"], json!(claimant));
        assert_eq!((&seen["administrator"]["phone"], &seen["administrator"]["verified_by"]), (&json!("138****0001"), &Json::Null));
        assert_eq!(seen["registry"], json!({ "name": "登记名称", "registered_address": null, "business_scope": null, "legal_person_name": "张三" }));
        let operator = world.person(2).await.id;
        join(&world, id, operator, "operator").await;
        let list = get(&world, &token, &format!("{ENTERPRISES}/{id}/members?limit=1")).await.done(200);
        assert_eq!(items(&list).len(), 1);
        assert!(list["next_cursor"].is_string());
        get(&world, &token, &format!("{ENTERPRISES}/{}", Uuid::nil())).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        get(&world, &token, &format!("{ENTERPRISES}/{}/members", Uuid::nil())).await.refused(&catalogue::RESOURCE_NOT_FOUND);
    }

    async fn verifying_is_for_enterprise_and_administrator_and_is_told(world: World) {
        let (staff, token) = on_duty(&world).await;
        let (id, claimant) = claimed(&world, ENTERPRISE, 1).await;
        let seen = decide(&world, &token, id, "verify", &because()).await.done(200);
        assert_eq!((&seen["state"], &seen["verified_by"]), (&json!("verified"), &json!("staff")));
        assert_eq!(seen["administrator"]["verified_by"], "staff");
        assert_eq!(kinds(&world, claimant).await, ["enterprise_verified"]);
        let row = &world.audit_of("enterprise.verified").await[0];
        assert_eq!((row.actor_id, row.enterprise_id, row.target_id.clone()), (Some(staff.id), Some(id), Some(id.to_string())));
        assert!(row.after.as_deref().unwrap().contains("营业执照核对无误"));
        // A second time nothing happens.
        decide(&world, &token, id, "verify", &because()).await.done(200);
        assert_eq!(world.audit_of("enterprise.verified").await.len(), 1);
        assert_eq!(kinds(&world, claimant).await.len(), 1);
    }

    async fn a_refused_claim_falls_and_leaves_the_enterprise_to_whom_it_has_by_card(world: World) {
        let (_, token) = on_duty(&world).await;
        let (id, claimant) = claimed(&world, ENTERPRISE, 1).await;
        let operator = world.person(2).await.id;
        join(&world, id, operator, "operator").await;
        world.rows(&sql!("UPDATE memberships SET origin = 'card' WHERE account_id = $1"), &[operator.into()]).await;
        let seen = decide(&world, &token, id, "refuse", &json!({ "reason": "与登记不符" })).await.done(200);
        assert_eq!((&seen["state"], &seen["administrator"]), (&json!("unverified"), &Json::Null));
        assert_eq!(seen["refused"]["reason"], "与登记不符");
        assert_eq!(members(&world, id).await, [(operator, "operator".to_owned(), None)]);
        let told = world.inbox(claimant).await;
        assert_eq!(told, [("enterprise_refused".to_owned(), json!({ "enterprise": ENTERPRISE.1, "reason": "与登记不符" }))]);
        let asked = world.rows(&sql!("SELECT status, reason FROM associations WHERE account_id = $1"), &[claimant.into()]).await;
        assert_eq!((asked[0].get::<String>(0).unwrap(), asked[0].get::<String>(1).unwrap()), ("rejected".to_owned(), "与登记不符".to_owned()));
        decide(&world, &token, id, "refuse", &because()).await.refused(&catalogue::ENTERPRISE_NO_CLAIM);
        decide(&world, &token, id, "verify", &because()).await.done(200);
        decide(&world, &token, id, "refuse", &because()).await.refused(&catalogue::ENTERPRISE_ALREADY_VERIFIED);
    }

    async fn staff_decide_against_a_verified_administrator_who_stays_as_an_operator(world: World) {
        let (_, token) = on_duty(&world).await;
        let (id, first) = claimed(&world, ENTERPRISE, 1).await;
        decide(&world, &token, id, "verify", &because()).await.done(200);
        world.advance(1);
        let next = world.person(2).await.id;
        let body = json!({ "account_id": next, "reason": "企业公函" });
        let seen = decide(&world, &token, id, "administrator", &body).await.done(200);
        assert_eq!(seen["administrator"]["account_id"], json!(next));
        assert_eq!(
            members(&world, id).await,
            [(first, "operator".to_owned(), None), (next, "admin".to_owned(), Some("staff".to_owned()))]
        );
        assert_eq!(kinds(&world, first).await, ["enterprise_verified", "administrator_replaced_by_staff"]);
        assert_eq!(kinds(&world, next).await, ["administrator_by_staff"]);
        let row = &world.audit_of("enterprise.administrator").await[0];
        assert!(row.before.as_deref().unwrap().contains(&first.to_string()) && row.after.as_deref().unwrap().contains("企业公函"));
        // Once more changes nothing.
        decide(&world, &token, id, "administrator", &body).await.done(200);
        assert_eq!(world.audit_of("enterprise.administrator").await.len(), 1);
    }

    async fn a_claimant_whom_nobody_verified_waits_for_approval(world: World) {
        let (_, token) = on_duty(&world).await;
        let (id, first) = claimed(&world, ENTERPRISE, 1).await;
        let operator = world.person(2).await.id;
        join(&world, id, operator, "operator").await;
        world.rows(&sql!("UPDATE memberships SET state = 'suspended' WHERE account_id = $1"), &[operator.into()]).await;
        decide(&world, &token, id, "administrator", &json!({ "account_id": operator, "reason": "企业公函" })).await.done(200);
        assert_eq!(members(&world, id).await, [(operator, "admin".to_owned(), Some("staff".to_owned()))]);
        let asked = sql!("SELECT role FROM associations WHERE account_id = $1 AND status = 'pending'");
        assert_eq!(world.rows(&asked, &[first.into()]).await[0].get::<String>(0).unwrap(), "operator");
        // The person who is it already is vouched for.
        let (other, claimant) = claimed(&world, OTHER_ENTERPRISE, 3).await;
        decide(&world, &token, other, "administrator", &json!({ "account_id": claimant, "reason": "企业公函" })).await.done(200);
        assert_eq!(members(&world, other).await, [(claimant, "admin".to_owned(), Some("staff".to_owned()))]);
    }

    async fn only_somebody_who_can_be_an_administrator_becomes_one(world: World) {
        let (staff, token) = on_duty(&world).await;
        let (id, first) = claimed(&world, ENTERPRISE, 1).await;
        let (_, elsewhere) = claimed(&world, OTHER_ENTERPRISE, 2).await;
        let (locked, pending) = (world.person(3).await.id, world.person(4).await.id);
        world.rows(&sql!("UPDATE accounts SET locked_at = 1 WHERE id = $1"), &[locked.into()]).await;
        world.rows(&sql!("UPDATE accounts SET state = 'pending' WHERE id = $1"), &[pending.into()]).await;
        for account in [locked, pending, staff.id, Uuid::nil()] {
            let answer = decide(&world, &token, id, "administrator", &json!({ "account_id": account, "reason": "企业公函" })).await;
            answer.refused(&catalogue::ADMINISTRATOR_UNUSABLE);
            assert_eq!(answer.errors()[0].0, "account_id");
        }
        // Who was named for it is in the audit; an id that is nobody's was mistyped.
        let mut tried: Vec<_> = world.audit().await.into_iter().filter(|row| row.code.as_deref() == Some("account_id.unusable")).map(|row| row.target_id.unwrap()).collect();
        tried.sort();
        let mut named = [locked, pending, staff.id].map(|account| account.to_string());
        named.sort();
        assert_eq!(tried, named);
        let body = json!({ "account_id": elsewhere, "reason": "企业公函" });
        decide(&world, &token, id, "administrator", &body).await.refused(&catalogue::ADMINISTRATOR_ELSEWHERE);
        let answer = decide(&world, &token, id, "administrator", &json!({ "account_id": "me", "reason": " " })).await;
        answer.refused(&catalogue::REQUEST_INVALID);
        assert_eq!(answer.errors().iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(), ["account_id", "reason"]);
        assert_eq!(members(&world, id).await, [(first, "admin".to_owned(), None)]);
    }

    async fn a_decision_about_what_has_changed_since_is_refused(world: World) {
        let (_, token) = on_duty(&world).await;
        let (id, account) = claimed(&world, ENTERPRISE, 1).await;
        for (what, body) in [("verify", because()), ("refuse", because()), ("administrator", json!({ "account_id": account, "reason": "公函" }))] {
            let call = Call::post(&format!("{ENTERPRISES}/{id}/{what}")).bearer(&token).json(&body).header("if-match", "\"7\"");
            world.send::<Platform>(call).await.refused(&catalogue::REQUEST_PRECONDITION_FAILED);
            decide(&world, &token, Uuid::nil(), what, &body).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        }
        for what in ["verify", "refuse"] {
            decide(&world, &token, id, what, &json!({ "reason": "\u{3000}" })).await.refused(&catalogue::AUDIT_REASON_REQUIRED);
        }
        let call = Call::post(&format!("{ENTERPRISES}/{id}/verify")).bearer(&token).json(&because()).header("if-match", "\"1\"");
        world.send::<Platform>(call).await.done(200);
    }

    async fn verified_and_refused_at_once_is_one_of_the_two(world: World) {
        let (_, token) = on_duty(&world).await;
        for n in 0..8 {
            world.rows(&sql!("DELETE FROM memberships"), &[]).await;
            world.rows(&sql!("DELETE FROM associations"), &[]).await;
            world.rows(&sql!("DELETE FROM enterprises"), &[]).await;
            let (id, _) = claimed(&world, ENTERPRISE, 10 + n).await;
            let body = because();
            let (verified, refused) =
                tokio::join!(decide(&world, &token, id, "verify", &body), decide(&world, &token, id, "refuse", &body));
            assert_eq!(verified.status(), 200);
            let left = members(&world, id).await.len();
            match refused.status() {
                200 => assert_eq!(left, 0, "refused first: the claim fell, and the enterprise without anybody was verified"),
                _ => assert_eq!((refused.json()["code"].as_str(), left), (Some("enterprise.already_verified"), 1)),
            }
        }
    }
}
