//! What a card's certificate says: of its holder, of itself.

use std::fmt;

use x509_parser::asn1_rs::{FromDer as _, Header, Ia5String, PrintableString, Tag, Utf8String};
use x509_parser::certificate::X509Certificate;
use zeroize::Zeroizing;

use crate::number::{CardClass, CardNumber};
use crate::profile::CardProfile;

/// Why a certificate can't be used. Holds nothing of what stood in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Not one DER certificate, or a field of the profile is malformed.
    #[error("this is not a card's certificate in DER")]
    Malformed,
    /// A field that the profile names is missing; which one.
    #[error("the certificate doesn't say the {0}: check the card profile")]
    Missing(&'static str),
}

/// An id document's number. Its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct IdNumber(Zeroizing<String>);

impl IdNumber {
    /// The number. Personal data: not for a log.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdNumber(***)")
    }
}

/// Which enterprise, as far as the certificate knows it. Neither is checked for its check character here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Organisation {
    /// The whole 统一社会信用代码.
    Uscc(String),
    /// The organisation code, which is characters 9 to 17 of it.
    Code(String),
}

impl Organisation {
    /// The organisation code, 9 characters, whichever is known.
    pub fn code(&self) -> &str {
        match self {
            Self::Uscc(uscc) => uscc.get(8..17).unwrap_or_default(),
            Self::Code(code) => code,
        }
    }
}

/// A card's certificate, read but not verified: what it says may be shown, and decides nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolderCertificate {
    /// The enterprise's name.
    pub enterprise_name: String,
    /// The holder's name: the subject's `CN`.
    pub holder_name: String,
    /// The kind of id document as it is called here: `resident_id`. None where the profile doesn't know the certificate's word.
    pub id_type: Option<String>,
    /// Its number.
    pub id_number: IdNumber,
    /// The card's number, without the prefix.
    pub card_number: CardNumber,
    /// The enterprise's code.
    pub organisation: Organisation,
    /// For whom it stands; what the profile doesn't know is an operator card.
    pub class: CardClass,
    /// From when it is valid: seconds since 1970 UTC.
    pub not_before: i64,
    /// Until when, inclusive: seconds since 1970 UTC.
    pub not_after: i64,
    /// The serial number, in lower-case hexadecimal, without leading zero bytes.
    pub serial: String,
    /// The issuer's name, as text.
    pub issuer: String,
}

impl HolderCertificate {
    /// Reads a certificate by a profile. `der` is one certificate, with nothing after it.
    pub fn parse(der: &[u8], profile: &CardProfile) -> Result<Self, CertificateError> {
        let certificate = whole_certificate(der)?;
        let required = |oid: &str, name| extension_text(&certificate, oid)?.ok_or(CertificateError::Missing(name));
        let subject = certificate.subject();
        let holder_name = subject
            .iter_common_name()
            .find_map(|name| name.as_str().ok())
            .ok_or(CertificateError::Missing("holder's name"))?;
        let enterprise_name = match extension_text(&certificate, &profile.enterprise_name)? {
            Some(name) => name,
            None => subject
                .iter_organizational_unit()
                .find_map(|name| name.as_str().ok())
                .map(str::to_owned)
                .ok_or(CertificateError::Missing("enterprise's name"))?,
        };
        let id_type = required(&profile.id_type, "id type")?;
        let number = required(&profile.card_number, "card number")?;
        let number = number.strip_prefix(profile.card_number_prefix.as_str()).unwrap_or(&number);
        let organisation = match extension_text(&certificate, &profile.uscc)? {
            Some(uscc) if uscc.len() == 18 && uscc.bytes().all(|b| b.is_ascii_alphanumeric()) => {
                Organisation::Uscc(uscc.to_ascii_uppercase())
            }
            Some(_) => return Err(CertificateError::Malformed),
            None => {
                let code = required(&profile.organisation_code, "organisation code")?;
                // GB 11714 writes a hyphen before the last character; the USCC that it is part of has none.
                let code = code.replace('-', "").to_ascii_uppercase();
                if code.len() != 9 || !code.bytes().all(|b| b.is_ascii_alphanumeric()) {
                    return Err(CertificateError::Malformed);
                }
                Organisation::Code(code)
            }
        };
        let class = match extension_text(&certificate, &profile.class)? {
            Some(value) if profile.legal_person_values.contains(&value) => CardClass::LegalPerson,
            _ => CardClass::Operator,
        };
        Ok(Self {
            enterprise_name,
            holder_name: holder_name.to_owned(),
            id_type: profile.id_types.get(&id_type).cloned(),
            id_number: IdNumber(Zeroizing::new(required(&profile.id_number, "id number")?)),
            card_number: CardNumber::parse(number).map_err(|_| CertificateError::Malformed)?,
            organisation,
            class,
            not_before: certificate.validity().not_before.timestamp(),
            not_after: certificate.validity().not_after.timestamp(),
            serial: serial(&certificate),
            issuer: certificate.issuer().to_string(),
        })
    }
}

/// One certificate and nothing after it.
pub(crate) fn whole_certificate(der: &[u8]) -> Result<X509Certificate<'_>, CertificateError> {
    match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Ok(certificate),
        _ => Err(CertificateError::Malformed),
    }
}

/// The serial number in lower-case hexadecimal.
pub(crate) fn serial(certificate: &X509Certificate<'_>) -> String {
    let bytes = certificate.raw_serial();
    let bytes = match bytes {
        [0, rest @ ..] if !rest.is_empty() => rest,
        all => all,
    };
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The text in an extension, `None` where there is no such extension. Twice the same extension is malformed (RFC 5280 §4.2).
fn extension_text(certificate: &X509Certificate<'_>, oid: &str) -> Result<Option<String>, CertificateError> {
    let mut found = certificate.iter_extensions().filter(|extension| extension.oid.to_id_string() == oid);
    let Some(extension) = found.next() else {
        return Ok(None);
    };
    if found.next().is_some() {
        return Err(CertificateError::Malformed);
    }
    let text = string(extension.value).ok_or(CertificateError::Malformed)?;
    // A line break or another control in a name would forge lines where names are shown.
    if text.is_empty() || text.chars().count() > 256 || text.chars().any(char::is_control) {
        return Err(CertificateError::Malformed);
    }
    Ok(Some(text))
}

/// One DER string, of a kind that certificates write.
fn string(der: &[u8]) -> Option<String> {
    let (_, header) = Header::from_der(der).ok()?;
    let (rest, text) = match header.tag() {
        Tag::Utf8String => Utf8String::from_der(der).ok().map(|(rest, text)| (rest, text.string()))?,
        Tag::PrintableString => PrintableString::from_der(der).ok().map(|(rest, text)| (rest, text.string()))?,
        Tag::Ia5String => Ia5String::from_der(der).ok().map(|(rest, text)| (rest, text.string()))?,
        _ => return None,
    };
    rest.is_empty().then_some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn random_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            prop_assert!(HolderCertificate::parse(&bytes, &CardProfile::default()).is_err());
        }
    }
}
