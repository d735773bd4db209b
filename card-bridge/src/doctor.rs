//! `card-bridge doctor` and `card-bridge card`: what a person is told at a terminal.

use std::{io, net::Ipv4Addr, time::Duration};

use eport_schema::catalogue::{self, Language, Refusal};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::{
    Request,
    body::Bytes,
    client::conn::http1,
    header::{HOST, ORIGIN},
};
use hyper_util::rt::TokioIo;
use pcsc::{Context, Scope};
use tokio::net::TcpStream;

use crate::{
    job::Job,
    monitor, operations, pinentry,
    problem::Problem,
    run,
    settings::{PORTS, Settings},
};

/// How long a bridge may take to answer, and how much it may say.
const ANSWER: Duration = Duration::from_millis(500);
const LONGEST_ANSWER: usize = 4096;

/// Says what is right and what isn't. Gives whether all is right.
///
/// # Errors
/// Where the system gives no thread.
pub async fn doctor(settings: &Settings) -> io::Result<bool> {
    let language = settings.language();
    let say = |zh, en| catalogue::Text { zh, en }.get(language);
    let mut well = true;

    match Context::establish(Scope::User) {
        Err(_) => well &= wrong(language, &catalogue::BRIDGE_NO_SERVICE),
        Ok(context) => {
            right(say("智能卡服务正在运行", "the smart card service runs"));
            let readers = context.list_readers_owned().unwrap_or_default();
            if readers.is_empty() {
                well &= wrong(language, &catalogue::BRIDGE_NO_READER);
            }
            for reader in &readers {
                right(&format!("{}{}", say("读卡器：", "reader: "), monitor::name(reader)));
            }
            if !readers.is_empty() {
                match look(settings).await? {
                    Ok(card) => {
                        let number = card.number.as_deref().unwrap_or("?");
                        right(&format!("{}{number} ({})", say("卡：", "card: "), card.algorithm));
                        match card.tries_left {
                            Some(0) => well &= wrong(language, &catalogue::BRIDGE_PIN_BLOCKED),
                            Some(tries) => right(&format!("{}{tries}", say("PIN 剩余次数：", "PIN tries left: "))),
                            None => {}
                        }
                        if card.number.is_none() {
                            well &= wrong(language, &catalogue::BRIDGE_CERTIFICATE_UNUSABLE);
                        }
                    }
                    Err(problem) => well &= wrong(language, problem.refusal),
                }
            }
        }
    }

    match pinentry::find(settings.pinentry.as_deref()) {
        Some(program) => right(&format!("{}{}", say("PIN 输入程序：", "PIN program: "), program.display())),
        None => well &= wrong(language, &catalogue::BRIDGE_NO_PINENTRY),
    }
    let mut running = None;
    for port in (settings.port..).take(PORTS.into()) {
        if answers(port).await {
            running = Some(port);
            break;
        }
    }
    match running {
        Some(port) => right(&format!("{}http://127.0.0.1:{port}", say("卡助手正在运行：", "a card bridge runs: "))),
        None => {
            well = false;
            println!(
                "✗ {}",
                say(
                    "卡助手没有运行。\n  → 请运行 card-bridge run；要开机自动运行，请运行 card-bridge install-autostart。",
                    "No card bridge runs.\n  → Run card-bridge run, or card-bridge install-autostart to have it start with you."
                )
            );
        }
    }
    Ok(well)
}

/// Shows the card. Gives whether there is one that can be used.
///
/// # Errors
/// Where the system gives no thread.
pub async fn card(settings: Settings) -> io::Result<bool> {
    let language = settings.language();
    let say = |zh, en| catalogue::Text { zh, en }.get(language);
    let card = match look(&settings).await? {
        Ok(card) => card,
        Err(problem) => return Ok(wrong(language, problem.refusal)),
    };
    let tries = card.tries_left.map(|tries| tries.to_string());
    for (name, value) in [
        (say("读卡器", "reader"), Some(card.reader.as_str())),
        (say("卡号", "number"), card.number.as_deref()),
        (say("持卡人", "holder"), card.holder.as_deref()),
        (say("企业", "enterprise"), card.enterprise.as_deref()),
        (say("卡类型", "class"), card.class),
        (say("有效期自", "valid from"), card.valid_from.as_deref()),
        (say("有效期至", "valid to"), card.valid_to.as_deref()),
        (say("算法", "algorithm"), Some(card.algorithm)),
        (say("PIN 剩余次数", "PIN tries left"), tries.as_deref()),
    ] {
        println!("{name}: {}", value.unwrap_or("?"));
    }
    Ok(true)
}

async fn look(settings: &Settings) -> io::Result<Result<operations::CardInfo, Problem>> {
    let desk = run::desk(settings)?;
    Ok(desk.run(|desk, job: &Job| operations::card(desk, job, None)).await)
}

/// Whether a bridge of this user is at `port`, and not just any program.
async fn answers(port: u16) -> bool {
    let status = tokio::time::timeout(ANSWER, async {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.ok()?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
        tokio::spawn(connection);
        let authority = format!("127.0.0.1:{port}");
        let request = Request::get("/v1/status").header(HOST, &authority).header(ORIGIN, format!("http://{authority}"));
        let response = sender.send_request(request.body(Empty::<Bytes>::new()).ok()?).await.ok()?;
        let body = Limited::new(response.into_body(), LONGEST_ANSWER).collect().await.ok()?;
        serde_json::from_slice::<serde_json::Value>(&body.to_bytes()).ok()
    });
    matches!(status.await, Ok(Some(status)) if status.get("product").is_some_and(|product| product == "eport-card-bridge"))
}

fn right(what: &str) {
    println!("✓ {what}");
}

fn wrong(language: Language, refusal: &Refusal) -> bool {
    let [title, detail, fix] = [refusal.title, refusal.detail, refusal.fix].map(|text| text.get(language));
    println!("✗ {title}\n  {detail}\n  → {fix}");
    false
}
