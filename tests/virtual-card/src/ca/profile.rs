//! What stands in the certificates: names and extensions.

use eport_card::CardProfile;
use x509_cert::{
    TbsCertificate,
    attr::AttributeTypeAndValue,
    builder::{self, profile::BuilderProfile},
    der::{
        self, Encode,
        asn1::{Any, OctetString, PrintableStringRef, Utf8StringRef},
        oid::{
            ObjectIdentifier,
            db::rfc4519::{C, CN, O, OU},
        },
    },
    ext::{
        Extension, ToExtension,
        pkix::{AuthorityKeyIdentifier, BasicConstraints, KeyUsage, KeyUsages, SubjectKeyIdentifier},
    },
    name::{Name, RdnSequence, RelativeDistinguishedName},
    spki::SubjectPublicKeyInfoRef,
};

use super::{CaError, Holder};

/// Names and extensions of one certificate; the builder adds the key identifiers, which follow from the keys.
#[derive(Debug)]
pub(super) struct Profile {
    issuer: Name,
    subject: Name,
    extensions: Vec<Extension>,
}

impl Profile {
    pub(super) fn authority_name(organisation: &str, name: &str) -> Result<Name, CaError> {
        named(&[(O, organisation), (CN, name)])
    }

    /// An authority, under which stand at most `path_length` others.
    pub(super) fn authority(issuer: Name, subject: Name, path_length: Option<u8>) -> Result<Self, CaError> {
        let constraints = BasicConstraints { ca: true, path_len_constraint: path_length };
        let usage = KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign);
        let extensions =
            vec![(true, &constraints).to_extension(&subject, &[])?, (true, &usage).to_extension(&subject, &[])?];
        Ok(Self { issuer, subject, extensions })
    }

    /// A card, by the profile of §6.
    pub(super) fn card(issuer: Name, holder: &Holder, usage: KeyUsage) -> Result<Self, CaError> {
        let subject = named(&[(OU, &holder.enterprise_name), (CN, &holder.name)])?;
        let profile = CardProfile::default();
        let number = format!("{}{}", profile.card_number_prefix, holder.card_number);
        let mut extensions = vec![(true, &usage).to_extension(&subject, &[])?];
        for (oid, value) in [
            (&profile.enterprise_name, Some(holder.enterprise_name.as_str())),
            (&profile.id_type, Some(holder.id_type.as_str())),
            (&profile.id_number, Some(holder.id_number.as_str())),
            (&profile.card_number, Some(number.as_str())),
            (&profile.organisation_code, Some(holder.organisation_code())),
            (&profile.uscc, holder.whole_uscc.then_some(holder.uscc.as_str())),
            (&profile.class, holder.class.map(|class| class.as_str())),
        ] {
            if let Some(value) = value {
                extensions.push(text_extension(oid, value)?);
            }
        }
        Ok(Self { issuer, subject, extensions })
    }
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        subject_key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        _certificate: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        let mut extensions = self.extensions.clone();
        let subject_id = SubjectKeyIdentifier::try_from(subject_key)?;
        let issuer_id = AuthorityKeyIdentifier::try_from(issuer_key)?;
        extensions.push((&subject_id).to_extension(&self.subject, &[])?);
        extensions.push((&issuer_id).to_extension(&self.subject, &[])?);
        Ok(extensions)
    }
}

/// A UTF8String in an extension that may be passed over.
fn text_extension(oid: &str, value: &str) -> Result<Extension, CaError> {
    let value = Utf8StringRef::new(value)?.to_der()?;
    Ok(Extension {
        extn_id: ObjectIdentifier::new(oid).map_err(der::Error::from)?,
        critical: false,
        extn_value: OctetString::new(value)?,
    })
}

/// `C=CN` and the attributes given, each a UTF8String, outermost first.
fn named(attributes: &[(ObjectIdentifier, &str)]) -> Result<Name, CaError> {
    let mut name = RdnSequence::default();
    let country = Any::from(PrintableStringRef::new("CN")?);
    name.push(single(C, country)?);
    for (oid, value) in attributes {
        name.push(single(*oid, Any::from(Utf8StringRef::new(value)?))?);
    }
    // Made of the encodings that RFC 5280 asks for.
    Ok(Name::hazmat_from_rdn_sequence(name))
}

fn single(oid: ObjectIdentifier, value: Any) -> Result<RelativeDistinguishedName, CaError> {
    Ok(RelativeDistinguishedName::try_from(vec![AttributeTypeAndValue { oid, value }])?)
}
