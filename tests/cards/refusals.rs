//! What isn't a login.

use eport_tests::{On, at_once, on_both};
use eport_virtual_card::ca::{CardClass, CrlAge, Kind};
use eport_virtual_card::key::Algorithm;
use serde_json::{Value, json};

use crate::{Cards as _, PIN, PUK, World, holder};

on_both![
    bad_cards_are_refused_each_with_its_own_code,
    a_signature_counts_once_even_for_fifty_at_once,
    another_sites_page_can_not_use_our_challenge,
    a_page_that_we_do_not_know_gets_no_challenge,
    a_signature_for_one_purpose_is_none_for_another,
    a_certificate_that_was_exchanged_is_refused,
];

fn bad_cards_are_refused_each_with_its_own_code(on: On) {
    let mut world = World::with(on, Algorithm::P256);
    let cases = [
        (Kind::Expired, "card.expired"),
        (Kind::NotYetValid, "card.not_yet_valid"),
        (Kind::Revoked, "card.revoked"),
        (Kind::Foreign, "card.unknown_issuer"),
        (Kind::Forged, "card.unknown_issuer"),
        (Kind::WrongKeyUsage, "card.wrong_key_usage"),
    ];
    for (kind, code) in cases {
        let issued = world.ca.issue(&holder(CardClass::Operator), kind).unwrap();
        if kind == Kind::Revoked {
            let file = world.site.folder().join("list.pem");
            std::fs::write(&file, world.ca.crl_pem(CrlAge::Current).unwrap()).unwrap();
            world.site.administer(&["trust", "import", file.to_str().unwrap()]);
        }
        world.desk.insert(issued.into_card(PIN, PUK).unwrap());
        let reply = world.try_card();
        assert_eq!((reply.code().as_str(), kind), (code, kind), "{}", reply.text());
        reply.refused(403, code);
        world.desk.pull();
    }
    world.desk.insert(world.card(&holder(CardClass::Operator), Algorithm::P256));
    world.log_in();
}

fn a_signature_counts_once_even_for_fifty_at_once(on: On) {
    let mut world = World::new(on);
    world.desk.insert(world.card(&holder(CardClass::Operator), Algorithm::Sm2));
    let (challenge, signed) = world.signed_login(&mut world.page());
    let site = &world.site;
    let statuses = at_once(50, |_| site.send_card(&challenge, &signed).status);
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [201, 422].contains(status)), "{statuses:?}");
    site.send_card(&challenge, &signed).refused(422, "card.challenge_invalid");
}

/// The page asks our server for a challenge by its own server, and has the card sign it: the bridge writes the page's origin into the text.
fn another_sites_page_can_not_use_our_challenge(on: On) {
    let mut world = World::new(on);
    world.desk.insert(world.card(&holder(CardClass::Operator), Algorithm::Sm2));
    let challenge: Value = world.site.challenge(&json!({ "purpose": "login" }), &world.origin, None).ok(201);
    // The person even agrees that the other site may use the card.
    world.desk.person_answers(&["yes", &format!("pin {PIN}")]);
    let signed = world.desk.page("https://other.example.cn").sign(&challenge, "login", None).unwrap();
    world.site.send_card(&challenge, &signed).refused(422, "card.signature_invalid");
}

fn a_page_that_we_do_not_know_gets_no_challenge(on: On) {
    let world = World::new(on);
    let ask = |origin: &str| world.site.challenge(&json!({ "purpose": "login" }), origin, None);
    ask("https://other.example.cn").refused(403, "card.origin_refused");
    ask("null").refused(403, "card.origin_refused");
    ask(&world.origin).ok::<Value>(201);
}

fn a_signature_for_one_purpose_is_none_for_another(on: On) {
    let mut world = World::new(on);
    let member = world.site.join();
    let holder = crate::holder_of(&member.person, CardClass::Operator);
    world.desk.insert(world.card(&holder, Algorithm::Sm2));
    let body = json!({ "purpose": "bind", "card_number": holder.card_number });
    let challenge: Value = world.site.challenge(&body, &world.origin, Some(&member.token)).ok(201);
    world.desk.person_answers(&[&format!("pin {PIN}")]);
    let signed = world.page().sign(&challenge, "bind", Some(&holder.card_number)).unwrap();
    world.site.send_card(&challenge, &signed).refused(422, "card.challenge_invalid");
}

fn a_certificate_that_was_exchanged_is_refused(on: On) {
    let mut world = World::new(on);
    world.desk.insert(world.card(&holder(CardClass::Operator), Algorithm::Sm2));
    let (_, other) = world.signed_login(&mut world.page());
    world.desk.pull();
    world.desk.insert(world.card(&holder(CardClass::Operator), Algorithm::Sm2));
    let (challenge, mut signed) = world.signed_login(&mut world.page());
    signed.certificate = other.certificate;
    world.site.send_card(&challenge, &signed).refused(422, "card.signature_invalid");
}
