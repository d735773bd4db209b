//! The card's side of the PIV protocol (NIST SP 800-73-4), without any reader: command APDU in, response APDU out.

mod authenticate;
mod chaining;
mod objects;
mod reference_data;
mod select;
mod tlv;

use iso7816::{
    Instruction, Status,
    command::{
        CommandView, FromSliceError,
        class::{Interindustry, Range, SecureMessaging},
    },
};

use crate::key::PrivateKey;
use chaining::{CommandChain, ResponseChain};
pub use objects::{CHUID, Guid};
pub use reference_data::{InvalidReferenceData, ReferenceData, Secret};
use select::Application;
pub use select::{CARD_MANAGER_AID, PIV_AID};

/// The algorithm identifier of SM2 in GENERAL AUTHENTICATE. SP 800-78-4 has none; this one is neither NIST's nor known from another vendor.
///
/// The host sends `e = SM3(ZA ‖ M)` (32 bytes, GB/T 32918.2, user id [`crate::key::SM2_USER_ID`]) as the challenge, and the card answers
/// with DER of `SEQUENCE { r, s }`: just as it is with P-256 and its digest.
pub const SM2_ALGORITHM: u8 = 0xF2;

/// The answer to reset: T=0 and T=1, "select by full and partial name", "command chaining, extended length", pre-issuing data `EPORTID`.
pub const ATR: &[u8] =
    &[0x3B, 0x8D, 0x80, 0x01, 0x80, 0x73, 0xC0, 0x21, 0xC0, 0x57, 0x45, 0x50, 0x4F, 0x52, 0x54, 0x49, 0x44, 0xD8];

/// A key on the card, named by the reference that GENERAL AUTHENTICATE gives in P2 (SP 800-73-4 part 1, table 4b).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Slot {
    /// `9A`, PIV authentication: usable once the PIN was verified.
    Authentication = 0x9A,
    /// `9C`, digital signature: the PIN must be verified right before each use.
    Signature = 0x9C,
    /// `9D`, key management: usable once the PIN was verified. It signs and does raw RSA; it agrees on no elliptic curve secrets.
    KeyManagement = 0x9D,
    /// `9E`, card authentication: usable without a PIN.
    CardAuthentication = 0x9E,
}

impl Slot {
    /// All four, in the order of their references.
    pub const ALL: [Self; 4] = [Self::Authentication, Self::Signature, Self::KeyManagement, Self::CardAuthentication];

    /// The slot of a key reference.
    pub fn from_reference(reference: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|slot| *slot as u8 == reference)
    }
}

/// A key with its certificate.
#[derive(Debug, Clone)]
pub struct SlotContent {
    /// The private key; it never leaves the card.
    pub key: PrivateKey,
    /// DER of the certificate, or nothing: then the data object is missing.
    pub certificate: Option<Vec<u8>>,
}

/// What a card is made of, and what it keeps without power.
#[derive(Debug, Clone)]
pub struct Personalisation {
    /// The keys.
    pub slots: Vec<(Slot, SlotContent)>,
    /// The card application PIN (key reference 80).
    pub pin: ReferenceData,
    /// The PIN unblocking key (key reference 81).
    pub puk: ReferenceData,
    /// Names this card in its card holder unique identifier (CHUID).
    pub guid: Guid,
    /// P1 of GENERAL AUTHENTICATE for SM2, [`SM2_ALGORITHM`] unless the host is set to another.
    pub sm2_algorithm: u8,
}

impl Personalisation {
    /// A card without keys, with a random GUID, SM2 as [`SM2_ALGORITHM`], and three tries for PIN and PUK.
    pub fn new(pin: Secret, puk: Secret) -> Self {
        Self {
            slots: Vec::new(),
            pin: ReferenceData::new(pin),
            puk: ReferenceData::new(puk),
            guid: rand::random(),
            sm2_algorithm: SM2_ALGORITHM,
        }
    }

    /// Puts a key into a slot, instead of the one that may be there.
    pub fn with(mut self, slot: Slot, key: PrivateKey, certificate: Option<Vec<u8>>) -> Self {
        self.slots.retain(|(taken, _)| *taken != slot);
        self.slots.push((slot, SlotContent { key, certificate }));
        self
    }

    /// What is in a slot.
    pub fn slot(&self, slot: Slot) -> Option<&SlotContent> {
        self.slots.iter().find(|(name, _)| *name == slot).map(|(_, content)| content)
    }
}

