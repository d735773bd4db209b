//! A session with a card without `pcscd`: the virtual card answers the commands directly, and whatever can go wrong between them does.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "tests, helpers included")]

use anyhow::Result;
use card_bridge::{
    card::{CardApplication, CardError, Connected, PinState, Selected, piv::Piv},
    key::{CardKey, KeyKind},
    pin::Pin,
    tlv,
    transport::{Transport, TransportError, scripted::Script},
};
use eport_virtual_card::{
    ca::{Holder, Kind, TestCa},
    card::{Card, Personalisation, Secret, Slot},
    key::{Algorithm, PrivateKey},
};
use zeroize::Zeroizing;

/// What a person enters at the pin pad of the reader.
type AtPad = Option<&'static [u8]>;

/// A reader with a card in it.
struct Reader {
    card: Card,
    sent: usize,
    /// What becomes of the answer to the command with this number.
    fault: Option<(usize, Fault)>,
    pad: Option<AtPad>,
}

#[derive(Clone, Copy)]
enum Fault {
    Error(TransportError),
    Truncated(usize),
    Longer,
    Status(u16),
}

impl Reader {
    fn new(card: Card) -> Self {
        Self { card, sent: 0, fault: None, pad: None }
    }
}

impl Transport for Reader {
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        let number = self.sent;
        self.sent += 1;
        match self.fault {
            Some((at, Fault::Error(error))) if number >= at => return Err(error),
            Some((at, fault)) if number == at => {
                let mut answer = self.card.transmit(command);
                match fault {
                    Fault::Truncated(length) => answer.truncate(length),
                    Fault::Longer => answer.splice(0..0, [0x5A; 300]).for_each(drop),
                    Fault::Status(status) => answer = status.to_be_bytes().to_vec(),
                    Fault::Error(_) => {}
                }
                return Ok(Zeroizing::new(answer));
            }
            _ => {}
        }
        Ok(Zeroizing::new(self.card.transmit(command)))
    }

    fn control(&mut self, code: u32, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        let Some(pad) = self.pad else { return Err(TransportError::Unsupported) };
        if code == card_bridge::pin_pad::GET_FEATURES {
            return Ok(Zeroizing::new(vec![0x06, 4, 0x42, 0x33, 0x00, 0x06, 0x07, 4, 0x42, 0x33, 0x00, 0x07]));
        }
        let Some(entered) = pad else { return Ok(Zeroizing::new(vec![0x64, 0x01])) };
        // PIN_VERIFY_STRUCTURE: 19 bytes before the command that the PIN is put into.
        assert_eq!((code, input[15]), (0x4233_0006, 13));
        let mut command = input[19..].to_vec();
        command[5..5 + entered.len()].copy_from_slice(entered);
        Ok(Zeroizing::new(self.card.transmit(&command)))
    }
}

fn card(algorithm: Algorithm) -> Card {
    let ca = TestCa::new(Algorithm::P256).unwrap();
    let holder = Holder::sample(eport_card::CardClass::Operator);
    let issued = ca.issue_for(&holder, Kind::Good, PrivateKey::generate(algorithm).unwrap()).unwrap();
    issued.into_card("123456", "12345678").unwrap()
}

fn applications() -> [Box<dyn CardApplication>; 1] {
    [Box::new(Piv::default())]
}

fn pin(text: &str) -> Pin {
    Pin::new(Zeroizing::new(text.as_bytes().to_vec()))
}

fn select<'card>(
    reader: &'card mut impl Transport,
    applications: &'card [Box<dyn CardApplication>],
) -> Result<Selected<'card>, CardError> {
    Connected::new(reader).select(applications)
}

/// What the bridge does for one signature.
fn sign(reader: &mut impl Transport) -> Result<(CardKey, Vec<u8>), CardError> {
    let applications = applications();
    let mut selected = select(reader, &applications)?;
    let key = CardKey::of(&selected.certificate()?).ok_or(CardError::Certificate)?;
    selected.pin_state()?;
    let signature = selected.verify(&pin("123456"))?.sign(&key, b"message")?;
    Ok((key, signature))
}

