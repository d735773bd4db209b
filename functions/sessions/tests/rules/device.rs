//! A login from a device that was not seen before is told to the person.

use eport_sessions::Sessions;
use eport_shared::on_each_database;
use eport_shared::testing::{Person, World};
use serde_json::json;

use crate::login_call;

async fn log_in_with(world: &World, person: &Person, device: &str) {
    let call = login_call(&person.username, &person.password).from_address("192.0.2.7").header("user-agent", device);
    world.send::<Sessions>(call).await.done(201);
}

on_each_database! {
    async fn the_first_device_of_all_is_no_news(world: World) {
        let person = world.person(1).await;
        log_in_with(&world, &person, "Firefox/150").await;
        log_in_with(&world, &person, "Firefox/150").await;
        assert!(world.inbox(person.id).await.is_empty());
    }

    async fn another_device_is_told_once(world: World) {
        let person = world.person(1).await;
        log_in_with(&world, &person, "Firefox/150").await;
        log_in_with(&world, &person, "Thief/1").await;
        log_in_with(&world, &person, "Thief/1").await;
        log_in_with(&world, &person, "Firefox/150").await;
        assert_eq!(
            world.inbox(person.id).await,
            [("new_device".to_owned(), json!({ "device": "Thief/1", "address": "192.0.2.7" }))]
        );
    }
}
