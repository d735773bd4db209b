//! Applications of the port and what can be done in them (J14).

use super::text::{has_control_characters, has_length};
use crate::catalogue::{APPLICATION_CODE_FORMAT, Invalid, TEXT_CONTROL_CHARACTERS, TEXT_LENGTH};

/// What an application or an action is called by programs: 2 to 40 of `a-z 0-9 _`, a letter first. So it can stand in a list with
/// spaces, commas and colons between.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PermissionCode(String);

impl PermissionCode {
    /// The fewest characters.
    pub const SHORTEST: usize = 2;
    /// The most characters.
    pub const LONGEST: usize = 40;

    /// Reads a code.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let well_formed = (Self::SHORTEST..=Self::LONGEST).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        if well_formed { Ok(Self(text.to_owned())) } else { Err(Invalid(&APPLICATION_CODE_FORMAT)) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What people call an application or an action, in one language: 1 to 60 characters on one line. Spaces around it are dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayName(String);

impl DisplayName {
    /// The most characters.
    pub const LONGEST: usize = 60;

    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let trimmed = text.trim();
        if !has_length(text, 0..=Self::LONGEST) || trimmed.is_empty() {
            return Err(Invalid(&TEXT_LENGTH));
        }
        if has_control_characters(trimmed) {
            return Err(Invalid(&TEXT_CONTROL_CHARACTERS));
        }
        Ok(Self(trimmed.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_small_letters_digits_and_underscores() {
        for text in ["goods_declaration", "ab", "a1", &"a".repeat(40)] {
            assert_eq!(PermissionCode::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "a", "1a", "_a", "Goods", "a b", "a:b", "a,b", "a-b", "货物", "a\n", &"a".repeat(41)] {
            assert_eq!(PermissionCode::parse(text), Err(Invalid(&APPLICATION_CODE_FORMAT)), "{text:?}");
        }
    }

    #[test]
    fn a_name_has_1_to_60_characters_on_one_line() {
        assert_eq!(DisplayName::parse(" 货物申报 ").unwrap().as_str(), "货物申报");
        assert!(DisplayName::parse(&"货".repeat(60)).is_ok());
        for text in ["", "  ", &"货".repeat(61)] {
            assert_eq!(DisplayName::parse(text), Err(Invalid(&TEXT_LENGTH)), "{text:?}");
        }
        assert_eq!(DisplayName::parse("a\u{202E}b"), Err(Invalid(&TEXT_CONTROL_CHARACTERS)));
    }
}
