//! `card-bridge doctor` and `card-bridge card`: what a person is told at a terminal.

use std::{io, net::TcpStream, time::Duration};

use eport_schema::catalogue::{self, Language, Refusal};
use pcsc::{Context, Scope};

use crate::{
    job::Job,
    monitor, operations, pinentry,
    problem::Problem,
    run,
    settings::{PORTS, Settings},
};

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
    match (settings.port..).take(PORTS.into()).find(|port| answers(*port)) {
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

fn answers(port: u16) -> bool {
    TcpStream::connect_timeout(&([127, 0, 0, 1], port).into(), Duration::from_millis(200)).is_ok()
}

fn right(what: &str) {
    println!("✓ {what}");
}

fn wrong(language: Language, refusal: &Refusal) -> bool {
    let [title, detail, fix] = [refusal.title, refusal.detail, refusal.fix].map(|text| text.get(language));
    println!("✗ {title}\n  {detail}\n  → {fix}");
    false
}
