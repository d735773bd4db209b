//! PIN and PUK: VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER (SP 800-73-4 part 2, 3.2.1 to 3.2.3).

use iso7816::Status;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{Card, Outcome};

/// Bytes of a PIN or PUK on the wire, padding included (part 2, 2.4.3).
const LENGTH: usize = 8;
const PADDING: u8 = 0xFF;

/// P2 for the PIV card application PIN.
const PIN: u8 = 0x80;
/// P2 for the PIN unblocking key.
const PUK: u8 = 0x81;

/// Tries of a new PIN or PUK.
const TRIES: u8 = 3;

/// A PIN (6 to 8 digits) or a PUK (8 bytes) as the card compares it: padded to eight bytes. Its debug output shows nothing.
#[derive(Clone)]
pub struct Secret(Zeroizing<[u8; LENGTH]>);

/// A PIN that is not 6 to 8 digits, or a PUK that is not 8 bytes.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a PIN has 6 to 8 digits, a PUK 8 bytes")]
pub struct InvalidReferenceData;

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A PIN of 6 to 8 digits.
    pub fn pin(digits: &str) -> Result<Self, InvalidReferenceData> {
        let mut padded = Zeroizing::new([PADDING; LENGTH]);
        let place = padded.get_mut(..digits.len()).ok_or(InvalidReferenceData)?;
        place.copy_from_slice(digits.as_bytes());
        Self::padded_pin(padded.as_slice())
    }

    /// A PUK of 8 bytes.
    pub fn puk(bytes: &[u8]) -> Result<Self, InvalidReferenceData> {
        <[u8; LENGTH]>::try_from(bytes).map(|bytes| Self(Zeroizing::new(bytes))).map_err(|_| InvalidReferenceData)
    }

    /// A PIN as it comes over the wire: 6 to 8 digits, then `FF` up to eight bytes.
    fn padded_pin(padded: &[u8]) -> Result<Self, InvalidReferenceData> {
        const MINIMUM: usize = 6;
        let digits = padded.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let is_padding = padded.iter().skip(digits).all(|byte| *byte == PADDING);
        if digits < MINIMUM || !is_padding {
            return Err(InvalidReferenceData);
        }
        Self::puk(padded)
    }

    /// The eight bytes on the wire.
    pub fn padded(&self) -> &[u8; LENGTH] {
        &self.0
    }

    fn is(&self, given: &Self) -> bool {
        self.0.as_slice().ct_eq(given.0.as_slice()).into()
    }
}

/// A PIN or PUK with its counter.
#[derive(Debug, Clone)]
pub struct ReferenceData {
    /// What is compared.
    pub secret: Secret,
    /// Tries left; at zero it is blocked.
    pub tries: u8,
    /// Tries after a success.
    pub maximum: u8,
}

impl ReferenceData {
    /// With three tries.
    pub fn new(secret: Secret) -> Self {
        Self { secret, tries: TRIES, maximum: TRIES }
    }

    /// Counts the try before it compares, so that pulling the card at the right moment wins no try.
    fn check(&mut self, given: &Secret) -> Result<(), Status> {
        self.tries = self.tries.checked_sub(1).ok_or(Status::OperationBlocked)?;
        if !self.secret.is(given) {
            return Err(Status::RemainingRetries(self.tries));
        }
        self.tries = self.maximum;
        Ok(())
    }

    fn replace(&mut self, secret: Secret) {
        self.secret = secret;
        self.tries = self.maximum;
    }
}

impl Card {
    /// Without data: tells the tries that are left, or `9000` if nothing need be verified. With P1 `FF`: takes the verification back.
    pub(super) fn verify(&mut self, p1: u8, p2: u8, data: &[u8]) -> Outcome {
        if p2 != PIN {
            return Err(Status::KeyReferenceNotFound);
        }
        match (p1, data) {
            (0x00, []) if self.session.pin_verified => Ok(Vec::new()),
            (0x00, []) => Err(match self.memory.pin.tries {
                0 => Status::OperationBlocked,
                tries => Status::RemainingRetries(tries),
            }),
            (0x00, given) => {
                let given = Secret::padded_pin(given).map_err(|_| Status::IncorrectDataParameter)?;
                self.check_pin(&given)?;
                self.session.pin_just_verified = true;
                Ok(Vec::new())
            }
            (0xFF, []) => {
                self.session.pin_verified = false;
                Ok(Vec::new())
            }
            (0xFF, _) => Err(Status::IncorrectDataParameter),
            _ => Err(Status::IncorrectP1OrP2Parameter),
        }
    }

    /// Old and new, eight bytes each, of the PIN or of the PUK.
    pub(super) fn change_reference_data(&mut self, p1: u8, p2: u8, data: &[u8]) -> Outcome {
        if p1 != 0 {
            return Err(Status::IncorrectP1OrP2Parameter);
        }
        let (old, new) = halves(data)?;
        let refused = |_: InvalidReferenceData| Status::IncorrectDataParameter;
        match p2 {
            PIN => {
                let (old, new) = (Secret::padded_pin(old).map_err(refused)?, Secret::padded_pin(new).map_err(refused)?);
                self.check_pin(&old)?;
                self.memory.pin.replace(new);
            }
            PUK => {
                let (old, new) = (Secret::puk(old).map_err(refused)?, Secret::puk(new).map_err(refused)?);
                self.check_puk(&old)?;
                self.memory.puk.replace(new);
            }
            _ => return Err(Status::KeyReferenceNotFound),
        }
        Ok(Vec::new())
    }

    /// PUK and new PIN, eight bytes each. It doesn't count as having verified the PIN.
    pub(super) fn reset_retry_counter(&mut self, p1: u8, p2: u8, data: &[u8]) -> Outcome {
        if p1 != 0 {
            return Err(Status::IncorrectP1OrP2Parameter);
        }
        if p2 != PIN {
            return Err(Status::KeyReferenceNotFound);
        }
        let (puk, new) = halves(data)?;
        let puk = Secret::puk(puk).map_err(|_| Status::IncorrectDataParameter)?;
        let new = Secret::padded_pin(new).map_err(|_| Status::IncorrectDataParameter)?;
        self.check_puk(&puk)?;
        self.memory.pin.replace(new);
        Ok(Vec::new())
    }

    fn check_pin(&mut self, given: &Secret) -> Result<(), Status> {
        self.memory_changed();
        let result = self.memory.pin.check(given);
        self.session.pin_verified = result.is_ok();
        result
    }

    fn check_puk(&mut self, given: &Secret) -> Result<(), Status> {
        self.memory_changed();
        self.memory.puk.check(given)
    }
}

fn halves(data: &[u8]) -> Result<(&[u8], &[u8]), Status> {
    if data.len() != 2 * LENGTH {
        return Err(Status::IncorrectDataParameter);
    }
    data.split_at_checked(LENGTH).ok_or(Status::IncorrectDataParameter)
}
