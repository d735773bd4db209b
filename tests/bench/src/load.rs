//! Load over kept-alive connections: each sends its next request when the answer to the last one is there.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Request, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::statistics::percentile;

/// One request, sent again and again.
#[derive(Clone)]
pub(crate) struct Target {
    address: String,
    method: Method,
    path: String,
    token: Option<String>,
    body: String,
}

impl Target {
    pub(crate) fn get(base: &str, path: &str, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..Self::new(base, Method::GET, path, String::new()) }
    }

    pub(crate) fn post(base: &str, path: &str, body: String) -> Self {
        Self::new(base, Method::POST, path, body)
    }

    pub(crate) fn post_as(base: &str, path: &str, token: &str, body: String) -> Self {
        Self { token: Some(token.to_owned()), ..Self::post(base, path, body) }
    }

    fn new(base: &str, method: Method, path: &str, body: String) -> Self {
        let address = base.trim_start_matches("http://").to_owned();
        Self { address, method, path: path.to_owned(), token: None, body }
    }

    fn request(&self) -> Request<Full<Bytes>> {
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(&self.path)
            .header(header::HOST, &self.address)
            .header(header::USER_AGENT, "eport-bench");
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if !self.body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        request.body(Full::new(Bytes::from(self.body.clone()))).expect("a request")
    }
}

/// What came of one run.
pub(crate) struct Run {
    /// Answers with a 2xx status, a second.
    pub(crate) per_second: f64,
    /// Milliseconds.
    pub(crate) p50: f64,
    /// Milliseconds.
    pub(crate) p99: f64,
    /// Answers with another status.
    pub(crate) others: u64,
}

/// Sends `target` over `connections` connections for `span`.
pub(crate) fn run(target: &Target, connections: usize, span: Duration) -> anyhow::Result<Run> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let begun = Instant::now();
        let local = tokio::task::LocalSet::new();
        let tasks: Vec<_> =
            (0..connections).map(|_| local.spawn_local(connection(target.clone(), begun + span))).collect();
        let mut times = Vec::new();
        let mut others = 0;
        local
            .run_until(async {
                for task in tasks {
                    let (mine, failed) = task.await??;
                    times.extend(mine);
                    others += failed;
                }
                Ok::<(), anyhow::Error>(())
            })
            .await?;
        let per_second = times.len() as f64 / begun.elapsed().as_secs_f64();
        Ok(Run { per_second, p50: percentile(&times, 0.5), p99: percentile(&times, 0.99), others })
    })
}

async fn connection(target: Target, end: Instant) -> anyhow::Result<(Vec<f64>, u64)> {
    let stream = TcpStream::connect(&target.address).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::task::spawn_local(connection);
    let (mut times, mut others) = (Vec::new(), 0);
    while Instant::now() < end {
        let sent = Instant::now();
        sender.ready().await?;
        let response = sender.send_request(target.request()).await?;
        let good = response.status().is_success();
        response.into_body().collect().await?;
        if good {
            times.push(sent.elapsed().as_secs_f64() * 1000.0);
        } else {
            others += 1;
        }
    }
    drop(sender);
    driver.await??;
    Ok((times, others))
}
