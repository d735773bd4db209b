//! What an authority's certificate and a revocation list say of themselves: for whoever takes them into the trust store.

use ring::digest;
use rustls_pki_types::CertificateDer;
use webpki::OwnedCertRevocationList;
use x509_parser::prelude::FromDer as _;
use x509_parser::revocation_list::CertificateRevocationList;

use crate::holder::{serial, whole_certificate};

/// Why a file can't be taken into the trust store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InspectError {
    /// It isn't one DER certificate or revocation list.
    #[error("this is not one DER certificate or revocation list")]
    Malformed,
    /// A certificate that may not issue others (RFC 5280 §4.2.1.9, §4.2.1.3).
    #[error("this certificate is not a certificate authority's: it may not issue others")]
    NotAnAuthority,
    /// A revocation list of a kind that isn't understood: of version 1, a delta, or an indirect one.
    #[error("this revocation list is not a complete one of version 2 with a number (RFC 5280 §5)")]
    UnsupportedList,
}

/// What an authority's certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorityInfo {
    /// The authority.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// Whether it names itself as its issuer: an anchor as a rule.
    pub self_issued: bool,
    /// The serial number, lower-case hexadecimal.
    pub serial: String,
    /// Seconds since 1970 UTC.
    pub not_before: i64,
    /// Seconds since 1970 UTC, inclusive.
    pub not_after: i64,
    /// SHA-256 of the DER.
    pub fingerprint: [u8; 32],
}

/// What a revocation list says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationListInfo {
    /// Whose certificates it is about.
    pub issuer: String,
    /// SHA-256 of the issuer's name and of the part of its certificates that the list is about: a newer list with the same scope takes its
    /// place.
    pub scope: [u8; 32],
    /// Its number (RFC 5280 §5.2.3), decimal.
    pub number: String,
    /// Seconds since 1970 UTC.
    pub this_update: i64,
    /// Seconds since 1970 UTC.
    pub next_update: Option<i64>,
    /// How many certificates it revokes.
    pub revoked: usize,
    /// SHA-256 of the DER.
    pub fingerprint: [u8; 32],
}

/// Reads the certificate of an authority, of an anchor or between. Version 1 anchors have no extensions and are taken.
pub fn inspect_authority(der: &[u8]) -> Result<AuthorityInfo, InspectError> {
    let certificate = whole_certificate(der).map_err(|_| InspectError::Malformed)?;
    let self_issued = certificate.subject().as_raw() == certificate.issuer().as_raw();
    let old_anchor = self_issued && certificate.version().0 == 0;
    let signs = match certificate.key_usage() {
        Ok(usage) => usage.is_none_or(|usage| usage.value.key_cert_sign()),
        Err(_) => return Err(InspectError::Malformed),
    };
    if !(old_anchor || certificate.is_ca() && signs) {
        return Err(InspectError::NotAnAuthority);
    }
    webpki::anchor_from_trusted_cert(&CertificateDer::from(der)).map_err(|_| InspectError::Malformed)?;
    Ok(AuthorityInfo {
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
        self_issued,
        serial: serial(&certificate),
        not_before: certificate.validity().not_before.timestamp(),
        not_after: certificate.validity().not_after.timestamp(),
        fingerprint: sha256(&[der]),
    })
}

/// Reads a revocation list. Whether it is its issuer's is found out where a certificate is checked against it.
pub fn inspect_revocation_list(der: &[u8]) -> Result<RevocationListInfo, InspectError> {
    let Ok(([], list)) = CertificateRevocationList::from_der(der) else {
        return Err(InspectError::Malformed);
    };
    let owned = OwnedCertRevocationList::from_der(der).map_err(|_| InspectError::UnsupportedList)?;
    let owned = webpki::CertRevocationList::from(owned);
    let number = list.crl_number().ok_or(InspectError::UnsupportedList)?.to_string();
    Ok(RevocationListInfo {
        issuer: list.issuer().to_string(),
        scope: sha256(&[owned.issuer(), &[0], owned.issuing_distribution_point().unwrap_or_default()]),
        number,
        this_update: list.last_update().timestamp(),
        next_update: list.next_update().map(|at| at.timestamp()),
        revoked: list.iter_revoked_certificates().count(),
        fingerprint: sha256(&[der]),
    })
}

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    parts.iter().for_each(|part| context.update(part));
    let mut digest = [0; 32];
    digest.iter_mut().zip(context.finish().as_ref()).for_each(|(to, from)| *to = *from);
    digest
}
