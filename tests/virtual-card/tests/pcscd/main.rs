//! The card through a real `pcscd`: what PC/SC sees of it, and that OpenSC gets on with it.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test, helpers included")]

#[path = "../common/mod.rs"]
mod common;
mod lifecycle;
mod opensc;
mod signing;
mod station;
