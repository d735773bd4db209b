//! GET DATA (SP 800-73-4 part 2, 3.1.2) and the data objects of part 1, 3 and appendix A.

use iso7816::Status;

use super::{Card, Outcome, PIV_AID, Slot, SlotContent, tlv};

/// Names a card: a UUID (SP 800-73-4 part 1, 3.4.1).
pub type Guid = [u8; 16];

/// The tag of the card holder unique identifier.
pub const CHUID: &[u8] = &[0x5F, 0xC1, 0x02];
/// The tag of the card capability container.
const CAPABILITIES: &[u8] = &[0x5F, 0xC1, 0x07];
/// The tag of the discovery object.
const DISCOVERY: &[u8] = &[0x7E];

impl Slot {
    /// The tag of this slot's certificate (SP 800-73-4 part 1, table 3).
    pub fn certificate_tag(self) -> &'static [u8] {
        match self {
            Self::Authentication => &[0x5F, 0xC1, 0x05],
            Self::Signature => &[0x5F, 0xC1, 0x0A],
            Self::KeyManagement => &[0x5F, 0xC1, 0x0B],
            Self::CardAuthentication => &[0x5F, 0xC1, 0x01],
        }
    }
}

impl Card {
    /// Everything that is there may be read without a PIN. The PIV security object, the biometrics and the printed information are not there.
    pub(super) fn get_data(&self, p1: u8, p2: u8, data: &[u8]) -> Outcome {
        if (p1, p2) != (0x3F, 0xFF) {
            return Err(Status::IncorrectP1OrP2Parameter);
        }
        let tag = tlv::only(0x5C, data).ok_or(Status::IncorrectDataParameter)?;
        if tag == DISCOVERY {
            return Ok(discovery());
        }
        let content = if tag == CHUID {
            chuid(&self.memory.guid)
        } else if tag == CAPABILITIES {
            capabilities(&self.memory.guid)
        } else {
            let slot = Slot::ALL.into_iter().find(|slot| slot.certificate_tag() == tag).ok_or(Status::NotFound)?;
            self.memory.slot(slot).and_then(certificate).ok_or(Status::NotFound)?
        };
        Ok(tlv::object(0x53, &content))
    }
}

/// Appendix A, table 10: certificate, "not compressed", no error detection.
fn certificate(slot: &SlotContent) -> Option<Vec<u8>> {
    let der = slot.certificate.as_deref()?;
    Some([tlv::object(0x70, der), tlv::object(0x71, &[0]), tlv::object(0xFE, &[])].concat())
}

/// Table 9. No federal agency issued this card: the FASC-N is that of a non-federal issuer (agency 9999), and nobody signed the object.
fn chuid(guid: &Guid) -> Vec<u8> {
    // 9999-9999-999999-0-1-00000000003, person category 0, in the 5-bit code of TIG SCEPACS 2.2.
    const FASC_N: &[u8] = &[
        0xD4, 0xE7, 0x39, 0xDA, 0x73, 0x9C, 0xED, 0x39, 0xCE, 0x73, 0x9D, 0x83, 0x68, 0x58, 0x21, 0x08, 0x42, 0x10,
        0x84, 0x21, 0xC8, 0x42, 0x10, 0xC3, 0xEB,
    ];
    [
        tlv::object(0x30, FASC_N),
        tlv::object(0x34, guid),
        tlv::object(0x35, b"20991231"),
        tlv::object(0x3E, &[]),
        tlv::object(0xFE, &[]),
    ]
    .concat()
}

/// Table 8. PIV wants it to be there and says nothing of use in it beside the card identifier.
fn capabilities(guid: &Guid) -> Vec<u8> {
    const GSC_RID: &[u8] = &[0xA0, 0x00, 0x00, 0x01, 0x16];
    // Any manufacturer, a Java-like card, then what tells the cards of one manufacturer apart.
    let identifier = [GSC_RID, &[0xFF, 0x02], guid.get(..14).unwrap_or_default()].concat();
    let mut objects = vec![
        tlv::object(0xF0, &identifier),
        tlv::object(0xF1, &[0x21]),
        tlv::object(0xF2, &[0x21]),
        tlv::object(0xF3, &[]),
        tlv::object(0xF4, &[0x00]),
        // PIV's data model.
        tlv::object(0xF5, &[0x10]),
    ];
    objects.extend([0xF6, 0xF7, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE].map(|tag| tlv::object(tag, &[])));
    objects.concat()
}

/// Part 1, 3.3.2: which application it is, and that the application PIN alone satisfies its access rules.
fn discovery() -> Vec<u8> {
    tlv::template(0x7E, &[tlv::object(0x4F, PIV_AID), tlv::object(0x5F2F, &[0x40, 0x00])])
}
