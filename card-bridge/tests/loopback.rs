//! The API over real sockets, where no smart card service is: who may come in, and what happens to those who come wrongly.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "tests, helpers included")]

mod common;

use anyhow::Result;
use common::{Bridge, LIMIT, Page, SITE, Setup, TOKEN, sign_params, status_of};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::tungstenite::{Error, Message};

const STRANGER: &str = "https://stranger.example";

fn body(answer: &str) -> Value {
    serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap()
}

#[tokio::test]
async fn an_allowed_site_reads_the_status() -> Result<()> {
    let bridge = Bridge::start()?;
    let answer = bridge.get_status(&format!("Origin: {SITE}")).await?;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains(&format!("access-control-allow-origin: {SITE}\r\n")), "{answer}");
    let status = body(&answer);
    assert_eq!(
        status,
        json!({"product": "eport-card-bridge", "version": env!("CARGO_PKG_VERSION"), "port": bridge.port,
               "consent": "allowed", "service": false, "readers": 0, "card": false})
    );
    Ok(())
}

#[tokio::test]
async fn a_stranger_learns_that_there_is_a_bridge_and_nothing_of_readers() -> Result<()> {
    let bridge = Bridge::start()?;
    let status = body(&bridge.get_status(&format!("Origin: {STRANGER}")).await?);
    assert_eq!(status["consent"], "ask");
    assert!(status.get("readers").is_none() && status.get("card").is_none(), "{status}");
    Ok(())
}

#[tokio::test]
async fn browsers_may_let_pages_through_to_this_machine() -> Result<()> {
    let bridge = Bridge::start()?;
    let request = format!(
        "OPTIONS /v1/status HTTP/1.1\nHost: 127.0.0.1:{}\nOrigin: {SITE}\nAccess-Control-Request-Method: GET\n\
         Access-Control-Request-Private-Network: true",
        bridge.port
    );
    let answer = bridge.http(&request).await?;
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    for header in ["access-control-allow-private-network: true", "access-control-allow-methods: GET"] {
        assert!(answer.contains(header), "{answer}");
    }
    Ok(())
}

#[tokio::test]
async fn origins_that_can_not_be_trusted_are_refused() -> Result<()> {
    let bridge = Bridge::start()?;
    for origin in ["null", "http://id.example.cn", "https://id.example.cn/", "file://", "http://localhost.evil.example"]
    {
        let answer = bridge.get_status(&format!("Origin: {origin}")).await?;
        assert!(answer.starts_with("HTTP/1.1 403"), "{origin}: {answer}");
        assert_eq!(body(&answer)["code"], "bridge.origin_refused", "{origin}");
        assert!(!answer.contains("access-control-allow-origin"), "{answer}");
        let refused = bridge.page_of(origin, "").await.err().unwrap();
        assert_eq!(status_of(&refused), Some(403), "{origin}: {refused}");
    }
    Ok(())
}

#[tokio::test]
async fn a_page_that_was_led_here_under_another_name_is_refused() -> Result<()> {
    let bridge = Bridge::start()?;
    for host in ["evil.example", "evil.example:24817", "127.0.0.1", "127.0.0.1:1", "0.0.0.0:24817"] {
        let request = format!("GET /v1/status HTTP/1.1\nHost: {host}\nOrigin: {SITE}");
        let answer = bridge.http(&request).await?;
        assert_eq!(body(&answer)["code"], "bridge.host_refused", "{host}: {answer}");
        let request = format!(
            "GET /v1 HTTP/1.1\nHost: {host}\nOrigin: {SITE}\nUpgrade: websocket\nConnection: upgrade\n\
             Sec-WebSocket-Version: 13\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="
        );
        assert!(bridge.http(&request).await?.starts_with("HTTP/1.1 403"), "{host}");
    }
    Ok(())
}

#[tokio::test]
async fn who_sends_no_origin_is_refused() -> Result<()> {
    let bridge = Bridge::start()?;
    assert_eq!(body(&bridge.get_status("Accept: */*").await?)["code"], "bridge.origin_required");
    let refused = Page::open(bridge.port, &format!("/v1?token={TOKEN}"), None).await.err().unwrap();
    assert_eq!(status_of(&refused), Some(403));
    Ok(())
}

