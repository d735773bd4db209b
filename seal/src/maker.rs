//! Making a seal: the structure, signed with the seal maker's key.

use std::time::Duration;

use der::asn1::{BitString, GeneralizedTime, Ia5String, OctetString};
use der::{Decode as _, Encode as _};
use sm2::dsa::signature::Signer as _;
use sm2::dsa::{Signature, SigningKey};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

use crate::structure::{Header, Picture, Property, SeSeal, SealInfo};
use crate::{SM2_USER_ID, SM2_WITH_SM3, SealError};

/// `SES_Header.Vid` of what this makes.
const VENDOR: &str = "EPORTID";
/// `SES_ESPropertyInfo.type`: a seal of an organisation.
const OF_AN_ORGANISATION: u8 = 1;
/// `certListType`: certificates, not their digests.
const CERTIFICATES: u8 = 1;

/// A seal to be made.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// The seal's identifier: visible ASCII.
    pub es_id: &'a str,
    /// What it is called.
    pub name: &'a str,
    /// The certificates, DER, whose keys may sign with it.
    pub certificates: &'a [&'a [u8]],
    /// When it is made, in seconds since 1970 UTC.
    pub made_at: i64,
    /// From when it may be used, and until when; the same.
    pub valid: (i64, i64),
    /// The imprint, a PNG file.
    pub png: &'a [u8],
    /// Width and height of the imprint, millimetres.
    pub size_mm: (u32, u32),
}

/// The seal maker: its key and the certificate that goes into each seal.
pub struct SealMaker {
    key: SigningKey,
    certificate: Vec<u8>,
    valid: (i64, i64),
}

impl std::fmt::Debug for SealMaker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealMaker").field("valid", &self.valid).finish_non_exhaustive()
    }
}

impl SealMaker {
    /// From the private key (32 bytes, big-endian) and the certificate (DER) of its public half.
    pub fn new(secret: &[u8; 32], certificate: &[u8]) -> Result<Self, SealError> {
        let key = SigningKey::from_slice(SM2_USER_ID, secret).map_err(|_| SealError::Key)?;
        let (rest, parsed) = X509Certificate::from_der(certificate).map_err(|_| SealError::Certificate)?;
        if !rest.is_empty() {
            return Err(SealError::Certificate);
        }
        if *key.verifying_key().to_sec1_bytes() != *parsed.public_key().subject_public_key.data {
            return Err(SealError::OtherKey);
        }
        let valid = (parsed.validity().not_before.timestamp(), parsed.validity().not_after.timestamp());
        Ok(Self { key, certificate: certificate.to_vec(), valid })
    }

    /// From when its certificate is valid, and until when, in seconds since 1970 UTC.
    pub const fn valid(&self) -> (i64, i64) {
        self.valid
    }

    /// The seal, DER.
    pub fn make(&self, order: Order<'_>) -> Result<Vec<u8>, SealError> {
        let seal_info = info(order).map_err(|_| SealError::Encoding)?;
        let message = seal_info.to_der().map_err(|_| SealError::Encoding)?;
        let signature: Signature = self.key.try_sign(&message).map_err(|_| SealError::Key)?;
        let whole = || {
            SeSeal {
                seal_info,
                cert: OctetString::new(self.certificate.clone())?,
                sign_alg_id: SM2_WITH_SM3,
                signed_value: BitString::from_bytes(signature.to_der().as_bytes())?,
            }
            .to_der()
        };
        whole().map_err(|_: der::Error| SealError::Encoding)
    }
}

fn info(order: Order<'_>) -> Result<SealInfo, der::Error> {
    Ok(SealInfo {
        header: Header { id: Ia5String::new("ES")?, version: 4, vid: Ia5String::new(VENDOR)? },
        es_id: Ia5String::new(order.es_id)?,
        property: Property {
            seal_type: OF_AN_ORGANISATION,
            name: order.name.to_owned(),
            cert_list_type: CERTIFICATES,
            cert_list: order.certificates.iter().map(|der| OctetString::new(*der)).collect::<Result<_, _>>()?,
            create_date: time(order.made_at)?,
            valid_start: time(order.valid.0)?,
            valid_end: time(order.valid.1)?,
        },
        picture: Picture {
            picture_type: Ia5String::new("PNG")?,
            data: OctetString::new(order.png)?,
            width: order.size_mm.0,
            height: order.size_mm.1,
        },
    })
}

fn time(seconds: i64) -> Result<GeneralizedTime, der::Error> {
    let seconds = u64::try_from(seconds).map_err(|_| der::ErrorKind::DateTime)?;
    GeneralizedTime::from_unix_duration(Duration::from_secs(seconds))
}

/// Reads the structure alone: what the signature says is [`crate::read`]'s.
pub(crate) fn parse(der: &[u8]) -> Result<SeSeal, SealError> {
    SeSeal::from_der(der).map_err(|_| SealError::Structure)
}
