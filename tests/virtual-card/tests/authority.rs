//! What the test authority issues, as OpenSSL and the platform's own reader see it.

mod common;

use anyhow::Result;
use common::{Folder, openssl, openssl_refused};
use eport_card::{CardClass, CardProfile, HolderCertificate, Organisation};
use eport_virtual_card::{
    ca::{CaError, CrlAge, Holder, Kind, TestCa},
    key::{Algorithm, KeyError},
};

/// A folder with the authority's certificates and lists, and one card's certificate.
struct Files {
    folder: Folder,
}

impl Files {
    fn new(ca: &TestCa, card: &[u8]) -> Result<Self> {
        let folder = Folder::new()?;
        folder.write("root.pem", ca.root_pem()?)?;
        folder.write("intermediate.pem", ca.intermediate_pem()?)?;
        folder.write("card.der", card)?;
        openssl(&folder, &["x509", "-inform", "DER", "-in", "card.der", "-out", "card.pem"])?;
        for (name, age) in [("current", CrlAge::Current), ("old", CrlAge::OutOfDate)] {
            folder.write("list.der", ca.crl(age)?)?;
            folder.write("root-list.der", ca.root_crl(age)?)?;
            let list = format!("{name}.pem");
            openssl(&folder, &["crl", "-inform", "DER", "-in", "list.der", "-out", &list])?;
            openssl(&folder, &["crl", "-inform", "DER", "-in", "root-list.der", "-out", &format!("root-{name}.pem")])?;
        }
        Ok(Self { folder })
    }

    /// `openssl verify` gives the user id of SM2 to the first certificate alone, so a chain is verified link by link there.
    fn verify<'a>(ca: &TestCa, more: &[&'a str]) -> Vec<&'a str> {
        let own: &[&str] = match ca.algorithm() {
            Algorithm::Sm2 => &["verify", "-partial_chain", "-CAfile", "intermediate.pem", "-vfyopt", SM2_USER_ID],
            _ => &["verify", "-CAfile", "root.pem", "-untrusted", "intermediate.pem"],
        };
        [own, more, &["card.pem"]].concat()
    }

    fn accepted(&self, ca: &TestCa, more: &[&str]) -> Result<()> {
        assert_eq!(openssl(&self.folder, &Self::verify(ca, more))?, "card.pem: OK\n");
        Ok(())
    }

    /// With the number of the error: X509_V_ERR_….
    fn refused(&self, ca: &TestCa, more: &[&str], number: u32) -> Result<()> {
        let said = openssl_refused(&self.folder, &Self::verify(ca, more))?;
        assert!(said.contains(&format!("error {number} at")), "{said}");
        Ok(())
    }

    fn text(&self) -> Result<String> {
        openssl(&self.folder, &["x509", "-in", "card.pem", "-noout", "-text"])
    }
}

const SM2_USER_ID: &str = "distid:1234567812345678";

fn holder() -> Holder {
    Holder::sample(CardClass::LegalPerson)
}

#[test]
fn a_good_card_verifies_up_to_the_root_in_every_algorithm() -> Result<()> {
    for algorithm in Algorithm::ALL {
        let ca = TestCa::new(algorithm)?;
        for kind in [Kind::Good, Kind::ExpiresSoon, Kind::WrongKeyUsage, Kind::Revoked] {
            let files = Files::new(&ca, &ca.issue(&holder(), kind)?.certificate_der)?;
            files.accepted(&ca, &[])?;
        }
    }
    let ca = TestCa::new(Algorithm::Sm2)?;
    let files = Files::new(&ca, &ca.intermediate_der()?)?;
    let said = openssl(&files.folder, &["verify", "-CAfile", "root.pem", "-vfyopt", SM2_USER_ID, "card.pem"])?;
    assert_eq!(said, "card.pem: OK\n");
    Ok(())
}

