//! The port's own client control, as pages that were written for it expect it (`--compat`): a message names a method and its arguments, the
//! answer echoes both ids and says in `_args` whether it worked.
//!
//! Here alone a page may pass a PIN, and here alone it may have text signed that it made up. What keeps that safe: only sites in the settings
//! may connect, and a text that is a challenge of ours is signed for its own origin only.

mod answers;
mod frame;

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use eport_card::{CHALLENGE_PREFIX, Nonce, Purpose, challenge_text};
use eport_schema::catalogue;
use serde_json::{Value, json};
use tokio::sync::broadcast;
use zeroize::Zeroizing;

pub use frame::{Arguments, Frame};

use crate::{
    desk::Desk,
    monitor::Event,
    operations::{self, Request, Signed},
    pin::Pin,
    problem::Problem,
    server::{Bridge, Caller, Conversation, Reaction},
    texts::Ask,
};

/// A page of the client control.
pub struct Control {
    bridge: Arc<Bridge>,
    caller: Caller,
}

impl Control {
    /// A page that has just connected.
    pub fn new(bridge: Arc<Bridge>, caller: Caller) -> Self {
        Self { bridge, caller }
    }
}

impl Conversation for Control {
    fn greeting(&self) -> Option<String> {
        let open = Frame { id: json!(0), method: "open".to_owned(), args: Arguments::default() };
        Some(open.reply(Ok(vec![json!(env!("CARGO_PKG_VERSION"))])))
    }

    fn message(&mut self, text: &str, may_start: bool) -> Reaction {
        let frame = match Frame::read(text) {
            Ok(frame) => frame,
            Err((frame, problem)) => return Reaction::Now(frame.reply(Err(problem))),
        };
        if !may_start {
            return Reaction::Now(frame.reply(Err((&catalogue::BRIDGE_BUSY).into())));
        }
        let (bridge, caller) = (self.bridge.clone(), self.caller.clone());
        Reaction::Later(Box::pin(async move {
            let result = handle(&bridge, &caller, &frame).await;
            if let Err(problem) = &result {
                tracing::info!(code = problem.refusal.code, "refused to a page of the client control");
            }
            frame.reply(result)
        }))
    }

    fn binary(&self) -> String {
        Frame::unreadable().reply(Err((&catalogue::BRIDGE_MESSAGE_MALFORMED).into()))
    }

    fn events(&self) -> Option<broadcast::Receiver<Event>> {
        None
    }

    fn event(&self, _: &Event) -> Option<String> {
        None
    }
}

type Data = Vec<Value>;

async fn handle(bridge: &Bridge, caller: &Caller, frame: &Frame) -> Result<Data, Problem> {
    let desk = &bridge.desk;
    let args = &frame.args;
    // The prefix is part of the name in all pages; what is without it is another family of methods.
    match frame.method.as_str() {
        "cus-sec_SpcInitEnvEx" | "cus-sec_SpcClearEnv" => Ok(Vec::new()),
        "ra_Is903Reader" => Ok(vec![json!("0")]),
        "cus-sec_SpcGetSignCertAsPEM" => {
            let certificate = desk.run(operations::certificate).await?;
            Ok(vec![json!(BASE64_STANDARD.encode(certificate))])
        }
        "cus-sec_SpcGetValidTimeFromCert" if !args.text("cert")?.is_empty() => {
            answers::validity(&answers::certificate(&args.text("cert")?)?)
        }
        "cus-sec_SpcVerifySignData" => {
            let certificate = match args.text("certDataPEM")?.as_str() {
                "" => desk.run(operations::certificate).await?,
                text => answers::certificate(text)?,
            };
            answers::verify(&certificate, args.required("inData")?.as_bytes(), &args.required("signData")?)
        }
        "cus-sec_SpcVerifyPIN" | "cus-sec_SpcVerifyPINAll" => {
            let request = request(bridge, caller, Ask::Verify, pin(args, "passwd")?);
            desk.run(move |desk, job| operations::verify_pin(desk, job, &request)).await?;
            Ok(Vec::new())
        }
        "cus-sec_SpcChangePIN" => {
            let given = pin(args, "oldPin")?.zip(pin(args, "newPin")?).filter(|_| !bridge.forbid_page_pin);
            let request = request(bridge, caller, Ask::ChangePin, None);
            desk.run(move |desk, job| operations::change_pin(desk, job, &request, given)).await?;
            Ok(Vec::new())
        }
        "cus-sec_SpcSignData" | "cus-sec_SpcSignDataAsPEM" => {
            let signed = sign(bridge, caller, args, "inData").await?;
            Ok(vec![signature(&signed), answers::serial(&signed.certificate)?])
        }
        "cus-sec_SpcSignRandom" => Ok(vec![signature(&sign(bridge, caller, args, "random").await?)]),
        method => {
            let Some(answer) = answers::about_card(method) else {
                return Err((&catalogue::BRIDGE_METHOD_UNKNOWN).into());
            };
            let certificate = desk.run(operations::certificate).await?;
            answer(&certificate, &desk.profile)
        }
    }
}

