//! Eport ID from outside: every journey over HTTP, against the real components on `eport up`, on SQLite and on PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests, where a panic with a reason is how to fail"
)]

mod access;
mod account;
mod audit;
mod idempotency;
mod isolation;
mod login;
mod messages;
mod password_reset;
mod platform;
mod races;
mod registration;
mod sessions;
mod sms_codes;
mod tokens;
