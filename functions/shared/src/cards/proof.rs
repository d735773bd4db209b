//! A card proves that it is here: its certificate leads to an anchor, and it signed what was kept.

use std::ops::Deref;

use base64::Engine as _;
use base64::engine::GeneralPurposeConfig;
use base64::engine::general_purpose::GeneralPurpose;
use base64::{alphabet, engine::DecodePaddingMode};
use eport_card::verify::{PathError, RevocationPolicy, SignatureError, VerifiedCertificate};
use eport_card::{Algorithm, CardClass, CardNumber, HolderCertificate, Organisation, Purpose};
use eport_schema::catalogue::{self, Refusal};
use eport_schema::domain::{IdDocument, IdType};
use uuid::Uuid;

use super::binding::ToBind;
use super::{challenge, trust};
use crate::accounts::id_number_index;
use crate::clock::Timestamp;
use crate::context::Context;
use crate::crypto::same;
use crate::enterprises::Described;
use crate::keys::Keys;
use crate::problem::{Fields, Problem};

/// What a client sent to prove it.
#[derive(Clone, Copy)]
pub struct Sent<'a> {
    /// The challenge.
    pub challenge_id: &'a str,
    /// DER in Base64 or Base64URL.
    pub certificate: &'a str,
    /// In Base64 or Base64URL.
    pub signature: &'a str,
    /// `SM2`, `ES256` or `RS256`.
    pub algorithm: &'a str,
}

/// A card that is here, and what its certificate says. Made by [`prove`] alone.
#[derive(Debug)]
pub struct ProvenCard {
    certificate: CardCertificate,
    evidence: Evidence,
}

impl Deref for ProvenCard {
    type Target = CardCertificate;

    fn deref(&self) -> &CardCertificate {
        &self.certificate
    }
}

impl ProvenCard {
    /// What proves that it is here.
    pub const fn evidence(&self) -> &Evidence {
        &self.evidence
    }
}

/// What a certificate says that leads to an anchor. It is public: that somebody has it doesn't say that the card is theirs.
#[derive(Debug)]
pub struct CardCertificate {
    holder: HolderCertificate,
    document: IdDocument,
    fingerprint: [u8; 32],
}

/// What proves it, for whoever keeps the proof.
pub struct Evidence {
    /// The bytes that the card signed.
    pub text: String,
    /// Its certificate, DER: it holds an id number.
    pub certificate: Vec<u8>,
    /// Its signature.
    pub signature: Vec<u8>,
    /// The signature's algorithm.
    pub algorithm: Algorithm,
}

impl std::fmt::Debug for Evidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Evidence").finish_non_exhaustive()
    }
}

impl CardCertificate {
    /// The holder's id document.
    pub const fn document(&self) -> &IdDocument {
        &self.document
    }

    /// The holder's name.
    pub fn holder_name(&self) -> &str {
        &self.holder.holder_name
    }

    /// The number on the card.
    pub const fn number(&self) -> &CardNumber {
        &self.holder.card_number
    }

    /// Whom it stands for.
    pub const fn class(&self) -> CardClass {
        self.holder.class
    }

    /// From when its certificate is valid, and until when.
    fn validity(&self) -> (Timestamp, Timestamp) {
        let at = |seconds: i64| Timestamp::from_milliseconds(seconds.saturating_mul(1000));
        (at(self.holder.not_before), at(self.holder.not_after))
    }

    /// The card as it is to be kept, once it is known which of our enterprises it is of.
    pub fn to_bind(&self, enterprise: Uuid) -> ToBind<'_> {
        ToBind {
            number: self.number(),
            class: self.class(),
            enterprise,
            fingerprint: self.fingerprint,
            validity: self.validity(),
        }
    }

    /// Whether its holder is the person of an account with this blind index of the id document: the same document, whatever the names say.
    pub fn is_of(&self, keys: &Keys, index: Option<Vec<u8>>) -> bool {
        index.is_some_and(|index| same(&index, &id_number_index(keys, &self.document)))
    }

    /// What it says of its enterprise.
    pub fn enterprise(&self) -> Described<'_> {
        Described {
            name: &self.holder.enterprise_name,
            organisation_code: self.holder.organisation.code(),
            uscc: match &self.holder.organisation {
                Organisation::Uscc(uscc) => Some(uscc),
                Organisation::Code(_) => None,
            },
        }
    }
}

/// A certificate and a signature, as large as an RSA-8192 card with a long subject could send, in bytes.
const LONGEST: usize = 16 * 1024;

