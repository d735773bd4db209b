//! Cards: logins a second, what the bridge adds to a signature, how soon a page knows of a card, and the bridge at rest.

use std::ffi::CString;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Stdio};
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use eport_card::verify::{RevocationPolicy, Trust};
use eport_card::{Algorithm as Signature, CardClass, CardProfile};
use eport_tests::desk::Desk;
use eport_tests::{On, Site};
use eport_virtual_card::ca::{Holder, IssuedCard, Kind, TestCa};
use eport_virtual_card::key::Algorithm;
use serde_json::{Value, json};

use crate::process;
use crate::statistics::median;

const PIN: &str = "735142";
const ORIGIN: &str = "http://localhost";

/// Card logins a second with each algorithm, beside native checks of the same signatures and nothing else.
pub(crate) fn logins(span: Duration, cores: usize) -> anyhow::Result<Value> {
    let mut all = Vec::new();
    for (algorithm, name) in [(Algorithm::Sm2, Signature::Sm2), (Algorithm::P256, Signature::Es256)] {
        let settings =
            [("issuer", ORIGIN), ("card_challenges_minute", "100000000"), ("card_challenge_seconds", "3600")];
        let site = Site::plain(On::Sqlite, &settings);
        let ca = TestCa::new(algorithm)?;
        let trusted = site.folder().join("trust.pem");
        std::fs::write(&trusted, ca.root_pem()? + &ca.intermediate_pem()?)?;
        site.administer(&["trust", "import", trusted.to_str().context("a path in UTF-8")?]);
        let card = ca.issue(&Holder::sample(CardClass::Operator), Kind::Good)?;

        // Signed beforehand: a card does that, and not this machine.
        let waiting =
            Mutex::new(signed_challenges(&site, &card, name, 150 * cores * usize::try_from(span.as_secs())?)?);
        let begun = Instant::now();
        let done = eport_tests::at_once(cores * 2, |_| {
            let mut done = 0_u32;
            while begun.elapsed() < span {
                let Some(body) = waiting.lock().ok().and_then(|mut waiting| waiting.pop()) else { break };
                let reply = site.post("/v1/sessions").json(&body).send();
                assert_eq!(reply.status, 201, "{}", reply.text());
                done += 1;
            }
            done
        });
        let per_second = f64::from(done.iter().sum::<u32>()) / begun.elapsed().as_secs_f64();
        let native = checks_per_second(&ca, &card, name, span, cores)?;
        println!(
            "card logins, {:5}                  {per_second:>9.1} /s   ({:.1} a core; native checks of the signature alone {native:.1} /s)",
            name.as_str(),
            per_second / cores as f64
        );
        all.push(json!({ "algorithm": name.as_str(), "per_second": per_second, "native_checks_per_second": native }));
    }
    Ok(Value::from(all))
}

fn signed_challenges(site: &Site, card: &IssuedCard, name: Signature, count: usize) -> anyhow::Result<Vec<Value>> {
    let certificate = BASE64.encode(&card.certificate_der);
    (0..count)
        .map(|_| {
            let asked = site.post("/v1/card-challenges").json(&json!({ "purpose": "login" })).send();
            let challenge: Value = asked.ok(201);
            let text = challenge["text"].as_str().context("a text")?;
            Ok(json!({
                "method": "card",
                "challenge_id": challenge["challenge_id"],
                "certificate": certificate,
                "signature": BASE64.encode(card.key.sign(text.as_bytes())?),
                "algorithm": name.as_str(),
            }))
        })
        .collect()
}

/// Checks of one signature a second natively, on all cores.
fn checks_per_second(
    ca: &TestCa,
    card: &IssuedCard,
    name: Signature,
    span: Duration,
    cores: usize,
) -> anyhow::Result<f64> {
    let (root, intermediate) = (ca.root_der()?, ca.intermediate_der()?);
    let trust = Trust::new([root.as_slice()], [intermediate.as_slice()], [])?;
    let now = i64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs())?;
    let verified = trust.verify(&card.certificate_der, &CardProfile::default(), now, RevocationPolicy::default())?;
    let signature = card.key.sign(b"text")?;
    let begun = Instant::now();
    let done = eport_tests::at_once(cores, |_| {
        let mut done = 0_u32;
        while begun.elapsed() < span {
            verified.proves(name, "text", &signature).expect("a good signature");
            done += 1;
        }
        done
    });
    Ok(f64::from(done.iter().sum::<u32>()) / begun.elapsed().as_secs_f64())
}

