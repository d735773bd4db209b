//! J15 with everything in it: a seal made with the legal-person card, through the real bridge.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eport_tests::{On, Reply, images, on_both};
use eport_virtual_card::ca::CardClass;
use eport_virtual_card::key::Algorithm;
use serde_json::{Value, json};

use crate::{Cards as _, PIN, World, holder};

on_both![a_seal_is_made_used_changed_and_deleted_with_the_legal_persons_card, an_operators_card_makes_no_seal,];

/// `fields` with what the card in the reader signed of them, after its person has entered the PIN.
fn signed(world: &World, token: &str, seal: Option<&str>, fields: &Value) -> Value {
    let mut asked = fields.clone();
    if let Some(seal) = seal {
        asked["seal"] = seal.into();
    }
    let checked: Value = world.site.post("/v1/seals/check").token(token).json(&asked).send().ok(200);
    let digest = checked["digest"].as_str().unwrap();
    let body = json!({ "purpose": "seal", "digest": digest });
    let challenge: Value = world.site.challenge(&body, &world.origin, Some(token)).ok(201);
    world.desk.person_answers(&[&format!("pin {PIN}")]);
    let signed = world.page().sign(&challenge, "seal", Some(digest)).unwrap();
    let mut body = fields.clone();
    body["challenge_id"] = challenge["challenge_id"].clone();
    body["certificate"] = signed.certificate.into();
    body["signature"] = signed.signature.into();
    body["algorithm"] = signed.algorithm.into();
    body
}

fn wanted() -> Value {
    json!({ "name": "公司公章", "kind": "official", "shape": "round", "image": STANDARD.encode(images::seal()) })
}

fn act(world: &World, token: &str, id: &str, what: &str) -> Reply {
    world.site.post(&format!("/v1/seals/{id}/{what}")).token(token).send()
}

fn a_seal_is_made_used_changed_and_deleted_with_the_legal_persons_card(on: On) {
    let mut world = World::new(on);
    world.desk.insert(world.card(&holder(CardClass::LegalPerson), Algorithm::Sm2));
    let session = world.log_in();
    let token = session["access_token"].as_str().unwrap();
    let made: Value =
        world.site.post("/v1/seals").token(token).json(&signed(&world, token, None, &wanted())).send().ok(201);
    assert_eq!((&made["state"], &made["width_mm"], &made["colour"]), (&json!("draft"), &json!(40), &json!("red")));
    let id = made["id"].as_str().unwrap();
    assert_eq!(act(&world, token, id, "authorize").ok::<Value>(200)["state"], "authorized");
    assert_eq!(act(&world, token, id, "default").ok::<Value>(200)["default"], true);
    let image = world.site.get(&format!("/v1/seals/{id}/image")).token(token).send();
    assert_eq!((image.status, image.header("content-type")), (200, "image/png"));
    let structure = world.site.get(&format!("/v1/seals/{id}/seseal")).token(token).send();
    assert!(structure.body.windows(image.body.len()).any(|part| part == image.body), "the image is in the structure");

    let change = signed(&world, token, Some(id), &json!({ "name": "公司公章（新）" }));
    let changed: Value = world.site.patch(&format!("/v1/seals/{id}")).token(token).json(&change).send().ok(200);
    assert_eq!(changed["name"], "公司公章（新）");
    assert_ne!(changed["es_id"], made["es_id"]);
    act(&world, token, id, "disable").ok::<Value>(200);
    world.site.delete(&format!("/v1/seals/{id}")).token(token).send().done();
    world.site.get(&format!("/v1/seals/{id}")).token(token).send().refused(404, "resource.not_found");
    let messages: Value = world.site.get("/v1/messages").token(token).send().ok(200);
    let told = messages["items"].as_array().unwrap().iter().filter(|message| message["kind"] == "seal_changed").count();
    assert_eq!(told, 6);
}

fn an_operators_card_makes_no_seal(on: On) {
    let mut world = World::new(on);
    world.desk.insert(world.card(&holder(CardClass::Operator), Algorithm::P256));
    let session = world.log_in();
    let token = session["access_token"].as_str().unwrap();
    world
        .site
        .post("/v1/seals/check")
        .token(token)
        .json(&wanted())
        .send()
        .refused(403, "seal.legal_person_card_required");
}
