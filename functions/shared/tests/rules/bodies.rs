//! From bytes to a request, for bytes of all kinds.

use eport_registrations::Registrations;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::testing::{Call, World};
use proptest::prelude::*;

async fn post(world: &World, body: impl Into<bytes::Bytes>) -> eport_shared::testing::Answer {
    world.send::<Registrations>(Call::post("/v1/sms-codes").raw(body)).await
}

const GOOD: &str = r#"{"phone":"13800000001","purpose":"login"}"#;

on_each_database! {
    async fn json_must_say_that_it_is_json(world: World) {
        for (n, content_type) in ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON", "application/json;charset=UTF-8"].iter().enumerate() {
            let body = GOOD.replace("0001", &format!("000{n}"));
            let call = Call::post("/v1/sms-codes").raw(body).header("content-type", content_type);
            world.send::<Registrations>(call).await.done(202);
        }
        for content_type in ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp", "application/problem+json", "application/json, text/html"] {
            let call = Call::post("/v1/sms-codes").raw(GOOD).header("content-type", content_type);
            world.send::<Registrations>(call).await.refused(&catalogue::REQUEST_UNSUPPORTED_MEDIA_TYPE);
        }
        world.send::<Registrations>(Call::post("/v1/sms-codes")).await.refused(&catalogue::REQUEST_UNSUPPORTED_MEDIA_TYPE);
    }

    async fn what_is_not_utf_8_is_refused(world: World) {
        for bytes in [&b"\xff"[..], b"{\"phone\":\"\xc3\x28\"}", b"{\"phone\":\"\xed\xa0\x80\"}", b"\xff\xfe{\x00}\x00"] {
            post(&world, bytes.to_vec()).await.refused(&catalogue::REQUEST_INVALID_UTF8);
        }
    }

    async fn what_is_not_json_is_refused(world: World) {
        let deep = "[".repeat(60_000);
        let deep_object = r#"{"phone":"#.repeat(10_000);
        let trailing = format!("{GOOD}{GOOD}");
        let bom = format!("\u{feff}{GOOD}");
        for body in [
            "", " ", "{", "}", "{'phone':1}", "{phone:1}", r#"{"phone":"1",}"#, "nul", "\u{0}", r#"{"phone":"a
b","purpose":"login"}"#, r#"{"phone":"\ud800","purpose":"login"}"#, trailing.as_str(), bom.as_str(),
        ] {
            post(&world, body.to_owned()).await.refused(&catalogue::REQUEST_MALFORMED_JSON);
        }
        for body in [deep, deep_object] {
            assert_eq!(post(&world, body).await.status(), 400, "deep nesting is answered, not crashed on");
        }
    }

    async fn nesting_in_a_field_is_no_text(world: World) {
        let deep = format!(r#"{{"phone":{}{},"purpose":"login"}}"#, "[".repeat(1000), "]".repeat(1000));
        let answer = post(&world, deep).await;
        assert_eq!(answer.status(), 400);
        let answer = post(&world, r#"{"phone":{"number":"1"},"purpose":"login"}"#).await;
        answer.refused(&catalogue::REQUEST_WRONG_TYPE);
        assert_eq!(answer.errors(), [("phone".to_owned(), "request.wrong_type".to_owned())]);
    }

    async fn a_field_too_many_too_few_twice_or_of_the_wrong_type_is_named(world: World) {
        for (body, refusal, field) in [
            (r#"{"phone":"1"}"#, &catalogue::REQUEST_MISSING_FIELD, "purpose"),
            (r#"{"phone":"1","purpose":"login","x":1}"#, &catalogue::REQUEST_UNKNOWN_FIELD, "x"),
            (r#"{"phone":"1","purpose":"login","Phone":1}"#, &catalogue::REQUEST_UNKNOWN_FIELD, "Phone"),
            (r#"{"phone":1,"purpose":"login"}"#, &catalogue::REQUEST_WRONG_TYPE, "phone"),
            (r#"{"phone":null,"purpose":"login"}"#, &catalogue::REQUEST_WRONG_TYPE, "phone"),
            (r#"{"phone":"1","purpose":true}"#, &catalogue::REQUEST_WRONG_TYPE, "purpose"),
            (r#"{"phone":"1","purpose":"login","phone":"2"}"#, &catalogue::REQUEST_DUPLICATE_FIELD, "phone"),
            (r#"{"phone":"1","purpose":"login","ph\u006fne":"2"}"#, &catalogue::REQUEST_DUPLICATE_FIELD, "phone"),
        ] {
            let answer = post(&world, body).await;
            answer.refused(refusal);
            assert_eq!(answer.errors(), [(field.to_owned(), refusal.code.to_owned())], "{body}");
        }
    }

    async fn all_that_is_missing_is_named_at_once(world: World) {
        for (body, fields) in [
            ("{}", &["username", "name", "id_type", "id_number", "phone", "sms_code", "terms_accepted"] as &[_]),
            (r#"{"username":"a","id_type":"passport","terms_accepted":true}"#, &["name", "id_number", "phone", "sms_code"]),
            (r#"{"username":1}"#, &["username"]),
        ] {
            let answer = world.send::<Registrations>(Call::post("/v1/registrations").raw(body)).await;
            let named: Vec<String> = answer.errors().into_iter().map(|(field, _)| field).collect();
            assert_eq!(named, fields, "{body}");
        }
        let answer = post(&world, "{}").await;
        answer.refused(&catalogue::REQUEST_MISSING_FIELD);
        assert_eq!(answer.errors().len(), 2);
    }

    async fn a_compressed_body_is_refused_with_what_is_taken(world: World) {
        for (n, coding) in ["gzip", "br", "identity, gzip", "x-unknown"].into_iter().enumerate() {
            let body = GOOD.replace("0001", &format!("000{n}"));
            let answer = world.send::<Registrations>(Call::post("/v1/sms-codes").raw(body).header("content-encoding", coding)).await;
            answer.refused(&catalogue::REQUEST_UNSUPPORTED_ENCODING);
            assert_eq!(answer.header("accept-encoding"), Some("identity"));
        }
        let plain = Call::post("/v1/sms-codes").raw(GOOD).header("content-encoding", "Identity");
        world.send::<Registrations>(plain).await.done(202);
    }

    async fn a_body_that_is_no_object_is_of_the_wrong_type(world: World) {
        for body in ["null", "1", "\"login\"", "true", "[]", r#"["13800000001","login"]"#] {
            let answer = post(&world, body).await;
            assert!(answer.status() == 400, "{body}: {}", answer.json());
        }
        assert_eq!(world.number(&eport_shared::sql!("SELECT COUNT(*) FROM sms_outbox"), &[]).await, 0);
    }

    async fn a_long_unknown_name_is_not_repeated_at_length(world: World) {
        let body = format!(r#"{{"phone":"1","purpose":"login","{}":1}}"#, "长".repeat(5000));
        let answer = post(&world, body).await;
        answer.refused(&catalogue::REQUEST_UNKNOWN_FIELD);
        assert_eq!(answer.errors()[0].0.chars().count(), 64);
    }

    async fn sql_and_html_in_any_field_are_just_wrong(world: World) {
        for text in ["'; DROP TABLE accounts; --", "<script>alert(1)</script>", "\u{0}", "１３８００００００００１", "%00", "${jndi:ldap://x}"] {
            let body = serde_json::json!({ "phone": text, "purpose": text });
            let answer = post(&world, body.to_string()).await;
            answer.refused(&catalogue::REQUEST_INVALID);
            assert!(!answer.json().to_string().contains("script"), "what was sent is not echoed");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the bytes, the answer is a refusal of the client's mistake, never a fault of ours.
    #[test]
    fn no_bytes_are_a_fault_of_ours(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        thread_local!(static WORLD: World = World::new(eport_database::testing::sqlite()));
        let status = WORLD.with(|world| runtime.block_on(post(world, bytes)).status());
        prop_assert!((400..500).contains(&status));
    }
}
