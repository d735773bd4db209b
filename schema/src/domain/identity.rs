//! Documents that say who a person is.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use time::{Date, Month};

use super::{debug_masked, mask};
use crate::catalogue::{ID_NUMBER_CHECK_CHARACTER, ID_NUMBER_DATE, ID_NUMBER_FORMAT, ID_TYPE_UNKNOWN, Invalid};

/// The kinds of id document that a person can register with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum IdType {
    /// Resident identity card 居民身份证 (GB 11643).
    ResidentId,
    /// Mainland travel permit for Hong Kong and Macao residents 港澳居民来往内地通行证.
    HkMacaoPermit,
    /// Mainland travel permit for Taiwan residents 台湾居民来往大陆通行证.
    TaiwanPermit,
    /// Residence permit for Hong Kong, Macao and Taiwan residents 港澳台居民居住证.
    HmtResidencePermit,
    /// Foreign permanent resident id card 外国人永久居留身份证.
    ForeignerPermanentResidentId,
    /// Passport 护照.
    Passport,
}

impl IdType {
    /// All of them, in the order of the specification.
    pub const ALL: &[Self] = &[
        Self::ResidentId,
        Self::HkMacaoPermit,
        Self::TaiwanPermit,
        Self::HmtResidencePermit,
        Self::ForeignerPermanentResidentId,
        Self::Passport,
    ];

    /// As on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ResidentId => "resident_id",
            Self::HkMacaoPermit => "hk_macao_permit",
            Self::TaiwanPermit => "taiwan_permit",
            Self::HmtResidencePermit => "hmt_residence_permit",
            Self::ForeignerPermanentResidentId => "foreigner_permanent_resident_id",
            Self::Passport => "passport",
        }
    }

    /// Reads what [`IdType::as_str`] writes.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text).ok_or(Invalid(&ID_TYPE_UNKNOWN))
    }
}

/// A document's kind and number. The number has passed the checks of its kind and is in upper case.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdDocument {
    id_type: IdType,
    number: String,
}

impl IdDocument {
    /// Reads a number of the kind `id_type`, in either case. `today` bounds the date of birth in a resident id number.
    pub fn parse(id_type: IdType, number: &str, today: Date) -> Result<Self, Invalid> {
        let number = match id_type {
            IdType::ResidentId => return ResidentId::parse(number, today).map(Self::from),
            _ => number.to_ascii_uppercase(),
        };
        let well_formed = match (id_type, number.as_bytes()) {
            (IdType::HkMacaoPermit, [b'H' | b'M', digits @ ..]) => is_permit_number(digits),
            (IdType::TaiwanPermit, digits) => is_permit_number(digits),
            (IdType::HmtResidencePermit, [b'8', b'1'..=b'3', b'0', b'0', b'0', b'0', ..])
            | (IdType::ForeignerPermanentResidentId, [b'9', ..]) => {
                return Self::with_check(id_type, number);
            }
            // The card issued before 2023: three letters (the country) and twelve digits.
            (IdType::ForeignerPermanentResidentId, [a, b, c, digits @ ..]) => {
                [a, b, c].iter().all(|letter| letter.is_ascii_uppercase()) && digits.len() == 12 && all_digits(digits)
            }
            (IdType::Passport, bytes) => (5..=17).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_alphanumeric),
            _ => false,
        };
        if well_formed { Ok(Self { id_type, number }) } else { Err(Invalid(&ID_NUMBER_FORMAT)) }
    }

    fn with_check(id_type: IdType, number: String) -> Result<Self, Invalid> {
        check_mod_11_2(&number)?;
        Ok(Self { id_type, number })
    }

    /// The document's kind.
    pub const fn id_type(&self) -> IdType {
        self.id_type
    }

    /// The whole number, in upper case. Personal data: not for a log, nor for a list.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// For lists and logs: `6101**********002X`.
    pub fn masked(&self) -> String {
        mask::id_number(&self.number)
    }
}

debug_masked!(IdDocument, |document| format!("{} {}", document.id_type.as_str(), document.masked()));

impl From<ResidentId> for IdDocument {
    fn from(id: ResidentId) -> Self {
        Self { id_type: IdType::ResidentId, number: id.0 }
    }
}

/// The number of a resident identity card 公民身份号码 (GB 11643-1999): 6 digits of region, 8 of birth date, 3 of sequence, and a
/// check character.
///
/// 11 is prime and no weight a multiple of it, so every change of a single character is noticed.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ResidentId(String);

impl ResidentId {
    /// Reads 18 characters, the last one a digit or an X in either case. The date of birth must exist and not lie after `today`.
    pub fn parse(text: &str, today: Date) -> Result<Self, Invalid> {
        let number = text.to_ascii_uppercase();
        check_mod_11_2(&number)?;
        match birth_date(&number) {
            Some(date) if date <= today => Ok(Self(number)),
            _ => Err(Invalid(&ID_NUMBER_DATE)),
        }
    }

    /// The 18 characters. Personal data: not for a log, nor for a list.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For lists and logs: `6101**********002X`.
    pub fn masked(&self) -> String {
        mask::id_number(&self.0)
    }
}

debug_masked!(ResidentId, ResidentId::masked);

/// Characters 7 to 14, `YYYYMMDD`.
fn birth_date(number: &str) -> Option<Date> {
    let year = number.get(6..10)?.parse().ok()?;
    let month: u8 = number.get(10..12)?.parse().ok()?;
    let day = number.get(12..14)?.parse().ok()?;
    Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()
}

/// 2^(18−i) mod 11 for positions 1 to 17 (GB 11643-1999 §6, ISO 7064 MOD 11-2).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// The check character for each remainder.
const CHECK: &[u8; 11] = b"10X98765432";

/// 17 digits and their check character.
fn check_mod_11_2(number: &str) -> Result<(), Invalid> {
    let Some((check, digits)) = number.as_bytes().split_last().filter(|(check, digits)| {
        digits.len() == WEIGHTS.len() && all_digits(digits) && matches!(check, b'0'..=b'9' | b'X')
    }) else {
        return Err(Invalid(&ID_NUMBER_FORMAT));
    };
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let expected = usize::try_from(sum % 11).ok().and_then(|remainder| CHECK.get(remainder));
    if expected == Some(check) { Ok(()) } else { Err(Invalid(&ID_NUMBER_CHECK_CHARACTER)) }
}

/// Eight digits, or ten where the last two count the times that the permit was replaced.
fn is_permit_number(digits: &[u8]) -> bool {
    matches!(digits.len(), 8 | 10) && all_digits(digits)
}

fn all_digits(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_digit)
}
