//! SELECT, and what every command has in common.

use crate::host::{Host, PIN_HEX, SELECT_PIV, memory};
use eport_virtual_card::card::Card;

/// A card to which nothing was said yet.
fn after_reset() -> Host {
    Host { card: Card::new(memory()) }
}

#[test]
fn selecting_piv_answers_its_property_template() {
    let template = after_reset().expect(SELECT_PIV, 0x9000);
    let expected =
        ["61 28", "4F 06 000010000100", "79 07 4F 05 A000000308", "50 15", &hex::encode(b"Eport ID virtual card")];
    assert_eq!(hex::encode(template), expected.concat().replace(' ', "").to_lowercase());
}

#[test]
fn piv_is_found_by_a_name_cut_at_the_end() {
    for aid in ["A000000308", "A00000030800001000", "A00000030800001000 01", "A00000030800001000 0100"] {
        let aid = aid.replace(' ', "");
        after_reset().expect(&format!("00A40400{:02X}{aid}00", aid.len() / 2), 0x9000);
    }
}

#[test]
fn another_application_is_not_found() {
    for aid in ["A0000003", "A000000309", "A0000003080000100002", "A00000030800001000010000", "D27600012401"] {
        after_reset().expect(&format!("00A40400{:02X}{aid}00", aid.len() / 2), 0x6A82);
    }
}

#[test]
fn selecting_otherwise_than_by_name_is_refused() {
    for header in ["00A40000", "00A40804", "00A4040C", "00A40402"] {
        after_reset().expect(&format!("{header}0BA00000030800001000010000"), 0x6A86);
    }
}

#[test]
fn before_piv_is_selected_nothing_else_is_known() {
    for command in
        ["00CB3FFF055C035FC10200", "0020008000", "00200080 08 313233343536FFFF", "0087119A 02 7C00 00", "00240080"]
    {
        after_reset().expect(command, 0x6D00);
    }
}

#[test]
fn a_reset_forgets_application_and_pin() {
    let mut host = Host::new();
    host.verify(PIN_HEX, 0x9000);
    host.card.reset();
    host.expect("00200080", 0x6D00);
    host.expect(SELECT_PIV, 0x9000);
    host.expect("00200080", 0x63C3);
}

#[test]
fn selecting_the_card_manager_forgets_the_pin() {
    for card_manager in ["00A4040008A00000015100000000", "00A4040000"] {
        let mut host = Host::new();
        host.verify(PIN_HEX, 0x9000);
        host.expect(card_manager, 0x9000);
        host.expect("00200080", 0x6D00);
        host.expect(SELECT_PIV, 0x9000);
        host.expect("00200080", 0x63C3);
    }
}

#[test]
fn selecting_piv_again_or_an_unknown_application_keeps_the_pin() {
    let mut host = Host::new();
    host.verify(PIN_HEX, 0x9000);
    host.expect(SELECT_PIV, 0x9000);
    host.expect("00200080", 0x9000);
    host.expect("00A4040006D2760001240100", 0x6A82);
    host.expect("00200080", 0x9000);
}

#[test]
fn other_classes_are_refused() {
    let mut host = Host::new();
    for (class, status) in [
        ("80", 0x6E00),
        ("FF", 0x6E00),
        ("20", 0x6E00),
        ("40", 0x6E00),
        ("A0", 0x6E00),
        ("01", 0x6881),
        ("0C", 0x6882),
        ("04", 0x6882),
    ] {
        host.expect(&format!("{class}CB3FFF055C035FC10200"), status);
    }
}

#[test]
fn unknown_instructions_are_refused() {
    let mut host = Host::new();
    for command in ["00B0000000", "0084000008", "00880000", "00010203"] {
        host.expect(command, 0x6D00);
    }
}

#[test]
fn writing_is_never_allowed() {
    let mut host = Host::new();
    host.verify(PIN_HEX, 0x9000);
    host.expect("00DB3FFF 09 5C035FC105 53025300", 0x6982);
    host.expect("0047009A 05 AC03800111 00", 0x6982);
}

#[test]
fn commands_of_the_wrong_length_are_refused() {
    let mut host = Host::new();
    for command in [
        "00",
        "0020",
        "002000",
        "00200080 05 3132",
        "00200080 02 313233343536",
        "00CB3FFF 000005 5C",
        "00CB3FFF 00FFFF 5C00",
    ] {
        host.expect(command, 0x6700);
    }
    assert_eq!(host.send_bytes(&[]), (Vec::new(), 0x6700));
}
