//! The JSON of requests and responses (§3, §4 of the specification).
//!
//! Requests refuse fields that they don't know. Their strings are plain and not yet checked: the function parses each with
//! [`crate::domain`], so that a person learns of every wrong field at once. `Debug` of what holds personal data or secrets shows
//! the type's name alone.

pub mod accounts;
pub mod messages;
pub mod platform;
pub mod problem;
pub mod registrations;
mod secret;
pub mod sessions;

use serde::{Deserialize, Deserializer, Serialize};

pub use accounts::{EnterpriseSummary, Me, MePatch, PasswordChange, PhoneChange};
pub use messages::Message;
pub use platform::{AuditEntry, Lock, LockRequest, PlatformAccount, RevealRequest, Revealed};
pub use problem::{FieldProblem, ProblemDetails};
pub use registrations::{
    OutboxItem, PasswordResetRequest, RegistrationCreated, RegistrationPassword,
    RegistrationRequest, SmsCodeAccepted, SmsCodeRequest, SmsPurpose,
};
pub use secret::Secret;
pub use sessions::{
    AccountState, AccountSummary, Health, Jwk, Jwks, RefreshRequest, SessionCreated, SessionItem,
    SessionRequest,
};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "{T}List")
)]
pub struct List<T> {
    /// The items, at most `limit` of them.
    pub items: Vec<T>,
    /// What to send as `cursor` for the next page; null on the last one.
    pub next_cursor: Option<String>,
}

/// Implements `Debug` as the type's name alone, for what holds personal data or secrets.
macro_rules! debug_opaque {
    ($($type:ident),* $(,)?) => {$(
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($type)).finish_non_exhaustive()
            }
        }
    )*};
}
use debug_opaque;

/// Reads a field that may be absent but not null.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
