//! The secrets that a function was given, parsed once: which of them it has is decided in `spin.toml`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use zeroize::Zeroizing;

use crate::settings::{SettingError, Variables};

/// A 32-byte key with its id.
pub struct NamedKey {
    /// 1 to 32 characters of `A-Z a-z 0-9 _ -`, stored beside what the key made.
    pub id: String,
    /// The key.
    pub bytes: Zeroizing<[u8; 32]>,
}

/// An Ed25519 key that signs access tokens.
pub struct SigningKey {
    /// `kid` in the token's header.
    pub id: String,
    /// The private key, as its seed (RFC 8032 §5.1.5).
    pub seed: Zeroizing<[u8; 32]>,
}

/// An Ed25519 key that verifies access tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    /// `kid` in the token's header.
    pub id: String,
    /// The public key, 32 bytes (RFC 8032 §5.1.5).
    pub bytes: [u8; 32],
}

/// An SM2 key that electronic seals are made with.
pub struct SealKey {
    /// 1 to 32 characters, the same for the key and its certificate.
    pub id: String,
    /// The private key, big-endian.
    pub secret: Zeroizing<[u8; 32]>,
    /// The certificate of its public half, DER.
    pub certificate: Vec<u8>,
}

/// The keys of one function. A list's first key is the one in use; the others are kept for what was made before a rotation.
pub struct Keys {
    /// Sign access tokens; only `sessions` has any.
    pub signing: Vec<SigningKey>,
    /// Verify access tokens.
    pub verifying: Vec<VerifyingKey>,
    /// Encrypt personal data at rest.
    pub data: Vec<NamedKey>,
    /// Blind indexes, code hashes, token MACs, audit chain.
    pub index: Zeroizing<[u8; 32]>,
    /// The passwords' pepper: Argon2's secret input (RFC 9106 §3.1).
    pub pepper: Option<Zeroizing<[u8; 32]>>,
    /// Make electronic seals; only `seals` has any. The first is the one in use.
    pub seal: Vec<SealKey>,
}

const MISSING: &str = "is missing; `eport up` makes it at first start, on Spin give it as SPIN_VARIABLE_…";
const CERTIFICATES: &str = "has not one `id:base64url` of a certificate for each entry of seal_keys, in the same order";
const FORMAT: &str = "is not in its format: `id:base64url` of 32 bytes, several with spaces between them";

impl Keys {
    /// Reads `signing_keys`, `verifying_keys`, `data_keys`, `index_key`, `pepper`, `seal_keys` and `seal_certificates`.
    ///
    /// `data_keys` and `index_key` must be there; without `verifying_keys` the signing keys' public halves are taken.
    pub async fn load(variables: &dyn Variables) -> Result<Self, SettingError> {
        let text = async |name| Zeroizing::new(variables.get(name).await.unwrap_or_default());

        let signing: Vec<SigningKey> = named("signing_keys", &text("signing_keys").await)?
            .into_iter()
            .map(|key| SigningKey { id: key.id, seed: key.bytes })
            .collect();
        let mut verifying: Vec<VerifyingKey> = named("verifying_keys", &text("verifying_keys").await)?
            .into_iter()
            .map(|key| VerifyingKey { id: key.id, bytes: *key.bytes })
            .collect();
        for key in &signing {
            if !verifying.iter().any(|known| known.id == key.id)
                && let Some(bytes) = verifying_half(&key.seed)
            {
                verifying.push(VerifyingKey { id: key.id.clone(), bytes });
            }
        }
        let data = named("data_keys", &text("data_keys").await)?;
        if data.is_empty() {
            return Err(SettingError { name: "data_keys", problem: MISSING });
        }
        let index = single("index_key", &text("index_key").await)?
            .ok_or(SettingError { name: "index_key", problem: MISSING })?;
        let pepper = single("pepper", &text("pepper").await)?;
        let seal_keys = named("seal_keys", &text("seal_keys").await)?;
        let seal = certified(seal_keys, &text("seal_certificates").await)?;
        Ok(Self { signing, verifying, data, index, pepper, seal })
    }
}

fn named(name: &'static str, text: &str) -> Result<Vec<NamedKey>, SettingError> {
    let error = SettingError { name, problem: FORMAT };
    text.split_ascii_whitespace()
        .map(|entry| {
            let (id, key) = entry.split_once(':').ok_or(error.clone())?;
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            if id.is_empty() || id.len() > 32 || !id.chars().all(plain) {
                return Err(error.clone());
            }
            Ok(NamedKey { id: id.to_owned(), bytes: decode(key).ok_or(error.clone())? })
        })
        .collect()
}

/// Each seal key with its certificate. A function that makes no seals has neither.
fn certified(keys: Vec<NamedKey>, certificates: &str) -> Result<Vec<SealKey>, SettingError> {
    let error = || SettingError { name: "seal_certificates", problem: CERTIFICATES };
    let mut entries = certificates.split_ascii_whitespace();
    let certified = keys
        .into_iter()
        .map(|key| {
            let (id, certificate) = entries.next().and_then(|entry| entry.split_once(':')).ok_or_else(error)?;
            let certificate = BASE64URL.decode(certificate).map_err(|_| error())?;
            if id == key.id { Ok(SealKey { id: key.id, secret: key.bytes, certificate }) } else { Err(error()) }
        })
        .collect::<Result<_, _>>()?;
    if entries.next().is_none() { Ok(certified) } else { Err(error()) }
}

fn single(name: &'static str, text: &str) -> Result<Option<Zeroizing<[u8; 32]>>, SettingError> {
    if text.is_empty() {
        return Ok(None);
    }
    decode(text.trim()).map(Some).ok_or(SettingError { name, problem: "is not base64url of 32 bytes" })
}

fn decode(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let bytes = Zeroizing::new(BASE64URL.decode(text).ok()?);
    bytes.as_slice().try_into().ok().map(Zeroizing::new)
}

/// Text in the format that [`Keys::load`] reads: one `id:base64url` entry.
pub fn entry(id: &str, bytes: &[u8; 32]) -> Zeroizing<String> {
    Zeroizing::new(format!("{id}:{}", BASE64URL.encode(bytes)))
}

/// Text in the format of `seal_certificates`: one `id:base64url` entry. A certificate is public.
pub fn certificate_entry(id: &str, der: &[u8]) -> String {
    format!("{id}:{}", BASE64URL.encode(der))
}

/// The public half of an Ed25519 seed; `None` only if the seed is not one.
pub fn verifying_half(seed: &[u8; 32]) -> Option<[u8; 32]> {
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
    pair.public_key().as_ref().try_into().ok()
}
