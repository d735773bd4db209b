//! From a request to a file of the page.

use bytes::Bytes;
use eport_schema::catalogue::{self, Language, Refusal};
use eport_schema::wire::Health;
use eport_shared::http::{Response, json};
use eport_shared::problem::Problem;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use crate::files::{self, File};
use crate::policy;

/// Answers a request by its method, path and header. Never fails.
pub fn answer(method: &Method, path: &str, headers: &HeaderMap) -> Response {
    let mut response = routed(method, path, headers);
    policy::apply(response.headers_mut());
    if method == Method::HEAD {
        *response.body_mut() = Bytes::new();
    }
    response
}

fn routed(method: &Method, path: &str, headers: &HeaderMap) -> Response {
    let reads = matches!(*method, Method::GET | Method::HEAD);
    if path == "/v1/health/portal" {
        return if reads { health() } else { not_allowed(headers) };
    }
    match files::find(if path == "/" { "/index.html" } else { path }) {
        Some(file) if reads => send(file, headers),
        Some(_) => not_allowed(headers),
        // A path of the page's own, which its script knows: typed in, reloaded, or come back to.
        None if reads && is_place(path) && wants_page(headers) => match files::index() {
            Some(index) => send(index, headers),
            None => refuse(&catalogue::SERVICE_INTERNAL, headers),
        },
        None => refuse(&catalogue::ROUTE_NOT_FOUND, headers),
    }
}

/// Whether the page may have such a path. What no other component has under `/v1` or `/.well-known` nobody has; what looks like a file isn't
/// there, and the page in its place would only hide that.
fn is_place(path: &str) -> bool {
    let top = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    !matches!(top, "v1" | ".well-known" | "assets") && !last.contains('.')
}

/// Whether the client is a browser that goes somewhere, not a program that calls something.
fn wants_page(headers: &HeaderMap) -> bool {
    text(headers, &header::ACCEPT).to_ascii_lowercase().contains("text/html")
}

fn send(file: &'static File, headers: &HeaderMap) -> Response {
    let (bytes, encoding) = file.encoded(text(headers, &header::ACCEPT_ENCODING));
    // Each encoding is a representation of its own, with a tag of its own (RFC 9110 §8.8.3).
    let tag = format!("\"{}{}{}\"", file.etag, if encoding.is_some() { "-" } else { "" }, encoding.unwrap_or_default());
    let unchanged = is_known(text(headers, &header::IF_NONE_MATCH), &tag);
    let mut response = Response::new(if unchanged { Bytes::new() } else { Bytes::from_static(bytes) });
    if unchanged {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let fields = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        fields.insert(header::ETAG, tag);
    }
    fields.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.content_type));
    fields.insert(header::VARY, HeaderValue::from_static("accept, accept-encoding"));
    fields.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(if file.immutable { "public, max-age=31536000, immutable" } else { "no-cache" }),
    );
    if let Some(encoding) = encoding {
        fields.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// Whether `If-None-Match` names the tag, weakly compared (RFC 9110 §13.1.2).
fn is_known(if_none_match: &str, tag: &str) -> bool {
    if_none_match
        .split(',')
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

fn health() -> Response {
    let health = Health {
        status: "ok".to_owned(),
        component: "portal".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let mut response = json(StatusCode::OK, &health);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn not_allowed(headers: &HeaderMap) -> Response {
    let mut response = refuse(&catalogue::ROUTE_METHOD_NOT_ALLOWED, headers);
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    response
}

fn refuse(refusal: &'static Refusal, headers: &HeaderMap) -> Response {
    let language = Language::negotiate(Some(text(headers, &header::ACCEPT_LANGUAGE)));
    let mut response = Problem::new(refusal).into_response(language);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
