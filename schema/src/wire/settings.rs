//! Which reminders reach a person, how, and how early (J7).

use serde::{Deserialize, Serialize};

use super::object_only;
use crate::clock::Timestamp;
#[cfg(feature = "openapi")]
use crate::openapi::fields;

/// How a person hears of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct EventSetting {
    /// The channels: `inbox`, `sms`. None: the person doesn't want to hear of it.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::channels"))]
    pub channels: Vec<String>,
}

/// How, and how many days ahead, a person hears of something that ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct ExpirySetting {
    /// The channels: `inbox`, `sms`. None: the person doesn't want to hear of it.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::channels"))]
    pub channels: Vec<String>,
    /// How many days before the last day: one to five numbers from 1 to 180.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::lead_days"))]
    pub lead_days: Vec<i64>,
}

/// Which reminders reach the caller. Replaced as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct ReminderSettingsRequest {
    /// The language of SMS: `zh-CN` (where it is absent) or `en`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::language_or_null"))]
    pub language: Option<String>,
    /// A qualification of the enterprise ends (administrators).
    pub qualification_expiring: ExpirySetting,
    /// The certificate of one's card ends.
    pub card_expiring: ExpirySetting,
    /// Somebody asks to join the enterprise (administrators).
    pub association_waiting: EventSetting,
    /// One's request to join an enterprise was decided.
    pub association_decided: EventSetting,
    /// One's permissions changed.
    pub permissions_changed: EventSetting,
    /// A login from a device that was not seen before. The inbox can't be left out.
    pub new_device: EventSetting,
    /// One's password was changed or reset. The inbox can't be left out.
    pub password_changed: EventSetting,
    /// A seal of the enterprise changed (administrators).
    pub seal_changed: EventSetting,
}

/// Which reminders reach the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ReminderSettings {
    /// The language of SMS: `zh-CN` or `en`.
    pub language: String,
    /// A qualification of the enterprise ends (administrators).
    pub qualification_expiring: ExpirySetting,
    /// The certificate of one's card ends.
    pub card_expiring: ExpirySetting,
    /// Somebody asks to join the enterprise (administrators).
    pub association_waiting: EventSetting,
    /// One's request to join an enterprise was decided.
    pub association_decided: EventSetting,
    /// One's permissions changed.
    pub permissions_changed: EventSetting,
    /// A login from a device that was not seen before.
    pub new_device: EventSetting,
    /// One's password was changed or reset.
    pub password_changed: EventSetting,
    /// A seal of the enterprise changed (administrators).
    pub seal_changed: EventSetting,
    /// When they were last changed; null where the defaults apply.
    pub updated_at: Option<Timestamp>,
}

/// What a run of the reminders did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct RemindersRun {
    /// Qualifications and cards that were looked at.
    pub examined: i64,
    /// Reminders that were new: each is sent once.
    pub sent: i64,
    /// SMS that left.
    pub sms_sent: i64,
    /// SMS that could not leave. They are tried again once a day, until what they speak of ends.
    pub sms_failed: i64,
    /// Whether all was looked at. Where not, the next call goes on from here.
    pub complete: bool,
}

object_only!(EventSetting, ExpirySetting, ReminderSettingsRequest);
