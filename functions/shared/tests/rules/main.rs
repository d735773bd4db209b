//! What every route goes through, and what the rules stand on.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

mod audit;
mod bodies;
mod client;
mod crypto;
mod idempotency;
mod keys;
mod language;
mod lockout;
mod passwords;
mod postgres;
mod registry;
mod routing;
mod sql;
mod tokens;

use std::cell::{Cell, RefCell};

use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json};
use eport_shared::problem::Problem;
use eport_shared::serve::Function;
use http::StatusCode;
use serde_json::json as object;

thread_local! {
    /// How often the function below was reached in this test: each test has a thread of its own.
    static CALLS: Cell<u32> = const { Cell::new(0) };
    /// What it refuses with, where it is told to.
    static REFUSAL: RefCell<Option<Problem>> = const { RefCell::new(None) };
}

fn calls() -> u32 {
    CALLS.get()
}

fn refuse_with(problem: Option<Problem>) {
    REFUSAL.replace(problem);
}

/// Stands in for the component `registrations`: answers how often it was called.
struct Registrations;

/// Stands in for the component `accounts`.
struct Accounts;

async fn handle(request: &Request) -> Result<Response, Problem> {
    CALLS.set(calls() + 1);
    match REFUSAL.with_borrow(Option::clone) {
        Some(problem) => Err(problem),
        None => Ok(json(StatusCode::CREATED, &object!({ "call": calls(), "operation": request.route.operation }))),
    }
}

impl Function for Registrations {
    const COMPONENT: &'static str = "registrations";

    async fn handle(_: &Context<'_>, request: &Request) -> Result<Response, Problem> {
        handle(request).await
    }
}

impl Function for Accounts {
    const COMPONENT: &'static str = "accounts";

    async fn handle(_: &Context<'_>, request: &Request) -> Result<Response, Problem> {
        handle(request).await
    }
}
