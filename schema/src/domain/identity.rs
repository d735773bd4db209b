//! Documents that say who a person is.

use serde::{Deserialize, Serialize};
use time::{Date, Month};

use super::{debug_masked, mask};
use crate::catalogue::{
    ID_NUMBER_CHECK_CHARACTER, ID_NUMBER_DATE, ID_NUMBER_FORMAT, ID_TYPE_UNKNOWN, Invalid,
};

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
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == text)
            .ok_or(Invalid(&ID_TYPE_UNKNOWN))
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
                [a, b, c].iter().all(|letter| letter.is_ascii_uppercase())
                    && digits.len() == 12
                    && all_digits(digits)
            }
            (IdType::Passport, bytes) => {
                (5..=17).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_alphanumeric)
            }
            _ => false,
        };
        if well_formed {
            Ok(Self { id_type, number })
        } else {
            Err(Invalid(&ID_NUMBER_FORMAT))
        }
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

debug_masked!(IdDocument, |document| format!(
    "{} {}",
    document.id_type.as_str(),
    document.masked()
));

impl From<ResidentId> for IdDocument {
    fn from(id: ResidentId) -> Self {
        Self {
            id_type: IdType::ResidentId,
            number: id.0,
        }
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
    let sum: u32 = digits
        .iter()
        .zip(WEIGHTS)
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    let expected = usize::try_from(sum % 11)
        .ok()
        .and_then(|remainder| CHECK.get(remainder));
    if expected == Some(check) {
        Ok(())
    } else {
        Err(Invalid(&ID_NUMBER_CHECK_CHARACTER))
    }
}

/// Eight digits, or ten where the last two count the times that the permit was replaced.
fn is_permit_number(digits: &[u8]) -> bool {
    matches!(digits.len(), 8 | 10) && all_digits(digits)
}

fn all_digits(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::date;

    use super::*;

    const TODAY: Date = date!(2026 - 11 - 22);

    /// The check character by another road than the parser's: the one that makes the MOD 11-2 sum of all 18 equal 1.
    fn with_check(body: &str) -> String {
        let pure = body
            .chars()
            .fold(0, |sum, digit| (sum + digit.to_digit(10).unwrap()) * 2 % 11);
        let check = (0..11).find(|check| (pure + check) % 11 == 1).unwrap();
        format!(
            "{body}{}",
            if check == 10 {
                'X'
            } else {
                char::from_digit(check, 10).unwrap()
            }
        )
    }

    fn refusal(id_type: IdType, number: &str) -> &'static str {
        IdDocument::parse(id_type, number, TODAY)
            .unwrap_err()
            .code()
    }

    #[test]
    fn the_known_resident_ids_are_accepted() {
        for text in [
            "11010519491231002X",
            "11010519491231002x",
            "440524188001010014",
        ] {
            let document = IdDocument::parse(IdType::ResidentId, text, TODAY).unwrap();
            assert_eq!(document.number(), text.to_uppercase());
            assert_eq!(document.id_type(), IdType::ResidentId);
            assert_eq!(
                IdDocument::from(ResidentId::parse(text, TODAY).unwrap()),
                document
            );
        }
    }

    #[test]
    fn the_date_of_birth_must_exist_and_not_lie_ahead() {
        for (birth, valid) in [
            ("20261122", true),
            ("20261123", false),
            ("20270101", false),
            ("20230229", false),
            ("20240229", true),
            ("19000229", false),
            ("19491301", false),
            ("19490001", false),
            ("19490100", false),
            ("19490431", false),
        ] {
            let parsed = ResidentId::parse(&with_check(&format!("110105{birth}002")), TODAY);
            match valid {
                true => assert!(parsed.is_ok(), "{birth}"),
                false => assert_eq!(parsed, Err(Invalid(&ID_NUMBER_DATE)), "{birth}"),
            }
        }
    }

    #[test]
    fn malformed_resident_ids_are_told_from_mistyped_ones() {
        for text in [
            "",
            "11010519491231002",
            "11010519491231002XX",
            "1101051949123100X2",
            "１１010519491231002X",
            "11010519491231002Y",
            " 11010519491231002X",
            "110105491231002",
        ] {
            assert_eq!(
                refusal(IdType::ResidentId, text),
                "id_number.format",
                "{text}"
            );
        }
        assert_eq!(
            refusal(IdType::ResidentId, "110105194912310021"),
            "id_number.check_character"
        );
    }

