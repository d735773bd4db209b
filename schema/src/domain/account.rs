//! What an account is called, and how its person is.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::text::{has_length, has_piled_marks, is_invisible};
use super::{Phone, debug_masked};
use crate::catalogue::{Invalid, NAME_CHARACTERS, NAME_LENGTH, USERNAME_FORMAT, USERNAME_LENGTH};

/// A name to log in with: 3 to 32 characters, English letters, Han characters, digits, `_`, `.`, `-`, a letter first. So it
/// can't be mistaken for a phone number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Username {
    shown: String,
    key: String,
}

impl Username {
    /// The fewest characters.
    pub const SHORTEST: usize = 3;
    /// The most characters.
    pub const LONGEST: usize = 32;

    /// Reads a username, kept as written.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if !has_length(text, Self::SHORTEST..=Self::LONGEST) {
            return Err(Invalid(&USERNAME_LENGTH));
        }
        let starts_well = text.chars().next().is_some_and(is_letter);
        if !starts_well || !text.chars().all(|c| is_letter(c) || c.is_ascii_digit() || matches!(c, '_' | '.' | '-')) {
            return Err(Invalid(&USERNAME_FORMAT));
        }
        Ok(Self { shown: text.to_owned(), key: text.to_ascii_lowercase() })
    }

    /// As the person wrote it.
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    /// What is unique, and what a login looks for: upper and lower case are the same. (ASCII folding is enough: the other
    /// characters allowed have no case.)
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// An English letter or a unified Han character. The compatibility ideographs are left out: they look like others.
const fn is_letter(c: char) -> bool {
    matches!(c,
        'a'..='z' | 'A'..='Z'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{20000}'..='\u{2A6DF}' | '\u{2A700}'..='\u{2EBE0}' | '\u{30000}'..='\u{323AF}')
}

/// What a person typed to say who they are: a phone number or a username.
#[derive(Clone, PartialEq, Eq)]
pub enum LoginName {
    /// It reads as a phone number.
    Phone(Phone),
    /// Anything else: what to look for as [`Username::key`].
    Username(String),
}

impl LoginName {
    /// Reads whatever was typed and never refuses, so that the answer can't tell a well-formed name from an odd one. Text that
    /// can't be a username becomes a key that no account has: `?` and its first 64 characters without controls.
    pub fn parse(text: &str) -> Self {
        let trimmed = text.trim();
        if let Ok(phone) = Phone::parse(trimmed) {
            return Self::Phone(phone);
        }
        match Username::parse(trimmed) {
            Ok(username) => Self::Username(username.key),
            Err(_) => {
                let odd = trimmed.chars().filter(|c| !c.is_control()).take(64);
                Self::Username(std::iter::once('?').chain(odd).collect())
            }
        }
    }
}

debug_masked!(LoginName, |name| match name {
    LoginName::Phone(phone) => phone.masked(),
    LoginName::Username(key) => key.clone(),
});

/// A person's name as on the id document, in any script: 1 to 64 characters after NFC normalisation.
///
/// Letters and marks, spaces inside, and `·` `.` `'` `-`; at least one letter. Spaces around it are dropped.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonName(String);

impl PersonName {
    /// The most characters.
    pub const LONGEST: usize = 64;

    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if !has_length(text, 1..=Self::LONGEST) {
            return Err(Invalid(&NAME_LENGTH));
        }
        let name: String = text.trim_matches(' ').nfc().collect();
        if !has_length(&name, 1..=Self::LONGEST) {
            return Err(Invalid(&NAME_LENGTH));
        }
        // Some letters are invisible: the fillers of Hangul.
        let allowed = |c: char| {
            !is_invisible(c) && (c.is_alphabetic() || is_combining_mark(c) || matches!(c, ' ' | '·' | '.' | '\'' | '-'))
        };
        if name.chars().all(allowed) && !has_piled_marks(&name) && name.chars().any(char::is_alphabetic) {
            Ok(Self(name))
        } else {
            Err(Invalid(&NAME_CHARACTERS))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

debug_masked!(PersonName, |name| name.0.chars().take(1).chain("**".chars()).collect());

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn usernames_keep_their_spelling_and_fold_their_key() {
        for (text, key) in [
            ("abc", "abc"),
            ("Zhang.San", "zhang.san"),
            ("张三丰", "张三丰"),
            ("西安A_1-2", "西安a_1-2"),
            ("𠮷野家", "𠮷野家"),
        ] {
            let username = Username::parse(text).unwrap();
            assert_eq!((username.as_str(), username.key()), (text, key));
        }
        assert!(Username::parse(&"张".repeat(32)).is_ok());
    }

    #[test]
    fn odd_usernames_are_refused() {
        for text in ["", "ab", "张三", &"a".repeat(33), &"张".repeat(33)] {
            assert_eq!(Username::parse(text), Err(Invalid(&USERNAME_LENGTH)), "{text}");
        }
        for text in [
            "1abc",
            "13812345678",
            "_abc",
            ".abc",
            "-abc",
            "a b",
            " abc",
            "abc ",
            "a@b",
            "abc\n",
            "a\u{0}bc",
            "ａｂｃ",
            "abc１",
            "абв",
            "éab",
            "a\u{301}bc",
            "<b>",
            "a'--",
            "\u{F900}abc",
            "a\u{200B}bc",
            "a\u{202E}bc",
            "한국어",
        ] {
            assert_eq!(Username::parse(text), Err(Invalid(&USERNAME_FORMAT)), "{text:?}");
        }
    }

    #[test]
    fn a_login_name_is_a_phone_or_a_username() {
        assert_eq!(LoginName::parse(" 138 1234 5678"), LoginName::Phone(Phone::parse("13812345678").unwrap()));
        assert_eq!(LoginName::parse("Zhang.San "), LoginName::Username("zhang.san".into()));
    }

    #[test]
    fn names_of_all_peoples_are_accepted() {
        for (text, name) in [
            ("张三", "张三"),
            (" 王小明 ", "王小明"),
            ("买买提·吐尔逊", "买买提·吐尔逊"),
            ("阿卜杜拉·阿卜杜热西提", "阿卜杜拉·阿卜杜热西提"),
            ("〇三", "〇三"),
            ("𠮷田", "𠮷田"),
            ("Anne-Marie O'Neil Jr.", "Anne-Marie O'Neil Jr."),
            ("Jose\u{301}", "José"),
            ("किशोर", "किशोर"),
            ("Nguyễn Văn An", "Nguyễn Văn An"),
            ("김철수", "김철수"),
            ("བསྟན་འཛིན".split('་').next().unwrap(), "བསྟན"),
        ] {
            assert_eq!(PersonName::parse(text).unwrap().as_str(), name);
        }
        assert!(PersonName::parse(&"名".repeat(64)).is_ok());
    }

    #[test]
    fn odd_names_are_refused() {
        for text in ["", " ", &"名".repeat(65), &" ".repeat(64)] {
            assert_eq!(PersonName::parse(text), Err(Invalid(&NAME_LENGTH)), "{text:?}");
        }
        for text in [
            "张三1",
            "<b>张</b>",
            "张\n三",
            "张\0三",
            "张\u{202E}三",
            "张\u{200B}三",
            "\t张三",
            "...",
            "·",
            "\u{301}",
            "张;三",
            "张\u{3000}三",
            "张三。",
            "😀",
            "a\u{2066}b",
            "\u{3164}",
            "张\u{115F}伟",
            "张\u{1160}伟",
            "张\u{FFA0}伟",
            "张\u{FE0F}伟",
            "张\u{E0100}伟",
            "张\u{200B}伟",
            "e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}",
        ] {
            assert_eq!(PersonName::parse(text), Err(Invalid(&NAME_CHARACTERS)), "{text:?}");
        }
    }

    #[test]
    fn debug_hides_the_name() {
        assert_eq!(format!("{:?}", PersonName::parse("欧阳修").unwrap()), "PersonName(欧**)");
        assert_eq!(format!("{:?}", LoginName::parse("13812345678")), "LoginName(138****5678)");
    }

    proptest! {
        #[test]
        fn a_username_finds_itself_in_any_case(text in "[a-zA-Z一-龥][a-zA-Z0-9一-龥_.-]{2,31}") {
            let username = Username::parse(&text).unwrap();
            prop_assert_eq!(LoginName::parse(&text.to_ascii_uppercase()), LoginName::Username(username.key().to_owned()));
            prop_assert_eq!(LoginName::parse(&text.to_ascii_lowercase()), LoginName::Username(username.key().to_owned()));
            prop_assert!(Phone::parse(&text).is_err());
        }

        #[test]
        fn what_can_not_be_a_username_finds_nobody(text in any::<String>()) {
            if let (Err(_), LoginName::Username(key)) = (Username::parse(text.trim()), LoginName::parse(&text)) {
                prop_assert!(Username::parse(&key).is_err());
                prop_assert!(key.chars().count() <= 65 && !key.chars().any(char::is_control));
            }
        }

        #[test]
        fn a_name_that_was_read_reads_the_same_again(text in any::<String>()) {
            if let Ok(name) = PersonName::parse(&text) {
                prop_assert_eq!(PersonName::parse(name.as_str()).unwrap(), name);
            }
        }
    }
}