#[tokio::test]
async fn a_program_with_the_token_comes_in_and_a_page_with_it_stays_a_page() -> Result<()> {
    let settings = format!("allowed_origins = [\"{SITE}\"]\nprogram_token = \"{TOKEN}\"\n");
    let bridge = Setup { settings, ..Setup::default() }.start()?;
    let mut program = Page::open(bridge.port, &format!("/v1?lang=en&token={TOKEN}"), None).await?;
    assert_eq!(program.refused("readers", json!({})).await?, "bridge.no_service");
    // It names a site of the settings, and no other.
    for (origin, code) in [(json!(SITE), "bridge.no_service"), (json!(STRANGER), "bridge.params_invalid")] {
        let mut params = sign_params();
        params["origin"] = origin;
        assert_eq!(program.refused("sign", params).await?, code);
    }
    assert_eq!(program.refused("sign", sign_params()).await?, "bridge.params_invalid");
    for path in ["/v1?token=wrong", "/v1?token=", "/v1"] {
        let refused = Page::open(bridge.port, path, None).await.err().unwrap();
        assert_eq!(status_of(&refused), Some(403), "{path}");
    }
    let refused = Page::open(bridge.port, &format!("/v1?token={TOKEN}"), Some("null")).await.err().unwrap();
    assert_eq!(status_of(&refused), Some(403));
    assert!(!bridge.log().contains(TOKEN), "the token is in the log");
    Ok(())
}

#[tokio::test]
async fn other_paths_and_methods_are_not_found() -> Result<()> {
    let bridge = Bridge::start()?;
    for line in ["GET / HTTP/1.1", "POST /v1/status HTTP/1.1", "GET /v1/../etc HTTP/1.1", "GET /v1/status/ HTTP/1.1"] {
        let request = format!("{line}\nHost: localhost:{}\nOrigin: {SITE}", bridge.port);
        assert_eq!(body(&bridge.http(&request).await?)["code"], "bridge.not_found", "{line}");
    }
    let request = format!("GET /v1 HTTP/1.1\nHost: localhost:{}\nOrigin: {SITE}", bridge.port);
    assert_eq!(body(&bridge.http(&request).await?)["code"], "bridge.message_malformed");
    Ok(())
}

