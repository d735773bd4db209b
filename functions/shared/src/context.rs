//! What a request is handled with.

use std::cell::RefCell;

use eport_schema::catalogue::Language;

use crate::caller::Caller;
use crate::clock::Timestamp;
use crate::keys::Keys;
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
}
