//! Phone codes, registration (J1) and forgotten passwords (J3).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Secret, debug_opaque, object_only};
use crate::clock::Timestamp;
#[cfg(feature = "openapi")]
use crate::openapi::fields;

pub use crate::domain::SmsPurpose;

/// Asks for a code.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct SmsCodeRequest {
    /// Where to send it: a mobile number of mainland China, with or without +86, spaces and hyphens.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::phone"))]
    pub phone: String,
    /// What it is for.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::purpose"))]
    pub purpose: String,
}

/// The code is on its way, or the phone can't do what it is for: the answer doesn't tell which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SmsCodeAccepted {
    /// Seconds until the next code for this phone and purpose can be asked for.
    pub resend_after: u32,
}

/// Registers a person.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct RegistrationRequest {
    /// A name to log in with: English letters, Chinese characters, digits and `_` `.` `-`, a letter or Chinese character first.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::username"))]
    pub username: String,
    /// The name on the id document: letters of any script, spaces inside, `·` `.` `'` `-`.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::person_name"))]
    pub name: String,
    /// The kind of id document.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::id_type"))]
    pub id_type: String,
    /// Its number, in either case. Length, check character and date of birth must be those of its kind.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::id_number"))]
    pub id_number: String,
    /// The phone that the code was sent to.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::phone"))]
    pub phone: String,
    /// The code, for the purpose `register`.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::sms_code"))]
    pub sms_code: Secret,
    /// Whether the person accepts the terms of service; nobody registers without.
    pub terms_accepted: bool,
}

/// The person is known; a password is still missing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct RegistrationCreated {
    /// The new account.
    pub account_id: Uuid,
    /// Lets its holder set the first password, once.
    pub password_token: String,
    /// When `password_token` stops working.
    pub expires_at: Timestamp,
}

/// Sets the first password.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct RegistrationPassword {
    /// As `POST /v1/registrations` gave it.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::any_text"))]
    pub password_token: Secret,
    /// 8 to 64 characters without control characters; not the username, not a common password.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::new_password"))]
    pub password: Secret,
}

/// Sets a new password in place of a forgotten one.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct PasswordResetRequest {
    /// The account's phone.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::phone"))]
    pub phone: String,
    /// The code, for the purpose `reset_password`.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::sms_code"))]
    pub sms_code: Secret,
    /// The account's id number.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::id_number"))]
    pub id_number: String,
    /// The new password: 8 to 64 characters without control characters; not the username, not a common one.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::new_password"))]
    pub password: Secret,
}

/// A text message that was not sent but kept, in a development environment.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct OutboxItem {
    /// The message.
    pub id: Uuid,
    /// Whom it would have gone to, in E.164.
    pub phone: String,
    /// What it is about: a purpose of codes, or a kind of notice.
    pub purpose: String,
    /// The whole text.
    pub text: String,
    /// The code in it, if it has one.
    pub code: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

debug_opaque!(
    SmsCodeRequest,
    RegistrationRequest,
    RegistrationCreated,
    RegistrationPassword,
    PasswordResetRequest,
    OutboxItem
);

object_only!(SmsCodeRequest, RegistrationRequest, RegistrationPassword, PasswordResetRequest);
