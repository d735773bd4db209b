//! Through a real `pcscd` with a virtual card: everything that a page, a person and a card can do to one another.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "tests, helpers included")]

mod common;

use std::{
    io::{BufRead as _, BufReader},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use common::{
    LIMIT, SITE, sign_params,
    world::{PIN, PUK, World, challenge, holder, until_asked},
};
use eport_virtual_card::{card::Card, key, reader::MuteCard};
use serde_json::json;
use tokio::time::sleep;

async fn signs(algorithm: key::Algorithm, name: &str, length: usize) -> Result<()> {
    let (world, _card, mut page) = World::with_card(algorithm).await?;
    world.bridge.answers(&[&format!("pin {PIN}")]);
    let answer = page.call("sign", sign_params()).await?;
    let result = &answer["result"];
    assert_eq!(result["algorithm"], name, "{answer}");
    assert_eq!(BASE64_STANDARD.decode(result["signature"].as_str().unwrap())?.len(), length);
    world.proves(result, &challenge(SITE))?;
    assert!(world.proves(result, &challenge("https://evil.example")).is_err());
    let shown = world.bridge.shown();
    assert!(shown.contains(&format!("SETDESC {SITE} asks to log you in with your card.%0A3 tries left.")), "{shown}");
    assert!(!world.bridge.log().contains(PIN), "the PIN is in the log");
    Ok(())
}

#[tokio::test]
async fn a_page_gets_a_signature_by_sm2() -> Result<()> {
    signs(key::Algorithm::Sm2, "SM2", 64).await
}

#[tokio::test]
async fn a_page_gets_a_signature_by_p256() -> Result<()> {
    signs(key::Algorithm::P256, "ES256", 64).await
}

#[tokio::test]
async fn a_page_gets_a_signature_by_rsa() -> Result<()> {
    signs(key::Algorithm::Rsa, "RS256", 256).await
}

#[tokio::test]
async fn the_card_tells_its_public_part_and_not_the_id_number() -> Result<()> {
    let (world, _card, mut page) = World::with_card(key::Algorithm::Sm2).await?;
    let answer = page.call("card", json!({})).await?;
    let (card, holder) = (&answer["result"], holder());
    assert_eq!(
        [&card["number"], &card["holder"], &card["enterprise"], &card["class"], &card["algorithm"]],
        [
            &json!(holder.card_number),
            &json!(holder.name),
            &json!(holder.enterprise_name),
            &json!("legal_person"),
            &json!("SM2")
        ]
    );
    assert_eq!((&card["tries_left"], &card["pin_pad"]), (&json!(3), &json!(false)));
    assert!(card["valid_to"].as_str().unwrap() > card["valid_from"].as_str().unwrap());
    assert!(!answer.to_string().contains(&holder.id_number), "{answer}");
    let log = world.bridge.log();
    for personal in [&holder.id_number, &holder.name, &holder.card_number, &holder.enterprise_name] {
        assert!(!log.contains(personal.as_str()), "{personal} is in the log");
    }
    Ok(())
}

#[tokio::test]
async fn pages_hear_of_cards_within_half_a_second() -> Result<()> {
    let world = World::new()?;
    let mut page = world.bridge.page().await?;
    while page.call("readers", json!({})).await?["result"]["readers"].as_array().is_none_or(|all| all.len() < 2) {
        sleep(Duration::from_millis(20)).await;
    }
    page.events.clear();
    let name = world.daemon.reader().name();
    let mut slowest = Duration::ZERO;
    let mut card = world.card(key::Algorithm::P256)?;
    for _ in 0..5 {
        let inserted = world.insert(card)?;
        // The virtual reader looks for cards every 400 ms by itself; a real one tells at once. From the moment at which it saw the card:
        let seen = Instant::now();
        assert_eq!(page.event().await?, json!({"event": "card_inserted", "reader": name}));
        slowest = slowest.max(seen.elapsed());
        card = inserted.pull()?;
        assert_eq!(page.event().await?, json!({"event": "card_removed", "reader": name}));
    }
    println!("insertion to event: {slowest:?} at most");
    assert!(slowest < Duration::from_millis(500), "{slowest:?}");
    Ok(())
}

#[tokio::test]
async fn a_wrong_pin_costs_one_try_each_and_the_last_one_is_warned_of() -> Result<()> {
    let (world, _card, mut page) = World::with_card(key::Algorithm::P256).await?;
    world.bridge.answers(&["pin 654321"; 3]);
    for left in [2, 1] {
        let error = page.call("sign", sign_params()).await?["error"].clone();
        assert_eq!((&error["code"], &error["tries_left"]), (&json!("bridge.pin_wrong"), &json!(left)));
    }
    assert!(!world.bridge.shown().contains("the last try"));
    assert!(world.bridge.shown().contains("SETERROR The last PIN was wrong."), "{}", world.bridge.shown());
    let error = page.call("sign", sign_params()).await?["error"].clone();
    assert_eq!((&error["code"], &error["tries_left"]), (&json!("bridge.pin_blocked"), &json!(0)));
    assert!(world.bridge.shown().contains("this is the last try"), "{}", world.bridge.shown());
    // A blocked card isn't asked about any more.
    assert_eq!(page.refused("sign", sign_params()).await?, "bridge.pin_blocked");
    assert_eq!(page.call("card", json!({})).await?["result"]["tries_left"], 0);
    assert_eq!(world.bridge.questions(), 3);
    Ok(())
}

#[tokio::test]
async fn a_slip_of_the_finger_costs_no_try() -> Result<()> {
    let (world, _card, mut page) = World::with_card(key::Algorithm::P256).await?;
    world.bridge.answers(&["pin 12345", "pin 123456789", "pin", "no"]);
    for code in ["bridge.pin_format", "bridge.pin_format", "bridge.cancelled", "bridge.cancelled"] {
        assert_eq!(page.refused("sign", sign_params()).await?, code);
    }
    assert_eq!(page.call("card", json!({})).await?["result"]["tries_left"], 3);
    Ok(())
}

#[tokio::test]
async fn the_pin_is_changed_outside_of_the_page() -> Result<()> {
    let (world, _card, mut page) = World::with_card(key::Algorithm::P256).await?;
    world.bridge.answers(&["pin 123456", "pin 777777", "pin 777778"]);
    assert_eq!(page.refused("change_pin", json!({})).await?, "bridge.pin_mismatch");
    world.bridge.answers(&["pin 123456", "pin 7777777", "pin 7777777"]);
    assert_eq!(page.call("change_pin", json!({})).await?["result"], json!({}));
    world.bridge.answers(&["pin 123456", "pin 7777777"]);
    assert_eq!(page.refused("sign", sign_params()).await?, "bridge.pin_wrong");
    assert!(page.call("sign", sign_params()).await?["result"].is_object());
    Ok(())
}

#[tokio::test]
async fn no_other_program_finds_the_pin_verified() -> Result<()> {
    let (world, _card, mut page) = World::with_card(key::Algorithm::P256).await?;
    world.bridge.answers(&["pin 123456"]);
    assert!(page.call("sign", sign_params()).await?["result"].is_object());
    // SELECT, then an empty VERIFY, which says 9000 where the PIN is verified.
    let output = world
        .daemon
        .command("opensc-tool")
        .args(["-s", "00A404000BA000000308000010000100", "-s", "00200080"])
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("SW1=0x63, SW2=0xC3"), "{text}");
    Ok(())
}

