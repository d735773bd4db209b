//! From a path to a route.

use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::testing::{Call, World};

use crate::{Accounts, Registrations, calls};

on_each_database! {
    async fn a_path_that_no_route_has_is_not_found(world: World) {
        for path in ["/", "/v1", "/v1/sms-codes/", "//v1/sms-codes", "/v1/sms-codes/x", "/V1/sms-codes", "/v1/registrations//password", "/v1/me", "/v1/sms%2Dcodes", "/../v1/sms-codes", "/é"] {
            world.send::<Registrations>(Call::post(path)).await.refused(&catalogue::ROUTE_NOT_FOUND);
        }
        assert_eq!(calls(), 0);
        assert!(world.audit().await.is_empty());
    }

    async fn another_method_is_refused_with_those_that_are_allowed(world: World) {
        for (method, path, allow) in [
            ("GET", "/v1/sms-codes", "POST"),
            ("HEAD", "/v1/sms-codes", "POST"),
            ("OPTIONS", "/v1/sms-codes", "POST"),
            ("TRACE", "/v1/dev/outbox", "GET, HEAD"),
            ("post", "/v1/sms-codes", "POST"),
            ("POST", "/v1/registrations/x/password", "PUT"),
        ] {
            let answer = world.send::<Registrations>(Call::new(method, path)).await;
            assert_eq!(answer.status(), 405, "{method} {path}");
            assert_eq!(answer.header("allow"), Some(allow));
            assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        }
        let answer = world.send::<Accounts>(Call::delete("/v1/me")).await;
        answer.refused(&catalogue::ROUTE_METHOD_NOT_ALLOWED);
        assert_eq!(answer.header("allow"), Some("GET, HEAD, PATCH"), "and nobody was asked for a session");
    }

    async fn head_gets_the_headers_of_get(world: World) {
        let get = world.send::<Registrations>(Call::get("/v1/health/registrations")).await;
        let head = world.send::<Registrations>(Call::new("HEAD", "/v1/health/registrations")).await;
        assert_eq!((head.status(), head.body()), (get.status(), b"".as_slice()));
        assert_eq!(head.header("content-type"), get.header("content-type"));
    }

    async fn every_answer_forbids_guessing_and_keeping(world: World) {
        for call in [Call::get("/v1/health/registrations"), Call::get("/nothing"), Call::get("/v1/sms-codes"), Call::post("/v1/sms-codes").too_large()] {
            let answer = world.send::<Registrations>(call).await;
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            assert_eq!(answer.header("cache-control"), Some("no-store"));
        }
    }

    async fn a_body_past_the_limit_is_refused_before_anybody_is_asked_who_they_are(world: World) {
        world.send::<Registrations>(Call::post("/v1/sms-codes").too_large()).await.refused(&catalogue::REQUEST_TOO_LARGE);
        world.send::<Accounts>(Call::patch("/v1/me").too_large()).await.refused(&catalogue::REQUEST_TOO_LARGE);
        assert_eq!(calls(), 0);
    }

    async fn query_parameters_are_held_to_the_table(world: World) {
        for (query, refusal, field) in [
            ("limit=0", &catalogue::LIMIT_RANGE, "limit"),
            ("limit=1.5", &catalogue::LIMIT_RANGE, "limit"),
            ("limit=%2B5", &catalogue::LIMIT_RANGE, "limit"),
            ("limit=99999999999999999999", &catalogue::LIMIT_RANGE, "limit"),
            ("cursor=00000000000000000000000000000000", &catalogue::CURSOR_INVALID, "cursor"),
            ("phone=1", &catalogue::PHONE_FORMAT, "phone"),
            ("limit=1&limit=1", &catalogue::REQUEST_INVALID_QUERY, "limit"),
            ("Limit=1", &catalogue::REQUEST_INVALID_QUERY, "Limit"),
        ] {
            let answer = world.send::<Registrations>(Call::get(&format!("/v1/dev/outbox?{query}"))).await;
            answer.refused(refusal);
            assert_eq!(answer.errors()[0].0, field, "{query}");
        }
        let long = format!("/v1/dev/outbox?{}=1", "x".repeat(1000));
        let answer = world.send::<Registrations>(Call::get(&long)).await;
        assert_eq!(answer.errors()[0].0.len(), 64, "a name that somebody made up isn't repeated at length");
        assert_eq!(calls(), 0);
        for query in ["limit=100", "limit=&cursor=", "phone=%2B86+138+0000+0001", ""] {
            world.send::<Registrations>(Call::get(&format!("/v1/dev/outbox?{query}"))).await.done(201);
        }
    }

    async fn who_asks_is_settled_before_what_they_ask(world: World) {
        let call = Call::patch("/v1/me?nonsense=1").raw("{");
        world.send::<Accounts>(call).await.refused(&catalogue::SESSION_REQUIRED);
    }
}
