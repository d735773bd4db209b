//! A reader's own pin pad (PC/SC part 10, version 2.02): the PIN goes from its keys into the card, and this program never sees it.

use crate::{
    apdu::StatusWord,
    card::CardError,
    pin::PinRules,
    transport::{Transport, TransportError},
};

/// CM_IOCTL_GET_FEATURE_REQUEST (part 10 §2.2), before the operating system's own numbering.
pub const GET_FEATURES: u32 = 3400;
/// FEATURE_VERIFY_PIN_DIRECT and FEATURE_MODIFY_PIN_DIRECT (§2.3).
const VERIFY_PIN_DIRECT: u8 = 0x06;
const MODIFY_PIN_DIRECT: u8 = 0x07;
/// How long the reader waits for the person, in seconds. Readers stop at a minute or so by themselves whatever is asked.
const TIMEOUT: u8 = 60;

/// The command that a pin pad fills in.
#[derive(Debug, Clone, Copy)]
pub struct PadCommand {
    /// For messages.
    pub name: &'static str,
    /// CLA, INS, P1, P2.
    pub header: [u8; 4],
    /// The PIN's lengths and its padding.
    pub rules: PinRules,
}

/// What a reader's pin pad can do: the control codes for it, as the reader's driver gave them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinPad {
    verify: u32,
    modify: Option<u32>,
}

impl PinPad {
    /// Asks the reader. `None` where it has no pin pad that can verify.
    ///
    /// # Errors
    /// Where the reader went away. A reader that knows no features is an `Ok(None)`.
    pub fn of(transport: &mut dyn Transport) -> Result<Option<Self>, CardError> {
        let answer = match transport.control(GET_FEATURES, &[]) {
            Ok(answer) => answer,
            Err(error @ (TransportError::Removed | TransportError::NoService | TransportError::NoReader)) => {
                return Err(error.into());
            }
            // Drivers refuse what they don't know in many ways.
            Err(_) => return Ok(None),
        };
        // Objects of tag, length 4, and the control code with its highest byte first.
        let code = |wanted: u8| {
            let (features, _) = answer.as_chunks::<6>();
            features.iter().find_map(|[tag, length, code @ ..]| {
                (*tag == wanted && *length == 4).then_some(u32::from_be_bytes(*code))
            })
        };
        Ok(code(VERIFY_PIN_DIRECT).map(|verify| Self { verify, modify: code(MODIFY_PIN_DIRECT) }))
    }

    /// Has the person enter the PIN and sends the command.
    ///
    /// # Errors
    /// [`CardError::Cancelled`], [`CardError::TimedOut`], or what the transport says.
    pub fn verify(&self, transport: &mut dyn Transport, command: &PadCommand) -> Result<StatusWord, CardError> {
        let data = template(command, 1);
        // PIN_VERIFY_STRUCTURE (§2.5.2), little endian.
        let mut structure = vec![TIMEOUT, TIMEOUT];
        structure.extend(format(command));
        structure.extend([
            // wPINMaxExtraDigit: the most, the fewest. Then bEntryValidationCondition: the OK key.
            length(command.rules.longest),
            length(command.rules.shortest),
            0x02,
            // bNumberMessage, wLangId (English, the one that every reader has), bMsgIndex.
            0x01,
            0x09,
            0x04,
            0x00,
        ]);
        finish(&mut structure, &data);
        answer(transport, self.verify, &structure)
    }

    /// Has the person enter the old PIN and twice the new one.
    ///
    /// # Errors
    /// As [`Self::verify`]; [`TransportError::Unsupported`] where the pad can only verify.
    pub fn modify(&self, transport: &mut dyn Transport, command: &PadCommand) -> Result<StatusWord, CardError> {
        let code = self.modify.ok_or(TransportError::Unsupported)?;
        let data = template(command, 2);
        // PIN_MODIFY_STRUCTURE (§2.5.4).
        let mut structure = vec![TIMEOUT, TIMEOUT];
        structure.extend(format(command));
        structure.extend([
            // bInsertionOffsetOld, bInsertionOffsetNew: where the two PINs go.
            0x00,
            length(command.rules.longest),
            length(command.rules.longest),
            length(command.rules.shortest),
            // bConfirmPIN: ask for the new one twice, and for the old one. Then the OK key, three messages, English.
            0x03,
            0x02,
            0x03,
            0x09,
            0x04,
            0x00,
            0x01,
            0x02,
        ]);
        finish(&mut structure, &data);
        answer(transport, code, &structure)
    }
}

