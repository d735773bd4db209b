//! A certificate that went through the path check, and the question whether its card is there.

use ring::signature::{ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use x509_parser::certificate::X509Certificate;
use x509_parser::oid_registry::{OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY, OID_PKCS1_RSAENCRYPTION, Oid};
use x509_parser::public_key::PublicKey;

use super::path::PathError;
use super::sm2_signature;
use crate::algorithm::Algorithm;
use crate::holder::{HolderCertificate, whole_certificate};

/// Why a signature proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The certificate's key isn't one of this algorithm.
    #[error("the certificate's key doesn't sign with this algorithm")]
    OtherAlgorithm,
    /// Another key signed, or another text was signed.
    #[error("the signature is not the card's over this text")]
    Wrong,
}

/// A certificate of which all is settled but whether its card is here. Made by [`super::Trust::verify`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedCertificate {
    pub(super) holder: HolderCertificate,
    pub(super) key: Key,
    pub(super) fingerprint: [u8; 32],
}

/// The holder's public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    algorithm: Algorithm,
    /// As in `subjectPublicKey`: a point, or an RSAPublicKey.
    bytes: Vec<u8>,
}

impl Key {
    /// The fewest bits of an RSA key (§6; NIST SP 800-131A).
    const SHORTEST_RSA: usize = 2048;

    /// The key of a certificate: on SM2's curve, on P-256, or RSA.
    pub(super) fn of(certificate: &X509Certificate<'_>) -> Result<Self, PathError> {
        let info = certificate.public_key();
        let curve = || info.algorithm.parameters.as_ref().and_then(|curve| curve.as_oid().ok());
        let sm2 = Oid::from(&[1, 2, 156, 10197, 1, 301]).map_err(|_| PathError::Malformed)?;
        let algorithm = if info.algorithm.algorithm == OID_KEY_TYPE_EC_PUBLIC_KEY && curve() == Some(sm2) {
            Algorithm::Sm2
        } else if info.algorithm.algorithm == OID_KEY_TYPE_EC_PUBLIC_KEY && curve() == Some(OID_EC_P256) {
            Algorithm::Es256
        } else if info.algorithm.algorithm == OID_PKCS1_RSAENCRYPTION {
            match info.parsed() {
                Ok(PublicKey::RSA(key)) if significant_bits(key.modulus) < Self::SHORTEST_RSA => {
                    return Err(PathError::WeakKey);
                }
                Ok(PublicKey::RSA(_)) => Algorithm::Rs256,
                _ => return Err(PathError::Malformed),
            }
        } else {
            return Err(PathError::AlgorithmRefused);
        };
        Ok(Self { algorithm, bytes: info.subject_public_key.data.to_vec() })
    }

    fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        if algorithm != self.algorithm {
            return Err(SignatureError::OtherAlgorithm);
        }
        let right = match algorithm {
            Algorithm::Sm2 => sm2_signature::verify_raw_or_der(&self.bytes, message, signature).is_ok(),
            // Either spelling, and either of s and n−s: a challenge is used once, so that a second signature made from the first opens
            // nothing, and cards don't normalise s.
            Algorithm::Es256 => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &self.bytes).verify(message, signature).is_ok()
                    || UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.bytes).verify(message, signature).is_ok()
            }
            Algorithm::Rs256 => {
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.bytes).verify(message, signature).is_ok()
            }
        };
        if right { Ok(()) } else { Err(SignatureError::Wrong) }
    }
}

/// How many bits a big-endian number has, without its leading zeros.
fn significant_bits(number: &[u8]) -> usize {
    let digits: &[u8] =
        number.iter().position(|byte| *byte != 0).and_then(|first| number.get(first..)).unwrap_or_default();
    digits.first().map_or(0, |first| digits.len().saturating_mul(8).saturating_sub(first.leading_zeros() as usize))
}

/// Whether the key of a certificate signed `text`, and not a word on whether the certificate is trusted: for what was kept with a certificate
/// that went through the whole check when it came. `der` is one certificate.
pub fn signed_by(der: &[u8], algorithm: Algorithm, text: &str, signature: &[u8]) -> Result<(), SignatureError> {
    let certificate = whole_certificate(der).map_err(|_| SignatureError::Wrong)?;
    let key = Key::of(&certificate).map_err(|_| SignatureError::OtherAlgorithm)?;
    key.verify(algorithm, text.as_bytes(), signature)
}

impl VerifiedCertificate {
    /// What it says of its holder.
    pub fn holder(&self) -> &HolderCertificate {
        &self.holder
    }

    /// SHA-256 of its DER.
    pub fn fingerprint(&self) -> &[u8; 32] {
        &self.fingerprint
    }

    /// The algorithm of its key.
    pub fn algorithm(&self) -> Algorithm {
        self.key.algorithm
    }

    /// Whether its card signed `text` with `algorithm`: `SM2` raw r‖s or DER, `ES256` raw or DER, `RS256` as RFC 8017.
    pub fn proves(&self, algorithm: Algorithm, text: &str, signature: &[u8]) -> Result<(), SignatureError> {
        self.key.verify(algorithm, text.as_bytes(), signature)
    }
}
