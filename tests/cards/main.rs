//! Everything together: page, card bridge, `pcscd`, virtual card and the components (J5, J10, J11).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests, where a panic with a reason is how to fail"
)]

mod journeys;
mod refusals;
mod seals;

use eport_tests::desk::{Desk, Page, Signed};
use eport_tests::people::{below, id_number};
use eport_tests::{Client, On, Person, Reply, Site};
use eport_virtual_card::ca::{CardClass, Holder, Kind, TestCa};
use eport_virtual_card::card::Card;
use eport_virtual_card::key::{Algorithm, PrivateKey};
use serde_json::{Value, json};

const PIN: &str = "735142";
const PUK: &str = "12345678";

/// A site that trusts a test authority, and a desk whose pages are the site's.
struct World {
    site: Site,
    desk: Desk,
    ca: TestCa,
    /// The origin of the site's own pages.
    origin: String,
}

impl World {
    fn new(on: On) -> Self {
        Self::with(on, Algorithm::Sm2)
    }

    /// With an authority that signs with `algorithm`.
    fn with(on: On, algorithm: Algorithm) -> Self {
        let site = Site::with(on, &[("issuer", "http://localhost")]);
        let ca = TestCa::new(algorithm).unwrap();
        let file = site.folder().join("trust.pem");
        std::fs::write(&file, ca.root_pem().unwrap() + &ca.intermediate_pem().unwrap()).unwrap();
        site.administer(&["trust", "import", file.to_str().unwrap()]);
        site.keep_secret(PIN);
        let origin = "http://localhost".to_owned();
        Self { desk: Desk::new(&[&origin]), site, ca, origin }
    }

    /// A good card of `holder` with a key of `algorithm`.
    fn card(&self, holder: &Holder, algorithm: Algorithm) -> Card {
        self.site.keep_secret(&holder.id_number);
        let key = PrivateKey::generate(algorithm).unwrap();
        self.ca.issue_for(holder, Kind::Good, key).unwrap().into_card(PIN, PUK).unwrap()
    }

    fn page(&self) -> Page {
        self.desk.page(&self.origin)
    }

    /// What the page of `origin` sends after its person has entered the PIN.
    fn signed_login(&self, page: &mut Page) -> (Value, Signed) {
        let challenge = self.site.challenge(&json!({ "purpose": "login" }), &self.origin, None).ok::<Value>(201);
        self.desk.person_answers(&[&format!("pin {PIN}")]);
        let signed = page.sign(&challenge, "login", None).unwrap();
        (challenge, signed)
    }

    /// J11, from the page's first request to its answer.
    fn try_card(&self) -> Reply {
        let (challenge, signed) = self.signed_login(&mut self.page());
        self.site.send_card(&challenge, &signed)
    }

    fn log_in(&self) -> Value {
        self.try_card().ok(201)
    }

    /// J10, for the number that the person types in.
    fn try_bind(&self, token: &str, number: &str) -> Reply {
        let body = json!({ "purpose": "bind", "card_number": number });
        let challenge: Value = self.site.challenge(&body, &self.origin, Some(token)).ok(201);
        self.desk.person_answers(&[&format!("pin {PIN}")]);
        let signed = self.page().sign(&challenge, "bind", Some(number)).unwrap();
        let body = json!({
            "card_number": number,
            "challenge_id": challenge["challenge_id"],
            "certificate": signed.certificate,
            "signature": signed.signature,
            "algorithm": signed.algorithm,
        });
        self.site.post("/v1/me/card").token(token).json(&body).send()
    }
}

/// What pages do.
trait Cards {
    fn challenge(&self, body: &Value, origin: &str, token: Option<&str>) -> Reply;
    fn send_card(&self, challenge: &Value, signed: &Signed) -> Reply;
}

impl Cards for Client {
    fn challenge(&self, body: &Value, origin: &str, token: Option<&str>) -> Reply {
        let call = self.post("/v1/card-challenges").header("origin", origin).json(body);
        match token {
            Some(token) => call.token(token).send(),
            None => call.send(),
        }
    }

    fn send_card(&self, challenge: &Value, signed: &Signed) -> Reply {
        let body = json!({
            "method": "card",
            "challenge_id": challenge["challenge_id"],
            "certificate": signed.certificate,
            "signature": signed.signature,
            "algorithm": signed.algorithm,
        });
        self.post("/v1/sessions").json(&body).send()
    }
}

/// A card's holder who is nobody else, of an enterprise that is nobody else's.
fn holder(class: CardClass) -> Holder {
    Holder {
        enterprise_name: format!("西安第{}进出口有限公司", below(1_000_000_000)),
        uscc: uscc(),
        name: "王小明".to_owned(),
        id_number: id_number(),
        card_number: format!("{:013}", below(10_000_000_000_000)),
        ..Holder::sample(class)
    }
}

/// The holder's card as that of a person who has an account.
fn holder_of(person: &Person, class: CardClass) -> Holder {
    Holder { id_number: person.id_number.clone(), name: person.name.clone(), ..holder(class) }
}

/// A code whose check characters are right (GB 32100, GB 11714).
fn uscc() -> String {
    const SIGNS: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let body = format!("{:08}", below(100_000_000));
    let sum: u64 = body.bytes().zip([3, 7, 9, 10, 5, 8, 4, 2]).map(|(c, w)| u64::from(c - b'0') * w).sum();
    let check = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from(b'0' + u8::try_from(digit).unwrap()),
    };
    let start = format!("91610100{body}{check}");
    let (mut sum, mut weight) = (0, 1);
    for sign in start.bytes() {
        sum += SIGNS.iter().position(|c| *c == sign).unwrap() * weight;
        weight = weight * 3 % 31;
    }
    format!("{start}{}", char::from(SIGNS[(31 - sum % 31) % 31]))
}
