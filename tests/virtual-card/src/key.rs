//! The private keys of cards and of the test authority, in the three algorithms that the platform accepts.

use rand::CryptoRng;
use rsa::{
    BoxedUint, RsaPrivateKey,
    hazmat::rsa_decrypt_and_check,
    pkcs1v15,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey},
    traits::PublicKeyParts,
};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use signature::{SignatureEncoding, Signer, hazmat::PrehashSigner};
use zeroize::Zeroizing;

/// The user id that goes into every SM2 signature: the default of GM/T 0009, and what the platform verifies with.
pub const SM2_USER_ID: &str = "1234567812345678";

/// Size in bits of the RSA keys that are made.
pub const RSA_BITS: usize = 2048;

/// A kind of key, together with the signature that is made with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// SM2 with SM3 (GB/T 32918), user id [`SM2_USER_ID`].
    Sm2,
    /// ECDSA over P-256, with SHA-256.
    P256,
    /// RSA of 2048 bits, PKCS #1 v1.5, with SHA-256.
    Rsa,
}

impl Algorithm {
    /// All of them, for tests that go through every one.
    pub const ALL: [Self; 3] = [Self::Sm2, Self::P256, Self::Rsa];

    /// As the command line calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sm2 => "sm2",
            Self::P256 => "p256",
            Self::Rsa => "rsa",
        }
    }
}

/// What can go wrong with a key.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum KeyError {
    /// The input of the private key operation has not the length that the key wants, or is not below the modulus.
    #[error("the key cannot sign this input: it wants {wanted} bytes, for RSA below its modulus")]
    Input {
        /// Bytes that the key takes: 32 for a curve, the length of the modulus for RSA.
        wanted: usize,
    },
    /// The operation itself failed, with probability zero for keys that are sound.
    #[error("the private key operation failed")]
    Operation,
    /// Bytes that are no PKCS #8 private key of one of the three algorithms.
    #[error("this is no PKCS #8 private key for SM2, P-256 or RSA")]
    Encoding,
    /// There is no such signature with this key.
    #[error("SM2 signs with SM3 alone")]
    NoSuchSignature,
    /// An RSA key of this size could not be made.
    #[error("no RSA key of {0} bits can be made")]
    Generation(usize),
}

/// A private key. Its debug output shows the algorithm alone.
#[derive(Clone)]
pub enum PrivateKey {
    /// On the curve of GB/T 32918.5.
    Sm2(sm2::SecretKey),
    /// On NIST's P-256.
    P256(p256::SecretKey),
    /// RSA.
    Rsa(Box<RsaPrivateKey>),
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("PrivateKey").field(&self.algorithm()).finish()
    }
}

impl PrivateKey {
    /// A new key from the randomness of the system.
    pub fn generate(algorithm: Algorithm) -> Result<Self, KeyError> {
        Self::generate_from(algorithm, &mut rand::rng())
    }

    /// A new key from the randomness given.
    pub fn generate_from(algorithm: Algorithm, random: &mut impl CryptoRng) -> Result<Self, KeyError> {
        use p256::elliptic_curve::Generate;
        Ok(match algorithm {
            Algorithm::Sm2 => Self::Sm2(sm2::SecretKey::generate_from_rng(random)),
            Algorithm::P256 => Self::P256(p256::SecretKey::generate_from_rng(random)),
            Algorithm::Rsa => Self::generate_rsa(RSA_BITS, random)?,
        })
    }

    /// A new RSA key of `bits`: also of sizes that the platform must refuse.
    pub fn generate_rsa(bits: usize, random: &mut impl CryptoRng) -> Result<Self, KeyError> {
        let key = RsaPrivateKey::new_unchecked(random, bits).map_err(|_| KeyError::Generation(bits))?;
        Ok(Self::Rsa(Box::new(key)))
    }

    /// Which of the three it is.
    pub fn algorithm(&self) -> Algorithm {
        match self {
            Self::Sm2(_) => Algorithm::Sm2,
            Self::P256(_) => Algorithm::P256,
            Self::Rsa(_) => Algorithm::Rsa,
        }
    }

    /// The public key as DER of `SubjectPublicKeyInfo`.
    pub fn public_key_der(&self) -> Result<Vec<u8>, KeyError> {
        let document = match self {
            Self::Sm2(key) => key.public_key().to_public_key_der(),
            Self::P256(key) => key.public_key().to_public_key_der(),
            Self::Rsa(key) => key.to_public_key().to_public_key_der(),
        };
        Ok(document.map_err(|_| KeyError::Encoding)?.into_vec())
    }

