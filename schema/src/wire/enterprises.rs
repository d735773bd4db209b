//! Enterprises, who asks to join them, and what the registry says (J6, J9, J12, J19).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{debug_opaque, object_only, present};
use crate::clock::Timestamp;
use crate::domain::IdType;
#[cfg(feature = "openapi")]
use crate::openapi::fields;

/// What the authority's registry says of an enterprise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct RegistryEnterprise {
    /// Unified social credit code.
    pub uscc: String,
    /// Its name.
    pub name: String,
    /// Registered address; null where the registry has none.
    pub registered_address: Option<String>,
    /// Business scope; null where the registry has none.
    pub business_scope: Option<String>,
    /// Legal person; null where the registry names none.
    pub legal_person_name: Option<String>,
    /// Which registry answered: `local` or `http`.
    pub source: String,
    /// Whether this is an earlier answer that was kept.
    pub cached: bool,
    /// When the registry said so; of the local one, when the row last changed.
    pub as_of: Timestamp,
}

/// Asks to join an enterprise, as its administrator or as an operator.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct AssociationRequest {
    /// `admin` or `operator`.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::role"))]
    pub role: String,
    /// Unified social credit code of the enterprise, in either case.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::uscc"))]
    pub uscc: String,
    /// What the enterprise is: needed of an administrator where neither we nor the registry know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enterprise: Option<EnterpriseEntry>,
}

/// An enterprise as its administrator enters it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct EnterpriseEntry {
    /// Its name.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::enterprise_name"))]
    pub name: String,
    /// Registered address.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::address"))]
    pub registered_address: String,
    /// Business scope.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::business_scope"))]
    pub business_scope: String,
}

/// Somebody asked to join an enterprise.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Association {
    /// The request.
    pub id: Uuid,
    /// As what: `admin` or `operator`.
    pub role: String,
    /// `pending`, `approved`, `rejected` or `withdrawn`. An administrator's is approved at once.
    pub status: String,
    /// The enterprise.
    pub enterprise: AssociationEnterprise,
    /// Who asked.
    pub applicant: Applicant,
    /// Why it was rejected.
    pub reason: Option<String>,
    /// When it was asked.
    pub created_at: Timestamp,
    /// When it was decided or withdrawn; null before.
    pub decided_at: Option<Timestamp>,
}

/// The enterprise of an association, as the asker may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct AssociationEnterprise {
    /// The enterprise.
    pub id: Uuid,
    /// Unified social credit code; null while only a card has told of the enterprise and that card knows its organisation code alone.
    pub uscc: Option<String>,
    /// Organisation code: characters 9 to 17 of it.
    pub organisation_code: String,
    /// Its name.
    pub name: String,
    /// Whether staff or its legal-person card have vouched for it.
    pub verified: bool,
}

/// Who asks to join an enterprise, as its administrator may see them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Applicant {
    /// The account.
    pub account_id: Uuid,
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
}

/// Says no to a request to join.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct AssociationRejection {
    /// Why, on one line; the person is told.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::reason"))]
    pub reason: String,
}

/// The caller's enterprise.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Enterprise {
    /// The enterprise.
    pub id: Uuid,
    /// Unified social credit code; null while only a card has told of the enterprise and that card knows its organisation code alone.
    pub uscc: Option<String>,
    /// Organisation code: characters 9 to 17 of it.
    pub organisation_code: String,
    /// Its name.
    pub name: String,
    /// Registered address.
    pub registered_address: Option<String>,
    /// Business scope.
    pub business_scope: Option<String>,
    /// Legal person.
    pub legal_person_name: Option<String>,
    /// `unverified` or `verified`.
    pub state: String,
    /// Who vouched for it: `staff`, or `card`, its legal-person card.
    pub verified_by: Option<String>,
    /// Since when.
    pub verified_at: Option<Timestamp>,
    /// The caller's place in it: `admin` or `operator`.
    pub role: String,
    /// Its administrator; null while it has none.
    pub administrator: Option<Administrator>,
    /// Whom to ask for.
    pub contact_name: Option<String>,
    /// The contact's telephone.
    pub telephone: Option<String>,
    /// The contact's e-mail address.
    pub email: Option<String>,
    /// Postal address.
    pub address: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// Counts the changes; also the `ETag`.
    pub version: i64,
    /// When we first heard of it.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The administrator of the caller's enterprise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Administrator {
    /// The account.
    pub account_id: Uuid,
    /// The person's name.
    pub name: String,
    /// Whether somebody vouches that they are the administrator.
    pub verified: bool,
    /// Who: `card` (the legal-person card), `staff`, or `transfer` (an administrator who was verified handed over to them).
    pub verified_by: Option<String>,
}

