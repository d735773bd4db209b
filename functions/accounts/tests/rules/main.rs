//! The rules of one's own account, through the routes, on both databases.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

mod activation;
mod me;
mod password;
mod phone;
mod settings;

use eport_accounts::Accounts;
use eport_schema::domain::{Phone, SmsPurpose};
use eport_sessions::Sessions;
use eport_shared::context::Client;
use eport_shared::sms::code;
use eport_shared::testing::{Answer, Call, World};
use serde_json::{Value as Json, json};

async fn get_me(world: &World, token: &str) -> Json {
    world.send::<Accounts>(Call::get("/v1/me").bearer(token)).await.done(200)
}

async fn patch(world: &World, token: &str, body: &Json) -> Answer {
    world.send::<Accounts>(Call::patch("/v1/me").bearer(token).json(body)).await
}

/// A code as `registrations` sends it.
async fn code_for(world: &World, phone: &str, purpose: SmsPurpose) -> String {
    let context = world.context(Client::default());
    code::send(&context, &Phone::parse(phone).unwrap(), purpose).await.unwrap();
    world.code_for(phone).await
}

async fn log_in(world: &World, username: &str, password: &str) -> Answer {
    let body = json!({ "method": "password", "username": username, "password": password });
    world.send::<Sessions>(Call::post("/v1/sessions").json(&body)).await
}
