//! How bytes get to a card: a trait, and what is behind it.

pub mod pcsc;
pub mod scripted;

use zeroize::Zeroizing;

/// A card that can be talked to, alone, until this is dropped.
pub trait Transport {
    /// Sends one command and gives the answer with its status word.
    ///
    /// # Errors
    /// The command may have reached the card in spite of an error.
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError>;

    /// Asks the reader itself (SCardControl). `code` is of the operating system's own numbering.
    ///
    /// # Errors
    /// [`TransportError::Unsupported`] where the reader has no such function.
    fn control(&mut self, code: u32, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError>;
}

/// Why a card or its reader can't be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The smart card service isn't running.
    #[error("the smart card service is not running")]
    NoService,
    /// There is no reader, or not this one.
    #[error("there is no such reader")]
    NoReader,
    /// There is no card in the reader.
    #[error("there is no card")]
    NoCard,
    /// The card, or the reader with it, was taken away.
    #[error("the card was taken out")]
    Removed,
    /// Another program reset the card; what was selected and verified is gone.
    #[error("another program has reset the card")]
    Reset,
    /// The card doesn't answer.
    #[error("the card doesn't answer")]
    Mute,
    /// Another program holds the card for itself.
    #[error("another program holds the card")]
    Shared,
    /// The person cancelled at the reader's pin pad.
    #[error("cancelled at the reader")]
    Cancelled,
    /// The reader has no such function.
    #[error("the reader can't do that")]
    Unsupported,
    /// Anything else, with the number that PC/SC gave.
    #[error("PC/SC error {0:08X}")]
    Other(u32),
}
