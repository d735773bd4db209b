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
}
