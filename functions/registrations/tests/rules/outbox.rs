//! The developer's outbox.

use eport_registrations::Registrations;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::settings::Environment;
use eport_shared::testing::{Call, World, phone};

use crate::code;

on_each_database! {
    async fn a_developer_sees_what_was_not_sent(world: World) {
        let code = code(&world, &phone(1), "login").await;
        let list = world.send::<Registrations>(Call::get("/v1/dev/outbox")).await.done(200);
        let item = &list["items"][0];
        assert_eq!((item["code"].as_str(), item["phone"].as_str()), (Some(code.as_str()), Some("+8613800000001")));
        assert_eq!((item["purpose"].as_str(), item["created_at"].as_str()), (Some("login"), Some("2026-11-22T01:20:00Z")));
        assert!(item["text"].as_str().unwrap().contains(&code));
    }

    async fn there_is_no_outbox_in_production(mut world: World) {
        code(&world, &phone(1), "login").await;
        world.settings.environment = Environment::Production;
        world.send::<Registrations>(Call::get("/v1/dev/outbox")).await.refused(&catalogue::DEV_NOT_ENABLED);
    }

    async fn the_outbox_comes_in_pages_the_newest_first(world: World) {
        for n in 0..5 {
            code(&world, &phone(n), "login").await;
            world.advance(1);
        }
        let mut seen = Vec::new();
        let mut target = "/v1/dev/outbox?limit=2".to_owned();
        loop {
            let page = world.send::<Registrations>(Call::get(&target)).await.done(200);
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["phone"].as_str().unwrap().to_owned()));
            match page["next_cursor"].as_str() {
                Some(cursor) => target = format!("/v1/dev/outbox?limit=2&cursor={cursor}"),
                None => break,
            }
        }
        assert_eq!(seen, [4, 3, 2, 1, 0].map(|n| format!("+86{}", phone(n))));
    }

    async fn the_outbox_can_be_asked_for_one_phone(world: World) {
        code(&world, &phone(1), "login").await;
        code(&world, &phone(2), "login").await;
        let list = world.send::<Registrations>(Call::get("/v1/dev/outbox?phone=13800000002")).await.done(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        world.send::<Registrations>(Call::get("/v1/dev/outbox?phone=2")).await.refused(&catalogue::PHONE_FORMAT);
    }
}
