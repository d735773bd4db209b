//! Logging in with a card, through the routes, on both databases.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

mod account;
mod administrator;
mod certificate;
mod challenge;
mod signature;

use eport_sessions::Sessions;
use eport_shared::testing::cards::{IssuedCard, answer, with};
use eport_shared::testing::{Answer, Call, World};
use serde_json::{Value as Json, json};

/// A challenge for a login.
async fn challenge(world: &World) -> Json {
    ask(world, &json!({ "purpose": "login" })).await.done(201)
}

async fn ask(world: &World, body: &Json) -> Answer {
    world.send::<Sessions>(Call::post("/v1/card-challenges").json(body)).await
}

/// Sends a card's answer.
async fn send(world: &World, answer: Json) -> Answer {
    world.send::<Sessions>(Call::post("/v1/sessions").json(&with(answer, "method", "card"))).await
}

async fn log_in(world: &World, card: &IssuedCard) -> Answer {
    let challenge = challenge(world).await;
    send(world, answer(card, &challenge)).await
}

fn token(session: &Json) -> &str {
    session["access_token"].as_str().expect("a token")
}

/// What a token says.
fn claims(session: &Json) -> Json {
    use base64::Engine as _;
    let part = token(session).split('.').nth(1).expect("claims");
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).expect("base64url"))
        .expect("JSON")
}
