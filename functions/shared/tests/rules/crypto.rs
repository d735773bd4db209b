//! Encryption at rest, and MACs.

use eport_shared::crypto::{CryptoError, Label, Place, decrypt, encrypt, mac};
use eport_shared::keys::{Keys, NamedKey};
use eport_shared::testing::{Map, SeededEntropy, at_once};
use proptest::prelude::*;
use uuid::Uuid;

fn keys() -> Keys {
    let key = eport_shared::keys::entry("k1", &[2; 32]).to_string();
    let index = eport_shared::keys::entry("", &[3; 32]).trim_start_matches(':').to_owned();
    at_once(Keys::load(&Map::from([("data_keys", key), ("index_key", index)]))).unwrap()
}

const ROW: Uuid = Uuid::from_u128(1);

fn sealed(keys: &Keys) -> Vec<u8> {
    encrypt(keys, &SeededEntropy::new(1), Place::new("accounts.email", &ROW), b"a@b.cn").unwrap()
}

#[test]
fn what_was_encrypted_comes_back() {
    let keys = keys();
    let kept = sealed(&keys);
    assert_eq!(*decrypt(&keys, Place::new("accounts.email", &ROW), &kept).unwrap(), b"a@b.cn");
    assert!(kept.starts_with(b"\x01\x02k1") && kept.len() == 4 + 12 + 6 + 16);
}

#[test]
fn a_ciphertext_that_was_moved_is_refused() {
    let keys = keys();
    let kept = sealed(&keys);
    for place in [
        Place::new("accounts.address", &ROW),
        Place::new("accounts.email", &Uuid::from_u128(2)),
        Place { column: "accounts.emai", row: b"l" },
    ] {
        assert_eq!(decrypt(&keys, place, &kept), Err(CryptoError));
    }
}

#[test]
fn a_change_of_any_byte_is_refused() {
    let keys = keys();
    let kept = sealed(&keys);
    for at in 0..kept.len() {
        let mut changed = kept.clone();
        changed[at] ^= 1;
        assert_eq!(decrypt(&keys, Place::new("accounts.email", &ROW), &changed), Err(CryptoError), "byte {at}");
        assert_eq!(decrypt(&keys, Place::new("accounts.email", &ROW), &kept[..at]), Err(CryptoError), "cut at {at}");
    }
}

#[test]
fn the_same_text_is_never_encrypted_alike() {
    let (keys, entropy) = (keys(), SeededEntropy::new(1));
    let seal = || encrypt(&keys, &entropy, Place::new("accounts.email", &ROW), b"a@b.cn").unwrap();
    assert_ne!(seal(), seal());
}

#[test]
fn an_old_key_still_decrypts_and_a_new_one_encrypts() {
    let mut keys = keys();
    let old = sealed(&keys);
    keys.data.insert(0, NamedKey { id: "k2".to_owned(), bytes: [9; 32].into() });
    assert!(decrypt(&keys, Place::new("accounts.email", &ROW), &old).is_ok());
    let new = sealed(&keys);
    assert!(new.starts_with(b"\x01\x02k2"));
    keys.data.retain(|key| key.id == "k2");
    assert_eq!(decrypt(&keys, Place::new("accounts.email", &ROW), &old), Err(CryptoError));
    assert!(decrypt(&keys, Place::new("accounts.email", &ROW), &new).is_ok());
    keys.data.clear();
    assert_eq!(encrypt(&keys, &SeededEntropy::new(1), Place::new("accounts.email", &ROW), b""), Err(CryptoError));
}

#[test]
fn a_mac_of_one_use_is_none_of_another() {
    let keys = keys();
    let labels = [
        Label::Phone,
        Label::IdNumber,
        Label::SmsCode,
        Label::LoginSubject,
        Label::PasswordToken,
        Label::RefreshToken,
        Label::IdempotencyKey,
        Label::IdempotencyBody,
        Label::Audit,
        Label::Device,
        Label::RateSubject,
    ];
    let macs: std::collections::BTreeSet<[u8; 32]> = labels.iter().map(|label| mac(&keys, *label, &[b"x"])).collect();
    assert_eq!(macs.len(), labels.len());
}

#[test]
fn no_two_lists_of_parts_have_one_mac() {
    let keys = keys();
    let lists: [&[&[u8]]; 6] = [&[], &[b""], &[b"", b""], &[b"ab"], &[b"a", b"b"], &[b"", b"ab"]];
    let macs: std::collections::BTreeSet<[u8; 32]> =
        lists.iter().map(|parts| mac(&keys, Label::Audit, parts)).collect();
    assert_eq!(macs.len(), lists.len());
}

proptest! {
    #[test]
    fn any_bytes_come_back_and_none_make_it_panic(plain in proptest::collection::vec(any::<u8>(), 0..300), seed in any::<u64>()) {
        let keys = keys();
        let kept = encrypt(&keys, &SeededEntropy::new(seed), Place::new("a.b", &ROW), &plain).unwrap();
        prop_assert_eq!(&*decrypt(&keys, Place::new("a.b", &ROW), &kept).unwrap(), &plain);
        let _ = decrypt(&keys, Place::new("a.b", &ROW), &plain);
    }
}
