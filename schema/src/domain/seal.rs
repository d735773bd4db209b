//! Seals: their names, kinds and shapes (J15).

use super::text::{has_control_characters, has_length};
use crate::catalogue::{Invalid, SEAL_KIND_UNKNOWN, SEAL_NAME_LENGTH, SEAL_SHAPE_UNKNOWN, TEXT_CONTROL_CHARACTERS};

/// What a seal is called: 1 to 64 characters on one line. Spaces around it are dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealName(String);

impl SealName {
    /// The most characters.
    pub const LONGEST: usize = 64;

    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let trimmed = text.trim();
        if !has_length(trimmed, 1..=Self::LONGEST) {
            return Err(Invalid(&SEAL_NAME_LENGTH));
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

/// What a seal is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SealKind {
    /// 公章.
    Official,
    /// 合同专用章.
    Contract,
    /// 财务专用章.
    Finance,
    /// 报关专用章.
    Customs,
    /// 发票专用章.
    Invoice,
}

impl SealKind {
    /// Every kind.
    pub const ALL: &[Self] = &[Self::Official, Self::Contract, Self::Finance, Self::Customs, Self::Invoice];

    /// As on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::Contract => "contract",
            Self::Finance => "finance",
            Self::Customs => "customs",
            Self::Invoice => "invoice",
        }
    }

    /// Reads what [`SealKind::as_str`] writes.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text).ok_or(Invalid(&SEAL_KIND_UNKNOWN))
    }
}

/// The form of a seal's imprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SealShape {
    /// As wide as it is high.
    Round,
    /// Oval.
    Ellipse,
    /// With corners.
    Rectangle,
}

impl SealShape {
    /// Every shape.
    pub const ALL: &[Self] = &[Self::Round, Self::Ellipse, Self::Rectangle];

    /// As on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Round => "round",
            Self::Ellipse => "ellipse",
            Self::Rectangle => "rectangle",
        }
    }

    /// Reads what [`SealShape::as_str`] writes.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::ALL.iter().copied().find(|shape| shape.as_str() == text).ok_or(Invalid(&SEAL_SHAPE_UNKNOWN))
    }

    /// The largest imprint, width and height in millimetres.
    pub const fn largest(self) -> (u32, u32) {
        match self {
            Self::Round => (45, 45),
            Self::Ellipse => (55, 45),
            Self::Rectangle => (55, 40),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_1_to_64_characters_on_one_line() {
        assert_eq!(SealName::parse(" 西安示例贸易有限公司 ").unwrap().as_str(), "西安示例贸易有限公司");
        assert!(SealName::parse(&"章".repeat(64)).is_ok());
        for text in ["", "  ", "\u{3000}", &"章".repeat(65), &"a".repeat(1_000_000)] {
            assert_eq!(SealName::parse(text), Err(Invalid(&SEAL_NAME_LENGTH)), "{text:.9}");
        }
        for text in ["a\nb", "a\0b", "a\u{202E}b"] {
            assert_eq!(SealName::parse(text), Err(Invalid(&TEXT_CONTROL_CHARACTERS)), "{text:?}");
        }
    }

    #[test]
    fn kinds_and_shapes_are_read_as_they_are_written() {
        for kind in SealKind::ALL {
            assert_eq!(SealKind::parse(kind.as_str()), Ok(*kind));
        }
        for shape in SealShape::ALL {
            assert_eq!(SealShape::parse(shape.as_str()), Ok(*shape));
        }
        assert_eq!(SealKind::parse("Official"), Err(Invalid(&SEAL_KIND_UNKNOWN)));
        assert_eq!(SealShape::parse(""), Err(Invalid(&SEAL_SHAPE_UNKNOWN)));
    }
}