/// The bridge: what it adds to the APDUs of a signature, how soon its page knows of a card, and what it takes at rest.
pub(crate) fn bridge() -> anyhow::Result<Value> {
    let ca = TestCa::new(Algorithm::P256)?;
    let mut desk = Desk::new(&[ORIGIN]);
    let events = events(&mut desk, &ca)?;
    desk.insert(card(&ca)?);
    let signature = signature(&mut desk)?;
    let before = process::cpu_ticks(desk.bridge_process())?;
    let resident = process::resident_kib(desk.bridge_process())?;
    let ticks = process::cpu_ticks(desk.bridge_process())? - before;
    println!(
        "the bridge at rest                  {:>9.1} MiB  {ticks} ticks of processor time in 2 s",
        resident as f64 / 1024.0
    );
    Ok(json!({ "signature": signature, "events": events, "resident_kib": resident, "ticks_at_rest": ticks }))
}

fn card(ca: &TestCa) -> anyhow::Result<eport_virtual_card::card::Card> {
    Ok(ca.issue(&Holder::sample(CardClass::Operator), Kind::Good)?.into_card(PIN, "12345678")?)
}

/// From a card's insertion to the event on the page, beside a program that only waits for PC/SC's word.
fn events(desk: &mut Desk, ca: &TestCa) -> anyhow::Result<Value> {
    let mut page = desk.page(ORIGIN);
    page.call("readers", &json!({}));
    let watcher = Watcher::start(desk)?;
    let (mut page_ms, mut after_pcsc) = (Vec::new(), Vec::new());
    for _ in 0..8 {
        let card = card(ca)?;
        // The virtual reader takes its time for a card that comes right after another went, so that pcscd notices both.
        std::thread::sleep(Duration::from_millis(2100));
        let begun = Instant::now();
        desk.put(card);
        page.wait_for("card_inserted");
        let told = begun.elapsed().as_secs_f64() * 1000.0;
        let known = watcher.next_change()?.saturating_duration_since(begun).as_secs_f64() * 1000.0;
        page_ms.push(told);
        after_pcsc.push(told - known);
        drop(desk.pull());
        page.wait_for("card_removed");
        watcher.next_change()?;
    }
    watcher.stop()?;
    let worst = page_ms.iter().copied().fold(0.0, f64::max);
    println!(
        "card in to event on the page        {:>9.1} ms   worst {worst:.1}; {:.1} ms after a bare PC/SC program (vpcd looks every 400 ms)",
        median(&page_ms),
        median(&after_pcsc),
    );
    Ok(json!({ "insertion_to_page_ms": page_ms, "after_bare_pcsc_ms": after_pcsc }))
}

