//! A registry that another system keeps (J6, J9), asked over real HTTP: up, down, slow, and saying what can't be.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use eport_schema::domain::Uscc;
use eport_shared::context::{Client, Context};
use eport_shared::platform::{Outbound, OutboundError};
use eport_shared::problem::Problem;
use eport_shared::registry::{Found, RegistryError, ask, look_up};
use eport_shared::settings::RegistryProvider;
use eport_shared::testing::World;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::rt::TokioIo;
use serde_json::{Value as Json, json};

const USCC: &str = "913300007458363392";

/// The network of this machine.
struct Loopback;

#[async_trait(?Send)]
impl Outbound for Loopback {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, OutboundError> {
        exchange(request).await.map_err(|error| OutboundError(error.to_string()))
    }

    async fn sleep(&self, milliseconds: u64) {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
}

async fn exchange(
    request: http::Request<Bytes>,
) -> Result<http::Response<Bytes>, Box<dyn std::error::Error + Send + Sync>> {
    let (mut parts, body) = request.into_parts();
    let authority = parts.uri.authority().ok_or("no address")?.clone();
    let stream = tokio::net::TcpStream::connect(authority.as_str()).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    parts.headers.insert(http::header::HOST, authority.as_str().parse()?);
    parts.uri = parts.uri.path_and_query().expect("a path").as_str().parse()?;
    let response = sender.send_request(http::Request::from_parts(parts, Full::new(body))).await?;
    let (parts, body) = response.into_parts();
    Ok(http::Response::from_parts(parts, Limited::new(body, 1 << 20).collect().await?.to_bytes()))
}

/// What the registry does with a request.
#[derive(Clone)]
enum Behaviour {
    Answer(u16, String),
    HangUp,
    Wait(Duration),
}

/// A registry at an address of its own; what it was sent is kept.
struct Server {
    address: SocketAddr,
    behaviour: Arc<Mutex<Vec<Behaviour>>>,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let behaviour = Arc::new(Mutex::new(Vec::<Behaviour>::new()));
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (plan, log) = (Arc::clone(&behaviour), Arc::clone(&heard));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (plan, log) = (Arc::clone(&plan), Arc::clone(&log));
                std::thread::spawn(move || serve(stream, &plan, &log));
            }
        });
        Self { address, behaviour, heard }
    }

    /// What it does with the next requests, one after the other, and with all that follow the last of them.
    fn will(&self, behaviour: &[Behaviour]) {
        *self.behaviour.lock().expect("a lock") = behaviour.to_vec();
    }

    fn will_say(&self, body: &Json) {
        self.will(&[Behaviour::Answer(200, body.to_string())]);
    }

    fn take_heard(&self) -> Vec<String> {
        std::mem::take(&mut self.heard.lock().expect("a lock"))
    }
}

fn serve(mut stream: std::net::TcpStream, plan: &Mutex<Vec<Behaviour>>, log: &Mutex<Vec<String>>) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        head.extend(byte);
    }
    log.lock().expect("a lock").push(String::from_utf8_lossy(&head).to_lowercase());
    let behaviour = {
        let mut plan = plan.lock().expect("a lock");
        if plan.len() > 1 { plan.remove(0) } else { plan.first().cloned().unwrap_or(Behaviour::HangUp) }
    };
    match behaviour {
        Behaviour::HangUp => {}
        Behaviour::Wait(time) => std::thread::sleep(time),
        Behaviour::Answer(status, body) => {
            let head = format!(
                "HTTP/1.1 {status} .\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(&[head.as_bytes(), body.as_bytes()].concat());
        }
    }
}

fn record(name: &str) -> Json {
    json!({
        "uscc": USCC, "name": name, "registered_address": "杭州市上城区\n示例路 1 号", "business_scope": "货物进出口", "legal_person_name": "",
        "grown_later": [1, 2, 3]
    })
}

