//! A client's request as a component sees it: with the headers that Spin adds, and without those that only Spin may set.

use std::net::SocketAddr;

use http::header::{CONNECTION, HOST};
use http::uri::{Authority, Scheme};
use http::{HeaderName, HeaderValue, Uri, request};

use super::trace::Trace;
use crate::routes::Match;

/// The request can't be handed on: see [`super::problem::Problem::Malformed`].
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed;

/// Prepares the head of a request, as Spin 4.1 does (`crates/trigger-http`: `server.rs`, `headers.rs`, `wasi.rs`); without `route_headers`, which a
/// component can do without ([`crate::limits::ComponentLimits::route_headers`]), it is told only who the client is.
pub fn prepare(
    parts: &mut request::Parts,
    scheme: &Scheme,
    found: &Match<'_>,
    client: SocketAddr,
    trace: &Trace,
    route_headers: bool,
) -> Result<(), Malformed> {
    let authority = authority(parts)?;
    let path_and_query = parts.uri.path_and_query().ok_or(Malformed)?.clone();
    let mut uri = http::uri::Parts::default();
    uri.scheme = Some(scheme.clone());
    uri.authority = Some(authority);
    uri.path_and_query = Some(path_and_query);
    parts.uri = Uri::from_parts(uri).map_err(|_| Malformed)?;

    let full_url = route_headers.then(|| parts.uri.to_string());
    let headers = &mut parts.headers;
    // A component takes these for the runtime's word, so a client's own must not get through, of whatever name.
    let forged: Vec<HeaderName> = headers.keys().filter(|name| name.as_str().starts_with("spin-")).cloned().collect();
    for name in forged {
        headers.remove(name);
    }
    headers.remove(CONNECTION);
    if headers.values().any(|value| std::str::from_utf8(value.as_bytes()).is_err()) {
        return Err(Malformed);
    }
    let mut set = |name: HeaderName, value: &str| {
        headers.insert(name, HeaderValue::from_bytes(value.as_bytes()).map_err(|_| Malformed)?);
        Ok(())
    };
    let name = HeaderName::from_static;
    if let Some(full_url) = full_url {
        set(name("spin-path-info"), &found.path_info)?;
        set(name("spin-full-url"), &full_url)?;
        set(name("spin-matched-route"), &found.route.based)?;
        set(name("spin-base-path"), "/")?;
        set(name("spin-raw-component-route"), &found.route.raw)?;
        set(name("spin-component-route"), found.route.prefix())?;
        for (parameter, value) in &found.parameters {
            let header = format!("spin-path-match-{}", parameter.to_ascii_lowercase().replace('_', "-"));
            set(HeaderName::from_bytes(header.as_bytes()).map_err(|_| Malformed)?, value)?;
        }
    }
    set(name("spin-client-addr"), &client.to_string())?;
    set(name("traceparent"), &trace.header())
}

/// Whom the request is for: the `Host` field or the request target. Two that differ are an attempt to confuse (RFC 9112 §3.2.2).
fn authority(parts: &request::Parts) -> Result<Authority, Malformed> {
    let mut hosts = parts.headers.get_all(HOST).iter();
    let given = match hosts.next() {
        Some(host) => Some(host.to_str().map_err(|_| Malformed)?.parse::<Authority>().map_err(|_| Malformed)?),
        None => None,
    };
    if hosts.next().is_some() {
        return Err(Malformed);
    }
    let authority = match (given, parts.uri.authority()) {
        (Some(given), Some(target)) if given != *target => return Err(Malformed),
        (Some(given), _) => given,
        (None, Some(target)) => target.clone(),
        (None, None) => return Err(Malformed),
    };
    // `user:password@host` has no business in a Host field.
    if authority.as_str().contains('@') { Err(Malformed) } else { Ok(authority) }
}

