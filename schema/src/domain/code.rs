//! Codes sent to a phone.

use crate::catalogue::{Invalid, PURPOSE_UNKNOWN, SMS_CODE_FORMAT};

/// What a code is for. A code for one purpose is no good for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SmsPurpose {
    /// J1.
    Register,
    /// J2.
    Login,
    /// J3.
    ResetPassword,
    /// J4.
    ChangePhone,
}

impl SmsPurpose {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Register, Self::Login, Self::ResetPassword, Self::ChangePhone];

    /// As on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Login => "login",
            Self::ResetPassword => "reset_password",
            Self::ChangePhone => "change_phone",
        }
    }

    /// Reads what [`SmsPurpose::as_str`] writes.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::ALL.iter().copied().find(|purpose| purpose.as_str() == text).ok_or(Invalid(&PURPOSE_UNKNOWN))
    }
}

/// A code as a person typed it: six digits. Whether it is the right one is for the database to say.
#[derive(Clone, PartialEq, Eq)]
pub struct SmsCode(zeroize::Zeroizing<String>);

impl SmsCode {
    /// Reads six ASCII digits.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text.to_owned().into()))
        } else {
            Err(Invalid(&SMS_CODE_FORMAT))
        }
    }

    /// The six digits. A secret: not for a log.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

super::debug_masked!(SmsCode, |_| "***".to_owned());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_six_ascii_digits() {
        assert_eq!(SmsCode::parse("012345").unwrap().as_str(), "012345");
        for text in ["", "12345", "1234567", "12345a", "１23456", "12 456", "１２"] {
            assert_eq!(SmsCode::parse(text), Err(Invalid(&SMS_CODE_FORMAT)), "{text}");
        }
    }

    #[test]
    fn debug_hides_it() {
        assert_eq!(format!("{:?}", SmsCode::parse("012345").unwrap()), "SmsCode(***)");
    }

    #[test]
    fn purposes_read_what_they_write() {
        for purpose in SmsPurpose::ALL {
            assert_eq!(SmsPurpose::parse(purpose.as_str()), Ok(*purpose));
        }
        assert_eq!(SmsPurpose::parse("Login"), Err(Invalid(&PURPOSE_UNKNOWN)));
    }
}
