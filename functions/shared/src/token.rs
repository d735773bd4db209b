//! Access tokens (JWT, EdDSA: RFC 7519, RFC 8037) and refresh tokens.

use std::sync::Once;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error as JwtError, ErrorKind};
use jsonwebtoken::signature::{Error as SignatureError, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use ring::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::crypto::{CryptoError, Label, mac, same, sha256};
use crate::keys::{Keys, SigningKey, VerifyingKey};
use crate::platform::{Entropy, random};

/// What an access token says. Other systems rely on it; our own functions ask the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The issuer: the setting `issuer`.
    pub iss: String,
    /// The account.
    pub sub: Uuid,
    /// The session.
    pub sid: Uuid,
    /// The enterprise's USCC, or null.
    pub ent: Option<String>,
    /// `admin`, `operator`, `staff`, or null.
    pub role: Option<String>,
    /// How the person authenticated (RFC 8176).
    pub amr: Vec<String>,
    /// `legal_person` or `operator` in a card session, or null.
    pub card_class: Option<String>,
    /// Issued at, seconds since 1970.
    pub iat: i64,
    /// Expires at, seconds since 1970.
    pub exp: i64,
}

/// Why a token is not one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token of ours")]
pub struct TokenError;

/// Signs `claims` with the first signing key.
pub fn issue(keys: &Keys, claims: &Claims) -> Result<Zeroizing<String>, CryptoError> {
    install_ring();
    let SigningKey { id, seed } = keys.signing.first().ok_or(CryptoError)?;
    let header = Header { kid: Some(id.clone()), ..Header::new(Algorithm::EdDSA) };
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_ed_der(seed.as_slice()))
        .map(Zeroizing::new)
        .map_err(|_| CryptoError)
}

/// The claims of a token whose signature nobody has checked. Only its `sid` and `sub` may be used, to find the row that vouches for it and to ask
/// whether that is this account's.
#[derive(Debug)]
pub struct Unverified(Box<Claims>);

impl Unverified {
    /// Reads a token of our form; whatever isn't is refused here already (`alg: none`, another algorithm, no `kid`).
    pub fn parse(token: &str) -> Result<Self, TokenError> {
        install_ring();
        if token.len() > 2048 {
            return Err(TokenError);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError)?;
        if header.alg != Algorithm::EdDSA || header.kid.is_none() {
            return Err(TokenError);
        }
        jsonwebtoken::dangerous::insecure_decode_claims::<Claims>(token)
            .map(|claims| Self(Box::new(claims)))
            .map_err(|_| TokenError)
    }

    /// The session that it claims to belong to.
    pub fn session(&self) -> Uuid {
        self.0.sid
    }

    /// The account that it claims to speak for.
    pub fn account(&self) -> Uuid {
        self.0.sub
    }

    /// The claims, where the session's row holds this very token's hash: we made each byte of it.
    pub fn vouched(self, token: &str, access_hash: &[u8]) -> Result<Claims, Self> {
        if same(&sha256(token.as_bytes()), access_hash) { Ok(*self.0) } else { Err(self) }
    }

    /// The claims, where the signature is that of the key which the token names.
    pub fn verified(self, token: &str, keys: &[VerifyingKey]) -> Result<Claims, TokenError> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError)?;
        let key = keys.iter().find(|key| Some(&key.id) == header.kid.as_ref()).ok_or(TokenError)?;
        // Expiry is ours to judge, by the clock that was handed in.
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        jsonwebtoken::decode::<Claims>(token, &DecodingKey::from_ed_der(&key.bytes), &validation)
            .map(|data| data.claims)
            .map_err(|_| TokenError)
    }
}

/// A refresh token of a session: `session id (16) ‖ random (32) ‖ MAC (32)`, base64url.
pub struct RefreshToken(Zeroizing<String>);

impl RefreshToken {
    /// A new one.
    pub fn new(keys: &Keys, entropy: &dyn Entropy, session: Uuid) -> Self {
        let secret: [u8; 32] = random(entropy);
        let tag = mac(keys, Label::RefreshToken, &[session.as_bytes(), &secret]);
        let bytes = Zeroizing::new([session.as_bytes().as_slice(), &secret, &tag].concat());
        Self(Zeroizing::new(BASE64URL.encode(&*bytes)))
    }

    /// Reads one that we made, for whichever session; `None` for anything else.
    pub fn parse(keys: &Keys, text: &str) -> Option<(Self, Uuid)> {
        let bytes: [u8; 80] = BASE64URL.decode(text).ok()?.try_into().ok()?;
        let (session, rest) = bytes.split_first_chunk::<16>()?;
        let (secret, tag) = rest.split_first_chunk::<32>()?;
        same(&mac(keys, Label::RefreshToken, &[session, secret]), tag)
            .then(|| (Self(Zeroizing::new(text.to_owned())), Uuid::from_bytes(*session)))
    }

    /// As the client keeps it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As the session's row keeps it.
    pub fn hash(&self) -> [u8; 32] {
        sha256(self.0.as_bytes())
    }
}

/// Lets `jsonwebtoken` use `ring` for EdDSA, and for nothing else: no other algorithm can be reached. Keys are raw: 32 bytes of
/// seed or public key.
fn install_ring() {
    static ONCE: Once = Once::new();
    static PROVIDER: CryptoProvider = CryptoProvider {
        signer_factory: |algorithm, key| match algorithm {
            Algorithm::EdDSA => Ed25519KeyPair::from_seed_unchecked(key.as_bytes())
                .map(|pair| Box::new(RingSigner(pair)) as Box<dyn JwtSigner>)
                .map_err(|_| JwtError::from(ErrorKind::InvalidKeyFormat)),
            _ => Err(JwtError::from(ErrorKind::InvalidAlgorithm)),
        },
        verifier_factory: |algorithm, key| match algorithm {
            Algorithm::EdDSA => {
                key.try_get_as_bytes().map(|bytes| Box::new(RingVerifier(bytes.to_vec())) as Box<dyn JwtVerifier>)
            }
            _ => Err(JwtError::from(ErrorKind::InvalidAlgorithm)),
        },
        key_utils: KeyUtils::new_unimplemented(),
    };
    // An error says that another part of the process has installed one; natively that can be this crate built twice.
    ONCE.call_once(|| {
        let _ = PROVIDER.install_default();
    });
}

struct RingSigner(Ed25519KeyPair);

impl Signer<Vec<u8>> for RingSigner {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, SignatureError> {
        Ok(self.0.sign(message).as_ref().to_vec())
    }
}

impl JwtSigner for RingSigner {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

struct RingVerifier(Vec<u8>);

impl Verifier<Vec<u8>> for RingVerifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), SignatureError> {
        UnparsedPublicKey::new(&ED25519, &self.0).verify(message, signature).map_err(|_| SignatureError::new())
    }
}

impl JwtVerifier for RingVerifier {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}
