//! GET DATA.

use eport_virtual_card::card::{Personalisation, Slot};
use eport_virtual_card::key::{Algorithm, PrivateKey};

use crate::host::{Host, memory, value};

fn certificate_card(certificate: &[u8]) -> Host {
    Host::with(with_certificate(memory(), Slot::Authentication, certificate))
}

fn with_certificate(memory: Personalisation, slot: Slot, certificate: &[u8]) -> Personalisation {
    memory.with(slot, PrivateKey::generate(Algorithm::P256).unwrap(), Some(certificate.to_vec()))
}

#[test]
fn each_slot_has_its_certificate_under_its_tag() {
    let memory = Slot::ALL.into_iter().fold(memory(), |memory, slot| with_certificate(memory, slot, &[slot as u8; 3]));
    let mut host = Host::with(memory);
    for (tag, slot) in [("5FC105", 0x9A), ("5FC10A", 0x9C), ("5FC10B", 0x9D), ("5FC101", 0x9E)] {
        let data = host.expect(&format!("00CB3FFF 05 5C03{tag} 00"), 0x9000);
        // Certificate, "not compressed", no error detection code.
        assert_eq!(data, [0x53, 0x0A, 0x70, 0x03, slot, slot, slot, 0x71, 0x01, 0x00, 0xFE, 0x00]);
    }
}

#[test]
fn a_long_certificate_comes_in_pieces() {
    // Lengths around the borders of the pieces, and of the length fields.
    for length in
        [1, 117, 118, 119, 120, 127, 128, 243, 244, 245, 246, 247, 255, 256, 500, 501, 502, 600, 756, 757, 1500, 3000]
    {
        let certificate = vec![0xC5; length];
        let mut host = certificate_card(&certificate);
        let mut command = "00CB3FFF 05 5C035FC105 00".to_owned();
        let mut whole = Vec::new();
        loop {
            let (piece, status) = host.send(&command);
            whole.extend_from_slice(&piece);
            match status.to_be_bytes() {
                [0x90, 0x00] => break,
                [0x61, left] => {
                    assert_eq!(piece.len(), 256);
                    command = format!("00C00000{left:02X}");
                }
                _ => panic!("{status:04X}"),
            }
        }
        let objects = value(0x53, &whole);
        assert_eq!(
            objects.len(),
            whole.len()
                - if objects.len() > 255 {
                    4
                } else if objects.len() > 127 {
                    3
                } else {
                    2
                }
        );
        assert!(objects.ends_with(&[0x71, 0x01, 0x00, 0xFE, 0x00]));
        assert_eq!(value(0x70, &objects[..objects.len() - 5]), certificate);
        host.expect("00C0000000", 0x6985);
    }
}

#[test]
fn extended_length_gets_it_all_at_once() {
    let certificate = vec![0xC5; 1500];
    let data = certificate_card(&certificate).expect("00CB3FFF 000005 5C035FC105 0000", 0x9000);
    assert_eq!(value(0x70, &value(0x53, &data)[..1504]), certificate);
}

#[test]
fn as_much_comes_as_was_asked_for() {
    let mut host = certificate_card(&[0xC5; 40]);
    assert_eq!(host.expect("00CB3FFF 05 5C035FC105 0A", 0x6127).len(), 10);
    assert_eq!(host.expect("00C00000 05", 0x6122).len(), 5);
    assert_eq!(host.expect("00C00000 22", 0x9000).len(), 34);
    // Without Le: nothing yet, and what there is.
    assert_eq!(host.expect("00CB3FFF 05 5C035FC105", 0x6131).len(), 0);
    assert_eq!(host.expect("00C00000 00", 0x9000).len(), 49);
}

#[test]
fn another_command_gives_the_rest_of_an_answer_up() {
    let mut host = certificate_card(&[0xC5; 1000]);
    host.expect("00CB3FFF 05 5C035FC105 00", 0x6100);
    host.expect("00200080", 0x63C3);
    host.expect("00C0000000", 0x6985);
}

#[test]
fn get_response_has_rules_of_its_own() {
    let mut host = certificate_card(&[0xC5; 1000]);
    host.expect("00CB3FFF 05 5C035FC105 00", 0x6100);
    host.expect("00C00100 00", 0x6A86);
    host.expect("00C00000 01 AA 00", 0x6700);
    host.expect("00C00000 00", 0x6100);
}

#[test]
fn the_objects_that_piv_demands_are_there() {
    let mut host = Host::new();
    let chuid = host.expect("00CB3FFF 05 5C035FC102 00", 0x9000);
    let chuid = value(0x53, &chuid);
    // FASC-N, GUID, expiration date, no signature, no error detection code.
    assert_eq!((&chuid[..2], &chuid[27..29], &chuid[45..47]), (&[0x30, 25][..], &[0x34, 16][..], &[0x35, 8][..]));
    assert_eq!(&chuid[29..45], host.card.memory().guid);
    assert_eq!(&chuid[55..], [0x3E, 0x00, 0xFE, 0x00]);

    let capabilities = host.expect("00CB3FFF 05 5C035FC107 00", 0x9000);
    assert_eq!(&value(0x53, &capabilities)[..7], [0xF0, 21, 0xA0, 0x00, 0x00, 0x01, 0x16]);

    let discovery = host.expect("00CB3FFF 03 5C017E 00", 0x9000);
    assert_eq!(hex::encode(discovery), "7e124f0ba0000003080000100001005f2f024000");
}

#[test]
fn two_cards_have_different_names() {
    let chuid = |mut host: Host| host.expect("00CB3FFF 05 5C035FC102 00", 0x9000);
    assert_ne!(chuid(Host::new()), chuid(Host::new()));
}

#[test]
fn what_is_not_there_is_not_found() {
    let mut host = Host::new();
    // A slot without certificate, fingerprints, security object, printed information, key history, a tag that PIV doesn't know.
    for tag in ["035FC105", "035FC103", "035FC106", "035FC109", "035FC10C", "035FFFFF", "015F", "027F61"] {
        host.expect(&format!("00CB3FFF {:02X} 5C{tag} 00", tag.len() / 2 + 1), 0x6A82);
    }
}

#[test]
fn malformed_tag_lists_are_refused() {
    let mut host = Host::new();
    for data in ["", "5C", "5C03", "5C035FC1", "5C035FC10200", "5D035FC102", "5C0A5FC102", "FF", "5C845FC10200"] {
        let length = if data.is_empty() { String::new() } else { format!("{:02X}", data.len() / 2) };
        host.expect(&format!("00CB3FFF {length} {data} 00"), 0x6A80);
    }
}

#[test]
fn other_places_than_the_current_one_are_refused() {
    let mut host = Host::new();
    for header in ["00CB3F00", "00CB0000", "00CBFFFF"] {
        host.expect(&format!("{header} 05 5C035FC102 00"), 0x6A86);
    }
}
