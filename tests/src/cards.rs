//! Cards without a reader: what the card bridge would send of them, for journeys that are about something else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eport_virtual_card::ca::{CardClass, Holder, IssuedCard, TestCa};
use eport_virtual_card::key::Algorithm;
use serde_json::{Value, json};

use crate::client::{Client, Reply};
use crate::people::Person;
use crate::site::Site;

/// The enterprise of [`card_of`].
pub const USCC: &str = "913300007458363392";

/// DER as it goes over the wire.
pub fn base64(der: &[u8]) -> String {
    STANDARD.encode(der)
}

/// A person as the holder of a card of the enterprise [`USCC`].
pub fn holder(person: &Person, class: CardClass, number: &str) -> Holder {
    Holder {
        enterprise_name: "杭州示例进出口有限公司".to_owned(),
        uscc: USCC.to_owned(),
        whole_uscc: true,
        name: person.name.clone(),
        id_number: person.id_number.clone(),
        card_number: number.to_owned(),
        ..Holder::sample(class)
    }
}

/// A good card.
pub fn card_of(ca: &TestCa, holder: &Holder) -> IssuedCard {
    ca.issue(holder, eport_virtual_card::ca::Kind::Good).expect("a card")
}

/// The card's answer to a challenge: what goes into the body beside the rest.
pub fn answer(card: &IssuedCard, challenge: &Value) -> Value {
    let text = challenge["text"].as_str().expect("a challenge");
    let algorithm = match card.key.algorithm() {
        Algorithm::Sm2 => "SM2",
        Algorithm::P256 => "ES256",
        Algorithm::Rsa => "RS256",
    };
    json!({
        "challenge_id": challenge["challenge_id"],
        "certificate": base64(&card.certificate_der),
        "signature": base64(&card.key.sign(text.as_bytes()).expect("a signature")),
        "algorithm": algorithm,
    })
}

impl Client {
    /// `body` with what the card answers to a challenge for `purpose`.
    #[track_caller]
    pub fn signed(&self, card: &IssuedCard, token: Option<&str>, purpose: &Value, body: &Value) -> Value {
        let call = self.post("/v1/card-challenges").json(purpose);
        let challenge = match token {
            Some(token) => call.token(token).send(),
            None => call.send(),
        };
        let mut whole = answer(card, &challenge.ok::<Value>(201));
        for (name, value) in body.as_object().expect("an object") {
            whole[name.as_str()] = value.clone();
        }
        whole
    }

    /// J11 with a card.
    #[track_caller]
    pub fn try_card(&self, card: &IssuedCard) -> Reply {
        let body = self.signed(card, None, &json!({ "purpose": "login" }), &json!({ "method": "card" }));
        self.post("/v1/sessions").json(&body).send()
    }
}

impl Site {
    /// An authority whose cards this site trusts.
    #[track_caller]
    pub fn authority(&self, algorithm: Algorithm) -> TestCa {
        let ca = TestCa::new(algorithm).expect("an authority");
        let file = self.folder().join("trust.pem");
        let pem = ca.root_pem().expect("a root") + &ca.intermediate_pem().expect("an intermediate");
        std::fs::write(&file, pem).expect("a file");
        self.administer(&["trust", "import", file.to_str().expect("a path")]);
        ca
    }
}
