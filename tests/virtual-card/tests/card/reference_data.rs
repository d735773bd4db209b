//! PIN and PUK.

use crate::host::{Host, PIN_HEX, PUK_HEX, WRONG_HEX};

const NEW_HEX: &str = "3636363636363636";

#[test]
fn the_right_pin_is_taken_and_then_need_not_be_verified() {
    let mut host = Host::new();
    host.expect("00200080", 0x63C3);
    host.verify(PIN_HEX, 0x9000);
    host.expect("00200080", 0x9000);
}

#[test]
fn each_wrong_pin_costs_a_try_until_it_is_blocked() {
    let mut host = Host::new();
    for (status, left) in [(0x63C2, 0x63C2), (0x63C1, 0x63C1), (0x63C0, 0x6983)] {
        host.verify(WRONG_HEX, status);
        host.expect("00200080", left);
    }
    host.verify(WRONG_HEX, 0x6983);
    host.verify(PIN_HEX, 0x6983);
    host.expect(&format!("00240080 10 {PIN_HEX}{NEW_HEX}"), 0x6983);
    assert_eq!(host.card.memory().pin.tries, 0);
}

#[test]
fn tries_survive_a_reset_and_come_back_with_the_right_pin() {
    let mut host = Host::new();
    host.verify(WRONG_HEX, 0x63C2);
    host.card.reset();
    host.expect(crate::host::SELECT_PIV, 0x9000);
    host.verify(WRONG_HEX, 0x63C1);
    host.verify(PIN_HEX, 0x9000);
    assert_eq!(host.card.memory().pin.tries, 3);
}

#[test]
fn a_wrong_pin_takes_the_verification_back() {
    let mut host = Host::new();
    host.verify(PIN_HEX, 0x9000);
    host.verify(WRONG_HEX, 0x63C2);
    host.expect("00200080", 0x63C2);
}

#[test]
fn the_host_can_take_the_verification_back() {
    let mut host = Host::new();
    host.verify(PIN_HEX, 0x9000);
    host.expect("0020FF80", 0x9000);
    host.expect("00200080", 0x63C3);
    host.expect(&format!("0020FF80 08 {PIN_HEX}"), 0x6A80);
}

#[test]
fn what_is_no_pin_costs_no_try() {
    let mut host = Host::new();
    for (length, bytes) in [
        ("06", "313233343536"),
        ("09", "313233343536FFFFFF"),
        ("08", "3132333435FFFFFF"),
        ("08", "31323334353600FF"),
        ("08", "3132333435FF36FF"),
        ("08", "414243444546FFFF"),
        ("08", "FFFFFFFFFFFFFFFF"),
    ] {
        host.expect(&format!("00200080 {length} {bytes}"), 0x6A80);
    }
    assert_eq!(host.card.memory().pin.tries, 3);
}

#[test]
fn other_references_are_unknown() {
    let mut host = Host::new();
    for p2 in ["00", "01", "81", "96"] {
        host.expect(&format!("002000{p2} 08 {PIN_HEX}"), 0x6A88);
    }
    host.expect(&format!("00200180 08 {PIN_HEX}"), 0x6A86);
    host.expect(&format!("00240082 10 {PIN_HEX}{NEW_HEX}"), 0x6A88);
    host.expect(&format!("00240180 10 {PIN_HEX}{NEW_HEX}"), 0x6A86);
    host.expect(&format!("002C0081 10 {PUK_HEX}{NEW_HEX}"), 0x6A88);
    host.expect(&format!("002C0180 10 {PUK_HEX}{NEW_HEX}"), 0x6A86);
}

#[test]
fn a_changed_pin_replaces_the_old_one() {
    let mut host = Host::new();
    host.verify(WRONG_HEX, 0x63C2);
    host.expect(&format!("00240080 10 {PIN_HEX}{NEW_HEX}"), 0x9000);
    host.expect("00200080", 0x9000);
    host.verify(PIN_HEX, 0x63C2);
    host.verify(NEW_HEX, 0x9000);
}

#[test]
fn changing_with_the_wrong_pin_costs_a_try_and_changes_nothing() {
    let mut host = Host::new();
    host.verify(PIN_HEX, 0x9000);
    host.expect(&format!("00240080 10 {WRONG_HEX}{NEW_HEX}"), 0x63C2);
    host.expect("00200080", 0x63C2);
    host.verify(PIN_HEX, 0x9000);
}

#[test]
fn a_new_pin_that_is_none_is_refused_before_the_old_one_is_tried() {
    let mut host = Host::new();
    for new in ["3132333435FFFFFF", "4142434445464748"] {
        host.expect(&format!("00240080 10 {WRONG_HEX}{new}"), 0x6A80);
        host.expect(&format!("002C0080 10 {PUK_HEX}{new}"), 0x6A80);
    }
    for (length, data) in [
        ("08", PIN_HEX.to_owned()),
        ("0F", format!("{PIN_HEX}36363636363636")),
        ("11", format!("{PIN_HEX}{NEW_HEX}36")),
    ] {
        host.expect(&format!("00240080 {length} {data}"), 0x6A80);
    }
    assert_eq!((host.card.memory().pin.tries, host.card.memory().puk.tries), (3, 3));
}

#[test]
fn the_puk_unblocks_with_a_new_pin_that_is_not_verified_by_that() {
    let mut host = Host::new();
    for status in [0x63C2, 0x63C1, 0x63C0] {
        host.verify(WRONG_HEX, status);
    }
    host.expect(&format!("002C0080 10 {PUK_HEX}{NEW_HEX}"), 0x9000);
    host.expect("00200080", 0x63C3);
    host.verify(PIN_HEX, 0x63C2);
    host.verify(NEW_HEX, 0x9000);
}

#[test]
fn the_puk_has_a_counter_too() {
    let mut host = Host::new();
    for status in [0x63C2, 0x63C1, 0x63C0, 0x6983] {
        host.expect(&format!("002C0080 10 {NEW_HEX}{NEW_HEX}"), status);
    }
    host.expect(&format!("002C0080 10 {PUK_HEX}{NEW_HEX}"), 0x6983);
    host.expect(&format!("00240081 10 {PUK_HEX}{NEW_HEX}"), 0x6983);
    host.verify(PIN_HEX, 0x9000);
}

#[test]
fn a_changed_puk_replaces_the_old_one() {
    let mut host = Host::new();
    host.expect(&format!("00240081 10 {PUK_HEX}{NEW_HEX}"), 0x9000);
    host.expect(&format!("002C0080 10 {PUK_HEX}{PIN_HEX}"), 0x63C2);
    host.expect(&format!("002C0080 10 {NEW_HEX}{PIN_HEX}"), 0x9000);
    assert_eq!(host.card.memory().puk.tries, 3);
}

#[test]
fn the_revision_tells_when_there_is_something_to_store() {
    let mut host = Host::new();
    let before = host.card.revision();
    host.expect("00200080", 0x63C3);
    host.expect("00CB3FFF 05 5C035FC102 00", 0x9000);
    assert_eq!(host.card.revision(), before);
    host.verify(WRONG_HEX, 0x63C2);
    assert_ne!(host.card.revision(), before);
}

#[test]
fn no_secret_shows_in_debug_output() {
    let host = Host::new();
    let shown = format!("{:?}", host.card);
    assert!(shown.contains("Secret(…)"), "{shown}");
    for secret in ["123456", "49, 50, 51", "0x31"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
}
