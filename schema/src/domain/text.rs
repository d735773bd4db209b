//! Free text, and what every text must not contain.

use unicode_normalization::char::is_combining_mark;

use crate::catalogue::{
    AUDIT_REASON_REQUIRED, DEPARTMENT_LENGTH, Invalid, TEXT_CONTROL_CHARACTERS, TEXT_DAMAGED, TEXT_LENGTH,
};

/// Whether a text has a character that no field may have: controls (`Cc`, with NUL, which PostgreSQL can't keep, and line
/// breaks), line and paragraph separators, the marks that change the direction of writing and can make a text read
/// otherwise than it is (Unicode UAX #9 §2; CVE-2021-42574), what nobody sees, and piles of marks.
pub(crate) fn has_control_characters(text: &str) -> bool {
    text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') || is_invisible(c))
        || has_piled_marks(text)
}

/// Whether nothing is to be seen of a character: `Default_Ignorable_Code_Point` of Unicode 17.0 (DerivedCoreProperties.txt), with the
/// directions of writing, the joiners, the fillers of Hangul and the variation selectors, and the blank of Braille. With them two names that
/// look the same are two.
pub(crate) const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// More marks on one letter than any language writes: they would cover the lines above and below.
const MOST_MARKS: usize = 4;

/// Whether more than [`MOST_MARKS`] combining marks follow each other.
pub(crate) fn has_piled_marks(text: &str) -> bool {
    let mut marks = 0;
    text.chars().any(|c| {
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        marks > MOST_MARKS
    })
}

/// Whether `text` has `range` characters (Unicode scalar values).
pub(crate) fn has_length(text: &str, range: std::ops::RangeInclusive<usize>) -> bool {
    // A scalar value has at most four bytes, so a text that is far too long isn't counted.
    text.len() <= range.end() * 4 && range.contains(&text.chars().count())
}

/// A text of an authority's file on one line, or nothing where it is empty: spaces around it are dropped, line breaks and tabs inside become
/// spaces. At most `longest` characters. What a decoder could not read, and put U+FFFD in the place of, is damaged.
pub fn line_of_text(text: &str, longest: usize) -> Result<Option<String>, Invalid> {
    let line = text.replace(['\r', '\n', '\t'], " ");
    let line = line.trim();
    if !has_length(line, 0..=longest) {
        return Err(Invalid(&TEXT_LENGTH));
    }
    if has_control_characters(line) {
        return Err(Invalid(&TEXT_CONTROL_CHARACTERS));
    }
    if line.contains(char::REPLACEMENT_CHARACTER) {
        return Err(Invalid(&TEXT_DAMAGED));
    }
    Ok(Some(line.to_owned()).filter(|line| !line.is_empty()))
}

/// Why staff did something: 1 to 500 characters on one line, kept in the audit. Spaces around it are dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// The most characters.
    pub const LONGEST: usize = 500;

    /// Reads a reason. An empty one is `audit.reason_required`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if !has_length(text, 0..=Self::LONGEST) {
            return Err(Invalid(&TEXT_LENGTH));
        }
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(Invalid(&AUDIT_REASON_REQUIRED));
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

/// A department, of the enterprise or of the state: 1 to 100 characters on one line. Spaces around it are dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Department(String);

impl Department {
    /// The most characters.
    pub const LONGEST: usize = 100;

    /// Reads a department's name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let trimmed = text.trim();
        if !has_length(text, 0..=Self::LONGEST) || trimmed.is_empty() {
            return Err(Invalid(&DEPARTMENT_LENGTH));
        }
        if has_control_characters(trimmed) {
            Err(Invalid(&TEXT_CONTROL_CHARACTERS))
        } else {
            Ok(Self(trimmed.to_owned()))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Something to remember: up to 500 characters on one line. Spaces around it are dropped; an empty one is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notes(Option<String>);

impl Notes {
    /// The most characters.
    pub const LONGEST: usize = 500;

    /// Reads notes.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if !has_length(text, 0..=Self::LONGEST) {
            return Err(Invalid(&TEXT_LENGTH));
        }
        let trimmed = text.trim();
        if has_control_characters(trimmed) {
            return Err(Invalid(&TEXT_CONTROL_CHARACTERS));
        }
        Ok(Self((!trimmed.is_empty()).then(|| trimmed.to_owned())))
    }

