//! Command chaining where it goes wrong; where it goes right stands with what is chained.

use crate::host::{DIGEST, Host, PIN_HEX};

const FIRST_HALF: &str = "1087119E 03 7C2482";

fn second_half() -> String {
    format!("0087119E 23 008120{} 00", hex::encode(DIGEST))
}

#[test]
fn a_chain_that_is_broken_into_is_given_up() {
    let mut host = Host::new();
    for intruder in ["00200080", "00CB3FFF055C035FC10200", "0087119A 02 7C00 00", "0087079E 02 7C00 00"] {
        host.expect(FIRST_HALF, 0x9000);
        host.expect(intruder, 0x6883);
        // What comes now is no second half any more.
        host.expect(&second_half(), 0x6A80);
        host.expect(FIRST_HALF, 0x9000);
        host.expect(&second_half(), 0x9000);
    }
}

#[test]
fn a_reset_gives_a_chain_up() {
    let mut host = Host::new();
    host.expect(FIRST_HALF, 0x9000);
    host.card.reset();
    host.expect(crate::host::SELECT_PIV, 0x9000);
    host.expect(&second_half(), 0x6A80);
}

#[test]
fn most_commands_come_in_one_piece() {
    let mut host = Host::new();
    for command in
        ["10A4040005A000000308", "10CB3FFF055C035FC102", "10200080 08 313233343536FFFF", "10240080", "102C0080"]
    {
        host.expect(command, 0x6884);
    }
    host.verify(PIN_HEX, 0x9000);
}

#[test]
fn a_chain_without_end_is_refused() {
    let mut host = Host::new();
    let piece = format!("1087119E FF {}", "00".repeat(255));
    for _ in 0..16 {
        host.expect(&piece, 0x9000);
    }
    host.expect(&piece, 0x6700);
    host.expect(FIRST_HALF, 0x9000);
    host.expect(&second_half(), 0x9000);
}
