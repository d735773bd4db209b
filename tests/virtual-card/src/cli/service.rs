//! The service's API, as its pages call it.
#![allow(clippy::indexing_slicing, reason = "a JSON value gives null for a name that it hasn't")]

use std::cell::RefCell;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use ureq::http::{HeaderMap, Request};

/// What the service answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// Null where there was no body.
    pub body: Value,
    headers: HeaderMap,
}

impl Answer {
    /// The version of what was read, for `If-Match`.
    pub fn tag(&self) -> Option<String> {
        self.headers.get("etag")?.to_str().ok().map(str::to_owned)
    }

    /// A text of the body.
    pub fn text(&self, name: &str) -> Result<String> {
        self.body[name].as_str().map(str::to_owned).with_context(|| format!("the answer has no {name}"))
    }

    /// The items of a list.
    pub fn items(&self) -> &[Value] {
        self.body["items"].as_array().map_or(&[], Vec::as_slice)
    }
}

/// One service, in the name of one person or of nobody.
#[derive(Debug)]
pub struct Service {
    origin: String,
    agent: ureq::Agent,
    token: RefCell<Option<String>>,
}

impl Service {
    /// The service at `server`, whose origin is also that of its pages; nobody is logged in.
    pub fn new(server: &str) -> Self {
        Self {
            origin: server.trim_end_matches('/').to_owned(),
            agent: ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into(),
            token: RefCell::new(None),
        }
    }

    /// What the browser says where its page is from.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// From now on in the name of whose access token this is.
    pub fn speak_for(&self, token: String) {
        self.token.replace(Some(token));
    }

    /// Sends a request; whatever comes back is an answer.
    pub fn send(&self, method: &str, path: &str, body: Option<&Value>, if_match: Option<&str>) -> Result<Answer> {
        let text = body.map(Value::to_string).unwrap_or_default();
        self.send_as(method, path, body.map(|_| "application/json"), text, if_match)
    }

    /// The same with a body of another kind.
    pub fn send_as(
        &self,
        method: &str,
        path: &str,
        kind: Option<&str>,
        body: String,
        if_match: Option<&str>,
    ) -> Result<Answer> {
        let mut request =
            Request::builder().method(method).uri(format!("{}{path}", self.origin)).header("origin", &self.origin);
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        if let Some(tag) = if_match {
            request = request.header("if-match", tag);
        }
        if let Some(token) = &*self.token.borrow() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        // A body that is there and empty is another thing than none.
        let answer =
            if kind.is_some() { self.agent.run(request.body(body)?) } else { self.agent.run(request.body(())?) };
        let answer =
            answer.with_context(|| format!("{} doesn't answer; is `script/server --demo` running?", self.origin))?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = answer.into_body().read_to_string()?;
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? };
        Ok(Answer { status, body, headers })
    }

    /// Sends a request that must be done.
    pub fn done(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Answer> {
        self.must(path, self.send(method, path, body, None)?)
    }

    /// A request that was answered, if it was done.
    pub fn must(&self, path: &str, answer: Answer) -> Result<Answer> {
        if (200..300).contains(&answer.status) { Ok(answer) } else { bail!("{path} refused: {}", said(&answer.body)) }
    }
}

/// The words of a problem for a person.
pub fn said(problem: &Value) -> String {
    let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
    format!("{} {} ({})", text("detail"), text("fix"), text("code"))
}
