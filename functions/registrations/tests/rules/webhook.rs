//! SMS through a gateway.

use eport_schema::catalogue;
use eport_shared::crypto::hmac_sha256;
use eport_shared::on_each_database;
use eport_shared::settings::SmsProvider;
use eport_shared::testing::{Reply, World, phone};
use serde_json::Value as Json;

use crate::ask;

fn behind_a_gateway(mut world: World) -> World {
    world.settings.sms_provider = SmsProvider::Webhook;
    world.settings.sms_webhook_url = "https://sms.example.cn/send".to_owned();
    world.settings.sms_webhook_secret = "shared secret".to_owned();
    world
}

on_each_database! {
    async fn a_gateway_gets_one_signed_post(world: World) {
        let world = behind_a_gateway(world);
        ask(&world, &phone(1), "login").await.done(202);
        let sent = world.network.take_sent();
        let [request] = sent.as_slice() else { panic!("{} requests", sent.len()) };
        assert_eq!((request.method().as_str(), request.uri().to_string().as_str()), ("POST", "https://sms.example.cn/send"));

        let body: Json = serde_json::from_slice(request.body()).unwrap();
        assert_eq!((body["phone"].as_str(), body["purpose"].as_str()), (Some("+8613800000001"), Some("login")));
        assert!(body["text"].as_str().unwrap().contains("验证码"));
        assert_eq!(request.headers()["idempotency-key"], body["id"].as_str().unwrap());

        let at = world.now().seconds();
        let message = [format!("{at}.").as_bytes(), request.body()].concat();
        let signature = hex(&hmac_sha256(b"shared secret", &message));
        assert_eq!(request.headers()["x-eport-signature"], format!("t={at},v1={signature}").as_str());
        assert_eq!(world.texts_for(&phone(1)).await.len(), 0, "nothing is kept beside");
    }

    async fn a_silent_gateway_is_asked_three_times_for_the_same_message(world: World) {
        let world = behind_a_gateway(world);
        world.network.plan(&[Reply::Silence, Reply::Status(502), Reply::Status(200)]);
        ask(&world, &phone(1), "login").await.done(202);
        let sent = world.network.take_sent();
        assert_eq!(sent.len(), 3);
        assert!(sent.iter().all(|request| request.body() == sent[0].body()));
        assert!(sent.iter().all(|request| request.headers()["idempotency-key"] == sent[0].headers()["idempotency-key"]));
        // Eight seconds of patience with the first, then the pauses.
        assert_eq!(world.network.take_slept(), [8_000, 200, 800]);
    }

    async fn a_busy_gateway_is_asked_again(world: World) {
        let world = behind_a_gateway(world);
        world.network.plan(&[Reply::Status(429), Reply::Status(202)]);
        ask(&world, &phone(1), "login").await.done(202);
        assert_eq!(world.network.take_sent().len(), 2);
    }

    async fn a_gateway_that_refuses_is_not_asked_again(world: World) {
        let world = behind_a_gateway(world);
        world.network.plan(&[Reply::Status(400)]);
        ask(&world, &phone(1), "login").await.refused(&catalogue::SMS_UNAVAILABLE);
        assert_eq!(world.network.take_sent().len(), 1);
    }

    async fn a_code_that_never_left_does_not_count_against_the_person(world: World) {
        let world = behind_a_gateway(world);
        world.network.plan(&[Reply::Silence; 3]);
        let refused = ask(&world, &phone(1), "login").await.refused(&catalogue::SMS_UNAVAILABLE);
        assert_eq!(refused["retry_after"], 60);
        ask(&world, &phone(1), "login").await.done(202);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