#[test]
fn every_kind_of_key_signs() {
    for (algorithm, kind, length) in [
        (Algorithm::Sm2, KeyKind::Sm2, 64),
        (Algorithm::P256, KeyKind::P256, 64),
        (Algorithm::Rsa, KeyKind::Rsa2048, 256),
    ] {
        let (key, signature) = sign(&mut Reader::new(card(algorithm))).unwrap();
        assert_eq!((key.kind(), signature.len()), (kind, length));
        assert!(key.verify(b"message", &signature) && !key.verify(b"massage", &signature));
    }
}

#[test]
fn a_wrong_pin_tells_what_is_left_at_each_count() {
    let mut reader = Reader::new(card(Algorithm::P256));
    let applications = applications();
    for (state, outcome) in [
        (PinState::TriesLeft(3), CardError::PinWrong { tries_left: 2 }),
        (PinState::TriesLeft(2), CardError::PinWrong { tries_left: 1 }),
        (PinState::TriesLeft(1), CardError::PinBlocked),
        (PinState::Blocked, CardError::PinBlocked),
    ] {
        let mut selected = select(&mut reader, &applications).unwrap();
        assert_eq!(selected.pin_state(), Ok(state));
        assert_eq!(selected.verify(&pin("654321")).err(), Some(outcome));
    }
    // The right one comes too late.
    assert_eq!(select(&mut reader, &applications).unwrap().verify(&pin("123456")).err(), Some(CardError::PinBlocked));
}

#[test]
fn a_pin_is_sent_once() {
    let mut reader = Reader::new(card(Algorithm::P256));
    let applications = applications();
    let selected = select(&mut reader, &applications).unwrap();
    assert!(selected.verify(&pin("654321")).is_err());
    assert_eq!(reader.sent, 2, "SELECT and one VERIFY");
}

#[test]
fn what_can_be_no_pin_never_reaches_the_card() {
    let mut reader = Reader::new(card(Algorithm::P256));
    let applications = applications();
    for text in ["", "12345", "123456789", "12345é"] {
        let selected = select(&mut reader, &applications).unwrap();
        assert!(matches!(selected.verify(&pin(text)).err(), Some(CardError::PinFormat(_))), "{text}");
    }
    assert_eq!(select(&mut reader, &applications).unwrap().pin_state(), Ok(PinState::TriesLeft(3)));
}

#[test]
fn a_changed_pin_is_the_one_that_counts() {
    let mut reader = Reader::new(card(Algorithm::P256));
    let applications = applications();
    let changed = select(&mut reader, &applications).unwrap().change_pin(&pin("123456"), &pin("87654321"));
    assert_eq!(changed, Ok(()));
    let wrong = select(&mut reader, &applications).unwrap().change_pin(&pin("123456"), &pin("111111"));
    assert_eq!(wrong, Err(CardError::PinWrong { tries_left: 2 }));
    assert!(select(&mut reader, &applications).unwrap().verify(&pin("87654321")).is_ok());
}

#[test]
fn a_card_that_is_removed_between_any_two_commands_is_removed() {
    let mut reader = Reader::new(card(Algorithm::Rsa));
    sign(&mut reader).unwrap();
    let needed = reader.sent;
    assert!(needed >= 10, "{needed}");
    for at in 0..needed {
        for error in [TransportError::Removed, TransportError::Mute, TransportError::NoService] {
            reader.card.reset();
            (reader.sent, reader.fault) = (0, Some((at, Fault::Error(error))));
            assert_eq!(sign(&mut reader).err(), Some(CardError::Transport(error)), "before command {at}");
            assert_eq!(reader.sent, at + 1, "nothing is sent after an error");
        }
    }
    reader.card.reset();
    (reader.sent, reader.fault) = (0, None);
    assert!(sign(&mut reader).is_ok());
}

