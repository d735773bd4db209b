//! How a person is reached, besides the mobile phone.

use email_address::{EmailAddress, Options};

use super::debug_masked;
use super::text::{has_control_characters, has_length};
use crate::catalogue::{
    ADDRESS_LENGTH, EMAIL_FORMAT, Invalid, POSTCODE_FORMAT, TELEPHONE_FORMAT, TEXT_CONTROL_CHARACTERS,
};

/// An e-mail address (RFC 5321 §4.1.2): ASCII, a dot-separated name, a domain of two labels or more, at most 254 characters.
///
/// Quoted names, comments and address literals are refused: mail systems that people use have none. Kept as written, since
/// the part before the `@` may tell upper from lower case (§2.4).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// The most characters (RFC 5321 §4.5.3.1.3, less the angle brackets).
    pub const LONGEST: usize = 254;

    /// Reads an address.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
        let refused = Invalid(&EMAIL_FORMAT);
        if text.len() > Self::LONGEST || !text.is_ascii() || text.contains('"') {
            return Err(refused);
        }
        match EmailAddress::parse_with_options(text, options) {
            Ok(address) if is_host_name(address.domain()) => Ok(Self(text.to_owned())),
            _ => Err(refused),
        }
    }

    /// The address. Personal data: not for a log.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For lists and logs: `z***@example.com`.
    pub fn masked(&self) -> String {
        match (self.0.chars().next(), self.0.rsplit_once('@')) {
            (Some(first), Some((_, domain))) => format!("{first}***@{domain}"),
            _ => "***".to_owned(),
        }
    }
}

debug_masked!(Email, Email::masked);

/// What the crate leaves open of a domain: letters, digits and hyphens alone (RFC 1123 §2.1), and a last label of two
/// characters or more that starts with a letter, so that it is no IP address (RFC 3696 §2).
fn is_host_name(domain: &str) -> bool {
    let letters_digits_hyphens = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    domain.bytes().all(letters_digits_hyphens)
        && domain
            .rsplit('.')
            .next()
            .is_some_and(|last| last.len() > 1 && last.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// A postcode 邮政编码: six digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Postcode(String);

impl Postcode {
    /// Reads six ASCII digits.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid(&POSTCODE_FORMAT))
        }
    }

    /// The six digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A telephone number 联系电话, landline or mobile, as people write it: `029-8888 6666 转 801`, `(+86 29) 88886666 ext. 801`.
/// Kept as written.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Telephone(String);

impl Telephone {
    /// The most characters.
    pub const LONGEST: usize = 40;

    /// Reads 5 to 15 digits (E.164 allows 15) with one leading `+`, spaces, hyphens and parentheses between them, and an
    /// extension of 1 to 6 digits after `转`, `ext`, `ext.` or `x`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let refused = Err(Invalid(&TELEPHONE_FORMAT));
        if !has_length(text, 1..=Self::LONGEST) {
            return refused;
        }
        let lower = text.to_ascii_lowercase();
        let (number, extension) = ["转", "ext.", "ext", "x"]
            .iter()
            .find_map(|mark| lower.split_once(mark))
            .map_or((lower.as_str(), None), |(number, extension)| (number, Some(extension)));
        if let Some(extension) = extension {
            let digits = extension.strip_prefix(' ').unwrap_or(extension);
            if !(1..=6).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return refused;
            }
        }
        let digits = number.bytes().filter(u8::is_ascii_digit).count();
        let plus_leads = number.trim_start_matches([' ', '(']).trim_start_matches('+').bytes().all(|b| b != b'+');
        let signs_known = number.bytes().all(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b' ' | b'(' | b')'));
        if (5..=15).contains(&digits) && signs_known && plus_leads && number.matches('+').count() <= 1 {
            Ok(Self(text.to_owned()))
        } else {
            refused
        }
    }

    /// The number, as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

debug_masked!(Telephone, |_| "***".to_owned());

/// A postal address 地址: 1 to 200 characters on one line. Spaces around it are dropped.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Address(String);

impl Address {
    /// The most characters.
    pub const LONGEST: usize = 200;

    /// Reads an address.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let trimmed = text.trim();
        if !has_length(text, 1..=Self::LONGEST) || trimmed.is_empty() {
            return Err(Invalid(&ADDRESS_LENGTH));
        }
        if has_control_characters(trimmed) {
            return Err(Invalid(&TEXT_CONTROL_CHARACTERS));
        }
        Ok(Self(trimmed.to_owned()))
    }

    /// The address. Personal data: not for a log.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

