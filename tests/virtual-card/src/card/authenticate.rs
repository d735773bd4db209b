//! GENERAL AUTHENTICATE (SP 800-73-4 part 2, 3.2.4 and appendix A.4): signing a challenge with a key of the card.

use iso7816::{Status, tlv::Tag};

use super::{Card, Outcome, Slot, tlv};
use crate::key::{Algorithm, KeyError};

/// The dynamic authentication template.
const TEMPLATE: u16 = 0x7C;
const CHALLENGE: u16 = 0x81;
const RESPONSE: u16 = 0x82;

impl Card {
    /// P1 says the algorithm, P2 the key. The template holds an empty response, which asks for one, and the challenge.
    pub(super) fn general_authenticate(&mut self, p1: u8, p2: u8, data: &[u8], pin_just_verified: bool) -> Outcome {
        let slot = Slot::from_reference(p2).ok_or(Status::IncorrectP1OrP2Parameter)?;
        let key = &self.memory.slot(slot).ok_or(Status::IncorrectP1OrP2Parameter)?.key;
        if p1 != self.algorithm_identifier(key.algorithm()) {
            return Err(Status::IncorrectP1OrP2Parameter);
        }
        let allowed = match slot {
            Slot::Authentication | Slot::KeyManagement => self.session.pin_verified,
            Slot::Signature => self.session.pin_verified && pin_just_verified,
            Slot::CardAuthentication => true,
        };
        if !allowed {
            return Err(Status::SecurityStatusNotSatisfied);
        }
        let challenge = challenge(data).ok_or(Status::IncorrectDataParameter)?;
        let signature = key.private_operation(challenge).map_err(|error| match error {
            KeyError::Input { .. } => Status::IncorrectDataParameter,
            _ => Status::UnspecifiedNonpersistentExecutionError,
        })?;
        Ok(tlv::template(TEMPLATE, &[tlv::object(RESPONSE, &signature)]))
    }

    /// SP 800-78-4, table 6-2, and the private one of SM2.
    fn algorithm_identifier(&self, algorithm: Algorithm) -> u8 {
        match algorithm {
            Algorithm::Rsa => 0x07,
            Algorithm::P256 => 0x11,
            Algorithm::Sm2 => self.memory.sm2_algorithm,
        }
    }
}

/// The challenge of a template that asks for a response and holds nothing else. Hosts write the two in either order.
fn challenge(data: &[u8]) -> Option<&[u8]> {
    let objects = tlv::all(tlv::only(TEMPLATE, data)?)?;
    let (response, challenge) = (Tag::from_u16(RESPONSE), Tag::from_u16(CHALLENGE));
    match objects.as_slice() {
        [(first, []), (second, value)] if *first == response && *second == challenge => Some(value),
        [(first, value), (second, [])] if *first == challenge && *second == response => Some(value),
        _ => None,
    }
}
