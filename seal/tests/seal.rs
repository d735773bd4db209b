//! Seals made, read, changed, and looked at by openssl.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

use std::path::Path;
use std::process::Command;

use eport_seal::{Order, SealError, SealMaker, generate, read};
use proptest::prelude::*;

const NOW: i64 = 1_795_310_400;

fn maker_with(first: u8) -> (SealMaker, Vec<u8>) {
    let mut next = first;
    let mut fill = |buffer: &mut [u8]| {
        for byte in buffer {
            next = next.wrapping_mul(5).wrapping_add(3);
            *byte = next;
        }
    };
    let key = generate(&mut fill, NOW, 10).unwrap();
    (SealMaker::new(&key.secret, &key.certificate).unwrap(), key.certificate)
}

fn maker() -> (SealMaker, Vec<u8>) {
    maker_with(1)
}

const ORDER: Order<'static> = Order {
    es_id: "019AA9A57A317C449B024C1F0A6D3E52",
    name: "西安示例贸易有限公司",
    certificates: &[b"a certificate", b"another"],
    made_at: NOW,
    valid: (NOW, NOW + 86_400),
    png: b"an image",
    size_mm: (40, 38),
};

#[test]
fn a_seal_that_was_made_can_be_read() {
    let (maker, certificate) = maker();
    let seal = read(&maker.make(ORDER).unwrap()).unwrap();
    let info = &seal.seal_info;
    assert_eq!(info.es_id.as_str(), ORDER.es_id);
    assert_eq!(info.property.name, ORDER.name);
    assert_eq!(info.property.valid_end.to_unix_duration().as_secs(), 1_795_310_400 + 86_400);
    let list: Vec<&[u8]> = info.property.cert_list.iter().map(|certificate| certificate.as_bytes()).collect();
    assert_eq!(list, ORDER.certificates);
    assert_eq!((info.picture.data.as_bytes(), info.picture.width, info.picture.height), (ORDER.png, 40, 38));
    assert_eq!(seal.cert.as_bytes(), certificate);
    assert_eq!(maker.valid(), (NOW, NOW + 10 * 365 * 86_400));
}

#[test]
fn a_changed_byte_anywhere_makes_it_none() {
    let made = maker().0.make(ORDER).unwrap();
    for at in 0..made.len() {
        for bit in [0x01, 0x80] {
            let mut changed = made.clone();
            changed[at] ^= bit;
            match read(&changed) {
                Err(_) => {}
                // What the signature doesn't cover is the certificate: a change there gives another certificate, which is the caller's to know.
                Ok(seal) => assert_ne!(seal.cert, read(&made).unwrap().cert, "byte {at}"),
            }
        }
    }
    assert_eq!(read(&made[..made.len() - 1]), Err(SealError::Structure));
    assert_eq!(read(&[made.as_slice(), b"x"].concat()), Err(SealError::Structure));
}

#[test]
fn another_makers_certificate_does_not_fit() {
    let (one, other) = (maker().0, maker_with(7));
    let mut seal = read(&one.make(ORDER).unwrap()).unwrap();
    seal.cert = der::asn1::OctetString::new(other.1.clone()).unwrap();
    let forged = der::Encode::to_der(&seal).unwrap();
    assert_eq!(read(&forged), Err(SealError::Signature));
    assert_eq!(SealMaker::new(&[1; 32], &other.1).map(drop), Err(SealError::OtherKey));
    assert_eq!(SealMaker::new(&[0; 32], &other.1).map(drop), Err(SealError::Key));
    assert_eq!(SealMaker::new(&[1; 32], b"no certificate").map(drop), Err(SealError::Certificate));
}

#[test]
fn what_ascii_cannot_say_is_no_identifier() {
    let (maker, _) = maker();
    assert_eq!(maker.make(Order { es_id: "印章", ..ORDER }), Err(SealError::Encoding));
    assert_eq!(maker.make(Order { made_at: -1, ..ORDER }), Err(SealError::Encoding));
}

fn openssl(arguments: &[&str]) -> String {
    let output = Command::new("openssl").args(arguments).output().expect("openssl is installed");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "openssl {arguments:?}: {text}");
    text
}