debug_masked!(Address, |_| "***".to_owned());

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn usual_addresses_are_accepted_as_written() {
        for text in [
            "a@b.cn",
            "Zhang.San@example.com",
            "zhang+port@mail.example.com.cn",
            "10086@qq.com",
            "o'neil_x@ex-ample.org",
        ] {
            assert_eq!(Email::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn odd_addresses_are_refused() {
        let long = format!("{}@{}.com", "a".repeat(64), "b".repeat(190));
        for text in [
            "",
            "@",
            "a",
            "a@",
            "@b.cn",
            "a@b",
            "a@b@c.cn",
            "a b@c.cn",
            " a@b.cn",
            "a@b.cn ",
            "a@b.cn\n",
            ".a@b.cn",
            "a.@b.cn",
            "a..b@c.cn",
            "a@-b.cn",
            "a@b-.cn",
            "a@.cn",
            "a@b..cn",
            "a@b.cn.",
            "\"a b\"@c.cn",
            "a@[127.0.0.1]",
            "Zhang <a@b.cn>",
            "用户@例子.公司",
            "a@b.cn\r\nBcc: c@d.cn",
            "ａ@b.cn",
            "a@b_c.cn",
            "a@127.0.0.1",
            "a@b.c",
            "a@b.1cn",
            long.as_str(),
        ] {
            assert_eq!(Email::parse(text), Err(Invalid(&EMAIL_FORMAT)), "{text:?}");
        }
    }

    #[test]
    fn a_postcode_is_six_digits() {
        assert_eq!(Postcode::parse("710000").unwrap().as_str(), "710000");
        for text in ["", "71000", "7100000", "71000a", "７10000", "71000 ", "邮编"] {
            assert_eq!(Postcode::parse(text), Err(Invalid(&POSTCODE_FORMAT)), "{text}");
        }
    }

    #[test]
    fn telephones_are_taken_as_people_write_them() {
        for text in [
            "95198",
            "029-88886666",
            "(029) 8888 6666",
            "+86 29 88886666",
            "(+86 29) 88886666",
            "13812345678",
            "0571-8888 6666 转 801",
            "88886666转801",
            "88886666 ext 801",
            "88886666 EXT. 801",
            "88886666x1",
        ] {
            assert_eq!(Telephone::parse(text).unwrap().as_str(), text);
        }
        for text in [
            "",
            "1234",
            "1234567890123456",
            "029+88886666",
            "++8629888866",
            "029-8888666a",
            "８８８８６６６６",
            "88886666 转",
            "88886666转1234567",
            "88886666转8a",
            "88886666\n",
            "88886666转1转2",
            "029/88886666",
            "-----",
            "转801",
        ] {
            assert_eq!(Telephone::parse(text), Err(Invalid(&TELEPHONE_FORMAT)), "{text}");
        }
    }

    #[test]
    fn an_address_has_1_to_200_characters_on_one_line() {
        assert_eq!(Address::parse(" 陕西省西安市 <b>1</b> 号 ").unwrap().as_str(), "陕西省西安市 <b>1</b> 号");
        assert!(Address::parse(&"路".repeat(200)).is_ok());
        for text in ["", "  ", &"路".repeat(201)] {
            assert_eq!(Address::parse(text), Err(Invalid(&ADDRESS_LENGTH)), "{text}");
        }
        for text in ["a\nb", "a\u{0}b", "a\u{2067}b", "西安\u{200B}市", "西安\u{3164}", "1\u{FE0F}号"] {
            assert_eq!(Address::parse(text), Err(Invalid(&TEXT_CONTROL_CHARACTERS)), "{text:?}");
        }
    }

    #[test]
    fn debug_hides_what_is_personal() {
        assert_eq!(format!("{:?}", Email::parse("zhang@example.com").unwrap()), "Email(z***@example.com)");
        assert_eq!(format!("{:?}", Telephone::parse("88886666").unwrap()), "Telephone(***)");
        assert_eq!(format!("{:?}", Address::parse("西安").unwrap()), "Address(***)");
    }

    proptest! {
        #[test]
        fn no_text_makes_them_panic(text in any::<String>()) {
            let _ = (Email::parse(&text), Postcode::parse(&text), Telephone::parse(&text), Address::parse(&text));
        }
    }
}
