//! What an enterprise is known by.

use super::text::{has_control_characters, has_length};
use crate::catalogue::{
    BUSINESS_SCOPE_LENGTH, ENTERPRISE_NAME_LENGTH, Invalid, ORGANISATION_CODE_CHECK_CHARACTER,
    ORGANISATION_CODE_FORMAT, Refusal, TEXT_CONTROL_CHARACTERS, USCC_CHECK_CHARACTER, USCC_FORMAT,
};

/// The characters of a USCC in the order of their values, 0 to 30 (GB 32100-2015, table 1): no I, O, S, V, Z.
const USCC_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// 3^(i−1) mod 31 (GB 32100-2015 §4).
const USCC_WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// A unified social credit code 统一社会信用代码 (GB 32100-2015): 18 characters, the last one a check character. Upper case.
///
/// 31 is prime and no weight a multiple of it, so every change of a single character is noticed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uscc(String);

impl Uscc {
    /// Reads 18 characters in either case.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let code = text.to_ascii_uppercase();
        let values = code.bytes().map(uscc_value).collect::<Option<Vec<u32>>>().ok_or(Invalid(&USCC_FORMAT))?;
        let Some((check, body)) = values.split_last().filter(|(_, body)| body.len() == USCC_WEIGHTS.len()) else {
            return Err(Invalid(&USCC_FORMAT));
        };
        let sum: u32 = body.iter().zip(USCC_WEIGHTS).map(|(value, weight)| value * weight).sum();
        if (31 - sum % 31) % 31 != *check {
            return Err(Invalid(&USCC_CHECK_CHARACTER));
        }
        Ok(Self(code))
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Characters 9 to 17, the subject's organisation code (GB 32100-2015 §3). Its own check character is not looked at: the
    /// USCC's covers it.
    pub fn organisation_code(&self) -> &str {
        self.0.get(8..17).unwrap_or_default()
    }
}

fn uscc_value(character: u8) -> Option<u32> {
    USCC_ALPHABET.iter().position(|c| *c == character).and_then(|i| u32::try_from(i).ok())
}

/// GB 11714-1997 §4.2.
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// An organisation code 组织机构代码 (GB 11714-1997): 8 digits or letters and a check character, kept without the hyphen, in
/// upper case.
///
/// The sum is taken modulo 11 over values up to 35, so the standard itself can't notice a character changed for one whose
/// value differs by 11, 22 or 33 (`0` for `B`). Every other change of a single character is noticed, and so is every change of
/// a digit for a digit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrganisationCode(String);

impl OrganisationCode {
    /// Reads 9 characters in either case, with or without a hyphen before the last: `74583633-9`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let refused = Invalid(&ORGANISATION_CODE_FORMAT);
        let mut code = text.to_ascii_uppercase();
        if code.len() == 10 && code.as_bytes().get(8) == Some(&b'-') {
            code.remove(8);
        }
        let (check, body) = code.as_bytes().split_last().ok_or(refused)?;
        if body.len() != ORGANISATION_WEIGHTS.len() || !matches!(check, b'0'..=b'9' | b'X') {
            return Err(refused);
        }
        let mut sum = 0;
        for (character, weight) in body.iter().zip(ORGANISATION_WEIGHTS) {
            sum += char::from(*character).to_digit(36).ok_or(refused)? * weight;
        }
        let expected = match 11 - sum % 11 {
            10 => 'X',
            11 => '0',
            digit => char::from_digit(digit, 10).unwrap_or_default(),
        };
        if char::from(*check) != expected {
            return Err(Invalid(&ORGANISATION_CODE_CHECK_CHARACTER));
        }
        Ok(Self(code))
    }

    /// The 9 characters, without a hyphen.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name of an enterprise as it is registered: 1 to 200 characters on one line. Spaces around it are dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnterpriseName(String);

impl EnterpriseName {
    /// The most characters.
    pub const LONGEST: usize = 200;

    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        line(text, Self::LONGEST, &ENTERPRISE_NAME_LENGTH).map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an enterprise may do as it is registered 经营范围: 1 to 4,000 characters on one line. Spaces around it are dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusinessScope(String);

impl BusinessScope {
    /// The most characters.
    pub const LONGEST: usize = 4_000;

