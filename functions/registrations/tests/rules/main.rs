//! The rules of registration, SMS codes and forgotten passwords, through the routes, on both databases.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

mod codes;
mod first_password;
mod outbox;
mod password_resets;
mod registering;
mod sms_limits;
mod webhook;

use eport_registrations::Registrations;
use eport_sessions::Sessions;
use eport_shared::testing::{Answer, Call, World, phone, resident_id};
use serde_json::{Value as Json, json};

/// Asks for a code.
async fn ask(world: &World, phone: &str, purpose: &str) -> Answer {
    let body = json!({ "phone": phone, "purpose": purpose });
    world.send::<Registrations>(Call::post("/v1/sms-codes").json(&body)).await
}

/// Asks for a code, and reads the SMS.
async fn code(world: &World, phone: &str, purpose: &str) -> String {
    ask(world, phone, purpose).await.done(202);
    world.code_for(phone).await
}

/// A whole registration of the `n`th person, but for the code.
fn application(n: u32, code: &str) -> Json {
    json!({
        "username": format!("Applicant-{n}"),
        "name": "李娜",
        "id_type": "resident_id",
        "id_number": resident_id(n),
        "phone": phone(n),
        "sms_code": code,
        "terms_accepted": true,
    })
}

/// `base` with some fields changed.
fn with(mut base: Json, changes: Json) -> Json {
    for (name, value) in changes.as_object().expect("an object") {
        base[name] = value.clone();
    }
    base
}

async fn register(world: &World, body: &Json) -> Answer {
    world.send::<Registrations>(Call::post("/v1/registrations").json(body)).await
}

/// Registers the `n`th person up to the password.
async fn started(world: &World, n: u32) -> Json {
    let code = code(world, &phone(n), "register").await;
    register(world, &application(n, &code)).await.done(201)
}

async fn set_password(world: &World, created: &Json, password: &str) -> Answer {
    let path = format!("/v1/registrations/{}/password", created["account_id"].as_str().unwrap());
    let body = json!({ "password_token": created["password_token"], "password": password });
    world.send::<Registrations>(Call::put(&path).json(&body)).await
}

async fn log_in(world: &World, username: &str, password: &str) -> Answer {
    let body = json!({ "method": "password", "username": username, "password": password });
    world.send::<Sessions>(Call::post("/v1/sessions").json(&body)).await
}
