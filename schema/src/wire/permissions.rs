//! Applications, entitlements, grants and the check (J14).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{object_only, present};
use crate::clock::Timestamp;
#[cfg(feature = "openapi")]
use crate::openapi::fields;

/// A name in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Name {
    /// 简体中文, at most 60 characters.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::display_name"))]
    pub zh: String,
    /// English, at most 60 characters.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::display_name"))]
    pub en: String,
}

/// One thing that can be done in an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Action {
    /// What programs call it; its own within its application.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::permission_code"))]
    pub code: String,
    /// What people call it.
    pub name: Name,
}

/// An application of the port, as the catalogue has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Application {
    /// What programs call it.
    pub code: String,
    /// What people call it.
    pub name: Name,
    /// Whether it can be used for an enterprise that isn't verified yet. Entitlement and grant are needed all the same.
    pub open: bool,
    /// What can be done in it.
    pub actions: Vec<Action>,
}

/// Some actions of one application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct ApplicationActions {
    /// The application's code.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::permission_code"))]
    pub application: String,
    /// The codes of the actions.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::permission_codes"))]
    pub actions: Vec<String>,
}

/// What an enterprise uses: the most that its operators can be granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Entitlements {
    /// By application; no application twice.
    pub entitlements: Vec<ApplicationActions>,
}

/// Sets what an enterprise uses, all of it. What is left out is taken away, from the operators' grants too.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct EntitlementsUpdate {
    /// By application; an application without actions counts as left out.
    #[cfg_attr(feature = "openapi", schemars(length(max = 200)))]
    pub entitlements: Vec<ApplicationActions>,
}

/// What one operator may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Grants {
    /// By application; no application twice.
    pub grants: Vec<ApplicationActions>,
}

/// Sets what one operator may do, all of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct GrantsUpdate {
    /// By application, within the enterprise's entitlements; an application without actions counts as left out.
    #[cfg_attr(feature = "openapi", schemars(length(max = 200)))]
    pub grants: Vec<ApplicationActions>,
}

/// What the caller may do at this moment: exactly what a check would allow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct MyGrants {
    /// `admin` (who has all that the enterprise is entitled to), `operator`, or null without an enterprise.
    pub role: Option<String>,
    /// Why there is less than was granted, or nothing: `no_enterprise`, `suspended`, `enterprise_unverified`; null where nothing is held back.
    pub limited: Option<String>,
    /// By application; no application twice.
    pub grants: Vec<ApplicationActions>,
}

/// One person's line in the table of people and applications.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct MemberGrants {
    /// The account.
    pub account_id: Uuid,
    /// The person's name.
    pub name: String,
    /// Null in an account that isn't activated.
    pub username: Option<String>,
    /// `admin` or `operator`.
    pub role: String,
    /// The state of their place: `active` or `suspended`.
    pub state: String,
    /// The version of the grants: in quotation marks it is their `ETag`.
    pub version: i64,
    /// What was granted; of the administrator, all that the enterprise is entitled to.
    pub grants: Vec<ApplicationActions>,
}

/// One question of a check.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Check {
    /// The application's code.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::any_text"))]
    pub application: String,
    /// The action's code.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::any_text"))]
    pub action: String,
}

/// Asks whether the caller may do something.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct CheckRequest {
    /// Up to 100 questions.
    #[cfg_attr(feature = "openapi", schemars(length(max = 100)))]
    pub checks: Vec<Check>,
}

/// The answers of a check, in the order of the questions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CheckResults {
    /// One answer to each question.
    pub results: Vec<CheckResult>,
}

/// Whether the caller may do something, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CheckResult {
    /// Whether they may.
    pub allowed: bool,
    /// Why, or why not.
    pub reason: CheckReason,
}

/// Why something may be done, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CheckReason {
    /// Allowed: the operator was granted it.
    Granted,
    /// Allowed: the caller is the administrator, and the enterprise is entitled to it.
    Administrator,
    /// The caller belongs to no enterprise.
    NoEnterprise,
    /// The caller's place in the enterprise is suspended.
    Suspended,
    /// The catalogue has no such application.
    UnknownApplication,
    /// The application has no such action.
    UnknownAction,
    /// The enterprise isn't verified, and the application isn't open to those that aren't.
    EnterpriseUnverified,
    /// The enterprise isn't entitled to it.
    NotEntitled,
    /// The operator wasn't granted it.
    NotGranted,
}

impl CheckReason {
    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Administrator => "administrator",
            Self::NoEnterprise => "no_enterprise",
            Self::Suspended => "suspended",
            Self::UnknownApplication => "unknown_application",
            Self::UnknownAction => "unknown_action",
            Self::EnterpriseUnverified => "enterprise_unverified",
            Self::NotEntitled => "not_entitled",
            Self::NotGranted => "not_granted",
        }
    }

    /// Whether it allows.
    pub const fn allows(self) -> bool {
        matches!(self, Self::Granted | Self::Administrator)
    }
}

/// An application, as those see it who keep the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PlatformApplication {
    /// The entry.
    pub id: Uuid,
    /// What programs call it.
    pub code: String,
    /// What people call it.
    pub name: Name,
    /// Whether it can be used for an enterprise that isn't verified yet.
    pub open: bool,
    /// Where it stands in the catalogue: the smaller comes first.
    pub position: i64,
    /// What can be done in it.
    pub actions: Vec<Action>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Takes an application into the catalogue.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct ApplicationCreate {
    /// 2 to 40 small letters, digits and underscores, a letter first; no other application has or had it.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::permission_code"))]
    pub code: String,
    /// What people call it.
    pub name: Name,
    /// Whether it can be used for an enterprise that isn't verified yet.
    pub open: bool,
    /// Where it stands in the catalogue: the smaller comes first. At the end where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::position"))]
    pub position: Option<u32>,
    /// What can be done in it: 1 to 60, each with a code of its own.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 60)))]
    pub actions: Vec<Action>,
    /// Why, on one line; kept in the audit.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::reason"))]
    pub reason: String,
}

/// Changes an application of the catalogue. What is absent stays as it is; its code can't change.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct ApplicationPatch {
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schemars(with = "Name"))]
    pub name: Option<Name>,
    /// Whether it can be used for an enterprise that isn't verified yet.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schemars(with = "bool"))]
    pub open: Option<bool>,
    /// Where it stands in the catalogue.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::position"))]
    pub position: Option<u32>,
    /// What can be done in it, all of it: 1 to 60. One that is left out can be done no more, from the next request on.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<Action>", length(min = 1, max = 60)))]
    pub actions: Option<Vec<Action>>,
    /// Why, on one line; kept in the audit.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::reason"))]
    pub reason: String,
}

object_only!(
    Name,
    Action,
    ApplicationActions,
    EntitlementsUpdate,
    GrantsUpdate,
    Check,
    CheckRequest,
    ApplicationCreate,
    ApplicationPatch,
);