#[tokio::test]
async fn errors_come_in_the_language_that_the_page_wants() -> Result<()> {
    let bridge = Bridge::start()?;
    let mut page = bridge.page_of(SITE, "?lang=en").await?;
    let error = page.call("readers", json!({})).await?["error"].clone();
    assert_eq!(error["title"], "The smart card service is not running");
    assert_eq!((&error["retry"], &error["status"]), (&json!("later"), &json!(503)));
    assert!(error["fix"].as_str().unwrap().contains("pcscd"));
    page.send(r#"{"id":"a","method":"readers","lang":"zh-CN"}"#).await?;
    let answer = page.receive().await?;
    assert_eq!((&answer["id"], &answer["error"]["title"]), (&json!("a"), &json!("智能卡服务没有运行")));
    let mut page = bridge.page_of(SITE, "").await?;
    assert_eq!(page.call("readers", json!({})).await?["error"]["title"], "智能卡服务没有运行");
    Ok(())
}

#[tokio::test]
async fn malformed_messages_are_answered_and_the_socket_lives() -> Result<()> {
    let bridge = Bridge::start()?;
    let mut page = bridge.page().await?;
    for text in
        ["", "{", "[]", "null", "5", r#"{"id":1}"#, r#"{"id":{},"method":"card"}"#, r#"{"id":1,"method":"card","x":1}"#]
    {
        page.send(text).await?;
        let answer = page.receive().await?;
        assert_eq!(answer["error"]["code"], "bridge.message_malformed", "{text}");
    }
    page.socket.send(Message::binary(vec![0; 10])).await?;
    assert_eq!(page.receive().await?["error"]["code"], "bridge.message_malformed");
    assert_eq!(page.refused("delete", json!({})).await?, "bridge.method_unknown");
    for params in [
        json!([]),
        json!({}),
        json!({"purpose": "login"}),
        json!({"purpose": "login", "nonce": "short"}),
        json!({"purpose": "bind", "nonce": common::NONCE}),
        json!({"purpose": "login", "nonce": common::NONCE, "origin": STRANGER}),
        json!({"purpose": "login\norigin: https://evil.example", "nonce": common::NONCE}),
        json!({"purpose": "login", "nonce": common::NONCE, "text": "x"}),
    ] {
        assert_eq!(page.refused("sign", params.clone()).await?, "bridge.params_invalid", "{params}");
    }
    Ok(())
}

#[tokio::test]
async fn a_frame_of_a_megabyte_closes_its_socket_and_no_other() -> Result<()> {
    let bridge = Bridge::start()?;
    let (mut page, mut other) = (bridge.page().await?, bridge.page().await?);
    page.socket.feed(Message::text("x".repeat(1024 * 1024))).await?;
    // The bridge may have closed before all of it was written.
    let _ = page.socket.flush().await;
    let closed = loop {
        match timeout(LIMIT, page.socket.next()).await? {
            Some(Ok(Message::Close(frame))) => break frame.map(|frame| u16::from(frame.code)),
            Some(Ok(_)) => {}
            Some(Err(Error::Io(_) | Error::ConnectionClosed | Error::Protocol(_))) | None => break Some(1009),
            Some(Err(error)) => panic!("{error}"),
        }
    };
    assert_eq!(closed, Some(1009));
    assert_eq!(other.refused("readers", json!({})).await?, "bridge.no_service");
    Ok(())
}

#[tokio::test]
async fn ten_thousand_messages_are_answered() -> Result<()> {
    let bridge = Bridge::start()?;
    let page = bridge.page().await?;
    let (mut sink, mut stream) = page.socket.split();
    let sending = tokio::spawn(async move {
        for id in 0..10_000 {
            // Half of them would start something with a card.
            let method = if id % 2 == 0 { "readers" } else { "card" };
            sink.send(Message::text(json!({"id": id, "method": method}).to_string())).await?;
        }
        Ok::<_, Error>(sink)
    });
    let mut ids = std::collections::BTreeSet::new();
    while ids.len() < 10_000 {
        let Some(Ok(Message::Text(text))) = timeout(LIMIT, stream.next()).await? else { panic!("the socket closed") };
        ids.insert(serde_json::from_str::<Value>(&text)?["id"].as_u64().unwrap());
    }
    drop(sending.await??);
    let mut page = bridge.page().await?;
    assert_eq!(page.refused("readers", json!({})).await?, "bridge.no_service");
    Ok(())
}

#[tokio::test]
async fn one_site_can_not_take_all_sockets_nor_silent_clients_all_connections() -> Result<()> {
    let bridge = Bridge::start()?;
    let mut pages = Vec::new();
    let refused = loop {
        match bridge.page().await {
            Ok(page) => pages.push(page),
            Err(error) => break error,
        }
    };
    assert_eq!((pages.len(), status_of(&refused)), (16, Some(503)));
    assert!(bridge.page_of("http://localhost:3000", "").await.is_ok());
    drop(pages);
    let mut silent = Vec::new();
    for _ in 0..100 {
        silent.push(TcpStream::connect(("127.0.0.1", bridge.port)).await?);
    }
    // They must send their request within ten seconds; then there is room again.
    let again = timeout(LIMIT, async {
        while bridge.page().await.is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    });
    again.await?;
    Ok(())
}

#[tokio::test]
async fn a_second_bridge_takes_the_next_port() -> Result<()> {
    let first = Bridge::start()?;
    let second = Setup { port: Some(first.port), ..Setup::default() }.start()?;
    assert_eq!(second.port, first.port + 1);
    assert_eq!(body(&second.get_status(&format!("Origin: {SITE}")).await?)["port"], second.port);
    Ok(())
}

#[tokio::test]
async fn a_strange_site_is_asked_about_once_and_remembered() -> Result<()> {
    let bridge = Bridge::start()?;
    bridge.answers(&["yes"]);
    let mut page = bridge.page_of(STRANGER, "").await?;
    assert_eq!(page.refused("readers", json!({})).await?, "bridge.no_service");
    assert!(
        bridge.shown().contains(&format!("SETDESC The site {STRANGER} asks to use your IC card.")),
        "{}",
        bridge.shown()
    );
    let mut again = bridge.page_of(STRANGER, "").await?;
    assert_eq!(again.refused("card", json!({})).await?, "bridge.no_service");
    assert_eq!(bridge.questions(), 1);
    let kept = std::fs::read_to_string(bridge.folder.path().join("data/eport-card-bridge/allowed-sites.toml"))?;
    assert!(kept.contains(STRANGER), "{kept}");
    Ok(())
}

#[tokio::test]
async fn a_site_that_was_refused_is_not_asked_about_again() -> Result<()> {
    let bridge = Bridge::start()?;
    bridge.answers(&["no", "yes"]);
    let mut page = bridge.page_of(STRANGER, "").await?;
    for _ in 0..3 {
        assert_eq!(page.refused("card", json!({})).await?, "bridge.origin_refused");
    }
    assert_eq!(bridge.questions(), 1);
    assert_eq!(body(&bridge.get_status(&format!("Origin: {STRANGER}")).await?)["consent"], "refused");
    Ok(())
}

#[tokio::test]
async fn while_a_person_is_asked_others_are_told_that_it_is_busy() -> Result<()> {
    let bridge = Bridge::start()?;
    bridge.answers(&["wait", "no"]);
    let mut page = bridge.page_of(STRANGER, "").await?;
    page.start("card", json!({})).await?;
    while bridge.questions() == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let mut other = bridge.page_of("https://other.example", "").await?;
    assert_eq!(other.refused("card", json!({})).await?, "bridge.busy");
    // A page that goes away takes its question along.
    drop(page);
    while other.refused("card", json!({})).await? == "bridge.busy" {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(bridge.questions(), 2);
    Ok(())
}

#[tokio::test]
async fn who_does_not_answer_in_time_has_not_consented() -> Result<()> {
    let settings = "person_timeout = 1\n".to_owned();
    let bridge = Setup { settings, ..Setup::default() }.start()?;
    bridge.answers(&["wait", "timeout", "die"]);
    let mut page = bridge.page_of(STRANGER, "").await?;
    assert_eq!(page.refused("card", json!({})).await?, "bridge.timeout");
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(page.refused("card", json!({})).await?, "bridge.timeout");
    assert_eq!(page.refused("card", json!({})).await?, "bridge.no_pinentry");
    Ok(())
}

#[tokio::test]
async fn garbage_over_tcp_does_no_harm() -> Result<()> {
    let bridge = Bridge::start()?;
    for bytes in [&[0; 5000][..], b"GET ", b"\r\n\r\n", &[0xFF; 100_000]] {
        let mut stream = TcpStream::connect(("127.0.0.1", bridge.port)).await?;
        let _ = stream.write_all(bytes).await;
        let _ = stream.shutdown().await;
        let _ = timeout(LIMIT, stream.read_to_end(&mut Vec::new())).await?;
    }
    assert!(bridge.page().await.is_ok());
    Ok(())
}

#[tokio::test]
async fn the_client_control_s_door_is_shut_unless_it_was_opened() -> Result<()> {
    let bridge = Bridge::start()?;
    assert!(bridge.control().await.is_err());
    Ok(())
}

#[tokio::test]
async fn the_client_control_answers_every_frame_of_a_listed_site() -> Result<()> {
    let bridge = Setup { compat: true, ..Setup::default() }.start()?;
    let mut page = bridge.control().await?;
    let open = page.receive().await?;
    assert_eq!((&open["_id"], &open["_method"], &open["_status"]), (&json!(0), &json!("open"), &json!("00")));
    assert_eq!(
        page.control("cus-sec_SpcInitEnvEx", json!({})).await?,
        json!({"Result": true, "Data": [], "Error": []})
    );
    assert_eq!(page.control("ra_Is903Reader", json!({})).await?["Data"], json!(["0"]));
    let unknown = page.control("cus-sec_SpcFormatDisk", json!({})).await?;
    assert_eq!((&unknown["Result"], &unknown["Error"][1]), (&json!(false), &json!("Err:Base50000")));
    let no_card = page.control("cus-sec_SpcGetCardID", json!({})).await?;
    assert_eq!((&no_card["Result"], &no_card["Error"][1]), (&json!(false), &json!("Err:Custom50200")));
    for text in ["", "{", "[1]", r#"{"_id":"x"}"#, r#"{"_id":7,"_method":5}"#, r#"{"_id":7,"_method":"m","args":"no"}"#]
    {
        page.send(text).await?;
        let answer = page.receive().await?;
        assert_eq!(
            (&answer["_args"]["Result"], &answer["_args"]["Error"][1]),
            (&json!(false), &json!("Err:Base50000"))
        );
    }
    page.socket.send(Message::binary(vec![1])).await?;
    assert_eq!(page.receive().await?["_args"]["Result"], false);
    Ok(())
}

#[tokio::test]
async fn the_client_control_is_for_listed_sites_and_programs_with_the_token() -> Result<()> {
    let settings = format!("allowed_origins = [\"{SITE}\"]\nprogram_token = \"{TOKEN}\"\n");
    let bridge = Setup { compat: true, settings, ..Setup::default() }.start()?;
    for (path, origin) in [("/", Some(STRANGER)), ("/", Some("null")), ("/", None), ("/?token=x", None)] {
        let refused = Page::open(bridge.compat_port, path, origin).await.err().unwrap();
        assert_eq!(status_of(&refused), Some(403), "{path} {origin:?}");
    }
    assert_eq!(bridge.questions(), 0);
    let mut program = Page::open(bridge.compat_port, &format!("/?token={TOKEN}"), None).await?;
    assert_eq!(program.receive().await?["_method"], "open");
    Ok(())
}
