//! The number and the class of a card.

use std::fmt;

/// The number that is printed on a card: 4 to 32 English letters and digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CardNumber(String);

/// Not a card number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a card number is 4 to 32 English letters and digits")]
pub struct CardNumberError;

impl CardNumber {
    /// What certificates write before the number. It is no part of it, and is dropped where a person types it.
    pub const PREFIX: &str = "03-";

    /// Reads a number. Spaces around it and [`CardNumber::PREFIX`] are dropped; letters become upper case.
    pub fn parse(text: &str) -> Result<Self, CardNumberError> {
        let text = text.trim_matches(' ');
        let number = text.strip_prefix(Self::PREFIX).unwrap_or(text);
        if (4..=32).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_alphanumeric()) {
            Ok(Self(number.to_ascii_uppercase()))
        } else {
            Err(CardNumberError)
        }
    }

    /// The number, without the prefix.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whom a card stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardClass {
    /// 法人卡: for the enterprise itself.
    LegalPerson,
    /// 操作员卡: for a person of the enterprise.
    Operator,
}

impl CardClass {
    /// As on the wire, in the database and in a token's `card_class`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LegalPerson => "legal_person",
            Self::Operator => "operator",
        }
    }

    /// Reads what [`CardClass::as_str`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::LegalPerson, Self::Operator].into_iter().find(|class| class.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_is_read_with_and_without_its_prefix() {
        for text in ["8930000104271", "03-8930000104271", " 8930000104271 "] {
            assert_eq!(CardNumber::parse(text).unwrap().as_str(), "8930000104271", "{text}");
        }
        assert_eq!(CardNumber::parse("ab12").unwrap().as_str(), "AB12");
    }

    #[test]
    fn odd_numbers_are_refused() {
        for text in ["", "123", "03-", "03-123", "1234 5678", "12\n34", "１２３４", "1234-5678", &"1".repeat(33)] {
            assert_eq!(CardNumber::parse(text), Err(CardNumberError), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_number_that_was_read_reads_the_same_again(text in any::<String>()) {
            if let Ok(number) = CardNumber::parse(&text) {
                prop_assert_eq!(CardNumber::parse(number.as_str()).unwrap(), number);
            }
        }
    }
}
