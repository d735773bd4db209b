//! Requests and responses as rules see them: whole, in plain types.

mod missing;

use bytes::Bytes;
use eport_schema::catalogue;
use eport_schema::routes::{REFRESH_COOKIE, Route};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::problem::Problem;

/// A whole response.
pub type Response = http::Response<Bytes>;

/// What arrived where a body belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// All of it.
    Whole(Bytes),
    /// More than the limit; the rest was not read.
    TooLarge,
    /// It ended before its end.
    Broken,
}

/// A request, before it has met a route.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// The method.
    pub method: Method,
    /// The path, as sent.
    pub path: String,
    /// The query, without the question mark.
    pub query: String,
    /// The header fields.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
}

/// A request that has met its route.
#[derive(Debug)]
pub struct Request {
    /// The route.
    pub route: &'static Route,
    /// The path's parameters, by name.
    pub parameters: Vec<(&'static str, String)>,
    /// The query's parameters.
    pub query: Vec<(String, String)>,
    /// The header fields.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Request {
    /// The id in the path. Something that is no id can't be found.
    pub fn id(&self, name: &str) -> Result<Uuid, Problem> {
        self.parameters
            .iter()
            .find(|(known, _)| *known == name)
            .and_then(|(_, text)| Uuid::try_parse(text).ok())
            .ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))
    }

    /// A query parameter; the last one where it is repeated, nothing where it is empty.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .rev()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// A header field, where it is visible text.
    pub fn header(&self, name: &header::HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Holds the change to the version that its sender has seen (RFC 9110 §13.1.1): refused where `If-Match` is sent and names other
    /// versions than `current`. Who sends none takes what there is.
    pub fn if_match(&self, current: i64) -> Result<(), Problem> {
        let mut sent = self.headers.get_all(header::IF_MATCH).iter().peekable();
        if sent.peek().is_none() {
            return Ok(());
        }
        let wanted = entity_tag(current);
        let named = sent
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|tag| matches!(tag.trim(), "*") || tag.trim() == wanted);
        if named { Ok(()) } else { Err(Problem::new(&catalogue::REQUEST_PRECONDITION_FAILED)) }
    }

    /// Whether a page asks for its refresh token in a cookie, on a route that has one to give.
    pub fn wants_refresh_cookie(&self) -> bool {
        self.route.refresh_cookie && self.headers.get(REFRESH_COOKIE).is_some_and(|value| value.as_bytes() == b"1")
    }

    /// The body as JSON of the shape `T`: a field too many, one too few, of the wrong type or twice is refused with its name.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let essence = self
            .header(&header::CONTENT_TYPE)
            .and_then(|value| value.split(';').next())
            .map(|essence| essence.trim().to_ascii_lowercase());
        if essence.as_deref() != Some("application/json") {
            return Err(Problem::new(&catalogue::REQUEST_UNSUPPORTED_MEDIA_TYPE));
        }
        let text = std::str::from_utf8(&self.body).map_err(|_| Problem::new(&catalogue::REQUEST_INVALID_UTF8))?;
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let value = serde_path_to_error::deserialize(&mut deserializer)
            .map_err(|error| missing::all::<T>(text, &error).unwrap_or_else(|| json_problem(error)))?;
        deserializer.end().map_err(|_| Problem::new(&catalogue::REQUEST_MALFORMED_JSON))?;
        Ok(value)
    }
}

fn json_problem(error: serde_path_to_error::Error<serde_json::Error>) -> Problem {
    use serde_json::error::Category;
    if error.inner().classify() != Category::Data {
        return Problem::new(&catalogue::REQUEST_MALFORMED_JSON);
    }
    // serde names the field of these in its message alone: "unknown field `x`, expected …".
    let message = error.inner().to_string();
    let named = message.split('`').nth(1).unwrap_or_default();
    let path = error.path().to_string();
    let (refusal, field) = if message.starts_with("unknown field") {
        (&catalogue::REQUEST_UNKNOWN_FIELD, named)
    } else if message.starts_with("missing field") {
        (&catalogue::REQUEST_MISSING_FIELD, named)
    } else if message.starts_with("duplicate field") {
        (&catalogue::REQUEST_DUPLICATE_FIELD, named)
    } else if message.starts_with("unknown variant") {
        (&catalogue::METHOD_UNKNOWN, "method")
    } else {
        (&catalogue::REQUEST_WRONG_TYPE, path.as_str())
    };
    Problem::field(&field.chars().take(64).collect::<String>(), refusal)
}

pub(crate) fn json_bytes(value: &impl Serialize) -> Bytes {
    // Our wire types have string keys and no failing serializers.
    serde_json::to_vec(value).map(Bytes::from).unwrap_or_default()
}

/// A response with a JSON body.
pub fn json(status: StatusCode, value: &impl Serialize) -> Response {
    let mut response = Response::new(json_bytes(value));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The strong entity tag of a version.
fn entity_tag(version: i64) -> String {
    format!("\"{version}\"")
}

/// `response` with the `ETag` of `version`: what a change sends back as `If-Match`.
pub fn with_version(mut response: Response, version: i64) -> Response {
    if let Ok(tag) = HeaderValue::from_str(&entity_tag(version)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// `204 No Content`.
pub fn no_content() -> Response {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
