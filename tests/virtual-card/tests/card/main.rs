//! The card's answers to commands, without any reader.

mod any_bytes;
mod authenticate;
mod chaining;
mod data_objects;
mod host;
mod known_answer;
mod reference_data;
mod select;
