//! Encryption at rest, blind indexes and other MACs.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hmac;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::keys::Keys;
use crate::platform::{Entropy, random};

/// What was kept can't be read: it was changed, or its key is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a protected value can't be read: it was changed, or its key is missing")]
pub struct CryptoError;

const FORMAT: u8 = 1;
const NONCE: usize = 12;

/// Where a protected value stands: its column and its row. Bound to the value, so that it can't be moved to another place.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// `table.column`.
    pub column: &'static str,
    /// The row's key.
    pub row: &'a [u8],
}

impl<'a> Place<'a> {
    /// The column `column` of the row `row`.
    pub fn new(column: &'static str, row: &'a Uuid) -> Self {
        Self { column, row: row.as_bytes() }
    }

    fn aad(&self) -> Vec<u8> {
        [self.column.as_bytes(), &[0], self.row].concat()
    }
}

/// Encrypts with AES-256-GCM (NIST SP 800-38D) under the first data key.
///
/// Returns `1 ‖ length of key id ‖ key id ‖ nonce (12) ‖ ciphertext ‖ tag (16)`. The nonce is random: at 2^32 values a key must be rotated.
pub fn encrypt(keys: &Keys, entropy: &dyn Entropy, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let key = keys.data.first().ok_or(CryptoError)?;
    let nonce: [u8; NONCE] = random(entropy);
    let mut sealed = plain.to_vec();
    aead(&key.bytes)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place.aad()), &mut sealed)
        .map_err(|_| CryptoError)?;
    let id_length = u8::try_from(key.id.len()).map_err(|_| CryptoError)?;
    Ok([&[FORMAT, id_length], key.id.as_bytes(), nonce.as_slice(), sealed.as_slice()].concat())
}

/// Decrypts what [`encrypt`] returned for the same place, under whichever data key made it.
pub fn decrypt(keys: &Keys, place: Place<'_>, kept: &[u8]) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    let (&[FORMAT, id_length], rest) = kept.split_first_chunk::<2>().ok_or(CryptoError)? else {
        return Err(CryptoError);
    };
    let (id, rest) = rest.split_at_checked(usize::from(id_length)).ok_or(CryptoError)?;
    let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(CryptoError)?;
    let key = keys.data.iter().find(|key| key.id.as_bytes() == id).ok_or(CryptoError)?;
    let mut buffer = Zeroizing::new(sealed.to_vec());
    let length = aead(&key.bytes)?
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(place.aad()), &mut buffer)
        .map_err(|_| CryptoError)?
        .len();
    buffer.truncate(length);
    Ok(buffer)
}

/// [`decrypt`], for text.
pub fn decrypt_text(keys: &Keys, place: Place<'_>, kept: &[u8]) -> Result<Zeroizing<String>, CryptoError> {
    let plain = decrypt(keys, place, kept)?;
    std::str::from_utf8(&plain).map(|text| Zeroizing::new(text.to_owned())).map_err(|_| CryptoError)
}

fn aead(key: &[u8; 32]) -> Result<LessSafeKey, CryptoError> {
    UnboundKey::new(&AES_256_GCM, key).map(LessSafeKey::new).map_err(|_| CryptoError)
}

/// What a MAC is for. Each use has a label of its own, so that a value of one can't serve as another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// Blind index of a phone number (E.164).
    Phone,
    /// The row that requests for one username wait for.
    Username,
    /// Blind index of an id document (type and number).
    IdNumber,
    /// An SMS code, with its row's id.
    SmsCode,
    /// Whose wrong passwords are counted together.
    LoginSubject,
    /// The token that sets a registration's password.
    PasswordToken,
    /// A refresh token's own MAC.
    RefreshToken,
    /// An `Idempotency-Key` with its route and caller.
    IdempotencyKey,
    /// The body that came with one.
    IdempotencyBody,
    /// One row of the audit.
    Audit,
    /// The last row of a chain of the audit.
    AuditSeal,
    /// The client's device, as its browser names itself.
    Device,
    /// Whom a rate counter in the key-value store is about.
    RateSubject,
    /// What was kept of the making of a seal.
    SealEvidence,
}

impl Label {
    const fn text(self) -> &'static [u8] {
        match self {
            Self::Phone => b"phone",
            Self::Username => b"username",
            Self::IdNumber => b"id-number",
            Self::SmsCode => b"sms-code",
            Self::LoginSubject => b"login-subject",
            Self::PasswordToken => b"password-token",
            Self::RefreshToken => b"refresh-token",
            Self::IdempotencyKey => b"idempotency-key",
            Self::IdempotencyBody => b"idempotency-body",
            Self::Audit => b"audit",
            Self::AuditSeal => b"audit-seal",
            Self::Device => b"device",
            Self::RateSubject => b"rate-subject",
            Self::SealEvidence => b"seal-evidence",
        }
    }
}

/// HMAC-SHA-256 (RFC 2104) under the index key over the label and the length-prefixed parts: no two lists of parts give one message.
pub fn mac(keys: &Keys, label: Label, parts: &[&[u8]]) -> [u8; 32] {
    let key = hmac::Key::new(hmac::HMAC_SHA256, keys.index.as_slice());
    let mut context = hmac::Context::with_key(&key);
    context.update(label.text());
    for part in parts {
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.sign().as_ref());
    out
}

/// SHA-256 (FIPS 180-4).
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref());
    out
}

/// HMAC-SHA-256 under a key of somebody else's, such as the SMS gateway's.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref());
    out
}

/// Whether two secrets are equal, in a time that depends on their lengths alone.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}
