//! A reader with a card in it, and a bridge: what a test through a real `pcscd` begins with.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use eport_card::{
    Algorithm, CardProfile,
    verify::{RevocationPolicy, Trust},
};
use eport_virtual_card::{
    ca::{Holder, Kind, TestCa},
    card::Card,
    key::{self, PrivateKey},
    pcscd::PcscDaemon,
    reader::InsertedCard,
};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{Bridge, LIMIT, NONCE, Page, Setup};

pub const PIN: &str = "123456";
pub const PUK: &str = "12345678";

/// A reader with a card in it, and a bridge.
pub struct World {
    pub daemon: PcscDaemon,
    pub ca: TestCa,
    pub bridge: Bridge,
}

pub fn holder() -> Holder {
    Holder::sample(eport_card::CardClass::LegalPerson)
}

impl World {
    pub fn new() -> Result<Self> {
        Self::with(Setup::default())
    }

    pub fn with(setup: Setup) -> Result<Self> {
        let daemon = PcscDaemon::start()?;
        let bridge = Setup { pcscd: daemon.socket(), ..setup }.start()?;
        Ok(Self { daemon, ca: TestCa::new(key::Algorithm::P256)?, bridge })
    }

    pub fn card(&self, algorithm: key::Algorithm) -> Result<Card> {
        let issued = self.ca.issue_for(&holder(), Kind::Good, PrivateKey::generate(algorithm)?)?;
        Ok(issued.into_card(PIN, PUK)?)
    }

    pub fn insert(&self, card: Card) -> Result<InsertedCard<Card>> {
        let inserted = self.daemon.reader().insert(card)?;
        assert!(inserted.wait_until_powered(LIMIT), "pcscd doesn't see the card: {}", self.daemon.log());
        Ok(inserted)
    }

    /// A page that knows of the card.
    pub async fn page(&self) -> Result<Page> {
        let mut page = self.bridge.page().await?;
        let deadline = Instant::now() + LIMIT;
        loop {
            let readers = page.call("readers", json!({})).await?;
            if readers["result"]["readers"]
                .as_array()
                .is_some_and(|all| all.iter().any(|reader| reader["card"] != "empty"))
            {
                page.events.clear();
                return Ok(page);
            }
            anyhow::ensure!(Instant::now() < deadline, "no card: {readers}");
            sleep(Duration::from_millis(20)).await;
        }
    }

    pub async fn with_card(algorithm: key::Algorithm) -> Result<(Self, InsertedCard<Card>, Page)> {
        let world = Self::new()?;
        let inserted = world.insert(world.card(algorithm)?)?;
        let page = world.page().await?;
        Ok((world, inserted, page))
    }

    /// Whether the platform would take what the bridge gave to the page, for this text.
    pub fn proves(&self, result: &Value, text: &str) -> Result<()> {
        let read = |name: &str| result[name].as_str().context(format!("{name} in {result}"));
        let trust = Trust::new([self.ca.root_der()?.as_slice()], [self.ca.intermediate_der()?.as_slice()], [])?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs().try_into()?;
        let certificate = BASE64_STANDARD.decode(read("certificate")?)?;
        let certificate = trust.verify(&certificate, &CardProfile::default(), now, RevocationPolicy::default())?;
        let signature = BASE64_STANDARD.decode(read("signature")?)?;
        Ok(certificate.proves(Algorithm::parse(read("algorithm")?)?, text, &signature)?)
    }
}

pub fn challenge(origin: &str) -> String {
    format!("eport-id/card/v1\norigin: {origin}\npurpose: login\nnonce: {NONCE}")
}

pub async fn until_asked(bridge: &Bridge, questions: usize) {
    while bridge.questions() < questions {
        sleep(Duration::from_millis(10)).await;
    }
}
