//! Cards for tests: an authority whose certificates are trusted, cards that it issued, and what they answer to a challenge.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
pub use eport_virtual_card::ca::{CrlAge, Holder, IssuedCard, Kind, TestCa};
pub use eport_virtual_card::key::{Algorithm, PrivateKey};
use serde_json::{Value as Json, json};

use super::{World, resident_id};
use crate::cards::trust_store;
use crate::sql::transaction;

pub use eport_card::CardClass;

/// A USCC and what it belongs to.
pub const ENTERPRISE: (&str, &str) = ("913300007458363392", "杭州示例进出口有限公司");
/// Another one.
pub const OTHER_ENTERPRISE: (&str, &str) = ("91350100M000100Y43", "福州示例贸易有限公司");

/// The `n`th person of [`World::person`] as the holder of a card of [`ENTERPRISE`].
pub fn holder(n: u32, class: CardClass) -> Holder {
    Holder {
        enterprise_name: ENTERPRISE.1.to_owned(),
        uscc: ENTERPRISE.0.to_owned(),
        whole_uscc: true,
        name: "张伟".to_owned(),
        id_type: "01".to_owned(),
        id_number: resident_id(n),
        card_number: format!("89300{n:08}"),
        class: Some(class),
    }
}

/// The same, of [`OTHER_ENTERPRISE`].
pub fn holder_elsewhere(n: u32, class: CardClass) -> Holder {
    Holder {
        enterprise_name: OTHER_ENTERPRISE.1.to_owned(),
        uscc: OTHER_ENTERPRISE.0.to_owned(),
        card_number: format!("89400{n:08}"),
        ..holder(n, class)
    }
}

/// An authority that nobody trusts yet.
pub fn authority(world: &World, algorithm: Algorithm) -> TestCa {
    let now = u64::try_from(world.now().seconds()).expect("a time after 1970");
    TestCa::at(algorithm, SystemTime::UNIX_EPOCH + Duration::from_secs(now)).expect("an authority")
}

/// An authority that the world trusts.
pub async fn trusted(world: &World, algorithm: Algorithm) -> TestCa {
    let ca = authority(world, algorithm);
    trust(world, &ca).await;
    ca
}

/// Takes an authority into the trust store: its root as the anchor, and what stands between.
pub async fn trust(world: &World, ca: &TestCa) {
    let root = ca.root_der().expect("a root");
    let intermediate = ca.intermediate_der().expect("an intermediate");
    transaction(world.database.unwatched(), async |connection| {
        for (kind, der) in [(trust_store::Kind::Anchor, &root), (trust_store::Kind::Intermediate, &intermediate)] {
            trust_store::add_certificate(connection, world.now(), &world.entropy, kind, der).await?;
        }
        Ok::<_, trust_store::StoreError>(())
    })
    .await
    .expect("a trust store");
}

/// Takes the authority's revocation list into the trust store.
pub async fn publish_revocations(world: &World, ca: &TestCa, age: CrlAge) {
    let list = ca.crl(age).expect("a list");
    transaction(world.database.unwatched(), async |connection| {
        trust_store::add_list(connection, world.now(), &world.entropy, &list).await
    })
    .await
    .expect("a trust store");
}

/// A good card of `holder`.
pub fn issue(ca: &TestCa, holder: &Holder) -> IssuedCard {
    ca.issue(holder, Kind::Good).expect("a card")
}

/// The card's answer to a challenge as the API gave it: what goes into the body beside the method or the card's number.
pub fn answer(card: &IssuedCard, challenge: &Json) -> Json {
    let text = challenge["text"].as_str().expect("a challenge");
    signed(card, challenge, &card.key.sign(text.as_bytes()).expect("a signature"))
}

/// The same, with a signature made otherwise.
pub fn signed(card: &IssuedCard, challenge: &Json, signature: &[u8]) -> Json {
    let algorithm = match card.key.algorithm() {
        Algorithm::Sm2 => "SM2",
        Algorithm::P256 => "ES256",
        Algorithm::Rsa => "RS256",
    };
    json!({
        "challenge_id": challenge["challenge_id"],
        "certificate": STANDARD.encode(&card.certificate_der),
        "signature": STANDARD.encode(signature),
        "algorithm": algorithm,
    })
}

/// `body` with one field more, or another one.
pub fn with(mut body: Json, field: &str, value: impl Into<Json>) -> Json {
    body[field] = value.into();
    body
}
