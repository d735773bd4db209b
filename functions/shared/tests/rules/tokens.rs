//! Tokens, taken apart and put together.

use eport_shared::keys::{Keys, SigningKey, entry, verifying_half};
use eport_shared::testing::{Map, SeededEntropy, at_once};
use eport_shared::token::{Claims, RefreshToken, Unverified, issue};
use proptest::prelude::*;
use uuid::Uuid;

fn keys() -> Keys {
    let bare = entry("", &[3; 32]).trim_start_matches(':').to_owned();
    let variables = Map::from([
        ("signing_keys", entry("s1", &[1; 32]).to_string()),
        ("data_keys", entry("d1", &[2; 32]).to_string()),
        ("index_key", bare),
    ]);
    at_once(Keys::load(&variables)).unwrap()
}

fn claims() -> Claims {
    Claims {
        iss: "http://127.0.0.1:3000".to_owned(),
        sub: Uuid::from_u128(1),
        sid: Uuid::from_u128(2),
        ent: None,
        role: Some("staff".to_owned()),
        amr: vec!["pwd".to_owned()],
        card_class: None,
        iat: 1_795_310_400,
        exp: 1_795_311_000,
    }
}

#[test]
fn a_token_of_ours_is_verified_with_the_public_key_alone() {
    let mut keys = keys();
    let token = issue(&keys, &claims()).unwrap();
    keys.signing.clear();
    let unverified = Unverified::parse(&token).unwrap();
    assert_eq!(unverified.session(), claims().sid);
    assert_eq!(unverified.verified(&token, &keys.verifying), Ok(claims()));
    assert!(issue(&keys, &claims()).is_err(), "without a signing key nothing is signed");
}

/// RFC 8037 appendix A.4 signs with this key; its public half is the one of the appendix.
#[test]
fn the_public_half_is_that_of_rfc_8032() {
    let seed = hex::decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").unwrap();
    let public = hex::decode("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a").unwrap();
    assert_eq!(verifying_half(&seed.try_into().unwrap()).unwrap().as_slice(), public);
}

#[test]
fn a_key_of_another_name_or_another_key_of_that_name_verifies_nothing() {
    let keys = keys();
    let token = issue(&keys, &claims()).unwrap();
    let verify = |keys: &[eport_shared::keys::VerifyingKey]| Unverified::parse(&token).unwrap().verified(&token, keys);
    let mut other = keys.verifying.clone();
    other[0].id = "s2".to_owned();
    assert!(verify(&other).is_err());
    let mut other = keys.verifying.clone();
    other[0].bytes = verifying_half(&[9; 32]).unwrap();
    assert!(verify(&other).is_err());
    assert!(verify(&[]).is_err());
    assert!(verify(&keys.verifying).is_ok());
}

#[test]
fn a_row_vouches_for_its_very_token() {
    let mut keys = keys();
    let token = issue(&keys, &claims()).unwrap();
    let hash = eport_shared::crypto::sha256(token.as_bytes());
    assert_eq!(Unverified::parse(&token).unwrap().vouched(&token, &hash).unwrap(), claims());
    keys.signing = vec![SigningKey { id: "s1".to_owned(), seed: [9; 32].into() }];
    let forged = issue(&keys, &claims()).unwrap();
    assert!(Unverified::parse(&forged).unwrap().vouched(&forged, &hash).is_err());
    assert!(Unverified::parse(&token).unwrap().vouched(&token, &[]).is_err());
}

#[test]
fn a_refresh_token_reads_as_what_it_was_made_for() {
    let keys = keys();
    let made = RefreshToken::new(&keys, &SeededEntropy::new(1), Uuid::from_u128(2));
    let (read, session) = RefreshToken::parse(&keys, made.as_str()).unwrap();
    assert_eq!((session, read.hash()), (Uuid::from_u128(2), made.hash()));
}

#[test]
fn no_single_character_of_a_refresh_token_can_be_changed() {
    let keys = keys();
    let made = RefreshToken::new(&keys, &SeededEntropy::new(1), Uuid::from_u128(2));
    for at in 0..made.as_str().len() {
        for other in [b'A', b'B', b'-', b'_', b'0', b'=', b'+', b'/', b' '] {
            let mut changed = made.as_str().as_bytes().to_vec();
            if changed[at] == other {
                continue;
            }
            changed[at] = other;
            assert!(RefreshToken::parse(&keys, std::str::from_utf8(&changed).unwrap()).is_none(), "{at}");
        }
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_token_reader_panic(text in any::<String>()) {
        let keys = keys();
        if let Ok(unverified) = Unverified::parse(&text) {
            prop_assert!(unverified.verified(&text, &keys.verifying).is_err());
        }
        prop_assert!(RefreshToken::parse(&keys, &text).is_none());
    }

    #[test]
    fn nothing_that_looks_like_a_token_makes_it_panic(a in "[A-Za-z0-9_-]{0,80}", b in "[A-Za-z0-9_-]{0,200}", c in "[A-Za-z0-9_-]{0,90}") {
        let keys = keys();
        let text = format!("{a}.{b}.{c}");
        if let Ok(unverified) = Unverified::parse(&text) {
            prop_assert!(unverified.verified(&text, &keys.verifying).is_err());
        }
        let joined = [a, b, c].concat();
        prop_assert!(RefreshToken::parse(&keys, &joined).is_none());
    }

    #[test]
    fn a_token_with_any_other_header_is_refused(header in "\\{\"alg\":\"(none|HS256|RS256|ES256|EdDSA|eddsa)\"(,\"kid\":\"s1\")?(,\"jwk\":\\{\\})?(,\"crit\":\\[\"x\"\\])?\\}", flip in any::<bool>()) {
        use base64::Engine as _;
        let keys = keys();
        let token = issue(&keys, &claims()).unwrap();
        let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
        parts[0] = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&header);
        if flip {
            parts[2] = String::new();
        }
        let forged = parts.join(".");
        // Nothing but EdDSA with a key's name gets as far as to name a session.
        prop_assert_eq!(Unverified::parse(&forged).is_ok(), header.contains("EdDSA") && header.contains("kid"), "{}", header);
        if let Ok(unverified) = Unverified::parse(&forged) {
            prop_assert!(unverified.verified(&forged, &keys.verifying).is_err(), "{}", header);
        }
    }

    #[test]
    fn any_change_of_a_token_is_refused(at in 0usize..300, to in "[A-Za-z0-9_.-]") {
        let keys = keys();
        let token = issue(&keys, &claims()).unwrap();
        let at = at % token.len();
        let mut changed = token.to_string();
        changed.replace_range(at..=at, &to);
        prop_assume!(changed != *token);
        // The last character of the signature carries bits that no byte has; they must not be free to choose.
        if let Ok(unverified) = Unverified::parse(&changed) {
            prop_assert!(unverified.verified(&changed, &keys.verifying).is_err());
        }
    }

    #[test]
    fn refresh_tokens_of_any_session_come_back(session in any::<u128>(), seed in any::<u64>()) {
        let keys = keys();
        let made = RefreshToken::new(&keys, &SeededEntropy::new(seed), Uuid::from_u128(session));
        prop_assert_eq!(RefreshToken::parse(&keys, made.as_str()).unwrap().1, Uuid::from_u128(session));
    }
}
