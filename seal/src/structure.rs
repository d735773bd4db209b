//! The structure of a seal, field by field in the order of GB/T 38540-2020, §6 (version 4 of the data format).

use der::Sequence;
use der::asn1::{BitString, GeneralizedTime, Ia5String, OctetString};
use der::oid::ObjectIdentifier;

/// `SESeal`: an electronic seal with its maker's signature.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub struct SeSeal {
    /// What is signed.
    pub seal_info: SealInfo,
    /// The seal maker's certificate, DER.
    pub cert: OctetString,
    /// SM2 with SM3.
    pub sign_alg_id: ObjectIdentifier,
    /// DER of `SEQUENCE { r, s }`, over the DER of `seal_info`.
    pub signed_value: BitString,
}

/// `SES_SealInfo`, without the optional `extDatas`.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub struct SealInfo {
    /// That this is a seal, and of which version.
    pub header: Header,
    /// The seal's identifier, that of no other seal.
    pub es_id: Ia5String,
    /// Whose it is and how long.
    pub property: Property,
    /// The imprint.
    pub picture: Picture,
}

/// `SES_Header`.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub struct Header {
    /// `ES`.
    pub id: Ia5String,
    /// 4.
    pub version: u8,
    /// Who made the system that made the seal.
    pub vid: Ia5String,
}

/// `SES_ESPropertyInfo`.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub struct Property {
    /// 1: of an organisation; 2: of a person.
    pub seal_type: u8,
    /// What it is called.
    pub name: String,
    /// 1: `cert_list` holds certificates.
    pub cert_list_type: u8,
    /// The certificates, DER, whose keys may sign with the seal.
    pub cert_list: Vec<OctetString>,
    /// When it was made.
    pub create_date: GeneralizedTime,
    /// From when it may be used.
    pub valid_start: GeneralizedTime,
    /// Until when.
    pub valid_end: GeneralizedTime,
}

/// `SES_ESPictrueInfo` (the standard spells it so).
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub struct Picture {
    /// `PNG`.
    pub picture_type: Ia5String,
    /// The file.
    pub data: OctetString,
    /// Millimetres.
    pub width: u32,
    /// Millimetres.
    pub height: u32,
}