/// What an element is for `openssl asn1parse`: depth, header length, offset, content length and name.
fn elements(der: &Path) -> Vec<(usize, usize, usize, usize, String)> {
    let text = openssl(&["asn1parse", "-inform", "DER", "-in", der.to_str().unwrap()]);
    let number = |line: &str, name: &str| -> usize {
        let (_, after) = line.split_once(name).unwrap();
        after.trim_start().split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap()
    };
    text.lines()
        .map(|line| {
            let kind = line.split("prim:").nth(1).or(line.split("cons:").nth(1)).unwrap().trim();
            let kind = kind.split(':').next().unwrap().split('[').next().unwrap().trim();
            let offset = line.trim_start().split(':').next().unwrap().parse().unwrap();
            (number(line, "d="), number(line, "hl="), offset, number(line, " l="), kind.to_owned())
        })
        .collect()
}

#[test]
fn openssl_reads_the_fields_in_the_order_of_the_standard() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("seal.der");
    std::fs::write(&file, maker().0.make(ORDER).unwrap()).unwrap();
    let found: Vec<(usize, String)> = elements(&file).into_iter().map(|(depth, _, _, _, kind)| (depth, kind)).collect();
    let expected = [
        (0, "SEQUENCE"),
        (1, "SEQUENCE"),
        (2, "SEQUENCE"),
        (3, "IA5STRING"),
        (3, "INTEGER"),
        (3, "IA5STRING"),
        (2, "IA5STRING"),
        (2, "SEQUENCE"),
        (3, "INTEGER"),
        (3, "UTF8STRING"),
        (3, "INTEGER"),
        (3, "SEQUENCE"),
        (4, "OCTET STRING"),
        (4, "OCTET STRING"),
        (3, "GENERALIZEDTIME"),
        (3, "GENERALIZEDTIME"),
        (3, "GENERALIZEDTIME"),
        (2, "SEQUENCE"),
        (3, "IA5STRING"),
        (3, "OCTET STRING"),
        (3, "INTEGER"),
        (3, "INTEGER"),
        (1, "OCTET STRING"),
        (1, "OBJECT"),
        (1, "BIT STRING"),
    ];
    let expected: Vec<_> = expected.into_iter().map(|(depth, kind)| (depth, kind.to_owned())).collect();
    assert_eq!(found, expected);
}

#[test]
fn openssl_verifies_the_seal_makers_signature_and_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (maker, certificate) = maker();
    let made = maker.make(ORDER).unwrap();
    std::fs::write(path("seal.der"), &made).unwrap();
    std::fs::write(path("cert.der"), &certificate).unwrap();
    openssl(&["x509", "-inform", "DER", "-in", &path("cert.der"), "-out", &path("cert.pem")]);
    let public = openssl(&["x509", "-in", &path("cert.pem"), "-noout", "-pubkey"]);
    std::fs::write(path("public.pem"), public).unwrap();
    // By the offsets that asn1parse gives: the second element is what is signed, the last one the signature behind its unused bits.
    let all = elements(Path::new(&path("seal.der")));
    let (_, header, offset, length, _) = &all[1];
    std::fs::write(path("signed"), &made[*offset..offset + header + length]).unwrap();
    let (_, header, offset, length, _) = all.last().unwrap();
    std::fs::write(path("signature"), &made[offset + header + 1..offset + header + length]).unwrap();
    let verify = [
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        &path("public.pem"),
        "-in",
        &path("signed"),
        "-rawin",
        "-digest",
        "sm3",
    ]
    .map(str::to_owned);
    let options = ["-sigfile", &path("signature"), "-pkeyopt", "distid:1234567812345678"].map(str::to_owned);
    let arguments: Vec<&str> = verify.iter().chain(&options).map(String::as_str).collect();
    assert!(openssl(&arguments).contains("Signature Verified Successfully"));
    let text = openssl(&["x509", "-in", &path("cert.pem"), "-noout", "-text"]);
    for part in ["CN = Seal maker", "Digital Signature, Non Repudiation", "CA:FALSE"] {
        assert!(text.contains(part), "{text}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(read(&bytes).is_err());
    }
}
