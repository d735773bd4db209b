//! From a certificate to an anchor: the path check of RFC 5280, which is `rustls-webpki`'s, and what it leaves to its caller.

use std::time::Duration;

use ring::digest;
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{
    CertRevocationList, EndEntityCert, Error, ExpirationPolicy, ExtendedKeyUsageValidator, KeyPurposeId,
    KeyPurposeIdIter, OwnedCertRevocationList, RevocationCheckDepth, RevocationOptionsBuilder, UnknownStatusPolicy,
    anchor_from_trusted_cert,
};
use x509_parser::certificate::X509Certificate;

use super::algorithms::ALGORITHMS;
use super::inspect::inspect_revocation_list;
use super::verified::{Key, VerifiedCertificate};
use crate::holder::{CertificateError, HolderCertificate, whole_certificate};
use crate::profile::CardProfile;

/// Why a certificate isn't trusted. Each its own, since each has its own remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// It, or an authority above it, is past its last day.
    #[error("the certificate has expired")]
    Expired,
    /// It, or an authority above it, is before its first day.
    #[error("the certificate is not valid yet")]
    NotYetValid,
    /// It, or an authority above it, was revoked.
    #[error("the certificate was revoked")]
    Revoked,
    /// Nothing configured issued it.
    #[error("the certificate's issuer is not among those trusted")]
    UnknownIssuer,
    /// It isn't for signing, or for something else than proving who one is.
    #[error("the certificate may not be used to log in")]
    WrongKeyUsage,
    /// An RSA key of fewer than 2048 bits.
    #[error("the certificate's key is too short")]
    WeakKey,
    /// A key or a signature of a kind that isn't taken; SHA-1 is one.
    #[error("the certificate's algorithm is refused")]
    AlgorithmRefused,
    /// The settings ask for a revocation list that says something, and there is none, or it is out of date.
    #[error("whether the certificate was revoked can't be told")]
    RevocationUnknown,
    /// It isn't a certificate, or one with something critical that nobody here understands.
    #[error("the certificate is malformed")]
    Malformed,
    /// A field of the profile is missing; which one.
    #[error("the certificate doesn't say the {0}")]
    Missing(&'static str),
}

impl From<CertificateError> for PathError {
    fn from(error: CertificateError) -> Self {
        match error {
            CertificateError::Malformed => Self::Malformed,
            CertificateError::Missing(field) => Self::Missing(field),
        }
    }
}

/// What could not be taken into a [`Trust`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// An anchor or an intermediate.
    #[error("a certificate authority's certificate can't be read")]
    Certificate,
    /// A revocation list.
    #[error("a revocation list can't be read: it must be a complete one of version 2 (RFC 5280 §5)")]
    RevocationList,
}

/// How much is asked of revocation lists. A list that is there is always looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RevocationPolicy {
    /// Refuse a certificate whose issuer has no list here.
    pub missing_refuses: bool,
    /// Refuse a certificate whose issuer's list is past its next update.
    pub outdated_refuses: bool,
}

/// Whom certificates are trusted from: anchors, the authorities between, and who was revoked.
#[derive(Debug)]
pub struct Trust {
    anchors: Vec<TrustAnchor<'static>>,
    intermediates: Vec<CertificateDer<'static>>,
    revocation_lists: Vec<CertRevocationList<'static>>,
}

impl Trust {
    /// From DER: anchors are trusted as they are, intermediates only by what issued them. Of several revocation lists of one issuer
    /// the newest is looked at.
    pub fn new<'a>(
        anchors: impl IntoIterator<Item = &'a [u8]>,
        intermediates: impl IntoIterator<Item = &'a [u8]>,
        revocation_lists: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Self, TrustError> {
        let anchors = anchors
            .into_iter()
            .map(|der| anchor_from_trusted_cert(&CertificateDer::from(der)).map(|anchor| anchor.to_owned()))
            .collect::<Result<_, _>>()
            .map_err(|_| TrustError::Certificate)?;
        let intermediates = intermediates.into_iter().map(|der| CertificateDer::from(der.to_vec())).collect();
        let mut lists = revocation_lists
            .into_iter()
            .map(|der| {
                let issued = inspect_revocation_list(der).map_err(|_| TrustError::RevocationList)?.this_update;
                let list = OwnedCertRevocationList::from_der(der).map_err(|_| TrustError::RevocationList)?;
                Ok((issued, CertRevocationList::from(list)))
            })
            .collect::<Result<Vec<_>, _>>()?;
        lists.sort_by_key(|(issued, _)| std::cmp::Reverse(*issued));
        Ok(Self { anchors, intermediates, revocation_lists: lists.into_iter().map(|(_, list)| list).collect() })
    }