    #[test]
    fn permits_and_passports_have_their_shapes() {
        use IdType::{
            ForeignerPermanentResidentId as Foreigner, HkMacaoPermit, HmtResidencePermit, Passport,
            TaiwanPermit,
        };
        for (id_type, number) in [
            (HkMacaoPermit, "H12345678"),
            (HkMacaoPermit, "m1234567890"),
            (TaiwanPermit, "12345678"),
            (TaiwanPermit, "1234567890"),
            (Foreigner, "USA123456789012"),
            (Foreigner, "abc123456789012"),
            (Passport, "E12345678"),
            (Passport, "12345"),
            (Passport, "abcde123456789012"),
        ] {
            assert_eq!(
                IdDocument::parse(id_type, number, TODAY).unwrap().number(),
                number.to_uppercase()
            );
        }
        for (id_type, number) in [
            (HkMacaoPermit, "12345678"),
            (HkMacaoPermit, "H123456789"),
            (HkMacaoPermit, "T12345678"),
            (HkMacaoPermit, "H1234567８"),
            (HkMacaoPermit, ""),
            (TaiwanPermit, "123456789"),
            (TaiwanPermit, "H2345678"),
            (TaiwanPermit, ""),
            (HmtResidencePermit, "110105194912310021"),
            (HmtResidencePermit, "840000199001010012"),
            (HmtResidencePermit, "81000019900101001"),
            (HmtResidencePermit, "810000"),
            (Foreigner, "US1123456789012"),
            (Foreigner, "USA12345678901"),
            (Foreigner, "USA1234567890123"),
            (Foreigner, "9"),
            (Foreigner, "身份证123456789012"),
            (Foreigner, ""),
            (Passport, "1234"),
            (Passport, "abcde1234567890123"),
            (Passport, "E1234 5678"),
            (Passport, "护照12345"),
            (Passport, "E１２３４"),
        ] {
            assert_eq!(refusal(id_type, number), "id_number.format", "{number}");
        }
    }

    #[test]
    fn eighteen_digit_permits_have_a_check_character() {
        for (id_type, body) in [
            (IdType::HmtResidencePermit, "81000019900101001"),
            (IdType::HmtResidencePermit, "82000019900101001"),
            (IdType::HmtResidencePermit, "83000019900101001"),
            (IdType::ForeignerPermanentResidentId, "91184019900101001"),
        ] {
            let number = with_check(body);
            assert!(IdDocument::parse(id_type, &number, TODAY).is_ok());
            for check in "0123456789X"
                .chars()
                .filter(|check| !number.ends_with(*check))
            {
                let wrong = format!("{body}{check}");
                assert_eq!(refusal(id_type, &wrong), "id_number.check_character");
            }
        }
    }

    #[test]
    fn types_read_what_they_write() {
        for id_type in IdType::ALL {
            assert_eq!(IdType::parse(id_type.as_str()), Ok(*id_type));
            assert_eq!(serde_json::to_value(id_type).unwrap(), id_type.as_str());
        }
        for text in ["", "ResidentId", "RESIDENT_ID", "driving_licence"] {
            assert_eq!(
                IdType::parse(text),
                Err(Invalid(&ID_TYPE_UNKNOWN)),
                "{text}"
            );
        }
    }

    #[test]
    fn debug_hides_the_middle() {
        let id = ResidentId::parse("11010519491231002X", TODAY).unwrap();
        assert_eq!(format!("{id:?}"), "ResidentId(1101**********002X)");
        assert_eq!(
            format!("{:?}", IdDocument::from(id)),
            "IdDocument(resident_id 1101**********002X)"
        );
    }

    proptest! {
        #[test]
        fn every_resident_id_with_its_check_character_is_accepted(
            region in "[1-6][0-9]{5}", days in 0i64..60_000, sequence in "[0-9]{3}",
        ) {
            let birth = date!(1862 - 01 - 01) + time::Duration::days(days);
            let body = format!("{region}{:04}{:02}{:02}{sequence}", birth.year(), u8::from(birth.month()), birth.day());
            let number = with_check(&body);
            let parsed = ResidentId::parse(&number.to_lowercase(), TODAY).unwrap();
            prop_assert_eq!(parsed.as_str(), number.as_str());
        }

        #[test]
        fn every_change_of_one_character_of_a_resident_id_is_refused(body in "[1-6][0-9]{5}19[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{3}") {
            let number = with_check(&body);
            for at in 0..18 {
                for other in "0123456789X".chars().filter(|other| *other != char::from(number.as_bytes()[at])) {
                    let mut changed = number.clone();
                    changed.replace_range(at..=at, &other.to_string());
                    prop_assert!(ResidentId::parse(&changed, TODAY).is_err(), "{} for {}", changed, number);
                }
            }
        }

        #[test]
        fn no_text_makes_them_panic(text in any::<String>(), kind in 0..IdType::ALL.len()) {
            let _ = (ResidentId::parse(&text, TODAY), IdDocument::parse(IdType::ALL[kind], &text, TODAY), mask::id_number(&text));
        }
    }
}