#[test]
fn damaged_answers_never_make_a_signature() {
    let mut reader = Reader::new(card(Algorithm::P256));
    sign(&mut reader).unwrap();
    let needed = reader.sent;
    for at in 0..needed {
        let faults = [0, 1, 2, 3, 10].map(Fault::Truncated).into_iter().chain([Fault::Longer]);
        for fault in faults.chain([0x6A82, 0x6D00, 0x6982, 0x6F00, 0x6283, 0x0000].map(Fault::Status)) {
            let mut reader =
                Reader { fault: Some((at, fault)), ..Reader::new(Card::new(reader.card.memory().clone())) };
            if let Ok((key, signature)) = sign(&mut reader) {
                // What is only a count of tries, or longer than it need be at its front, may do no harm.
                assert!(key.verify(b"message", &signature) || matches!(fault, Fault::Longer), "command {at}");
            }
        }
    }
}

#[test]
fn a_card_without_the_application_is_unknown_and_one_that_says_nothing_is_not() {
    for status in ["6A82", "6D00", "6E00", "6A81", "6999"] {
        let unknown = select(&mut Script::new().answer_any(status), &applications()).err();
        assert_eq!(unknown, Some(CardError::Unknown), "{status}");
    }
    let mute = select(&mut Script::new().fail(TransportError::Mute), &applications()).err();
    assert_eq!(mute, Some(CardError::Transport(TransportError::Mute)));
}

#[test]
fn a_card_without_certificate_says_so() {
    let memory = Personalisation::new(Secret::pin("123456").unwrap(), Secret::puk(b"12345678").unwrap());
    let key = PrivateKey::generate(Algorithm::P256).unwrap();
    let mut reader = Reader::new(Card::new(memory.with(Slot::Authentication, key, None)));
    assert_eq!(sign(&mut reader).err(), Some(CardError::Certificate));
}

#[test]
fn a_packed_certificate_is_unpacked_and_a_bomb_is_not() {
    use std::io::Write as _;
    let packed = |content: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(content).unwrap();
        let mut object = Zeroizing::default();
        tlv::push(&mut object, 0x70, &packer.finish().unwrap());
        tlv::push(&mut object, 0x71, &[0x01]);
        let mut data = Zeroizing::default();
        tlv::push(&mut data, 0x53, &object);
        data.extend([0x90, 0x00]);
        Script::new().answer_any("9000").answer_bytes(&data)
    };
    let applications = applications();
    assert_eq!(select(&mut packed(b"certificate"), &applications).unwrap().certificate().unwrap(), b"certificate");
    let bomb = select(&mut packed(&vec![0; 50_000_000]), &applications).unwrap().certificate();
    assert!(bomb.is_ok_and(|unpacked| unpacked.len() <= 32 * 1024));
}

#[test]
fn a_pin_pad_verifies_without_the_pin_coming_here() {
    let applications = applications();
    for (entered, outcome) in [
        (Some(&b"123456"[..]), None),
        (Some(b"654321"), Some(CardError::PinWrong { tries_left: 2 })),
        (None, Some(CardError::Cancelled)),
    ] {
        let mut reader = Reader { pad: Some(entered), ..Reader::new(card(Algorithm::P256)) };
        let mut selected = select(&mut reader, &applications).unwrap();
        let pad = selected.pin_pad().unwrap().unwrap();
        assert_eq!(selected.verify_on_pad(&pad).err(), outcome);
    }
}

#[test]
fn asking_for_the_tries_costs_none() {
    let mut reader = Reader::new(card(Algorithm::P256));
    let applications = applications();
    for _ in 0..10 {
        assert_eq!(select(&mut reader, &applications).unwrap().pin_state(), Ok(PinState::TriesLeft(3)));
    }
}
