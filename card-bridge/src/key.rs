//! The key of a card, as its certificate shows it: what the card is handed for a message, and what its answer is worth.

use eport_card::Algorithm;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use primeorder::PrimeCurveParams as _;
use rsa::{BigUint, Pkcs1v15Sign, RsaPublicKey, traits::PublicKeyParts as _};
use sha2::Digest as _;
use sm2::{Sm2, dsa::signature::Verifier as _};
use x509_parser::{
    certificate::X509Certificate,
    oid_registry::{OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY, OID_PKCS1_RSAENCRYPTION, Oid, asn1_rs::oid},
    prelude::FromDer as _,
    public_key::PublicKey,
};

/// The curve of SM2 (GM/T 0006).
const OID_SM2_CURVE: Oid<'static> = oid!(1.2.156.10197.1.301);
/// The DER of a DigestInfo of SHA-256 up to the digest itself (RFC 8017 §9.2, note 1).
const SHA256_DIGEST_INFO: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];
/// The length of an RSA-2048 block.
const RSA_BLOCK: usize = 256;

/// Which kind of key a card has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// SM2.
    Sm2,
    /// ECDSA on P-256.
    P256,
    /// RSA with 2048 bits.
    Rsa2048,
}

/// The public key of a card.
pub struct CardKey {
    public: Public,
}

enum Public {
    /// The key and the 64 bytes of its point.
    Sm2(sm2::dsa::VerifyingKey, Vec<u8>),
    P256(p256::ecdsa::VerifyingKey),
    Rsa(RsaPublicKey),
}

impl CardKey {
    /// The key of a certificate in DER. `None` where it is none of the three kinds, or no key at all.
    pub fn of(certificate: &[u8]) -> Option<Self> {
        let (rest, certificate) = X509Certificate::from_der(certificate).ok()?;
        if !rest.is_empty() {
            return None;
        }
        let info = certificate.public_key();
        let bytes = &info.subject_public_key.data;
        let public = if info.algorithm.algorithm == OID_KEY_TYPE_EC_PUBLIC_KEY {
            let curve = info.algorithm.parameters.as_ref()?.as_oid().ok()?;
            if curve == OID_SM2_CURVE {
                let key = sm2::dsa::VerifyingKey::from_sec1_bytes(Algorithm::SM2_USER_ID, bytes).ok()?;
                let point = key.to_sec1_bytes();
                Public::Sm2(key, point.get(1..65)?.to_vec())
            } else if curve == OID_EC_P256 {
                Public::P256(p256::ecdsa::VerifyingKey::from_sec1_bytes(bytes).ok()?)
            } else {
                return None;
            }
        } else if info.algorithm.algorithm == OID_PKCS1_RSAENCRYPTION {
            let PublicKey::RSA(key) = info.parsed().ok()? else {
                return None;
            };
            let (modulus, exponent) = (BigUint::from_bytes_be(key.modulus), BigUint::from_bytes_be(key.exponent));
            let key = RsaPublicKey::new(modulus, exponent).ok()?;
            if key.n().bits() != RSA_BLOCK * 8 {
                return None;
            }
            Public::Rsa(key)
        } else {
            return None;
        };
        Some(Self { public })
    }

    /// Its kind.
    pub fn kind(&self) -> KeyKind {
        match self.public {
            Public::Sm2(..) => KeyKind::Sm2,
            Public::P256(_) => KeyKind::P256,
            Public::Rsa(_) => KeyKind::Rsa2048,
        }
    }

    /// The algorithm of its signatures, as pages and servers call it.
    pub fn algorithm(&self) -> Algorithm {
        match self.public {
            Public::Sm2(..) => Algorithm::Sm2,
            Public::P256(_) => Algorithm::Es256,
            Public::Rsa(_) => Algorithm::Rs256,
        }
    }

    /// What the card is handed for `message`: for SM2 e = SM3(Z ‖ message), for P-256 its SHA-256, for RSA the whole padded block.
    pub fn input(&self, message: &[u8]) -> Vec<u8> {
        match &self.public {
            Public::Sm2(_, point) => {
                sm3::Sm3::new().chain_update(sm2_z(point)).chain_update(message).finalize().to_vec()
            }
            Public::P256(_) => sha2::Sha256::digest(message).to_vec(),
            Public::Rsa(_) => {
                // EMSA-PKCS1-v1_5 (RFC 8017 §9.2): 00 01 FF … FF 00 DigestInfo.
                let digest = sha2::Sha256::digest(message);
                let filled = RSA_BLOCK - 3 - SHA256_DIGEST_INFO.len() - digest.len();
                let mut block = Vec::with_capacity(RSA_BLOCK);
                block.extend([0x00, 0x01]);
                block.resize(2 + filled, 0xFF);
                block.push(0x00);
                block.extend(SHA256_DIGEST_INFO);
                block.extend(digest);
                block
            }
        }
    }

    /// A card's answer as a signature: raw r‖s, from DER `SEQUENCE {r, s}` or raw, or RSA's block. `None` where it is neither.
    pub fn signature(&self, answer: &[u8]) -> Option<Vec<u8>> {
        match &self.public {
            Public::Sm2(..) => {
                // A DER signature can have 64 bytes too, but then it doesn't begin like a sequence by chance more than once in 2^16 and
                // is not a well-formed one by chance at all.
                let signature =
                    sm2::dsa::Signature::from_der(answer).or_else(|_| sm2::dsa::Signature::from_slice(answer));
                Some(signature.ok()?.to_bytes().to_vec())
            }
            Public::P256(_) => {
                let signature =
                    p256::ecdsa::Signature::from_der(answer).or_else(|_| p256::ecdsa::Signature::from_slice(answer));
                Some(signature.ok()?.to_bytes().to_vec())
            }
            Public::Rsa(_) => (answer.len() == RSA_BLOCK).then(|| answer.to_vec()),
        }
    }

    /// Whether `signature`, as [`CardKey::signature`] gives it, is this key's over `message`.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.public {
            Public::Sm2(key, _) => sm2::dsa::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
            Public::P256(key) => p256::ecdsa::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_prehash(&sha2::Sha256::digest(message), &signature).is_ok()),
            Public::Rsa(key) => {
                let scheme = Pkcs1v15Sign { hash_len: Some(32), prefix: SHA256_DIGEST_INFO.into() };
                key.verify(scheme, &sha2::Sha256::digest(message), signature).is_ok()
            }
        }
    }
}

/// Z, the hash of who signs and with which key (GB/T 32918.2 §5.5). The crate `sm2` computes it too but keeps it to itself.
fn sm2_z(point: &[u8]) -> impl AsRef<[u8]> + use<> {
    let id = Algorithm::SM2_USER_ID.as_bytes();
    let bits = u16::try_from(id.len() * 8).unwrap_or_default();
    sm3::Sm3::new()
        .chain_update(bits.to_be_bytes())
        .chain_update(id)
        .chain_update(Sm2::EQUATION_A.to_bytes())
        .chain_update(Sm2::EQUATION_B.to_bytes())
        .chain_update(Sm2::GENERATOR.0.to_bytes())
        .chain_update(Sm2::GENERATOR.1.to_bytes())
        .chain_update(point)
        .finalize()
}
