//! Tokens that are not ours, or not any more.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use eport_schema::catalogue;
use eport_sessions::Sessions;
use eport_shared::crypto::{hmac_sha256, sha256};
use eport_shared::keys::{SigningKey, VerifyingKey, verifying_half};
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::{Call, World};
use eport_shared::token::{Claims, issue};
use serde_json::{Value as Json, json};

use crate::{opened, text, use_token};

/// Header and claims of a token.
fn read(token: &str) -> (Json, Claims) {
    let mut parts = token.split('.').map(|part| BASE64URL.decode(part).unwrap());
    let header = serde_json::from_slice(&parts.next().unwrap()).unwrap();
    (header, serde_json::from_slice(&parts.next().unwrap()).unwrap())
}

fn unsigned(header: &Json, claims: &Claims) -> String {
    let part = |bytes: Vec<u8>| BASE64URL.encode(bytes);
    format!("{}.{}", part(header.to_string().into_bytes()), part(serde_json::to_vec(claims).unwrap()))
}

on_each_database! {
    async fn a_token_says_who_and_how_and_until_when(world: World) {
        let person = world.staff(1).await;
        let session = opened(&world, &person).await;
        let (header, claims) = read(text(&session, "access_token"));
        assert_eq!(header, json!({ "typ": "JWT", "alg": "EdDSA", "kid": "sign-1" }));
        assert_eq!((claims.iss.as_str(), claims.sub), ("http://127.0.0.1:3000", person.id));
        assert_eq!((claims.role.as_deref(), claims.amr), (Some("staff"), vec!["pwd".to_owned()]));
        assert_eq!((claims.iat, claims.exp), (world.now().seconds(), world.now().seconds() + 600));
    }

    async fn alg_none_is_refused(world: World) {
        let session = opened(&world, &world.person(1).await).await;
        let (_, claims) = read(text(&session, "access_token"));
        for alg in ["none", "None", "NONE"] {
            let token = unsigned(&json!({ "alg": alg, "typ": "JWT", "kid": "sign-1" }), &claims);
            use_token(&world, &format!("{token}.")).await.refused(&catalogue::SESSION_TOKEN_INVALID);
            use_token(&world, &token).await.refused(&catalogue::SESSION_TOKEN_INVALID);
        }
    }

    async fn the_public_key_is_no_hmac_secret(world: World) {
        let session = opened(&world, &world.person(1).await).await;
        let (_, claims) = read(text(&session, "access_token"));
        let public = verifying_half(&[1; 32]).unwrap();
        for secret in [public.to_vec(), BASE64URL.encode(public).into_bytes()] {
            let token = unsigned(&json!({ "alg": "HS256", "typ": "JWT", "kid": "sign-1" }), &claims);
            let signature = BASE64URL.encode(hmac_sha256(&secret, token.as_bytes()));
            use_token(&world, &format!("{token}.{signature}")).await.refused(&catalogue::SESSION_TOKEN_INVALID);
        }
    }

    async fn a_token_of_another_key_is_refused(world: World) {
        let session = opened(&world, &world.person(1).await).await;
        let (_, claims) = read(text(&session, "access_token"));
        let mut other = World::new(eport_database::testing::sqlite());
        for id in ["sign-1", "sign-2"] {
            other.keys.signing = vec![SigningKey { id: id.to_owned(), seed: [7; 32].into() }];
            let token = issue(&other.keys, &claims).unwrap();
            use_token(&world, &token).await.refused(&catalogue::SESSION_TOKEN_INVALID);
        }
    }

    async fn a_changed_claim_is_noticed(world: World) {
        let (mine, theirs) = (opened(&world, &world.person(1).await).await, opened(&world, &world.person(2).await).await);
        let token = text(&mine, "access_token");
        let (header, claims) = read(token);
        let (_, other) = read(text(&theirs, "access_token"));
        let signature = token.rsplit('.').next().unwrap();
        for changed in [
            Claims { sub: other.sub, ..claims.clone() },
            Claims { sid: other.sid, ..claims.clone() },
            Claims { sid: other.sid, sub: other.sub, ..claims.clone() },
            Claims { exp: claims.exp + 3600, ..claims.clone() },
            Claims { role: Some("staff".to_owned()), ..claims.clone() },
        ] {
            let forged = format!("{}.{signature}", unsigned(&header, &changed));
            use_token(&world, &forged).await.refused(&catalogue::SESSION_TOKEN_INVALID);
        }
    }

    async fn a_good_token_of_ours_for_a_session_of_another_account_is_refused(world: World) {
        let (mine, theirs) = (opened(&world, &world.person(1).await).await, opened(&world, &world.person(2).await).await);
        let (_, mine) = read(text(&mine, "access_token"));
        let (_, theirs) = read(text(&theirs, "access_token"));
        let token = issue(&world.keys, &Claims { sub: mine.sub, ..theirs }).unwrap();
        use_token(&world, &token).await.refused(&catalogue::SESSION_TOKEN_INVALID);
    }

    async fn a_changed_signature_is_noticed_whether_or_not_the_row_vouches_for_another_token(world: World) {
        let session = opened(&world, &world.person(1).await).await;
        let token = text(&session, "access_token").to_owned();
        let at = token.rfind('.').unwrap() + 1;
        for matches_row in [true, false] {
            if !matches_row {
                world.rows(&sql!("UPDATE sessions SET access_hash = $1"), &[sha256(b"another").into()]).await;
            }
            for position in [at, at + 20, token.len() - 2] {
                let mut forged = token.clone().into_bytes();
                forged[position] = if forged[position] == b'A' { b'B' } else { b'A' };
                use_token(&world, &String::from_utf8(forged).unwrap()).await.refused(&catalogue::SESSION_TOKEN_INVALID);
            }
            use_token(&world, &token[..token.len() - 1]).await.refused(&catalogue::SESSION_TOKEN_INVALID);
            use_token(&world, &token).await.done(200);
        }
    }

    async fn what_is_no_token_is_refused(world: World) {
        let session = opened(&world, &world.person(1).await).await;
        let token = text(&session, "access_token");
        for odd in ["x", "..", "a.b.c", ".", &format!("{token}.{token}"), &format!("{token}x"), &"a".repeat(3000), "eyJhbGciOiJFZERTQSJ9.e30."] {
            use_token(&world, odd).await.refused(&catalogue::SESSION_TOKEN_INVALID);
        }
        for authorization in ["", "Bearer", "Basic abc", token, &format!("Token {token}")] {
            let call = Call::get("/v1/me/sessions").header("authorization", authorization);
            world.send::<Sessions>(call).await.refused(&catalogue::SESSION_REQUIRED);
        }
        world.send::<Sessions>(Call::get("/v1/me/sessions")).await.refused(&catalogue::SESSION_REQUIRED);
        for scheme in ["bearer", "BEARER"] {
            let call = Call::get("/v1/me/sessions").header("authorization", &format!("{scheme} {token}"));
            world.send::<Sessions>(call).await.done(200);
        }
    }

    async fn a_key_that_was_rotated_still_verifies_until_it_is_taken_away(mut world: World) {
        let person = world.person(1).await;
        let old = opened(&world, &person).await;
        // The row vouches for its newest token; this one shall have to be verified.
        world.rows(&sql!("UPDATE sessions SET access_hash = $1"), &[sha256(b"another").into()]).await;
        world.keys.signing.insert(0, SigningKey { id: "sign-2".to_owned(), seed: [7; 32].into() });
        world.keys.verifying.insert(0, VerifyingKey { id: "sign-2".to_owned(), bytes: verifying_half(&[7; 32]).unwrap() });
        use_token(&world, text(&old, "access_token")).await.done(200);
        let new = opened(&world, &person).await;
        assert_eq!(read(text(&new, "access_token")).0["kid"], "sign-2");
        use_token(&world, text(&new, "access_token")).await.done(200);

        world.keys.verifying.retain(|key| key.id != "sign-1");
        use_token(&world, text(&old, "access_token")).await.refused(&catalogue::SESSION_TOKEN_INVALID);
    }

    async fn a_forged_token_leaves_a_row_but_absent_odd_and_expired_ones_do_not(world: World) {
        let session = opened(&world, &world.person(1).await).await;
        world.send::<Sessions>(Call::get("/v1/me/sessions")).await.refused(&catalogue::SESSION_REQUIRED);
        use_token(&world, "a.b.c").await.refused(&catalogue::SESSION_TOKEN_INVALID);
        let (rest, signature) = text(&session, "access_token").rsplit_once('.').unwrap();
        let forged = format!("{rest}.{}", signature.chars().rev().collect::<String>());
        use_token(&world, &forged).await.refused(&catalogue::SESSION_TOKEN_INVALID);
        world.advance(600);
        use_token(&world, text(&session, "access_token")).await.refused(&catalogue::SESSION_TOKEN_EXPIRED);
        let rows = world.audit_of("list_my_sessions").await;
        assert_eq!(rows.iter().map(|row| row.code.as_deref().unwrap()).collect::<Vec<_>>(), ["session.token_invalid"]);

        // Of a session that never was.
        world.rows(&sql!("DELETE FROM sessions"), &[]).await;
        use_token(&world, &forged).await.refused(&catalogue::SESSION_TOKEN_INVALID);
        assert_eq!(world.audit_of("list_my_sessions").await.len(), 1);
    }
}
