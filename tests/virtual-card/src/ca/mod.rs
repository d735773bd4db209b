//! The test authority: issues cards as China E-Port Data Center's authority does (specification, §6), good ones and every kind of bad one.
//!
//! Its keys are made anew for each, by the randomness of the system: nothing that it signs is worth anything anywhere.

mod holder;
mod profile;
mod signer;
mod store;

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use signature::Signer;
use x509_cert::{
    Certificate, Version,
    builder::{Builder, CertificateBuilder},
    crl::{CertificateList, RevokedCert, TbsCertList},
    der::{
        self, Decode, Encode, EncodePem,
        asn1::{GeneralizedTime, Uint, UtcTime},
        pem::LineEnding,
        referenced::OwnedToRef,
    },
    ext::{
        ToExtension,
        pkix::{AuthorityKeyIdentifier, CrlNumber, KeyUsage, KeyUsages},
    },
    serial_number::SerialNumber,
    spki::{DynSignatureAlgorithmIdentifier, SignatureBitStringEncoding, SubjectPublicKeyInfoOwned},
    time::{Time, Validity},
};

use crate::{
    card::{Card, InvalidReferenceData, Personalisation, Secret, Slot},
    key::{Algorithm, KeyError, PrivateKey},
};
pub use holder::{CardClass, Holder};
use profile::Profile;
use signer::{CertificateSigner, Hash};
pub use store::OpenError;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Bits of the RSA key of [`Kind::WeakKey`].
const WEAK_RSA_BITS: usize = 1024;

/// What is wrong with a card, or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Valid from yesterday for two years.
    Good,
    /// Valid, for ten more days.
    ExpiresSoon,
    /// Ended yesterday.
    Expired,
    /// Begins tomorrow.
    NotYetValid,
    /// On the list of [`TestCa::crl`] from now on.
    Revoked,
    /// By another authority, of another name.
    Foreign,
    /// By another authority that gives itself the name of this one.
    Forged,
    /// For encrypting keys, not for signatures.
    WrongKeyUsage,
    /// The authority signed it with SHA-1. Not by an SM2 authority.
    Sha1,
    /// With an RSA key of 1024 bits.
    WeakKey,
}

impl Kind {
    /// All of them, for tests that go through every one.
    pub const ALL: [Self; 10] = [
        Self::Good,
        Self::ExpiresSoon,
        Self::Expired,
        Self::NotYetValid,
        Self::Revoked,
        Self::Foreign,
        Self::Forged,
        Self::WrongKeyUsage,
        Self::Sha1,
        Self::WeakKey,
    ];

    /// As the command line calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::ExpiresSoon => "expires_soon",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::Revoked => "revoked",
            Self::Foreign => "foreign",
            Self::Forged => "forged",
            Self::WrongKeyUsage => "wrong_key_usage",
            Self::Sha1 => "sha1",
            Self::WeakKey => "weak_key",
        }
    }
}

/// How old a revocation list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrlAge {
    /// Made now, good for a week.
    Current,
    /// Its next update was due yesterday.
    OutOfDate,
}

