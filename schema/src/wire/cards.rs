//! Cards (J5, J10, J11, §6), and whom their certificates are trusted from (J18).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{debug_opaque, object_only, present};
use crate::clock::Timestamp;
#[cfg(feature = "openapi")]
use crate::openapi::fields;

/// Asks for something that a card shall sign.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct CardChallengeRequest {
    /// What for. All but `login` need a session.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::card_purpose"))]
    pub purpose: String,
    /// With `bind`: the number on the card.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::card_number"))]
    pub card_number: Option<String>,
    /// With `seal`: 32 bytes in hexadecimal.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::digest"))]
    pub digest: Option<String>,
}

/// What a card shall sign, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CardChallenge {
    /// To be sent back with the signature.
    pub challenge_id: Uuid,
    /// 32 random bytes, base64url: what the page hands to the bridge.
    pub nonce: String,
    /// The bytes that are signed. The bridge makes them itself, of what it knows; they are here to compare.
    pub text: String,
    /// When it can't be answered any more.
    pub expires_at: Timestamp,
}

/// Ties a card to the caller's account.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct CardBinding {
    /// The number on the card.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::card_number"))]
    pub card_number: String,
    /// The challenge, for the purpose `bind` and this number.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::id"))]
    pub challenge_id: String,
    /// The card's certificate: DER in Base64 or Base64URL.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::base64"))]
    pub certificate: String,
    /// Its signature over the challenge's text, in Base64 or Base64URL.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::base64"))]
    pub signature: String,
    /// `SM2`, `ES256` or `RS256`.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::card_algorithm"))]
    pub algorithm: String,
}

/// The card that is tied to the caller's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Card {
    /// The number on the card.
    pub card_number: String,
    /// `legal_person` or `operator`.
    pub card_class: String,
    /// The enterprise that it is of.
    pub enterprise_name: String,
    /// From when its certificate is valid.
    pub not_before: Timestamp,
    /// Until when.
    pub not_after: Timestamp,
    /// Since when it is tied to the account.
    pub bound_at: Timestamp,
    /// When somebody last logged in with it.
    pub last_used_at: Option<Timestamp>,
}

/// An authority whose certificates are trusted, or one between it and the cards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct TrustCertificate {
    /// The entry.
    pub id: Uuid,
    /// `anchor` is trusted as it is, `intermediate` by what issued it.
    pub kind: String,
    /// The authority.
    pub subject: String,
    /// Who issued its certificate.
    pub issuer: String,
    /// Serial number, lower-case hexadecimal.
    pub serial: String,
    /// SHA-256 of the DER, lower-case hexadecimal.
    pub sha256: String,
    /// From when it is valid.
    pub not_before: Timestamp,
    /// Until when.
    pub not_after: Timestamp,
    /// Since when it is here.
    pub created_at: Timestamp,
}

/// A list of the certificates that an authority has revoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct RevocationList {
    /// The entry.
    pub id: Uuid,
    /// The authority.
    pub issuer: String,
    /// The list's number, decimal.
    pub number: String,
    /// How many certificates it revokes.
    pub revoked: i64,
    /// SHA-256 of the DER, lower-case hexadecimal.
    pub sha256: String,
    /// When it was made.
    pub this_update: Timestamp,
    /// When the next one is due.
    pub next_update: Option<Timestamp>,
    /// Since when it is here.
    pub created_at: Timestamp,
}

/// Takes an authority into the trust store.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct TrustCertificateUpload {
    /// `anchor` or `intermediate`.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::trust_kind"))]
    pub kind: String,
    /// The certificate: DER in Base64 or Base64URL.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::base64"))]
    pub certificate: String,
    /// Why, on one line; kept in the audit.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::reason"))]
    pub reason: String,
}

/// Takes a revocation list into the trust store, in place of an older one of the same issuer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct TrustUpload {
    /// The list: DER in Base64 or Base64URL.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::base64"))]
    pub list: String,
    /// Why, on one line; kept in the audit.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::reason"))]
    pub reason: String,
}

// A certificate holds an id number.
debug_opaque!(CardBinding);

object_only!(CardChallengeRequest, CardBinding, TrustCertificateUpload, TrustUpload);
