//! Logging in, being recognised, logging out (J2); keys and health.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use super::{ObjectOnly, Secret, debug_opaque, object_only, present};
use crate::clock::Timestamp;
#[cfg(feature = "openapi")]
use crate::openapi::fields;

/// Logs in. `method` says how, and which other fields there are.
#[derive(Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum SessionRequest {
    /// With a password.
    Password {
        /// Username or phone.
        #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::any_text"))]
        username: String,
        /// The password.
        #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::any_text"))]
        password: Secret,
    },
    /// With a code sent to the phone.
    Sms {
        /// The account's phone.
        #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::phone"))]
        phone: String,
        /// The code, for the purpose `login`.
        #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::sms_code"))]
        sms_code: Secret,
    },
    /// With a card.
    Card {
        /// The challenge, for the purpose `login`.
        #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::id"))]
        challenge_id: String,
        /// The card's certificate: DER in Base64 or Base64URL.
        #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::base64"))]
        certificate: String,
        /// Its signature over the challenge's text, in Base64 or Base64URL.
        #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::base64"))]
        signature: String,
        /// `SM2`, `ES256` or `RS256`.
        #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::card_algorithm"))]
        algorithm: String,
    },
}

/// Every field of every method. serde's own tagged enums read the body into a buffer first and lose the path of a wrong type.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnySession {
    method: String,
    #[serde(default, deserialize_with = "present")]
    username: Option<String>,
    #[serde(default, deserialize_with = "present")]
    password: Option<Secret>,
    #[serde(default, deserialize_with = "present")]
    phone: Option<String>,
    #[serde(default, deserialize_with = "present")]
    sms_code: Option<Secret>,
    #[serde(default, deserialize_with = "present")]
    challenge_id: Option<String>,
    #[serde(default, deserialize_with = "present")]
    certificate: Option<String>,
    #[serde(default, deserialize_with = "present")]
    signature: Option<String>,
    #[serde(default, deserialize_with = "present")]
    algorithm: Option<String>,
}

impl<'de> Deserialize<'de> for SessionRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let any = AnySession::deserialize(ObjectOnly(deserializer))?;
        let known: &'static [&'static str] = match any.method.as_str() {
            "password" => &["method", "username", "password"],
            "sms" => &["method", "phone", "sms_code"],
            "card" => &["method", "challenge_id", "certificate", "signature", "algorithm"],
            other => return Err(D::Error::unknown_variant(other, &["password", "sms", "card"])),
        };
        for (name, given) in [
            ("username", any.username.is_some()),
            ("password", any.password.is_some()),
            ("phone", any.phone.is_some()),
            ("sms_code", any.sms_code.is_some()),
            ("challenge_id", any.challenge_id.is_some()),
            ("certificate", any.certificate.is_some()),
            ("signature", any.signature.is_some()),
            ("algorithm", any.algorithm.is_some()),
        ] {
            if given && !known.contains(&name) {
                return Err(D::Error::unknown_field(name, known));
            }
        }
        let missing = D::Error::missing_field;
        match any.method.as_str() {
            "password" => Ok(Self::Password {
                username: any.username.ok_or_else(|| missing("username"))?,
                password: any.password.ok_or_else(|| missing("password"))?,
            }),
            "sms" => Ok(Self::Sms {
                phone: any.phone.ok_or_else(|| missing("phone"))?,
                sms_code: any.sms_code.ok_or_else(|| missing("sms_code"))?,
            }),
            _ => Ok(Self::Card {
                challenge_id: any.challenge_id.ok_or_else(|| missing("challenge_id"))?,
                certificate: any.certificate.ok_or_else(|| missing("certificate"))?,
                signature: any.signature.ok_or_else(|| missing("signature"))?,
                algorithm: any.algorithm.ok_or_else(|| missing("algorithm"))?,
            }),
        }
    }
}

/// Logged in, or refreshed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SessionCreated {
    /// A JWT, for `Authorization: Bearer`.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: String,
    /// Seconds until `access_token` expires.
    pub expires_in: i64,
    /// For `POST /v1/sessions/refresh`, once. Absent where the request had `Eport-Refresh-Cookie: 1`: then a cookie holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Whose session it is.
    pub account: AccountSummary,
}

/// An account in brief.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct AccountSummary {
    /// The account.
    pub id: Uuid,
    /// Null in an account that isn't activated.
    pub username: Option<String>,
    /// The person's name.
    pub name: String,
    /// What it can do.
    pub state: AccountState,
    /// Whether it is of the platform's staff.
    pub staff: bool,
    /// Whether nothing else can be done before the password is changed.
    pub password_change_required: bool,
}

/// What an account can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// Registered, without a password yet.
    Pending,
    /// Everything.
    Active,
    /// Made by a card login, works with the card only.
    Inactive,
    /// Locked by staff: nothing.
    Locked,
}

impl AccountState {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Pending, Self::Active, Self::Inactive, Self::Locked];

    /// As on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Locked => "locked",
        }
    }

    /// Reads what [`AccountState::as_str`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.as_str() == text)
    }
}

/// Swaps a refresh token for new tokens.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct RefreshRequest {
    /// As the last login or refresh gave it; it works once. Absent with `Eport-Refresh-Cookie: 1`, where the cookie is to count.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::any_text"))]
    pub refresh_token: Option<Secret>,
}

/// One of the account's sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SessionItem {
    /// The session.
    pub id: Uuid,
    /// Whether this request was made in it.
    pub current: bool,
    /// How it began: `password`, `sms` or `card`.
    pub method: String,
    /// How the person was authenticated (RFC 8176): `pwd`, `otp` and `sms`, `sc` and `pin`.
    pub amr: Vec<String>,
    /// The class of the card, in a card session.
    pub card_class: Option<String>,
    /// What the device calls itself.
    pub device: Option<String>,
    /// What a person calls it, in the language that was asked for: browser and system where they are known.
    pub device_name: Option<String>,
    /// The network address that it was last used from.
    pub address: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// The public keys that access tokens are verified with (RFC 7517 §5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Jwks {
    /// The key in use and those whose tokens may still be valid.
    pub keys: Vec<Jwk>,
}

/// An Ed25519 public key (RFC 8037 §2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Jwk {
    /// `OKP`.
    pub kty: String,
    /// `Ed25519`.
    pub crv: String,
    /// The key, base64url.
    pub x: String,
    /// The key's id, as in a token's header.
    pub kid: String,
    /// `sig`.
    pub r#use: String,
    /// `EdDSA`.
    pub alg: String,
}

/// The component answers, and so does its database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Health {
    /// `ok`.
    pub status: String,
    /// Which component answered.
    pub component: String,
    /// Its version.
    pub version: String,
}

debug_opaque!(SessionRequest, SessionCreated, RefreshRequest);

object_only!(RefreshRequest);
