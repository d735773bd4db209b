//! A desk: a reader in a real `pcscd`, a card in it, the real card bridge, a person who answers its questions, and pages that use it.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use eport_virtual_card::card::Card;
use eport_virtual_card::pcscd::PcscDaemon;
use eport_virtual_card::pinentry::ScriptedPinentry;
use eport_virtual_card::reader::InsertedCard;
use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::client::IntoClientRequest as _;
use tungstenite::{Message, WebSocket};

use crate::server::beside_eport;

/// How long what must come is waited for.
const LIMIT: Duration = Duration::from_secs(20);

/// See the module. Everything that it started ends with it.
pub struct Desk {
    // Fields are dropped in their order: the card first, its reader's service last.
    card: Option<InsertedCard<Card>>,
    bridge: Child,
    port: u16,
    folder: TempDir,
    pinentry: ScriptedPinentry,
    daemon: PcscDaemon,
}

impl Desk {
    /// A desk whose person lets these sites use the card.
    pub fn new(sites: &[&str]) -> Self {
        let daemon = PcscDaemon::start().unwrap_or_else(|error| panic!("{error}"));
        let folder = TempDir::with_prefix("eport-desk-").expect("a temporary folder");
        let path = |name: &str| folder.path().join(name);
        let pinentry = ScriptedPinentry::new(folder.path()).expect("a program");
        // A file for the log, and a port for each desk: others of this machine may have the usual ones.
        let settings = format!(
            "allowed_origins = {sites:?}\nport = {}\nlanguage = \"zh-CN\"\npinentry = {:?}\n",
            free_port(),
            pinentry.program(),
        );
        fs::write(path("config.toml"), settings).expect("a file");
        let mut bridge = daemon
            .command(beside_eport("card-bridge"))
            .args(["run", "--config"])
            .arg(path("config.toml"))
            .env("HOME", folder.path())
            .env("XDG_DATA_HOME", path("data"))
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the card bridge can be started");
        let mut lines = BufReader::new(bridge.stderr.take().expect("its standard error")).lines().map_while(Result::ok);
        let mut log = File::create(path("log")).expect("a file");
        let port = lines.by_ref().find_map(|line| {
            let _ = writeln!(log, "{line}");
            line.split_once("on http://127.0.0.1:").and_then(|(_, port)| port.trim().parse().ok())
        });
        let Some(port) = port else {
            let _ = bridge.kill();
            panic!("the card bridge didn't start: {}", fs::read_to_string(path("log")).unwrap_or_default());
        };
        std::thread::spawn(move || lines.for_each(|line| drop(writeln!(log, "{line}"))));
        Self { card: None, bridge, port, folder, pinentry, daemon }
    }

    /// Puts a card into the reader.
    pub fn put(&mut self, card: Card) {
        assert!(self.card.is_none(), "there is a card in the reader");
        self.card = Some(self.daemon.reader().insert(card).expect("the reader takes the card"));
    }

    /// The bridge's process.
    pub fn bridge_process(&self) -> u32 {
        self.bridge.id()
    }

    /// The program that speaks for the person.
    pub fn pinentry(&self) -> std::path::PathBuf {
        self.pinentry.program()
    }

    /// A command whose programs reach this desk's reader.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> std::process::Command {
        self.daemon.command(program)
    }

    /// Puts a card into the reader, and waits until the bridge knows of it.
    pub fn insert(&mut self, card: Card) {
        self.put(card);
        let powered = self.card.as_ref().is_some_and(|card| card.wait_until_powered(LIMIT));
        assert!(powered, "pcscd doesn't see the card: {}", self.daemon.log());
        let mut page = self.page("http://localhost");
        let give_up = Instant::now() + LIMIT;
        while page.call("readers", &json!({}))["result"]["readers"][0]["card"] == "empty" {
            assert!(Instant::now() < give_up, "the bridge doesn't see the card: {}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Pulls the card, and returns it.
    pub fn pull(&mut self) -> Card {
        self.card.take().expect("a card in the reader").pull().expect("the card comes out")
    }

    /// What the person does at the next questions: `pin 123456`, `yes`, or anything else to cancel.
    pub fn person_answers(&self, answers: &[&str]) {
        self.pinentry.answers(answers).expect("a file");
    }

    /// What the person was shown, as the protocol of pinentry has it.
    pub fn shown(&self) -> String {
        self.pinentry.shown()
    }

    /// What the bridge wrote.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// A page of `origin` in the person's browser.
    pub fn page(&self, origin: &str) -> Page {
        let mut request = format!("ws://127.0.0.1:{}/v1", self.port).into_client_request().expect("a request");
        request.headers_mut().insert("origin", origin.parse().expect("an origin"));
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the bridge listens");
        stream.set_read_timeout(Some(LIMIT)).expect("a time limit");
        let (socket, _) = tungstenite::client(request, stream).expect("the bridge takes the page");
        Page { socket, next: 1 }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.bridge.kill();
        let _ = self.bridge.wait();
        if std::thread::panicking() {
            eprintln!("── the card bridge's log ──\n{}", self.log());
        }
    }
}

/// A page's connection to the bridge.
pub struct Page {
    socket: WebSocket<TcpStream>,
    next: u64,
}

/// What a card signed, as `POST /v1/sessions` and `POST /v1/me/card` take it.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The card's certificate.
    pub certificate: String,
    /// The signature.
    pub signature: String,
    /// `SM2`, `ES256` or `RS256`.
    pub algorithm: String,
}

impl Page {
    /// Calls a method of the bridge; its whole answer.
    pub fn call(&mut self, method: &str, parameters: &Value) -> Value {
        let id = self.next;
        self.next += 1;
        let message = json!({ "id": id, "method": method, "params": parameters }).to_string();
        self.socket.send(Message::text(message)).expect("the bridge reads");
        loop {
            let Message::Text(text) = self.socket.read().expect("the bridge answers") else { continue };
            let answer: Value = serde_json::from_str(&text).expect("JSON");
            // Events come in between.
            if answer["id"] == id {
                return answer;
            }
        }
    }

    /// Waits for an event.
    pub fn wait_for(&mut self, event: &str) {
        loop {
            let Message::Text(text) = self.socket.read().expect("the bridge tells") else { continue };
            let message: Value = serde_json::from_str(&text).expect("JSON");
            if message["event"] == event {
                return;
            }
        }
    }

    /// Has the card sign a challenge.
    pub fn sign(&mut self, challenge: &Value, purpose: &str, argument: Option<&str>) -> Result<Signed, String> {
        let mut parameters = json!({ "purpose": purpose, "nonce": challenge["nonce"] });
        if let Some(argument) = argument {
            parameters["argument"] = argument.into();
        }
        let answer = self.call("sign", &parameters);
        if let Some(code) = answer["error"]["code"].as_str() {
            return Err(code.to_owned());
        }
        let text = |name: &str| answer["result"][name].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
        Ok(Signed { certificate: text("certificate"), signature: text("signature"), algorithm: text("algorithm") })
    }
}

fn free_port() -> u16 {
    use std::sync::atomic::{AtomicU16, Ordering};
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Below the range that the system gives out, and in another part of it for each process; the bridge takes the next where one is taken.
    let process = u16::try_from(std::process::id() % 900).expect("a small number");
    10_000 + process * 20 + NEXT.fetch_add(1, Ordering::Relaxed) % 2 * 10
}