    /// Whether nobody is trusted: every certificate is refused.
    pub fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }

    /// Checks a certificate at `now` (seconds since 1970 UTC): path, validity, revocation, usage, key, and that it says what
    /// the profile asks for. `der` is one certificate.
    pub fn verify(
        &self,
        der: &[u8],
        profile: &CardProfile,
        now: i64,
        policy: RevocationPolicy,
    ) -> Result<VerifiedCertificate, PathError> {
        let certificate = whole_certificate(der)?;
        let key = Key::of(&certificate)?;
        self.check_path(der, now, policy)?;
        check_usage(&certificate)?;
        let holder = HolderCertificate::parse(der, profile)?;
        let mut fingerprint = [0; 32];
        let digest = digest::digest(&digest::SHA256, der);
        fingerprint.iter_mut().zip(digest.as_ref()).for_each(|(to, from)| *to = *from);
        Ok(VerifiedCertificate { holder, key, fingerprint })
    }

    fn check_path(&self, der: &[u8], now: i64, policy: RevocationPolicy) -> Result<(), PathError> {
        let der = CertificateDer::from(der);
        let certificate = EndEntityCert::try_from(&der).map_err(refusal)?;
        let now = UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(now).unwrap_or(0)));
        let lists: Vec<&CertRevocationList<'_>> = self.revocation_lists.iter().collect();
        let revocation = RevocationOptionsBuilder::new(&lists).ok().map(|options| {
            options
                .with_depth(RevocationCheckDepth::Chain)
                .with_status_policy(if policy.missing_refuses {
                    UnknownStatusPolicy::Deny
                } else {
                    UnknownStatusPolicy::Allow
                })
                .with_expiration_policy(if policy.outdated_refuses {
                    ExpirationPolicy::Enforce
                } else {
                    ExpirationPolicy::Ignore
                })
                .build()
        });
        let without_lists = revocation.is_none();
        certificate
            .verify_for_usage(&ALGORITHMS, &self.anchors, &self.intermediates, now, ProvesIdentity, revocation, None)
            .map_err(refusal)?;
        if without_lists && policy.missing_refuses { Err(PathError::RevocationUnknown) } else { Ok(()) }
    }
}

/// The path check looks at no `keyUsage`: a card's certificate must have one, and it must say `digitalSignature`.
fn check_usage(certificate: &X509Certificate<'_>) -> Result<(), PathError> {
    match certificate.key_usage() {
        Ok(Some(usage)) if usage.value.digital_signature() => Ok(()),
        Ok(_) => Err(PathError::WrongKeyUsage),
        Err(_) => Err(PathError::Malformed),
    }
}

/// No extended key usage, or one of those by which a person proves who they are.
struct ProvesIdentity;

/// id-kp-clientAuth, id-kp-emailProtection (RFC 5280 §4.2.1.12), Microsoft's smart card logon, anyExtendedKeyUsage.
const USAGES: [KeyPurposeId<'static>; 4] = [
    KeyPurposeId::new(&[0x2b, 6, 1, 5, 5, 7, 3, 2]),
    KeyPurposeId::new(&[0x2b, 6, 1, 5, 5, 7, 3, 4]),
    KeyPurposeId::new(&[0x2b, 6, 1, 4, 1, 0x82, 0x37, 20, 2, 2]),
    KeyPurposeId::new(&[0x55, 0x1d, 37, 0]),
];

impl ExtendedKeyUsageValidator for ProvesIdentity {
    fn validate(&self, usages: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        let mut none = true;
        for usage in usages {
            if USAGES.contains(&usage?) {
                return Ok(());
            }
            none = false;
        }
        // The error that carries both lists could name one usage only; whichever it is, it becomes `WrongKeyUsage`.
        if none { Ok(()) } else { Err(Error::EmptyEkuExtension) }
    }
}

fn refusal(error: Error) -> PathError {
    match error {
        Error::CertExpired { .. } => PathError::Expired,
        Error::CertNotValidYet { .. } => PathError::NotYetValid,
        Error::CertRevoked => PathError::Revoked,
        Error::UnknownRevocationStatus
        | Error::CrlExpired { .. }
        | Error::IssuerNotCrlSigner
        | Error::InvalidCrlSignatureForPublicKey
        | Error::UnsupportedCrlSignatureAlgorithmContext(_)
        | Error::UnsupportedCrlSignatureAlgorithmForPublicKeyContext(_) => PathError::RevocationUnknown,
        Error::UnknownIssuer
        | Error::InvalidSignatureForPublicKey
        | Error::EndEntityUsedAsCa
        | Error::PathLenConstraintViolated
        | Error::NameConstraintViolation
        | Error::MaximumPathBuildCallsExceeded
        | Error::MaximumPathDepthExceeded
        | Error::MaximumSignatureChecksExceeded
        | Error::MaximumNameConstraintComparisonsExceeded
        | Error::CertDistrusted => PathError::UnknownIssuer,
        Error::RequiredEkuNotFoundContext(_) | Error::CaUsedAsEndEntity | Error::EmptyEkuExtension => {
            PathError::WrongKeyUsage
        }
        Error::UnsupportedSignatureAlgorithmContext(_) | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => {
            PathError::AlgorithmRefused
        }
        _ => PathError::Malformed,
    }
}
