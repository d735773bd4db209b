//! The reminders of what ends (J7), sent once a day by `eport up` itself. On Spin a scheduler calls `POST /v1/platform/reminders/run`.
//!
//! The rule is the same, [`eport_shared::reminders`], and it is safe beside such a call: each reminder is sent once.

use std::cell::{OnceCell, RefCell};
use std::time::Duration;

use anyhow::Context as _;
use async_trait::async_trait;
use bytes::Bytes;
use eport_shared::clock::Timestamp;
use eport_shared::context::{Client, Context};
use eport_shared::platform::{Outbound, OutboundError};
use eport_shared::reminders;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::world::{World, block_on};
use crate::host::key_value::Store;

/// How long after the start the first run begins: people come first.
const FIRST: Duration = Duration::from_secs(60);
/// How often it is looked whether another day has begun.
const LOOK: Duration = Duration::from_secs(600);
/// Between two parts of a run, so that it takes turns with requests.
const PAUSE: Duration = Duration::from_secs(1);
/// The most of a gateway's answer that is read.
const LONGEST_ANSWER: usize = 1 << 20;

/// Runs them on a thread of their own until the process ends. In `counters` the functions count, too, how many SMS a person had today.
pub fn start(world: World, counters: Store) -> anyhow::Result<()> {
    std::thread::Builder::new()
        .name("eport-reminders".to_owned())
        .spawn(move || block_on(daily(world, counters)))
        .context("a thread can't be started")?;
    Ok(())
}

async fn daily(mut world: World, counters: Store) -> anyhow::Result<()> {
    let mut last = None;
    tokio::time::sleep(FIRST).await;
    loop {
        world.now = Timestamp::from_system();
        let today = world.now.date_in_china();
        if last == Some(today) {
            tokio::time::sleep(LOOK).await;
            continue;
        }
        match run(&world, &counters).await {
            Ok(true) => last = Some(today),
            Ok(false) => tokio::time::sleep(PAUSE).await,
            // What is in the way now may be gone later: the day is tried again.
            Err(code) => {
                eprintln!("The reminders could not be sent ({code}); they are tried again in ten minutes.");
                tokio::time::sleep(LOOK).await;
            }
        }
    }
}

/// One part of a run; true where it was the last.
async fn run(world: &World, counters: &Store) -> Result<bool, &'static str> {
    let gateway = Gateway::default();
    let context = Context {
        database: &world.database,
        key_value: counters,
        outbound: &gateway,
        entropy: &world.entropy,
        settings: &world.settings,
        keys: &world.keys,
        now: world.now,
        client: Client::default(),
        recognised: RefCell::default(),
        session: RefCell::default(),
        done: RefCell::default(),
        notices: RefCell::default(),
    };
    reminders::run(&context).await.map(|done| done.complete).map_err(|problem| problem.refusal.code)
}

type HttpClient = hyper_util::client::legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// The SMS gateway, as `sms_webhook_url` names it. The client is made with the first SMS: it reads the machine's certificate authorities.
#[derive(Default)]
struct Gateway(OnceCell<HttpClient>);

impl Gateway {
    fn client(&self) -> &HttpClient {
        self.0.get_or_init(|| {
            let mut connector = HttpConnector::new();
            connector.enforce_http(false);
            let connector = hyper_rustls::HttpsConnectorBuilder::new()
                .with_tls_config(crate::host::tls::client_config().as_ref().clone())
                .https_or_http()
                .enable_http1()
                .wrap_connector(connector);
            hyper_util::client::legacy::Client::builder(TokioExecutor::new()).build(connector)
        })
    }
}

#[async_trait(?Send)]
impl Outbound for Gateway {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, OutboundError> {
        let sent = self.client().request(request.map(Full::new)).await;
        let response = sent.map_err(|error| OutboundError(error.to_string()))?;
        let (head, body) = response.into_parts();
        let body =
            Limited::new(body, LONGEST_ANSWER).collect().await.map_err(|error| OutboundError(error.to_string()))?;
        Ok(http::Response::from_parts(head, body.to_bytes()))
    }

    async fn sleep(&self, milliseconds: u64) {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
}
