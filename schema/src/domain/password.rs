//! Passwords: what a new one must be (NIST SP 800-63B-4 §3.1.1), and how one is brought to the form that is hashed.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::catalogue::{
    Invalid, PASSWORD_CONTROL_CHARACTERS, PASSWORD_SAME_AS_USERNAME, PASSWORD_TOO_COMMON, PASSWORD_TOO_LONG,
    PASSWORD_TOO_SHORT,
};

/// Real common passwords of 8 characters and more: one a line, lower case, sorted by bytes. Source and licence:
/// `schema/data/README.md`.
const COMMON: &str = include_str!("../../data/common-passwords.txt");

/// A password that somebody typed to prove who they are, ready to be compared: in the form in which [`NewPassword`] was hashed.
#[derive(Clone)]
pub struct GivenPassword(Zeroizing<String>);

impl GivenPassword {
    /// The most bytes that are looked at: no password has more than 64 characters of four bytes.
    const LONGEST: usize = 4 * NewPassword::LONGEST + 1;

    /// Takes whatever was typed and never refuses: text too long to be a password is cut, and still isn't anyone's.
    pub fn new(text: &str) -> Self {
        let mut end = text.len().min(Self::LONGEST);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        Self(normalised(text.get(..end).unwrap_or_default()))
    }

    /// What goes into the hash function. A secret: not for a log.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

super::debug_masked!(GivenPassword, |_| "***".to_owned());

/// A password that may be set: 8 to 64 characters, not the username, not among the common ones.
///
/// Characters are Unicode scalar values, counted both as typed and after NFKC (NIST SP 800-63B-4 §3.1.1.2; UAX #15). What is
/// hashed is the latter: the same password typed with a full-width input method, or on a system that composes accents
/// otherwise, is the same. No composition rules.
#[derive(Clone)]
pub struct NewPassword(Zeroizing<String>);

impl NewPassword {
    /// The fewest characters.
    pub const SHORTEST: usize = 8;
    /// The most characters.
    pub const LONGEST: usize = 64;

    /// Checks a password for the account that `username` is of.
    pub fn parse(text: &str, username: &str) -> Result<Self, Invalid> {
        if text.len() > GivenPassword::LONGEST {
            return Err(Invalid(&PASSWORD_TOO_LONG));
        }
        let password = normalised(text);
        if password.chars().any(char::is_control) {
            return Err(Invalid(&PASSWORD_CONTROL_CHARACTERS));
        }
        for length in [text.chars().count(), password.chars().count()] {
            match length {
                0..Self::SHORTEST => return Err(Invalid(&PASSWORD_TOO_SHORT)),
                Self::SHORTEST..=Self::LONGEST => {}
                _ => return Err(Invalid(&PASSWORD_TOO_LONG)),
            }
        }
        let folded = Zeroizing::new(password.to_lowercase());
        if *folded == *normalised(&username.to_lowercase()) {
            return Err(Invalid(&PASSWORD_SAME_AS_USERNAME));
        }
        if is_common(&folded) {
            return Err(Invalid(&PASSWORD_TOO_COMMON));
        }
        Ok(Self(password))
    }

