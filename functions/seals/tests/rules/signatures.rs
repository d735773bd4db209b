//! One's own signature images.

use eport_schema::catalogue;
use eport_seals::Seals;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::{Answer, Call, World};
use serde_json::{Value as Json, json};

use crate::drawing::{CLEAR, DPI_600, Drawing, RED, base64};
use crate::office::{get, id, post};

fn wanted() -> Json {
    json!({ "name": "手写签名", "image": base64(&Drawing::signature().png(Some(DPI_600))) })
}

async fn make(world: &World, token: &str) -> Json {
    post(world, token, "/v1/signatures", &wanted()).await.done(201)
}

async fn act(world: &World, token: &str, id: &str, what: &str) -> Answer {
    world.send::<Seals>(Call::post(&format!("/v1/signatures/{id}/{what}")).bearer(token)).await
}

async fn delete(world: &World, token: &str, id: &str) -> Answer {
    world.send::<Seals>(Call::delete(&format!("/v1/signatures/{id}")).bearer(token)).await
}

on_each_database! {
    async fn a_person_without_enterprise_or_card_makes_and_uses_one(world: World) {
        let person = world.person(1).await;
        let token = world.sign_in(person.id).await;
        let made = make(&world, &token).await;
        let id = id(&made);
        assert_eq!((&made["name"], &made["state"], &made["default"]), (&json!("手写签名"), &json!("draft"), &json!(false)));
        assert_eq!((&made["width_mm"], &made["height_mm"]), (&json!(20), &json!(10)));
        assert_eq!(get(&world, &token, &format!("/v1/signatures/{id}")).await.done(200), made);
        assert_eq!(get(&world, &token, "/v1/signatures").await.done(200), json!({ "items": [made], "next_cursor": null }));
        let image = get(&world, &token, &format!("/v1/signatures/{id}/image")).await;
        assert_eq!((image.status(), image.header("content-type")), (200, Some("image/png")));
        assert!(image.body().starts_with(b"\x89PNG"));
        for (refused, next, state) in [("disable", "authorize", "authorized"), ("enable", "disable", "disabled"), ("default", "enable", "authorized")] {
            act(&world, &token, &id, refused).await.refused(&catalogue::SIGNATURE_STATE);
            assert_eq!(act(&world, &token, &id, next).await.done(200)["state"], state);
        }
        assert_eq!(get(&world, &token, "/v1/signatures?state=authorized").await.done(200)["items"].as_array().unwrap().len(), 1);
        delete(&world, &token, &id).await.done(204);
        get(&world, &token, &format!("/v1/signatures/{id}")).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        for action in ["signature.created", "signature.authorized", "signature.disabled", "signature.enabled", "signature.deleted"] {
            assert_eq!(world.audit_of(action).await.len(), 1, "{action}");
        }
    }

    async fn another_persons_is_not_found(world: World) {
        let (mine, theirs) = (world.sign_in(world.person(1).await.id).await, world.sign_in(world.person(2).await.id).await);
        let id = id(&make(&world, &theirs).await);
        assert_eq!(get(&world, &mine, "/v1/signatures").await.done(200)["items"], json!([]));
        for id in [id.as_str(), "019aa9a5-6f0c-7d0a-8f0e-2d9d7f5b1c11", "nonsense"] {
            for what in ["", "/image"] {
                get(&world, &mine, &format!("/v1/signatures/{id}{what}")).await.refused(&catalogue::RESOURCE_NOT_FOUND);
            }
            for what in ["authorize", "disable", "enable", "default"] {
                act(&world, &mine, id, what).await.refused(&catalogue::RESOURCE_NOT_FOUND);
            }
            delete(&world, &mine, id).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        }
        get(&world, &theirs, &format!("/v1/signatures/{id}")).await.done(200);
    }

    async fn images_are_not_readable_in_the_database_nor_in_another_row(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        let (a, b) = (id(&make(&world, &token).await), id(&make(&world, &token).await));
        let kept: Vec<u8> = world.rows(&sql!("SELECT image_enc FROM signature_images"), &[]).await[0].get(0).unwrap();
        assert!(!kept.windows(4).any(|window| window == b"IDAT"));
        world.rows(&sql!("UPDATE signature_images SET image_enc = $1"), &[kept.into()]).await;
        let mut statuses = Vec::new();
        for id in [a, b] {
            statuses.push(get(&world, &token, &format!("/v1/signatures/{id}/image")).await.status());
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 500]);
    }

    async fn there_is_one_default_also_of_two_at_once(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        let mut ids = Vec::new();
        for _ in 0..2 {
            let id = id(&make(&world, &token).await);
            act(&world, &token, &id, "authorize").await.done(200);
            ids.push(id);
        }
        for _ in 0..5 {
            let (a, b) = tokio::join!(act(&world, &token, &ids[0], "default"), act(&world, &token, &ids[1], "default"));
            assert_eq!((a.status(), b.status()), (200, 200));
            assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM signature_images WHERE is_default"), &[]).await, 1);
        }
    }

    async fn a_person_has_so_many(mut world: World) {
        world.settings.signatures_account = 1;
        let token = world.sign_in(world.person(1).await.id).await;
        let body = wanted();
        let (a, b) = tokio::join!(post(&world, &token, "/v1/signatures", &body), post(&world, &token, "/v1/signatures", &body));
        let mut statuses = [a.status(), b.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
        post(&world, &token, "/v1/signatures", &wanted()).await.refused(&catalogue::SIGNATURE_LIMIT);
    }

    async fn bad_images_and_names_are_refused(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        let red = base64(&Drawing::ring(354, 177, RED, CLEAR).png(None));
        for (body, refusal) in [
            (json!({}), &catalogue::REQUEST_MISSING_FIELD),
            (json!({ "image": "" }), &catalogue::IMAGE_ENCODING),
            (json!({ "image": "data:image/png;base64,iVBOR" }), &catalogue::IMAGE_ENCODING),
            (json!({ "image": base64(b"GIF89a") }), &catalogue::IMAGE_UNREADABLE),
            (json!({ "image": base64(&Drawing::signature().jpeg(80, Some(600))) }), &catalogue::IMAGE_TRANSPARENCY),
            (json!({ "image": red }), &catalogue::IMAGE_SIGNATURE_COLOUR),
            (json!({ "image": red, "name": "a\nb" }), &catalogue::TEXT_CONTROL_CHARACTERS),
            (json!({ "image": "", "name": "" }), &catalogue::REQUEST_INVALID),
        ] {
            post(&world, &token, "/v1/signatures", &body).await.refused(refusal);
        }
        let nameless = json!({ "image": wanted()["image"] });
        assert_eq!(post(&world, &token, "/v1/signatures", &nameless).await.done(201)["name"], Json::Null);
    }

    async fn without_a_session_there_are_none(world: World) {
        let id = "019aa9a5-6f0c-7d0a-8f0e-2d9d7f5b1c11";
        let mut calls = vec![
            Call::get("/v1/signatures"),
            Call::post("/v1/signatures").json(&wanted()),
            Call::get(&format!("/v1/signatures/{id}")),
            Call::get(&format!("/v1/signatures/{id}/image")),
            Call::delete(&format!("/v1/signatures/{id}")),
        ];
        calls.extend(["authorize", "disable", "enable", "default"].map(|what| Call::post(&format!("/v1/signatures/{id}/{what}"))));
        for call in calls {
            world.send::<Seals>(call.clone()).await.refused(&catalogue::SESSION_REQUIRED);
            world.send::<Seals>(call.bearer("a.b.c")).await.refused(&catalogue::SESSION_TOKEN_INVALID);
        }
    }

    async fn who_has_seen_an_earlier_version_changes_nothing(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        let answer = post(&world, &token, "/v1/signatures", &wanted()).await;
        let (id, seen) = (id(&answer.json()), answer.header("etag").unwrap().to_owned());
        act(&world, &token, &id, "authorize").await.done(200);
        let late = Call::delete(&format!("/v1/signatures/{id}")).bearer(&token).header("if-match", &seen);
        world.send::<Seals>(late).await.refused(&catalogue::REQUEST_PRECONDITION_FAILED);
    }
}
