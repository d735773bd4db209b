//! The text that a card signs.

use std::fmt;

use crate::number::{CardNumber, CardNumberError};

/// Why something can't stand in a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChallengeError {
    /// The origin isn't one, or isn't safe.
    #[error("an origin is https://host[:port], or http:// with localhost, 127.0.0.1 or [::1]")]
    Origin,
    /// The purpose is unknown.
    #[error("a purpose is login, bind, seal or admin_transfer")]
    Purpose,
    /// An argument is missing, or there is one where none belongs.
    #[error("bind takes a card number and seal a digest; login and admin_transfer take nothing")]
    Argument,
    /// The card number is none.
    #[error(transparent)]
    CardNumber(#[from] CardNumberError),
    /// The digest is none.
    #[error("a digest is 32 bytes: 64 hexadecimal digits")]
    Digest,
    /// The nonce is none.
    #[error("a nonce is 32 bytes in base64url: 43 characters")]
    Nonce,
}

/// A web origin as a browser writes it in `Origin` (RFC 6454 §6.2): scheme, host, and the port where it isn't the scheme's own.
///
/// Only a page that came safely can ask a card for something: `https`, or `http` on this very machine. `null` is no origin.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin(String);

impl Origin {
    /// The most bytes: a DNS name, a scheme and a port.
    pub const LONGEST: usize = 270;

    /// Checks an origin. It is compared byte by byte, so no other spelling of it is taken: lower case, ASCII, no path.
    pub fn parse(text: &str) -> Result<Self, ChallengeError> {
        let error = ChallengeError::Origin;
        if text.len() > Self::LONGEST {
            return Err(error);
        }
        let (scheme, authority) = text.split_once("://").ok_or(error)?;
        let (host, port) = match authority.rsplit_once(':') {
            // The last colon of a bare IPv6 address stands inside its brackets.
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let plain = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-');
        let is_name = !host.is_empty() && host.bytes().all(plain);
        let is_ipv6 = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .is_some_and(|host| host.parse::<std::net::Ipv6Addr>().is_ok_and(|address| address.to_string() == host));
        let port_is_one = port.is_none_or(|port| {
            !port.starts_with('0') && port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok()
        });
        let port_is_own = matches!((scheme, port), ("https", Some("443")) | ("http", Some("80")));
        let safe = match scheme {
            "https" => true,
            "http" => matches!(host, "localhost" | "127.0.0.1" | "[::1]"),
            _ => false,
        };
        if safe && (is_name || is_ipv6) && port_is_one && !port_is_own { Ok(Self(text.to_owned())) } else { Err(error) }
    }

    /// As the browser writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// 32 random bytes in base64url without padding: 43 characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Nonce(String);

impl Nonce {
    /// Checks a nonce's form.
    pub fn parse(text: &str) -> Result<Self, ChallengeError> {
        let digit = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        // 43 characters hold 258 bits: the last two are zero, so that one value has one spelling.
        let last = text.bytes().next_back().is_some_and(|b| b"AEIMQUYcgkosw048".contains(&b));
        if text.len() == 43 && text.bytes().all(digit) && last {
            Ok(Self(text.to_owned()))
        } else {
            Err(ChallengeError::Nonce)
        }
    }

    /// The 43 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce(***)")
    }
}

/// The digest of what a seal request asks for: 32 bytes, in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SealDigest(String);

impl SealDigest {
    /// Reads 64 hexadecimal digits of either case.
    pub fn parse(text: &str) -> Result<Self, ChallengeError> {
        if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(ChallengeError::Digest)
        }
    }

    /// 64 lower-case digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a signature is for. One for one purpose is no good for another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Logging in.
    Login,
    /// Tying this card to one's account.
    Bind(CardNumber),
    /// Making or changing a seal.
    Seal(SealDigest),
    /// Handing the enterprise over to another administrator.
    AdminTransfer,
}

impl Purpose {
    /// From its name and its argument as they stand on the wire.
    pub fn parse(name: &str, argument: Option<&str>) -> Result<Self, ChallengeError> {
        match (name, argument) {
            ("login", None) => Ok(Self::Login),
            ("bind", Some(number)) => Ok(Self::Bind(CardNumber::parse(number)?)),
            ("seal", Some(digest)) => Ok(Self::Seal(SealDigest::parse(digest)?)),
            ("admin_transfer", None) => Ok(Self::AdminTransfer),
            ("login" | "bind" | "seal" | "admin_transfer", _) => Err(ChallengeError::Argument),
            _ => Err(ChallengeError::Purpose),
        }
    }

    /// Its name: `login`, `bind`, `seal` or `admin_transfer`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Bind(_) => "bind",
            Self::Seal(_) => "seal",
            Self::AdminTransfer => "admin_transfer",
        }
    }

    /// Its argument, where it has one.
    pub fn argument(&self) -> Option<&str> {
        match self {
            Self::Bind(number) => Some(number.as_str()),
            Self::Seal(digest) => Some(digest.as_str()),
            Self::Login | Self::AdminTransfer => None,
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        self.argument().map_or(Ok(()), |argument| write!(f, " {argument}"))
    }
}

