//! One connection: which HTTP it speaks, and its end.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::server::Server;
use super::service::Peer;

/// How a client of HTTP/2 without TLS begins (RFC 9113 §3.4). No request of HTTP/1.1 does.
const PREFACE: &[u8] = b"PRI * HTTP/2.0";
/// Bytes of a request head that are read at all. Our own limits are lower and answer with a problem; past this hyper answers 431 alone.
const HEAD_BYTES: usize = 64 << 10;
/// Requests of one HTTP/2 connection at once.
const STREAMS: u32 = 128;

/// Serves a connection until it ends, or until `stop` and the requests that are under way.
pub async fn serve(server: Arc<Server>, stream: TcpStream, peer: Peer, mut stop: watch::Receiver<bool>) {
    // Answers are one write each; waiting for more to send would only delay them.
    let _ = stream.set_nodelay(true);
    let patience = server.limits.header_timeout.0;
    let opened = tokio::select! {
        opened = tokio::time::timeout(patience, open(&server, stream)) => opened,
        () = stopped_for(&mut stop, SILENCE) => return,
    };
    match opened {
        Ok(Some(Opened::Plain(stream, version))) => speak(server, stream, version, peer, stop).await,
        Ok(Some(Opened::Tls(stream, version))) => speak(server, stream, version, peer, stop).await,
        Ok(None) | Err(_) => {}
    }
}

/// How long a connection without a request outlives the order to stop: its first request may be on the way, or it may never come.
const SILENCE: Duration = Duration::from_millis(500);

/// Waits for the order to stop, and a while longer.
async fn stopped_for(stop: &mut watch::Receiver<bool>, time: Duration) {
    let _ = stop.wait_for(|stop| *stop).await;
    tokio::time::sleep(time).await;
}

enum Opened {
    Plain(TcpStream, Version),
    Tls(Box<tokio_rustls::server::TlsStream<TcpStream>>, Version),
}

#[derive(Clone, Copy)]
enum Version {
    Http1,
    Http2,
}

async fn open(server: &Server, stream: TcpStream) -> Option<Opened> {
    let Some(acceptor) = &server.tls else {
        let version = version(&stream).await?;
        return Some(Opened::Plain(stream, version));
    };
    let stream = acceptor.accept(stream).await.ok()?;
    let version = match stream.get_ref().1.alpn_protocol() {
        Some(b"h2") => Version::Http2,
        _ => Version::Http1,
    };
    Some(Opened::Tls(Box::new(stream), version))
}

/// Looks at the first bytes without taking them.
async fn version(stream: &TcpStream) -> Option<Version> {
    let mut buffer = [0; PREFACE.len()];
    loop {
        let read = stream.peek(&mut buffer).await.ok()?;
        let seen = buffer.get(..read)?;
        if seen.is_empty() {
            return None;
        }
        if seen == PREFACE {
            return Some(Version::Http2);
        }
        if !PREFACE.starts_with(seen) {
            return Some(Version::Http1);
        }
        // The beginning of one of the two; `peek` would return at once with the same bytes.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn speak<S>(server: Arc<Server>, stream: S, version: Version, peer: Peer, mut stop: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let patience = server.limits.header_timeout.0;
    let asked = Arc::new(AtomicBool::new(false));
    let asking = asked.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        asking.store(true, Relaxed);
        let (server, peer) = (server.clone(), peer.clone());
        async move { Ok::<_, Infallible>(server.answer(request, &peer).await) }
    });
    let stream = TokioIo::new(stream);
    match version {
        Version::Http1 => {
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(patience)
                .max_buf_size(HEAD_BYTES)
                .serve_connection(stream, service);
            let connection = pin!(connection);
            until_stopped(connection, http1::Connection::graceful_shutdown, &asked, &mut stop).await;
        }
        Version::Http2 => {
            let connection = http2::Builder::new(TokioExecutor::new())
                .timer(TokioTimer::new())
                .keep_alive_interval(patience)
                .keep_alive_timeout(Duration::from_secs(10))
                .max_concurrent_streams(STREAMS)
                .max_header_list_size(HEAD_BYTES as u32)
                .initial_stream_window_size(256 << 10)
                .initial_connection_window_size(1 << 20)
                .max_send_buf_size(64 << 10)
                .serve_connection(stream, service);
            let connection = pin!(connection);
            until_stopped(connection, http2::Connection::graceful_shutdown, &asked, &mut stop).await;
        }
    }
}

/// Drives a connection. Its errors are the client's doing, and its requests have been logged.
async fn until_stopped<C: Future>(
    mut connection: Pin<&mut C>,
    shut_down: impl FnOnce(Pin<&mut C>),
    asked: &AtomicBool,
    stop: &mut watch::Receiver<bool>,
) {
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stop.wait_for(|stop| *stop) => shut_down(connection.as_mut()),
    }
    if !asked.load(Relaxed) && tokio::time::timeout(SILENCE, connection.as_mut()).await.is_ok() {
        return;
    }
    // Where a request came at the last moment, it is answered.
    if asked.load(Relaxed) {
        connection.await;
    }
}
