//! A seal is made with the legal-person card.

use eport_schema::catalogue;
use eport_seals::Seals;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::cards::{Algorithm, CardClass, ENTERPRISE, holder, holder_elsewhere, issue, with};
use eport_shared::testing::{Call, World};
use serde_json::json;

use crate::drawing::{BLUE, DPI_600, Drawing, WHITE, base64};
use crate::office::{get, id, in_use, join, make, post, seal, set_up, signed, wanted};

on_each_database! {
    async fn a_seal_is_made_with_the_legal_persons_card_and_kept_with_its_proof(mut world: World) {
        let ca = set_up(&mut world, Algorithm::Sm2).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let made = make(&world, &person, " 杭州示例公章 ", "official").await;
        assert_eq!((&made["name"], &made["kind"], &made["shape"]), (&json!("杭州示例公章"), &json!("official"), &json!("round")));
        assert_eq!((&made["state"], &made["default"], &made["colour"]), (&json!("draft"), &json!(false), &json!("red")));
        assert_eq!((&made["width_mm"], &made["height_mm"], &made["resolution_dpi"]), (&json!(20), &json!(20), &json!(600)));
        assert_eq!((&made["signed_by"], &made["signed_at"]), (&json!("张伟"), &made["created_at"]));
        let id = id(&made);
        assert_eq!(seal(&world, &person.token, &id).await.done(200), made);
        let listed = get(&world, &person.token, "/v1/seals").await.done(200);
        assert_eq!(listed, json!({ "items": [made], "next_cursor": null }));

        let image = get(&world, &person.token, &format!("/v1/seals/{id}/image")).await;
        assert_eq!((image.status(), image.header("content-type")), (200, Some("image/png")));
        assert!(image.body().starts_with(b"\x89PNG"));
        let der = get(&world, &person.token, &format!("/v1/seals/{id}/seseal")).await;
        assert_eq!(der.header("content-type"), Some("application/octet-stream"));
        let read = eport_seal::read(der.body()).unwrap();
        let info = &read.seal_info;
        assert_eq!(info.es_id.as_str(), made["es_id"].as_str().unwrap());
        assert_eq!((info.property.name.as_str(), info.property.seal_type, info.property.cert_list_type), ("杭州示例公章", 1, 1));
        assert_eq!(info.property.cert_list[0].as_bytes(), person.card.certificate_der);
        assert_eq!((info.picture.data.as_bytes(), info.picture.width), (image.body(), 20));
        assert_eq!(read.cert.as_bytes(), world.keys.seal[0].certificate);

        let inbox = world.inbox(person.account).await;
        let told: Vec<_> = inbox.iter().filter(|(kind, _)| kind == "seal_changed").map(|(_, data)| data).collect();
        assert_eq!(told, [&json!({ "enterprise": ENTERPRISE.1, "name": "杭州示例公章", "change": "created" })]);
        let audit = world.audit_of("seal.created").await;
        assert_eq!(audit.len(), 1);
        assert_eq!(audit[0].target_id.as_deref(), Some(id.as_str()));
        assert!(audit[0].enterprise_id.is_some() && audit[0].before.is_none());
    }

    async fn id_numbers_are_not_readable_where_seals_are_kept(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        make(&world, &person, "公章", "official").await;
        let number = holder(1, CardClass::LegalPerson).id_number;
        let rows = world.rows(&sql!("SELECT upload_enc, certificate_enc, seseal_enc, image, signature FROM seal_revisions"), &[]).await;
        for column in 0..5 {
            let kept: Vec<u8> = rows[0].get(column).unwrap();
            assert!(!kept.windows(number.len()).any(|window| window == number.as_bytes()), "column {column}");
        }
        assert!(world.audit().await.iter().all(|row| !format!("{row:?}").contains(&number)));
    }

    async fn a_check_says_what_the_card_is_to_sign_and_keeps_nothing(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let mut body = wanted("公章", "official");
        let drawing = Drawing::ring(709, 354, BLUE, WHITE).png(Some(DPI_600));
        body["image"] = base64(&drawing).into();
        body["shape"] = "ellipse".into();
        let draft = post(&world, &person.token, "/v1/seals/check", &body).await.done(200);
        let image = draft["image_sha256"].as_str().unwrap();
        let text = format!("eport-id/seal/v1\nseal: new\nname: 公章\nkind: official\nshape: ellipse\nimage: {image}");
        assert_eq!(draft["text"], text);
        assert_eq!(draft["digest"], hex(&text));
        assert_eq!((&draft["width_mm"], &draft["height_mm"], &draft["colour"]), (&json!(30), &json!(15), &json!("blue")));
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM seals"), &[]).await, 0);
        body["image"] = base64(&Drawing::seal().png(Some(2835))).into();
        post(&world, &person.token, "/v1/seals/check", &body).await.refused(&catalogue::IMAGE_RESOLUTION);
        for field in ["name", "kind", "shape", "image"] {
            let mut less = wanted("公章", "official");
            less.as_object_mut().unwrap().remove(field);
            let answer = post(&world, &person.token, "/v1/seals/check", &less).await;
            answer.refused(&catalogue::REQUEST_MISSING_FIELD);
            assert_eq!(answer.errors()[0].0, field);
        }
    }

    async fn every_wrong_field_is_named_at_once(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let body = json!({
            "name": "", "kind": "stamp", "shape": "star", "image": "*",
            "challenge_id": "x", "certificate": "MIIC", "signature": "MIIC", "algorithm": "SM2"
        });
        let answer = post(&world, &person.token, "/v1/seals", &body).await;
        answer.refused(&catalogue::REQUEST_INVALID);
        let codes: Vec<_> = answer.errors().into_iter().map(|(_, code)| code).collect();
        assert_eq!(codes, ["seal_name.length", "seal_kind.unknown", "shape.unknown", "image.encoding"]);
        let good = with(with(with(body, "name", "公章"), "kind", "official"), "shape", "round");
        let not_an_image = with(good.clone(), "image", base64(b"not an image"));
        let answer = post(&world, &person.token, "/v1/seals", &not_an_image).await;
        answer.refused(&catalogue::IMAGE_UNREADABLE);
        assert_eq!(answer.errors(), [("image".to_owned(), "image.unreadable".to_owned())]);
        let too_long = with(good.clone(), "image", base64(&vec![0; (3 << 20) + 1]));
        post(&world, &person.token, "/v1/seals", &too_long).await.refused(&catalogue::IMAGE_PIXELS);
        let image = with(good, "image", base64(&Drawing::seal().png(Some(DPI_600))));
        post(&world, &person.token, "/v1/seals", &image).await.refused(&catalogue::ID_FORMAT);
        post(&world, &person.token, "/v1/seals", &with(image, "pin", "123456")).await.refused(&catalogue::REQUEST_UNKNOWN_FIELD);
        world.send::<Seals>(Call::post("/v1/seals").bearer(&person.token).too_large()).await.refused(&catalogue::REQUEST_TOO_LARGE);
    }

    async fn what_the_card_signed_is_what_is_made(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        for (field, value) in [
            ("name", json!("另一个名称")),
            ("kind", json!("finance")),
            ("shape", json!("ellipse")),
            ("image", json!(base64(&Drawing::seal().png(Some(DPI_600 + 1))))),
        ] {
            let body = signed(&world, &person.token, &person.card, None, &wanted("公章", "official")).await;
            post(&world, &person.token, "/v1/seals", &with(body, field, value)).await.refused(&catalogue::CARD_CHALLENGE_INVALID);
        }
        let body = signed(&world, &person.token, &person.card, None, &wanted("公章", "official")).await;
        post(&world, &person.token, "/v1/seals", &body).await.done(201);
        post(&world, &person.token, "/v1/seals", &body).await.refused(&catalogue::CARD_CHALLENGE_INVALID);
        let body = signed(&world, &person.token, &person.card, None, &wanted("公章", "official")).await;
        world.advance(121);
        post(&world, &person.token, "/v1/seals", &body).await.refused(&catalogue::CARD_CHALLENGE_EXPIRED);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM seals"), &[]).await, 1);
    }

    async fn another_card_than_the_legal_persons_own_signs_nothing(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        for (card, refusal) in [
            (holder(1, CardClass::Operator), &catalogue::SEAL_LEGAL_PERSON_CARD_REQUIRED),
            (holder(2, CardClass::LegalPerson), &catalogue::CARD_HOLDER_MISMATCH),
            (holder_elsewhere(1, CardClass::LegalPerson), &catalogue::CARD_ENTERPRISE_MISMATCH),
        ] {
            let body = signed(&world, &person.token, &issue(&ca, &card), None, &wanted("公章", "official")).await;
            post(&world, &person.token, "/v1/seals", &body).await.refused(refusal);
        }
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM seal_revisions"), &[]).await, 0);
        assert_eq!(world.audit_of("create_seal").await.len(), 3);
    }

    async fn of_two_at_once_with_one_signature_one_makes_a_seal(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let body = signed(&world, &person.token, &person.card, None, &wanted("公章", "official")).await;
        let (a, b) = tokio::join!(post(&world, &person.token, "/v1/seals", &body), post(&world, &person.token, "/v1/seals", &body));
        let mut statuses = [a.status(), b.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422]);
    }

    async fn a_retry_with_the_same_key_gets_the_first_answer(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let body = signed(&world, &person.token, &person.card, None, &wanted("公章", "official")).await;
        let call = Call::post("/v1/seals").bearer(&person.token).json(&body).key("seal-1");
        let first = world.send::<Seals>(call.clone()).await.done(201);
        assert_eq!(world.send::<Seals>(call).await.done(201), first);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM seals"), &[]).await, 1);
    }

    async fn a_card_that_is_unbound_meanwhile_makes_nothing(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let body = signed(&world, &person.token, &person.card, None, &wanted("公章", "official")).await;
        world.database.meanwhile("UPDATE card_challenges", sql!("UPDATE cards SET unbound_at = $1"), &[world.now().into()]);
        post(&world, &person.token, "/v1/seals", &body).await.refused(&catalogue::SEAL_LEGAL_PERSON_CARD_REQUIRED);
        assert!(world.database.interlude_is_over());
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM seals"), &[]).await, 0);
    }

    async fn an_enterprise_has_so_many_seals_and_makes_so_many_a_day(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        world.settings.seals_enterprise = 1;
        world.settings.seals_day = 2;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let first = in_use(&world, &person, "公章", "official").await;
        let body = signed(&world, &person.token, &person.card, None, &wanted("二", "official")).await;
        post(&world, &person.token, "/v1/seals", &body).await.refused(&catalogue::SEAL_LIMIT);
        crate::office::delete(&world, &person.token, &first).await.done(204);
        world.advance(60);
        let second = id(&make(&world, &person, "二", "official").await);
        let patch = signed(&world, &person.token, &person.card, Some(&second), &json!({ "name": "三" })).await;
        let problem = crate::office::patch(&world, &person.token, &second, &patch).await.refused(&catalogue::SEAL_DAILY_LIMIT);
        assert_eq!(problem["retry_after"], 24 * 3600 - 60);
    }

    async fn seals_come_in_pages_by_kind_and_by_state(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let mut ids = Vec::new();
        for kind in ["official", "finance", "finance"] {
            world.advance_milliseconds(5);
            ids.insert(0, id(&make(&world, &person, kind, kind).await));
        }
        crate::office::act(&world, &person.token, &ids[0], "authorize").await.done(200);
        let of = |page: &serde_json::Value| -> Vec<String> { page["items"].as_array().unwrap().iter().map(id).collect() };
        let first = get(&world, &person.token, "/v1/seals?limit=2").await.done(200);
        assert_eq!(of(&first), ids[..2]);
        let cursor = first["next_cursor"].as_str().unwrap();
        assert_eq!(of(&get(&world, &person.token, &format!("/v1/seals?cursor={cursor}")).await.done(200)), ids[2..]);
        assert_eq!(of(&get(&world, &person.token, "/v1/seals?kind=finance&state=draft").await.done(200)), ids[1..2]);
        get(&world, &person.token, "/v1/seals?kind=stamp").await.refused(&catalogue::REQUEST_INVALID_QUERY);
    }

    async fn without_a_seal_makers_key_nothing_is_made(mut world: World) {
        let ca = set_up(&mut world, Algorithm::P256).await;
        world.keys.seal.clear();
        let person = join(&world, &ca, 1, CardClass::LegalPerson).await;
        let body = signed(&world, &person.token, &person.card, None, &wanted("公章", "official")).await;
        post(&world, &person.token, "/v1/seals", &body).await.refused(&catalogue::SERVICE_INTERNAL);
    }
}

/// A digest that the card signs is SHA-256 in lower-case hexadecimal.
fn hex(text: &str) -> String {
    eport_seals::seals::order::digest(text)
}

#[test]
fn the_digest_of_the_documentation_is_right() {
    let empty = eport_shared::crypto::sha256(b"");
    let text = eport_seals::seals::order::text(None, "西安示例贸易有限公司", "official", "round", &empty);
    assert_eq!(
        text,
        "eport-id/seal/v1\nseal: new\nname: 西安示例贸易有限公司\nkind: official\nshape: round\n\
         image: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/seals.md")).unwrap();
    assert!(page.contains(&text) && page.contains(&hex(&text)), "docs/seals.md lacks {}", hex(&text));
}
