//! The rules of operators and invitations, through the routes, on both databases.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

mod change;
mod create;
mod invitations;
mod list;
mod password;
mod place;
mod removed;

use eport_operators::Operators;
use eport_sessions::Sessions;
use eport_shared::platform::new_id;
use eport_shared::sql;
use eport_shared::testing::{Answer, Call, Person, World, phone, resident_id};
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// An enterprise with its administrator.
struct Office {
    id: Uuid,
    administrator: Person,
    token: String,
}

/// The enterprise with organisation code `code`, whose administrator is the `n`th person.
async fn office(world: &World, code: &str, n: u32) -> Office {
    let administrator = world.person(n).await;
    let id = new_id(world.now(), &world.entropy);
    world
        .rows(
            &sql!(
                "INSERT INTO enterprises (id, organisation_code, name, state, created_at, updated_at)
                 VALUES ($1, $2, $3, 'verified', $4, $4)"
            ),
            &[id.into(), code.into(), format!("企业 {code}").into(), world.now().into()],
        )
        .await;
    add_member(world, id, administrator.id, "admin").await;
    let token = world.sign_in(administrator.id).await;
    Office { id, administrator, token }
}

async fn add_member(world: &World, enterprise: Uuid, account: Uuid, role: &str) {
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

/// The `n`th person as an administrator types them in.
fn described(n: u32) -> Json {
    json!({
        "username": format!("operator-{n}"), "name": "李雷", "id_type": "resident_id", "id_number": resident_id(n), "phone": phone(n)
    })
}

impl Office {
    async fn send(&self, world: &World, call: Call) -> Answer {
        world.send::<Operators>(call.bearer(&self.token)).await
    }

    async fn create(&self, world: &World, body: &Json) -> Answer {
        self.send(world, Call::post("/v1/operators").json(body)).await
    }

    /// The id of a new operator, the `n`th person.
    async fn operator(&self, world: &World, n: u32) -> String {
        id(&self.create(world, &described(n)).await.done(201))
    }

    async fn get(&self, world: &World, id: &str) -> Answer {
        self.send(world, Call::get(&format!("/v1/operators/{id}"))).await
    }

    async fn patch(&self, world: &World, id: &str, body: &Json) -> Answer {
        self.send(world, Call::patch(&format!("/v1/operators/{id}")).json(body)).await
    }

    async fn act(&self, world: &World, id: &str, action: &str) -> Answer {
        self.send(world, Call::post(&format!("/v1/operators/{id}/{action}"))).await
    }

    async fn delete(&self, world: &World, id: &str) -> Answer {
        self.send(world, Call::delete(&format!("/v1/operators/{id}"))).await
    }

    /// The ids of the operators that a search finds.
    async fn find(&self, world: &World, query: &str) -> Vec<String> {
        let list = self.send(world, Call::get(&format!("/v1/operators?{query}"))).await.done(200);
        list["items"].as_array().unwrap().iter().map(id).collect()
    }
}

fn id(operator: &Json) -> String {
    operator["id"].as_str().unwrap().to_owned()
}

async fn log_in(world: &World, username: &str, password: &str) -> Answer {
    let body = json!({ "method": "password", "username": username, "password": password });
    world.send::<Sessions>(Call::post("/v1/sessions").json(&body)).await
}

/// A call by somebody of their own.
async fn by(world: &World, account: Uuid, call: Call) -> Answer {
    let token = world.sign_in(account).await;
    world.send::<Operators>(call.bearer(&token)).await
}
