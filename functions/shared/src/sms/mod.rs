//! SMS: one-time codes, what is written in them, and how they leave.

mod address;
pub mod code;
pub mod provider;
pub mod text;
