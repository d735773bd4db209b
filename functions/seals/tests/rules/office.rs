//! An enterprise with its people and cards, and what they send.

use eport_seals::Seals;
use eport_sessions::Sessions;
use eport_shared::keys::SealKey;
use eport_shared::testing::cards::{
    Algorithm, CardClass, IssuedCard, TestCa, answer, holder, holder_elsewhere, issue, trusted, with,
};
use eport_shared::testing::{Answer, Call, World};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::drawing::{DPI_600, Drawing, base64};

/// Somebody with a card and a session that it opened.
pub struct Person {
    pub account: Uuid,
    pub token: String,
    pub card: IssuedCard,
}

/// An authority that the world trusts, and a seal maker's key whose certificate is valid for ten years.
pub async fn set_up(world: &mut World, algorithm: Algorithm) -> TestCa {
    set_up_for(world, algorithm, 10).await
}

pub async fn set_up_for(world: &mut World, algorithm: Algorithm, years: u32) -> TestCa {
    let mut next = 1_u8;
    let mut fill = |buffer: &mut [u8]| {
        for byte in buffer {
            next = next.wrapping_mul(5).wrapping_add(3);
            *byte = next;
        }
    };
    let made = eport_seal::generate(&mut fill, world.now().seconds(), years).unwrap();
    world.keys.seal = vec![SealKey { id: "seal-1".to_owned(), secret: made.secret, certificate: made.certificate }];
    trusted(world, algorithm).await
}

/// The `n`th person logs in with a card of the first enterprise.
pub async fn join(world: &World, ca: &TestCa, n: u32, class: CardClass) -> Person {
    log_in(world, issue(ca, &holder(n, class))).await
}

/// The `n`th person logs in with a legal-person card of the other enterprise.
pub async fn join_elsewhere(world: &World, ca: &TestCa, n: u32) -> Person {
    log_in(world, issue(ca, &holder_elsewhere(n, CardClass::LegalPerson))).await
}

pub async fn log_in(world: &World, card: IssuedCard) -> Person {
    let body = json!({ "purpose": "login" });
    let challenge = world.send::<Sessions>(Call::post("/v1/card-challenges").json(&body)).await.done(201);
    let body = with(answer(&card, &challenge), "method", "card");
    let session = world.send::<Sessions>(Call::post("/v1/sessions").json(&body)).await.done(201);
    Person {
        account: Uuid::try_parse(session["account"]["id"].as_str().unwrap()).unwrap(),
        token: session["access_token"].as_str().unwrap().to_owned(),
        card,
    }
}

/// What a new seal is to be.
pub fn wanted(name: &str, kind: &str) -> Json {
    json!({ "name": name, "kind": kind, "shape": "round", "image": base64(&Drawing::seal().png(Some(DPI_600))) })
}

/// What a card signs for `digest`.
pub async fn sign(world: &World, token: &str, card: &IssuedCard, digest: &str) -> Json {
    let body = json!({ "purpose": "seal", "digest": digest });
    let call = Call::post("/v1/card-challenges").bearer(token).json(&body);
    answer(card, &world.send::<Sessions>(call).await.done(201))
}

/// `fields` with what the card signed of them.
pub async fn signed(world: &World, token: &str, card: &IssuedCard, seal: Option<&str>, fields: &Json) -> Json {
    let asked = match seal {
        Some(seal) => with(fields.clone(), "seal", seal),
        None => fields.clone(),
    };
    let checked = post(world, token, "/v1/seals/check", &asked).await.done(200);
    let mut body = sign(world, token, card, checked["digest"].as_str().unwrap()).await;
    for (name, value) in fields.as_object().unwrap() {
        body[name.as_str()] = value.clone();
    }
    body
}

/// A new seal, as it is answered.
pub async fn make(world: &World, person: &Person, name: &str, kind: &str) -> Json {
    let body = signed(world, &person.token, &person.card, None, &wanted(name, kind)).await;
    post(world, &person.token, "/v1/seals", &body).await.done(201)
}

/// A new seal that is in use; its id.
pub async fn in_use(world: &World, person: &Person, name: &str, kind: &str) -> String {
    let id = id(&make(world, person, name, kind).await);
    act(world, &person.token, &id, "authorize").await.done(200);
    id
}

pub fn id(seal: &Json) -> String {
    seal["id"].as_str().unwrap().to_owned()
}

pub async fn post(world: &World, token: &str, path: &str, body: &Json) -> Answer {
    world.send::<Seals>(Call::post(path).bearer(token).json(body)).await
}

pub async fn patch(world: &World, token: &str, id: &str, body: &Json) -> Answer {
    world.send::<Seals>(Call::patch(&format!("/v1/seals/{id}")).bearer(token).json(body)).await
}

pub async fn get(world: &World, token: &str, path: &str) -> Answer {
    world.send::<Seals>(Call::get(path).bearer(token)).await
}

pub async fn seal(world: &World, token: &str, id: &str) -> Answer {
    get(world, token, &format!("/v1/seals/{id}")).await
}

/// `authorize`, `disable`, `enable` or `default`.
pub async fn act(world: &World, token: &str, id: &str, what: &str) -> Answer {
    world.send::<Seals>(Call::post(&format!("/v1/seals/{id}/{what}")).bearer(token)).await
}

pub async fn delete(world: &World, token: &str, id: &str) -> Answer {
    world.send::<Seals>(Call::delete(&format!("/v1/seals/{id}")).bearer(token)).await
}
