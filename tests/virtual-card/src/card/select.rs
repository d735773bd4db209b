//! SELECT (SP 800-73-4 part 2, 3.1.1).

use iso7816::Status;

use super::{Card, Outcome, tlv};

/// The PIV card application, version 1.0 (SP 800-73-4 part 1, 2.2). Hosts may leave the end away.
pub const PIV_AID: &[u8] = &[0xA0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0x01, 0x00];

/// The card manager, which is selected after a reset, and which can do nothing but select.
pub const CARD_MANAGER_AID: &[u8] = &[0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00, 0x00];

/// Bytes of the part of an AID that tells whose it is (ISO 7816-4, 8.2.1.2): a truncated one has at least these.
const RID: usize = 5;

/// What is selected.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Application {
    #[default]
    CardManager,
    Piv,
}

impl Card {
    /// Selecting another application takes the verified PIN back; selecting PIV again, or one that isn't there, leaves it.
    pub(super) fn select(&mut self, p1: u8, p2: u8, aid: &[u8]) -> Outcome {
        // By name, first or only occurrence, with its template.
        if (p1, p2) != (0x04, 0x00) {
            return Err(Status::IncorrectP1OrP2Parameter);
        }
        let selected = if names(aid, PIV_AID) {
            Application::Piv
        } else if aid.is_empty() || names(aid, CARD_MANAGER_AID) {
            Application::CardManager
        } else {
            return Err(Status::NotFound);
        };
        if selected != self.session.application {
            self.session.application = selected;
            self.session.pin_verified = false;
        }
        Ok(match selected {
            Application::Piv => property_template(),
            Application::CardManager => tlv::template(0x6F, &[tlv::object(0x84, CARD_MANAGER_AID)]),
        })
    }
}

fn names(given: &[u8], aid: &[u8]) -> bool {
    given.len() >= RID && aid.starts_with(given)
}

/// The application property template (table 3).
fn property_template() -> Vec<u8> {
    let (rid, pix) = PIV_AID.split_at(RID);
    tlv::template(
        0x61,
        &[
            tlv::object(0x4F, pix),
            tlv::template(0x79, &[tlv::object(0x4F, rid)]),
            tlv::object(0x50, b"Eport ID virtual card"),
        ],
    )
}
