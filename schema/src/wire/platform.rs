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
    /// What the refusal is called, in the language that was asked for.
    pub refusal: Option<String>,
    /// The W3C trace id of the request.
    pub trace_id: Option<String>,
}

/// An enterprise as staff see it. `ETag` is its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PlatformEnterprise {
    /// The enterprise.
    pub id: Uuid,
    /// Null while only a card has told of it that knows no more than the organisation code.
    pub uscc: Option<String>,
    /// Characters 9 to 17 of the USCC.
    pub organisation_code: String,
    /// Its name.
    pub name: String,
    /// Where it is registered.
    pub registered_address: Option<String>,
    /// What it may do.
    pub business_scope: Option<String>,
    /// Its legal person.
    pub legal_person_name: Option<String>,
    /// `unverified` or `verified`.
    pub state: String,
    /// `card` or `staff`.
    pub verified_by: Option<String>,
    /// When.
    pub verified_at: Option<Timestamp>,
    /// Null where it has none.
    pub administrator: Option<PlatformMember>,
    /// The last claim that staff refused, if nobody has been verified since.
    pub refused: Option<ClaimRefused>,
    /// What the registry says of this USCC, as far as it was imported.
    pub registry: Option<RegistryEntry>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Who belongs to an enterprise, as staff see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PlatformMember {
    /// The account.
    pub account_id: Uuid,
    /// Null in an account that isn't activated.
    pub username: Option<String>,
    /// The person's name.
    pub name: String,
    /// Masked: `138****5678`.
    pub phone: Option<String>,
    /// `admin` or `operator`.
    pub role: String,
    /// `active` or `suspended`.
    pub state: String,
    /// Of an administrator: `card` or `staff`, null while nobody has vouched for them.
    pub verified_by: Option<String>,
    /// Since when they belong to it.
    pub joined_at: Timestamp,
}

/// A claim to an enterprise that staff refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ClaimRefused {
    /// As staff gave it.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// A row of the registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct RegistryEntry {
    /// The enterprise's name.
    pub name: String,
    /// Where it is registered.
    pub registered_address: Option<String>,
    /// What it may do.
    pub business_scope: Option<String>,
    /// Its legal person.
    pub legal_person_name: Option<String>,
}

/// A decision of staff that needs nothing but its reason.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct StaffDecision {
    /// Why, on one line; kept in the audit, and told to who is concerned.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::reason"))]
    pub reason: String,
}

/// Staff decide who is an enterprise's administrator.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct AdministratorDecision {
    /// Who it is from now on.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::id"))]
    pub account_id: String,
    /// Why, on one line; kept in the audit, and told to who is concerned.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::reason"))]
    pub reason: String,
}

/// Staff tie a card to an account by its certificate, where its person can't.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct StaffCardBinding {
    /// The number on the card.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::card_number"))]
    pub card_number: String,
    /// `legal_person` or `operator`, as the certificate says.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::card_class"))]
    pub card_class: String,
    /// The card's certificate: DER in Base64 or Base64URL.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::base64"))]
    pub certificate: String,
    /// Why, on one line; kept in the audit.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::reason"))]
    pub reason: String,
}

/// An import of the registry: as far as it has come, or what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct RegistryImport {
    /// The import.
    pub id: Uuid,
    /// `running` while more parts are to come, then `done`.
    pub state: String,
    /// Whether it only checks.
    pub dry_run: bool,
    /// `platform` or `command_line`.
    pub source: String,
    /// Which of the staff began it; null on the command line.
    pub account_id: Option<Uuid>,
    /// Lines of the file that were read, the header among them.
    pub lines: i64,
    /// Rows that were read, the header not among them.
    pub rows: i64,
    /// Enterprises that the registry didn't have.
    pub added: i64,
    /// Enterprises of which something changed.
    pub changed: i64,
    /// Enterprises that were there just so.
    pub unchanged: i64,
    /// Rows that were refused; the others are taken.
    pub refused: i64,
    /// Which they are and why: the first 1000 of them. In a list, none.
    pub errors: Vec<RowProblem>,
    /// When it began.
    pub created_at: Timestamp,
    /// When its last part came.
    pub updated_at: Timestamp,
}

/// A row of an import that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct RowProblem {
    /// The line of the file that it begins on, from 1.
    pub line: i64,
    /// The column that is wrong; null where it is the row.
    pub field: Option<String>,
    /// The refusal's code.
    pub code: String,
    /// What is wrong, in the language of the request.
    pub detail: String,
}

// A certificate holds an id number.
debug_opaque!(StaffCardBinding);

object_only!(LockRequest, RevealRequest, StaffDecision, AdministratorDecision, StaffCardBinding);
