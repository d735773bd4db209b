//! What a request is handled with.

use std::cell::RefCell;
use std::net::SocketAddr;

use eport_schema::catalogue::Language;
use http::HeaderMap;

use crate::audit::Event;
use crate::caller::{Caller, Session};
use crate::clock::Timestamp;
use crate::keys::Keys;
use crate::notices::Notice;
use crate::platform::{Database, Entropy, KeyValue, Outbound};
use crate::settings::Settings;

/// Who is at the other end of the connection, as far as a request tells.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// The address, without a port.
    pub address: Option<String>,
    /// `User-Agent`, cut to 200 characters.
    pub device: Option<String>,
    /// The language of messages in the answer.
    pub language: Language,
    /// The trace id of W3C `traceparent`: 32 hexadecimal digits.
    pub trace_id: Option<String>,
}

impl Client {
    /// From a request's header fields. What can't be read counts as absent: nobody is refused for it.
    pub fn of(headers: &HeaderMap, settings: &Settings) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let last = |name: &str| headers.get_all(name).iter().next_back().and_then(|value| value.to_str().ok());
        let address = match settings.client_address_header.as_str() {
            // Address and port. Spin puts its own behind those that the client sent, so only the last one is true; `eport up` takes
            // the client's away.
            "" => last("spin-client-addr").map(|at| {
                at.parse::<SocketAddr>().map_or_else(|_| at.to_owned(), |at| at.ip().to_canonical().to_string())
            }),
            // The last entry of the last field is the one that our own proxy added: those before it are the client's to choose.
            name => last(name).and_then(|list| list.rsplit(',').next()).map(|at| at.trim().to_owned()),
        };
        Self {
            address: address.filter(|address| (1..=64).contains(&address.len())),
            device: text("user-agent").map(|device| device.chars().take(200).collect()),
            language: Language::negotiate(text("accept-language")),
            trace_id: text("traceparent").and_then(trace_id),
        }
    }
}

/// The trace id in a `traceparent` (W3C Trace Context §3.2.2): 32 lower-case hexadecimal digits, not all zero.
fn trace_id(traceparent: &str) -> Option<String> {
    let id = traceparent.split('-').nth(1)?;
    let hexadecimal = id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    (id.len() == 32 && hexadecimal && id.bytes().any(|b| b != b'0')).then(|| id.to_owned())
}

/// The world as one request sees it. Nothing here outlives the request but what it borrows.
pub struct Context<'a> {
    /// The truth.
    pub database: &'a dyn Database,
    /// What may be lost.
    pub key_value: &'a dyn KeyValue,
    /// Other systems.
    pub outbound: &'a dyn Outbound,
    /// Randomness.
    pub entropy: &'a dyn Entropy,
    /// Limits and addresses.
    pub settings: &'a Settings,
    /// The function's secrets.
    pub keys: &'a Keys,
    /// When the request came.
    pub now: Timestamp,
    /// Who sent it.
    pub client: Client,
    /// Who the caller turned out to be, once the handler has asked: the audit of a refusal names them.
    pub recognised: RefCell<Option<Caller>>,
    /// The session of a route that has a query of its own for it ([`crate::serve::Function::RECOGNISES`]).
    pub session: RefCell<Option<Session>>,
    /// What the open transaction has done so far: written to the audit with its last event ([`crate::audit::later`]).
    pub done: RefCell<Vec<Event>>,
    /// SMS that the request's messages ask for: sent once it is done ([`crate::notices::send`]).
    pub notices: RefCell<Vec<Notice>>,
}
