//! SMS: one-time codes, what is written in them, and how they leave.

pub mod code;
pub mod provider;
pub mod text;
