//! SM2 with SM3, as `rustls-webpki` takes an algorithm and as a challenge is checked.

use rustls_pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm};
use sm2::dsa::signature::Verifier as _;
use sm2::dsa::{Signature, VerifyingKey};

use crate::algorithm::Algorithm;

/// `id-ecPublicKey` with the curve 1.2.156.10197.1.301 (GM/T 0006), the content of an AlgorithmIdentifier.
const PUBLIC_KEY: AlgorithmIdentifier = AlgorithmIdentifier::from_slice(&[
    0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d,
]);
/// 1.2.156.10197.1.501, SM2 with SM3, without parameters.
const SIGNATURE: AlgorithmIdentifier =
    AlgorithmIdentifier::from_slice(&[0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x75]);
/// The same with NULL as parameters, as some authorities write it.
const SIGNATURE_NULL: AlgorithmIdentifier =
    AlgorithmIdentifier::from_slice(&[0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x75, 0x05, 0x00]);

/// SM2 with SM3 in certificates and revocation lists: the signature is DER.
#[derive(Debug)]
pub(crate) struct Sm2Sm3 {
    signature: AlgorithmIdentifier,
}

/// Without parameters.
pub(crate) static SM2_SM3: Sm2Sm3 = Sm2Sm3 { signature: SIGNATURE };
/// With NULL as parameters.
pub(crate) static SM2_SM3_NULL: Sm2Sm3 = Sm2Sm3 { signature: SIGNATURE_NULL };

impl SignatureVerificationAlgorithm for Sm2Sm3 {
    fn verify_signature(&self, public_key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        let signature = Signature::from_der(signature).map_err(|_| InvalidSignature)?;
        verify(public_key, message, &signature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        PUBLIC_KEY
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }
}

fn verify(public_key: &[u8], message: &[u8], signature: &Signature) -> Result<(), InvalidSignature> {
    let key = VerifyingKey::from_sec1_bytes(Algorithm::SM2_USER_ID, public_key).map_err(|_| InvalidSignature)?;
    key.verify(message, signature).map_err(|_| InvalidSignature)
}

/// Checks a challenge's signature: raw r‖s (64 bytes) or DER. `public_key` is an uncompressed or compressed point.
pub(crate) fn verify_raw_or_der(public_key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
    // A DER signature of 64 bytes exists where r or s is very small, so the length alone doesn't tell the two apart.
    let raw = Signature::try_from(signature).ok();
    let der = Signature::from_der(signature).ok();
    let mut candidates = raw.iter().chain(&der);
    candidates.find_map(|signature| verify(public_key, message, signature).ok()).ok_or(InvalidSignature)
}
