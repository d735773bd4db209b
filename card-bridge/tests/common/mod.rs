//! A bridge of a test's own: the real program, with its own folders and ports, and a pinentry that answers as the test says.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "tests, helpers included")]

pub mod world;

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use eport_virtual_card::pinentry::ScriptedPinentry;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{self, Message, client::IntoClientRequest as _},
};

pub const SITE: &str = "https://id.example.cn";
pub const TOKEN: &str = "0123456789abcdef0123456789abcdef";
pub const NONCE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
/// How long a test waits for what must come.
pub const LIMIT: Duration = Duration::from_secs(20);

/// A running `card-bridge run`. Dropping it ends it.
pub struct Bridge {
    child: Child,
    pub port: u16,
    pub compat_port: u16,
    pub folder: TempDir,
    log: PathBuf,
    pinentry: ScriptedPinentry,
}

/// What a bridge is started with.
pub struct Setup {
    pub pcscd: PathBuf,
    pub settings: String,
    pub port: Option<u16>,
    pub compat: bool,
}

impl Default for Setup {
    /// A site that is allowed, and no smart card service.
    fn default() -> Self {
        Self {
            pcscd: "/nonexistent/pcscd.comm".into(),
            settings: format!("allowed_origins = [\"{SITE}\"]\n"),
            port: None,
            compat: false,
        }
    }
}

impl Setup {
    pub fn start(self) -> Result<Bridge> {
        let folder = TempDir::with_prefix("bridge-")?;
        let pinentry = ScriptedPinentry::new(folder.path())?;
        let (port, compat_port) = (self.port.map_or_else(free_port, Ok)?, free_port()?);
        let config = folder.path().join("config.toml");
        let settings = format!(
            "port = {port}\ncompat_port = {compat_port}\nlanguage = \"en\"\npinentry = \"{}\"\n{}",
            pinentry.program().display(),
            self.settings
        );
        fs::write(&config, settings)?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_card-bridge"));
        command.arg("run").arg("--config").arg(&config).args(self.compat.then_some("--compat"));
        command
            .env("PCSCLITE_CSOCK_NAME", &self.pcscd)
            .env("HOME", folder.path())
            .env("XDG_DATA_HOME", folder.path().join("data"))
            .env("CARD_BRIDGE_LOG", "debug")
            .stdin(Stdio::null())
            .stderr(Stdio::piped());
        let log = folder.path().join("log");
        let mut child = command.spawn()?;
        let lines = BufReader::new(child.stderr.take().context("its standard error")?).lines();
        let (started, start) = mpsc::channel();
        let mut kept = fs::File::create(&log)?;
        thread::spawn(move || {
            use std::io::Write as _;
            for line in lines.map_while(Result::ok) {
                let _ = writeln!(kept, "{line}");
                if let Some((_, port)) = line.split_once("on http://127.0.0.1:") {
                    let _ = started.send(port.trim().parse::<u16>());
                }
            }
        });
        match start.recv_timeout(LIMIT) {
            Ok(Ok(port)) => Ok(Bridge { child, port, compat_port, folder, log, pinentry }),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                bail!("the bridge didn't start: {}", fs::read_to_string(&log)?)
            }
        }
    }
}

impl Bridge {
    pub fn start() -> Result<Self> {
        Setup::default().start()
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// What pinentry answers to the next questions, one a line: `pin 123456`, `yes`, `no`, `wait`, `timeout`, `die`.
    pub fn answers(&self, answers: &[&str]) {
        self.pinentry.answers(answers).unwrap();
    }

    /// What was shown to the person.
    pub fn shown(&self) -> String {
        self.pinentry.shown()
    }

    /// How many questions were put.
    pub fn questions(&self) -> usize {
        self.shown().lines().filter(|line| ["GETPIN", "CONFIRM"].contains(line)).count()
    }

    pub async fn page(&self) -> Result<Page> {
        self.page_of(SITE, "?lang=en").await
    }

    pub async fn page_of(&self, origin: &str, query: &str) -> Result<Page> {
        Page::open(self.port, &format!("/v1{query}"), Some(origin)).await
    }

    pub async fn control(&self) -> Result<Page> {
        Page::open(self.compat_port, "/", Some(SITE)).await
    }

    /// Sends a request as it is written and gives the whole answer.
    pub async fn http(&self, head: &str) -> Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        stream
            .write_all(format!("{}\r\nConnection: close\r\n\r\n", head.trim().replace('\n', "\r\n")).as_bytes())
            .await?;
        let mut answer = String::new();
        timeout(LIMIT, stream.read_to_string(&mut answer)).await??;
        Ok(answer)
    }

    pub async fn get_status(&self, headers: &str) -> Result<String> {
        self.http(&format!("GET /v1/status HTTP/1.1\nHost: 127.0.0.1:{}\n{headers}", self.port)).await
    }

