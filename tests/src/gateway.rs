//! Neighbours of the server that do as the test wants: an SMS gateway, and a road to the database that can be closed.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

/// What a gateway got.
#[derive(Debug, Clone)]
pub struct Received {
    /// The request line.
    pub line: String,
    /// The header fields.
    pub headers: HeaderMap,
    /// The body, as it came.
    pub body: Vec<u8>,
    /// When it was complete.
    pub at: Instant,
}

/// What a gateway does with a request.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    /// Answers with this status.
    Status(u16),
    /// Closes the connection without an answer.
    Nothing,
    /// Answers with 200 after this time.
    Late(Duration),
}

/// An SMS gateway on a port of its own.
pub struct Gateway {
    address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    open: Arc<AtomicBool>,
}

impl Gateway {
    /// A gateway that answers as `answer` says: of the number of requests before this one.
    pub fn start(answer: impl Fn(usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let received: Arc<Mutex<Vec<Received>>> = Arc::default();
        let open = Arc::new(AtomicBool::new(true));
        let (kept, running, answer) = (received.clone(), open.clone(), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if !running.load(Ordering::Relaxed) {
                    return;
                }
                let (kept, answer) = (kept.clone(), answer.clone());
                // One connection, one request; a broken one is as good as none.
                std::thread::spawn(move || drop(serve(stream, &kept, &*answer)));
            }
        });
        Self { address, received, open }
    }

    /// `http://127.0.0.1:port`.
    pub fn host(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What came up to now.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.received).clone()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.open.store(false, Ordering::Relaxed);
        // Wakes the thread.
        let _ = TcpStream::connect(self.address);
    }
}

impl Received {
    /// The body as JSON.
    pub fn value(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON to the gateway")
    }

    /// The id of the message.
    pub fn id(&self) -> String {
        self.value()["id"].as_str().expect("an id").to_owned()
    }

    /// A header field, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("visible text"))
    }

    /// The six digits in the text.
    pub fn code(&self) -> String {
        let text = self.value()["text"].as_str().expect("a text").to_owned();
        let digits: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|part| part.len() == 6).collect();
        assert_eq!(digits.len(), 1, "{text}");
        digits[0].to_owned()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(stream: TcpStream, received: &Mutex<Vec<Received>>, answer: &impl Fn(usize) -> Answer) -> io::Result<()> {
    let mut reader = BufReader::new(&stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut headers = HeaderMap::new();
    loop {
        let mut field = String::new();
        if reader.read_line(&mut field)? == 0 || field.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = field.trim().split_once(':') {
            let name: HeaderName = name.parse().map_err(io::Error::other)?;
            headers.append(name, HeaderValue::from_str(value.trim()).map_err(io::Error::other)?);
        }
    }
    let length = headers.get("content-length").and_then(|value| value.to_str().ok()?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body)?;
    let number = {
        let mut all = lock(received);
        all.push(Received { line: line.trim().to_owned(), headers, body, at: Instant::now() });
        all.len() - 1
    };
    let status = match answer(number) {
        Answer::Nothing => return stream.shutdown(Shutdown::Both),
        Answer::Late(time) => {
            std::thread::sleep(time);
            200
        }
        Answer::Status(status) => status,
    };
    (&stream).write_all(format!("HTTP/1.1 {status} So\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").as_bytes())
}

/// A road to a server that can be closed and opened again: for the client it is as if the server went away and came back.
pub struct Road {
    address: SocketAddr,
    to: SocketAddr,
    traffic: Arc<Mutex<Option<Vec<TcpStream>>>>,
}

impl Road {
    /// An open road to `to`.
    pub fn open_to(to: SocketAddr) -> Self {
        let mut road = Self { address: (Ipv4Addr::LOCALHOST, 0).into(), to, traffic: Arc::default() };
        road.open();
        road
    }

    /// Where it begins.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Opens it, at the address that it always had.
    pub fn open(&mut self) {
        let listener = TcpListener::bind(self.address).expect("the port");
        self.address = listener.local_addr().expect("an address");
        // One listener at a time has a list of its own: one that was closed finds its list gone.
        let traffic = Arc::new(Mutex::new(Some(Vec::new())));
        self.traffic = traffic.clone();
        let to = self.to;
        std::thread::spawn(move || {
            while let Ok((here, _)) = listener.accept() {
                let mut traffic = lock(&traffic);
                let Some(streams) = traffic.as_mut() else { return };
                let Ok(there) = TcpStream::connect(to) else { continue };
                for (from, to) in [(&here, &there), (&there, &here)] {
                    let (mut from, mut to) = (from.try_clone().expect("a socket"), to.try_clone().expect("a socket"));
                    std::thread::spawn(move || {
                        let _ = io::copy(&mut from, &mut to);
                        let _ = to.shutdown(Shutdown::Both);
                    });
                }
                streams.extend([here, there]);
            }
        });
    }

    /// Closes it: what is on it breaks off, and nobody else gets through.
    pub fn close(&self) {
        for stream in lock(&self.traffic).take().unwrap_or_default() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        // Wakes the listener, which then goes.
        let _ = TcpStream::connect(self.address);
        // Until it is gone, the port still lets somebody in.
        while TcpStream::connect(self.address).is_ok() {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Road {
    fn drop(&mut self) {
        if lock(&self.traffic).is_some() {
            self.close();
        }
    }
}
