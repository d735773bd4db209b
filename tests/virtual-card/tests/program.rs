//! The program `eport-virtual-card`, as a developer uses it.

#![allow(clippy::indexing_slicing, reason = "a test, helpers included")]

mod common;

use std::{
    io::{BufRead as _, BufReader, Write as _},
    os::unix::fs::PermissionsExt as _,
    process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use common::{Folder, openssl};

const PROGRAM: &str = env!("CARGO_BIN_EXE_eport-virtual-card");
const PATIENCE: Duration = Duration::from_secs(20);

fn output(folder: &Folder, arguments: &[&str]) -> Result<Output> {
    Ok(Command::new(PROGRAM).args(arguments).args(["--state", "state"]).current_dir(folder.path("")).output()?)
}

fn done(folder: &Folder, arguments: &[&str]) -> Result<String> {
    let output = output(folder, arguments)?;
    ensure!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

fn refused(folder: &Folder, arguments: &[&str]) -> Result<String> {
    let output = output(folder, arguments)?;
    ensure!(!output.status.success(), "{arguments:?} succeeded");
    Ok(String::from_utf8(output.stderr)?)
}

/// `run --own-pcscd`, and what one types into it.
struct Running {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    socket: String,
}

impl Running {
    fn start(folder: &Folder, more: &[&str]) -> Result<Self> {
        let mut child = Command::new(PROGRAM)
            .args(["run", "--own-pcscd", "--state", "state"])
            .args(more)
            .current_dir(folder.path(""))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take().context("stdin")?;
        let output = BufReader::new(child.stdout.take().context("stdout")?);
        let mut running = Self { child, input, output, socket: String::new() };
        let line = running.line()?;
        running.socket = line.strip_prefix("PCSCLITE_CSOCK_NAME=").context("the variable")?.to_owned();
        Ok(running)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }

    fn type_in(&mut self, command: &str) -> Result<()> {
        Ok(writeln!(self.input, "{command}")?)
    }

    fn opensc(&self, arguments: &[&str]) -> Result<String> {
        let output = Command::new("opensc-tool").args(arguments).env("PCSCLITE_CSOCK_NAME", &self.socket).output()?;
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Asks until the answer has what is expected.
    fn eventually(&self, arguments: &[&str], expected: &str) -> Result<()> {
        let start = Instant::now();
        loop {
            let said = self.opensc(arguments)?;
            if said.contains(expected) {
                return Ok(());
            }
            ensure!(start.elapsed() < PATIENCE, "{arguments:?} never said {expected:?}, but {said:?}");
        }
    }

    fn quit(mut self) -> Result<()> {
        self.type_in("quit")?;
        ensure!(self.child.wait()?.success());
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails where it was told to quit.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn an_issued_card_verifies_with_what_ca_prints() -> Result<()> {
    let folder = Folder::new()?;
    for algorithm in ["sm2", "p256", "rsa"] {
        let issued = done(&folder, &["issue", "--card", algorithm, "--algorithm", algorithm])?;
        assert_eq!(issued, format!("issued state/cards/{algorithm}.json ({algorithm}, legal_person, good)\n"));
        folder.write("root.pem", done(&folder, &["ca", "--algorithm", algorithm, "root"])?)?;
        folder.write("card-ca.pem", done(&folder, &["ca", "--algorithm", algorithm, "intermediate"])?)?;
        let card: serde_json::Value =
            serde_json::from_slice(&std::fs::read(folder.path("state/cards").join(format!("{algorithm}.json")))?)?;
        let certificate = card["slots"][0]["certificate"].as_str().context("a certificate")?;
        folder.write("card.der", hex::decode(certificate)?)?;
        openssl(&folder, &["x509", "-inform", "DER", "-in", "card.der", "-out", "card.pem"])?;
        // Link by link, for OpenSSL gives the user id of SM2 to the first certificate alone.
        let user_id: &[&str] = if algorithm == "sm2" { &["-vfyopt", "distid:1234567812345678"] } else { &[] };
        for (issuer, subject) in [("root.pem", "card-ca.pem"), ("card-ca.pem", "card.pem")] {
            let said =
                openssl(&folder, &[&["verify", "-partial_chain", "-CAfile", issuer], user_id, &[subject]].concat())?;
            assert_eq!(said, format!("{subject}: OK\n"));
        }
    }
    Ok(())
}

#[test]
fn a_card_can_be_revoked_after_it_was_issued() -> Result<()> {
    let folder = Folder::new()?;
    done(&folder, &["issue", "--card", "zhang", "--algorithm", "p256"])?;
    let list = |arguments: &[&str]| -> Result<String> {
        folder.write("list.pem", done(&folder, &[&["ca", "--algorithm", "p256"], arguments].concat())?)?;
        openssl(&folder, &["crl", "-in", "list.pem", "-noout", "-text"])
    };
    assert!(list(&["crl"])?.contains("No Revoked Certificates."));
    done(&folder, &["ca", "--algorithm", "p256", "revoke", "zhang"])?;
    assert_eq!(list(&["crl"])?.matches("Serial Number:").count(), 1);
    assert_eq!(list(&["crl", "--out-of-date"])?.matches("Serial Number:").count(), 1);
    assert!(list(&["root-crl"])?.contains("No Revoked Certificates."));
    Ok(())
}

#[test]
fn what_is_kept_is_for_its_owner_alone() -> Result<()> {
    let folder = Folder::new()?;
    done(&folder, &["issue", "--algorithm", "p256"])?;
    let mode = |path: &str| -> Result<u32> { Ok(std::fs::metadata(folder.path(path))?.permissions().mode() & 0o777) };
    assert_eq!(mode("state")?, 0o700);
    for file in ["cards/card.json", "ca-p256/root-key", "ca-p256/intermediate-key", "ca-p256/revoked"] {
        assert_eq!(mode(&format!("state/{file}"))?, 0o600, "{file}");
    }
    Ok(())
}

#[test]
fn what_cannot_be_done_is_said_in_a_sentence() -> Result<()> {
    let folder = Folder::new()?;
    done(&folder, &["issue", "--algorithm", "p256"])?;
    folder.write("state/cards/broken.json", "{}")?;
    for (arguments, sentence) in [
        (&["issue"][..], "error: state/cards/card.json is there already; --replace issues it anew\n"),
        (
            &["issue", "--card", "../x"],
            "error: a card's name has letters, digits, '-' and '_' alone, and \"../x\" has not\n",
        ),
        (&["issue", "--card", "x", "--pin", "12345"], "error: --pin: a PIN has 6 to 8 digits, a PUK 8 bytes\n"),
        (&["issue", "--card", "x", "--uscc", "1"], "error: a USCC has 18 characters\n"),
        (&["issue", "--card", "x", "--kind", "sha1"], "error: SM2 signs with SM3 alone\n"),
        (&["run", "--card", "none"], "error: no card none; `eport-virtual-card issue --card none` makes one\n"),
        (
            &["run", "--card", "broken"],
            "error: state/cards/broken.json is damaged, or was not written by this program\n",
        ),
    ] {
        assert_eq!(refused(&folder, arguments)?, sentence, "{arguments:?}");
    }
    Ok(())
}

#[test]
fn tries_survive_the_program() -> Result<()> {
    let folder = Folder::new()?;
    done(&folder, &["issue", "--algorithm", "p256"])?;
    let select = ["-s", "00A404000BA00000030800001000010000"];
    let wrong = [&select[..], &["-s", "0020008008303030303030FFFF"]].concat();
    let tries = [&select[..], &["-s", "00200080"]].concat();

    let running = Running::start(&folder, &[])?;
    running.eventually(&["--name"], "Personal Identity Verification Card")?;
    assert!(running.opensc(&wrong)?.contains("SW1=0x63, SW2=0xC2"));
    // Killed, not asked to end.
    drop(running);

    let running = Running::start(&folder, &[])?;
    running.eventually(&["--name"], "Personal Identity Verification Card")?;
    assert!(running.opensc(&tries)?.contains("SW1=0x63, SW2=0xC2"));
    running.quit()
}

#[test]
fn cards_are_inserted_and_removed_by_commands() -> Result<()> {
    let folder = Folder::new()?;
    for card in ["zhang", "li"] {
        done(&folder, &["issue", "--algorithm", "p256", "--card", card])?;
    }
    let mut running = Running::start(&folder, &["--card", "zhang", "--empty"])?;
    for (command, answers) in [
        ("remove", &["error: the reader is empty"][..]),
        ("insert", &["inserted zhang"]),
        ("list", &["li", "zhang (in the reader)"]),
        ("insert li", &["error: zhang is in the reader; remove it first"]),
        ("remove", &["removed zhang"]),
        ("insert li", &["inserted li"]),
        ("jump", &["error: the commands are: insert [CARD], remove, list, quit"]),
    ] {
        running.type_in(command)?;
        for answer in answers {
            assert_eq!(running.line()?, *answer, "{command}");
        }
    }
    running.eventually(&["--list-readers"], "0    Yes")?;
    running.type_in("remove")?;
    running.eventually(&["--list-readers"], "0    No")?;
    running.quit()
}
