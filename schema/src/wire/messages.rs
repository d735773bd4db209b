//! The inbox (J17).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Timestamp;

/// An entry of the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Message {
    /// The message.
    pub id: Uuid,
    /// What it is about, such as `password_changed`.
    pub kind: String,
    /// Its heading, in the caller's language.
    pub title: String,
    /// Its text, in the caller's language.
    pub body: String,
    /// When it was sent.
    pub created_at: Timestamp,
    /// When it was read; null before.
    pub read_at: Option<Timestamp>,
    /// What the reader is asked to decide; null where that is nothing, or not theirs to decide any more.
    pub action: Option<MessageAction>,
}

/// What a message asks to decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct MessageAction {
    /// What it is: `association`, decided with `POST /v1/associations/{id}/approve` or `/reject`.
    pub kind: String,
    /// Which one.
    pub id: Uuid,
    /// How it stands: `pending` while it waits for the decision.
    pub status: String,
}
