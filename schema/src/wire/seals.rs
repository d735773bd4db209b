//! Seals and signature images (J15, J16).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{debug_opaque, object_only, present};
use crate::clock::Timestamp;
#[cfg(feature = "openapi")]
use crate::openapi::fields;

/// Makes a seal. The legal-person card has signed the digest of it: SHA-256 over the UTF-8 text of five lines, `\n` between them,
/// `eport-id/seal/v1`, `seal: new`, `name: …`, `kind: …`, `shape: …`, `image: ` and the SHA-256 of the image file in lower-case hexadecimal
/// (docs/seals.md; `POST /v1/seals/check` gives text and digest).
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct SealRequest {
    /// What it is called, on one line.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::seal_name"))]
    pub name: String,
    /// What it is for.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::seal_kind"))]
    pub kind: String,
    /// The form of its imprint.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::seal_shape"))]
    pub shape: String,
    /// A PNG or JPEG file of 600 dpi or more in Base64 or Base64URL: red or blue on white or transparent ground.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::image"))]
    pub image: String,
    /// The challenge, for the purpose `seal` and the digest.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::id"))]
    pub challenge_id: String,
    /// The legal-person card's certificate: DER in Base64 or Base64URL.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::base64"))]
    pub certificate: String,
    /// Its signature over the challenge's text, in Base64 or Base64URL.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::base64"))]
    pub signature: String,
    /// `SM2`, `ES256` or `RS256`.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::card_algorithm"))]
    pub algorithm: String,
}

/// Changes a seal: what is left out stays. The legal-person card has signed the digest of the seal as it will be, with `seal: ` and its id in
/// the second line.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct SealPatch {
    /// What it will be called.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::seal_name"))]
    pub name: Option<String>,
    /// What it will be for. A default of its kind is none of another.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::seal_kind"))]
    pub kind: Option<String>,
    /// The form that it will have.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::seal_shape"))]
    pub shape: Option<String>,
    /// The new image, as in `SealRequest`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::image"))]
    pub image: Option<String>,
    /// The challenge, for the purpose `seal` and the digest.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::id"))]
    pub challenge_id: String,
    /// The legal-person card's certificate: DER in Base64 or Base64URL.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::base64"))]
    pub certificate: String,
    /// Its signature over the challenge's text, in Base64 or Base64URL.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::base64"))]
    pub signature: String,
    /// `SM2`, `ES256` or `RS256`.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::card_algorithm"))]
    pub algorithm: String,
}

/// Asks whether a seal could be made or changed so, before its person is asked for the PIN. Nothing is kept.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct SealCheck {
    /// The seal to be changed; left out for a new one, which needs all the others.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::id"))]
    pub seal: Option<String>,
    /// What it is or will be called.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::seal_name"))]
    pub name: Option<String>,
    /// What it is or will be for.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::seal_kind"))]
    pub kind: Option<String>,
    /// Its form.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::seal_shape"))]
    pub shape: Option<String>,
    /// Its image, as in `SealRequest`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::image"))]
    pub image: Option<String>,
}

/// What the legal-person card is to sign for a seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SealDraft {
    /// The text whose digest is signed.
    pub text: String,
    /// Its SHA-256, lower-case hexadecimal: what `POST /v1/card-challenges` takes with the purpose `seal`.
    pub digest: String,
    /// SHA-256 of the image file, lower-case hexadecimal.
    pub image_sha256: String,
    /// The width of the imprint, millimetres.
    pub width_mm: i64,
    /// The height of the imprint, millimetres.
    pub height_mm: i64,
    /// Dots in an inch.
    pub resolution_dpi: i64,
    /// `red` or `blue`.
    pub colour: String,
}

/// A seal of the caller's enterprise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Seal {
    /// The seal.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// `official`, `contract`, `finance`, `customs` or `invoice`.
    pub kind: String,
    /// `round`, `ellipse` or `rectangle`.
    pub shape: String,
    /// `draft`, `authorized` or `disabled`.
    pub state: String,
    /// Whether it is the one that is used unless another is chosen: one of each kind at the most.
    pub default: bool,
    /// `red` or `blue`.
    pub colour: String,
    /// The width of the imprint, millimetres.
    pub width_mm: i64,
    /// The height of the imprint, millimetres.
    pub height_mm: i64,
    /// Dots in an inch.
    pub resolution_dpi: i64,
    /// SHA-256 of the image file that was uploaded, lower-case hexadecimal: for the digest of a change without a new image.
    pub image_sha256: String,
    /// The identifier of its SESeal (GB/T 38540 `esID`); another one after each change.
    pub es_id: String,
    /// From when its SESeal is valid.
    pub valid_from: Timestamp,
    /// Until when: the end of the legal-person card's certificate, or of the seal maker's where that comes first.
    pub valid_until: Timestamp,
    /// The holder of the legal-person card that signed it.
    pub signed_by: String,
    /// When that card signed it: at its making, or at its last change.
    pub signed_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed, its state included.
    pub updated_at: Timestamp,
}

/// Makes a signature image.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct SignatureRequest {
    /// What it is called; empty if left out.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::seal_name"))]
    pub name: Option<String>,
    /// A PNG with transparent ground in Base64 or Base64URL: black ink, at most 35 by 30 mm. One without a resolution is taken to have 300 dpi.
    #[cfg_attr(feature = "openapi", schemars(schema_with = "fields::image"))]
    pub image: String,
}

/// A signature image of the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SignatureImage {
    /// The signature image.
    pub id: Uuid,
    /// What it is called; null where it has no name.
    pub name: Option<String>,
    /// `draft`, `authorized` or `disabled`.
    pub state: String,
    /// Whether it is the one that is used unless another is chosen: one at the most.
    pub default: bool,
    /// Its width, millimetres.
    pub width_mm: i64,
    /// Its height, millimetres.
    pub height_mm: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its state was last changed.
    pub updated_at: Timestamp,
}

// Certificates hold id numbers, images are large or personal.
debug_opaque!(SealRequest, SealPatch, SealCheck, SignatureRequest);

object_only!(SealRequest, SealPatch, SealCheck, SignatureRequest);