/// bmFormatString, bmPINBlockString, bmPINLengthFormat: ASCII, from the left, at the first byte of the data; no length in the block.
fn format(command: &PadCommand) -> [u8; 3] {
    // Bit 7: units are bytes. Bits 1–0: ASCII.
    [0x82, length(command.rules.longest), 0x00]
}

/// bTeoPrologue (for T=1, the reader fills it in), ulDataLength, abData.
fn finish(structure: &mut Vec<u8>, data: &[u8]) {
    structure.extend([0x00, 0x00, 0x00]);
    structure.extend(u32::try_from(data.len()).unwrap_or_default().to_le_bytes());
    structure.extend(data);
}

/// The command with padding where the PINs will stand.
fn template(command: &PadCommand, pins: usize) -> Vec<u8> {
    let block = command.rules.longest * pins;
    let mut data = command.header.to_vec();
    data.push(length(block));
    data.resize(5 + block, command.rules.padding);
    data
}

fn length(length: usize) -> u8 {
    u8::try_from(length).unwrap_or(u8::MAX)
}

/// The status words of part 10 §2.5.1.1 are the reader's own; others come from the card.
fn answer(transport: &mut dyn Transport, code: u32, structure: &[u8]) -> Result<StatusWord, CardError> {
    let answer = transport.control(code, structure).map_err(|error| match error {
        TransportError::Cancelled => CardError::Cancelled,
        other => other.into(),
    })?;
    let [high, low] = answer[..] else {
        return Err(CardError::Malformed("the pin pad's answer"));
    };
    match u16::from_be_bytes([high, low]) {
        0x6400 => Err(CardError::TimedOut),
        0x6401 => Err(CardError::Cancelled),
        0x6402 => Err(CardError::PinMismatch),
        0x6403 => Err(CardError::PinFormat(crate::pin::PinFormat)),
        status => Ok(StatusWord(status)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::scripted::Script;

    const VERIFY: PadCommand = PadCommand {
        name: "VERIFY",
        header: [0x00, 0x20, 0x00, 0x80],
        rules: PinRules { shortest: 6, longest: 8, padding: 0xFF },
    };

    #[test]
    fn a_reader_without_features_has_no_pad() {
        assert_eq!(PinPad::of(&mut Script::new()).unwrap(), None);
        assert_eq!(PinPad::of(&mut Script::new().features("")).unwrap(), None);
        assert_eq!(PinPad::of(&mut Script::new().features("0604")).unwrap(), None);
    }

    #[test]
    fn a_pad_takes_the_pin_and_the_reader_speaks_for_the_card() {
        let structure =
            ["3C3C820800", "0806", "02", "01", "0904", "00", "000000", "0D000000", "0020008008FFFFFFFFFFFFFFFF"];
        for (answer, expected) in [
            ("9000", Ok(StatusWord::OK)),
            ("63C2", Ok(StatusWord(0x63C2))),
            ("6400", Err(CardError::TimedOut)),
            ("6401", Err(CardError::Cancelled)),
            ("90", Err(CardError::Malformed("the pin pad's answer"))),
        ] {
            let mut reader = Script::new().features("060442330006").answer(&structure.concat(), answer);
            let pad = PinPad::of(&mut reader).unwrap().unwrap();
            assert_eq!(pad.verify(&mut reader, &VERIFY), expected, "{answer}");
        }
    }

    #[test]
    fn a_pad_that_cannot_change_says_so() {
        let mut reader = Script::new().features("060442330006");
        let pad = PinPad::of(&mut reader).unwrap().unwrap();
        assert_eq!(pad.modify(&mut reader, &VERIFY), Err(TransportError::Unsupported.into()));
    }
}
