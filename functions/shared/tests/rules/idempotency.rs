//! `Idempotency-Key`: the work is done once.

use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::problem::Problem;
use eport_shared::sql;
use eport_shared::testing::{Call, World};
use serde_json::json;

use crate::{Accounts, Registrations, calls, refuse_with};

fn call(key: &str, body: &str) -> Call {
    Call::post("/v1/sms-codes").raw(body.to_owned()).key(key)
}

on_each_database! {
    async fn a_repetition_gets_the_first_answer_and_no_work_is_done(world: World) {
        let first = world.send::<Registrations>(call("k", "{}")).await;
        for _ in 0..3 {
            let again = world.send::<Registrations>(call("k", "{}")).await;
            assert_eq!((again.status(), again.body()), (201, first.body()));
            assert_eq!(again.header("content-type"), Some("application/json"));
            assert_eq!(again.header("idempotency-replayed"), Some("true"));
        }
        assert_eq!((calls(), first.header("idempotency-replayed")), (1, None));
    }

    async fn without_a_key_each_request_is_its_own(world: World) {
        for _ in 0..3 {
            world.send::<Registrations>(Call::post("/v1/sms-codes").raw("{}")).await.done(201);
        }
        assert_eq!(calls(), 3);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM idempotency"), &[]).await, 0);
    }

    async fn another_body_under_the_same_key_is_refused(world: World) {
        world.send::<Registrations>(call("k", "{}")).await.done(201);
        world.send::<Registrations>(call("k", "{ }")).await.refused(&catalogue::IDEMPOTENCY_KEY_REUSED);
        world.send::<Registrations>(call("k", "")).await.refused(&catalogue::IDEMPOTENCY_KEY_REUSED);
        world.send::<Registrations>(call("k2", "{ }")).await.done(201);
        assert_eq!(calls(), 2);
    }

    async fn a_key_counts_for_one_operation(world: World) {
        world.send::<Registrations>(call("k", "{}")).await.done(201);
        let other = Call::post("/v1/registrations").raw("{}").key("k");
        assert_eq!(world.send::<Registrations>(other).await.done(201)["operation"], "register");
        assert_eq!(calls(), 2);
    }

    async fn two_callers_with_one_key_do_not_meet(world: World) {
        let one = world.sign_in(world.person(1).await.id).await;
        let other = world.sign_in(world.person(2).await.id).await;
        let call = |token: &str| Call::post("/v1/me/phone").raw("{}").key("k").bearer(token);
        assert_eq!(world.send::<Accounts>(call(&one)).await.done(201)["call"], 1);
        assert_eq!(world.send::<Accounts>(call(&other)).await.done(201)["call"], 2);
        assert_eq!(world.send::<Accounts>(call(&one)).await.done(201)["call"], 1);
        // Another session of the same person is the same caller.
        let again = world.sign_in(world.rows(&sql!("SELECT id FROM accounts WHERE username_key = 'person-1'"), &[]).await[0].get(0).unwrap()).await;
        assert_eq!(world.send::<Accounts>(call(&again)).await.done(201)["call"], 1);
    }

    async fn a_kept_answer_is_for_who_still_has_a_session(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        let call = Call::post("/v1/me/phone").raw("{}").key("k").bearer(&token);
        world.send::<Accounts>(call.clone()).await.done(201);
        world.rows(&sql!("UPDATE sessions SET ended_at = 1"), &[]).await;
        world.send::<Accounts>(call).await.refused(&catalogue::SESSION_ENDED);
    }

    async fn a_refusal_of_the_request_is_kept_like_an_answer(world: World) {
        refuse_with(Some(Problem::new(&catalogue::REGISTRATION_PHONE_TAKEN)));
        let first = world.send::<Registrations>(call("k", "{}")).await;
        refuse_with(None);
        let again = world.send::<Registrations>(call("k", "{}")).await;
        again.refused(&catalogue::REGISTRATION_PHONE_TAKEN);
        assert_eq!(first.body(), again.body());
        assert_eq!(again.header("content-language"), first.header("content-language"));
        assert_eq!((calls(), world.audit().await.len()), (1, 1), "the attempt was one");
    }

    async fn what_a_later_try_may_change_is_not_kept(world: World) {
        for refusal in [
            &catalogue::SERVICE_INTERNAL, &catalogue::SERVICE_DATABASE_UNAVAILABLE, &catalogue::SMS_UNAVAILABLE,
            &catalogue::SESSION_LOCKED, &catalogue::SESSION_CREDENTIALS_WRONG,
        ] {
            refuse_with(Some(Problem::new(refusal).retry_after(1)));
            let key = refusal.code;
            world.send::<Registrations>(call(key, "{}")).await.refused(refusal);
            refuse_with(None);
            // Not even to the body is the key tied.
            world.send::<Registrations>(call(key, "{ }")).await.done(201);
        }
    }

    async fn while_the_first_is_under_way_the_second_is_told_so(world: World) {
        world.send::<Registrations>(call("k", "{}")).await.done(201);
        world.rows(&sql!("UPDATE idempotency SET status = NULL, reply_enc = NULL"), &[]).await;
        let refused = world.send::<Registrations>(call("k", "{}")).await.refused(&catalogue::IDEMPOTENCY_IN_PROGRESS);
        assert_eq!(refused["retry_after"], 1);
        world.send::<Registrations>(call("k", "{ }")).await.refused(&catalogue::IDEMPOTENCY_KEY_REUSED);

        // A request that died without an answer holds its key for a minute, and for its own body alone after.
        world.advance(60);
        world.send::<Registrations>(call("k", "{}")).await.refused(&catalogue::IDEMPOTENCY_IN_PROGRESS);
        world.advance_milliseconds(1);
        world.send::<Registrations>(call("k", "{ }")).await.refused(&catalogue::IDEMPOTENCY_KEY_REUSED);
        world.send::<Registrations>(call("k", "{}")).await.done(201);
        assert_eq!(calls(), 2);
    }

    async fn of_several_at_once_one_does_the_work(world: World) {
        let (a, b, c, d) = tokio::join!(
            world.send::<Registrations>(call("k", "{}")),
            world.send::<Registrations>(call("k", "{}")),
            world.send::<Registrations>(call("k", "{}")),
            world.send::<Registrations>(call("k", "{}")),
        );
        assert_eq!(calls(), 1);
        for answer in [a, b, c, d] {
            match answer.status() {
                201 => assert_eq!(answer.json()["call"], 1),
                _ => drop(answer.refused(&catalogue::IDEMPOTENCY_IN_PROGRESS)),
            }
        }
    }

    async fn an_answer_is_kept_for_a_day(world: World) {
        world.send::<Registrations>(call("k", "{}")).await.done(201);
        world.advance(86_400);
        assert_eq!(world.send::<Registrations>(call("k", "{}")).await.done(201)["call"], 1);
        world.advance_milliseconds(1);
        assert_eq!(world.send::<Registrations>(call("k", "{ }")).await.done(201)["call"], 2);
    }

    async fn answers_that_have_served_their_time_go(world: World) {
        for n in 0..5 {
            world.send::<Registrations>(call(&n.to_string(), "{}")).await.done(201);
        }
        world.advance(86_401);
        world.send::<Registrations>(call("k", "{}")).await.done(201);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM idempotency"), &[]).await, 1);
    }

    async fn a_key_is_short_visible_text(world: World) {
        for key in [String::new(), "x".repeat(256)] {
            world.send::<Registrations>(call(&key, "{}")).await.refused(&catalogue::IDEMPOTENCY_KEY_FORMAT);
        }
        world.send::<Registrations>(call(&"x".repeat(255), "{}")).await.done(201);
        assert_eq!(calls(), 1);
    }

    async fn a_route_that_creates_nothing_ignores_the_key(world: World) {
        for _ in 0..2 {
            world.send::<Registrations>(Call::put("/v1/registrations/x/password").raw("{}").key("k")).await.done(201);
        }
        assert_eq!(calls(), 2);
    }

    async fn neither_key_nor_answer_is_kept_in_the_clear(world: World) {
        world.send::<Registrations>(call("a key to find", "{\"a body\":1}")).await.done(201);
        let rows = world.rows(&sql!("SELECT key_hash, request_hash, reply_enc FROM idempotency"), &[]).await;
        let kept: Vec<u8> = (0..3).flat_map(|column| rows[0].get::<Vec<u8>>(column).unwrap()).collect();
        for text in ["a key", "a body", "operation", "request_sms_code"] {
            assert!(kept.windows(text.len()).all(|part| part != text.as_bytes()));
        }
        assert_eq!(json!(rows[0].get::<Vec<u8>>(0).unwrap().len()), 32);
    }
}
