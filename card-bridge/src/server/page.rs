//! The bridge's own API over a socket: `readers`, `card`, `sign`, `change_pin`, and events.

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use eport_card::{Nonce, Origin, Purpose, challenge_text};
use eport_schema::catalogue::{self, Language};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::sync::broadcast;

use super::{
    Bridge, Caller,
    socket::{Conversation, Reaction},
};
use crate::{
    monitor::Event,
    operations::{self, Request},
    problem::Problem,
    sites::Verdict,
    texts::Ask,
};

/// The longest id of a request.
const LONGEST_ID: usize = 64;

/// A page's socket.
pub struct Page {
    bridge: Arc<Bridge>,
    caller: Caller,
    language: Language,
}

/// What a page sends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    id: Value,
    method: String,
    #[serde(default)]
    params: Option<Value>,
    #[serde(default)]
    lang: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct NoParams {}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ReaderParams {
    reader: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignParams {
    purpose: String,
    #[serde(default)]
    argument: Option<String>,
    nonce: String,
    #[serde(default)]
    reader: Option<String>,
    /// For programs, which have none of their own.
    #[serde(default)]
    origin: Option<String>,
}

#[derive(Serialize)]
struct SignResult {
    certificate: String,
    algorithm: &'static str,
    signature: String,
}

/// Reads a message: an object with an id (a number or a short text) and a method.
///
/// # Errors
/// `bridge.message_malformed`.
pub fn message(text: &str) -> Result<Message, Problem> {
    let message: Message =
        serde_json::from_str(text).map_err(|_| Problem::from(&catalogue::BRIDGE_MESSAGE_MALFORMED))?;
    let fits = match &message.id {
        Value::Number(_) => true,
        Value::String(id) => id.len() <= LONGEST_ID,
        _ => false,
    };
    if fits { Ok(message) } else { Err((&catalogue::BRIDGE_MESSAGE_MALFORMED).into()) }
}

/// The text that a message of `caller` would have signed, or none where it asks for something else: its whole way up to the person. Every origin
/// counts as listed.
///
/// # Errors
/// `bridge.message_malformed`, `bridge.params_invalid`.
pub fn text_to_sign(caller: &Caller, text: &str) -> Result<Option<String>, Problem> {
    let message = message(text)?;
    if message.method != "sign" {
        return Ok(None);
    }
    let (text, _) = challenge(caller, read(message.params)?, |_| true)?;
    Ok(Some(text))
}

impl Page {
    pub fn new(bridge: Arc<Bridge>, caller: Caller, language: Language) -> Self {
        Self { bridge, caller, language }
    }
}

impl Conversation for Page {
    fn greeting(&self) -> Option<String> {
        None
    }

    fn message(&mut self, text: &str, may_start: bool) -> Reaction {
        let message = match message(text) {
            Ok(message) => message,
            Err(problem) => return Reaction::Now(reply(Value::Null, Err(problem), self.language)),
        };
        let language = message.lang.as_deref().map_or(self.language, |lang| Language::negotiate(Some(lang)));
        if !may_start {
            return Reaction::Now(reply(message.id, Err((&catalogue::BRIDGE_BUSY).into()), language));
        }
        let (bridge, caller) = (self.bridge.clone(), self.caller.clone());
        Reaction::Later(Box::pin(async move {
            let result = handle(&bridge, &caller, &message.method, message.params).await;
            if let Err(problem) = &result {
                tracing::info!(method = known(&message.method), code = problem.refusal.code, "refused");
            }
            reply(message.id, result, language)
        }))
    }

    fn binary(&self) -> String {
        reply(Value::Null, Err((&catalogue::BRIDGE_MESSAGE_MALFORMED).into()), self.language)
    }

    fn events(&self) -> Option<broadcast::Receiver<Event>> {
        Some(self.bridge.desk.monitor.events())
    }

    fn event(&self, event: &Event) -> Option<String> {
        let allowed = match &self.caller {
            Caller::Site(origin) => self.bridge.sites.verdict(origin) == Verdict::Allowed,
            Caller::Program => true,
        };
        if allowed { serde_json::to_string(event).ok() } else { None }
    }
}

/// A method's name for the log; what a page made up stays out of it.
fn known(method: &str) -> &'static str {
    ["readers", "card", "sign", "change_pin"].into_iter().find(|name| *name == method).unwrap_or("unknown")
}

