//! What stands in a file: certificates and revocation lists, DER or PEM (RFC 7468).

use anyhow::bail;
use eport_card::verify::{InspectError, inspect_authority, inspect_revocation_list};
use rustls::pki_types::pem::{PemObject as _, SectionKind};

/// One thing to take in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// An authority's certificate.
    Certificate {
        /// As it is.
        der: Vec<u8>,
        /// Whether it names itself as its issuer.
        self_issued: bool,
    },
    /// A revocation list.
    RevocationList {
        /// As it is.
        der: Vec<u8>,
    },
}

/// Everything in a file; one that can't be taken in refuses all of it.
pub fn entries(bytes: &[u8]) -> anyhow::Result<Vec<Entry>> {
    // DER begins with the tag of a SEQUENCE, which no text does.
    if bytes.first() == Some(&0x30) {
        return Ok(vec![entry(bytes)?]);
    }
    let mut entries = Vec::new();
    for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(bytes) {
        match section {
            Ok((SectionKind::Certificate | SectionKind::Crl, der)) => entries.push(entry(&der)?),
            Ok((kind, _)) => bail!("there is a {kind:?} in it, which has no place in a trust store"),
            Err(error) => bail!("the PEM is malformed: {error}"),
        }
    }
    if entries.is_empty() {
        bail!("there is neither a certificate nor a revocation list in it, in DER or PEM");
    }
    Ok(entries)
}

fn entry(der: &[u8]) -> Result<Entry, InspectError> {
    match inspect_revocation_list(der) {
        Ok(_) => return Ok(Entry::RevocationList { der: der.to_vec() }),
        Err(InspectError::UnsupportedList) => return Err(InspectError::UnsupportedList),
        Err(_) => {}
    }
    let authority = inspect_authority(der)?;
    Ok(Entry::Certificate { der: der.to_vec(), self_issued: authority.self_issued })
}
