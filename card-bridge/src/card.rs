//! A session with a card, as types: [`Connected`] → [`Selected`] → [`Verified`]. Only a verified session can sign.

pub mod piv;

use crate::{
    apdu::StatusWord,
    key::CardKey,
    pin::{Pin, PinFormat, PinRules},
    pin_pad::{PadCommand, PinPad},
    transport::{Transport, TransportError},
};

/// Why a card didn't do what was asked of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// The card can't be reached.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// No known application is on the card.
    #[error("the card has no application that this program knows")]
    Unknown,
    /// The card refused the PIN.
    #[error("wrong PIN, {tries_left} tries left")]
    PinWrong {
        /// How many tries are left; never 0, which is [`CardError::PinBlocked`].
        tries_left: u8,
    },
    /// The PIN is blocked.
    #[error("the PIN is blocked")]
    PinBlocked,
    /// The PIN can't be one; it was not sent.
    #[error(transparent)]
    PinFormat(#[from] PinFormat),
    /// The two entries of a new PIN differ; found by the reader.
    #[error("the two new PINs differ")]
    PinMismatch,
    /// The person cancelled at the reader.
    #[error("cancelled at the reader")]
    Cancelled,
    /// Nobody entered a PIN at the reader in time.
    #[error("nobody entered a PIN at the reader")]
    TimedOut,
    /// There is no certificate, or none that can be used.
    #[error("the card has no usable certificate")]
    Certificate,
    /// An answer is not as the standard says.
    #[error("malformed answer: {0}")]
    Malformed(&'static str),
    /// The card refused a command.
    #[error("{command} refused with {status}")]
    Refused {
        /// The command's name.
        command: &'static str,
        /// Why.
        status: StatusWord,
    },
}

/// What is known of the PIN without entering it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinState {
    /// This many tries are left.
    TriesLeft(u8),
    /// None is left.
    Blocked,
    /// The card doesn't say.
    Unknown,
}

/// An application on a card: how it is found, and how it does what every card with a key can do.
///
/// An implementation speaks to the card it is handed and remembers nothing of it.
pub trait CardApplication: Send + Sync {
    /// Its name: `piv`.
    fn name(&self) -> &'static str;

    /// Selects it. `false` where the card has no such application.
    ///
    /// # Errors
    /// Where the card can't be reached or doesn't follow the standard.
    fn select(&self, transport: &mut dyn Transport) -> Result<bool, CardError>;

    /// The certificate of the key that logs in, in DER.
    ///
    /// # Errors
    /// [`CardError::Certificate`] where there is none.
    fn certificate(&self, transport: &mut dyn Transport) -> Result<Vec<u8>, CardError>;

    /// How many tries the PIN has left. Costs none.
    ///
    /// # Errors
    /// Where the card can't be reached.
    fn pin_state(&self, transport: &mut dyn Transport) -> Result<PinState, CardError>;

    /// What the card takes for a PIN.
    fn pin_rules(&self) -> PinRules;

    /// Verifies the PIN, once.
    ///
    /// # Errors
    /// [`CardError::PinWrong`], [`CardError::PinBlocked`], [`CardError::PinFormat`].
    fn verify(&self, transport: &mut dyn Transport, pin: &Pin) -> Result<(), CardError>;

    /// Changes the PIN.
    ///
    /// # Errors
    /// As [`CardApplication::verify`], of the old PIN.
    fn change_pin(&self, transport: &mut dyn Transport, old: &Pin, new: &Pin) -> Result<(), CardError>;

    /// The command into which a reader's pin pad puts the PIN that is entered at it.
    fn pad_command(&self, change: bool) -> PadCommand;

    /// What a status word says that came back through a reader's pin pad.
    ///
    /// # Errors
    /// As [`CardApplication::verify`].
    fn pin_answer(&self, command: &'static str, status: StatusWord) -> Result<(), CardError>;

    /// Signs what [`CardKey::input`] gave, and gives the card's answer as it is.
    ///
    /// # Errors
    /// [`CardError::Refused`] where the card wants a PIN first or doesn't know the algorithm.
    fn sign(&self, transport: &mut dyn Transport, key: &CardKey, input: &[u8]) -> Result<Vec<u8>, CardError>;
}

/// A card of which nothing is known yet.
pub struct Connected<'card> {
    transport: &'card mut dyn Transport,
}

