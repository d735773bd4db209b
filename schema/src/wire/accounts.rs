//! One's own account (J4).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::sessions::AccountState;
use super::{Secret, debug_opaque, object_only, present};
use crate::clock::Timestamp;
use crate::domain::IdType;
#[cfg(feature = "openapi")]
use crate::openapi::fields;

/// The caller's account.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Me {
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
    /// E-mail address.
    pub email: Option<String>,
    /// Postal address.
    pub address: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// Another telephone.
    pub telephone: Option<String>,
    /// What it can do.
    pub state: AccountState,
    /// Whether it is of the platform's staff.
    pub staff: bool,
    /// Whether nothing else can be done before the password is changed.
    pub password_change_required: bool,
    /// How many messages wait to be read.
    pub unread_messages: i64,
    /// The enterprise that the person acts for.
    pub enterprise: Option<EnterpriseSummary>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The caller's enterprise in brief.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct EnterpriseSummary {
    /// The enterprise.
    pub id: Uuid,
    /// Unified social credit code; null while only a card has told of the enterprise and that card knows its organisation code alone.
    pub uscc: Option<String>,
    /// Organisation code: characters 9 to 17 of it.
    pub organisation_code: String,
    /// Its name.
    pub name: String,
    /// The caller's place in it: `admin` or `operator`.
    pub role: String,
    /// The state of that place: `active` or `suspended`.
    pub state: String,
    /// Whether staff or its legal-person card have vouched for the enterprise.
    pub verified: bool,
}

/// Gives an account that a card login made its username, phone and password (J5).
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Activation {
    /// 3 to 32 letters, Han characters, digits, `_`, `.`, `-`; a letter first.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::username"))]
    pub username: String,
    /// The person's phone, with or without +86, spaces and hyphens.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::phone"))]
    pub phone: String,
    /// The code sent to it, for the purpose `register`.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::sms_code"))]
    pub sms_code: Secret,
    /// 8 to 64 characters without control characters; not the username, not a common one. It has nothing to do with the card's PIN.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::new_password"))]
    pub password: Secret,
}

/// Changes one's contact data. A field that is absent stays as it is; null clears it.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields, default)]
pub struct MePatch {
    /// E-mail address, in ASCII.
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
    /// Another telephone: 5 to 15 digits with plus sign, spaces, hyphens, parentheses and an extension.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::telephone_or_null"))]
    pub telephone: Option<Option<String>>,
}

/// Changes the account's phone to one that the caller holds.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct PhoneChange {
    /// The new phone, with or without +86, spaces and hyphens.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::phone"))]
    pub phone: String,
    /// The code sent to it, for the purpose `change_phone`.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::sms_code"))]
    pub sms_code: Secret,
}

/// Changes the password.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct PasswordChange {
    /// The one in use.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::any_text"))]
    pub current_password: Secret,
    /// The new one: 8 to 64 characters without control characters; not the username, not a common one.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::new_password"))]
    pub password: Secret,
}

debug_opaque!(Me, MePatch, PhoneChange, PasswordChange, Activation);

object_only!(MePatch, PhoneChange, PasswordChange, Activation);