#[test]
fn a_bad_card_fails_for_its_own_reason() -> Result<()> {
    for algorithm in Algorithm::ALL {
        let ca = TestCa::new(algorithm)?;
        for (kind, number) in [(Kind::Expired, 10), (Kind::NotYetValid, 9), (Kind::Foreign, 20), (Kind::Forged, 20)] {
            let files = Files::new(&ca, &ca.issue(&holder(), kind)?.certificate_der)?;
            files.refused(&ca, &[], number)?;
        }
    }
    Ok(())
}

#[test]
fn the_list_names_the_revoked_card_and_no_other() -> Result<()> {
    for algorithm in [Algorithm::P256, Algorithm::Rsa] {
        let ca = TestCa::new(algorithm)?;
        let good = ca.issue(&holder(), Kind::Good)?;
        let current = ["-crl_check", "-CRLfile", "current.pem"];
        let all = ["-crl_check_all", "-CRLfile", "current.pem", "-CRLfile", "root-current.pem"];
        // Before anything was revoked, and after.
        Files::new(&ca, &good.certificate_der)?.accepted(&ca, &current)?;
        let revoked = ca.issue(&holder(), Kind::Revoked)?;
        let files = Files::new(&ca, &good.certificate_der)?;
        files.accepted(&ca, &current)?;
        files.accepted(&ca, &all)?;
        files.refused(&ca, &["-crl_check", "-CRLfile", "old.pem"], 12)?;
        Files::new(&ca, &revoked.certificate_der)?.refused(&ca, &current, 23)?;
    }
    Ok(())
}

/// `openssl verify` has no way to tell the user id for a list, so the signature is taken out and verified as such.
#[test]
fn the_list_of_an_sm2_authority_is_signed_by_it() -> Result<()> {
    let ca = TestCa::new(Algorithm::Sm2)?;
    let revoked = ca.issue(&holder(), Kind::Revoked)?;
    let files = Files::new(&ca, &revoked.certificate_der)?;
    let folder = &files.folder;
    let structure = openssl(folder, &["asn1parse", "-in", "current.pem"])?;
    let offset =
        |line: Option<&str>| line.and_then(|line| line.split(':').next()).unwrap_or_default().trim().to_owned();
    let signed = offset(structure.lines().nth(1));
    let signature = offset(structure.lines().last());
    openssl(folder, &["asn1parse", "-in", "current.pem", "-strparse", &signed, "-noout", "-out", "signed"])?;
    openssl(folder, &["asn1parse", "-in", "current.pem", "-strparse", &signature, "-noout", "-out", "signature"])?;
    let key = openssl(folder, &["x509", "-in", "intermediate.pem", "-noout", "-pubkey"])?;
    folder.write("key.pem", key)?;
    common::verify_sm2(folder, "key.pem", "signed", "signature")?;

    let serial = openssl(folder, &["x509", "-in", "card.pem", "-noout", "-serial"])?;
    let list = openssl(folder, &["crl", "-in", "current.pem", "-noout", "-text"])?;
    let serial = serial.trim().trim_start_matches("serial=");
    assert!(list.contains(&format!("Serial Number: {serial}")), "{serial}: {list}");
    Ok(())
}

#[test]
fn the_card_with_the_wrong_usage_is_for_encrypting_keys_alone() -> Result<()> {
    let ca = TestCa::new(Algorithm::Sm2)?;
    let text = Files::new(&ca, &ca.issue(&holder(), Kind::WrongKeyUsage)?.certificate_der)?.text()?;
    assert!(text.contains("X509v3 Key Usage: critical\n                Key Encipherment\n"), "{text}");
    let text = Files::new(&ca, &ca.issue(&holder(), Kind::Good)?.certificate_der)?.text()?;
    assert!(
        text.contains("X509v3 Key Usage: critical\n                Digital Signature, Non Repudiation\n"),
        "{text}"
    );
    Ok(())
}

