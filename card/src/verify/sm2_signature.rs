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

#[cfg(test)]
mod tests {
    use super::*;

    /// GM/T 0003.5-2012, A.2: the example of the signature algorithm on the recommended curve.
    const PUBLIC: &str = "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
                          ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
    const MESSAGE: &[u8] = b"message digest";
    const SIGNATURE: &str = "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3\
                             b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";

    #[test]
    fn the_example_of_the_standard_is_right_raw_and_in_der() {
        let (key, raw) = (hex::decode(PUBLIC).unwrap(), hex::decode(SIGNATURE).unwrap());
        assert!(verify_raw_or_der(&key, MESSAGE, &raw).is_ok());
        // Both numbers have their highest bit set: a zero byte goes before each.
        let (r, s) = raw.split_at(32);
        let der = [&[0x30, 0x46, 0x02, 0x21, 0x00], r, &[0x02, 0x21, 0x00], s].concat();
        assert!(verify_raw_or_der(&key, MESSAGE, &der).is_ok());
        assert!(SM2_SM3.verify_signature(&key, MESSAGE, &der).is_ok());
        // Certificates know DER alone.
        assert!(SM2_SM3.verify_signature(&key, MESSAGE, &raw).is_err());
    }

    #[test]
    fn every_changed_byte_makes_it_wrong() {
        let (key, raw) = (hex::decode(PUBLIC).unwrap(), hex::decode(SIGNATURE).unwrap());
        for at in 0..raw.len() {
            let mut changed = raw.clone();
            changed[at] ^= 1;
            assert!(verify_raw_or_der(&key, MESSAGE, &changed).is_err(), "{at}");
        }
        assert!(verify_raw_or_der(&key, b"message digesT", &raw).is_err());
        assert!(verify_raw_or_der(&key, MESSAGE, &[0; 64]).is_err());
        assert!(verify_raw_or_der(&[4; 65], MESSAGE, &raw).is_err());
        assert!(verify_raw_or_der(&[], MESSAGE, &raw).is_err());
    }
}
