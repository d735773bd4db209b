//! What one card login costs in signature checks, on one core: `cargo run --release -p eport-card --example speed`.
#![allow(missing_docs, clippy::print_stdout, reason = "a program to be run by hand")]

use std::time::{Instant, SystemTime};

use anyhow::Result;
use eport_card::verify::{RevocationPolicy, Trust};
use eport_card::{Algorithm, CardClass, CardProfile};
use eport_virtual_card::ca::{CrlAge, Holder, Kind, TestCa};
use eport_virtual_card::key;

const ROUNDS: u32 = 200;

fn main() -> Result<()> {
    let now = i64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs())?;
    let profile = CardProfile::default();
    println!("algorithm  new card (path, list, signature)  known card (path)  signature alone");
    for (keys, algorithm) in key::Algorithm::ALL.into_iter().zip([Algorithm::Sm2, Algorithm::Es256, Algorithm::Rs256]) {
        let ca = TestCa::new(keys)?;
        let (root, intermediate, list) = (ca.root_der()?, ca.intermediate_der()?, ca.crl(CrlAge::Current)?);
        let trust = Trust::new([root.as_slice()], [intermediate.as_slice()], [list.as_slice()])?;
        let card_key = ca.issue(&Holder::sample(CardClass::Operator), Kind::Good)?.key;
        let mut cards = Vec::new();
        for _ in 0..ROUNDS {
            let holder = Holder::sample(CardClass::Operator);
            cards.push(ca.issue_for(&holder, Kind::Good, card_key.clone())?);
        }
        let signature = card_key.sign(b"text")?;
        let verify = |der: &[u8]| trust.verify(der, &profile, now, RevocationPolicy::default());

        let start = Instant::now();
        for card in &cards {
            verify(&card.certificate_der)?.proves(algorithm, "text", &signature)?;
        }
        let new = start.elapsed() / ROUNDS;

        let start = Instant::now();
        for card in &cards {
            verify(&card.certificate_der)?;
        }
        let known = start.elapsed() / ROUNDS;

        let Some(card) = cards.first() else { continue };
        let verified = verify(&card.certificate_der)?;
        let start = Instant::now();
        for _ in 0..ROUNDS {
            verified.proves(algorithm, "text", &signature)?;
        }
        let alone = start.elapsed() / ROUNDS;
        println!("{:9}  {new:>32.1?}  {known:>17.1?}  {alone:>15.1?}", algorithm.as_str());
    }
    Ok(())
}
