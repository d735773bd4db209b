//! PIV cards (NIST SP 800-73-4): the key 9A, its certificate, and the application PIN.

use std::io::Read as _;

use zeroize::Zeroizing;

use super::{CardApplication, CardError, PinState};
use crate::{
    apdu::{Command, StatusWord},
    exchange::{MAX_ANSWER, exchange},
    key::{CardKey, KeyKind},
    pin::{Pin, PinRules},
    pin_pad::PadCommand,
    tlv,
    transport::Transport,
};

/// The PIV application's id without its version (part 1, §2.2), so that any version answers.
const APPLICATION_ID: [u8; 9] = [0xA0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00];
/// X.509 Certificate for PIV Authentication, the one of the key 9A (part 1, table 3).
const CERTIFICATE: [u8; 3] = [0x5F, 0xC1, 0x05];
/// PIV Authentication Key (part 1, table 4b).
const KEY: u8 = 0x9A;
/// PIV Card Application PIN (part 1, table 4b).
const PIN: u8 = 0x80;
/// SP 800-73-4 part 1, §2.4.3: six to eight characters, filled up with FF.
const PIN_RULES: PinRules = PinRules { shortest: 6, longest: 8, padding: 0xFF };
/// The longest certificate that is taken, unpacked.
const MAX_CERTIFICATE: u64 = MAX_ANSWER as u64;

/// PIV's private-use space has no number for SM2, so that each maker of cards takes one of its own. This is the one of the project's test card.
pub const DEFAULT_SM2_ALGORITHM: u8 = 0xF2;

/// The PIV application.
#[derive(Debug, Clone, Copy)]
pub struct Piv {
    /// By which algorithm id GENERAL AUTHENTICATE signs with SM2.
    pub sm2_algorithm: u8,
}

impl Default for Piv {
    fn default() -> Self {
        Self { sm2_algorithm: DEFAULT_SM2_ALGORITHM }
    }
}

/// SELECT by name, first occurrence (part 2, §3.1.1; ISO/IEC 7816-4 §11.2.2).
fn select() -> Command {
    Command::new("SELECT", 0xA4, 0x04, 0x00).data(Zeroizing::new(APPLICATION_ID.to_vec())).expect_answer()
}

/// GET DATA of one data object (part 2, §3.1.2).
fn get_data(object: &[u8]) -> Command {
    let mut data = Zeroizing::default();
    tlv::push(&mut data, 0x5C, object);
    Command::new("GET DATA", 0xCB, 0x3F, 0xFF).data(data).expect_answer()
}

/// VERIFY without data: how many tries are left (part 2, §3.2.1).
fn ask_tries() -> Command {
    Command::new("VERIFY", 0x20, 0x00, PIN)
}

/// VERIFY (part 2, §3.2.1).
fn verify(padded: Zeroizing<Vec<u8>>) -> Command {
    Command::new("VERIFY", 0x20, 0x00, PIN).data(padded)
}

/// CHANGE REFERENCE DATA: the old PIN, then the new one (part 2, §3.2.2).
fn change_reference_data(old: &[u8], new: &[u8]) -> Command {
    let mut data = Zeroizing::new(Vec::with_capacity(old.len() + new.len()));
    data.extend(old);
    data.extend(new);
    Command::new("CHANGE REFERENCE DATA", 0x24, 0x00, PIN).data(data)
}

/// GENERAL AUTHENTICATE with a challenge (81) and an empty response (82), which is what is asked for (part 2, §3.2.4, A.4).
fn general_authenticate(algorithm: u8, input: &[u8]) -> Command {
    let mut template = Zeroizing::default();
    tlv::push(&mut template, 0x82, &[]);
    tlv::push(&mut template, 0x81, input);
    let mut data = Zeroizing::default();
    tlv::push(&mut data, 0x7C, &template);
    Command::new("GENERAL AUTHENTICATE", 0x87, algorithm, KEY).data(data).expect_answer()
}

impl Piv {
    /// The algorithm identifiers of SP 800-78-4, table 6-2; for SM2 the configured one.
    fn algorithm(&self, kind: KeyKind) -> u8 {
        match kind {
            KeyKind::Rsa2048 => 0x07,
            KeyKind::P256 => 0x11,
            KeyKind::Sm2 => self.sm2_algorithm,
        }
    }
}

