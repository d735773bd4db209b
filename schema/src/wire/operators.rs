//! An enterprise's operators (J8), and the invitations that people get.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{debug_opaque, object_only, present};
use crate::clock::Timestamp;
use crate::domain::IdType;
#[cfg(feature = "openapi")]
use crate::openapi::fields;

/// How an operator stands in the enterprise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OperatorStatus {
    /// Acts for the enterprise.
    Active,
    /// Suspended by the administrator.
    Suspended,
    /// Has an account here but has never logged in.
    Inactive,
    /// Has an account of their own already and hasn't yet decided whether to join.
    Invited,
}

impl OperatorStatus {
    /// All of them, as on the wire: what `?status=` takes.
    pub const NAMES: &'static [&'static str] = &["active", "suspended", "inactive", "invited"];
}

/// An operator as the administrator sees them. Of somebody who is only invited it holds what the administrator typed, nothing of the account.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Operator {
    /// The account; of somebody who is only invited, the invitation.
    pub id: Uuid,
    /// Null in an account that a card login made and nobody activated.
    pub username: Option<String>,
    /// The person's name.
    pub name: String,
    /// The kind of id document.
    pub id_type: Option<IdType>,
    /// Its number, masked: `6101**********002X`.
    pub id_number: Option<String>,
    /// Masked: `138****5678`.
    pub phone: Option<String>,
    /// How they stand in the enterprise.
    pub status: OperatorStatus,
    /// 有卡: whether a card is tied to the account, or one is expected.
    pub has_card: bool,
    /// Whether a card is tied to the account.
    pub card_bound: bool,
    /// The card that is tied to the account, else the one that the administrator expects.
    pub card_number: Option<String>,
    /// Where in the enterprise the person works.
    pub department: Option<String>,
    /// Whether the administrator may change name, username and phone: as long as nobody has used the account that they made.
    pub identity_editable: bool,
    /// When the SMS with the initial password left; null where none did yet, or none is in use.
    pub initial_password_sent_at: Option<Timestamp>,
    /// When the initial password stops working; null where none is in use.
    pub initial_password_expires_at: Option<Timestamp>,
    /// When the person last logged in; null where they never did, or are only invited.
    pub last_login_at: Option<Timestamp>,
    /// When they joined, or were invited.
    pub created_at: Timestamp,
    /// When their place or what the administrator may edit last changed.
    pub updated_at: Timestamp,
}

/// Makes a person an operator: a new account with an initial password sent by SMS, or an invitation to who has an account.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct OperatorRequest {
    /// A name to log in with: English letters, Chinese characters, digits and `_` `.` `-`, a letter or Chinese character first.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::username"))]
    pub username: String,
    /// The name on the id document.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::person_name"))]
    pub name: String,
    /// The kind of id document.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::id_type"))]
    pub id_type: String,
    /// Its number, in either case.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::id_number"))]
    pub id_number: String,
    /// The person's mobile phone: the initial password goes there.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::phone"))]
    pub phone: String,
    /// 有卡: the number of the operator card that the person has; absent or null, 无卡.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::card_number_or_null"))]
    pub card_number: Option<String>,
    /// Where in the enterprise the person works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::department_or_null"))]
    pub department: Option<String>,
}

/// Changes an operator. A field that is absent stays as it is; null clears it, where it may be.
///
/// Name, username and phone can be corrected as long as nobody has used the account that the administrator made; the new phone, or the phone
/// of the new username, gets a new initial password. Afterwards they are the person's own.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields, default)]
pub struct OperatorPatch {
    /// The name on the id document.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::person_name"))]
    pub name: Option<String>,
    /// A name to log in with.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::username"))]
    pub username: Option<String>,
    /// The person's mobile phone.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::phone"))]
    pub phone: Option<String>,
    /// The number of the card that is expected; null where none is.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::card_number_or_null"))]
    pub card_number: Option<Option<String>>,
    /// Where in the enterprise the person works.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::department_or_null"))]
    pub department: Option<Option<String>>,
}

/// An enterprise that wants the caller as an operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Invitation {
    /// The invitation.
    pub id: Uuid,
    /// The enterprise.
    pub enterprise_id: Uuid,
    /// Its name.
    pub enterprise_name: String,
    /// Its unified social credit code, where it is known.
    pub uscc: Option<String>,
    /// Whether staff or its legal-person card have vouched for it.
    pub verified: bool,
    /// When it was sent.
    pub created_at: Timestamp,
    /// Until when it can be accepted.
    pub expires_at: Timestamp,
}

debug_opaque!(Operator, OperatorRequest, OperatorPatch);

object_only!(OperatorRequest, OperatorPatch);
