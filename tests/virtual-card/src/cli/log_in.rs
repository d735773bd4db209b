//! `log-in`: what a page does, in a terminal.
#![allow(clippy::indexing_slicing, reason = "a JSON value gives null for a name that it hasn't")]

use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use serde_json::{Value, json};
use tungstenite::{Message, WebSocket, client::IntoClientRequest as _};

use super::service::{Service, said};

/// Where bridges are looked for (§6 of the specification).
const BRIDGE_PORTS: std::ops::RangeInclusive<u16> = 24817..=24826;
/// The person has two minutes for the PIN.
const PATIENCE: Duration = Duration::from_secs(130);

/// Logs in with the card that is in a reader, as a page of the service would: asks the service for a challenge, has the card bridge sign it,
/// and opens a session. Shows who that is.
#[derive(Debug, Args)]
pub struct LogIn {
    /// Where the service answers; its origin is that of the page.
    #[arg(long, value_name = "URL", default_value = "http://localhost:3000")]
    server: String,
}

impl LogIn {
    pub fn run(self) -> Result<()> {
        let service = Service::new(&self.server);
        let mut bridge = Bridge::find(service.origin())?;
        let card = bridge.call("card", &json!({}))?;
        println!("card: {}", one_line(&card));
        let challenge = service.done("POST", "/v1/card-challenges", Some(&json!({ "purpose": "login" })))?.body;
        println!("The card bridge asks for the PIN …");
        let signed = bridge.call("sign", &json!({ "purpose": "login", "nonce": challenge["nonce"] }))?;
        let body = json!({
            "method": "card",
            "challenge_id": challenge["challenge_id"],
            "certificate": signed["certificate"],
            "signature": signed["signature"],
            "algorithm": signed["algorithm"],
        });
        let session = service.done("POST", "/v1/sessions", Some(&body))?;
        println!("logged in: {}", one_line(&session.body["account"]));
        service.speak_for(session.text("access_token")?);
        println!("GET /v1/me: {}", service.done("GET", "/v1/me", None)?.body);
        Ok(())
    }
}

fn one_line(value: &Value) -> String {
    let Some(object) = value.as_object() else { return value.to_string() };
    let shown = object.iter().filter(|(_, value)| !value.is_null());
    shown.map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
}

struct Bridge(WebSocket<TcpStream>);

impl Bridge {
    /// The first bridge that takes pages of `origin`.
    fn find(origin: &str) -> Result<Self> {
        for port in BRIDGE_PORTS {
            let Ok(stream) = TcpStream::connect(("127.0.0.1", port)) else { continue };
            stream.set_read_timeout(Some(PATIENCE))?;
            let mut request = format!("ws://127.0.0.1:{port}/v1").into_client_request()?;
            request.headers_mut().insert("origin", origin.parse()?);
            if let Ok((socket, _)) = tungstenite::client(request, stream) {
                return Ok(Self(socket));
            }
        }
        bail!("no card bridge answers on this machine; `card-bridge run` starts one")
    }

    fn call(&mut self, method: &str, parameters: &Value) -> Result<Value> {
        let message = json!({ "id": method, "method": method, "params": parameters }).to_string();
        self.0.send(Message::text(message))?;
        loop {
            let Message::Text(text) = self.0.read().context("the card bridge went away")? else { continue };
            let mut answer: Value = serde_json::from_str(&text)?;
            if answer["id"] != method {
                continue;
            }
            if answer["error"].is_object() {
                bail!("the card bridge: {}", said(&answer["error"]));
            }
            return Ok(answer["result"].take());
        }
    }
}
