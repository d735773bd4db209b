//! Answers that the runtime gives itself, where no component does: RFC 9457 problem details from the catalogue, in the caller's language.

use bytes::Bytes;
use eport_schema::catalogue::{self, Language, Refusal};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body_util::Full;

/// Why the runtime answers in a component's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// No route has this path.
    NotFound,
    /// The body passes the component's limit.
    TooLarge,
    /// The header section passes the server's limit.
    HeadersTooLarge,
    /// Path and query pass the server's limit.
    UrlTooLong,
    /// There is no usable host, or a header that is no text: it can't be handed to a component.
    Malformed,
    /// The body did not arrive in time. The client's fault, so 408 and not 504.
    BodyTimeout,
    /// The queue is full; seconds after which to try again.
    Overloaded(u32),
    /// The component did not answer in time.
    Timeout,
    /// The component trapped.
    Internal,
}

impl Problem {
    fn refusal(self) -> &'static Refusal {
        match self {
            Self::NotFound => &catalogue::ROUTE_NOT_FOUND,
            Self::TooLarge => &catalogue::REQUEST_TOO_LARGE,
            Self::HeadersTooLarge => &catalogue::REQUEST_HEADERS_TOO_LARGE,
            Self::UrlTooLong => &catalogue::REQUEST_URL_TOO_LONG,
            Self::Malformed => &catalogue::REQUEST_MALFORMED,
            Self::BodyTimeout => &catalogue::REQUEST_TIMEOUT,
            Self::Overloaded(_) => &catalogue::SERVICE_OVERLOADED,
            Self::Timeout => &catalogue::SERVICE_TIMEOUT,
            Self::Internal => &catalogue::SERVICE_INTERNAL,
        }
    }

    /// The answer to a request with these headers.
    pub fn response(self, request: &HeaderMap) -> Response<Full<Bytes>> {
        let accept = request.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let language = Language::negotiate(accept);
        let refusal = self.refusal();
        let mut body = serde_json::json!({
            "type": format!("urn:eport-id:problem:{}", refusal.code),
            "title": refusal.title.get(language),
            "status": refusal.status,
            "detail": refusal.detail.get(language),
            "code": refusal.code,
            "retry": refusal.retry.as_str(),
            "fix": refusal.fix.get(language),
            "errors": [],
        });
        let mut response = Response::new(Full::default());
        *response.status_mut() = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
        if let Self::Overloaded(seconds) = self {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            if let Some(fields) = body.as_object_mut() {
                fields.insert("retry_after".to_owned(), seconds.into());
            }
        }
        *response.body_mut() = Full::new(Bytes::from(body.to_string()));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt as _;

    fn answer(problem: Problem, language: Option<&'static str>) -> (Response<()>, serde_json::Value) {
        let mut request = HeaderMap::new();
        if let Some(language) = language {
            request.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(language));
        }
        let (parts, body) = problem.response(&request).into_parts();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let bytes = runtime.block_on(body.collect()).unwrap().to_bytes();
        (Response::from_parts(parts, ()), serde_json::from_slice(&bytes).unwrap())
    }

    #[test]
    fn every_problem_has_the_shape_of_the_api() {
        for problem in [
            Problem::NotFound,
            Problem::TooLarge,
            Problem::HeadersTooLarge,
            Problem::UrlTooLong,
            Problem::Malformed,
            Problem::BodyTimeout,
            Problem::Overloaded(1),
            Problem::Timeout,
            Problem::Internal,
        ] {
            let (response, body) = answer(problem, None);
            assert_eq!(response.headers()["content-type"], "application/problem+json");
            assert_eq!(body["status"], response.status().as_u16());
            for field in ["type", "title", "detail", "code", "retry", "fix"] {
                assert!(body[field].as_str().is_some_and(|text| !text.is_empty()), "{problem:?} {field}");
            }
            assert_eq!(body["errors"], serde_json::json!([]));
        }
    }

    #[test]
    fn chinese_is_the_default_and_english_is_spoken() {
        let (response, body) = answer(Problem::NotFound, None);
        assert_eq!(response.headers()["content-language"], "zh-CN");
        assert_eq!(body["title"], "没有这个地址");
        let (response, body) = answer(Problem::NotFound, Some("en-GB, zh;q=0.5"));
        assert_eq!(response.headers()["content-language"], "en");
        assert!(body["title"].as_str().unwrap().is_ascii());
    }

    #[test]
    fn an_overloaded_service_says_when_to_come_back() {
        let (response, body) = answer(Problem::Overloaded(3), None);
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()["retry-after"], "3");
        assert_eq!((body["retry"].as_str(), body["retry_after"].as_u64()), (Some("later"), Some(3)));
    }
}
