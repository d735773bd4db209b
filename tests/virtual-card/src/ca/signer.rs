//! Our keys as the builder of certificates wants them.

use signature::{Keypair, Signer};
use x509_cert::{
    der::{
        Document,
        asn1::{Any, BitString, Null},
        oid::ObjectIdentifier,
    },
    spki::{
        self, AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier, EncodePublicKey, SignatureBitStringEncoding,
    },
};

use crate::key::{Algorithm, KeyError, PrivateKey};

/// The hash of a certificate's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    /// The algorithm's own: SM3 for SM2, SHA-256 for the others.
    Standard,
    Sha1,
}

/// Signs certificates and lists.
pub(super) struct CertificateSigner<'a> {
    key: &'a PrivateKey,
    hash: Hash,
    public: PublicKey,
}

impl<'a> CertificateSigner<'a> {
    pub(super) fn new(key: &'a PrivateKey, hash: Hash) -> Result<Self, KeyError> {
        let public = Document::try_from(key.public_key_der()?).map_err(|_| KeyError::Encoding)?;
        Ok(Self { key, hash, public: PublicKey(public) })
    }
}

/// DER of `SubjectPublicKeyInfo`.
#[derive(Clone)]
pub(super) struct PublicKey(Document);

impl EncodePublicKey for PublicKey {
    fn to_public_key_der(&self) -> spki::Result<Document> {
        Ok(self.0.clone())
    }
}

impl Keypair for CertificateSigner<'_> {
    type VerifyingKey = PublicKey;

    fn verifying_key(&self) -> PublicKey {
        self.public.clone()
    }
}

impl DynSignatureAlgorithmIdentifier for CertificateSigner<'_> {
    fn signature_algorithm_identifier(&self) -> spki::Result<AlgorithmIdentifierOwned> {
        // GM/T 0006; RFC 5758, 3.2; RFC 8017, A.2.4. Only RSA's have parameters, which are NULL.
        let oid = match (self.key.algorithm(), self.hash) {
            (Algorithm::Sm2, _) => "1.2.156.10197.1.501",
            (Algorithm::P256, Hash::Standard) => "1.2.840.10045.4.3.2",
            (Algorithm::P256, Hash::Sha1) => "1.2.840.10045.4.1",
            (Algorithm::Rsa, Hash::Standard) => "1.2.840.113549.1.1.11",
            (Algorithm::Rsa, Hash::Sha1) => "1.2.840.113549.1.1.5",
        };
        let parameters = (self.key.algorithm() == Algorithm::Rsa).then(|| Any::from(Null));
        let oid = ObjectIdentifier::new(oid).map_err(|_| spki::Error::AlgorithmParametersMissing)?;
        Ok(AlgorithmIdentifierOwned { oid, parameters })
    }
}

/// The content of the BIT STRING.
pub(super) struct SignatureValue(Vec<u8>);

impl SignatureBitStringEncoding for SignatureValue {
    fn to_bitstring(&self) -> x509_cert::der::Result<BitString> {
        BitString::from_bytes(&self.0)
    }
}

impl Signer<SignatureValue> for CertificateSigner<'_> {
    fn try_sign(&self, message: &[u8]) -> Result<SignatureValue, signature::Error> {
        let signature = match self.hash {
            Hash::Standard => self.key.sign(message),
            Hash::Sha1 => self.key.sign_sha1(message),
        };
        signature.map(SignatureValue).map_err(|_| signature::Error::new())
    }
}
