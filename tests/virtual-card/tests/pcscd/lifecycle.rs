//! Cards come and go, the daemon too.

use std::time::{Duration, Instant};

use anyhow::Result;
use eport_virtual_card::{
    card::{Card, Personalisation, Secret},
    pcscd::{PcscDaemon, PcscdError},
    reader::MuteCard,
};

use crate::station::{PATIENCE, PIN, PUK, Station, output, run, said};

const SELECT: &str = "00A404000BA00000030800001000010000";
const TRIES: &str = "00200080";
const WRONG_PIN: &str = "0020008008303030303030FFFF";
const RIGHT_PIN: &str = "0020008008313233343536FFFF";

fn blank() -> Result<Card> {
    Ok(Card::new(Personalisation::new(Secret::pin(PIN)?, Secret::puk(PUK.as_bytes())?)))
}

/// What `opensc-tool --list-readers` has in its column "Card".
fn cards(daemon: &PcscDaemon) -> Result<Vec<String>> {
    let list = run(daemon, "opensc-tool", &["--list-readers"])?;
    Ok(list.lines().skip(2).filter_map(|line| line.split_whitespace().nth(1)).map(str::to_owned).collect())
}

/// Asks again until PC/SC sees what is expected.
fn eventually(expected: &[&str], daemon: &PcscDaemon) -> Result<()> {
    let start = Instant::now();
    while cards(daemon)? != expected {
        anyhow::ensure!(start.elapsed() < PATIENCE, "still {:?}: {}", cards(daemon)?, daemon.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

#[test]
fn readers_are_listed_and_empty() -> Result<()> {
    let daemon = PcscDaemon::with_readers(4)?;
    let list = run(&daemon, "opensc-tool", &["--list-readers"])?;
    let names: Vec<_> = daemon.readers().iter().map(|reader| reader.name()).collect();
    assert_eq!(
        names,
        ["Virtual reader A 00 00", "Virtual reader A 00 01", "Virtual reader B 00 00", "Virtual reader B 00 01"]
    );
    assert!(names.iter().all(|name| list.contains(name)), "{list}");
    assert_eq!(cards(&daemon)?, ["No"; 4]);
    Ok(())
}

#[test]
fn a_card_is_seen_when_it_comes_and_missed_when_it_goes() -> Result<()> {
    let daemon = PcscDaemon::start()?;
    let card = daemon.readers()[1].insert(blank()?)?;
    eventually(&["No", "Yes"], &daemon)?;
    card.pull()?;
    eventually(&["No", "No"], &daemon)?;
    // Dropping is pulling.
    let card = daemon.reader().insert(blank()?)?;
    eventually(&["Yes", "No"], &daemon)?;
    drop(card);
    eventually(&["No", "No"], &daemon)
}

#[test]
fn a_card_that_was_swapped_is_another_card() -> Result<()> {
    let Station { card, daemon } = Station::new(blank()?)?;
    let read = ["--send-apdu", SELECT, "--send-apdu", "00CB3FFF055C035FC10200"];
    let first = run(&daemon, "opensc-tool", &read)?;
    let kept = card.pull()?;
    let other = daemon.reader().insert(blank()?)?;
    assert!(other.wait_until_powered(PATIENCE));
    assert_ne!(run(&daemon, "opensc-tool", &read)?, first);
    other.pull()?;
    let back = daemon.reader().insert(kept)?;
    assert!(back.wait_until_powered(PATIENCE));
    assert_eq!(run(&daemon, "opensc-tool", &read)?, first);
    Ok(())
}

#[test]
fn tries_outlast_the_reader_but_a_verified_pin_does_not() -> Result<()> {
    let Station { card, daemon } = Station::new(blank()?)?;
    let station = Station { card, daemon };
    assert!(station.send(&[SELECT, WRONG_PIN])?.contains("SW1=0x63, SW2=0xC2"));
    let Station { card, daemon } = station;
    let card = daemon.reader().insert(card.pull()?)?;
    assert!(card.wait_until_powered(PATIENCE));
    let station = Station { card, daemon };
    assert!(station.send(&[SELECT, TRIES])?.contains("SW1=0x63, SW2=0xC2"));
    assert_eq!(station.send(&[SELECT, RIGHT_PIN, TRIES])?.matches("SW1=0x90, SW2=0x00").count(), 3);
    station.run("opensc-tool", &["--reset"])?;
    assert!(station.send(&[SELECT, TRIES])?.contains("SW1=0x63, SW2=0xC3"));
    Ok(())
}

#[test]
fn a_card_can_be_pulled_in_the_middle_of_a_command() -> Result<()> {
    let station = Station::new(blank()?)?;
    // Which commands come before is the program's own affair, so count them first, once it has made the card's acquaintance.
    station.send(&[SELECT, TRIES])?;
    let before = station.card.apdus();
    station.send(&[SELECT, TRIES])?;
    let needed = station.card.apdus() - before;
    assert!(needed >= 2, "{needed}");
    station.card.pull_before(needed);
    let said = station.refused("opensc-tool", &["--send-apdu", SELECT, "--send-apdu", TRIES])?;
    assert!(said.contains("sending: 00 20 00 80") || said.contains("Sending: 00 20 00 80"), "{said}");
    assert!(station.card.wait_until_pulled(PATIENCE));
    let Station { card, daemon } = station;
    // The next card works.
    let card = daemon.reader().insert(card.pull()?)?;
    assert!(card.wait_until_powered(PATIENCE));
    assert!(run(&daemon, "opensc-tool", &["--send-apdu", SELECT])?.contains("SW1=0x90, SW2=0x00"));
    Ok(())
}

#[test]
fn a_mute_card_is_there_and_does_not_answer() -> Result<()> {
    let daemon = PcscDaemon::start()?;
    let _card = daemon.reader().insert(MuteCard::default())?;
    eventually(&["Yes", "No"], &daemon)?;
    let said = said(&output(&daemon, "opensc-tool", &["--name"])?);
    assert!(said.contains("Unresponsive card"), "{said}\n{}", daemon.log());
    Ok(())
}

#[test]
fn a_card_stays_through_a_restart_of_the_daemon() -> Result<()> {
    let mut station = Station::new(blank()?)?;
    let pid = station.daemon.pid();
    station.daemon.stop();
    assert_eq!(station.daemon.pid(), None);
    assert!(!station.daemon.socket().exists());
    let said = station
        .refused("opensc-tool", &["--list-readers"])
        .or_else(|_| station.run("opensc-tool", &["--list-readers"]))?;
    assert!(!said.contains("Virtual reader"), "{said}");
    station.daemon.resume()?;
    assert_ne!(station.daemon.pid(), pid);
    eventually(&["Yes", "No"], &station.daemon)?;
    assert!(station.send(&[SELECT, TRIES])?.contains("SW1=0x63, SW2=0xC3"));
    Ok(())
}

#[test]
fn daemons_beside_each_other_do_not_see_each_others_cards() -> Result<()> {
    let daemons = (0..4).map(|_| PcscDaemon::start()).collect::<Result<Vec<_>, _>>()?;
    let _card = daemons[2].reader().insert(blank()?)?;
    eventually(&["Yes", "No"], &daemons[2])?;
    for (index, daemon) in daemons.iter().enumerate().filter(|(index, _)| *index != 2) {
        assert_eq!(cards(daemon)?, ["No", "No"], "{index}");
    }
    Ok(())
}

#[test]
fn a_daemon_that_is_dropped_leaves_nothing_behind() -> Result<()> {
    let daemon = PcscDaemon::start()?;
    let (socket, pid) = (daemon.socket(), daemon.pid().unwrap_or_default());
    assert!(socket.exists());
    let process = format!("/proc/{pid}");
    assert!(std::fs::read_to_string(format!("{process}/comm"))?.starts_with("pcscd"));
    drop(daemon);
    assert!(!socket.exists());
    assert!(!std::path::Path::new(&process).exists());
    Ok(())
}

#[test]
fn more_readers_than_pcscd_can_have_are_refused() {
    for count in [0, 17] {
        let refused = PcscDaemon::with_readers(count);
        assert!(matches!(refused, Err(PcscdError::Readers(refused)) if refused == count));
    }
}
