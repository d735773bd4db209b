//! A PIN, which lives in memory that is overwritten when it is dropped, and nowhere else.

use zeroize::Zeroizing;

/// A PIN as a person entered it. Shown by nothing.
#[derive(Clone)]
pub struct Pin(Zeroizing<Vec<u8>>);

/// What a card application takes for a PIN, so that a slip of the finger costs no try.
#[derive(Debug, Clone, Copy)]
pub struct PinRules {
    /// The fewest characters.
    pub shortest: usize,
    /// The most characters.
    pub longest: usize,
    /// What shorter ones are filled up with for the card.
    pub padding: u8,
}

/// The PIN can't be one. It was not sent to the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the PIN's length or characters are not what the card takes")]
pub struct PinFormat;

impl Pin {
    /// Takes over what was entered. `entered` is overwritten when dropped.
    pub fn new(entered: Zeroizing<Vec<u8>>) -> Self {
        Self(entered)
    }

    /// The PIN filled up to the longest length, as cards compare it.
    ///
    /// # Errors
    /// Where it is too short, too long, or has other than printable ASCII characters.
    pub fn padded(&self, rules: &PinRules) -> Result<Zeroizing<Vec<u8>>, PinFormat> {
        let fits = (rules.shortest..=rules.longest).contains(&self.0.len());
        if !fits || !self.0.iter().all(u8::is_ascii_graphic) {
            return Err(PinFormat);
        }
        let mut padded = Zeroizing::new(Vec::with_capacity(rules.longest));
        padded.extend(self.0.iter());
        padded.resize(rules.longest, rules.padding);
        Ok(padded)
    }

    /// Whether two entries are the same.
    pub fn is(&self, other: &Self) -> bool {
        *self.0 == *other.0
    }
}

impl std::fmt::Debug for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pin(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: PinRules = PinRules { shortest: 6, longest: 8, padding: 0xFF };

    fn pin(text: &str) -> Pin {
        Pin::new(Zeroizing::new(text.as_bytes().to_vec()))
    }

    #[test]
    fn a_pin_is_filled_up() {
        assert_eq!(*pin("123456").padded(&RULES).unwrap(), *b"123456\xFF\xFF");
        assert_eq!(*pin("12345678").padded(&RULES).unwrap(), *b"12345678");
    }

    #[test]
    fn what_can_be_no_pin_is_refused_before_the_card_sees_it() {
        for text in ["", "12345", "123456789", "12345\u{e9}", "12345 6", "１２３４５６"] {
            assert_eq!(pin(text).padded(&RULES), Err(PinFormat), "{text}");
        }
    }

    #[test]
    fn a_pin_is_not_shown() {
        assert_eq!(format!("{:?}", pin("123456")), "Pin(***)");
    }
}