impl CardApplication for Piv {
    fn name(&self) -> &'static str {
        "piv"
    }

    fn select(&self, transport: &mut dyn Transport) -> Result<bool, CardError> {
        // Whatever the refusal, the application isn't there: cards of other kinds have many ways to say so.
        Ok(exchange(transport, &select())?.status == StatusWord::OK)
    }

    fn certificate(&self, transport: &mut dyn Transport) -> Result<Vec<u8>, CardError> {
        let response = exchange(transport, &get_data(&CERTIFICATE))?;
        match response.status {
            StatusWord::OK => {}
            StatusWord::NOT_FOUND => return Err(CardError::Certificate),
            status => return Err(CardError::Refused { command: "GET DATA", status }),
        }
        let malformed = CardError::Malformed("the certificate object");
        let object = tlv::find(0x53, &response.data).ok_or_else(|| malformed.clone())?;
        let certificate = tlv::find(0x70, object).ok_or(CardError::Certificate)?;
        // CertInfo, whose lowest bit says that the certificate is packed with gzip (part 1, appendix A, table 39).
        let packed = tlv::find(0x71, object).and_then(<[u8]>::first).is_some_and(|info| info & 1 == 1);
        if !packed {
            return Ok(certificate.to_vec());
        }
        let mut unpacked = Vec::new();
        let mut reader = flate2::read::GzDecoder::new(certificate).take(MAX_CERTIFICATE);
        reader.read_to_end(&mut unpacked).map_err(|_| malformed)?;
        Ok(unpacked)
    }

    fn pin_state(&self, transport: &mut dyn Transport) -> Result<PinState, CardError> {
        let status = exchange(transport, &ask_tries())?.status;
        Ok(match (status, status.tries_left()) {
            (StatusWord::BLOCKED, _) | (_, Some(0)) => PinState::Blocked,
            (_, Some(tries)) => PinState::TriesLeft(tries),
            _ => PinState::Unknown,
        })
    }

    fn pin_rules(&self) -> PinRules {
        PIN_RULES
    }

    fn verify(&self, transport: &mut dyn Transport, pin: &Pin) -> Result<(), CardError> {
        let command = verify(pin.padded(&PIN_RULES)?);
        let status = exchange(transport, &command)?.status;
        self.pin_answer(command.name, status)
    }

    fn change_pin(&self, transport: &mut dyn Transport, old: &Pin, new: &Pin) -> Result<(), CardError> {
        let command = change_reference_data(&old.padded(&PIN_RULES)?, &new.padded(&PIN_RULES)?);
        let status = exchange(transport, &command)?.status;
        self.pin_answer(command.name, status)
    }

    fn pad_command(&self, change: bool) -> PadCommand {
        let (name, instruction) = if change { ("CHANGE REFERENCE DATA", 0x24) } else { ("VERIFY", 0x20) };
        PadCommand { name, header: [0x00, instruction, 0x00, PIN], rules: PIN_RULES }
    }

    fn pin_answer(&self, command: &'static str, status: StatusWord) -> Result<(), CardError> {
        match (status, status.tries_left()) {
            (StatusWord::OK, _) => Ok(()),
            (StatusWord::BLOCKED, _) | (_, Some(0)) => Err(CardError::PinBlocked),
            (_, Some(tries_left)) => Err(CardError::PinWrong { tries_left }),
            // A PIN that the card itself finds malformed.
            (StatusWord(0x6A80), _) => Err(CardError::PinFormat(crate::pin::PinFormat)),
            _ => Err(CardError::Refused { command, status }),
        }
    }

    fn sign(&self, transport: &mut dyn Transport, key: &CardKey, input: &[u8]) -> Result<Vec<u8>, CardError> {
        let command = general_authenticate(self.algorithm(key.kind()), input);
        let response = exchange(transport, &command)?;
        if response.status != StatusWord::OK {
            return Err(CardError::Refused { command: command.name, status: response.status });
        }
        let signature = tlv::find(0x7C, &response.data).and_then(|template| tlv::find(0x82, template));
        signature.map(<[u8]>::to_vec).ok_or(CardError::Malformed("the signature's template"))
    }
}
