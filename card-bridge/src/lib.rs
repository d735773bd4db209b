//! The card bridge: reads a person's IC card over PC/SC, asks for the PIN outside of any page, and signs what a page asks for.
//!
//! The layers, from the card up: [`transport`] (bytes to a card), [`exchange`] over [`apdu`] (one command and its whole answer), [`card`]
//! (a session with a card, as types), [`key`] (what is signed and what comes back).

#![forbid(unsafe_code)]

pub mod apdu;
pub mod autostart;
pub mod card;
pub mod compat;
pub mod desk;
pub mod doctor;
pub mod exchange;
pub mod fuzzing;
pub mod job;
pub mod key;
pub mod log;
pub mod monitor;
pub mod operations;
pub mod pin;
pub mod pin_pad;
pub mod pinentry;
pub mod problem;
pub mod run;
pub mod server;
pub mod settings;
pub mod sites;
pub mod texts;
pub mod tlv;
pub mod transport;
