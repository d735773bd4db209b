//! The client control's protocol, through a real `pcscd` with a virtual card.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "tests, helpers included")]

mod common;

use anyhow::Result;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use common::{
    SITE, Setup,
    world::{PIN, World, challenge, holder},
};
use eport_virtual_card::key;
use serde_json::json;

#[tokio::test]
async fn a_page_of_the_client_control_works_unchanged() -> Result<()> {
    let world = World::with(Setup { compat: true, ..Setup::default() })?;
    let _card = world.insert(world.card(key::Algorithm::Sm2)?)?;
    world.page().await?;
    let mut page = world.bridge.control().await?;
    assert_eq!(page.receive().await?["_method"], "open");
    let holder = holder();
    for (method, expected) in [
        ("cus-sec_SpcInitEnvEx", json!([])),
        ("cus-sec_SpcGetCardID", json!([holder.card_number])),
        ("cus-sec_SpcGetUName", json!([holder.name])),
        ("cus-sec_SpcGetEntID", json!([holder.organisation_code()])),
        ("cus-sec_SpcGetEntName", json!([holder.enterprise_name])),
        ("cus-sec_SpcGetEntMode", json!(["legal_person"])),
        ("cus-sec_SpcClearEnv", json!([])),
    ] {
        assert_eq!(
            page.control(method, json!({})).await?,
            json!({"Result": true, "Data": expected, "Error": []}),
            "{method}"
        );
    }
    let number = page.control("cus-sec_SpcGetCertNo", json!({})).await?["Data"][0].as_str().unwrap().to_owned();
    assert!(number.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)), "{number}");
    let info = page.control("security_getGetCardUserInfoAll", json!({})).await?["Data"][0].as_str().unwrap().to_owned();
    let fields: Vec<_> = info.split("||").collect();
    assert_eq!((fields[0], fields[5]), (number.as_str(), holder.card_number.as_str()));
    assert!(!info.contains(&holder.id_number));
    let certificate =
        page.control("cus-sec_SpcGetSignCertAsPEM", json!({})).await?["Data"][0].as_str().unwrap().to_owned();
    let validity = page.control("cus-sec_SpcGetValidTimeFromCert", json!({"cert": certificate})).await?["Data"].clone();
    assert_eq!(validity, page.control("cus-sec_SpcGetValidTimeFromCert", json!({})).await?["Data"]);
    assert!(
        validity[0]["szStartTime"].as_str().unwrap().len() == 14
            && validity[0]["szEndTime"].as_str().unwrap().len() == 14
    );

    // The page's PIN is used, and nobody is asked.
    let signed = page.control("cus-sec_SpcSignDataAsPEM", json!({"inData": "报关单", "passwd": PIN})).await?;
    assert_eq!((&signed["Result"], &signed["Data"][1]), (&json!(true), &json!(number)), "{signed}");
    let signature = signed["Data"][0].as_str().unwrap();
    assert_eq!(BASE64_STANDARD.decode(signature)?.len(), 64);
    world.proves(&json!({"certificate": certificate, "algorithm": "SM2", "signature": signature}), "报关单")?;
    let verify = json!({"inData": "报关单", "signData": signature, "certDataPEM": certificate});
    assert_eq!(page.control("cus-sec_SpcVerifySignData", verify).await?["Data"], json!(["成功!"]));
    let verify = json!({"inData": "报关草", "signData": signature});
    assert_eq!(page.control("cus-sec_SpcVerifySignData", verify).await?["Result"], false);
    let random = page.control("cus-sec_SpcSignRandom", json!({"random": "12345678", "passwd": PIN})).await?;
    assert_eq!(random["Data"].as_array().unwrap().len(), 1);
    assert_eq!(page.control("cus-sec_SpcVerifyPIN", json!({"passwd": PIN})).await?["Result"], true);
    assert_eq!(page.control("cus-sec_SpcChangePIN", json!({"oldPin": PIN, "newPin": "654321"})).await?["Result"], true);
    assert_eq!(page.control("cus-sec_SpcVerifyPINAll", json!({"passwd": "654321"})).await?["Result"], true);
    assert_eq!(world.bridge.questions(), 0);

    // A login of this very site is signed, one of another isn't.
    let own = page.control("cus-sec_SpcSignDataAsPEM", json!({"inData": challenge(SITE), "passwd": "654321"})).await?;
    world.proves(
        &json!({"certificate": certificate, "algorithm": "SM2", "signature": own["Data"][0]}),
        &challenge(SITE),
    )?;
    let other = json!({"inData": challenge("https://bank.example"), "passwd": "654321"});
    let refused = page.control("cus-sec_SpcSignDataAsPEM", other).await?;
    assert_eq!((&refused["Result"], &refused["Error"][1]), (&json!(false), &json!("Err:bridge.text_refused")));

    // A wrong PIN costs a try; the last try is the person's.
    for _ in 0..2 {
        let wrong = page.control("cus-sec_SpcSignData", json!({"inData": "x", "passwd": "000000"})).await?;
        assert_eq!(wrong["Error"][1], "Err:bridge.pin_wrong");
    }
    world.bridge.answers(&["no"]);
    let last = page.control("cus-sec_SpcSignData", json!({"inData": "x", "passwd": "000000"})).await?;
    assert_eq!((&last["Error"][1], world.bridge.questions()), (&json!("Err:bridge.cancelled"), 1));
    // Without a PIN the person is asked.
    world.bridge.answers(&["pin 654321"]);
    assert_eq!(page.control("cus-sec_SpcSignData", json!({"inData": "x"})).await?["Result"], true);
    Ok(())
}

#[tokio::test]
async fn a_person_can_forbid_pages_to_pass_a_pin() -> Result<()> {
    let settings = Setup::default().settings + "forbid_page_pin = true\n";
    let world = World::with(Setup { compat: true, settings, ..Setup::default() })?;
    let _card = world.insert(world.card(key::Algorithm::P256)?)?;
    world.page().await?;
    let mut page = world.bridge.control().await?;
    page.receive().await?;
    world.bridge.answers(&["pin 123456"]);
    // The page's PIN is wrong, which nobody learns: the person's counts.
    let signed = page.control("cus-sec_SpcSignData", json!({"inData": "x", "passwd": "000000"})).await?;
    assert_eq!((&signed["Result"], world.bridge.questions()), (&json!(true), 1), "{signed}");
    Ok(())
}
