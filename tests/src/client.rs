//! HTTP as the tests speak it.

use std::sync::Arc;
use std::time::Duration;

use eport_schema::wire::ProblemDetails;
use http::{HeaderMap, HeaderValue, Method};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::secrets::Secrets;

/// Sends requests to one server.
#[derive(Debug, Clone)]
pub struct Client {
    base: String,
    agent: ureq::Agent,
    secrets: Arc<Secrets>,
}

/// A request that is being put together.
#[must_use = "it goes nowhere before send()"]
pub struct Call<'a> {
    client: &'a Client,
    method: Method,
    path: String,
    headers: Vec<(String, HeaderValue)>,
    body: Option<Vec<u8>>,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Its status.
    pub status: u16,
    /// Its header fields.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

impl Client {
    pub(crate) fn new(address: &str, secrets: Arc<Secrets>) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(60)))
            .max_idle_connections(64)
            .max_idle_connections_per_host(64)
            // A proxy in the environment is for the world outside, not for 127.0.0.1.
            .proxy(None)
            .build();
        Self { base: format!("http://{address}"), agent: config.into(), secrets }
    }

    /// `http://` and address, without a slash.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Any request.
    pub fn call(&self, method: &str, path: &str) -> Call<'_> {
        Call {
            client: self,
            method: method.parse().expect("a method"),
            path: path.to_owned(),
            headers: Vec::new(),
            body: None,
        }
    }

    /// `GET`.
    pub fn get(&self, path: &str) -> Call<'_> {
        self.call("GET", path)
    }

    /// `POST`.
    pub fn post(&self, path: &str) -> Call<'_> {
        self.call("POST", path)
    }

    /// `PUT`.
    pub fn put(&self, path: &str) -> Call<'_> {
        self.call("PUT", path)
    }

    /// `PATCH`.
    pub fn patch(&self, path: &str) -> Call<'_> {
        self.call("PATCH", path)
    }

    /// `DELETE`.
    pub fn delete(&self, path: &str) -> Call<'_> {
        self.call("DELETE", path)
    }
}

impl Call<'_> {
    /// With an access token.
    pub fn token(self, token: &str) -> Self {
        let value = format!("Bearer {token}");
        self.header("authorization", &value)
    }

    /// With a header field.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.parse().expect("a header's value")));
        self
    }

    /// With a header field that need not be text.
    pub fn header_bytes(mut self, name: &str, value: &[u8]) -> Self {
        self.headers.push((name.to_owned(), HeaderValue::from_bytes(value).expect("a header's value")));
        self
    }

    /// With a JSON body.
    pub fn json(self, body: &impl Serialize) -> Self {
        self.bytes("application/json", serde_json::to_vec(body).expect("JSON"))
    }

    /// With any body.
    pub fn bytes(self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut call = self.header("content-type", content_type);
        call.body = Some(body.into());
        call
    }

    /// Sends it. Panics where there is no answer.
    #[track_caller]
    pub fn send(self) -> Reply {
        let what = format!("{} {}", self.method, self.path);
        self.try_send().unwrap_or_else(|error| panic!("{what}: {error}"))
    }

    /// Sends it; an error where no answer came.
    pub fn try_send(self) -> Result<Reply, ureq::Error> {
        let Self { client, method, path, headers, body } = self;
        client.secrets.learn_from_request(&headers, body.as_deref());
        let mut request = http::Request::builder().method(method).uri(format!("{}{path}", client.base));
        for (name, value) in &headers {
            request = request.header(name, value);
        }
        let answer = match body {
            Some(body) => client.agent.run(request.body(body)?)?,
            None => client.agent.run(request.body(())?)?,
        };
        let (head, mut body) = answer.into_parts();
        let body = body.read_to_vec()?;
        client.secrets.learn_from_answer(&body);
        Ok(Reply { status: head.status.as_u16(), headers: head.headers, body })
    }
}

impl Reply {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("an answer in UTF-8")
    }

    /// A header field, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("visible text"))
    }

    /// The body as JSON.
    #[track_caller]
    pub fn value(&self) -> Value {
        self.parse()
    }

    #[track_caller]
    fn parse<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error} in the answer {} {}", self.status, self.text()))
    }

    /// What was asked for, with this status.
    #[track_caller]
    pub fn ok<T: DeserializeOwned>(self, status: u16) -> T {
        self.has_status(status);
        assert_eq!(self.header("content-type"), "application/json");
        self.parse()
    }

    /// `204 No Content`, and indeed none.
    #[track_caller]
    pub fn done(self) {
        self.has_status(204);
        assert!(self.body.is_empty(), "204 with a body: {}", self.text());
    }

    /// A refusal with this status and code, complete in every part that clients rely on.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> ProblemDetails {
        self.has_status(status);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem: ProblemDetails = self.parse();
        assert_eq!(problem.code, code, "{}", self.text());
        assert_eq!(problem.status, status);
        assert_eq!(problem.r#type, format!("urn:eport-id:problem:{code}"));
        assert!(!problem.title.is_empty() && !problem.detail.is_empty() && !problem.fix.is_empty());
        assert!(["never", "later", "after_fix"].contains(&problem.retry.as_str()), "{}", problem.retry);
        let known = eport_schema::catalogue::ALL.iter().find(|refusal| refusal.code == code);
        assert!(known.is_some_and(|refusal| refusal.status == status), "{code} is not in the catalogue");
        if status == 401 {
            assert_eq!(self.header("www-authenticate"), "Bearer");
        }
        if status == 429 {
            let seconds = problem.retry_after.expect("429 says when to try again");
            assert_eq!(self.header("retry-after"), seconds.to_string());
        }
        problem
    }

    /// A refusal because of one field.
    #[track_caller]
    pub fn refused_field(self, status: u16, field: &str, code: &str) -> ProblemDetails {
        let problem = self.refused(status, code);
        let [error] = problem.errors.as_slice() else { panic!("one field is wrong, and not {:?}", problem.errors) };
        assert_eq!((error.field.as_str(), error.code.as_str()), (field, code));
        problem
    }

    /// The code of a refusal, or nothing.
    pub fn code(&self) -> String {
        serde_json::from_slice::<ProblemDetails>(&self.body).map(|problem| problem.code).unwrap_or_default()
    }

    #[track_caller]
    fn has_status(&self, status: u16) {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
    }
}