#[test]
fn sha_1_and_short_keys_are_what_they_say() -> Result<()> {
    for (algorithm, name) in [(Algorithm::Rsa, "sha1WithRSAEncryption"), (Algorithm::P256, "ecdsa-with-SHA1")] {
        let ca = TestCa::new(algorithm)?;
        let files = Files::new(&ca, &ca.issue(&holder(), Kind::Sha1)?.certificate_der)?;
        assert!(files.text()?.contains(&format!("Signature Algorithm: {name}\n")));
        files.accepted(&ca, &["-auth_level", "0"])?;
        let files = Files::new(&ca, &ca.issue(&holder(), Kind::WeakKey)?.certificate_der)?;
        assert!(files.text()?.contains("Public-Key: (1024 bit)"));
        files.accepted(&ca, &[])?;
    }
    let refused = TestCa::new(Algorithm::Sm2)?.issue(&holder(), Kind::Sha1);
    assert!(matches!(refused, Err(CaError::Key(KeyError::NoSuchSignature))), "{refused:?}");
    Ok(())
}

#[test]
fn the_platform_reads_the_holder_back() -> Result<()> {
    let ca = TestCa::new(Algorithm::Sm2)?;
    let holder = holder();
    let read = HolderCertificate::parse(&ca.issue(&holder, Kind::Good)?.certificate_der, &CardProfile::default())?;
    assert_eq!(read.enterprise_name, holder.enterprise_name);
    assert_eq!(read.holder_name, holder.name);
    assert_eq!(read.id_type.as_deref(), Some("resident_id"));
    assert_eq!(read.id_number.as_str(), holder.id_number);
    assert_eq!(read.card_number.as_str(), holder.card_number);
    assert_eq!(read.organisation, Organisation::Uscc(holder.uscc.clone()));
    assert_eq!(read.class, CardClass::LegalPerson);
    Ok(())
}

#[test]
fn a_certificate_may_leave_out_class_and_whole_code() -> Result<()> {
    let ca = TestCa::new(Algorithm::P256)?;
    let holder = Holder { class: None, whole_uscc: false, ..holder() };
    let read = HolderCertificate::parse(&ca.issue(&holder, Kind::Good)?.certificate_der, &CardProfile::default())?;
    assert_eq!(read.organisation, Organisation::Code("745836339".to_owned()));
    assert_eq!(read.class, CardClass::Operator);
    Ok(())
}

#[test]
fn extensions_are_utf8_strings_under_the_arc_of_the_real_authority() -> Result<()> {
    let ca = TestCa::new(Algorithm::P256)?;
    let files = Files::new(&ca, &ca.issue(&holder(), Kind::Good)?.certificate_der)?;
    let structure = openssl(&files.folder, &["asn1parse", "-in", "card.pem"])?;
    // 0C: UTF8String; 0F, 12: its length.
    for (oid, value) in [
        ("1.3.6.1.4.1.5315.100.5.9", format!("0C10{}", hex("03-8930000104271"))),
        ("1.3.6.1.4.1.5315.100.5.3", format!("0C02{}", hex("01"))),
        ("1.3.6.1.4.1.5315.100.5.8", format!("0C12{}", hex("11010519491231002X"))),
        ("1.3.6.1.4.1.5315.100.5.11", format!("0C09{}", hex("745836339"))),
    ] {
        let after = structure.split_once(&format!(":{oid}\n")).map(|(_, after)| after).unwrap_or_default();
        let line = after.lines().next().unwrap_or_default();
        assert!(line.ends_with(&value), "{oid}: {line}");
    }
    Ok(())
}

fn hex(text: &str) -> String {
    hex::encode_upper(text)
}

#[test]
fn another_present_moves_every_date() -> Result<()> {
    let then = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_900_000_000);
    let ca = TestCa::at(Algorithm::P256, then)?;
    let files = Files::new(&ca, &ca.issue(&holder(), Kind::Good)?.certificate_der)?;
    files.refused(&ca, &[], 9)?;
    files.accepted(&ca, &["-attime", "1900000000"])?;
    Ok(())
}
