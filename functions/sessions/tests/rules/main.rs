//! The rules of login, sessions and tokens, through the routes, on both databases.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

mod cookie;
mod device;
mod forged;
mod lock;
mod login;
mod my_sessions;
mod published;
mod refresh;
mod time_limits;

use eport_sessions::Sessions;
use eport_shared::testing::{Answer, Call, Person, World};
use serde_json::{Value as Json, json};

async fn log_in(world: &World, username: &str, password: &str) -> Answer {
    world.send::<Sessions>(login_call(username, password)).await
}

fn login_call(username: &str, password: &str) -> Call {
    Call::post("/v1/sessions").json(&json!({ "method": "password", "username": username, "password": password }))
}

/// Tokens of a new session.
async fn opened(world: &World, person: &Person) -> Json {
    log_in(world, &person.username, &person.password).await.done(201)
}

/// A request that any live session may make.
async fn use_token(world: &World, access_token: &str) -> Answer {
    world.send::<Sessions>(Call::get("/v1/me/sessions").bearer(access_token)).await
}

async fn refresh(world: &World, refresh_token: &str) -> Answer {
    world.send::<Sessions>(Call::post("/v1/sessions/refresh").json(&json!({ "refresh_token": refresh_token }))).await
}

fn text<'a>(value: &'a Json, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no text {name} in {value}"))
}
