//! A host that sends APDUs written in hexadecimal.

use eport_virtual_card::{
    card::{Card, Personalisation, Secret, Slot},
    key::{Algorithm, PrivateKey},
};

pub const PIN: &str = "123456";
pub const PUK: &[u8; 8] = b"12345678";

/// `123456`, padded.
pub const PIN_HEX: &str = "313233343536FFFF";
/// `000000`, padded.
pub const WRONG_HEX: &str = "303030303030FFFF";
/// `12345678`.
pub const PUK_HEX: &str = "3132333435363738";

/// SELECT of PIV with its whole name.
pub const SELECT_PIV: &str = "00A404000BA000000308000010000100 00";

/// A digest to sign: any 32 bytes.
pub const DIGEST: [u8; 32] = [0x5A; 32];

/// A card and who talks to it.
pub struct Host {
    pub card: Card,
}

impl Host {
    /// A card with a P-256 key in each of the four slots.
    pub fn new() -> Self {
        let key = PrivateKey::generate(Algorithm::P256).unwrap();
        Self::with(Slot::ALL.into_iter().fold(memory(), |memory, slot| memory.with(slot, key.clone(), None)))
    }

    /// A card with one key, in slot 9A.
    pub fn with_key(key: &PrivateKey) -> Self {
        Self::with(memory().with(Slot::Authentication, key.clone(), None))
    }

    /// A card personalised so, with PIV selected.
    pub fn with(memory: Personalisation) -> Self {
        let mut host = Self { card: Card::new(memory) };
        host.expect(SELECT_PIV, 0x9000);
        host
    }

    /// Sends a command in hexadecimal (spaces don't matter), and takes data and status word apart.
    pub fn send(&mut self, command: &str) -> (Vec<u8>, u16) {
        self.send_bytes(&hex::decode(command.replace(' ', "")).unwrap())
    }

    pub fn send_bytes(&mut self, command: &[u8]) -> (Vec<u8>, u16) {
        let mut answer = self.card.transmit(command);
        let low = answer.pop().unwrap();
        let high = answer.pop().unwrap();
        (answer, u16::from_be_bytes([high, low]))
    }

    /// Sends a command that must be answered with this status word. Returns the data.
    #[track_caller]
    pub fn expect(&mut self, command: &str, status: u16) -> Vec<u8> {
        let (data, got) = self.send(command);
        assert_eq!(format!("{got:04X}"), format!("{status:04X}"), "{command}");
        data
    }

    /// Verifies a PIN, given as eight bytes in hexadecimal.
    #[track_caller]
    pub fn verify(&mut self, pin: &str, status: u16) {
        self.expect(&format!("00200080 08 {pin}"), status);
    }

    /// Signs a challenge of up to 127 bytes with a short command. Returns the signature out of its template.
    pub fn sign(&mut self, algorithm: u8, slot: u8, challenge: &[u8]) -> Result<Vec<u8>, u16> {
        let template =
            [&[0x7C, challenge.len() as u8 + 4, 0x82, 0x00, 0x81, challenge.len() as u8], challenge].concat();
        let command = [&[0x00, 0x87, algorithm, slot, template.len() as u8], &template[..], &[0x00]].concat();
        match self.send_bytes(&command) {
            (answer, 0x9000) => Ok(signature(&answer)),
            (_, status) => Err(status),
        }
    }
}

/// Takes the signature out of `7C { 82 … }`.
pub fn signature(template: &[u8]) -> Vec<u8> {
    let inner = value(0x7C, template);
    value(0x82, inner).to_vec()
}

/// The value of a single data object with a tag of one byte.
pub fn value(tag: u8, object: &[u8]) -> &[u8] {
    assert_eq!(object[0], tag);
    let (length, header) = match object[1] {
        0x81 => (object[2] as usize, 3),
        0x82 => (u16::from_be_bytes([object[2], object[3]]) as usize, 4),
        short => (short as usize, 2),
    };
    assert_eq!(object.len(), header + length);
    &object[header..]
}

pub fn memory() -> Personalisation {
    Personalisation::new(Secret::pin(PIN).unwrap(), Secret::puk(PUK).unwrap())
}
