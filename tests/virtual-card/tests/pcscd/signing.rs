//! Signatures that other programs ask for, and other programs verify.

use anyhow::{Context as _, Result};
use eport_virtual_card::{
    ca::{CardClass, Holder, IssuedCard, Kind, TestCa},
    card::SM2_ALGORITHM,
    key::{Algorithm, PrivateKey, SM2_USER_ID},
};
use sha2::{Digest, Sha256};

use crate::{
    common::{Folder, openssl, verify_sm2},
    opensc::two_keys,
    station::{PIN, PUK, Station},
};

const MESSAGE: &str = "eport-id/card/v1\norigin: https://id.example.cn\npurpose: login\nnonce: 0123456789012345678901234567890123456789012";

/// The message, and the public key of a certificate, for `openssl`.
fn folder(card: &IssuedCard) -> Result<Folder> {
    let folder = Folder::new()?;
    folder.write("message", MESSAGE)?;
    folder.write("card.der", &card.certificate_der)?;
    let key = openssl(&folder, &["x509", "-inform", "DER", "-in", "card.der", "-noout", "-pubkey"])?;
    folder.write("key.pem", key)?;
    Ok(folder)
}

/// Signs the file `input` with `pkcs11-tool` into the file `signature`.
fn sign(station: &Station, folder: &Folder, id: &str, mechanism: &str, input: &str, more: &[&str]) -> Result<()> {
    let (input, output) = (folder.path(input), folder.path("signature"));
    let input = input.to_str().context("a path")?;
    let output = output.to_str().context("a path")?;
    let own = ["--login", "--pin", PIN, "--sign", "--id", id, "--mechanism", mechanism];
    station.run("pkcs11-tool", &[&own[..], more, &["--input-file", input, "--output-file", output]].concat())?;
    Ok(())
}

fn verify_sha256(folder: &Folder) -> Result<()> {
    let said = openssl(folder, &["dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "message"])?;
    assert_eq!(said, "Verified OK\n");
    Ok(())
}

#[test]
fn pkcs11_signs_with_p_256() -> Result<()> {
    let (card, [curve, _]) = two_keys()?;
    let station = Station::new(card)?;
    let folder = folder(&curve)?;
    folder.write("digest", Sha256::digest(MESSAGE))?;
    sign(&station, &folder, "01", "ECDSA", "digest", &["--signature-format", "openssl"])?;
    verify_sha256(&folder)
}

#[test]
fn pkcs11_signs_with_rsa_in_both_ways() -> Result<()> {
    let (card, [_, rsa]) = two_keys()?;
    let station = Station::new(card)?;
    let folder = folder(&rsa)?;
    sign(&station, &folder, "02", "SHA256-RSA-PKCS", "message", &[])?;
    verify_sha256(&folder)?;

    // DER of DigestInfo for SHA-256 (RFC 8017, 9.2), made by the host.
    let digest_info = [&hex::decode("3031300d060960864801650304020105000420")?[..], &Sha256::digest(MESSAGE)].concat();
    folder.write("digest-info", digest_info)?;
    sign(&station, &folder, "02", "RSA-PKCS", "digest-info", &[])?;
    verify_sha256(&folder)
}

#[test]
fn rsa_for_authentication_signs_too() -> Result<()> {
    let ca = TestCa::new(Algorithm::Rsa)?;
    let issued = ca.issue(&Holder::sample(CardClass::LegalPerson), Kind::Good)?;
    let folder = folder(&issued)?;
    let station = Station::new(issued.into_card(PIN, PUK)?)?;
    sign(&station, &folder, "01", "SHA256-RSA-PKCS", "message", &[])?;
    verify_sha256(&folder)
}

#[test]
fn sm2_signs_what_openssl_verifies() -> Result<()> {
    let ca = TestCa::new(Algorithm::Sm2)?;
    let issued = ca.issue(&Holder::sample(CardClass::LegalPerson), Kind::Good)?;
    let folder = folder(&issued)?;
    let PrivateKey::Sm2(key) = issued.key.clone() else { anyhow::bail!("no SM2 key") };
    let station = Station::new(issued.into_card(PIN, PUK)?)?;

    // What the host does: e = SM3(ZA ‖ M), with the public key alone.
    let e = sm2_digest(&key.public_key(), MESSAGE.as_bytes());
    let select = "00A404000BA00000030800001000010000";
    let verify = format!("0020008008{}FFFF", hex::encode(PIN));
    let authenticate = format!("0087{SM2_ALGORITHM:02X}9A267C2482008120{}00", hex::encode(e));
    let said = station.send(&[select, &verify, &authenticate])?;
    let dump = said.rsplit("Received (SW1=0x90, SW2=0x00)").next().unwrap_or_default();
    let answer = from_dump(dump)?;
    let [0x7C, _, 0x82, _, signature @ ..] = answer.as_slice() else { anyhow::bail!("{said}") };
    folder.write("signature", signature)?;
    verify_sm2(&folder, "key.pem", "message", "signature")
}

/// GB/T 32918.2, 6.1: SM3 over ZA and the message.
fn sm2_digest(key: &sm2::PublicKey, message: &[u8]) -> [u8; 32] {
    // The same field elements that `openssl ecparam -name SM2 -text -param_enc explicit` prints.
    const CURVE: [&str; 4] = [
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC",
        "28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93",
        "32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7",
        "BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0",
    ];
    let mut za = sm3::Sm3::new();
    za.update((SM2_USER_ID.len() as u16 * 8).to_be_bytes());
    za.update(SM2_USER_ID);
    for number in CURVE {
        za.update(hex::decode(number).unwrap());
    }
    za.update(&key.to_sec1_bytes()[1..]);
    let mut hash = sm3::Sm3::new();
    hash.update(za.finalize());
    hash.update(message);
    hash.finalize().into()
}

/// Reads `opensc-tool`'s dump: lines of up to 16 bytes in hexadecimal, a space between them, then the same as characters.
fn from_dump(dump: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for line in dump.lines().filter(|line| !line.trim().is_empty() && !line.starts_with(':')) {
        let hexadecimal: String = line.chars().take(16 * 3).filter(|c| !c.is_whitespace()).collect();
        bytes.extend(hex::decode(&hexadecimal).with_context(|| line.to_owned())?);
    }
    Ok(bytes)
}