fn world(server: &Server) -> World {
    let mut world = World::new(eport_database::testing::sqlite());
    world.settings.registry_provider = RegistryProvider::Http;
    world.settings.registry_url = format!("http://{}/v1/enterprises/", server.address);
    world.settings.registry_token = "t0ken".to_owned();
    world.settings.registry_timeout_ms = 300;
    world
}

fn context(world: &World) -> Context<'_> {
    let mut context = world.context(Client::default());
    context.outbound = &Loopback;
    context
}

fn uscc() -> Uscc {
    Uscc::parse(USCC).expect("a USCC")
}

async fn looked_up(world: &World) -> Result<Option<Found>, RegistryError> {
    look_up(&context(world), &uscc()).await
}

async fn asked(world: &World) -> Result<Option<Found>, RegistryError> {
    ask(&context(world), &uscc()).await
}

/// Seconds after which to try again.
#[track_caller]
fn unavailable(answer: Result<Option<Found>, RegistryError>) -> i64 {
    match answer {
        Err(RegistryError::Unavailable { retry_after }) => retry_after,
        other => panic!("the registry answered: {other:?}"),
    }
}

#[tokio::test]
async fn it_is_asked_with_its_token_and_what_it_says_is_read() {
    let server = Server::start();
    let world = world(&server);
    server.will_say(&record("杭州示例进出口有限公司"));
    let found = looked_up(&world).await.expect("an answer").expect("an enterprise");
    assert_eq!((found.source, found.cached), ("http", false));
    assert_eq!(found.record.name.as_str(), "杭州示例进出口有限公司");
    assert_eq!(found.record.registered_address(), Some("杭州市上城区 示例路 1 号"));
    assert_eq!(found.record.legal_person_name(), None);
    let heard = server.take_heard();
    assert_eq!(heard.len(), 1);
    assert!(heard[0].starts_with(&format!("get /v1/enterprises/{USCC} http/1.1\r\n")), "{}", heard[0]);
    assert!(heard[0].contains("authorization: bearer t0ken\r\n"), "{}", heard[0]);
}

#[tokio::test]
async fn an_answer_is_kept_for_a_while_and_marked() {
    let server = Server::start();
    let world = world(&server);
    server.will_say(&record("旧名称"));
    let first = looked_up(&world).await.expect("an answer").expect("an enterprise");
    server.will_say(&record("新名称"));
    world.advance(3599);
    let kept = looked_up(&world).await.expect("an answer").expect("an enterprise");
    assert_eq!((kept.cached, kept.record.name.as_str(), kept.record.as_of), (true, "旧名称", first.record.as_of));
    assert_eq!(server.take_heard().len(), 1);
    // What is to be taken over is never an old answer.
    let fresh = asked(&world).await.expect("an answer").expect("an enterprise");
    assert_eq!((fresh.cached, fresh.record.name.as_str()), (false, "新名称"));
    world.advance(3600);
    assert!(!looked_up(&world).await.expect("an answer").expect("an enterprise").cached);
}

#[tokio::test]
async fn while_it_is_down_an_older_answer_fills_forms_but_nothing_is_taken_over() {
    let server = Server::start();
    let world = world(&server);
    server.will_say(&record("名称"));
    looked_up(&world).await.expect("an answer");
    server.will(&[Behaviour::HangUp]);
    world.advance(7200);
    assert!(looked_up(&world).await.expect("an answer").expect("an enterprise").cached);
    unavailable(asked(&world).await);
    world.advance(604_800);
    unavailable(looked_up(&world).await);
    // A store that is away keeps nothing, and stops nobody.
    world.key_value.set_broken(true);
    server.will_say(&record("名称"));
    assert!(!looked_up(&world).await.expect("an answer").expect("an enterprise").cached);
}

#[tokio::test]
async fn what_it_does_not_know_is_not_there_and_what_it_has_struck_off_is_forgotten() {
    let server = Server::start();
    let world = world(&server);
    server.will_say(&record("名称"));
    looked_up(&world).await.expect("an answer");
    server.will(&[Behaviour::Answer(404, String::new())]);
    assert_eq!(asked(&world).await.expect("an answer"), None);
    assert_eq!(looked_up(&world).await.expect("an answer"), None);
}