    /// The resident memory in kilobytes, and the processor time in clock ticks.
    pub fn usage(&self) -> Result<(u64, u64)> {
        let read = |name: &str| fs::read_to_string(Path::new("/proc").join(self.pid().to_string()).join(name));
        let status = read("status")?;
        let memory = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS")?;
        let memory = memory.trim().trim_end_matches("kB").trim().parse()?;
        let stat = read("stat")?;
        let fields: Vec<_> = stat.rsplit(") ").next().context("stat")?.split(' ').collect();
        Ok((memory, fields[11].parse::<u64>()? + fields[12].parse::<u64>()?))
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            eprintln!("--- the bridge's log\n{}", self.log());
        }
    }
}

/// A page's socket.
pub struct Page {
    pub socket: WebSocketStream<TcpStream>,
    next_id: u64,
    /// Events that came while an answer was waited for.
    pub events: Vec<Value>,
}

impl Page {
    pub async fn open(port: u16, path: &str, origin: Option<&str>) -> Result<Self> {
        let mut request = format!("ws://127.0.0.1:{port}{path}").into_client_request()?;
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse()?);
        }
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        let (socket, _) = timeout(LIMIT, client_async(request, stream)).await??;
        Ok(Self { socket, next_id: 1, events: Vec::new() })
    }

    pub async fn send(&mut self, text: impl Into<String>) -> Result<()> {
        Ok(self.socket.send(Message::text(text.into())).await?)
    }

    pub async fn receive(&mut self) -> Result<Value> {
        loop {
            match timeout(LIMIT, self.socket.next()).await?.context("the socket was closed")?? {
                Message::Text(text) => return Ok(serde_json::from_str(&text)?),
                Message::Close(frame) => bail!("closed: {frame:?}"),
                _ => {}
            }
        }
    }

    /// Starts a call and gives its id.
    pub async fn start(&mut self, method: &str, params: Value) -> Result<u64> {
        let id = self.next_id;
        self.next_id += 1;
        self.send(json!({"id": id, "method": method, "params": params}).to_string()).await?;
        Ok(id)
    }

    /// The answer to a call.
    pub async fn answer(&mut self, id: u64) -> Result<Value> {
        loop {
            let message = self.receive().await?;
            if message.get("event").is_some() {
                self.events.push(message);
            } else if message["id"] == id {
                return Ok(message);
            } else {
                bail!("an answer to another call: {message}");
            }
        }
    }

    pub async fn call(&mut self, method: &str, params: Value) -> Result<Value> {
        let id = self.start(method, params).await?;
        self.answer(id).await
    }

    /// Calls and gives the code of the error; the whole answer where it is none.
    pub async fn refused(&mut self, method: &str, params: Value) -> Result<String> {
        let answer = self.call(method, params).await?;
        Ok(answer["error"]["code"].as_str().map_or_else(|| answer.to_string(), str::to_owned))
    }

    pub async fn event(&mut self) -> Result<Value> {
        if !self.events.is_empty() {
            return Ok(self.events.remove(0));
        }
        let message = self.receive().await?;
        if message.get("event").is_none() {
            bail!("no event: {message}");
        }
        Ok(message)
    }

    /// Calls a method of the client control and gives `_args`.
    pub async fn control(&mut self, method: &str, args: Value) -> Result<Value> {
        let id = self.next_id;
        self.next_id += 1;
        self.send(json!({"_id": id, "_method": method, "args": args}).to_string()).await?;
        let answer = self.receive().await?;
        assert_eq!(
            (&answer["_id"], &answer["_method"], &answer["_status"]),
            (&json!(id), &json!(method), &json!("00"))
        );
        Ok(answer["_args"].clone())
    }
}

pub fn sign_params() -> Value {
    json!({"purpose": "login", "nonce": NONCE})
}

/// The HTTP status with which a handshake was refused.
pub fn status_of(error: &anyhow::Error) -> Option<u16> {
    match error.downcast_ref::<tungstenite::Error>() {
        Some(tungstenite::Error::Http(response)) => Some(response.status().as_u16()),
        _ => None,
    }
}

/// A port that was free a moment ago. Below the range that systems give out by themselves, so that no client's end takes it meanwhile.
pub fn free_port() -> Result<u16> {
    use std::sync::atomic::{AtomicU16, Ordering};
    static NEXT: AtomicU16 = AtomicU16::new(0);
    for _ in 0..200 {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = 10_000 + (u16::try_from(std::process::id() % 1000)? * 20 + step * 11) % 20_000;
        if (port..port + 11).all(|port| std::net::TcpListener::bind(("127.0.0.1", port)).is_ok()) {
            return Ok(port);
        }
    }
    bail!("no free port")
}

pub async fn take_port(port: u16) -> Result<TcpListener> {
    Ok(TcpListener::bind(("127.0.0.1", port)).await?)
}
