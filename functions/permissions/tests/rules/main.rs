//! The rules of applications, entitlements, grants and the check, through the routes, on both databases.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

mod check;
mod entitlements;
mod forward;
mod grants;
mod races;
mod staff;

use eport_permissions::Permissions;
use eport_shared::platform::new_id;
use eport_shared::sql;
use eport_shared::testing::{Answer, Call, Person, World};
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// What the tests' enterprises are mostly entitled to.
const WIDE: &[(&str, &[&str])] =
    &[("goods_declaration", &["view", "create", "submit"]), ("manifest", &["view", "submit"])];

/// Somebody with a place in an enterprise, and an access token of theirs.
struct Member {
    person: Person,
    token: String,
}

/// An enterprise.
struct Firm {
    id: Uuid,
    administrator: Member,
}

impl Firm {
    /// The `n`th enterprise, verified; its people have the numbers from 10 n on, the administrator the first.
    async fn new(world: &World, n: u32) -> Self {
        let id = new_id(world.now(), &world.entropy);
        world
            .rows(
                &sql!(
                    "INSERT INTO enterprises (id, uscc, organisation_code, name, state, created_at, updated_at)
                     VALUES ($1, $2, $3, $4, 'verified', $5, $5)"
                ),
                &[
                    id.into(),
                    format!("USCC-{n}").into(),
                    format!("CODE-{n}").into(),
                    format!("示例公司{n}").into(),
                    world.now().into(),
                ],
            )
            .await;
        let administrator = join(world, id, n * 10, "admin").await;
        Self { id, administrator }
    }

    /// The same, entitled to something.
    async fn entitled(world: &World, n: u32, to: &[(&str, &[&str])]) -> Self {
        let firm = Self::new(world, n).await;
        firm.entitle(world, to).await.done(200);
        firm
    }

    async fn operator(&self, world: &World, n: u32) -> Member {
        join(world, self.id, n, "operator").await
    }

    async fn entitle(&self, world: &World, to: &[(&str, &[&str])]) -> Answer {
        let call = Call::put("/v1/enterprise/entitlements").json(&json!({ "entitlements": rights(to) }));
        send(world, call, &self.administrator).await
    }

    async fn grant(&self, world: &World, to: &Member, what: &[(&str, &[&str])]) -> Answer {
        let call =
            Call::put(&format!("/v1/operators/{}/grants", to.person.id)).json(&json!({ "grants": rights(what) }));
        send(world, call, &self.administrator).await
    }

    async fn set_state(&self, world: &World, state: &str) {
        world.rows(&sql!("UPDATE enterprises SET state = $2 WHERE id = $1"), &[self.id.into(), state.into()]).await;
    }
}

async fn join(world: &World, enterprise: Uuid, n: u32, role: &str) -> Member {
    let person = world.person(n).await;
    world
        .rows(
            &sql!(
                "INSERT INTO memberships (account_id, enterprise_id, role, state, origin, created_at, updated_at)
                 VALUES ($1, $2, $3, 'active', 'association', $4, $4)"
            ),
            &[person.id.into(), enterprise.into(), role.into(), world.now().into()],
        )
        .await;
    let token = world.sign_in(person.id).await;
    Member { person, token }
}

/// Somebody without a place in an enterprise.
async fn stranger(world: &World, n: u32) -> Member {
    let person = world.person(n).await;
    let token = world.sign_in(person.id).await;
    Member { person, token }
}

async fn set_membership_state(world: &World, member: &Member, state: &str) {
    let statement = sql!("UPDATE memberships SET state = $2 WHERE account_id = $1");
    world.rows(&statement, &[member.person.id.into(), state.into()]).await;
}

async fn send(world: &World, call: Call, by: &Member) -> Answer {
    world.send::<Permissions>(call.bearer(&by.token)).await
}

/// As a request or an answer lists it.
fn rights(list: &[(&str, &[&str])]) -> Json {
    list.iter().map(|(application, actions)| json!({ "application": application, "actions": actions })).collect()
}

fn question(checks: &[(&str, &str)]) -> Call {
    let checks: Vec<Json> =
        checks.iter().map(|(application, action)| json!({ "application": application, "action": action })).collect();
    Call::post("/v1/check").json(&json!({ "checks": checks }))
}

/// The reason of one check; whether it is allowed must fit it.
async fn reason(world: &World, by: &Member, application: &str, action: &str) -> String {
    let answer = send(world, question(&[(application, action)]), by).await.done(200);
    assert_eq!(answer.as_object().unwrap().len(), 1, "{answer}");
    let results = answer["results"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    let reason = results[0]["reason"].as_str().unwrap().to_owned();
    assert_eq!(results[0]["allowed"], matches!(reason.as_str(), "granted" | "administrator"), "{answer}");
    reason
}
