//! A page's refresh token, in a cookie.

use eport_schema::catalogue;
use eport_sessions::Sessions;
use eport_shared::on_each_database;
use eport_shared::testing::{Answer, Call, World};
use serde_json::{Value as Json, json};

use crate::{login_call, opened, refresh, text, use_token};

const ASKED: &str = "eport-refresh-cookie";

/// Logs in as a page does.
async fn page(world: &World, n: u32) -> (Json, String) {
    let person = world.person(n).await;
    let answer = world.send::<Sessions>(login_call(&person.username, &person.password).header(ASKED, "1")).await;
    (answer.done(201), value(&answer))
}

/// `name=value` of the cookie that an answer sets.
fn value(answer: &Answer) -> String {
    answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

fn refresh_call(cookie: &str) -> Call {
    Call::post("/v1/sessions/refresh").json(&json!({})).header(ASKED, "1").header("cookie", cookie)
}

on_each_database! {
    async fn a_page_gets_its_refresh_token_in_a_cookie_and_nowhere_else(world: World) {
        let person = world.person(1).await;
        let answer = world.send::<Sessions>(login_call(&person.username, &person.password).header(ASKED, "1")).await;
        let body = answer.done(201);
        assert_eq!(body.get("refresh_token"), None);
        let cookie = answer.header("set-cookie").unwrap();
        let token = value(&answer);
        let token = token.strip_prefix("eport_refresh=").unwrap();
        assert!(token.len() > 60 && !String::from_utf8_lossy(answer.body()).contains(token));
        assert_eq!(
            cookie.strip_prefix(&format!("eport_refresh={token}")),
            Some("; HttpOnly; SameSite=Strict; Path=/v1/sessions; Max-Age=43200"),
        );
        use_token(&world, text(&body, "access_token")).await.done(200);
    }

    async fn who_does_not_ask_gets_no_cookie(world: World) {
        let person = world.person(1).await;
        for asked in ["", "0", "true", "1 "] {
            let answer = world.send::<Sessions>(login_call(&person.username, &person.password).header(ASKED, asked)).await;
            assert!(answer.done(201)["refresh_token"].is_string(), "{asked:?}");
            assert_eq!(answer.header("set-cookie"), None, "{asked:?}");
        }
    }

    async fn the_cookie_refreshes_and_is_replaced(world: World) {
        let (first, mut cookie) = page(&world, 1).await;
        for _ in 0..3 {
            let answer = world.send::<Sessions>(refresh_call(&format!("theme=dark; {cookie}; other=1"))).await;
            let next = answer.done(200);
            assert_eq!((next.get("refresh_token"), &next["account"]), (None, &first["account"]));
            assert_ne!(value(&answer), cookie);
            cookie = value(&answer);
            use_token(&world, text(&next, "access_token")).await.done(200);
        }
    }

    async fn a_cookie_that_comes_twice_ends_the_session(world: World) {
        let (body, cookie) = page(&world, 1).await;
        world.send::<Sessions>(refresh_call(&cookie)).await.done(200);
        world.send::<Sessions>(refresh_call(&cookie)).await.refused(&catalogue::SESSION_REFRESH_REUSED);
        use_token(&world, text(&body, "access_token")).await.refused(&catalogue::SESSION_ENDED);
    }

    async fn a_cookie_without_the_header_field_counts_for_nothing(world: World) {
        let (_, cookie) = page(&world, 1).await;
        // What a page of another site could send: a cookie, and no field of its own.
        let call = Call::post("/v1/sessions/refresh").json(&json!({})).header("cookie", &cookie);
        let answer = world.send::<Sessions>(call).await;
        answer.refused(&catalogue::REQUEST_MISSING_FIELD);
        assert_eq!(answer.errors(), [("refresh_token".to_owned(), "request.missing_field".to_owned())]);
        world.send::<Sessions>(refresh_call(&cookie)).await.done(200);
    }

    async fn a_made_up_cookie_ends_nothing(world: World) {
        let (body, cookie) = page(&world, 1).await;
        let cut = &cookie[..cookie.len() - 2];
        for made_up in ["", "eport_refresh=", "eport_refresh=x", "eport_refresh", "other=1", "=;;,=", cut] {
            world.send::<Sessions>(refresh_call(made_up)).await.refused(&catalogue::SESSION_REFRESH_INVALID);
        }
        let none = Call::post("/v1/sessions/refresh").json(&json!({})).header(ASKED, "1");
        world.send::<Sessions>(none).await.refused(&catalogue::SESSION_REFRESH_INVALID);
        use_token(&world, text(&body, "access_token")).await.done(200);
    }

    async fn a_token_in_the_body_goes_before_the_cookie(world: World) {
        let (_, cookie) = page(&world, 1).await;
        let other = opened(&world, &world.person(2).await).await;
        let call = Call::post("/v1/sessions/refresh").json(&json!({ "refresh_token": other["refresh_token"] }));
        let answer = world.send::<Sessions>(call.header(ASKED, "1").header("cookie", &cookie)).await;
        assert_eq!(answer.done(200)["account"], other["account"]);
        world.send::<Sessions>(refresh_call(&cookie)).await.done(200);
        // And what came by cookie is a token like any other.
        let token = value(&answer);
        refresh(&world, token.strip_prefix("eport_refresh=").unwrap()).await.done(200);
    }

    async fn logging_out_clears_the_cookie_of_a_page(world: World) {
        let (body, cookie) = page(&world, 1).await;
        let call = Call::delete("/v1/sessions/current").bearer(text(&body, "access_token"));
        let answer = world.send::<Sessions>(call.header(ASKED, "1")).await;
        answer.done(204);
        assert_eq!(answer.header("set-cookie"), Some("eport_refresh=; HttpOnly; SameSite=Strict; Path=/v1/sessions; Max-Age=0"));
        world.send::<Sessions>(refresh_call(&cookie)).await.refused(&catalogue::SESSION_ENDED);
        let plain = opened(&world, &world.person(2).await).await;
        let answer = world.send::<Sessions>(Call::delete("/v1/sessions/current").bearer(text(&plain, "access_token"))).await;
        answer.done(204);
        assert_eq!(answer.header("set-cookie"), None);
    }

    async fn over_https_the_cookie_is_secure(world: World) {
        let mut world = world;
        world.settings.issuer = "https://id.example.cn".to_owned();
        let person = world.person(1).await;
        let answer = world.send::<Sessions>(login_call(&person.username, &person.password).header(ASKED, "1")).await;
        assert!(answer.header("set-cookie").unwrap().contains("; Secure;"));
    }

    async fn a_login_that_is_sent_again_sets_the_same_cookie_again(world: World) {
        let person = world.person(1).await;
        let call = || login_call(&person.username, &person.password).key("k");
        let first = world.send::<Sessions>(call().header(ASKED, "1")).await;
        let again = world.send::<Sessions>(call().header(ASKED, "1")).await;
        assert_eq!((again.header("idempotency-replayed"), again.header("set-cookie")), (Some("true"), first.header("set-cookie")));
        assert_eq!(again.body(), first.body());
        // Without the field another answer would be due than the one that is kept.
        world.send::<Sessions>(call()).await.refused(&catalogue::IDEMPOTENCY_KEY_REUSED);
        world.send::<Sessions>(refresh_call(&value(&again))).await.done(200);
    }
}