/// Uses the challenge up, verifies the certificate and the signature. `purpose` and `account` are what the challenge must have been made for.
pub async fn prove(
    context: &Context<'_>,
    sent: Sent<'_>,
    purpose: &Purpose,
    account: Option<Uuid>,
) -> Result<ProvenCard, Problem> {
    let mut fields = Fields::new();
    let id = Uuid::try_parse(sent.challenge_id).map_err(|_| fields.refuse("challenge_id", &catalogue::ID_FORMAT)).ok();
    let certificate = decode_field(&mut fields, "certificate", sent.certificate, LONGEST);
    let signature = decode_field(&mut fields, "signature", sent.signature, LONGEST);
    let ((id, certificate), signature) = fields.finish(id.zip(certificate).zip(signature))?;

    let text = challenge::use_up(context, id, purpose, account).await?;
    let algorithm = Algorithm::parse(sent.algorithm).map_err(|_| Problem::new(&catalogue::CARD_ALGORITHM_REFUSED))?;
    let verified = verify(context, &certificate).await?;
    verified.proves(algorithm, &text, &signature).map_err(|error| {
        Problem::new(match error {
            SignatureError::OtherAlgorithm => &catalogue::CARD_ALGORITHM_REFUSED,
            SignatureError::Wrong => &catalogue::CARD_SIGNATURE_INVALID,
        })
    })?;

    let read = read(context, &verified)?;
    Ok(ProvenCard { certificate: read, evidence: Evidence { text, certificate, signature, algorithm } })
}

/// What a card's certificate says, without the card: what staff bind by where a person can't.
pub async fn inspect(context: &Context<'_>, certificate: &[u8]) -> Result<CardCertificate, Problem> {
    read(context, &verify(context, certificate).await?)
}

/// The longest certificate, in bytes.
pub const LONGEST_CERTIFICATE: usize = LONGEST;

async fn verify(context: &Context<'_>, certificate: &[u8]) -> Result<VerifiedCertificate, Problem> {
    let trust = trust::current(context).await?;
    let settings = context.settings;
    let policy = RevocationPolicy {
        missing_refuses: settings.card_crl_missing_refuses,
        outdated_refuses: settings.card_crl_outdated_refuses,
    };
    trust
        .verify(certificate, &settings.card_profile, context.now.seconds(), policy)
        .map_err(|error| Problem::new(path_refusal(error)))
}

fn read(context: &Context<'_>, verified: &VerifiedCertificate) -> Result<CardCertificate, Problem> {
    let holder = verified.holder().clone();
    let incomplete = || Problem::new(&catalogue::CARD_CERTIFICATE_INCOMPLETE);
    let id_type = holder.id_type.as_deref().and_then(|id_type| IdType::parse(id_type).ok()).ok_or_else(incomplete)?;
    let document =
        IdDocument::parse(id_type, holder.id_number.as_str(), context.now.date()).map_err(|_| incomplete())?;
    Ok(CardCertificate { document, fingerprint: *verified.fingerprint(), holder })
}

const fn path_refusal(error: PathError) -> &'static Refusal {
    match error {
        PathError::Expired => &catalogue::CARD_EXPIRED,
        PathError::NotYetValid => &catalogue::CARD_NOT_YET_VALID,
        PathError::Revoked => &catalogue::CARD_REVOKED,
        PathError::UnknownIssuer => &catalogue::CARD_UNKNOWN_ISSUER,
        PathError::WrongKeyUsage => &catalogue::CARD_WRONG_KEY_USAGE,
        PathError::WeakKey => &catalogue::CARD_WEAK_KEY,
        PathError::AlgorithmRefused => &catalogue::CARD_ALGORITHM_REFUSED,
        PathError::RevocationUnknown => &catalogue::CARD_REVOCATION_UNKNOWN,
        PathError::Malformed => &catalogue::CARD_CERTIFICATE_MALFORMED,
        PathError::Missing(_) => &catalogue::CARD_CERTIFICATE_INCOMPLETE,
    }
}

/// The bytes of a field in Base64 or Base64URL; noted in `fields` where it is neither, or longer than `longest` bytes.
pub fn decode_field(fields: &mut Fields, field: &str, text: &str, longest: usize) -> Option<Vec<u8>> {
    let bytes = decode(text, longest);
    if bytes.is_none() {
        fields.refuse(field, &catalogue::CARD_ENCODING);
    }
    bytes
}

/// Base64 or Base64URL (RFC 4648 §4, §5), with padding or without; at most `longest` bytes.
fn decode(text: &str, longest: usize) -> Option<Vec<u8>> {
    const CONFIG: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, CONFIG);
    const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, CONFIG);
    if text.is_empty() || text.len() > longest.saturating_mul(2) {
        return None;
    }
    STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok().filter(|bytes| bytes.len() <= longest)
}
