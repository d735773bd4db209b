//! An enterprise's registrations and licences at departments (J13).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{object_only, present};
use crate::clock::Timestamp;
use crate::domain::{CalendarDate, QualificationKind};
#[cfg(feature = "openapi")]
use crate::openapi::fields;

/// Whether a qualification is in force, by today's date in China.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum QualificationState {
    /// In force, or to be.
    Valid,
    /// Ends within 30 days.
    Expiring,
    /// Has ended.
    Expired,
}

/// A registration or licence of the enterprise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Qualification {
    /// The qualification.
    pub id: Uuid,
    /// The department that it is registered at.
    pub department: String,
    /// What it is.
    pub kind: QualificationKind,
    /// What that is called, in the caller's language.
    pub kind_name: String,
    /// Its number.
    pub number: String,
    /// Its first day; null where it isn't known.
    pub valid_from: Option<CalendarDate>,
    /// Its last day; null where it has none.
    pub valid_to: Option<CalendarDate>,
    /// Whatever else is worth keeping.
    pub notes: Option<String>,
    /// Whether it is in force.
    pub state: QualificationState,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Enters a qualification.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct QualificationRequest {
    /// The department that it is registered at: 1 to 100 characters.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::department"))]
    pub department: String,
    /// What it is.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::qualification_kind"))]
    pub kind: String,
    /// Its number: 1 to 64 characters; 海关注册编码 (`customs_registration`) is 10 digits or capital letters.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::qualification_number"))]
    pub number: String,
    /// Its first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::date_or_null"))]
    pub valid_from: Option<String>,
    /// Its last day; absent or null where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::date_or_null"))]
    pub valid_to: Option<String>,
    /// Up to 500 characters on one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::notes_or_null"))]
    pub notes: Option<String>,
}

/// Changes a qualification. A field that is absent stays as it is; null clears it, where it may be.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields, default)]
pub struct QualificationPatch {
    /// The department that it is registered at.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::department"))]
    pub department: Option<String>,
    /// What it is.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::qualification_kind"))]
    pub kind: Option<String>,
    /// Its number.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::qualification_number"))]
    pub number: Option<String>,
    /// Its first day.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::date_or_null"))]
    pub valid_from: Option<Option<String>>,
    /// Its last day.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::date_or_null"))]
    pub valid_to: Option<Option<String>>,
    /// Whatever else is worth keeping.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::notes_or_null"))]
    pub notes: Option<Option<String>>,
}

/// A kind of qualification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct QualificationKindItem {
    /// Its code: what `kind` takes.
    pub code: QualificationKind,
    /// What it is called, in the caller's language.
    pub name: String,
    /// The department that it is usually registered at, in the caller's language.
    pub department: String,
}

object_only!(QualificationRequest, QualificationPatch);
