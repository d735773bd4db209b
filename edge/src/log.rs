//! The log: one JSON object a line, for requests, for what components print, and for what the runtime has to say.
//!
//! Lines are put together on the caller's thread and written by one thread of its own, many at a time, so that a request never
//! waits for the reader of a pipe. Where the reader is too slow for too long, lines are dropped and counted.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Bytes that may wait to be written.
const BACKLOG: usize = 8 << 20;

/// A handle on the log. Clones write to the same place.
#[derive(Debug, Clone)]
pub struct Log(Option<Arc<Shared>>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: Vec<u8>,
    dropped: u64,
    /// A batch is being written right now.
    writing: bool,
}

/// Where the log goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Standard output.
    Stdout,
    /// Appended to a file.
    File(std::path::PathBuf),
    /// Nowhere.
    Off,
}

impl std::str::FromStr for Target {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "-" => Self::Stdout,
            "off" => Self::Off,
            path => Self::File(path.into()),
        })
    }
}

/// One request, as the access log shows it: never a body, a query, or a header that could hold a secret.
#[derive(Debug)]
pub struct Access<'a> {
    /// The request's method.
    pub method: &'a str,
    /// Its path, without the query.
    pub path: &'a str,
    /// The route that matched, as the manifest writes it.
    pub route: Option<&'a str>,
    /// The component that answered.
    pub component: Option<&'a str>,
    /// The status of the answer.
    pub status: u16,
    /// From the complete header section to the complete head of the answer.
    pub duration: std::time::Duration,
    /// Bytes of the answer's body, where they are known.
    pub bytes: Option<u64>,
    /// The client's address, without port.
    pub client: std::net::IpAddr,
    /// See [`crate::http::Trace`].
    pub trace_id: &'a str,
    /// See [`crate::http::Trace`].
    pub request_id: &'a str,
}

impl Log {
    /// Opens the log.
    pub fn open(target: &Target) -> io::Result<Self> {
        Ok(match target {
            Target::Off => Self(None),
            Target::Stdout => Self::to(io::stdout()),
            Target::File(path) => Self::to(open_file(path)?),
        })
    }

    fn to(out: impl Write + Send + 'static) -> Self {
        let shared = Arc::new(Shared::default());
        let writer = shared.clone();
        // Without its thread the log would fill up and drop its lines, and the service go on.
        let _ = std::thread::Builder::new().name("eport-log".into()).spawn(move || writer.run(out));
        Self(Some(shared))
    }

    /// Whether anything is written at all.
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Writes the line of a request.
    pub fn access(&self, access: &Access<'_>) {
        self.line("access", |line| {
            line.text("method", access.method);
            line.text("path", access.path);
            if let Some(route) = access.route {
                line.text("route", route);
            }
            if let Some(component) = access.component {
                line.text("component", component);
            }
            line.number("status", access.status);
            line.number("duration_us", access.duration.as_micros());
            if let Some(bytes) = access.bytes {
                line.number("bytes", bytes);
            }
            line.number_text("client", access.client);
            line.text("trace_id", access.trace_id);
            line.text("request_id", access.request_id);
        });
    }

    /// Writes what a component printed.
    pub fn component(&self, component: &str, stream: &str, message: &str) {
        self.line("component", |line| {
            line.text("component", component);
            line.text("stream", stream);
            line.text("message", message);
        });
    }

    /// Writes what the runtime has to say. `about` is a component, a file or the like.
    pub fn event(&self, about: &str, message: &str) {
        self.line("runtime", |line| {
            line.text("about", about);
            line.text("message", message);
        });
    }

    fn line(&self, kind: &str, fill: impl FnOnce(&mut Line)) {
        let Some(shared) = &self.0 else { return };
        let mut line = Line(Vec::with_capacity(384));
        line.0.push(b'{');
        let now = OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default();
        line.text("time", &now);
        line.text("kind", kind);
        fill(&mut line);
        line.0.extend_from_slice(b"}\n");
        shared.push(&line.0);
    }

    /// Waits until what was said is written.
    pub fn flush(&self) {
        let Some(shared) = &self.0 else { return };
        for _ in 0..200 {
            let state = shared.lock();
            if state.waiting.is_empty() && !state.writing {
                return;
            }
            drop(state);
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }
}

/// Readable by this user alone: paths and addresses are nobody else's business.
fn open_file(path: &Path) -> io::Result<std::fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, line: &[u8]) {
        let mut state = self.lock();
        if state.waiting.len() + line.len() > BACKLOG {
            state.dropped += 1;
            return;
        }
        let asleep = state.waiting.is_empty() && !state.writing;
        state.waiting.extend_from_slice(line);
        drop(state);
        if asleep {
            self.wake.notify_one();
        }
    }

    fn run(&self, mut out: impl Write) {
        let mut batch = Vec::new();
        loop {
            let mut state = self.lock();
            state.writing = false;
            while state.waiting.is_empty() {
                state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            state.writing = true;
            std::mem::swap(&mut batch, &mut state.waiting);
            let dropped = std::mem::take(&mut state.dropped);
            drop(state);
            if dropped > 0 {
                let _ =
                    writeln!(out, "{{\"kind\":\"runtime\",\"message\":\"{dropped} lines of the log were dropped\"}}");
            }
            // A log that can't be written must not stop the service.
            let _ = out.write_all(&batch).and_then(|()| out.flush());
            batch.clear();
            // A burst's buffer isn't kept for the quiet time after it.
            batch.shrink_to(64 << 10);
            // Wait for company: at full load this writes a few hundred times a second, not once per request.
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }
}

/// One JSON object under construction.
struct Line(Vec<u8>);

impl Line {
    fn key(&mut self, key: &str) {
        if self.0.len() > 1 {
            self.0.push(b',');
        }
        self.0.push(b'"');
        self.0.extend_from_slice(key.as_bytes());
        self.0.extend_from_slice(b"\":");
    }

    fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        // Writing JSON text into memory can't fail.
        let _ = serde_json::to_writer(&mut self.0, value);
    }

    fn number(&mut self, key: &str, value: impl std::fmt::Display) {
        self.key(key);
        let _ = write!(self.0, "{value}");
    }

    /// A value whose text needs no escaping.
    fn number_text(&mut self, key: &str, value: impl std::fmt::Display) {
        self.key(key);
        let _ = write!(self.0, "\"{value}\"");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_one_json_object_whatever_it_says() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let log = Log::open(&Target::File(path.clone())).unwrap();
        log.component("me", "stderr", "a \"quoted\"\nline\u{7}");
        log.access(&Access {
            method: "GET",
            path: "/v1/\"me\"",
            route: Some("/v1/..."),
            component: Some("me"),
            status: 200,
            duration: std::time::Duration::from_micros(42),
            bytes: Some(7),
            client: std::net::Ipv6Addr::LOCALHOST.into(),
            trace_id: "t",
            request_id: "r",
        });
        log.flush();
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines[0]["message"], "a \"quoted\"\nline\u{7}");
        assert_eq!(lines[1]["path"], "/v1/\"me\"");
        assert_eq!((lines[1]["duration_us"].as_u64(), lines[1]["client"].as_str()), (Some(42), Some("::1")));
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
