//! What the page's component answers, to which request.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test, helpers included"
)]

use eport_portal::answer;
use eport_portal::files::{FILES, File, find, index};
use eport_shared::http::Response;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

const BROWSER: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

fn ask(method: &str, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut fields = HeaderMap::new();
    for (name, value) in headers {
        fields.insert(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap());
    }
    answer(&method.parse::<Method>().unwrap(), path, &fields)
}

fn get(path: &str, headers: &[(&str, &str)]) -> Response {
    ask("GET", path, headers)
}

fn field<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// A script, with all its encodings.
fn script() -> &'static File {
    FILES.iter().find(|file| file.path.ends_with(".js") && file.br.is_some()).expect("a script")
}

/// That a response is this refusal, whole.
#[track_caller]
fn refused(response: &Response, status: u16, code: &str) {
    assert_eq!((response.status().as_u16(), field(response, "content-type")), (status, "application/problem+json"));
    let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(body["code"], code);
    assert_eq!(field(response, "cache-control"), "no-store");
}

#[test]
fn the_root_is_the_page_and_is_asked_for_anew_each_time() {
    let page = get("/", &[]);
    assert_eq!((page.status().as_u16(), field(&page, "content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(field(&page, "cache-control"), "no-cache");
    assert_eq!(page.body().as_ref(), index().unwrap().identity);
    assert!(std::str::from_utf8(page.body()).unwrap().contains("电子口岸"));
}

#[test]
fn every_file_of_the_page_is_there_and_what_is_named_by_its_content_is_kept() {
    assert!(FILES.iter().filter(|file| file.immutable).count() > 5);
    for file in FILES {
        let response = get(file.path, &[]);
        assert_eq!(response.status(), 200, "{}", file.path);
        assert_eq!((response.body().as_ref(), field(&response, "content-type")), (file.identity, file.content_type));
        let kept = if file.immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
        assert_eq!(field(&response, "cache-control"), kept);
        assert_eq!(file.immutable, file.path.starts_with("/assets/"));
    }
}

#[test]
fn a_place_of_the_page_is_the_page_for_a_browser_and_nothing_for_a_program() {
    for place in ["/login", "/card", "/enterprise/operators", "/operators/019aa9a5-6f0c-7d0a-8f0e-2d9d7f5b1c11", "/a/"]
    {
        assert_eq!(get(place, &[BROWSER]).body().as_ref(), index().unwrap().identity, "{place}");
        refused(&get(place, &[("accept", "application/json")]), 404, "route.not_found");
        refused(&get(place, &[]), 404, "route.not_found");
    }
}

#[test]
fn what_no_component_has_is_not_hidden_behind_the_page() {
    for path in [
        "/v1",
        "/v1/nothing",
        "/v1/me/nothing",
        "/.well-known/nothing",
        "/assets/gone-1234.js",
        "/robots.txt",
        "/a/b.map",
    ] {
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"] {
            let response = ask(method, path, &[BROWSER]);
            assert_eq!(response.status(), 404, "{method} {path}");
        }
        refused(&get(path, &[BROWSER]), 404, "route.not_found");
    }
}

#[test]
fn a_refusal_speaks_the_language_that_is_asked_for() {
    let english = get("/v1/nothing", &[("accept-language", "en")]);
    assert_eq!(field(&english, "content-language"), "en");
    assert_eq!(field(&get("/v1/nothing", &[]), "content-language"), "zh-CN");
}

#[test]
fn the_best_encoding_that_the_client_takes_is_sent() {
    let file = script();
    for (accepted, encoding) in [
        ("gzip, deflate, br", "br"),
        ("br;q=0.5, gzip;q=1", "br"),
        ("gzip", "gzip"),
        ("GZIP;q=0.1", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("*", "br"),
        ("*;q=0", ""),
        ("br;q=0.000, gzip;q=0, *", ""),
        ("identity", ""),
        ("deflate", ""),
        ("", ""),
        (";;,=q,,", ""),
    ] {
        let response = get(file.path, &[("accept-encoding", accepted)]);
        assert_eq!(field(&response, "content-encoding"), encoding, "{accepted}");
        let wanted = match encoding {
            "br" => file.br.unwrap(),
            "gzip" => file.gzip.unwrap(),
            _ => file.identity,
        };
        assert_eq!(response.body().as_ref(), wanted, "{accepted}");
        assert!(field(&response, "vary").contains("accept-encoding"));
    }
    assert!(file.br.unwrap().len() < file.gzip.unwrap().len() && file.gzip.unwrap().len() < file.identity.len());
}

#[test]
fn who_has_the_file_already_is_told_so_for_each_encoding_by_itself() {
    let file = script();
    let first = get(file.path, &[("accept-encoding", "br")]);
    let tag = field(&first, "etag").to_owned();
    for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
        let again = get(file.path, &[("accept-encoding", "br"), ("if-none-match", &known)]);
        assert_eq!((again.status().as_u16(), again.body().len()), (304, 0), "{known}");
        assert_eq!(field(&again, "etag"), tag);
        assert_eq!(field(&again, "cache-control"), field(&first, "cache-control"));
    }
    for (encoding, known) in [("gzip", tag.as_str()), ("br", "\"other\""), ("br", "")] {
        let again = get(file.path, &[("accept-encoding", encoding), ("if-none-match", known)]);
        assert_eq!(again.status(), 200, "{encoding} {known}");
    }
}

#[test]
fn head_tells_the_same_without_the_body() {
    for path in ["/", script().path, "/login", "/v1/nothing", "/v1/health/portal"] {
        let (get, head) = (get(path, &[BROWSER]), ask("HEAD", path, &[BROWSER]));
        assert_eq!((get.status(), get.headers()), (head.status(), head.headers()), "{path}");
        assert!(head.body().is_empty());
    }
}

#[test]
fn what_is_there_can_only_be_read() {
    for path in ["/", "/index.html", script().path, "/v1/health/portal"] {
        for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
            let response = ask(method, path, &[BROWSER]);
            refused(&response, 405, "route.method_not_allowed");
            assert_eq!(field(&response, "allow"), "GET, HEAD");
        }
    }
}

#[test]
fn its_health_needs_no_database() {
    let health: serde_json::Value = serde_json::from_slice(get("/v1/health/portal", &[]).body()).unwrap();
    assert_eq!((health["status"].as_str(), health["component"].as_str()), (Some("ok"), Some("portal")));
}

#[test]
fn what_a_browser_can_show_carries_the_policy_and_the_policy_lets_no_inline_script_in() {
    for path in ["/", "/favicon.svg", "/login", "/v1/nothing", "/v1/health/portal"] {
        let response = get(path, &[BROWSER]);
        let policy = field(&response, "content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{policy}");
        for never in ["unsafe", "*", "https:", "http: ", "data: 'self'"] {
            assert!(!policy.contains(never), "{never} in {policy}");
        }
        assert!(policy.contains("frame-ancestors 'none'"));
        assert_eq!(policy.matches("http://127.0.0.1:").count(), 10);
        assert_eq!(policy.matches("ws://127.0.0.1:").count(), 11);
        assert_eq!(field(&response, "x-content-type-options"), "nosniff");
        assert_eq!(field(&response, "referrer-policy"), "no-referrer");
        assert_eq!(field(&response, "cross-origin-opener-policy"), "same-origin");
        assert!(field(&response, "permissions-policy").contains("loopback-network=(self)"));
    }
}

#[test]
fn a_script_carries_what_a_script_needs() {
    let script = get(script().path, &[]);
    assert_eq!(field(&script, "x-content-type-options"), "nosniff");
    assert_eq!(field(&script, "cross-origin-resource-policy"), "same-origin");
    assert_eq!(field(&script, "content-security-policy"), "");
}

#[test]
fn the_page_itself_holds_to_the_policy() {
    let page = std::str::from_utf8(index().unwrap().identity).unwrap();
    assert!(!page.contains("<style") && !page.contains(" style=") && !page.contains(" onload="));
    for tag in page.split("<script").skip(1) {
        assert!(tag.trim_start().starts_with("type=\"module\"") && tag.contains("src=\"/"), "{tag}");
    }
    assert!(!page.contains("https://") && !page.contains("http://"), "another site in the page");
}

#[test]
fn no_path_is_found_that_was_not_built() {
    for path in [
        "",
        "//",
        "/..",
        "/assets/../index.html",
        "/assets",
        "/index.html/",
        "/INDEX.HTML",
        "/files.json",
        "/assets/%69ndex.js",
    ] {
        assert!(find(path).is_none(), "{path}");
        assert_ne!(get(path, &[]).status(), 500);
    }
}
