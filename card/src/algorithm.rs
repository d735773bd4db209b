//! What a card may sign a challenge with.

/// A signature algorithm, as `algorithm` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// SM2 with SM3 (GB/T 32918.2, GB/T 32905), user id [`Algorithm::SM2_USER_ID`].
    Sm2,
    /// ECDSA on P-256 with SHA-256 (FIPS 186-5).
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2), a key of 2048 bits or more.
    Rs256,
}

/// Not an algorithm that a challenge may be signed with. SHA-1 is among them, under whatever name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a card signs with SM2, ES256 or RS256; SHA-1 and all others are refused")]
pub struct AlgorithmRefused;

impl Algorithm {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Sm2, Self::Es256, Self::Rs256];

    /// The signer's id in SM2's hash of its key, Z (GB/T 35276 §10 fixes it for certificates).
    pub const SM2_USER_ID: &str = "1234567812345678";

    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sm2 => "SM2",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }

    /// Reads what [`Algorithm::as_str`] writes, and nothing else.
    pub fn parse(text: &str) -> Result<Self, AlgorithmRefused> {
        Self::ALL.iter().copied().find(|algorithm| algorithm.as_str() == text).ok_or(AlgorithmRefused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn algorithms_read_what_they_write() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::parse(algorithm.as_str()), Ok(*algorithm));
        }
    }

    #[test]
    fn sha_1_and_others_are_refused() {
        for text in ["", "RS1", "SHA1withRSA", "sha1WithRSAEncryption", "ES384", "sm2", "SM2 ", "none", "RSA"] {
            assert_eq!(Algorithm::parse(text), Err(AlgorithmRefused), "{text}");
        }
    }
}