/// One signature through the bridge, beside its APDUs alone and beside the program that says the PIN.
fn signature(desk: &mut Desk) -> anyhow::Result<Value> {
    let mut page = desk.page(ORIGIN);
    let challenge = json!({ "nonce": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" });
    let (mut through_bridge, mut asking) = (Vec::new(), Vec::new());
    for _ in 0..20 {
        desk.person_answers(&[&format!("pin {PIN}")]);
        let begun = Instant::now();
        page.sign(&challenge, "login", None).map_err(|code| anyhow::anyhow!(code))?;
        through_bridge.push(begun.elapsed().as_secs_f64() * 1000.0);
        desk.person_answers(&[&format!("pin {PIN}")]);
        asking.push(ask(&desk.pinentry())?);
    }
    let bare = desk.command(std::env::current_exe()?).arg(BARE).output()?;
    ensure!(bare.status.success(), "{}", String::from_utf8_lossy(&bare.stderr));
    let bare: f64 = String::from_utf8(bare.stdout)?.trim().parse()?;
    let (through, asking) = (median(&through_bridge), median(&asking));
    println!(
        "a signature through the bridge      {through:>9.1} ms   bare APDUs {bare:.1} ms, asking for the PIN {asking:.1} ms: the bridge's own {:.1} ms",
        through - bare - asking
    );
    Ok(json!({ "through_bridge_ms": through, "bare_apdus_ms": bare, "pinentry_ms": asking }))
}

/// The start of a pinentry, as many lines as the bridge says to it, and the answer: milliseconds.
fn ask(pinentry: &std::path::Path) -> anyhow::Result<f64> {
    let begun = Instant::now();
    let mut child = std::process::Command::new(pinentry)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut lines = BufReader::new(child.stdout.take().context("its output")?).lines();
    let mut input = child.stdin.take().context("its input")?;
    lines.next().context("a greeting")??;
    for command in ["OPTION lc-ctype=zh_CN.UTF-8", "SETTIMEOUT 120", "SETTITLE .", "SETDESC .", "SETPROMPT PIN"] {
        writeln!(input, "{command}")?;
        lines.next().context("an answer")??;
    }
    writeln!(input, "GETPIN")?;
    lines.next().context("a PIN")??;
    let asked = begun.elapsed().as_secs_f64() * 1000.0;
    drop(input);
    child.wait()?;
    Ok(asked)
}

/// Another program that waits for the reader: a line for each change.
struct Watcher {
    child: Child,
    changes: mpsc::Receiver<Instant>,
}

impl Watcher {
    fn start(desk: &Desk) -> anyhow::Result<Self> {
        let mut child = desk.command(std::env::current_exe()?).arg(WATCH).stdout(Stdio::piped()).spawn()?;
        let lines = BufReader::new(child.stdout.take().context("its output")?).lines();
        let (tell, changes) = mpsc::channel();
        std::thread::spawn(move || lines.map_while(Result::ok).all(|_| tell.send(Instant::now()).is_ok()));
        let watcher = Self { child, changes };
        // The state that it finds.
        watcher.next_change()?;
        Ok(watcher)
    }

    fn next_change(&self) -> anyhow::Result<Instant> {
        self.changes.recv_timeout(Duration::from_secs(20)).context("the reader's state doesn't change")
    }

    fn stop(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

/// The argument with which this program only prints a line when a card comes or goes.
pub(crate) const WATCH: &str = "watch-reader";

/// Waits for PC/SC's word, until killed.
pub(crate) fn watch_reader() -> anyhow::Result<()> {
    let context = pcsc::Context::establish(pcsc::Scope::User)?;
    let reader: CString = context.list_readers_owned()?.into_iter().next().context("a reader")?;
    let mut states = [pcsc::ReaderState::new(reader, pcsc::State::UNAWARE)];
    let mut before = None;
    loop {
        context.get_status_change(None, &mut states)?;
        let [state] = &mut states;
        let present = state.event_state().contains(pcsc::State::PRESENT);
        if before.replace(present) != Some(present) {
            println!("{present}");
        }
        state.sync_current_state();
    }
}

/// The argument with which this program only sends the APDUs of a signature, and prints the median in milliseconds.
pub(crate) const BARE: &str = "bare-apdus";

/// SELECT, VERIFY, GET DATA and GENERAL AUTHENTICATE (NIST SP 800-73-4), as the bridge sends them, over PC/SC and nothing else.
pub(crate) fn bare_apdus() -> anyhow::Result<()> {
    let context = pcsc::Context::establish(pcsc::Scope::User)?;
    let reader: CString = context.list_readers_owned()?.into_iter().next().context("a reader")?;
    let mut verify = vec![0x00, 0x20, 0x00, 0x80, 0x08];
    verify.extend(PIN.bytes().chain([0xFF, 0xFF]));
    let mut authenticate = vec![0x00, 0x87, 0x11, 0x9A, 0x26, 0x7C, 0x24, 0x82, 0x00, 0x81, 0x20];
    authenticate.extend([7; 32]);
    authenticate.push(0);
    let select = [0x00, 0xA4, 0x04, 0x00, 0x05, 0xA0, 0x00, 0x00, 0x03, 0x08, 0x00];
    let get_data = [0x00, 0xCB, 0x3F, 0xFF, 0x05, 0x5C, 0x03, 0x5F, 0xC1, 0x05, 0x00];
    let mut times = Vec::new();
    for _ in 0..20 {
        let begun = Instant::now();
        let mut card = context.connect(&reader, pcsc::ShareMode::Shared, pcsc::Protocols::ANY)?;
        let transaction = card.transaction()?;
        for apdu in [&select[..], &get_data, &verify, &authenticate] {
            exchange(&transaction, apdu)?;
        }
        transaction.end(pcsc::Disposition::ResetCard).map_err(|(_, error)| error)?;
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    println!("{}", median(&times));
    Ok(())
}

/// One command, and the rest of a long answer (ISO 7816-4 §7.1).
fn exchange(card: &pcsc::Transaction<'_>, apdu: &[u8]) -> anyhow::Result<()> {
    let mut buffer = [0; pcsc::MAX_BUFFER_SIZE];
    let mut answer = card.transmit(apdu, &mut buffer)?.to_vec();
    while let [.., 0x61, left] = answer[..] {
        answer = card.transmit(&[0x00, 0xC0, 0x00, 0x00, left], &mut buffer)?.to_vec();
    }
    ensure!(answer.ends_with(&[0x90, 0x00]), "the card answered {answer:02X?}");
    Ok(())
}
