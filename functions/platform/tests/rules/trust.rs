//! Whom cards are trusted from, kept by staff.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eport_platform::Platform;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::cards::{Algorithm, CardClass, CrlAge, authority, holder, issue};
use eport_shared::testing::{Answer, Call, World};
use serde_json::{Value as Json, json};

use crate::{get, items, on_duty};

const ANCHORS: &str = "/v1/platform/trust/anchors";
const LISTS: &str = "/v1/platform/trust/crls";

async fn post(world: &World, token: &str, to: &str, body: &Json) -> Answer {
    world.send::<Platform>(Call::post(to).bearer(token).json(body)).await
}

fn certificate(kind: &str, der: &[u8]) -> Json {
    json!({ "kind": kind, "certificate": STANDARD.encode(der), "reason": "新增发证机构" })
}

fn list(der: &[u8]) -> Json {
    json!({ "list": STANDARD.encode(der), "reason": "每日更新" })
}

async fn revision(world: &World) -> Vec<u8> {
    world.rows(&sql!("SELECT revision FROM trust_state"), &[]).await[0].get(0).unwrap()
}

on_each_database! {
    async fn an_authority_is_trusted_seen_and_no_longer_trusted(world: World) {
        let (staff, token) = on_duty(&world).await;
        let ca = authority(&world, Algorithm::Sm2);
        assert_eq!(revision(&world).await, Vec::<u8>::new());
        let added = post(&world, &token, ANCHORS, &certificate("anchor", &ca.root_der().unwrap())).await.done(201);
        assert!(added["subject"].as_str().unwrap().contains("Root"), "{added}");
        assert_eq!((&added["kind"], added["sha256"].as_str().unwrap().len()), (&json!("anchor"), 64));
        post(&world, &token, ANCHORS, &certificate("intermediate", &ca.intermediate_der().unwrap())).await.done(201);
        let seen = get(&world, &token, ANCHORS).await.done(200);
        assert_eq!(items(&seen).len(), 2);
        assert!(items(&seen).contains(&added));
        let with_both = revision(&world).await;
        let delete = Call::delete(&format!("{ANCHORS}/{}", added["id"].as_str().unwrap())).bearer(&token);
        world.send::<Platform>(delete.clone()).await.done(204);
        world.send::<Platform>(delete).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        assert_ne!(revision(&world).await, with_both);
        // The same store has the same digest, however it came about.
        post(&world, &token, ANCHORS, &certificate("anchor", &ca.root_der().unwrap())).await.done(201);
        assert_eq!(revision(&world).await, with_both);
        let audit = world.audit_of("trust.certificate_added").await;
        assert_eq!((audit.len(), audit[0].actor_id), (3, Some(staff.id)));
        assert!(audit[0].after.as_deref().unwrap().contains("新增发证机构"));
        assert_eq!(world.audit_of("trust.certificate_removed").await.len(), 1);
    }

    async fn a_newer_list_takes_the_place_of_an_older_one_and_not_the_other_way_round(world: World) {
        let (_, token) = on_duty(&world).await;
        let ca = authority(&world, Algorithm::P256);
        let (old, new) = (ca.crl(CrlAge::OutOfDate).unwrap(), ca.crl(CrlAge::Current).unwrap());
        post(&world, &token, LISTS, &list(&old)).await.done(201);
        post(&world, &token, LISTS, &list(&old)).await.refused(&catalogue::TRUST_KNOWN);
        let added = post(&world, &token, LISTS, &list(&new)).await.done(201);
        post(&world, &token, LISTS, &list(&old)).await.refused(&catalogue::TRUST_LIST_OUTDATED);
        post(&world, &token, LISTS, &list(&ca.root_crl(CrlAge::Current).unwrap())).await.done(201);
        let seen = get(&world, &token, LISTS).await.done(200);
        assert_eq!(items(&seen).len(), 2);
        assert!(items(&seen).contains(&added));
        let delete = Call::delete(&format!("{LISTS}/{}", added["id"].as_str().unwrap())).bearer(&token);
        world.send::<Platform>(delete).await.done(204);
    }

    async fn what_is_no_authority_or_list_is_refused(world: World) {
        let (_, token) = on_duty(&world).await;
        let ca = authority(&world, Algorithm::P256);
        let root = ca.root_der().unwrap();
        let card = issue(&ca, &holder(1, CardClass::Operator)).certificate_der;
        let list_der = ca.crl(CrlAge::Current).unwrap();
        for (to, body, refusal) in [
            (ANCHORS, certificate("anchor", &card), &catalogue::TRUST_NOT_AUTHORITY),
            (ANCHORS, certificate("intermediate", &card), &catalogue::TRUST_NOT_AUTHORITY),
            (ANCHORS, certificate("anchor", &list_der), &catalogue::TRUST_MALFORMED),
            (ANCHORS, certificate("anchor", &root[..root.len() - 1]), &catalogue::TRUST_MALFORMED),
            (ANCHORS, certificate("root", &root), &catalogue::TRUST_KIND),
            (ANCHORS, json!({ "kind": "anchor", "certificate": "*", "reason": "x" }), &catalogue::CARD_ENCODING),
            (ANCHORS, json!({ "kind": "anchor", "certificate": STANDARD.encode(&root), "reason": "" }), &catalogue::AUDIT_REASON_REQUIRED),
            (ANCHORS, json!({ "certificate": "MIIC" }), &catalogue::REQUEST_MISSING_FIELD),
            (LISTS, list(&root), &catalogue::TRUST_MALFORMED),
            (LISTS, list(&list_der[..list_der.len() - 1]), &catalogue::TRUST_MALFORMED),
            (LISTS, json!({ "list": "", "reason": "x" }), &catalogue::CARD_ENCODING),
        ] {
            post(&world, &token, to, &body).await.refused(refusal);
        }
        assert_eq!(items(&get(&world, &token, ANCHORS).await.done(200)).len(), 0);
        assert_eq!(revision(&world).await, Vec::<u8>::new());
        post(&world, &token, ANCHORS, &certificate("anchor", &root)).await.done(201);
        post(&world, &token, ANCHORS, &certificate("intermediate", &root)).await.refused(&catalogue::TRUST_KNOWN);
    }

    async fn only_staff_keep_the_trust_store(world: World) {
        let person = world.sign_in(world.person(1).await.id).await;
        let id = "019aa9a5-6f0c-7d0a-8f0e-2d9d7f5b1c11";
        for call in [
            Call::get(ANCHORS),
            Call::get(LISTS),
            Call::post(ANCHORS).json(&json!({})),
            Call::post(LISTS).json(&json!({})),
            Call::delete(&format!("{ANCHORS}/{id}")),
            Call::delete(&format!("{LISTS}/{id}")),
        ] {
            world.send::<Platform>(call.clone()).await.refused(&catalogue::SESSION_REQUIRED);
            world.send::<Platform>(call.bearer(&person)).await.refused(&catalogue::STAFF_REQUIRED);
        }
    }

    async fn of_two_who_add_one_authority_at_once_one_does(world: World) {
        let (_, token) = on_duty(&world).await;
        let body = certificate("anchor", &authority(&world, Algorithm::P256).root_der().unwrap());
        let (a, b) = tokio::join!(post(&world, &token, ANCHORS, &body), post(&world, &token, ANCHORS, &body));
        let mut statuses = [a.status(), b.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
    }

    async fn lists_are_paged(world: World) {
        let (_, token) = on_duty(&world).await;
        let mut sent = Vec::new();
        for algorithm in [Algorithm::P256, Algorithm::Sm2] {
            world.advance(1);
            let der = authority(&world, algorithm).root_der().unwrap();
            sent.push(post(&world, &token, ANCHORS, &certificate("anchor", &der)).await.done(201));
        }
        let first = get(&world, &token, &format!("{ANCHORS}?limit=1")).await.done(200);
        assert_eq!(items(&first), &[sent[1].clone()]);
        let next = first["next_cursor"].as_str().unwrap();
        let second = get(&world, &token, &format!("{ANCHORS}?limit=1&cursor={next}")).await.done(200);
        assert_eq!((items(&second), &second["next_cursor"]), (&vec![sent[0].clone()], &Json::Null));
    }
}