/// What the first line of every challenge begins with: text that begins so is signed for its own origin only.
pub const CHALLENGE_PREFIX: &str = "eport-id/card/";

/// The bytes that a card signs: UTF-8, `\n` between the four lines, none at the end. No part can hold a line break, so no other
/// origin, purpose and nonce give the same text.
pub fn challenge_text(origin: &Origin, purpose: &Purpose, nonce: &Nonce) -> String {
    format!("{CHALLENGE_PREFIX}v1\norigin: {origin}\npurpose: {purpose}\nnonce: {}", nonce.as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NONCE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    #[test]
    fn the_text_is_that_of_the_contract() {
        let text = |purpose: &str, argument| {
            challenge_text(
                &Origin::parse("https://id.example.cn").unwrap(),
                &Purpose::parse(purpose, argument).unwrap(),
                &Nonce::parse(NONCE).unwrap(),
            )
        };
        assert_eq!(
            text("login", None),
            "eport-id/card/v1\norigin: https://id.example.cn\npurpose: login\nnonce: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
        );
        assert!(text("bind", Some("03-8930000104271")).contains("\npurpose: bind 8930000104271\n"));
        let digest = "AB".repeat(32);
        assert!(text("seal", Some(&digest)).contains(&format!("\npurpose: seal {}\n", digest.to_lowercase())));
        assert!(text("admin_transfer", None).contains("\npurpose: admin_transfer\n"));
    }

    #[test]
    fn safe_origins_are_taken() {
        for text in [
            "https://id.example.cn",
            "https://id.example.cn:8443",
            "https://192.0.2.1",
            "https://[2001:db8::1]:8443",
            "https://[2001:db8::1]",
            "http://localhost:3000",
            "http://127.0.0.1:3000",
            "http://[::1]:3000",
            "http://localhost",
            "https://xn--fiqs8s.cn",
        ] {
            assert_eq!(Origin::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn other_origins_are_refused() {
        for text in [
            "",
            "null",
            "https://",
            "https://:443",
            "http://id.example.cn",
            "http://localhost.example.cn",
            "http://localhost@example.cn",
            "https://user@example.cn",
            "https://id.example.cn/",
            "https://id.example.cn/path",
            "https://ID.example.cn",
            "https://中国.cn",
            "https://id.example.cn:443",
            "http://localhost:80",
            "https://id.example.cn:0443",
            "https://id.example.cn:99999",
            "https://id.example.cn:",
            "https://id.example.cn:+8",
            "https://id.example.cn\norigin: https://evil.example",
            "https://[::1",
            "https://[0:0:0:0:0:0:0:1]",
            "file://localhost",
            "chrome-extension://abc",
            " https://id.example.cn",
            &format!("https://{}.cn", "a".repeat(300)),
        ] {
            assert_eq!(Origin::parse(text), Err(ChallengeError::Origin), "{text}");
        }
    }

    #[test]
    fn purposes_take_their_own_argument() {
        for (name, argument) in
            [("login", Some("x")), ("bind", None), ("seal", None), ("admin_transfer", Some("")), ("login", Some(""))]
        {
            assert_eq!(Purpose::parse(name, argument), Err(ChallengeError::Argument), "{name}");
        }
        assert_eq!(Purpose::parse("sign", None), Err(ChallengeError::Purpose));
        assert!(matches!(Purpose::parse("bind", Some("1\n23456")), Err(ChallengeError::CardNumber(_))));
        assert_eq!(Purpose::parse("seal", Some("ab")), Err(ChallengeError::Digest));
    }

    #[test]
    fn nonces_have_one_spelling() {
        assert!(Nonce::parse(NONCE).is_ok());
        let (start, last) = NONCE.split_at(42);
        for text in ["", start, &format!("{NONCE}="), &format!("{start}9"), &format!("+{}{last}", "A".repeat(41))] {
            assert_eq!(Nonce::parse(text), Err(ChallengeError::Nonce), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_text_always_has_four_lines(origin in any::<String>(), name in any::<String>(), argument in any::<Option<String>>()) {
            let nonce = Nonce::parse(NONCE).unwrap();
            if let (Ok(origin), Ok(purpose)) = (Origin::parse(&origin), Purpose::parse(&name, argument.as_deref())) {
                prop_assert_eq!(challenge_text(&origin, &purpose, &nonce).lines().count(), 4);
            }
        }

        #[test]
        fn origins_made_of_their_characters_never_panic(text in "(https?://)?[a-z0-9.:@/\\[\\]-]{0,40}") {
            let _ = Origin::parse(&text);
        }
    }
}
