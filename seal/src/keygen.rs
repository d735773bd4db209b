//! A seal maker's key, and the certificate that it gives itself.

use std::time::Duration;

use der::asn1::{BitString, GeneralizedTime, UtcTime};
use der::{Document, Encode as _};
use signature::{Keypair, Signer};
use sm2::dsa::SigningKey;
use x509_cert::TbsCertificate;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{self, Builder as _, CertificateBuilder};
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage, KeyUsages, SubjectKeyIdentifier};
use x509_cert::ext::{Extension, ToExtension as _};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{
    self, AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier, EncodePublicKey, SignatureBitStringEncoding,
    SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef,
};
use x509_cert::time::{Time, Validity};
use zeroize::Zeroizing;

use crate::{SM2_USER_ID, SM2_WITH_SM3};

/// Why there is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeygenError {
    /// The randomness is none.
    #[error("no SM2 key came of the randomness")]
    Randomness,
    /// The certificate can't be made: a time or a name that it can't hold.
    #[error("the seal maker's certificate can't be made")]
    Certificate,
}

/// A seal maker's key.
pub struct MakerKey {
    /// The private key, big-endian.
    pub secret: Zeroizing<[u8; 32]>,
    /// The certificate of its public half, DER: self-signed, for signatures alone.
    pub certificate: Vec<u8>,
}

/// A new key whose certificate is valid from `now` (seconds since 1970 UTC) for `years`. `fill` gives random bytes.
pub fn generate(fill: &mut dyn FnMut(&mut [u8]), now: i64, years: u32) -> Result<MakerKey, KeygenError> {
    let mut secret = Zeroizing::new([0; 32]);
    // All but one of 2^32 numbers of 256 bits are keys.
    let key = (0..16)
        .find_map(|_| {
            fill(secret.as_mut_slice());
            SigningKey::from_slice(SM2_USER_ID, secret.as_slice()).ok()
        })
        .ok_or(KeygenError::Randomness)?;
    let mut serial = [0; 16];
    fill(&mut serial);
    let certificate = certify(&key, serial, now, years).map_err(|_| KeygenError::Certificate)?;
    Ok(MakerKey { secret, certificate })
}

fn certify(key: &SigningKey, mut serial: [u8; 16], now: i64, years: u32) -> Result<Vec<u8>, builder::Error> {
    // Positive and not zero (RFC 5280 §4.1.2.2).
    if let Some(first) = serial.first_mut() {
        *first = (*first & 0x7f) | 0x40;
    }
    let public = sm2::PublicKey::from(key.verifying_key()).to_public_key_der()?;
    let signer = CertificateSigner { key, public: PublicKey(public) };
    let public = SubjectPublicKeyInfoOwned::try_from(signer.public.0.as_bytes())?;
    let year = i64::from(years).saturating_mul(365 * 24 * 60 * 60);
    let validity = Validity::new(time(now)?, time(now.saturating_add(year))?);
    let serial = SerialNumber::new(&serial)?;
    let builder = CertificateBuilder::new(SelfSigned, serial, validity, public)?;
    Ok(builder.build(&signer)?.to_der()?)
}

fn time(seconds: i64) -> Result<Time, der::Error> {
    let since = Duration::from_secs(u64::try_from(seconds).map_err(|_| der::ErrorKind::DateTime)?);
    // UTCTime as long as it can say it (RFC 5280 §4.1.2.5).
    Ok(match UtcTime::from_unix_duration(since) {
        Ok(time) => time.into(),
        Err(_) => GeneralizedTime::from_unix_duration(since)?.into(),
    })
}

/// Names and extensions: an end entity that signs, its own issuer.
struct SelfSigned;

impl SelfSigned {
    fn name() -> Name {
        // A constant that is a name; an empty one would only make a certificate without a subject.
        "CN=Seal maker,O=Eport ID,C=CN".parse().unwrap_or_default()
    }
}

impl BuilderProfile for SelfSigned {
    fn get_issuer(&self, subject: &Name) -> Name {
        subject.clone()
    }

    fn get_subject(&self) -> Name {
        Self::name()
    }

    fn build_extensions(
        &self,
        subject_key: SubjectPublicKeyInfoRef<'_>,
        _issuer_key: SubjectPublicKeyInfoRef<'_>,
        _certificate: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        let name = Self::name();
        let constraints = BasicConstraints { ca: false, path_len_constraint: None };
        let usage = KeyUsage(KeyUsages::DigitalSignature | KeyUsages::NonRepudiation);
        let key_id = SubjectKeyIdentifier::try_from(subject_key)?;
        Ok(vec![
            (true, &constraints).to_extension(&name, &[])?,
            (true, &usage).to_extension(&name, &[])?,
            (&key_id).to_extension(&name, &[])?,
        ])
    }
}

/// The key as the builder of certificates wants it.
struct CertificateSigner<'a> {
    key: &'a SigningKey,
    public: PublicKey,
}

/// DER of `SubjectPublicKeyInfo`.
#[derive(Clone)]
struct PublicKey(Document);

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
        Ok(AlgorithmIdentifierOwned { oid: SM2_WITH_SM3, parameters: None })
    }
}

/// The content of the BIT STRING.
struct SignatureValue(Vec<u8>);

impl SignatureBitStringEncoding for SignatureValue {
    fn to_bitstring(&self) -> der::Result<BitString> {
        BitString::from_bytes(&self.0)
    }
}

impl Signer<SignatureValue> for CertificateSigner<'_> {
    fn try_sign(&self, message: &[u8]) -> Result<SignatureValue, signature::Error> {
        let signature: sm2::dsa::Signature = self.key.try_sign(message)?;
        Ok(SignatureValue(signature.to_der().as_bytes().to_vec()))
    }
}