    /// DER of PKCS #8.
    pub fn to_pkcs8_der(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let document = match self {
            Self::Sm2(key) => key.to_pkcs8_der(),
            Self::P256(key) => key.to_pkcs8_der(),
            Self::Rsa(key) => key.to_pkcs8_der(),
        };
        Ok(document.map_err(|_| KeyError::Encoding)?.to_bytes())
    }

    /// Reads what [`PrivateKey::to_pkcs8_der`] wrote. The algorithm identifier in it tells which key it is.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        if let Ok(key) = sm2::SecretKey::from_pkcs8_der(der) {
            return Ok(Self::Sm2(key));
        }
        if let Ok(key) = p256::SecretKey::from_pkcs8_der(der) {
            return Ok(Self::P256(key));
        }
        let key = RsaPrivateKey::from_pkcs8_der(der).map_err(|_| KeyError::Encoding)?;
        Ok(Self::Rsa(Box::new(key)))
    }

    /// Signs a whole message as the algorithm's certificates and the platform's challenges are signed: SM2 with SM3 and ECDSA with SHA-256
    /// give DER of `SEQUENCE { r, s }`, RSA gives PKCS #1 v1.5 with SHA-256.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        match self {
            Self::Sm2(key) => {
                let signer = sm2::dsa::SigningKey::new(SM2_USER_ID, key).map_err(|_| KeyError::Operation)?;
                signer.try_sign(message).map_err(|_| KeyError::Operation).map(|signature| sm2_der(&signature))
            }
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature =
                    p256::ecdsa::SigningKey::from(key).try_sign(message).map_err(|_| KeyError::Operation)?;
                Ok(signature.to_der().as_bytes().to_vec())
            }
            Self::Rsa(key) => {
                let signer = pkcs1v15::SigningKey::<Sha256>::new(key.as_ref().clone());
                signer.try_sign(message).map_err(|_| KeyError::Operation).map(|signature| signature.to_vec())
            }
        }
    }

    /// The same with SHA-1, which the platform must refuse. Nothing for SM2, which is made for SM3 alone.
    pub fn sign_sha1(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        match self {
            Self::Sm2(_) => Err(KeyError::NoSuchSignature),
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = p256::ecdsa::SigningKey::from(key)
                    .sign_prehash(&Sha1::digest(message))
                    .map_err(|_| KeyError::Operation)?;
                Ok(signature.to_der().as_bytes().to_vec())
            }
            Self::Rsa(key) => {
                let signer = pkcs1v15::SigningKey::<Sha1>::new(key.as_ref().clone());
                signer.try_sign(message).map_err(|_| KeyError::Operation).map(|signature| signature.to_vec())
            }
        }
    }

    /// The bare private key operation of a card: hashing and padding are the host's.
    ///
    /// - P-256: ECDSA over a digest of 32 bytes; DER of `SEQUENCE { r, s }`.
    /// - SM2: over the 32 bytes `e = SM3(ZA ‖ M)` of GB/T 32918.2; DER of `SEQUENCE { r, s }`.
    /// - RSA: `input^d mod n` of a block as long as the modulus; a block of the same length.
    pub fn private_operation(&self, input: &[u8]) -> Result<Vec<u8>, KeyError> {
        const DIGEST: usize = 32;
        let digest = || (input.len() == DIGEST).then_some(input).ok_or(KeyError::Input { wanted: DIGEST });
        match self {
            Self::Sm2(key) => {
                let signer = sm2::dsa::SigningKey::new(SM2_USER_ID, key).map_err(|_| KeyError::Operation)?;
                let signature: sm2::dsa::Signature = signer.sign_prehash(digest()?).map_err(|_| KeyError::Operation)?;
                Ok(sm2_der(&signature))
            }
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature =
                    p256::ecdsa::SigningKey::from(key).sign_prehash(digest()?).map_err(|_| KeyError::Operation)?;
                Ok(signature.to_der().as_bytes().to_vec())
            }
            Self::Rsa(key) => {
                let refused = KeyError::Input { wanted: key.size() };
                if input.len() != key.size() {
                    return Err(refused);
                }
                let block = BoxedUint::from_be_slice(input, key.n().bits_precision()).map_err(|_| refused.clone())?;
                if block >= *key.n().as_ref() {
                    return Err(refused);
                }
                let result = rsa_decrypt_and_check(key.as_ref(), Some(&mut rand::rng()), &block)
                    .map_err(|_| KeyError::Operation)?;
                // As many bytes as the modulus has, whatever the precision of the number.
                let bytes = result.to_be_bytes();
                bytes.get(bytes.len().saturating_sub(key.size())..).map(<[u8]>::to_vec).ok_or(KeyError::Operation)
            }
        }
    }
}

fn sm2_der(signature: &sm2::dsa::Signature) -> Vec<u8> {
    signature.to_der().as_ref().to_vec()
}
