//! Outbound HTTP (`wasi:http/client`), held to the component's allow-list, over connections that are kept open.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use http::uri::Scheme;
use http_body_util::BodyExt as _;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use crate::wasm::Component;

/// How long a connection may take to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the head of an answer may take, where the component asks for nothing shorter.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// The client that all components share. Connections are kept per address; what a component may reach is checked before.
#[derive(Debug, Clone)]
pub struct HttpClient(Client<HttpsConnector<HttpConnector>, WasiBody>);

impl HttpClient {
    /// A client without connections. Reads the machine's certificate authorities, which takes a few milliseconds.
    pub fn new() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        connector.set_nodelay(true);
        connector.enforce_http(false);
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config(crate::host::tls::client_config().as_ref().clone())
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(30))
            .pool_max_idle_per_host(8)
            .build(connector);
        Self(client)
    }
}

/// What one instance's requests go through.
#[derive(Debug)]
pub struct Outbound(pub Arc<Component>);

type Answer = (http::Response<WasiBody>, Box<dyn Future<Output = Result<(), Error>> + Send>);

impl WasiHttpHooks for Outbound {
    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        _processed: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Result<Answer, Error>> + Send> {
        let component = self.0.clone();
        Box::new(async move { send(&component, request, options).await })
    }
}

async fn send(
    component: &Component,
    mut request: http::Request<WasiBody>,
    options: Option<RequestOptions>,
) -> Result<Answer, Error> {
    let uri = request.uri();
    let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
        return Err(Error::HttpRequestUriInvalid);
    };
    if *scheme != Scheme::HTTP && *scheme != Scheme::HTTPS {
        return Err(Error::HttpProtocolError);
    }
    if !component.allowed_hosts.allows(scheme.as_str(), authority.host(), authority.port_u16()) {
        component.log.event(
            &component.name,
            &format!(
                "a request to {scheme}://{} was refused: it is not among the component's allowed_outbound_hosts",
                authority.as_str().rsplit('@').next().unwrap_or_default()
            ),
        );
        return Err(Error::HttpRequestDenied);
    }
    *request.version_mut() = http::Version::HTTP_11;
    let limit = options.and_then(|options| options.first_byte_timeout).unwrap_or(ANSWER_TIMEOUT);
    let client = component.http_client.get_or_init(HttpClient::new);
    let response = tokio::time::timeout(limit.min(ANSWER_TIMEOUT), client.0.request(request))
        .await
        .map_err(|_| Error::HttpResponseTimeout)?
        .map_err(|error| describe(component, &error))?;
    let response = response.map(|body| body.map_err(Error::Hyper).boxed_unsync());
    Ok((response, Box::new(async { Ok(()) })))
}

/// The component learns the kind of failure, the log its causes.
fn describe(component: &Component, error: &hyper_util::client::legacy::Error) -> Error {
    let mut text = error.to_string();
    let mut source = error.source();
    let mut kind = if error.is_connect() { Error::ConnectionRefused } else { Error::HttpProtocolError };
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        if let Some(cause) = cause.downcast_ref::<std::io::Error>() {
            match cause.kind() {
                std::io::ErrorKind::TimedOut => kind = Error::ConnectionTimeout,
                std::io::ErrorKind::InvalidData => kind = Error::TlsCertificateError,
                _ => {}
            }
        }
        source = cause.source();
    }
    component.log.event(&component.name, &format!("an outbound request failed: {text}"));
    kind
}
