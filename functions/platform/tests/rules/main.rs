//! The rules of the platform's staff and of the audit, through the routes, on both databases.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

mod access;
mod audit_export;
mod audit_list;
mod cards;
mod chain;
mod day;
mod decisions;
mod fallen_claim;
mod line;
mod lock;
mod port;
mod refused_claim;
mod registry;
mod reminders;
mod reminders_sms;
mod reveal;
mod search;
mod secrets;
mod speed;
mod staff_day;
mod trust;

use eport_platform::Platform;
use eport_shared::testing::{Answer, Call, Person, World};
use serde_json::{Value as Json, json};

/// One of the staff, and an access token of theirs.
async fn on_duty(world: &World) -> (Person, String) {
    let staff = world.staff(900).await;
    let token = world.sign_in(staff.id).await;
    (staff, token)
}

async fn get(world: &World, token: &str, target: &str) -> Answer {
    world.send::<Platform>(Call::get(target).bearer(token)).await
}

/// `POST /v1/platform/accounts/{id}/{what}` with a reason.
async fn act(world: &World, token: &str, id: impl std::fmt::Display, what: &str, reason: &str) -> Answer {
    let call =
        Call::post(&format!("/v1/platform/accounts/{id}/{what}")).bearer(token).json(&json!({ "reason": reason }));
    world.send::<Platform>(call).await
}

fn items(list: &Json) -> &Vec<Json> {
    list["items"].as_array().unwrap()
}

fn ids(list: &Json) -> Vec<String> {
    items(list).iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}
