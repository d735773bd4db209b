//! The card's answers to commands, without any reader.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used,
    reason = "a test, helpers included"
)]

mod any_bytes;
mod authenticate;
mod chaining;
mod data_objects;
mod host;
mod known_answer;
mod reference_data;
mod select;