async fn sign(bridge: &Bridge, caller: &Caller, args: &Arguments, name: &str) -> Result<Signed, Problem> {
    let text = args.required(name)?;
    let ask = what_is_signed(caller, &text)?;
    let request = request(bridge, caller, ask, pin(args, "passwd")?);
    bridge.desk.run(move |desk: &Desk, job| operations::sign(desk, job, &request, text.as_bytes())).await
}

/// A challenge is signed only for the page's own origin: an old page can't be used to steal a login.
///
/// # Errors
/// `bridge.text_refused` for a text that begins like a challenge and isn't, byte for byte, one that this origin could be given.
pub fn what_is_signed(caller: &Caller, text: &str) -> Result<Ask, Problem> {
    if !text.starts_with(CHALLENGE_PREFIX) {
        return Ok(Ask::Document);
    }
    let Caller::Site(origin) = caller else {
        return Err((&catalogue::BRIDGE_TEXT_REFUSED).into());
    };
    let line = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
    let purpose = line("purpose: ").and_then(|purpose| {
        let (name, argument) =
            purpose.split_once(' ').map_or((purpose, None), |(name, argument)| (name, Some(argument)));
        Purpose::parse(name, argument).ok()
    });
    let nonce = line("nonce: ").and_then(|nonce| Nonce::parse(nonce).ok());
    // Made anew and compared, so that no spelling slips through.
    match (purpose, nonce) {
        (Some(purpose), Some(nonce)) if challenge_text(origin, &purpose, &nonce) == text => Ok(Ask::Challenge(purpose)),
        _ => Err((&catalogue::BRIDGE_TEXT_REFUSED).into()),
    }
}

fn request(bridge: &Bridge, caller: &Caller, ask: Ask, pin: Option<Pin>) -> Request {
    Request { site: caller.name(), ask, reader: None, pin: pin.filter(|_| !bridge.forbid_page_pin) }
}

/// A PIN that the page passed; none where it left it out or empty.
fn pin(args: &Arguments, name: &str) -> Result<Option<Pin>, Problem> {
    let text = args.text(name)?;
    Ok((!text.is_empty()).then(|| Pin::new(Zeroizing::new(text.as_bytes().to_vec()))))
}

fn signature(signed: &Signed) -> Value {
    json!(BASE64_STANDARD.encode(&signed.signature))
}

#[cfg(test)]
mod tests {
    use eport_card::Origin;

    use super::*;

    const NONCE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    fn page(origin: &str) -> Caller {
        Caller::Site(Origin::parse(origin).unwrap())
    }

    fn text(origin: &str) -> String {
        format!("eport-id/card/v1\norigin: {origin}\npurpose: login\nnonce: {NONCE}")
    }

    #[test]
    fn a_challenge_is_signed_for_its_own_origin_only() {
        let own = page("https://id.example.cn");
        assert_eq!(what_is_signed(&own, &text("https://id.example.cn")), Ok(Ask::Challenge(Purpose::Login)));
        let others = [
            text("https://evil.example"),
            text("https://id.example.cn") + "\n",
            text("https://id.example.cn").replace("/v1", "/v2"),
            text("https://id.example.cn").replace('\n', "\r\n"),
            text("https://evil.example") + "\norigin: https://id.example.cn",
            "eport-id/card/".to_owned(),
            text("https://id.example.cn").replace("login", "login x"),
        ];
        for text in others {
            let problem = what_is_signed(&own, &text).err().unwrap();
            assert_eq!(problem.refusal.code, "bridge.text_refused", "{text}");
        }
        assert!(what_is_signed(&Caller::Program, &text("https://id.example.cn")).is_err());
    }

    #[test]
    fn any_other_text_is_a_document() {
        for text in ["", "报关单", "EPORT-ID/card/v1", " eport-id/card/v1"] {
            assert_eq!(what_is_signed(&page("https://id.example.cn"), text), Ok(Ask::Document));
        }
    }
}
