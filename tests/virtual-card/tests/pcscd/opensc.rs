//! OpenSC's programs take the card for what it is: a PIV card.

use anyhow::Result;
use eport_virtual_card::{
    ca::{CardClass, Holder, IssuedCard, Kind, TestCa},
    card::{Card, Personalisation, Secret, Slot},
    key::Algorithm,
};

use crate::{
    common::{Folder, openssl},
    station::{PIN, PUK, Station},
};

/// A card with P-256 for authentication (id 01 of OpenSC) and RSA for signatures (id 02), each with its certificate.
pub fn two_keys() -> Result<(Card, [IssuedCard; 2])> {
    let ca = TestCa::new(Algorithm::P256)?;
    let holder = Holder::sample(CardClass::Operator);
    let curve = ca.issue(&holder, Kind::Good)?;
    let rsa = ca.issue_for(&holder, Kind::Good, eport_virtual_card::key::PrivateKey::generate(Algorithm::Rsa)?)?;
    let memory = Personalisation::new(Secret::pin(PIN)?, Secret::puk(PUK.as_bytes())?)
        .with(Slot::Authentication, curve.key.clone(), Some(curve.certificate_der.clone()))
        .with(Slot::Signature, rsa.key.clone(), Some(rsa.certificate_der.clone()));
    Ok((Card::new(memory), [curve, rsa]))
}

#[test]
fn the_card_is_known_by_its_answer_to_reset_and_by_its_name() -> Result<()> {
    let station = Station::new(two_keys()?.0)?;
    let atr = station.run("opensc-tool", &["--atr"])?;
    assert_eq!(atr, "3b:8d:80:01:80:73:c0:21:c0:57:45:50:4f:52:54:49:44:d8\n");
    for program in ["opensc-tool", "piv-tool"] {
        let name = station.run(program, &["--reader", "0", "--name"])?;
        assert_eq!(name, "Personal Identity Verification Card\n", "{program}");
    }
    assert!(station.run("piv-tool", &["--serial"])?.len() > 20);
    Ok(())
}

#[test]
fn certificates_come_back_as_they_were_put_in() -> Result<()> {
    let (card, issued) = two_keys()?;
    let station = Station::new(card)?;
    let folder = Folder::new()?;
    for (id, issued) in ["01", "02"].into_iter().zip(&issued) {
        let pem = station.run("pkcs15-tool", &["--read-certificate", id])?;
        folder.write("read.pem", pem)?;
        openssl(&folder, &["x509", "-in", "read.pem", "-outform", "DER", "-out", "read.der"])?;
        assert_eq!(std::fs::read(folder.path("read.der"))?, issued.certificate_der, "{id}");
    }
    let objects = station.run("pkcs11-tool", &["--login", "--pin", PIN, "--list-objects"])?;
    assert_eq!(objects.matches("Certificate Object").count(), 2, "{objects}");
    assert_eq!(objects.matches("Private Key Object").count(), 2, "{objects}");
    Ok(())
}

#[test]
fn a_wrong_pin_is_counted_and_the_right_one_is_taken() -> Result<()> {
    let station = Station::new(two_keys()?.0)?;
    let said = station.refused("pkcs11-tool", &["--login", "--pin", "000000", "--list-objects"])?;
    assert!(said.contains("CKR_PIN_INCORRECT"), "{said}");
    let tries = station.send(&["00A404000BA00000030800001000010000", "00200080"])?;
    assert!(tries.contains("SW1=0x63, SW2=0xC2"), "{tries}");
    station.run("pkcs15-tool", &["--verify-pin", "--pin", PIN])?;
    let card = station.card.pull()?;
    assert_eq!(card.memory().pin.tries, 3);
    Ok(())
}

#[test]
fn the_pin_can_be_changed_and_unblocked() -> Result<()> {
    let station = Station::new(two_keys()?.0)?;
    station.run("pkcs11-tool", &["--login", "--pin", PIN, "--change-pin", "--new-pin", "654321"])?;
    for _ in 0..3 {
        station.refused("pkcs15-tool", &["--verify-pin", "--pin", PIN])?;
    }
    let said = station.refused("pkcs11-tool", &["--login", "--pin", "654321", "--list-objects"])?;
    assert!(said.contains("CKR_PIN_LOCKED"), "{said}");
    station.run("pkcs15-tool", &["--unblock-pin", "--auth-id", "01", "--puk", PUK, "--new-pin", "112233"])?;
    station.run("pkcs15-tool", &["--verify-pin", "--pin", "112233"])?;
    Ok(())
}