    /// Reads a business scope.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        line(text, Self::LONGEST, &BUSINESS_SCOPE_LENGTH).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `text` without the spaces around it, where it has 1 to `longest` characters on one line.
fn line(text: &str, longest: usize, wrong_length: &'static Refusal) -> Result<String, Invalid> {
    let trimmed = text.trim();
    if !has_length(text, 1..=longest) || trimmed.is_empty() {
        return Err(Invalid(wrong_length));
    }
    if has_control_characters(trimmed) {
        return Err(Invalid(&TEXT_CONTROL_CHARACTERS));
    }
    Ok(trimmed.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The check character by another road than the parser's: the one for which the whole sum is 0 modulo 31, with weight 1.
    fn uscc(body: &[usize]) -> String {
        let mut power = 1;
        let mut sum = 0;
        for value in body {
            sum += value * power;
            power = power * 3 % 31;
        }
        let check = (0..31).find(|check| (sum + check) % 31 == 0).unwrap();
        body.iter().chain([&check]).map(|value| char::from(USCC_ALPHABET[*value])).collect()
    }

    fn organisation_code(body: &str) -> String {
        let sum: u32 = body.chars().zip(ORGANISATION_WEIGHTS).map(|(c, weight)| c.to_digit(36).unwrap() * weight).sum();
        let check = (0..11).find(|check: &u32| (sum + check).is_multiple_of(11)).unwrap();
        format!("{body}{}", if check == 10 { 'X' } else { char::from_digit(check, 10).unwrap() })
    }

    #[test]
    fn the_known_codes_are_accepted() {
        for text in ["913300007458363392", "91350100M000100Y43", "91350100m000100y43"] {
            assert_eq!(Uscc::parse(text).unwrap().as_str(), text.to_uppercase());
        }
        for text in ["745836339", "74583633-9", "M000100Y4", "m000100y-4"] {
            assert_eq!(OrganisationCode::parse(text).unwrap().as_str(), text.replace('-', "").to_uppercase());
        }
    }

    #[test]
    fn a_uscc_holds_its_organisation_code() {
        assert_eq!(Uscc::parse("913300007458363392").unwrap().organisation_code(), "745836339");
        assert_eq!(Uscc::parse("91350100M000100Y43").unwrap().organisation_code(), "M000100Y4");
    }

    #[test]
    fn a_name_has_1_to_200_characters_on_one_line_and_a_scope_4000() {
        assert_eq!(
            EnterpriseName::parse(" 西安示例贸易（集团）有限公司 ").unwrap().as_str(),
            "西安示例贸易（集团）有限公司"
        );
        assert!(EnterpriseName::parse(&"企".repeat(200)).is_ok());
        assert!(BusinessScope::parse(&"业".repeat(4_000)).is_ok());
        for text in ["", "  ", "\u{3000}", &"企".repeat(201)] {
            assert_eq!(EnterpriseName::parse(text), Err(Invalid(&ENTERPRISE_NAME_LENGTH)), "{text}");
        }
        for text in ["", "  ", &"业".repeat(4_001)] {
            assert_eq!(BusinessScope::parse(text), Err(Invalid(&BUSINESS_SCOPE_LENGTH)), "{text}");
        }
        for text in ["a\nb", "a\0b", "a\u{202E}b"] {
            assert_eq!(EnterpriseName::parse(text), Err(Invalid(&TEXT_CONTROL_CHARACTERS)), "{text:?}");
            assert_eq!(BusinessScope::parse(text), Err(Invalid(&TEXT_CONTROL_CHARACTERS)), "{text:?}");
        }
    }

    #[test]
    fn wrong_lengths_and_characters_are_malformed() {
        for text in [
            "",
            "9",
            "91330000745836339",
            "9133000074583633920",
            "91330000745836339I",
            "９13300007458363392",
            "91330000745836339 ",
            "统一社会信用",
        ] {
            assert_eq!(Uscc::parse(text), Err(Invalid(&USCC_FORMAT)), "{text}");
        }
        for text in [
            "",
            "-",
            "7458363-39",
            "74583633--9",
            "74583633A",
            "7458363３9",
            "7458363399",
            "74583633-",
            "745836339-",
            "组织机构代码组织机",
        ] {
            assert_eq!(OrganisationCode::parse(text), Err(Invalid(&ORGANISATION_CODE_FORMAT)), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_uscc_with_its_check_character_is_accepted(body in prop::collection::vec(0usize..31, 17)) {
            let code = uscc(&body);
            let parsed = Uscc::parse(&code.to_lowercase()).unwrap();
            prop_assert_eq!(parsed.as_str(), code.as_str());
        }

        #[test]
        fn every_change_of_one_character_of_a_uscc_is_refused(body in prop::collection::vec(0usize..31, 17)) {
            let code = uscc(&body);
            for at in 0..18 {
                for other in USCC_ALPHABET.iter().filter(|other| **other != code.as_bytes()[at]) {
                    let mut changed = code.clone().into_bytes();
                    changed[at] = *other;
                    let changed = String::from_utf8(changed).unwrap();
                    prop_assert_eq!(Uscc::parse(&changed), Err(Invalid(&USCC_CHECK_CHARACTER)));
                }
            }
        }

        #[test]
        fn every_organisation_code_with_its_check_character_is_accepted(body in "[0-9A-Z]{8}") {
            let code = organisation_code(&body);
            let parsed = OrganisationCode::parse(&code).unwrap();
            prop_assert_eq!(parsed.as_str(), code.as_str());
        }

        #[test]
        fn every_change_of_one_character_that_gb_11714_can_notice_is_refused(body in "[0-9A-Z]{8}") {
            let code = organisation_code(&body);
            for at in 0..9 {
                for other in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".chars() {
                    let was = char::from(code.as_bytes()[at]);
                    // What the standard can't notice, see the type.
                    let blind = at < 8 && was.to_digit(36).unwrap().abs_diff(other.to_digit(36).unwrap()) % 11 == 0;
                    if !blind && was != other {
                        let mut changed = code.clone();
                        changed.replace_range(at..=at, &other.to_string());
                        prop_assert!(OrganisationCode::parse(&changed).is_err(), "{} for {}", changed, code);
                    }
                }
            }
        }

        #[test]
        fn no_text_makes_them_panic(text in any::<String>()) {
            let _ = (Uscc::parse(&text), OrganisationCode::parse(&text));
        }
    }
}
