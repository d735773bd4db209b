//! The transport over the system's PC/SC, by the crate `pcsc`.
//!
//! A card is opened shared, and each exchange runs in a transaction. Opening it for oneself alone (`SCARD_SHARE_EXCLUSIVE`) would fail
//! wherever another program merely watches the card, and would lock those programs out for as long as a person thinks about the PIN. A
//! transaction keeps others out only while commands run. It ends with a reset of the card if a PIN was sent, so that no other program finds
//! the PIN verified.

use std::{
    ffi::{CStr, CString},
    time::{Duration, Instant},
};

use pcsc::{Card, Context, Disposition, Error, MAX_BUFFER_SIZE, Protocols, ReaderState, ShareMode, State, Transaction};
use zeroize::Zeroizing;

use super::{Transport, TransportError};

/// How long a reader takes to notice that a card is gone; `pcscd` looks at slow ones every 400 ms.
const NOTICED: Duration = Duration::from_secs(1);

/// An opened card, outside of a transaction.
pub struct Link {
    // There until it is dropped.
    card: Option<Card>,
    context: Context,
    reader: CString,
}

impl Link {
    /// Opens the card in `reader`.
    ///
    /// # Errors
    /// Why not; [`TransportError::Shared`] where another program has it for itself.
    pub fn open(context: &Context, reader: &CStr) -> Result<Self, TransportError> {
        let card = context.connect(reader, ShareMode::Shared, Protocols::ANY)?;
        Ok(Self { card: Some(card), context: context.clone(), reader: reader.to_owned() })
    }

    /// Waits until no other program has a transaction, and takes note of a reset by one.
    ///
    /// # Errors
    /// [`TransportError::Reset`] where there was one: what was selected and verified is gone, the next call goes on with the card as it is.
    pub fn ready(&mut self) -> Result<(), TransportError> {
        match self.card.as_mut().ok_or(TransportError::Removed)?.transaction2() {
            Ok(transaction) => match transaction.end(Disposition::LeaveCard) {
                Ok(()) => Ok(()),
                Err((_, error)) => Err(error.into()),
            },
            Err((card, Error::ResetCard)) => {
                card.reconnect(ShareMode::Shared, Protocols::ANY, Disposition::LeaveCard)?;
                Err(TransportError::Reset)
            }
            Err((_, error)) => Err(error.into()),
        }
    }

    /// Begins a transaction. Waits for as long as another program has one.
    ///
    /// # Errors
    /// Why not; [`TransportError::Reset`] where another program has reset the card since [`Link::ready`].
    pub fn begin(&mut self) -> Result<PcscTransport<'_>, TransportError> {
        let transaction = self.card.as_mut().ok_or(TransportError::Removed)?.transaction()?;
        Ok(PcscTransport {
            transaction: Some(transaction),
            context: &self.context,
            reader: &self.reader,
            reset_at_end: false,
            buffer: Zeroizing::new(vec![0; MAX_BUFFER_SIZE]),
        })
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // Without this, `pcsc` would reset the card under whoever else works with it.
        if let Some(Err((card, error))) = self.card.take().map(|card| card.disconnect(Disposition::LeaveCard)) {
            tracing::debug!(%error, "a card could not be left");
            drop(card);
        }
    }
}

/// A card within a transaction.
pub struct PcscTransport<'card> {
    transaction: Option<Transaction<'card>>,
    context: &'card Context,
    reader: &'card CStr,
    reset_at_end: bool,
    buffer: Zeroizing<Vec<u8>>,
}

impl PcscTransport<'_> {
    /// From now on the transaction ends with a reset of the card: what was verified must not stay for other programs.
    pub fn reset_at_end(&mut self) {
        self.reset_at_end = true;
    }
}

impl Drop for PcscTransport<'_> {
    fn drop(&mut self) {
        let disposition = if self.reset_at_end { Disposition::ResetCard } else { Disposition::LeaveCard };
        if let Some(transaction) = self.transaction.take()
            && let Err((transaction, error)) = transaction.end(disposition)
        {
            // The card is gone, and with it what was verified. Dropping would only try to end it once more.
            tracing::debug!(%error, "a transaction could not be ended");
            drop(transaction);
        }
    }
}

impl Transport for PcscTransport<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        let transaction = self.transaction.as_ref().ok_or(TransportError::Removed)?;
        let answer = transaction.transmit(command, &mut self.buffer);
        // Some drivers give an empty answer where the card doesn't answer any more.
        let answer = answer.and_then(|answer| if answer.len() < 2 { Err(Error::CommError) } else { Ok(answer) });
        let answer = answer.map_err(|error| why(self.context, self.reader, error))?;
        Ok(Zeroizing::new(answer.to_vec()))
    }

    fn control(&mut self, code: u32, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        let transaction = self.transaction.as_ref().ok_or(TransportError::Removed)?;
        let answer = transaction.control(pcsc::ctl_code(code.into()), input, &mut self.buffer)?;
        Ok(Zeroizing::new(answer.to_vec()))
    }
}

/// What an error within a transaction means.
///
/// Nobody else can reset the card then: if it was reset, it was pulled, and perhaps put back. A card that is pulled in the middle of a command
/// looks like one that went mute, until the reader notices that it is gone: that is waited for.
fn why(context: &Context, reader: &CStr, error: Error) -> TransportError {
    match error {
        Error::ResetCard
        | Error::RemovedCard
        | Error::UnpoweredCard
        | Error::NoSmartcard
        | Error::ReaderUnavailable => {
            return TransportError::Removed;
        }
        Error::UnsupportedFeature | Error::CancelledByUser => return error.into(),
        _ => {}
    }
    let mut states = [ReaderState::new(reader, State::PRESENT)];
    let deadline = Instant::now() + NOTICED;
    loop {
        match context.get_status_change(deadline.saturating_duration_since(Instant::now()), &mut states) {
            Ok(()) => {}
            Err(Error::Timeout) => return error.into(),
            Err(Error::UnknownReader | Error::ReaderUnavailable | Error::NoReadersAvailable) => {
                return TransportError::Removed;
            }
            Err(other) => return other.into(),
        }
        let [state] = &mut states;
        if !state.event_state().contains(State::PRESENT) {
            return TransportError::Removed;
        }
        state.sync_current_state();
    }
}

impl From<Error> for TransportError {
    fn from(error: Error) -> Self {
        match error {
            Error::NoService
            | Error::ServiceStopped
            | Error::InvalidHandle
            | Error::ServerTooBusy
            | Error::Shutdown => Self::NoService,
            Error::NoReadersAvailable | Error::UnknownReader | Error::ReaderUnavailable => Self::NoReader,
            Error::NoSmartcard => Self::NoCard,
            Error::RemovedCard => Self::Removed,
            Error::ResetCard => Self::Reset,
            Error::UnresponsiveCard
            | Error::UnpoweredCard
            | Error::UnsupportedCard
            | Error::NotTransacted
            | Error::CommError
            | Error::CardUnsupported
            | Error::ProtoMismatch => Self::Mute,
            Error::SharingViolation => Self::Shared,
            Error::Cancelled | Error::CancelledByUser => Self::Cancelled,
            Error::UnsupportedFeature => Self::Unsupported,
            other => Self::Other(other as u32),
        }
    }
}
