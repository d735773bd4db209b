//! The example of the standard: GB/T 32918.5-2017 (GM/T 0003.5-2012), appendix A.2, user id 1234567812345678.

use eport_virtual_card::{
    card::SM2_ALGORITHM,
    key::{PrivateKey, SM2_USER_ID},
};
use signature::{Verifier, hazmat::PrehashVerifier};
use sm2::dsa::{Signature, VerifyingKey};

use crate::host::{Host, PIN_HEX};

const PRIVATE_KEY: &str = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8";
const PUBLIC_KEY: &str = "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020\
                          CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13";
const MESSAGE: &[u8] = b"message digest";
/// e = SM3(ZA ‖ M).
const E: &str = "F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640";
const SIGNATURE: &str = "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3\
                         B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA";

fn bytes(hexadecimal: &str) -> Vec<u8> {
    hex::decode(hexadecimal).unwrap()
}

fn key() -> sm2::SecretKey {
    sm2::SecretKey::from_slice(&bytes(PRIVATE_KEY)).unwrap()
}

fn verifying_key() -> VerifyingKey {
    VerifyingKey::from_sec1_bytes(SM2_USER_ID, &bytes(PUBLIC_KEY)).unwrap()
}

#[test]
fn the_public_key_is_the_one_of_the_example() {
    assert_eq!(key().public_key().to_sec1_bytes()[..], bytes(PUBLIC_KEY)[..]);
}

#[test]
fn the_signature_of_the_example_verifies_over_the_message_and_over_its_digest() {
    let signature = Signature::from_slice(&bytes(SIGNATURE)).unwrap();
    verifying_key().verify(MESSAGE, &signature).unwrap();
    verifying_key().verify_prehash(&bytes(E), &signature).unwrap();
    assert!(verifying_key().verify(b"message digesT", &signature).is_err());
}

#[test]
fn the_card_signs_the_digest_of_the_example_so_that_it_verifies_over_the_message() {
    let mut host = Host::with_key(&PrivateKey::Sm2(key()));
    host.verify(PIN_HEX, 0x9000);
    let signature = Signature::from_der(&host.sign(SM2_ALGORITHM, 0x9A, &bytes(E)).unwrap()).unwrap();
    verifying_key().verify(MESSAGE, &signature).unwrap();
}

#[test]
fn signing_the_message_is_signing_its_digest() {
    let signature = Signature::from_der(&PrivateKey::Sm2(key()).sign(MESSAGE).unwrap()).unwrap();
    verifying_key().verify_prehash(&bytes(E), &signature).unwrap();
}