/// What the card forgets when it loses power: all of it comes back to the default at a reset.
#[derive(Debug, Default)]
struct Session {
    application: Application,
    /// The PIN was verified, and nothing has taken that back.
    pin_verified: bool,
    /// The PIN was verified by the very command before this one.
    pin_just_verified: bool,
    command_chain: CommandChain,
    response_chain: ResponseChain,
}

/// A PIV card.
#[derive(Debug)]
pub struct Card {
    memory: Personalisation,
    session: Session,
    revision: u64,
}

/// A response body, or the status that refuses the command.
type Outcome = Result<Vec<u8>, Status>;

impl Card {
    /// A card that was personalised so, without power.
    pub fn new(memory: Personalisation) -> Self {
        Self { memory, session: Session::default(), revision: 0 }
    }

    /// What the card keeps without power, with its tries as they are now.
    pub fn memory(&self) -> &Personalisation {
        &self.memory
    }

    /// Changes whenever [`Card::memory`] has changed: who stores it need look only then.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Cold or warm reset, or loss of power: verified PIN, selected application and unfinished chains are gone.
    pub fn reset(&mut self) {
        self.session = Session::default();
    }

    /// Answers one command APDU, short or extended, with data and status word.
    pub fn transmit(&mut self, command: &[u8]) -> Vec<u8> {
        let (mut answer, status) = match self.answer(command) {
            Ok(answered) => answered,
            Err(status) => (Vec::new(), status),
        };
        answer.extend(status.to_u16().to_be_bytes());
        answer
    }

    fn answer(&mut self, command: &[u8]) -> Result<(Vec<u8>, Status), Status> {
        let command = parse(command)?;
        if command.instruction() == Instruction::GetResponse {
            return self.session.response_chain.get_response(&command);
        }
        // A new command: what was left of an answer is given up (ISO 7816-4, 5.3.4).
        self.session.response_chain.clear();
        let Some(data) = self.session.command_chain.take(&command)? else {
            return Ok((Vec::new(), Status::Success));
        };
        let body = self.execute(&command, &data)?;
        Ok(self.session.response_chain.start(body, command.expected()))
    }

    fn execute(&mut self, command: &CommandView<'_>, data: &[u8]) -> Outcome {
        let pin_just_verified = std::mem::take(&mut self.session.pin_just_verified);
        let (p1, p2) = (command.p1, command.p2);
        match (command.instruction(), self.session.application) {
            (Instruction::Select, _) => self.select(p1, p2, data),
            (_, Application::CardManager) => Err(Status::InstructionNotSupportedOrInvalid),
            (Instruction::GetData, Application::Piv) => self.get_data(p1, p2, data),
            (Instruction::Verify, Application::Piv) => self.verify(p1, p2, data),
            (Instruction::ChangeReferenceData, Application::Piv) => self.change_reference_data(p1, p2, data),
            (Instruction::ResetRetryCounter, Application::Piv) => self.reset_retry_counter(p1, p2, data),
            (Instruction::GeneralAuthenticate, Application::Piv) => {
                self.general_authenticate(p1, p2, data, pin_just_verified)
            }
            // Both want the card management key, and this card has none: what is on it was put there when it was made.
            (Instruction::PutData | Instruction::GenerateAsymmetricKeyPair, Application::Piv) => {
                Err(Status::SecurityStatusNotSatisfied)
            }
            _ => Err(Status::InstructionNotSupportedOrInvalid),
        }
    }

    fn memory_changed(&mut self) {
        self.revision = self.revision.wrapping_add(1);
    }
}

/// Takes an APDU apart (ISO 7816-3, 12.1.3), and refuses the classes that this card doesn't have: logical channels, secure messaging,
/// the proprietary ones (SP 800-73-4 part 2, 3: `00`, and `10` for chaining).
fn parse(command: &[u8]) -> Result<CommandView<'_>, Status> {
    let command = CommandView::try_from(command).map_err(|error| match error {
        FromSliceError::InvalidClass => Status::ClassNotSupported,
        _ => Status::WrongLength,
    })?;
    let class = command.class();
    if class.range() != Range::Interindustry(Interindustry::First) {
        return Err(Status::ClassNotSupported);
    }
    if class.secure_messaging() != SecureMessaging::None {
        return Err(Status::SecureMessagingNotSupported);
    }
    if class.channel() != Some(0) {
        return Err(Status::LogicalChannelNotSupported);
    }
    Ok(command)
}
