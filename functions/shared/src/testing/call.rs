//! Requests, and what comes back.

use bytes::Bytes;
use eport_schema::catalogue::Refusal;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde_json::Value as Json;

use crate::http::{Body, Incoming, Response};

/// A request to be sent.
#[derive(Debug, Clone)]
pub struct Call(Incoming);

impl Call {
    /// Any method; `target` is a path with or without a query.
    pub fn new(method: &str, target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self(Incoming {
            method: Method::from_bytes(method.as_bytes()).expect("a method"),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: HeaderMap::new(),
            body: Body::Whole(Bytes::new()),
        })
    }

    /// `GET`.
    pub fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    /// `POST`.
    pub fn post(target: &str) -> Self {
        Self::new("POST", target)
    }

    /// `PUT`.
    pub fn put(target: &str) -> Self {
        Self::new("PUT", target)
    }

    /// `PATCH`.
    pub fn patch(target: &str) -> Self {
        Self::new("PATCH", target)
    }

    /// `DELETE`.
    pub fn delete(target: &str) -> Self {
        Self::new("DELETE", target)
    }

    /// With a JSON body.
    pub fn json(self, body: &Json) -> Self {
        self.raw(body.to_string())
    }

    /// With these bytes, said to be JSON.
    pub fn raw(mut self, body: impl Into<Bytes>) -> Self {
        self.0.body = Body::Whole(body.into());
        self.header("content-type", "application/json")
    }

    /// With a body past the limit.
    pub fn too_large(mut self) -> Self {
        self.0.body = Body::TooLarge;
        self.header("content-type", "application/json")
    }

    /// With a header field; one that was there is replaced.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a field's name");
        self.0.headers.insert(name, HeaderValue::from_str(value).expect("a field's value"));
        self
    }

    /// With an access token.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// With an `Idempotency-Key`.
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// From this network address.
    pub fn from_address(self, address: &str) -> Self {
        self.header("spin-client-addr", &format!("{address}:50000"))
    }

    pub(super) fn into_incoming(self) -> Incoming {
        self.0
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer(Response);

impl Answer {
    pub(super) const fn new(response: Response) -> Self {
        Self(response)
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    /// A header field.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.headers().get(name).and_then(|value| value.to_str().ok())
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        self.0.body()
    }

    /// The body as JSON; null where there is none.
    pub fn json(&self) -> Json {
        if self.body().is_empty() {
            return Json::Null;
        }
        serde_json::from_slice(self.body()).expect("a JSON body")
    }

    /// The body of a success with this status; fails the test on anything else.
    #[track_caller]
    pub fn done(&self, status: u16) -> Json {
        assert_eq!(self.status(), status, "{}", String::from_utf8_lossy(self.body()));
        if status != 204 {
            assert_eq!(self.header("content-type"), Some("application/json"));
        }
        self.json()
    }

    /// The body of this refusal; fails the test on anything else, and where the answer isn't a whole problem.
    #[track_caller]
    pub fn refused(&self, refusal: &Refusal) -> Json {
        let body = self.json();
        assert_eq!(body["code"], refusal.code, "{body}");
        assert_eq!(self.status(), refusal.status, "{body}");
        assert_eq!(body["status"], refusal.status);
        assert_eq!(body["type"], format!("urn:eport-id:problem:{}", refusal.code));
        assert_eq!(body["retry"], refusal.retry.as_str());
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(
            body["retry_after"].as_i64().map(|n| n.to_string()).as_deref(),
            self.header(header::RETRY_AFTER.as_str())
        );
        assert!(refusal.status != 429 || body["retry_after"].as_i64().is_some_and(|n| n > 0), "{body}");
        body
    }

    /// The fields that are wrong and how, in the order of the answer.
    pub fn errors(&self) -> Vec<(String, String)> {
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let errors = self.json();
        let errors = errors["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| (text(&error["field"]), text(&error["code"]))).collect()
    }
}
