//! Listening, and stopping without losing what is under way.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use futures::FutureExt as _;
use http::uri::Scheme;
use http::{Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_rustls::TlsAcceptor;

use super::connection;
use super::service::Peer;
use crate::app::App;
use crate::limits::ServerLimits;
use crate::log::Log;
use crate::threads::Lanes;

/// What all connections share.
pub struct Server {
    /// The application.
    pub app: Arc<App>,
    /// The server's own limits.
    pub limits: ServerLimits,
    /// Where requests are logged.
    pub access_log: Log,
    /// Where clients speak TLS.
    pub tls: Option<TlsAcceptor>,
    /// Requests that no component answered.
    pub unmatched: AtomicU64,
    connections: Arc<Semaphore>,
    lanes: Lanes,
}

/// A port that is taken.
#[derive(Debug)]
pub struct Listening {
    listener: TcpListener,
    /// The address, with the port that the system chose where none was given.
    pub address: SocketAddr,
}

impl Listening {
    /// Takes the port; `option` is how the address was given.
    pub async fn bind(address: SocketAddr, option: &str) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(address).await.with_context(|| {
            format!("{option} {address}: the port can't be taken. Stop the program that has it, or choose another port (0 lets the system choose)")
        })?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }
}

impl Server {
    /// A server that doesn't listen yet.
    pub fn new(
        app: Arc<App>,
        limits: ServerLimits,
        access_log: Log,
        tls: Option<TlsAcceptor>,
        lanes: Lanes,
    ) -> Arc<Self> {
        let connections = Arc::new(Semaphore::new(limits.connections.clamp(1, Semaphore::MAX_PERMITS)));
        Arc::new(Self { app, limits, access_log, tls, unmatched: AtomicU64::new(0), connections, lanes })
    }

    /// Serves until `stop`, then finishes what is under way, for as long as the limits allow. Returns whether all of it was finished.
    pub async fn serve(self: Arc<Self>, listening: Listening, mut stop: watch::Receiver<bool>) -> bool {
        let all = self.limits.connections.clamp(1, Semaphore::MAX_PERMITS);
        loop {
            // Past the limit, connections wait in the kernel's backlog and then are refused by it.
            let accepted = tokio::select! {
                accepted = accept(&self.connections, &listening.listener) => accepted,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            match accepted {
                Some(accepted) => self.begin(accepted, &stop),
                // Out of file descriptors or the like: a moment later some may be free.
                None => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        // Who is in the backlog has connected, as far as it knows; closing the port would reset it.
        while let Some(Some(accepted)) = accept(&self.connections, &listening.listener).now_or_never() {
            self.begin(accepted, &stop);
        }
        drop(listening);
        let every = u32::try_from(all).unwrap_or(u32::MAX);
        let finished = async {
            let _ = self.connections.acquire_many(every).await;
            // An answer is out before the work behind it may be: logs, audits, messages.
            for pool in &self.app.pools {
                pool.drained().await;
            }
        };
        tokio::time::timeout(self.limits.shutdown.0, finished).await.is_ok()
    }

    fn begin(self: &Arc<Self>, (permit, stream, address): Accepted, stop: &watch::Receiver<bool>) {
        let scheme = if self.tls.is_some() { Scheme::HTTPS } else { Scheme::HTTP };
        let (server, peer, stop) = (self.clone(), Peer { address, scheme }, stop.clone());
        // It was accepted where the listener is; from here on its own lane waits for its bytes.
        let Ok(stream) = stream.into_std() else { return };
        let seat = self.lanes.seat();
        seat.runtime().spawn(async move {
            if let Ok(stream) = TcpStream::from_std(stream) {
                connection::serve(server, stream, peer, stop).await;
            }
            drop((seat, permit));
        });
    }

    /// Answers `GET /metrics` on a port of its own until `stop`.
    pub async fn serve_metrics(self: Arc<Self>, listening: Listening, mut stop: watch::Receiver<bool>) {
        loop {
            let accepted = tokio::select! {
                accepted = listening.listener.accept() => accepted,
                _ = stop.wait_for(|stop| *stop) => return,
            };
            let Ok((stream, _)) = accepted else {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let server = self.clone();
            tokio::spawn(async move {
                let service = service_fn(|request: Request<Incoming>| {
                    let response = server.metrics(&request);
                    async { Ok::<_, Infallible>(response) }
                });
                let _ = hyper::server::conn::http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(Duration::from_secs(30))
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    }

    fn metrics(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        if request.uri().path() != "/metrics" {
            let mut response = Response::new(Full::from("Metrics are at /metrics.\n"));
            *response.status_mut() = StatusCode::NOT_FOUND;
            return response;
        }
        let text = self.app.metrics(self.lanes.connections(), self.unmatched.load(Relaxed));
        let mut response = Response::new(Full::from(text));
        let kind = http::HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    }
}

/// A connection, and its place among those that may be open.
type Accepted = (OwnedSemaphorePermit, TcpStream, SocketAddr);

async fn accept(connections: &Arc<Semaphore>, listener: &TcpListener) -> Option<Accepted> {
    let permit = connections.clone().acquire_owned().await.ok()?;
    let (stream, address) = listener.accept().await.ok()?;
    Some((permit, stream, address))
}