impl<'card> Connected<'card> {
    /// Begins a session.
    pub fn new(transport: &'card mut dyn Transport) -> Self {
        Self { transport }
    }

    /// Selects the first of `applications` that is on the card.
    ///
    /// # Errors
    /// [`CardError::Unknown`] where none is.
    pub fn select(self, applications: &'card [Box<dyn CardApplication>]) -> Result<Selected<'card>, CardError> {
        for application in applications {
            if application.select(self.transport)? {
                return Ok(Selected { transport: self.transport, application: application.as_ref() });
            }
        }
        Err(CardError::Unknown)
    }
}

/// A card with a selected application.
pub struct Selected<'card> {
    transport: &'card mut dyn Transport,
    application: &'card dyn CardApplication,
}

impl<'card> Selected<'card> {
    /// The application's name.
    pub fn application(&self) -> &'static str {
        self.application.name()
    }

    /// The certificate, in DER.
    ///
    /// # Errors
    /// As [`CardApplication::certificate`].
    pub fn certificate(&mut self) -> Result<Vec<u8>, CardError> {
        self.application.certificate(self.transport)
    }

    /// How many tries are left.
    ///
    /// # Errors
    /// As [`CardApplication::pin_state`].
    pub fn pin_state(&mut self) -> Result<PinState, CardError> {
        self.application.pin_state(self.transport)
    }

    /// What the card takes for a PIN.
    pub fn pin_rules(&self) -> PinRules {
        self.application.pin_rules()
    }

    /// The reader's pin pad, where it has one.
    ///
    /// # Errors
    /// Where the reader went away.
    pub fn pin_pad(&mut self) -> Result<Option<PinPad>, CardError> {
        PinPad::of(self.transport)
    }

    /// Verifies the PIN: one try, whatever comes of it.
    ///
    /// # Errors
    /// As [`CardApplication::verify`]. The session is over then: whoever wants another try asks the person again.
    pub fn verify(self, pin: &Pin) -> Result<Verified<'card>, CardError> {
        self.application.verify(self.transport, pin)?;
        Ok(Verified { transport: self.transport, application: self.application })
    }

    /// Has the person enter the PIN at the reader. Waits for as long as the reader does.
    ///
    /// # Errors
    /// As [`Self::verify`], [`CardError::Cancelled`], [`CardError::TimedOut`].
    pub fn verify_on_pad(self, pad: &PinPad) -> Result<Verified<'card>, CardError> {
        let command = self.application.pad_command(false);
        let status = pad.verify(self.transport, &command)?;
        self.application.pin_answer(command.name, status)?;
        Ok(Verified { transport: self.transport, application: self.application })
    }

    /// Changes the PIN.
    ///
    /// # Errors
    /// As [`CardApplication::change_pin`].
    pub fn change_pin(self, old: &Pin, new: &Pin) -> Result<(), CardError> {
        self.application.change_pin(self.transport, old, new)
    }

    /// Has the person change the PIN at the reader.
    ///
    /// # Errors
    /// As [`Self::verify_on_pad`], [`CardError::PinMismatch`].
    pub fn change_pin_on_pad(self, pad: &PinPad) -> Result<(), CardError> {
        let command = self.application.pad_command(true);
        let status = pad.modify(self.transport, &command)?;
        self.application.pin_answer(command.name, status)
    }
}

/// A card whose PIN was verified in this transaction.
pub struct Verified<'card> {
    transport: &'card mut dyn Transport,
    application: &'card dyn CardApplication,
}

impl Verified<'_> {
    /// Signs `message` with the key of the card's certificate: raw r‖s (64 bytes) for SM2 and ES256, PKCS #1 v1.5 for RSA.
    ///
    /// # Errors
    /// [`CardError::Malformed`] where the answer is no signature. Whether it is a right one, [`CardKey::verify`] tells.
    pub fn sign(self, key: &CardKey, message: &[u8]) -> Result<Vec<u8>, CardError> {
        let answer = self.application.sign(self.transport, key, &key.input(message))?;
        key.signature(&answer).ok_or(CardError::Malformed("the answer is no signature"))
    }
}
