//! Who may use which route: every route of the table is tried by everybody who may not.

use std::time::Duration;

use eport_schema::routes::{Access, ROUTES, Route};
use eport_tests::{Call, On, Person, Site, on_both};
use uuid::Uuid;

on_both![
    without_a_token_only_public_routes_answer,
    what_is_no_token_of_ours_opens_nothing,
    an_expired_token_opens_nothing,
    an_ended_session_opens_nothing,
    only_staff_use_the_platforms_routes,
    another_method_is_told_which_are_allowed,
    an_unknown_path_is_not_found,
];

/// The route's path with an id in the place of each parameter.
fn path(route: &Route) -> String {
    let mut path = route.path.to_owned();
    for parameter in route.parameters() {
        path = path.replace(&format!("{{{parameter}}}"), &Uuid::nil().to_string());
    }
    path
}

fn call<'a>(site: &'a Site, route: &Route) -> Call<'a> {
    let call = site.call(route.method, &path(route));
    if route.request.is_some() { call.json(&serde_json::json!({})) } else { call }
}

fn closed() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().filter(|route| !matches!(route.access, Access::Public | Access::SessionIfGiven))
}

fn without_a_token_only_public_routes_answer(on: On) {
    let site = Site::new(on);
    for route in closed() {
        call(&site, route).send().refused(401, "session.required");
        call(&site, route).header("authorization", "Basic bGlsZWk6MTIzNDU2").send().refused(401, "session.required");
    }
    for route in ROUTES.iter().filter(|route| route.access == Access::Public) {
        let reply = call(&site, route).send();
        assert!(![401, 404, 405].contains(&reply.status) && reply.status < 500, "{} {}", route.operation, reply.text());
    }
}

fn what_is_no_token_of_ours_opens_nothing(on: On) {
    let site = Site::new(on);
    for route in closed() {
        for token in ["x", "a.b.c", "null", &"a".repeat(3000)] {
            call(&site, route).token(token).send().refused(401, "session.token_invalid");
        }
    }
}

fn an_expired_token_opens_nothing(on: On) {
    let site = Site::with(on, &[("access_token_seconds", "1")]);
    let person = Person::new();
    site.register(&person);
    let session = site.log_in(&person);
    std::thread::sleep(Duration::from_millis(1100));
    for route in closed() {
        call(&site, route).token(&session.access_token).send().refused(401, "session.token_expired");
    }
}

fn an_ended_session_opens_nothing(on: On) {
    let site = Site::new(on);
    for member in [site.join(), site.join_staff()] {
        site.delete("/v1/sessions/current").token(&member.token).send().done();
        for route in closed() {
            call(&site, route).token(&member.token).send().refused(401, "session.ended");
        }
    }
}

fn only_staff_use_the_platforms_routes(on: On) {
    let site = Site::new(on);
    let member = site.join();
    let routes: Vec<_> = ROUTES.iter().filter(|route| route.access == Access::Staff).collect();
    assert!(routes.len() >= 6);
    for route in routes {
        call(&site, route).token(&member.token).send().refused(403, "staff.required");
    }
}

fn another_method_is_told_which_are_allowed(on: On) {
    let site = Site::new(on);
    for route in ROUTES {
        // "/v1/seals/check" is no "/v1/seals/{id}".
        let mut allowed: Vec<_> =
            ROUTES.iter().filter(|other| other.path == route.path).map(|other| other.method).collect();
        allowed.sort_unstable();
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            if allowed.contains(&method) {
                continue;
            }
            let reply = site.call(method, &path(route)).send();
            let mut told: Vec<_> = reply.header("allow").split(", ").filter(|method| *method != "HEAD").collect();
            told.sort_unstable();
            assert_eq!(told, allowed, "{method} {}", route.path);
            reply.refused(405, "route.method_not_allowed");
        }
    }
    // HEAD is GET without the body.
    let (get, head) = (site.get("/v1/health").send(), site.call("HEAD", "/v1/health").send());
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-type"), get.header("content-type"));
}

fn an_unknown_path_is_not_found(on: On) {
    let site = Site::new(on);
    for path in [
        "/v1",
        "/v1/nothing",
        "/v1/me/nothing",
        "/v1/sessions/nothing/at/all",
        "/v1/registrations/nobody",
        "/v1/platform",
        "/v1/platform/nothing",
        "/v1/messages/1/unread",
        "/v1/health/nothing",
        "/v1/me/",
        "/v2/me",
        "/v1/../v1/me/%2e%2e",
        "/.git/config",
    ] {
        site.get(path).send().refused(404, "route.not_found");
    }
}
