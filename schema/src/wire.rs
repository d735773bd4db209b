//! The JSON of requests and responses (§3, §4 of the specification).
//!
//! Requests refuse fields that they don't know. Their strings are plain and not yet checked: the function parses each with
//! [`crate::domain`], so that a person learns of every wrong field at once. `Debug` of what holds personal data or secrets shows
//! the type's name alone.

pub mod accounts;
pub mod cards;
pub mod enterprises;
pub mod messages;
pub mod operators;
pub mod permissions;
pub mod platform;
pub mod problem;
pub mod registrations;
pub mod seals;
mod secret;
pub mod sessions;

use serde::{Deserialize, Deserializer, Serialize};

pub use accounts::{Activation, EnterpriseSummary, Me, MePatch, PasswordChange, PhoneChange};
pub use cards::{
    Card, CardBinding, CardChallenge, CardChallengeRequest, RevocationList, TrustCertificate, TrustCertificateUpload,
    TrustUpload,
};
pub use enterprises::*;
pub use messages::Message;
pub use operators::*;
pub use permissions::*;
pub use platform::{AuditEntry, Lock, LockRequest, PlatformAccount, RevealRequest, Revealed};
pub use problem::{FieldProblem, ProblemDetails};
pub use registrations::{
    OutboxItem, PasswordResetRequest, RegistrationCreated, RegistrationPassword, RegistrationRequest, SmsCodeAccepted,
    SmsCodeRequest, SmsPurpose,
};
pub use seals::*;
pub use secret::Secret;
pub use sessions::{
    AccountState, AccountSummary, Health, Jwk, Jwks, RefreshRequest, SessionCreated, SessionItem, SessionRequest,
};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "{T}List"))]
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

/// Lets a struct be read from a JSON object alone. What serde derives also takes an array of the fields in their order, which no
/// contract of ours says. The struct is `#[serde(remote = "Self")]`, so what is derived are functions that these call.
macro_rules! object_only {
    ($($type:ident),* $(,)?) => {$(
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $type::deserialize($crate::wire::ObjectOnly(deserializer))
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $type::serialize(self, serializer)
            }
        }
    )*};
}
use object_only;

/// Asks the deserializer inside for a map, whatever it is asked for.
struct ObjectOnly<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for ObjectOnly<D> {
    type Error = D::Error;

    fn deserialize_any<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Reads a field that may be absent but not null.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