fn reply(id: Value, result: Result<Value, Problem>, language: Language) -> String {
    match result {
        Ok(result) => json!({"id": id, "result": result}),
        Err(problem) => json!({"id": id, "error": problem.wire(language)}),
    }
    .to_string()
}

async fn handle(bridge: &Bridge, caller: &Caller, method: &str, params: Option<Value>) -> Result<Value, Problem> {
    // What is asked for wrongly shouldn't bother the person with a question about the site.
    match method {
        "readers" => {
            let NoParams {} = read(params)?;
            consent(bridge, caller).await?;
            let snapshot = bridge.desk.monitor.snapshot();
            if !snapshot.service {
                return Err((&catalogue::BRIDGE_NO_SERVICE).into());
            }
            let readers: Vec<_> =
                snapshot.readers.iter().map(|(name, slot)| json!({"name": name, "card": slot})).collect();
            Ok(json!({ "readers": readers }))
        }
        "card" => {
            let ReaderParams { reader } = read(params)?;
            consent(bridge, caller).await?;
            let card = bridge.desk.run(move |desk, job| operations::card(desk, job, reader.as_deref())).await?;
            value(&card)
        }
        "sign" => {
            let params: SignParams = read(params)?;
            let (text, request) = challenge(caller, params, |origin| bridge.sites.is_listed(origin))?;
            consent(bridge, caller).await?;
            let signed =
                bridge.desk.run(move |desk, job| operations::sign(desk, job, &request, text.as_bytes())).await?;
            value(&SignResult {
                certificate: BASE64_STANDARD.encode(signed.certificate),
                algorithm: signed.algorithm.as_str(),
                signature: BASE64_STANDARD.encode(signed.signature),
            })
        }
        "change_pin" => {
            let ReaderParams { reader } = read(params)?;
            consent(bridge, caller).await?;
            let request = Request { site: caller.name(), ask: Ask::ChangePin, reader, pin: None };
            bridge.desk.run(move |desk, job| operations::change_pin(desk, job, &request, None)).await?;
            Ok(json!({}))
        }
        _ => Err((&catalogue::BRIDGE_METHOD_UNKNOWN).into()),
    }
}

/// The text to sign. Its origin is what the browser said the page's is, never what the page says: so a page can't borrow another site's
/// challenge. A program has no origin, and names one that the person put into the settings.
fn challenge(
    caller: &Caller,
    params: SignParams,
    is_listed: impl Fn(&Origin) -> bool,
) -> Result<(String, Request), Problem> {
    let invalid = || Problem::from(&catalogue::BRIDGE_PARAMS_INVALID);
    let origin = match (caller, params.origin) {
        (Caller::Site(origin), None) => origin.clone(),
        (Caller::Program, Some(origin)) => Origin::parse(&origin).ok().filter(is_listed).ok_or_else(invalid)?,
        _ => return Err(invalid()),
    };
    let purpose = Purpose::parse(&params.purpose, params.argument.as_deref()).map_err(|_| invalid())?;
    let nonce = Nonce::parse(&params.nonce).map_err(|_| invalid())?;
    let text = challenge_text(&origin, &purpose, &nonce);
    let site = match caller {
        Caller::Site(_) => origin.to_string(),
        Caller::Program => format!("{} → {origin}", caller.name()),
    };
    Ok((text, Request { site, ask: Ask::Challenge(purpose), reader: params.reader, pin: None }))
}

async fn consent(bridge: &Bridge, caller: &Caller) -> Result<(), Problem> {
    match caller {
        Caller::Site(origin) => bridge.consent(origin).await,
        // The token is the person's consent.
        Caller::Program => Ok(()),
    }
}

fn read<T: DeserializeOwned>(params: Option<Value>) -> Result<T, Problem> {
    let params = params.unwrap_or_else(|| json!({}));
    serde_json::from_value(params).map_err(|_| (&catalogue::BRIDGE_PARAMS_INVALID).into())
}

fn value(result: &impl Serialize) -> Result<Value, Problem> {
    serde_json::to_value(result).map_err(|_| (&catalogue::BRIDGE_INTERNAL).into())
}
