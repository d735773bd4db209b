//! The card through a real `pcscd`: what PC/SC sees of it, and that OpenSC gets on with it.

#[path = "../common/mod.rs"]
mod common;
mod lifecycle;
mod opensc;
mod signing;
mod station;
