//! What the platform's staff see and do (J18), and the audit (J19).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::sessions::AccountState;
use super::{debug_opaque, object_only};
use crate::clock::Timestamp;
use crate::domain::IdType;
#[cfg(feature = "openapi")]
use crate::openapi::fields;

/// An account as staff see it: nothing that needs a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PlatformAccount {
    /// The account.
    pub id: Uuid,
    /// Null in an account that isn't activated.
    pub username: Option<String>,
    /// The person's name.
    pub name: String,
    /// The kind of id document.
    pub id_type: Option<IdType>,
    /// Its number, masked: `6101**********002X`.
    pub id_number: Option<String>,
    /// Masked: `138****5678`.
    pub phone: Option<String>,
    /// What it can do.
    pub state: AccountState,
    /// Whether it is of the platform's staff.
    pub staff: bool,
    /// Why and since when it is locked.
    pub locked: Option<Lock>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its person last logged in.
    pub last_login_at: Option<Timestamp>,
}

/// Why and since when an account is locked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Lock {
    /// As staff gave it.
    pub reason: String,
    /// Since when.
    pub at: Timestamp,
}

/// Locks or unlocks an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct LockRequest {
    /// Why, on one line; kept in the audit.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::reason"))]
    pub reason: String,
}

/// Asks for what is masked elsewhere.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct RevealRequest {
    /// Why, on one line; kept in the audit.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::reason"))]
    pub reason: String,
}

/// What is masked elsewhere.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Revealed {
    /// The kind of id document.
    pub id_type: Option<IdType>,
    /// Its number.
    pub id_number: Option<String>,
    /// E.164.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Postal address.
    pub address: Option<String>,
}

debug_opaque!(Revealed);

/// One row of the audit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct AuditEntry {
    /// The row.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// Who, if it is known.
    pub actor_id: Option<Uuid>,
    /// What kind of actor: `account`, `staff`, `anonymous` or `system`.
    pub actor_kind: String,
    /// In which session.
    pub session_id: Option<Uuid>,
    /// From which network address.
    pub address: Option<String>,
    /// What the device calls itself.
    pub device: Option<String>,
    /// How the person was authenticated (RFC 8176).
    pub amr: Vec<String>,
    /// For which enterprise.
    pub enterprise_id: Option<Uuid>,
    /// What, dotted: `account.locked`; of a refused attempt, the operation: `lock_account`.
    pub action: String,
    /// What kind of thing it was done to.
    pub target_type: Option<String>,
    /// To which.
    pub target_id: Option<String>,
    /// What it was before, without secrets.
    pub before: Option<serde_json::Value>,
    /// What it is after, without secrets.
    pub after: Option<serde_json::Value>,
    /// `ok` or `refused`.
    pub result: String,
    /// The refusal's code.
    pub code: Option<String>,
    /// The W3C trace id of the request.
    pub trace_id: Option<String>,
}

object_only!(LockRequest, RevealRequest);
