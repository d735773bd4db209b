//! Who may come in: `Host`, `Origin`, token, and how many at once.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use eport_card::Origin;
use eport_schema::{catalogue, wire::Secret};
use hyper::header::{AUTHORIZATION, HOST, HeaderMap, HeaderName, ORIGIN};
use subtle::ConstantTimeEq as _;

use crate::problem::Problem;

/// How many connections there may be at once.
const MOST: usize = 64;
/// How many sockets one site may have open.
const MOST_OF_ONE: usize = 16;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A page, by the origin that the browser sent.
    Site(Origin),
    /// A program that knows the token.
    Program,
}

impl Caller {
    /// As a person is told of it.
    pub fn name(&self) -> String {
        match self {
            Self::Site(origin) => origin.to_string(),
            Self::Program => "本机程序 (local program)".to_owned(),
        }
    }
}

/// A page that was led here under another name (DNS rebinding) sends that name.
///
/// # Errors
/// `bridge.host_refused` where `Host` isn't loopback with this very port.
pub fn check_host(headers: &HeaderMap, port: u16) -> Result<(), Problem> {
    let expected = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    match only(headers, &HOST) {
        Some(host) if expected.iter().any(|name| host.eq_ignore_ascii_case(name)) => Ok(()),
        _ => Err((&catalogue::BRIDGE_HOST_REFUSED).into()),
    }
}

/// Tells who asks: by `Origin`, or by the token of programs in `Authorization: Bearer …` or, where a program can't set headers, in
/// `?token=…`.
///
/// # Errors
/// `bridge.origin_refused` for an origin that is neither https nor this machine, `bridge.origin_required` for a program without the token.
pub fn caller(headers: &HeaderMap, query: Option<&str>, token: Option<&Secret>) -> Result<Caller, Problem> {
    if headers.contains_key(ORIGIN) {
        // A token doesn't make a page a program: it could have been found out by the page.
        let origin = only(headers, &ORIGIN).and_then(|origin| Origin::parse(origin).ok());
        return origin.map(Caller::Site).ok_or_else(|| (&catalogue::BRIDGE_ORIGIN_REFUSED).into());
    }
    let bearer = only(headers, &AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let sent = bearer.or_else(|| parameter(query, "token"));
    match (token, sent) {
        (Some(token), Some(sent)) if bool::from(token.expose().as_bytes().ct_eq(sent.as_bytes())) => {
            Ok(Caller::Program)
        }
        _ => Err((&catalogue::BRIDGE_ORIGIN_REQUIRED).into()),
    }
}

/// A parameter of a query, as it stands: tokens and languages have no character that is escaped.
pub fn parameter<'query>(query: Option<&'query str>, name: &str) -> Option<&'query str> {
    query?.split('&').filter_map(|pair| pair.split_once('=')).find_map(|(key, value)| (key == name).then_some(value))
}

/// A header that is there exactly once.
fn only<'headers>(headers: &'headers HeaderMap, name: &HeaderName) -> Option<&'headers str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    if values.next().is_some() { None } else { value.to_str().ok() }
}

/// How many are connected.
#[derive(Default)]
pub struct Connections {
    all: Arc<AtomicUsize>,
    sockets: Arc<Mutex<HashMap<String, usize>>>,
}

/// A place that is free again when this is dropped.
pub struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A site's socket, which is forgotten when this is dropped.
pub struct SitePlace(Arc<Mutex<HashMap<String, usize>>>, String);

impl Drop for SitePlace {
    fn drop(&mut self) {
        let mut sockets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = sockets.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                sockets.remove(&self.1);
            }
        }
    }
}

impl Connections {
    /// A place for a connection, if there is one.
    pub fn enter(&self) -> Option<Place> {
        let place = Place(self.all.clone());
        (self.all.fetch_add(1, Ordering::Relaxed) < MOST).then_some(place)
    }

    /// A place for one more socket of this caller, so that one site can't take them all.
    pub fn open(&self, caller: &Caller) -> Option<SitePlace> {
        let mut sockets = self.sockets.lock().unwrap_or_else(PoisonError::into_inner);
        let count = sockets.entry(caller.name()).or_default();
        if *count >= MOST_OF_ONE {
            return None;
        }
        *count += 1;
        Some(SitePlace(self.sockets.clone(), caller.name()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef0123456789abcdef";

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    fn code<T>(result: Result<T, Problem>) -> &'static str {
        result.err().unwrap().refusal.code
    }

    #[test]
    fn only_loopback_names_with_this_port_are_hosts() {
        for host in ["127.0.0.1:24817", "localhost:24817", "LOCALHOST:24817"] {
            assert!(check_host(&headers(&[("host", host)]), 24817).is_ok(), "{host}");
        }
        for host in
            ["evil.example:24817", "127.0.0.1", "127.0.0.1:24818", "localhost.evil.example:24817", "[::1]:24817", ""]
        {
            assert_eq!(code(check_host(&headers(&[("host", host)]), 24817)), "bridge.host_refused", "{host}");
        }
        assert_eq!(code(check_host(&HeaderMap::new(), 24817)), "bridge.host_refused");
    }

    #[test]
    fn a_page_is_known_by_its_origin_alone() {
        let token = Secret::from(TOKEN);
        let page = headers(&[("origin", "https://id.example.cn")]);
        assert_eq!(caller(&page, None, None), Ok(Caller::Site(Origin::parse("https://id.example.cn").unwrap())));
        for origin in ["null", "http://id.example.cn", "file://", "", "https://a.example https://b.example"] {
            let query = format!("token={TOKEN}");
            let page = headers(&[("origin", origin)]);
            assert_eq!(code(caller(&page, Some(&query), Some(&token))), "bridge.origin_refused", "{origin}");
        }
    }

    #[test]
    fn a_program_needs_the_token_and_there_must_be_one() {
        let token = Secret::from(TOKEN);
        let none = HeaderMap::new();
        assert_eq!(code(caller(&none, None, None)), "bridge.origin_required");
        assert_eq!(code(caller(&none, Some("token="), None)), "bridge.origin_required");
        assert_eq!(code(caller(&none, Some("token=x"), Some(&token))), "bridge.origin_required");
        assert_eq!(caller(&none, Some(&format!("lang=en&token={TOKEN}")), Some(&token)), Ok(Caller::Program));
        let bearer = headers(&[("authorization", "Bearer 0123456789abcdef0123456789abcdef")]);
        assert_eq!(caller(&bearer, None, Some(&token)), Ok(Caller::Program));
    }

    #[test]
    fn places_are_counted_and_given_back() {
        let connections = Connections::default();
        let places: Vec<_> = (0..MOST).map_while(|_| connections.enter()).collect();
        assert_eq!(places.len(), MOST);
        assert!(connections.enter().is_none());
        drop(places);
        assert!(connections.enter().is_some());
        let sockets: Vec<_> = (0..20).map_while(|_| connections.open(&Caller::Program)).collect();
        assert_eq!(sockets.len(), MOST_OF_ONE);
    }
}