#[tokio::test]
async fn a_failure_is_tried_once_more() {
    let server = Server::start();
    let world = world(&server);
    let good = Behaviour::Answer(200, record("名称").to_string());
    for bad in [
        Behaviour::Answer(500, String::new()),
        Behaviour::Answer(429, String::new()),
        Behaviour::HangUp,
        Behaviour::Wait(Duration::from_secs(2)),
    ] {
        server.will(&[bad.clone(), good.clone()]);
        asked(&world).await.expect("an answer").expect("an enterprise");
        assert_eq!(server.take_heard().len(), 2);
        server.will(&[bad]);
        unavailable(asked(&world).await);
        assert_eq!(server.take_heard().len(), 2);
    }
    // Who is not let in knocks once.
    server.will(&[Behaviour::Answer(403, String::new())]);
    unavailable(asked(&world).await);
    assert_eq!(server.take_heard().len(), 1);
}

#[tokio::test]
async fn an_answer_that_cannot_be_is_none_and_no_failure_of_the_registry() {
    let server = Server::start();
    let world = world(&server);
    let with = |field: &str, value: Json| {
        let mut body = record("名称");
        body[field] = value;
        body.to_string()
    };
    for body in [
        "not JSON".to_owned(),
        "{}".to_owned(),
        "[]".to_owned(),
        with("uscc", json!("91350100M000100Y43")),
        with("uscc", json!("913300007458363393")),
        with("name", json!("")),
        with("name", json!("企".repeat(201))),
        with("name", json!("名\u{202E}称")),
        with("name", json!(7)),
        with("registered_address", json!("路".repeat(201))),
        with("business_scope", json!("业".repeat(4001))),
        with("grown_later", json!("x".repeat(70_000))),
    ] {
        let start: String = body.chars().take(60).collect();
        server.will(&[Behaviour::Answer(200, body)]);
        let answer = asked(&world).await;
        assert!(matches!(answer, Err(RegistryError::Unusable)), "{start}: {answer:?}");
    }
    assert_eq!(Problem::from(RegistryError::Unusable).refusal.code, "registry.unavailable");
    assert!(world.key_value.dump().iter().all(|(key, _)| !key.starts_with("registry/enterprise")));
    // An answer that is never read to its end is none.
    server.will(&[Behaviour::Answer(200, with("grown_later", json!("x".repeat(2_000_000))))]);
    unavailable(asked(&world).await);
    // Many of one enterprise, and the next one is looked up all the same.
    server.will_say(&record("名称"));
    asked(&world).await.expect("an answer").expect("an enterprise");
}

#[tokio::test]
async fn after_failures_in_a_row_it_is_left_alone_for_a_while() {
    let server = Server::start();
    let world = world(&server);
    server.will(&[Behaviour::Answer(503, String::new())]);
    for _ in 0..5 {
        unavailable(asked(&world).await);
    }
    assert_eq!(server.take_heard().len(), 10);
    assert_eq!(unavailable(asked(&world).await), 30);
    world.advance(29);
    assert_eq!(unavailable(asked(&world).await), 1);
    assert_eq!(server.take_heard().len(), 0);
    // One asks whether it is back: it isn't, and is left alone again.
    world.advance(1);
    unavailable(asked(&world).await);
    assert_eq!(unavailable(asked(&world).await), 30);
    world.advance(30);
    server.will_say(&record("名称"));
    asked(&world).await.expect("an answer");
    server.will(&[Behaviour::HangUp]);
    server.take_heard();
    unavailable(asked(&world).await);
    assert_eq!(server.take_heard().len(), 2, "it is asked again as before");
}

#[tokio::test]
async fn where_nobody_listens_or_the_address_is_none_it_is_unavailable() {
    let server = Server::start();
    let mut world = world(&server);
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    for url in [format!("http://{nobody}"), String::new(), "not an address".to_owned()] {
        world.settings.registry_url = url;
        unavailable(asked(&world).await);
    }
}
