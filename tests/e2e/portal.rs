//! The page over HTTP, as the runtime hands it on.

use eport_tests::{On, Site};

const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

/// The address of a file that the page names.
fn asset(page: &str, ending: &str) -> String {
    let address = page.split('"').find(|text| text.starts_with("/assets/") && text.ends_with(ending));
    address.expect("the page names its files").to_owned()
}

#[test]
fn a_browser_gets_the_page_and_its_files_compressed_and_keeps_them() {
    let site = Site::new(On::Sqlite);
    let page = site.get("/login").header("accept", BROWSER).send();
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), "no-cache");
    assert!(page.header("content-security-policy").contains("script-src 'self';"));
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
    assert_eq!(site.get("/").send().body, page.body);

    let script = asset(&page.text(), ".js");
    let whole = site.get(&script).header("accept-encoding", "identity").send();
    let small = site.get(&script).header("accept-encoding", "br").send();
    assert_eq!((small.status, small.header("content-encoding")), (200, "br"));
    assert!(small.body.len() * 2 < whole.body.len());
    assert_eq!(small.header("content-length"), small.body.len().to_string());
    assert_eq!(small.header("cache-control"), "public, max-age=31536000, immutable");
    let again = site.get(&script).header("accept-encoding", "br").header("if-none-match", small.header("etag")).send();
    assert_eq!((again.status, again.body.len()), (304, 0));
    let head = site.call("HEAD", &script).header("accept-encoding", "br").send();
    assert_eq!((head.status, head.header("etag")), (200, small.header("etag")));
    assert_ne!(head.header("content-length"), "0");
    assert!(head.body.is_empty());
}

#[test]
fn what_no_component_has_stays_a_refusal() {
    let site = Site::new(On::Sqlite);
    for path in ["/v1", "/v1/nothing", "/v1/me/nothing/at/all", "/.well-known/nothing", "/assets/gone.js"] {
        site.get(path).header("accept", BROWSER).send().refused(404, "route.not_found");
    }
    site.get("/login").send().refused(404, "route.not_found");
    site.post("/v1/nothing").json(&serde_json::json!({})).send().refused(404, "route.not_found");
    let post = site.post("/").json(&serde_json::json!({})).send();
    assert_eq!(post.header("allow"), "GET, HEAD");
    post.refused(405, "route.method_not_allowed");
}

#[test]
fn a_page_keeps_its_refresh_token_in_a_cookie() {
    let site = Site::new(On::Sqlite);
    let member = site.join();
    let body = serde_json::json!({ "method": "password", "username": member.person.username, "password": member.person.password });
    let login = site.post("/v1/sessions").header("eport-refresh-cookie", "1").json(&body).send();
    assert_eq!(login.status, 201);
    assert_eq!(login.value().get("refresh_token"), None);
    let set = login.header("set-cookie").to_owned();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/v1/sessions"] {
        assert!(set.contains(part), "{part} in {set}");
    }
    let cookie = set.split(';').next().unwrap();
    let refresh = || site.post("/v1/sessions/refresh").json(&serde_json::json!({})).header("cookie", cookie);
    refresh().send().refused_field(400, "refresh_token", "request.missing_field");
    let next = refresh().header("eport-refresh-cookie", "1").send();
    assert_eq!(next.status, 200);
    assert_ne!(next.header("set-cookie").split(';').next(), Some(cookie));
    let token = next.value()["access_token"].as_str().unwrap().to_owned();
    let out = site.call("DELETE", "/v1/sessions/current").token(&token).header("eport-refresh-cookie", "1").send();
    assert_eq!(out.status, 204);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
}