/// Changes the enterprise's contact data. A field that is absent stays as it is; null clears it.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields, default)]
pub struct EnterprisePatch {
    /// Whom to ask for.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::person_name_or_null"))]
    pub contact_name: Option<Option<String>>,
    /// The contact's telephone: 5 to 15 digits with plus sign, spaces, hyphens, parentheses and an extension.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::telephone_or_null"))]
    pub telephone: Option<Option<String>>,
    /// The contact's e-mail address, in ASCII.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::email_or_null"))]
    pub email: Option<Option<String>>,
    /// Postal address, on one line.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::address_or_null"))]
    pub address: Option<Option<String>>,
    /// Postcode: six digits.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::postcode_or_null"))]
    pub postcode: Option<Option<String>>,
}

/// Takes over what changed in the authority's registry.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields, default)]
pub struct SyncRequest {
    /// Only show the differences.
    pub dry_run: bool,
}

/// What differs between the registry and what we keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SyncResult {
    /// Each field that differs.
    pub changes: Vec<FieldChange>,
    /// Whether they were taken over: not in a `dry_run`, nor where nothing differs.
    pub applied: bool,
    /// Which registry answered: `local` or `http`.
    pub source: String,
    /// When the registry said so.
    pub as_of: Timestamp,
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct FieldChange {
    /// `uscc` (where only the organisation code was known), `name`, `registered_address`, `business_scope` or `legal_person_name`.
    pub field: String,
    /// What we kept.
    pub old: Option<String>,
    /// What the registry says.
    pub new: Option<String>,
}

/// Hands the administrator's place over to an operator of the enterprise.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct AdminTransferRequest {
    /// The operator's account.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::id"))]
    pub account_id: String,
    /// In place of a fresh login, the administrator's own card signs: this and the three fields after it, all of them or none. The challenge,
    /// for the purpose `admin_transfer`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::id"))]
    pub challenge_id: Option<String>,
    /// The card's certificate: DER in Base64 or Base64URL.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::base64"))]
    pub certificate: Option<String>,
    /// Its signature over the challenge's text, in Base64 or Base64URL.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::base64"))]
    pub signature: Option<String>,
    /// `SM2`, `ES256` or `RS256`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::card_algorithm"))]
    pub algorithm: Option<String>,
}

/// One row of the enterprise's own audit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct EnterpriseAuditEntry {
    /// The row.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// What kind of actor: `account`, `staff`, `anonymous` or `system`.
    pub actor_kind: String,
    /// The account that did it; null for the platform's staff.
    pub actor_id: Option<Uuid>,
    /// Its person's name; null for the platform's staff.
    pub actor_name: Option<String>,
    /// From which network address.
    pub address: Option<String>,
    /// What the device calls itself.
    pub device: Option<String>,
    /// How the person was authenticated (RFC 8176).
    pub amr: Vec<String>,
    /// What, dotted: `association.approved`; of a refused attempt, the operation: `approve_association`.
    pub action: String,
    /// What kind of thing it was done to.
    pub target_type: Option<String>,
    /// To which; null in a refused attempt, which may name anything.
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
}

// Certificates hold id numbers.
debug_opaque!(Association, Applicant, Enterprise, EnterprisePatch, AdminTransferRequest);

object_only!(
    AssociationRequest,
    EnterpriseEntry,
    AssociationRejection,
    EnterprisePatch,
    SyncRequest,
    AdminTransferRequest
);