    /// The text, if there is any.
    pub fn into_text(self) -> Option<String> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_department_has_a_name_on_one_line() {
        assert_eq!(Department::parse(" 报关部 ").unwrap().as_str(), "报关部");
        for text in ["", "  ", &"部".repeat(101)] {
            assert_eq!(Department::parse(text), Err(Invalid(&DEPARTMENT_LENGTH)));
        }
        assert_eq!(Department::parse("报\n关"), Err(Invalid(&TEXT_CONTROL_CHARACTERS)));
    }

    #[test]
    fn empty_notes_are_none() {
        assert_eq!(Notes::parse("  ").unwrap().into_text(), None);
        assert_eq!(Notes::parse(" 报关企业 ").unwrap().into_text().as_deref(), Some("报关企业"));
        assert_eq!(Notes::parse(&"字".repeat(501)), Err(Invalid(&TEXT_LENGTH)));
        assert_eq!(Notes::parse("a\tb"), Err(Invalid(&TEXT_CONTROL_CHARACTERS)));
    }

    #[test]
    fn a_reason_is_required() {
        for text in ["", "   ", "\u{3000}"] {
            assert_eq!(Reason::parse(text), Err(Invalid(&AUDIT_REASON_REQUIRED)));
        }
        assert_eq!(Reason::parse(" 本人电话要求 <b> ").unwrap().as_str(), "本人电话要求 <b>");
    }

    #[test]
    fn a_reason_has_at_most_500_characters_on_one_line() {
        assert!(Reason::parse(&"因".repeat(500)).is_ok());
        assert_eq!(Reason::parse(&"因".repeat(501)), Err(Invalid(&TEXT_LENGTH)));
        assert_eq!(Reason::parse(&"a".repeat(1_000_000)), Err(Invalid(&TEXT_LENGTH)));
        for text in ["a\nb", "a\0b", "a\u{202E}b", "a\u{2028}b", "\u{85}a\u{9f}"] {
            assert_eq!(Reason::parse(text), Err(Invalid(&TEXT_CONTROL_CHARACTERS)), "{text:?}");
        }
    }

    #[test]
    fn what_nobody_sees_is_refused() {
        for invisible in [
            '\u{AD}',
            '\u{34F}',
            '\u{115F}',
            '\u{1160}',
            '\u{180E}',
            '\u{200B}',
            '\u{200D}',
            '\u{2060}',
            '\u{2800}',
            '\u{3164}',
            '\u{FE0F}',
            '\u{FEFF}',
            '\u{FFA0}',
            '\u{E0001}',
            '\u{E0100}',
        ] {
            let text = format!("张{invisible}伟");
            assert_eq!(Reason::parse(&text), Err(Invalid(&TEXT_CONTROL_CHARACTERS)), "{text:?}");
        }
        for text in ["张伟", "（一）·“引”", "e\u{301}\u{302}\u{303}\u{304}", "किशोर", "한국"] {
            assert!(Reason::parse(text).is_ok(), "{text:?}");
        }
    }

    #[test]
    fn a_pile_of_marks_is_refused() {
        let pile = format!("e{}", "\u{301}".repeat(5));
        assert_eq!(Reason::parse(&pile), Err(Invalid(&TEXT_CONTROL_CHARACTERS)));
    }

    #[test]
    fn a_line_of_a_file_is_put_on_one_line() {
        assert_eq!(line_of_text(" 杭州\r\n上城区\t1 号\u{3000}", 20).unwrap().as_deref(), Some("杭州  上城区 1 号"));
        assert_eq!(line_of_text(" \n ", 20), Ok(None));
        assert_eq!(line_of_text("一二三", 2), Err(Invalid(&TEXT_LENGTH)));
        assert_eq!(line_of_text("a\0", 2), Err(Invalid(&TEXT_CONTROL_CHARACTERS)));
        assert_eq!(line_of_text("a\u{FFFD}", 2), Err(Invalid(&TEXT_DAMAGED)));
    }
}