    /// What goes into the hash function. A secret: not for a log.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// As a password that was typed, to compare it with the hash of the current one.
    pub fn as_given(&self) -> GivenPassword {
        GivenPassword(self.0.clone())
    }
}

super::debug_masked!(NewPassword, |_| "***".to_owned());

/// NFKC, in memory that is overwritten afterwards.
fn normalised(text: &str) -> Zeroizing<String> {
    if text.is_ascii() {
        return Zeroizing::new(text.to_owned());
    }
    // One scalar becomes at most 18 (UAX #15); room for all keeps the string from moving and leaving copies behind.
    let mut normal = Zeroizing::new(String::with_capacity(text.len().saturating_mul(18)));
    normal.extend(text.nfkc());
    normal
}

/// Whether a folded password is one of [`COMMON`]: a binary search over the text itself, with no table beside it.
fn is_common(folded: &str) -> bool {
    let list = COMMON.as_bytes();
    let wanted = folded.as_bytes();
    let (mut low, mut high) = (0, list.len());
    // Both ends stay at the beginning of a line or at the end of the list.
    while low < high {
        let middle = low + (high - low) / 2;
        let before = list.get(low..middle).unwrap_or_default();
        let start = before.iter().rposition(|b| *b == b'\n').map_or(low, |at| low + at + 1);
        let line = list.get(start..high).unwrap_or_default();
        let line = line.split(|b| *b == b'\n').next().unwrap_or_default();
        match line.cmp(wanted) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = start + line.len() + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refusal(text: &str, username: &str) -> &'static str {
        NewPassword::parse(text, username).unwrap_err().code()
    }

    #[test]
    fn a_password_has_8_to_64_characters() {
        assert_eq!(refusal("", "zhang"), "password.too_short");
        assert_eq!(refusal("k3#vq9z", "zhang"), "password.too_short");
        assert_eq!(refusal("一二三四五六七", "zhang"), "password.too_short");
        assert!(NewPassword::parse("k3#vq9zp", "zhang").is_ok());
        assert!(NewPassword::parse("春眠不觉晓处处", "zhang").is_err());
        assert!(NewPassword::parse("春眠不觉晓处处闻", "zhang").is_ok());
        assert!(NewPassword::parse(&"密".repeat(64), "zhang").is_ok());
        assert_eq!(refusal(&"密".repeat(65), "zhang"), "password.too_long");
        assert_eq!(refusal("e\u{301}e\u{301}e\u{301}e\u{301}", "zhang"), "password.too_short");
        assert_eq!(refusal("\u{FDFA}", "zhang"), "password.too_short");
        assert_eq!(refusal(&"\u{FDFA}".repeat(8), "zhang"), "password.too_long");
        assert_eq!(refusal(&"x".repeat(10_000_000), "zhang"), "password.too_long");
    }

    #[test]
    fn spaces_are_characters_and_controls_are_refused() {
        assert_eq!(NewPassword::parse("  k3 vq9z  ", "zhang").unwrap().as_bytes(), b"  k3 vq9z  ");
        for text in ["k3vq9zpp\n", "k3vq\09zpp", "\u{7f}k3vq9zpp", "k3vq9zpp\u{85}"] {
            assert_eq!(refusal(text, "zhang"), "password.control_characters");
        }
    }

    #[test]
    fn the_username_is_no_password_in_any_case_or_width() {
        for text in ["Zhang.San", "zhang.san", "ＺＨＡＮＧ．ＳＡＮ"] {
            assert_eq!(refusal(text, "Zhang.San"), "password.same_as_username");
        }
        assert!(NewPassword::parse("zhang.san1", "Zhang.San").is_ok());
    }

    #[test]
    fn common_passwords_are_refused_in_any_case_and_width() {
        for text in [
            "password",
            "PassWord",
            "12345678",
            "１２３４５６７８",
            "1qaz2wsx",
            "woaini1314",
            "qwertyuiop",
            "88888888",
            "5201314520",
        ] {
            assert_eq!(refusal(text, "zhang"), "password.too_common", "{text}");
        }
    }

    #[test]
    fn the_list_is_sorted_and_every_line_of_it_is_found() {
        let lines: Vec<&str> = COMMON.lines().collect();
        assert!(lines.len() > 3000);
        assert!(lines.windows(2).all(|pair| pair[0] < pair[1]));
        for line in lines {
            assert!(line.chars().count() >= NewPassword::SHORTEST && line.to_lowercase() == line, "{line}");
            assert_eq!(*normalised(line), line);
            assert!(is_common(line), "{line}");
            assert!(!is_common(&format!("{line}\n")));
        }
        for text in ["", "\n", "k3#vq9zp", "!", "~~~~~~~~~~", "\u{10FFFF}"] {
            assert!(!is_common(text), "{text}");
        }
    }

    #[test]
    fn a_password_is_the_same_however_it_was_typed() {
        let new = NewPassword::parse("Ｃａｆｅ\u{301}之夜１２", "zhang").unwrap();
        assert_eq!(new.as_bytes(), GivenPassword::new("Café之夜12").as_bytes());
        assert_eq!(new.as_given().as_bytes(), new.as_bytes());
    }

    #[test]
    fn debug_hides_it() {
        assert_eq!(format!("{:?}", NewPassword::parse("k3#vq9zp", "zhang").unwrap()), "NewPassword(***)");
        assert_eq!(format!("{:?}", GivenPassword::new("k3#vq9zp")), "GivenPassword(***)");
    }

    proptest! {
        #[test]
        fn what_was_set_is_what_is_compared(text in any::<String>()) {
            if let Ok(new) = NewPassword::parse(&text, "zhang") {
                let given = GivenPassword::new(&text);
                prop_assert_eq!(new.as_bytes(), given.as_bytes());
            }
        }

        #[test]
        fn a_password_outside_the_list_is_not_found(text in "[a-z0-9\n]{0,12}") {
            // A search over a table, where the parser's is over the text.
            thread_local!(static LINES: Vec<&'static str> = COMMON.lines().collect());
            let listed = LINES.with(|lines| lines.binary_search(&text.as_str()).is_ok());
            prop_assert_eq!(is_common(&text), listed);
        }
    }
}
