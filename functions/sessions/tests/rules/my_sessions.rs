//! One's own sessions, seen and ended.

use eport_schema::catalogue;
use eport_sessions::Sessions;
use eport_shared::on_each_database;
use eport_shared::testing::{Call, World};
use serde_json::json;

use crate::{login_call, opened, refresh, text, use_token};

on_each_database! {
    async fn a_person_sees_device_address_method_and_times(world: World) {
        let person = world.person(1).await;
        let call = login_call(&person.username, &person.password).from_address("192.0.2.7").header("user-agent", "Firefox/150 (Windows NT 10.0)");
        let session = world.send::<Sessions>(call).await.done(201);
        world.advance(60);
        let list = use_token(&world, text(&session, "access_token")).await.done(200);
        let id = &list["items"][0]["id"];
        assert_eq!(
            list,
            json!({
                "items": [{
                    "id": id, "current": true, "method": "password", "amr": ["pwd"], "card_class": null, "device": "Firefox/150 (Windows NT 10.0)",
                    "device_name": "Firefox · Windows",
                    "address": "192.0.2.7", "created_at": "2026-11-22T01:20:00Z", "last_seen_at": "2026-11-22T01:21:00Z",
                    "expires_at": "2026-11-22T13:20:00Z",
                }],
                "next_cursor": null,
            })
        );
    }

    async fn a_person_sees_live_sessions_alone_the_newest_first(world: World) {
        let (person, other) = (world.person(1).await, world.person(2).await);
        opened(&world, &other).await;
        let idle = opened(&world, &person).await;
        world.advance(1500);
        let live = opened(&world, &person).await;
        let ended = opened(&world, &person).await;
        world.send::<Sessions>(Call::delete("/v1/sessions/current").bearer(text(&ended, "access_token"))).await.done(204);
        world.advance(300);
        let newest = opened(&world, &person).await;
        let list = use_token(&world, text(&newest, "access_token")).await.done(200);
        let current: Vec<_> = list["items"].as_array().unwrap().iter().map(|item| item["current"].as_bool().unwrap()).collect();
        assert_eq!(current, [true, false]);
        refresh(&world, text(&idle, "refresh_token")).await.refused(&catalogue::SESSION_ENDED);
        refresh(&world, text(&live, "refresh_token")).await.done(200);
    }

    async fn sessions_come_in_pages(world: World) {
        let person = world.person(1).await;
        let mut session = json!(null);
        for _ in 0..5 {
            session = opened(&world, &person).await;
            world.advance(1);
        }
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let call = Call::get(&format!("/v1/me/sessions?limit=2&cursor={cursor}")).bearer(text(&session, "access_token"));
            let page = world.send::<Sessions>(call).await.done(200);
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(seen.len(), 5);
        assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "{seen:?}");
    }

    async fn a_person_ends_another_session_of_theirs(world: World) {
        let person = world.person(1).await;
        let lost = opened(&world, &person).await;
        world.advance(1);
        let mine = opened(&world, &person).await;
        let list = use_token(&world, text(&mine, "access_token")).await.done(200);
        let id = list["items"][1]["id"].as_str().unwrap();
        let end = Call::delete(&format!("/v1/me/sessions/{id}")).bearer(text(&mine, "access_token"));
        world.send::<Sessions>(end.clone()).await.done(204);
        use_token(&world, text(&lost, "access_token")).await.refused(&catalogue::SESSION_ENDED);
        use_token(&world, text(&mine, "access_token")).await.done(200);
        world.send::<Sessions>(end).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        let audit = world.audit_of("session.ended").await;
        assert_eq!((audit.len(), audit[0].target_id.as_deref(), audit[0].actor_id), (1, Some(id), Some(person.id)));
    }

    async fn a_session_of_somebody_else_is_not_found(world: World) {
        let mine = opened(&world, &world.person(1).await).await;
        let theirs = opened(&world, &world.person(2).await).await;
        let list = use_token(&world, text(&theirs, "access_token")).await.done(200);
        for id in [list["items"][0]["id"].as_str().unwrap(), "00000000-0000-0000-0000-000000000000", "1", "%00"] {
            let end = Call::delete(&format!("/v1/me/sessions/{id}")).bearer(text(&mine, "access_token"));
            world.send::<Sessions>(end).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        }
        use_token(&world, text(&theirs, "access_token")).await.done(200);
    }
}
