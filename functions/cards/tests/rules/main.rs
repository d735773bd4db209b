//! The rules of binding and unbinding a card, through the routes, on both databases.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

mod bind;
mod unbind;

use eport_cards::Cards;
use eport_sessions::Sessions;
use eport_shared::testing::cards::{IssuedCard, answer, with};
use eport_shared::testing::{Answer, Call, World};
use serde_json::{Value as Json, json};

/// A challenge to bind a card with this number.
async fn challenge(world: &World, token: &str, number: &str) -> Json {
    let body = json!({ "purpose": "bind", "card_number": number });
    world.send::<Sessions>(Call::post("/v1/card-challenges").bearer(token).json(&body)).await.done(201)
}

/// Binds what a card answered.
async fn send(world: &World, token: &str, number: &str, answer: Json) -> Answer {
    let body = with(answer, "card_number", number);
    world.send::<Cards>(Call::post("/v1/me/card").bearer(token).json(&body)).await
}

async fn bind(world: &World, token: &str, number: &str, card: &IssuedCard) -> Answer {
    let challenge = challenge(world, token, number).await;
    send(world, token, number, answer(card, &challenge)).await
}

async fn get(world: &World, token: &str) -> Answer {
    world.send::<Cards>(Call::get("/v1/me/card").bearer(token)).await
}

async fn unbind(world: &World, token: &str) -> Answer {
    world.send::<Cards>(Call::delete("/v1/me/card").bearer(token)).await
}

/// A session that a card opens.
async fn log_in(world: &World, card: &IssuedCard) -> Answer {
    let challenge =
        world.send::<Sessions>(Call::post("/v1/card-challenges").json(&json!({ "purpose": "login" }))).await.done(201);
    let body = with(answer(card, &challenge), "method", "card");
    world.send::<Sessions>(Call::post("/v1/sessions").json(&body)).await
}

fn token(session: &Json) -> String {
    session["access_token"].as_str().expect("a token").to_owned()
}

async fn told(world: &World, account: uuid::Uuid) -> Vec<String> {
    let mut kinds: Vec<_> = world.inbox(account).await.into_iter().map(|(kind, _)| kind).collect();
    kinds.sort();
    kinds
}
