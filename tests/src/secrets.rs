//! What went over the wire and must not be in a log: collected from the requests and answers themselves.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use http::HeaderValue;
use serde_json::Value;

/// Fields whose texts are nobody else's business.
const SECRET_FIELDS: &[&str] = &[
    "access_token",
    "address",
    "code",
    "current_password",
    "email",
    "id_number",
    "name",
    "password",
    "password_token",
    "phone",
    "refresh_token",
    "sms_code",
    "telephone",
    "text",
];

/// Shorter texts are found everywhere.
const SHORTEST: usize = 6;

/// The secrets of one site.
#[derive(Debug, Default)]
pub(crate) struct Secrets(Mutex<BTreeSet<String>>);

impl Secrets {
    pub(crate) fn learn(&self, text: &str) {
        if text.len() >= SHORTEST && !is_harmless(text) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(text.to_owned());
        }
    }

    pub(crate) fn learn_from_request(&self, headers: &[(String, HeaderValue)], body: Option<&[u8]>) {
        for (name, value) in headers {
            if let ("authorization", Ok(value)) = (name.as_str(), value.to_str()) {
                self.learn(value.split(' ').next_back().unwrap_or_default());
            }
            if let ("cookie", Ok(value)) = (name.as_str(), value.to_str()) {
                self.learn(value.split('=').next_back().unwrap_or_default());
            }
        }
        self.learn_from_answer(body.unwrap_or_default());
    }

    pub(crate) fn learn_from_answer(&self, body: &[u8]) {
        if let Ok(value) = serde_json::from_slice(body) {
            self.walk(&value);
        }
    }

    fn walk(&self, value: &Value) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    match value {
                        Value::String(text) if SECRET_FIELDS.contains(&name.as_str()) => self.learn(text),
                        other => self.walk(other),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.walk(item)),
            _ => {}
        }
    }

    /// The lines of `log` that hold a secret, each with it.
    pub(crate) fn found_in(&self, log: &str) -> Vec<String> {
        let secrets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = Vec::new();
        for line in log.lines() {
            let searched = without_numbers(line);
            for secret in secrets.iter().filter(|secret| holds(&searched, secret)) {
                found.push(format!("{secret:?} in: {line}"));
            }
        }
        found
    }
}

/// Masked texts, network addresses, codes of refusals.
fn is_harmless(text: &str) -> bool {
    let is_word = |part: &str| part.len() < 20 && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    text.contains("***") || text.parse::<std::net::IpAddr>().is_ok() || text.split('.').all(is_word)
}

/// A line without what is a number by chance: six digits of a duration are not a code.
fn without_numbers(line: &str) -> String {
    match serde_json::from_str::<Value>(line) {
        Ok(Value::Object(mut fields)) => {
            for name in ["time", "duration_us", "bytes"] {
                fields.remove(name);
            }
            Value::Object(fields).to_string()
        }
        _ => line.to_owned(),
    }
}

/// Whether `secret` stands in `text`, and not as a part of something longer.
fn holds(text: &str, secret: &str) -> bool {
    let glued = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.match_indices(secret)
        .any(|(at, found)| !glued(text[..at].chars().next_back()) && !glued(text[at + found.len()..].chars().next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_of_a_request_is_found_in_a_log() {
        let secrets = Secrets::default();
        secrets.learn_from_request(
            &[("authorization".to_owned(), HeaderValue::from_static("Bearer eyJh.eyJz.c2ln"))],
            Some(br#"{"method":"password","items":[{"password":"correct horse","sms_code":"123456"}]}"#),
        );
        for log in ["x correct horse y", "{\"path\":\"/eyJh.eyJz.c2ln\"}", "code=123456,"] {
            assert_eq!(secrets.found_in(log).len(), 1, "{log}");
        }
        for log in ["1234567", "{\"duration_us\":123456,\"path\":\"/v1\"}", "the method is password"] {
            assert_eq!(secrets.found_in(log), Vec::<String>::new(), "{log}");
        }
    }
}