/// The bytes of a header section, as HTTP/1.1 writes it.
pub fn header_bytes(headers: &http::HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::RouteEntry;
    use crate::routes::Router;

    fn prepared(route: &str, request: request::Builder) -> Result<request::Parts, Malformed> {
        prepared_with(route, request, true)
    }

    fn prepared_with(route: &str, request: request::Builder, headers: bool) -> Result<request::Parts, Malformed> {
        let entry = RouteEntry { pattern: route.to_owned(), component: "c".to_owned(), span: 0..0 };
        let router = Router::new(&[entry], |_| Some(0)).unwrap();
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let path = parts.uri.path().to_owned();
        let found = router.find(&path).unwrap();
        let trace = Trace::of(&parts.headers);
        let client = "192.0.2.7:4711".parse().unwrap();
        prepare(&mut parts, &Scheme::HTTPS, &found, client, &trace, headers)?;
        Ok(parts)
    }

    fn get(uri: &str) -> request::Builder {
        http::Request::get(uri)
    }

    #[test]
    fn a_component_gets_what_spin_gives_it() {
        let parts =
            prepared("/foo/:user_id/...", get("/foo/42/bar?key=value").header("host", "port.example:8443")).unwrap();
        for (name, value) in [
            ("spin-full-url", "https://port.example:8443/foo/42/bar?key=value"),
            ("spin-path-info", "/bar"),
            ("spin-matched-route", "/foo/:user_id/..."),
            ("spin-base-path", "/"),
            ("spin-raw-component-route", "/foo/:user_id/..."),
            ("spin-component-route", "/foo/:user_id"),
            ("spin-client-addr", "192.0.2.7:4711"),
            ("spin-path-match-user-id", "42"),
        ] {
            assert_eq!(parts.headers[name], value, "{name}");
        }
        assert_eq!(parts.uri, "https://port.example:8443/foo/42/bar?key=value");
        assert!(parts.headers.contains_key("traceparent"));
    }

    #[test]
    fn a_component_that_wants_no_route_headers_is_told_who_the_client_is_and_nothing_of_the_clients_making() {
        let request = get("/foo/42/bar").header("host", "h").header("spin-path-info", "/forged");
        let parts = prepared_with("/foo/:user_id/...", request, false).unwrap();
        let of_spin: Vec<_> = parts.headers.keys().filter(|name| name.as_str().starts_with("spin-")).collect();
        assert_eq!(of_spin, ["spin-client-addr"]);
        assert_eq!(parts.headers["spin-client-addr"], "192.0.2.7:4711");
        assert!(parts.headers.contains_key("traceparent"));
    }

    #[test]
    fn what_only_the_runtime_may_say_is_taken_from_a_client() {
        let request = get("/a")
            .header("host", "h")
            .header("spin-client-addr", "10.0.0.1:1")
            .header("Spin-Client-Addr", "10.0.0.2:1")
            .header("spin-path-match-admin", "yes")
            .header("connection", "x-secret")
            .header("cookie", "a=1")
            .header("cookie", "b=2");
        let parts = prepared("/a", request).unwrap();
        assert_eq!(parts.headers.get_all("spin-client-addr").iter().collect::<Vec<_>>(), ["192.0.2.7:4711"]);
        assert!(!parts.headers.contains_key("spin-path-match-admin"));
        assert!(!parts.headers.contains_key("connection"));
        assert_eq!(parts.headers.get_all("cookie").iter().count(), 2);
    }

    #[test]
    fn a_request_for_two_hosts_or_none_is_refused() {
        for request in [
            get("/a"),
            get("http://one/a").header("host", "two"),
            get("/a").header("host", "one").header("host", "one"),
            get("/a").header("host", "user@one"),
            get("/a").header("host", "not a host"),
        ] {
            assert_eq!(prepared("/a", request).unwrap_err(), Malformed);
        }
        assert!(prepared("/a", get("http://one/a").header("host", "one")).is_ok());
        assert!(prepared("/a", get("https://one/a")).is_ok());
    }

    #[test]
    fn a_header_that_is_not_utf_8_is_refused() {
        let value = HeaderValue::from_bytes(b"\xff").unwrap();
        assert_eq!(prepared("/a", get("/a").header("host", "h").header("x", value)).unwrap_err(), Malformed);
    }
}
