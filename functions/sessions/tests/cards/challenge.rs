//! What a card is asked to sign: once, for two minutes, for one page and one purpose.

use eport_schema::catalogue;
use eport_sessions::Sessions;
use eport_shared::on_each_database;
use eport_shared::settings::{Environment, Origins};
use eport_shared::sql;
use eport_shared::testing::cards::{Algorithm, CardClass, answer, holder, issue, signed, trusted, with};
use eport_shared::testing::{Call, World};
use serde_json::json;

use crate::{ask, challenge, log_in, send};

on_each_database! {
    async fn a_challenge_is_the_text_of_the_contract(world: World) {
        let challenge = challenge(&world).await;
        let nonce = challenge["nonce"].as_str().unwrap();
        assert_eq!(nonce.len(), 43);
        assert_eq!(
            challenge["text"],
            format!("eport-id/card/v1\norigin: http://127.0.0.1:3000\npurpose: login\nnonce: {nonce}")
        );
        assert_eq!(challenge["expires_at"], json!(world.now().plus_seconds(120)));
    }

    async fn no_two_challenges_are_alike(world: World) {
        let (a, b) = (challenge(&world).await, challenge(&world).await);
        assert_ne!(a["nonce"], b["nonce"]);
        assert_ne!(a["challenge_id"], b["challenge_id"]);
    }

    async fn a_challenge_works_once(world: World) {
        let ca = trusted(&world, Algorithm::Sm2).await;
        let card = issue(&ca, &holder(1, CardClass::Operator));
        let answer = answer(&card, &challenge(&world).await);
        send(&world, answer.clone()).await.done(201);
        send(&world, answer).await.refused(&catalogue::CARD_CHALLENGE_INVALID);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM sessions"), &[]).await, 1);
    }

    async fn of_several_who_use_a_challenge_at_once_one_gets_in(world: World) {
        let ca = trusted(&world, Algorithm::Sm2).await;
        let card = issue(&ca, &holder(1, CardClass::Operator));
        let answer = answer(&card, &challenge(&world).await);
        let (a, b, c) = tokio::join!(send(&world, answer.clone()), send(&world, answer.clone()), send(&world, answer.clone()));
        let statuses = [a.status(), b.status(), c.status()];
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM sessions"), &[]).await, 1);
    }

    async fn a_wrong_signature_uses_a_challenge_up(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let card = issue(&ca, &holder(1, CardClass::Operator));
        let challenge = challenge(&world).await;
        send(&world, signed(&card, &challenge, &[1; 64])).await.refused(&catalogue::CARD_SIGNATURE_INVALID);
        send(&world, answer(&card, &challenge)).await.refused(&catalogue::CARD_CHALLENGE_INVALID);
    }

    async fn a_challenge_lives_for_two_minutes(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let card = issue(&ca, &holder(1, CardClass::Operator));
        let (early, late) = (challenge(&world).await, challenge(&world).await);
        world.advance(119);
        send(&world, answer(&card, &early)).await.done(201);
        world.advance(1);
        send(&world, answer(&card, &late)).await.refused(&catalogue::CARD_CHALLENGE_EXPIRED);
    }

    async fn a_challenge_that_was_never_made_opens_nothing(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let card = issue(&ca, &holder(1, CardClass::Operator));
        let answer = answer(&card, &challenge(&world).await);
        let id = "019aa9a5-6f0c-7d0a-8f0e-2d9d7f5b1c11";
        send(&world, with(answer.clone(), "challenge_id", id)).await.refused(&catalogue::CARD_CHALLENGE_INVALID);
        send(&world, with(answer, "challenge_id", "1")).await.refused(&catalogue::ID_FORMAT);
    }

    async fn a_challenge_for_another_purpose_opens_nothing(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let card = issue(&ca, &holder(1, CardClass::Operator));
        let token = world.sign_in(world.person(1).await.id).await;
        for body in [json!({ "purpose": "bind", "card_number": "8930000000001" }), json!({ "purpose": "admin_transfer" })] {
            let call = Call::post("/v1/card-challenges").json(&body).bearer(&token);
            let challenge = world.send::<Sessions>(call).await.done(201);
            send(&world, answer(&card, &challenge)).await.refused(&catalogue::CARD_CHALLENGE_INVALID);
        }
    }

    async fn a_page_of_another_origin_gets_no_challenge(mut world: World) {
        world.settings.environment = Environment::Production;
        world.settings.issuer = "https://id.example.cn".to_owned();
        let from = async |origin: &str| {
            let call = Call::post("/v1/card-challenges").json(&json!({ "purpose": "login" })).header("origin", origin);
            world.send::<Sessions>(call).await
        };
        let own = from("https://id.example.cn").await.done(201);
        assert!(own["text"].as_str().unwrap().contains("\norigin: https://id.example.cn\n"));
        for origin in ["https://evil.example", "https://id.example.cn.evil.example", "http://id.example.cn", "https://id.example.cn:8443", "null", "http://localhost:3000", "https://ID.example.cn"] {
            from(origin).await.refused(&catalogue::CARD_ORIGIN_REFUSED);
        }
    }

    async fn several_origins_can_be_our_own(mut world: World) {
        world.settings.environment = Environment::Production;
        world.settings.card_origins = Origins(["https://a.example.cn", "https://b.example.cn:8443"].map(|it| eport_card::Origin::parse(it).unwrap()).to_vec());
        for (origin, expected) in [(None, "https://a.example.cn"), (Some("https://b.example.cn:8443"), "https://b.example.cn:8443")] {
            let call = Call::post("/v1/card-challenges").json(&json!({ "purpose": "login" }));
            let call = match origin {
                Some(origin) => call.header("origin", origin),
                None => call,
            };
            let challenge = world.send::<Sessions>(call).await.done(201);
            assert!(challenge["text"].as_str().unwrap().contains(&format!("\norigin: {expected}\n")));
        }
        let call = Call::post("/v1/card-challenges").json(&json!({ "purpose": "login" })).header("origin", &world.settings.issuer);
        world.send::<Sessions>(call).await.refused(&catalogue::CARD_ORIGIN_REFUSED);
    }

    async fn a_signature_for_another_origin_opens_nothing(world: World) {
        let ca = trusted(&world, Algorithm::Sm2).await;
        let card = issue(&ca, &holder(1, CardClass::Operator));
        let challenge = challenge(&world).await;
        // What a bridge signs for a page of evil.example that got hold of our nonce.
        let text = challenge["text"].as_str().unwrap().replace("http://127.0.0.1:3000", "https://evil.example");
        let signature = card.key.sign(text.as_bytes()).unwrap();
        send(&world, signed(&card, &challenge, &signature)).await.refused(&catalogue::CARD_SIGNATURE_INVALID);
    }

    async fn what_needs_a_session_gets_no_challenge_without_one(world: World) {
        for body in [
            json!({ "purpose": "bind", "card_number": "8930000000001" }),
            json!({ "purpose": "seal", "digest": "ab".repeat(32) }),
            json!({ "purpose": "admin_transfer" }),
        ] {
            ask(&world, &body).await.refused(&catalogue::SESSION_REQUIRED);
            let call = Call::post("/v1/card-challenges").json(&body).bearer("a.b.c");
            world.send::<Sessions>(call).await.refused(&catalogue::SESSION_TOKEN_INVALID);
        }
    }

    async fn odd_purposes_are_refused(world: World) {
        for (body, refusal) in [
            (json!({ "purpose": "sign" }), &catalogue::CARD_PURPOSE_UNKNOWN),
            (json!({ "purpose": "" }), &catalogue::CARD_PURPOSE_UNKNOWN),
            (json!({ "purpose": "login\nnonce: x" }), &catalogue::CARD_PURPOSE_UNKNOWN),
            (json!({ "purpose": "login", "card_number": "8930000000001" }), &catalogue::CARD_PURPOSE_UNKNOWN),
            (json!({ "purpose": "bind" }), &catalogue::CARD_PURPOSE_UNKNOWN),
            (json!({ "purpose": "bind", "digest": "ab".repeat(32) }), &catalogue::CARD_PURPOSE_UNKNOWN),
            (json!({ "purpose": "bind", "card_number": "1" }), &catalogue::CARD_NUMBER_FORMAT),
            (json!({ "purpose": "bind", "card_number": "8930\n0001" }), &catalogue::CARD_NUMBER_FORMAT),
            (json!({ "purpose": "seal" }), &catalogue::CARD_PURPOSE_UNKNOWN),
            (json!({ "purpose": "seal", "digest": "ab" }), &catalogue::CARD_DIGEST_FORMAT),
            (json!({ "purpose": "bind", "card_number": null }), &catalogue::REQUEST_WRONG_TYPE),
            (json!({}), &catalogue::REQUEST_MISSING_FIELD),
            (json!({ "purpose": "login", "origin": "https://evil.example" }), &catalogue::REQUEST_UNKNOWN_FIELD),
        ] {
            ask(&world, &body).await.refused(refusal);
        }
    }

    async fn challenges_of_one_address_are_counted(mut world: World) {
        world.settings.card_challenges_minute = 2;
        let from = async |address: &str| {
            world.send::<Sessions>(Call::post("/v1/card-challenges").json(&json!({ "purpose": "login" })).from_address(address)).await
        };
        from("203.0.113.1").await.done(201);
        from("203.0.113.1").await.done(201);
        from("203.0.113.1").await.refused(&catalogue::RATE_LIMITED);
        from("203.0.113.2").await.done(201);
        world.advance(60);
        from("203.0.113.1").await.done(201);
    }

    async fn challenges_of_yesterday_go(world: World) {
        challenge(&world).await;
        world.advance(25 * 3600);
        challenge(&world).await;
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM card_challenges"), &[]).await, 1);
    }

    async fn a_refused_card_is_in_the_audit_without_its_data(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let card = issue(&ca, &holder(1, CardClass::Operator));
        let challenge = challenge(&world).await;
        send(&world, signed(&card, &challenge, b"x")).await.refused(&catalogue::CARD_SIGNATURE_INVALID);
        log_in(&world, &card).await.done(201);
        let rows = world.audit().await;
        let refused: Vec<_> = rows.iter().filter(|row| row.result == "refused").collect();
        assert_eq!((refused.len(), refused[0].action.as_str(), refused[0].code.as_deref()), (1, "create_session", Some("card.signature_invalid")));
        let number = eport_shared::testing::resident_id(1);
        assert!(rows.iter().all(|row| !format!("{row:?}").contains(&number)), "{rows:?}");
    }
}
