//! Mobile phone numbers of mainland China.

use super::{debug_masked, mask};
use crate::catalogue::{Invalid, PHONE_FORMAT};

/// The longest spelling that is looked at, in bytes. The longest sensible one, `+86 138-1234-5678`, has 17.
const LONGEST: usize = 32;

/// A mobile number: `^1[3-9]\d{9}$`, kept as E.164 (`+8613812345678`).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// Reads a number written with or without `+86`, spaces and hyphens. Full-width digits are refused, not guessed at.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let refused = Invalid(&PHONE_FORMAT);
        if text.len() > LONGEST {
            return Err(refused);
        }
        let bare: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let digits = bare.strip_prefix("+86").unwrap_or(&bare);
        match digits.as_bytes() {
            [b'1', b'3'..=b'9', rest @ ..] if rest.len() == 9 && rest.iter().all(u8::is_ascii_digit) => {
                Ok(Self(format!("+86{digits}")))
            }
            _ => Err(refused),
        }
    }

    /// E.164: `+8613812345678`.
    pub fn e164(&self) -> &str {
        &self.0
    }

    /// For lists and logs: `138****5678`.
    pub fn masked(&self) -> String {
        mask::phone(&self.0)
    }
}

debug_masked!(Phone, Phone::masked);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_usual_spelling_is_the_same_number() {
        for text in [
            "13812345678",
            "138 1234 5678",
            "138-1234-5678",
            "+8613812345678",
            "+86 138 1234 5678",
            " +86-138-12345678 ",
        ] {
            assert_eq!(Phone::parse(text).unwrap().e164(), "+8613812345678", "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "+86",
            "12812345678",
            "1381234567",
            "138123456789",
            "23812345678",
            "+8513812345678",
            "8613812345678",
            "008613812345678",
            "+86+8613812345678",
            "１３８１２３４５６７８",
            "138\u{a0}1234\u{a0}5678",
            "138–1234–5678",
            "138.1234.5678",
            "(138)12345678",
            "1381234567a",
            "13812345678\n",
            "1 3 8 1 2 3 4 5 6 7 8            ",
        ] {
            assert_eq!(Phone::parse(text), Err(Invalid(&PHONE_FORMAT)), "{text}");
        }
    }

    #[test]
    fn debug_hides_the_middle() {
        assert_eq!(format!("{:?}", Phone::parse("13812345678").unwrap()), "Phone(138****5678)");
    }

    proptest! {
        #[test]
        fn spaces_and_hyphens_change_nothing(number in "1[3-9][0-9]{9}", separators in "[ -]{0,15}", country in any::<bool>(), seed in any::<u64>()) {
            let mut text = String::from(if country { "+86" } else { "" });
            text.push_str(&number);
            let mut seed = seed;
            for separator in separators.chars() {
                let at = usize::try_from(seed % (text.len() as u64 + 1)).unwrap();
                text.insert(at, separator);
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            }
            let expected = format!("+86{number}");
            let phone = Phone::parse(&text).unwrap();
            prop_assert_eq!(phone.e164(), expected.as_str());
            prop_assert_eq!(Phone::parse(&expected).unwrap(), phone);
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = Phone::parse(&text);
        }
    }
}
