//! GENERAL AUTHENTICATE.

use eport_virtual_card::{
    card::{SM2_ALGORITHM, Slot},
    key::{Algorithm, PrivateKey, SM2_USER_ID},
};
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::{BoxedUint, hazmat::rsa_encrypt, traits::PublicKeyParts};

use crate::host::{DIGEST, Host, PIN_HEX, WRONG_HEX, memory, signature};

const P256: u8 = 0x11;
const RSA: u8 = 0x07;

#[test]
fn p_256_signs_a_digest() {
    let key = PrivateKey::generate(Algorithm::P256).unwrap();
    let mut host = Host::with_key(&key);
    host.verify(PIN_HEX, 0x9000);
    let signature = host.sign(P256, 0x9A, &DIGEST).unwrap();
    let PrivateKey::P256(key) = key else { unreachable!() };
    let signature = p256::ecdsa::Signature::from_der(&signature).unwrap();
    p256::ecdsa::VerifyingKey::from(key.public_key()).verify_prehash(&DIGEST, &signature).unwrap();
}

#[test]
fn sm2_signs_a_digest_under_its_private_algorithm_identifier() {
    let key = PrivateKey::generate(Algorithm::Sm2).unwrap();
    let mut host = Host::with_key(&key);
    host.verify(PIN_HEX, 0x9000);
    assert_eq!(host.sign(P256, 0x9A, &DIGEST), Err(0x6A86));
    verify_sm2(&key, &host.sign(SM2_ALGORITHM, 0x9A, &DIGEST).unwrap());

    let mut memory = memory().with(Slot::Authentication, key.clone(), None);
    memory.sm2_algorithm = 0x5A;
    let mut host = Host::with(memory);
    host.verify(PIN_HEX, 0x9000);
    assert_eq!(host.sign(SM2_ALGORITHM, 0x9A, &DIGEST), Err(0x6A86));
    verify_sm2(&key, &host.sign(0x5A, 0x9A, &DIGEST).unwrap());
}

fn verify_sm2(key: &PrivateKey, signature: &[u8]) {
    let PrivateKey::Sm2(key) = key else { unreachable!() };
    let signature = sm2::dsa::Signature::from_der(signature).unwrap();
    sm2::dsa::VerifyingKey::new(SM2_USER_ID, key.public_key()).unwrap().verify_prehash(&DIGEST, &signature).unwrap();
}

#[test]
fn rsa_raises_a_block_to_its_private_exponent_however_the_command_is_cut() {
    let key = PrivateKey::generate(Algorithm::Rsa).unwrap();
    let mut host = Host::with_key(&key);
    host.verify(PIN_HEX, 0x9000);
    let PrivateKey::Rsa(key) = key else { unreachable!() };
    // A block as PKCS #1 pads it begins with 00 01; another has leading zeros, which must not get lost on the way back.
    for begin in [&[0x00, 0x01][..], &[0x00; 40]] {
        let mut block = [begin, &[0xFF; 256]].concat();
        block.truncate(256);
        let template = [&[0x7C, 0x82, 0x01, 0x06, 0x82, 0x00, 0x81, 0x82, 0x01, 0x00], &block[..]].concat();

        let extended = [&[0x00, 0x87, RSA, 0x9A, 0x00, 0x01, 0x0A], &template[..], &[0x00, 0x00]].concat();
        let (whole, status) = host.send_bytes(&extended);
        assert_eq!(status, 0x9000);

        for cut in [1, 100, 128, 255] {
            let mut chained = Vec::new();
            let pieces: Vec<_> = template.chunks(cut).collect();
            for (index, piece) in pieces.iter().enumerate() {
                let last = index + 1 == pieces.len();
                let class = if last { 0x00 } else { 0x10 };
                let mut command = [&[class, 0x87, RSA, 0x9A, piece.len() as u8], *piece].concat();
                if last {
                    command.push(0x00);
                }
                let (piece, status) = host.send_bytes(&command);
                assert_eq!(format!("{status:04X}"), if last { "6108" } else { "9000" });
                chained.extend(piece);
            }
            chained.extend(host.expect("00C0000008", 0x9000));
            assert_eq!(chained, whole, "blinding changes nothing, and RSA has one answer");
        }

        let raised = BoxedUint::from_be_slice(&signature(&whole), 2048).unwrap();
        let back = rsa_encrypt(key.as_ref(), &raised).unwrap();
        assert_eq!(signature(&whole).len(), 256);
        assert_eq!(back.to_be_bytes()[..], block[..]);
    }
}

