//! Eport ID from outside: every journey over HTTP, against the real components on `eport up`, on SQLite and on PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests, where a panic with a reason is how to fail"
)]

mod access;
mod account;
mod audit;
mod audit_rows;
mod bad_input;
mod crash;
mod enterprises;
mod health;
mod idempotency;
mod isolation;
mod languages;
mod login;
mod matrix;
mod messages;
mod operators;
mod password_reset;
mod permissions;
mod platform;
mod portal;
mod privacy;
mod proxy;
mod qualifications;
mod races;
mod registration;
mod routes;
mod seals;
mod sessions;
mod sms_codes;
mod sms_webhook;
mod staff;
mod tokens;
