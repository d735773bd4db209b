//! What OpenSSL makes, this crate takes: an authority, a card's certificate and a signature, all by its command line.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test, helpers included"
)]

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use eport_card::verify::{PathError, RevocationPolicy, Trust};
use eport_card::{Algorithm, CardClass, CardProfile, Nonce, Origin, Purpose, challenge_text};
use tempfile::TempDir;

/// §6's profile as OpenSSL writes it.
const EXTENSIONS: &str = "
[ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[card]
keyUsage = critical,digitalSignature,nonRepudiation
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
1.3.6.1.4.1.5315.100.5.1 = ASN1:UTF8String:Xi'an Example Trading
1.3.6.1.4.1.5315.100.5.3 = ASN1:UTF8String:01
1.3.6.1.4.1.5315.100.5.8 = ASN1:UTF8String:11010519491231002X
1.3.6.1.4.1.5315.100.5.9 = ASN1:UTF8String:03-8930000104271
1.3.6.1.4.1.5315.100.5.11 = ASN1:PRINTABLESTRING:745836339
2.25.3894216537.1 = ASN1:UTF8String:legal_person
[server]
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
";

struct Openssl(TempDir);

impl Openssl {
    fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("extensions"), EXTENSIONS)?;
        Ok(Self(folder))
    }

    fn run(&self, arguments: &str) -> Result<()> {
        let output = Command::new("openssl")
            .current_dir(self.0.path())
            .args(arguments.split_ascii_whitespace())
            .output()
            .context("openssl is needed for this test")?;
        ensure!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }

    fn file(&self, name: &str) -> Result<Vec<u8>> {
        Ok(std::fs::read(Path::new(self.0.path()).join(name))?)
    }

    /// An authority and a certificate with these extensions, both with keys of this kind.
    fn certificate(&self, key: &str, hash: &str, extensions: &str) -> Result<(Vec<u8>, Vec<u8>)> {
        let verify = if key.contains("SM2") { "-vfyopt distid:1234567812345678" } else { "" };
        self.run(&format!("genpkey {key} -out ca.key"))?;
        self.run(&format!("genpkey {key} -out card.key"))?;
        self.run(&format!("req -new -key ca.key -subj /O=Example/CN=Authority {hash} -out ca.csr"))?;
        self.run(&format!("x509 -req {verify} -in ca.csr -signkey ca.key -days 30 {hash} -extfile extensions -extensions ca -outform DER -out ca.der"))?;
        self.run("x509 -in ca.der -inform DER -out ca.pem")?;
        self.run(&format!("req -new -key card.key -subj /OU=Example/CN=Zhang {hash} -out card.csr"))?;
        self.run(&format!(
            "x509 -req {verify} -in card.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 {hash} -extfile extensions -extensions {extensions} -outform DER -out card.der"
        ))?;
        Ok((self.file("ca.der")?, self.file("card.der")?))
    }

    fn sign(&self, text: &str, options: &str) -> Result<Vec<u8>> {
        std::fs::write(self.0.path().join("text"), text)?;
        self.run(&format!("pkeyutl -sign -inkey card.key -rawin -in text {options} -out signature"))?;
        self.file("signature")
    }
}

const SM2: (&str, &str, &str) =
    ("-algorithm SM2", "-sm3 -sigopt distid:1234567812345678", "-digest sm3 -pkeyopt distid:1234567812345678");
const P256: (&str, &str, &str) = ("-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "-sha256", "-digest sha256");
const RSA: (&str, &str, &str) = ("-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "-sha256", "-digest sha256");

fn now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap() + 60
}

#[test]
fn a_card_that_openssl_issued_and_a_signature_that_it_made_are_right() -> Result<()> {
    let text = challenge_text(
        &Origin::parse("https://id.example.cn")?,
        &Purpose::Login,
        &Nonce::parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")?,
    );
    for ((key, hash, signing), algorithm) in [(SM2, Algorithm::Sm2), (P256, Algorithm::Es256), (RSA, Algorithm::Rs256)]
    {
        let openssl = Openssl::new()?;
        let (ca, card) = openssl.certificate(key, hash, "card")?;
        let trust = Trust::new([ca.as_slice()], [], [])?;
        let verified = trust.verify(&card, &CardProfile::default(), now(), RevocationPolicy::default())?;
        assert_eq!(verified.holder().card_number.as_str(), "8930000104271");
        assert_eq!(verified.holder().organisation.code(), "745836339");
        assert_eq!(verified.holder().class, CardClass::LegalPerson);
        verified.proves(algorithm, &text, &openssl.sign(&text, signing)?)?;
        assert!(verified.proves(algorithm, &format!("{text} "), &openssl.sign(&text, signing)?).is_err());
    }
    Ok(())
}

#[test]
fn an_sm2_signature_under_another_user_id_is_wrong() -> Result<()> {
    let openssl = Openssl::new()?;
    let (ca, card) = openssl.certificate(SM2.0, SM2.1, "card")?;
    let verified = Trust::new([ca.as_slice()], [], [])?.verify(
        &card,
        &CardProfile::default(),
        now(),
        RevocationPolicy::default(),
    )?;
    let signature = openssl.sign("text", "-digest sm3 -pkeyopt distid:8765432187654321")?;
    assert!(verified.proves(Algorithm::Sm2, "text", &signature).is_err());
    Ok(())
}

#[test]
fn a_certificate_for_servers_is_of_the_wrong_usage() -> Result<()> {
    let openssl = Openssl::new()?;
    let (ca, server) = openssl.certificate(P256.0, P256.1, "server")?;
    let refused = Trust::new([ca.as_slice()], [], [])?.verify(
        &server,
        &CardProfile::default(),
        now(),
        RevocationPolicy::default(),
    );
    assert_eq!(refused.err(), Some(PathError::WrongKeyUsage));
    Ok(())
}