#[tokio::test]
async fn a_card_that_is_pulled_while_the_person_thinks_ends_the_question() -> Result<()> {
    let (world, card, mut page) = World::with_card(key::Algorithm::P256).await?;
    world.bridge.answers(&["wait", "pin 123456"]);
    let id = page.start("sign", sign_params()).await?;
    until_asked(&world.bridge, 1).await;
    let card = card.pull()?;
    assert_eq!(page.answer(id).await?["error"]["code"], "bridge.card_removed");
    let _card = world.insert(card)?;
    while page.refused("card", json!({})).await? == "bridge.no_card" {
        sleep(Duration::from_millis(20)).await;
    }
    assert!(page.call("sign", sign_params()).await?["result"].is_object());
    Ok(())
}

#[tokio::test]
async fn a_card_that_is_pulled_in_the_middle_of_signing_has_its_own_error_and_the_next_works() -> Result<()> {
    let (world, mut card, mut page) = World::with_card(key::Algorithm::P256).await?;
    world.bridge.answers(&["pin 123456"]);
    let before = card.apdus();
    assert!(page.call("sign", sign_params()).await?["result"].is_object());
    let needed = card.apdus() - before;
    assert!(needed >= 10, "{needed}");
    for before in 1..=needed {
        world.bridge.answers(&["pin 123456"]);
        card.pull_before(before);
        let code = page.refused("sign", sign_params()).await?;
        assert!(card.wait_until_pulled(LIMIT), "{before}: {code}");
        assert_eq!(code, "bridge.card_removed", "before command {before}");
        card = world.insert(card.pull()?)?;
        world.bridge.answers(&["pin 123456"; 50]);
        let deadline = Instant::now() + LIMIT;
        while !page.call("sign", sign_params()).await?["result"].is_object() {
            assert!(Instant::now() < deadline, "the next card doesn't work");
            sleep(Duration::from_millis(20)).await;
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_bridge_comes_back_when_the_service_does() -> Result<()> {
    let (mut world, _card, mut page) = World::with_card(key::Algorithm::P256).await?;
    for _ in 0..2 {
        world.daemon.stop();
        let deadline = Instant::now() + LIMIT;
        while page.refused("card", json!({})).await? != "bridge.no_service" {
            assert!(Instant::now() < deadline);
            sleep(Duration::from_millis(20)).await;
        }
        let gone = page.events.iter().filter(|event| event["event"] == "card_removed").count();
        assert_eq!(gone, 1, "{:?}", page.events);
        page.events.clear();
        world.daemon.resume()?;
        loop {
            if page.event().await?["event"] == "card_inserted" {
                break;
            }
        }
        world.bridge.answers(&["pin 123456"]);
        let answer = page.call("sign", sign_params()).await?;
        assert!(answer["result"].is_object(), "{answer}");
        page.events.clear();
    }
    Ok(())
}

#[tokio::test]
async fn no_card_and_other_cards_are_told_apart() -> Result<()> {
    let world = World::new()?;
    let mut page = world.bridge.page().await?;
    while page.call("readers", json!({})).await?["result"]["readers"].as_array().is_none_or(Vec::is_empty) {
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(page.refused("card", json!({})).await?, "bridge.no_card");
    assert_eq!(page.refused("card", json!({"reader": "Another"})).await?, "bridge.reader_unknown");
    let mute = world.daemon.reader().insert(MuteCard::default())?;
    let deadline = Instant::now() + LIMIT;
    while page.refused("card", json!({})).await? != "bridge.card_mute" {
        assert!(Instant::now() < deadline, "{}", world.daemon.log());
        sleep(Duration::from_millis(20)).await;
    }
    drop(mute);
    Ok(())
}

#[tokio::test]
async fn a_card_without_certificate_can_not_be_used() -> Result<()> {
    use eport_virtual_card::card::{Personalisation, Secret};
    let world = World::new()?;
    let _card = world.insert(Card::new(Personalisation::new(Secret::pin(PIN)?, Secret::puk(PUK.as_bytes())?)))?;
    let mut page = world.page().await?;
    assert_eq!(page.refused("card", json!({})).await?, "bridge.certificate_unusable");
    Ok(())
}

#[tokio::test]
async fn two_pages_may_look_at_the_card_at_once() -> Result<()> {
    let (world, _card, mut page) = World::with_card(key::Algorithm::P256).await?;
    let mut other = world.bridge.page().await?;
    for _ in 0..10 {
        let (first, second) = (page.start("card", json!({})).await?, other.start("card", json!({})).await?);
        assert!(page.answer(first).await?["result"].is_object());
        assert!(other.answer(second).await?["result"].is_object());
    }
    // While one asks for the PIN, the other is told.
    world.bridge.answers(&["wait"]);
    page.start("sign", sign_params()).await?;
    until_asked(&world.bridge, 1).await;
    assert_eq!(other.refused("sign", sign_params()).await?, "bridge.busy");
    Ok(())
}

const HOLD: &str = "CARD_BRIDGE_TEST_HOLD";

#[test]
#[ignore = "it is the other program of a_card_that_another_program_holds_is_told"]
fn another_program_holds_the_card() -> Result<()> {
    use pcsc::{Context, Protocols, Scope, ShareMode};
    let Ok(mode) = std::env::var(HOLD) else { return Ok(()) };
    let mode = if mode == "exclusive" { ShareMode::Exclusive } else { ShareMode::Shared };
    let context = Context::establish(Scope::User)?;
    let readers = context.list_readers_owned()?;
    let mut card =
        readers.iter().find_map(|reader| context.connect(reader, mode, Protocols::ANY).ok()).context("no card")?;
    let transaction = card.transaction()?;
    println!("\nheld");
    std::io::stdin().lines().for_each(drop);
    drop(transaction);
    Ok(())
}

#[tokio::test]
async fn a_card_that_another_program_holds_is_told() -> Result<()> {
    let (world, _card, mut page) = World::with_card(key::Algorithm::P256).await?;
    for mode in ["exclusive", "transaction"] {
        // Another program is this one, started again for the test below.
        let mut command = world.daemon.command(std::env::current_exe()?);
        command.args(["--ignored", "--exact", "another_program_holds_the_card", "--nocapture"]).env(HOLD, mode);
        let mut other = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let lines = BufReader::new(other.stdout.take().context("output")?).lines();
        assert!(lines.map_while(Result::ok).any(|line| line == "held"), "{mode}");
        for _ in 0..2 {
            assert_eq!(page.refused("card", json!({})).await?, "bridge.card_shared", "{mode}");
        }
        other.kill()?;
        other.wait()?;
        let deadline = Instant::now() + LIMIT;
        while !page.call("card", json!({})).await?["result"].is_object() {
            assert!(Instant::now() < deadline, "{mode}");
            sleep(Duration::from_millis(50)).await;
        }
    }
    Ok(())
}

#[tokio::test]
async fn at_rest_it_takes_at_most_ten_megabytes_and_no_processor() -> Result<()> {
    let (world, _card, mut page) = World::with_card(key::Algorithm::P256).await?;
    world.bridge.answers(&["pin 123456"]);
    assert!(page.call("sign", sign_params()).await?["result"].is_object());
    let (_, before) = world.bridge.usage()?;
    sleep(Duration::from_secs(3)).await;
    let (memory, after) = world.bridge.usage()?;
    println!("at rest: {memory} kB, {} ticks of 10 ms in 3 s", after - before);
    assert!(memory <= 10_000 || cfg!(debug_assertions), "{memory} kB");
    assert!(after - before <= 1, "{} ticks", after - before);
    Ok(())
}