/// What kept the authority from issuing.
#[derive(Debug, thiserror::Error)]
pub enum CaError {
    /// A key could not be made or used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A structure could not be written as ASN.1: a name or a number that is too long, a time before 1970.
    #[error("the certificate could not be encoded: {0}")]
    Encoding(#[from] der::Error),
    /// A key or an algorithm could not be written.
    #[error("the public key could not be encoded: {0}")]
    PublicKey(#[from] x509_cert::spki::Error),
    /// The list could not be signed.
    #[error("the list could not be signed")]
    Signature(#[from] signature::Error),
    /// The builder of certificates refused.
    #[error("the certificate could not be built: {0}")]
    Builder(#[from] x509_cert::builder::Error),
}

/// A key and the certificate that says whose it is.
#[derive(Debug, Clone)]
struct Authority {
    key: PrivateKey,
    certificate: Certificate,
}

/// A root, and an intermediate authority under it that issues the cards.
#[derive(Debug)]
pub struct TestCa {
    root: Authority,
    intermediate: Authority,
    now: SystemTime,
    revoked: Mutex<Vec<RevokedCert>>,
}

/// A certificate with its key: what goes onto a card.
#[derive(Debug, Clone)]
pub struct IssuedCard {
    /// DER.
    pub certificate_der: Vec<u8>,
    /// The key that the certificate is for.
    pub key: PrivateKey,
}

impl IssuedCard {
    /// A card with this certificate and key for PIV authentication (slot 9A), with a PIN of 6 to 8 digits and a PUK of 8.
    pub fn into_card(self, pin: &str, puk: &str) -> Result<Card, InvalidReferenceData> {
        let memory = Personalisation::new(Secret::pin(pin)?, Secret::puk(puk.as_bytes())?);
        Ok(Card::new(memory.with(Slot::Authentication, self.key, Some(self.certificate_der))))
    }
}

impl TestCa {
    /// An authority with new keys.
    pub fn new(algorithm: Algorithm) -> Result<Self, CaError> {
        Self::at(algorithm, SystemTime::now())
    }

    /// The same for another present: for tests that move their clock.
    pub fn at(algorithm: Algorithm, now: SystemTime) -> Result<Self, CaError> {
        Self::named("Eport ID Test", algorithm, now)
    }

    fn named(organisation: &str, algorithm: Algorithm, now: SystemTime) -> Result<Self, CaError> {
        let name = |place: &str| Profile::authority_name(organisation, &format!("{place} {algorithm:?}"));
        let (root_name, name) = (name("Root")?, name("Card Authority")?);

        let key = PrivateKey::generate(algorithm)?;
        let profile = Profile::authority(root_name.clone(), root_name.clone(), None)?;
        let certificate = certify(profile, &key, &key, Hash::Standard, valid(now - YEAR, now + 20 * YEAR)?)?;
        let root = Authority { key, certificate };

        let key = PrivateKey::generate(algorithm)?;
        let profile = Profile::authority(root_name, name, Some(0))?;
        let certificate = certify(profile, &key, &root.key, Hash::Standard, valid(now - YEAR, now + 10 * YEAR)?)?;
        let intermediate = Authority { key, certificate };
        Ok(Self { root, intermediate, now, revoked: Mutex::default() })
    }

    /// With which algorithm it signs.
    pub fn algorithm(&self) -> Algorithm {
        self.intermediate.key.algorithm()
    }

    /// DER of the root's certificate: the trust anchor.
    pub fn root_der(&self) -> Result<Vec<u8>, CaError> {
        Ok(self.root.certificate.to_der()?)
    }

    /// DER of the certificate of the authority that issues, signed by the root. A card doesn't bring it along.
    pub fn intermediate_der(&self) -> Result<Vec<u8>, CaError> {
        Ok(self.intermediate.certificate.to_der()?)
    }

    /// The root's certificate, for `openssl` and `eport trust import`.
    pub fn root_pem(&self) -> Result<String, CaError> {
        Ok(self.root.certificate.to_pem(LineEnding::LF)?)
    }

    /// The intermediate's certificate, likewise.
    pub fn intermediate_pem(&self) -> Result<String, CaError> {
        Ok(self.intermediate.certificate.to_pem(LineEnding::LF)?)
    }

    /// A card for `holder`, with a new key of the authority's own algorithm.
    pub fn issue(&self, holder: &Holder, kind: Kind) -> Result<IssuedCard, CaError> {
        let key = match kind {
            Kind::WeakKey => PrivateKey::generate_rsa(WEAK_RSA_BITS, &mut rand::rng())?,
            _ => PrivateKey::generate(self.algorithm())?,
        };
        self.issue_for(holder, kind, key)
    }

    /// A card for `holder` with a key that is there already, of any algorithm. For [`Kind::WeakKey`] the key is what makes it weak.
    pub fn issue_for(&self, holder: &Holder, kind: Kind, key: PrivateKey) -> Result<IssuedCard, CaError> {
        let now = self.now;
        let validity = match kind {
            Kind::ExpiresSoon => valid(now - YEAR, now + 10 * DAY)?,
            Kind::Expired => valid(now - YEAR, now - DAY)?,
            Kind::NotYetValid => valid(now + DAY, now + YEAR)?,
            _ => valid(now - DAY, now + 2 * YEAR)?,
        };
        let usage = match kind {
            Kind::WrongKeyUsage => KeyUsage(KeyUsages::KeyEncipherment.into()),
            _ => KeyUsage(KeyUsages::DigitalSignature | KeyUsages::NonRepudiation),
        };
        let hash = if kind == Kind::Sha1 { Hash::Sha1 } else { Hash::Standard };
        let other = match kind {
            Kind::Foreign => Some(Self::named("Somebody Else", self.algorithm(), now)?),
            Kind::Forged => Some(Self::at(self.algorithm(), now)?),
            _ => None,
        };
        let issuer = &other.as_ref().unwrap_or(self).intermediate;
        let profile = Profile::card(issuer.certificate.tbs_certificate().subject().clone(), holder, usage)?;
        let certificate_der = certify(profile, &key, &issuer.key, hash, validity)?.to_der()?;
        let card = IssuedCard { certificate_der, key };
        if kind == Kind::Revoked {
            self.revoke(&card.certificate_der)?;
        }
        Ok(card)
    }

    /// Puts a certificate on the list, as of an hour ago.
    pub fn revoke(&self, certificate_der: &[u8]) -> Result<(), CaError> {
        let certificate = Certificate::from_der(certificate_der)?;
        let revoked = RevokedCert {
            serial_number: certificate.tbs_certificate().serial_number().clone(),
            revocation_date: time(self.now - Duration::from_secs(3600))?,
            crl_entry_extensions: None,
        };
        self.revoked.lock().unwrap_or_else(PoisonError::into_inner).push(revoked);
        Ok(())
    }

    /// DER of the list of revoked cards, by the authority that issues them.
    pub fn crl(&self, age: CrlAge) -> Result<Vec<u8>, CaError> {
        Ok(self.list_of_cards(age)?.to_der()?)
    }

    /// The same as PEM.
    pub fn crl_pem(&self, age: CrlAge) -> Result<String, CaError> {
        Ok(self.list_of_cards(age)?.to_pem(LineEnding::LF)?)
    }

    /// DER of the root's list, on which the intermediate is not.
    pub fn root_crl(&self, age: CrlAge) -> Result<Vec<u8>, CaError> {
        Ok(self.list(&self.root, Vec::new(), age)?.to_der()?)
    }

    /// The same as PEM.
    pub fn root_crl_pem(&self, age: CrlAge) -> Result<String, CaError> {
        Ok(self.list(&self.root, Vec::new(), age)?.to_pem(LineEnding::LF)?)
    }

    fn list_of_cards(&self, age: CrlAge) -> Result<CertificateList, CaError> {
        let revoked = self.revoked.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.list(&self.intermediate, revoked, age)
    }

    fn list(&self, issuer: &Authority, revoked: Vec<RevokedCert>, age: CrlAge) -> Result<CertificateList, CaError> {
        let (made, due) = match age {
            CrlAge::Current => (self.now, self.now + 7 * DAY),
            CrlAge::OutOfDate => (self.now - 8 * DAY, self.now - DAY),
        };
        // A later list has the higher number (RFC 5280, 5.2.3).
        let number = made.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let number = CrlNumber(Uint::new(&number.to_be_bytes())?);
        let signer = CertificateSigner::new(&issuer.key, Hash::Standard)?;
        let algorithm = signer.signature_algorithm_identifier()?;
        let subject = issuer.certificate.tbs_certificate().subject();
        // The list's authority key identifier is the subject key identifier of its issuer (RFC 5280, 5.2.1). `CrlBuilder` of x509-cert
        // 0.3 takes the issuer's own authority key identifier, which names the key above it.
        let public = issuer.certificate.tbs_certificate().subject_public_key_info();
        let key_id = AuthorityKeyIdentifier::try_from(public.owned_to_ref())?;
        let list = TbsCertList {
            version: Version::V2,
            signature: algorithm.clone(),
            issuer: subject.clone(),
            this_update: time(made)?,
            next_update: Some(time(due)?),
            revoked_certificates: (!revoked.is_empty()).then_some(revoked),
            crl_extensions: Some(vec![(&number).to_extension(subject, &[])?, (&key_id).to_extension(subject, &[])?]),
        };
        let signature = signer.try_sign(&list.to_der()?)?.to_bitstring()?;
        Ok(CertificateList { tbs_cert_list: list, signature_algorithm: algorithm, signature })
    }
}

/// Makes and signs a certificate for the public half of `key`.
fn certify(
    profile: Profile,
    key: &PrivateKey,
    issuer: &PrivateKey,
    hash: Hash,
    validity: Validity,
) -> Result<Certificate, CaError> {
    let public = SubjectPublicKeyInfoOwned::from_der(&key.public_key_der()?)?;
    let serial = SerialNumber::generate(&mut rand::rng());
    let builder = CertificateBuilder::new(profile, serial, validity, public)?;
    Ok(builder.build(&CertificateSigner::new(issuer, hash)?)?)
}

fn valid(from: SystemTime, until: SystemTime) -> Result<Validity, CaError> {
    Ok(Validity::new(time(from)?, time(until)?))
}

fn time(time: SystemTime) -> Result<Time, CaError> {
    // UTCTime as long as it can say it (RFC 5280, 4.1.2.5).
    Ok(match UtcTime::from_system_time(time) {
        Ok(time) => time.into(),
        Err(_) => GeneralizedTime::from_system_time(time)?.into(),
    })
}