#[test]
fn rsa_refuses_what_is_not_below_its_modulus() {
    let key = PrivateKey::generate(Algorithm::Rsa).unwrap();
    let mut host = Host::with_key(&key);
    host.verify(PIN_HEX, 0x9000);
    let PrivateKey::Rsa(key) = key else { unreachable!() };
    let modulus = key.n().as_ref().to_be_bytes();
    for block in [&modulus[..], &[0xFF; 256]] {
        let template = [&[0x7C, 0x82, 0x01, 0x06, 0x82, 0x00, 0x81, 0x82, 0x01, 0x00], block].concat();
        let command = [&[0x00, 0x87, RSA, 0x9A, 0x00, 0x01, 0x0A], &template[..], &[0x00, 0x00]].concat();
        assert_eq!(host.send_bytes(&command), (Vec::new(), 0x6A80));
    }
    for length in [1, 32, 100] {
        assert_eq!(host.sign(RSA, 0x9A, &vec![0x01; length]), Err(0x6A80));
    }
}

#[test]
fn a_digest_of_another_length_is_refused() {
    for (algorithm, identifier) in [(Algorithm::P256, P256), (Algorithm::Sm2, SM2_ALGORITHM)] {
        let mut host = Host::with_key(&PrivateKey::generate(algorithm).unwrap());
        host.verify(PIN_HEX, 0x9000);
        for length in [1, 20, 31, 33, 48, 64] {
            assert_eq!(host.sign(identifier, 0x9A, &vec![0x01; length]), Err(0x6A80), "{length}");
        }
    }
}

#[test]
fn each_slot_has_its_own_rule_for_the_pin() {
    let mut host = Host::new();
    for (slot, without) in [(0x9A, false), (0x9C, false), (0x9D, false), (0x9E, true)] {
        assert_eq!(host.sign(P256, slot, &DIGEST).is_ok(), without, "{slot:02X}");
    }
    host.verify(PIN_HEX, 0x9000);
    for _ in 0..2 {
        host.sign(P256, 0x9A, &DIGEST).unwrap();
        host.sign(P256, 0x9D, &DIGEST).unwrap();
        // Each signature of 9C wants the PIN right before it.
        assert_eq!(host.sign(P256, 0x9C, &DIGEST), Err(0x6982));
    }
    host.verify(PIN_HEX, 0x9000);
    host.sign(P256, 0x9C, &DIGEST).unwrap();
    assert_eq!(host.sign(P256, 0x9C, &DIGEST), Err(0x6982));
}

#[test]
fn a_command_between_pin_and_signature_closes_9c() {
    let mut host = Host::new();
    for between in ["00200080", "00CB3FFF055C035FC10200", "00A4040006D2760001240100"] {
        host.verify(PIN_HEX, 0x9000);
        host.send(between);
        assert_eq!(host.sign(P256, 0x9C, &DIGEST), Err(0x6982), "{between}");
    }
}

#[test]
fn nothing_is_signed_without_the_pin_after_it_was_taken_back() {
    for take_back in [format!("00200080 08 {WRONG_HEX}"), "0020FF80".to_owned(), "00A4040000".to_owned()] {
        let mut host = Host::new();
        host.verify(PIN_HEX, 0x9000);
        host.send(&take_back);
        host.expect(crate::host::SELECT_PIV, 0x9000);
        assert_eq!(host.sign(P256, 0x9A, &DIGEST), Err(0x6982), "{take_back}");
    }
}

#[test]
fn unknown_keys_and_algorithms_are_refused() {
    let mut host = Host::with_key(&PrivateKey::generate(Algorithm::P256).unwrap());
    host.verify(PIN_HEX, 0x9000);
    for (algorithm, slot) in
        [(P256, 0x9C), (P256, 0x9B), (P256, 0x00), (P256, 0x82), (RSA, 0x9A), (0x14, 0x9A), (0x00, 0x9A)]
    {
        assert_eq!(host.sign(algorithm, slot, &DIGEST), Err(0x6A86), "{algorithm:02X} {slot:02X}");
    }
}

#[test]
fn the_template_may_have_its_objects_in_either_order_and_no_others() {
    let digest = hex::encode(DIGEST);
    let mut host = Host::new();
    host.expect(&format!("0087119E 26 7C24 8200 8120{digest} 00"), 0x9000);
    host.expect(&format!("0087119E 26 7C24 8120{digest} 8200 00"), 0x9000);
    // Lengths may be written longer than need be.
    host.expect(&format!("0087119E 28 7C8125 8200 818120{digest} 00"), 0x9000);
    for template in [
        "",
        "7C00",
        "7C02 8200",
        "7C02 8100",
        "7C04 8200 8100",
        &format!("7C22 8120{digest}"),
        &format!("7C25 820101 8120{digest}"),
        &format!("7C26 8200 8120{digest} 8500"),
        &format!("7C24 8000 8120{digest}"),
        &format!("7C24 8200 8520{digest}"),
        &format!("7C24 8200 8120{digest} 00"),
        &format!("7C25 8200 8121{digest}"),
        &format!("7D24 8200 8120{digest}"),
        "7C",
        "7C85FFFFFFFFFF",
    ] {
        let template = template.replace(' ', "");
        let length = if template.is_empty() { String::new() } else { format!("{:02X}", template.len() / 2) };
        host.expect(&format!("0087119E {length} {template} 00"), 0x6A80);
    }
}
