//! A desk: a `pcscd`, a card in its reader, and OpenSC's programs.

use std::{process::Output, time::Duration};

use anyhow::{Context as _, Result, ensure};
use eport_virtual_card::{card::Card, pcscd::PcscDaemon, reader::InsertedCard};

/// Generous: a machine may be busy compiling. `pcscd` looks every 0.4 s.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub const PIN: &str = "123456";
pub const PUK: &str = "12345678";

/// A daemon with a card that is powered.
pub struct Station {
    pub card: InsertedCard<Card>,
    pub daemon: PcscDaemon,
}

impl Station {
    pub fn new(card: Card) -> Result<Self> {
        let daemon = PcscDaemon::start()?;
        let card = daemon.reader().insert(card)?;
        ensure!(card.wait_until_powered(PATIENCE), "the card was not seen: {}", daemon.log());
        Ok(Self { card, daemon })
    }

    /// Runs a program of OpenSC, which must succeed. Returns what it printed.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Result<String> {
        run(&self.daemon, program, arguments)
    }

    /// Runs a program of OpenSC, which must fail. Returns what it said.
    pub fn refused(&self, program: &str, arguments: &[&str]) -> Result<String> {
        let output = output(&self.daemon, program, arguments)?;
        let said = said(&output);
        ensure!(!output.status.success(), "{program} {arguments:?} succeeded: {said}");
        Ok(said)
    }

    /// Sends APDUs with `opensc-tool`, one connection for all. Returns what it printed: `Received (SW1=0x90, SW2=0x00)…`.
    pub fn send(&self, apdus: &[&str]) -> Result<String> {
        let arguments: Vec<_> = apdus.iter().flat_map(|apdu| ["--send-apdu", apdu]).collect();
        self.run("opensc-tool", &arguments)
    }
}

pub fn run(daemon: &PcscDaemon, program: &str, arguments: &[&str]) -> Result<String> {
    let output = output(daemon, program, arguments)?;
    ensure!(output.status.success(), "{program} {arguments:?}: {}\npcscd:\n{}", said(&output), daemon.log());
    Ok(String::from_utf8(output.stdout)?)
}

pub fn output(daemon: &PcscDaemon, program: &str, arguments: &[&str]) -> Result<Output> {
    // What is said must not depend on the language of who runs the tests.
    daemon
        .command(program)
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .with_context(|| format!("{program} is missing: script/setup --test installs it"))
}

pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
