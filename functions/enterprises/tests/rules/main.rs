//! The rules of enterprises and of who joins them, through the routes, on both databases.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

mod asking;
mod audit;
mod deciding;
mod enterprise;
mod interleavings;
mod lookup;
mod messages;
mod organisation_code;
mod speed;
mod sync;
mod transfer;
mod transfer_by_card;

use eport_enterprises::Enterprises;
use eport_shared::sql;
use eport_shared::testing::{Answer, Call, World};
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// Two enterprises, side by side.
const USCC: &str = "913300007458363392";
const OTHER_USCC: &str = "91350100M000100Y43";

/// Somebody with an account and a session.
struct Somebody {
    id: Uuid,
    token: String,
}

impl Somebody {
    /// The `n`th person, logged in at this moment.
    async fn new(world: &World, n: u32) -> Self {
        let id = world.person(n).await.id;
        Self { id, token: world.sign_in(id).await }
    }

    async fn send(&self, world: &World, call: Call) -> Answer {
        world.send::<Enterprises>(call.bearer(&self.token)).await
    }

    async fn get(&self, world: &World, target: &str) -> Answer {
        self.send(world, Call::get(target)).await
    }

    async fn post(&self, world: &World, target: &str, body: &Json) -> Answer {
        self.send(world, Call::post(target).json(body)).await
    }

    /// Asks to join, with what an enterprise is where nobody knows it.
    async fn ask(&self, world: &World, role: &str, uscc: &str) -> Answer {
        let mut body = json!({ "role": role, "uscc": uscc });
        if role == "admin" {
            body["enterprise"] = entry(uscc);
        }
        self.post(world, "/v1/associations", &body).await
    }

    async fn approve(&self, world: &World, association: &str) -> Answer {
        self.send(world, Call::post(&format!("/v1/associations/{association}/approve"))).await
    }

    async fn reject(&self, world: &World, association: &str, reason: &str) -> Answer {
        self.post(world, &format!("/v1/associations/{association}/reject"), &json!({ "reason": reason })).await
    }

    async fn withdraw(&self, world: &World, association: &str) -> Answer {
        self.send(world, Call::delete(&format!("/v1/associations/{association}"))).await
    }

    async fn hand_over(&self, world: &World, to: Uuid) -> Answer {
        self.post(world, "/v1/enterprise/admin-transfer", &json!({ "account_id": to })).await
    }
}

/// An enterprise as an administrator enters it: nothing of one stands in another.
fn entry(uscc: &str) -> Json {
    json!({ "name": format!("示例企业{uscc}"), "registered_address": format!("示例路 {uscc} 号"), "business_scope": format!("货物进出口 {uscc}") })
}

fn id(body: &Json) -> String {
    body["id"].as_str().expect("an id").to_owned()
}

/// The `n`th person, administrator of an enterprise that they claimed.
async fn administrator(world: &World, n: u32, uscc: &str) -> Somebody {
    let somebody = Somebody::new(world, n).await;
    somebody.ask(world, "admin", uscc).await.done(201);
    somebody
}

/// The `n`th person, whom the administrator let in.
async fn operator(world: &World, n: u32, administrator: &Somebody, uscc: &str) -> Somebody {
    let somebody = Somebody::new(world, n).await;
    let asked = somebody.ask(world, "operator", uscc).await.done(201);
    administrator.approve(world, &id(&asked)).await.done(200);
    somebody
}

/// Enterprise, role and state of a person's place.
async fn place(world: &World, account: Uuid) -> Option<(String, String)> {
    let rows = world.rows(&sql!("SELECT role, state FROM memberships WHERE account_id = $1"), &[account.into()]).await;
    rows.first().map(|row| (row.get(0).unwrap(), row.get(1).unwrap()))
}

async fn role(world: &World, account: Uuid) -> String {
    place(world, account).await.map(|(role, _)| role).unwrap_or_default()
}

/// Kinds of the messages in an inbox, in the order of their names.
async fn told(world: &World, account: Uuid) -> Vec<String> {
    let mut kinds: Vec<_> = world.inbox(account).await.into_iter().map(|(kind, _)| kind).collect();
    kinds.sort();
    kinds
}

/// What staff do (J18).
async fn verify(world: &World, uscc: &str) {
    world
        .rows(
            &sql!("UPDATE enterprises SET state = 'verified', verified_by = 'staff', verified_at = 1 WHERE uscc = $1"),
            &[uscc.into()],
        )
        .await;
}

async fn vouch(world: &World, account: Uuid) {
    world
        .rows(
            &sql!("UPDATE memberships SET verified_by = 'staff', verified_at = 1 WHERE account_id = $1"),
            &[account.into()],
        )
        .await;
}

/// What an administrator does to an operator (J8).
async fn suspend(world: &World, account: Uuid) {
    world.rows(&sql!("UPDATE memberships SET state = 'suspended' WHERE account_id = $1"), &[account.into()]).await;
}

/// A row of the registry that is kept here.
async fn register(world: &World, uscc: &str, name: &str, address: Option<&str>) {
    world
        .rows(
            &sql!(
                "INSERT INTO registry (uscc, name, registered_address, business_scope, legal_person_name, updated_at)
                 VALUES ($1, $2, $3, '登记的经营范围', '王五', 1795000000000)
                 ON CONFLICT (uscc) DO UPDATE SET name = excluded.name, registered_address = excluded.registered_address"
            ),
            &[uscc.into(), name.into(), address.into()],
        )
        .await;
}
