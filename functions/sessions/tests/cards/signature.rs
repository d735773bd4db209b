//! What a card may sign with, and in which spelling.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::testing::World;
use eport_shared::testing::cards::{Algorithm, CardClass, answer, holder, issue, signed, trusted, with};
use serde_json::json;

use crate::{challenge, claims, log_in, send};

on_each_database! {
    async fn a_card_of_each_algorithm_logs_in(world: World) {
        for (n, algorithm) in (1..).zip(Algorithm::ALL) {
            let ca = trusted(&world, algorithm).await;
            let session = log_in(&world, &issue(&ca, &holder(n, CardClass::Operator))).await.done(201);
            let claims = claims(&session);
            assert_eq!((&claims["amr"], &claims["card_class"]), (&json!(["sc", "pin"]), &json!("operator")));
        }
    }

    async fn a_signature_is_taken_raw_and_in_der(world: World) {
        for (n, algorithm) in [(1, Algorithm::Sm2), (2, Algorithm::P256)] {
            let ca = trusted(&world, algorithm).await;
            let card = issue(&ca, &holder(n, CardClass::Operator));
            let challenge = challenge(&world).await;
            let der = card.key.sign(challenge["text"].as_str().unwrap().as_bytes()).unwrap();
            let raw = raw(&der);
            assert_eq!(raw.len(), 64);
            send(&world, signed(&card, &challenge, &raw)).await.done(201);
            log_in(&world, &card).await.done(201);
        }
    }

    async fn both_values_of_s_are_taken_of_es256(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let card = issue(&ca, &holder(1, CardClass::Operator));
        let mut seen = [false, false];
        for _ in 0..8 {
            let challenge = challenge(&world).await;
            let raw = raw(&card.key.sign(challenge["text"].as_str().unwrap().as_bytes()).unwrap());
            let other = negated_s(&raw);
            let high = |raw: &[u8]| raw[32] >= 0x80;
            for raw in [&raw, &other] {
                seen[usize::from(high(raw))] = true;
            }
            send(&world, signed(&card, &challenge, &other)).await.done(201);
        }
        assert_eq!(seen, [true, true]);
    }

    async fn certificate_and_signature_come_in_any_base64(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let card = issue(&ca, &holder(1, CardClass::Operator));
        for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
            let body = answer(&card, &challenge(&world).await);
            let signature = STANDARD.decode(body["signature"].as_str().unwrap()).unwrap();
            let body = with(body, "certificate", engine.encode(&card.certificate_der));
            send(&world, with(body, "signature", engine.encode(signature))).await.done(201);
        }
        for odd in ["", "*", "MII=C", "-----BEGIN CERTIFICATE-----", " MIIC", &"A".repeat(60_000)] {
            let body = answer(&card, &challenge(&world).await);
            let answer = send(&world, with(body, "certificate", odd)).await;
            answer.refused(&catalogue::CARD_ENCODING);
            assert_eq!(answer.errors(), [("certificate".to_owned(), "card.encoding".to_owned())]);
        }
    }

    async fn a_text_that_differs_in_one_byte_is_not_signed(world: World) {
        let ca = trusted(&world, Algorithm::Sm2).await;
        let card = issue(&ca, &holder(1, CardClass::Operator));
        for position in [0, 20, 60] {
            let challenge = challenge(&world).await;
            let mut text = challenge["text"].as_str().unwrap().as_bytes().to_vec();
            text[position] ^= 1;
            let signature = card.key.sign(&text).unwrap();
            send(&world, signed(&card, &challenge, &signature)).await.refused(&catalogue::CARD_SIGNATURE_INVALID);
        }
        let challenge = challenge(&world).await;
        let signature = card.key.sign(format!("{}\n", challenge["text"].as_str().unwrap()).as_bytes()).unwrap();
        send(&world, signed(&card, &challenge, &signature)).await.refused(&catalogue::CARD_SIGNATURE_INVALID);
    }

    async fn another_cards_signature_is_not_this_ones(world: World) {
        let ca = trusted(&world, Algorithm::Sm2).await;
        let mine = issue(&ca, &holder(1, CardClass::Operator));
        let theirs = issue(&ca, &holder(2, CardClass::Operator));
        let challenge = challenge(&world).await;
        let signature = mine.key.sign(challenge["text"].as_str().unwrap().as_bytes()).unwrap();
        send(&world, signed(&theirs, &challenge, &signature)).await.refused(&catalogue::CARD_SIGNATURE_INVALID);
    }

    async fn sha_1_and_an_algorithm_of_another_key_are_refused(world: World) {
        let ca = trusted(&world, Algorithm::Sm2).await;
        let card = issue(&ca, &holder(1, CardClass::Operator));
        for algorithm in ["RS1", "SHA1withSM2", "sm2", "ES256", "RS256", "none", ""] {
            let body = answer(&card, &challenge(&world).await);
            send(&world, with(body, "algorithm", algorithm)).await.refused(&catalogue::CARD_ALGORITHM_REFUSED);
        }
    }

    async fn a_signature_over_sha_1_is_wrong_whatever_it_is_called(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let card = issue(&ca, &holder(1, CardClass::Operator));
        let challenge = challenge(&world).await;
        let signature = card.key.sign_sha1(challenge["text"].as_str().unwrap().as_bytes()).unwrap();
        send(&world, signed(&card, &challenge, &signature)).await.refused(&catalogue::CARD_SIGNATURE_INVALID);
    }

    async fn what_is_no_signature_is_wrong(world: World) {
        let ca = trusted(&world, Algorithm::Sm2).await;
        let card = issue(&ca, &holder(1, CardClass::Operator));
        for bytes in [vec![0; 64], vec![0xff; 64], vec![0x30, 0], vec![0x30; 70], vec![1], vec![0; 10_000]] {
            let challenge = challenge(&world).await;
            send(&world, signed(&card, &challenge, &bytes)).await.refused(&catalogue::CARD_SIGNATURE_INVALID);
        }
    }
}

/// r‖s of a DER `SEQUENCE { r, s }`, each 32 bytes.
fn raw(der: &[u8]) -> Vec<u8> {
    let mut rest = &der[2..];
    let mut raw = Vec::new();
    for _ in 0..2 {
        let length = usize::from(rest[1]);
        let number: Vec<u8> = rest[2..2 + length].iter().copied().skip_while(|byte| *byte == 0).collect();
        raw.extend(std::iter::repeat_n(0, 32 - number.len()));
        raw.extend(number);
        rest = &rest[2 + length..];
    }
    raw
}

/// The same signature with n−s in place of s, on P-256.
fn negated_s(raw: &[u8]) -> Vec<u8> {
    const N: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad,
        0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let mut negated = raw.to_vec();
    let mut borrow = 0;
    for at in (0..32).rev() {
        let difference = i16::from(N[at]) - i16::from(raw[32 + at]) - borrow;
        borrow = i16::from(difference < 0);
        negated[32 + at] = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    negated
}
