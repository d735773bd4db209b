//! The rules of the inbox, through the routes, on both databases.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

use eport_messages::Messages;
use eport_schema::catalogue;
use eport_shared::context::Client;
use eport_shared::inbox::{self, Kind};
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::sql::transaction;
use eport_shared::testing::{Answer, Call, Person, World};
use serde_json::{Value as Json, json};

/// Puts messages into a person's inbox, a second apart.
async fn told(world: &World, person: &Person, messages: &[(Kind, Json)]) {
    for (kind, data) in messages {
        let context = world.context(Client::default());
        transaction(&world.database, async |connection| inbox::put(&context, connection, person.id, *kind, data).await)
            .await
            .unwrap();
        world.advance(1);
    }
}

async fn list(world: &World, token: &str, query: &str) -> Json {
    world.send::<Messages>(Call::get(&format!("/v1/messages{query}")).bearer(token)).await.done(200)
}

fn kinds(list: &Json) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap()).collect()
}

async fn read(world: &World, token: &str, id: &str) -> Answer {
    world.send::<Messages>(Call::post(&format!("/v1/messages/{id}/read")).bearer(token)).await
}

fn welcome_and_phone() -> [(Kind, Json); 2] {
    [(Kind::Welcome, json!({})), (Kind::PhoneChanged, json!({ "before": "138****0001", "after": "138****0002" }))]
}

on_each_database! {
    async fn messages_come_the_newest_first_in_the_readers_language(world: World) {
        let person = world.person(1).await;
        told(&world, &person, &welcome_and_phone()).await;
        let token = world.sign_in(person.id).await;
        let chinese = list(&world, &token, "").await;
        assert_eq!(kinds(&chinese), ["phone_changed", "welcome"]);
        assert_eq!(
            chinese["items"][0],
            json!({
                "id": chinese["items"][0]["id"], "kind": "phone_changed", "title": "手机号已更换",
                "body": "您的账号手机号已由 138****0001 更换为 138****0002。", "created_at": "2026-11-22T01:20:01Z", "read_at": null,
                "action": null,
            })
        );
        let call = Call::get("/v1/messages").bearer(&token).header("accept-language", "en-GB,zh;q=0.5");
        let english = world.send::<Messages>(call).await.done(200);
        assert_eq!(english["items"][1]["title"], "Welcome");
        assert_eq!(english["items"][0]["body"], "The phone of your account was changed from 138****0001 to 138****0002.");
    }

    async fn every_kind_has_words_in_both_languages(world: World) {
        let person = world.person(1).await;
        let kinds = [Kind::Welcome, Kind::NewDevice, Kind::PasswordChanged, Kind::PhoneChanged, Kind::AccountUnlocked];
        told(&world, &person, &kinds.map(|kind| (kind, json!({})))).await;
        let token = world.sign_in(person.id).await;
        for language in ["zh-CN", "en"] {
            let call = Call::get("/v1/messages").bearer(&token).header("accept-language", language);
            let list = world.send::<Messages>(call).await.done(200);
            assert_eq!(list["items"].as_array().unwrap().len(), kinds.len());
            for item in list["items"].as_array().unwrap() {
                let words = format!("{}{}", item["title"].as_str().unwrap(), item["body"].as_str().unwrap());
                assert_eq!(words.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), language == "zh-CN", "{words}");
            }
        }
    }

    async fn a_kind_of_a_newer_version_is_shown_by_its_name(world: World) {
        let person = world.person(1).await;
        told(&world, &person, &[(Kind::Welcome, json!({}))]).await;
        world.rows(&sql!("UPDATE messages SET kind = 'not_thought_of_yet', data = 'no json'"), &[]).await;
        let list = list(&world, &world.sign_in(person.id).await, "").await;
        assert_eq!((&list["items"][0]["title"], &list["items"][0]["body"]), (&json!("not_thought_of_yet"), &json!("")));
    }

    async fn a_message_is_marked_as_read_once_and_again_without_harm(world: World) {
        let person = world.person(1).await;
        told(&world, &person, &welcome_and_phone()).await;
        let token = world.sign_in(person.id).await;
        let all = list(&world, &token, "").await;
        let id = all["items"][1]["id"].as_str().unwrap();
        read(&world, &token, id).await.done(204);
        world.advance(60);
        read(&world, &token, id).await.done(204);
        let all = list(&world, &token, "").await;
        assert_eq!(all["items"][1]["read_at"], "2026-11-22T01:20:02Z", "it was read the first time");

        assert_eq!(kinds(&list(&world, &token, "?unread=true").await), ["phone_changed"]);
        assert_eq!(kinds(&list(&world, &token, "?unread=false").await), ["welcome"]);
        assert_eq!(kinds(&list(&world, &token, "?unread=").await).len(), 2);
    }

    async fn a_message_of_somebody_else_is_not_found(world: World) {
        let (person, other) = (world.person(1).await, world.person(2).await);
        told(&world, &person, &welcome_and_phone()).await;
        let token = world.sign_in(other.id).await;
        assert_eq!(list(&world, &token, "").await, json!({ "items": [], "next_cursor": null }));
        let mine = list(&world, &world.sign_in(person.id).await, "").await;
        for id in [mine["items"][0]["id"].as_str().unwrap(), "00000000-0000-0000-0000-000000000000", "1", "..%2f"] {
            read(&world, &token, id).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        }
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM messages WHERE read_at IS NOT NULL"), &[]).await, 0);
        let refused = world.audit_of("read_message").await;
        assert!(refused.len() == 4 && refused.iter().all(|row| row.actor_id == Some(other.id)));
        assert!(refused.iter().all(|row| row.target_type.as_deref() == Some("message")));
    }

    async fn the_inbox_comes_in_pages_of_each_filter(world: World) {
        let person = world.person(1).await;
        for _ in 0..4 {
            told(&world, &person, &welcome_and_phone()).await;
        }
        world.rows(&sql!("UPDATE messages SET read_at = 1 WHERE kind = 'welcome'"), &[]).await;
        let token = world.sign_in(person.id).await;
        for (filter, expected) in [("", 8), ("&unread=true", 4), ("&unread=false", 4)] {
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = list(&world, &token, &format!("?limit=3&cursor={cursor}{filter}")).await;
                assert!(page["items"].as_array().unwrap().len() <= 3);
                seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = next.to_owned(),
                    None => break,
                }
            }
            assert_eq!(seen.len(), expected, "{filter}");
            assert!(seen.windows(2).all(|pair| pair[0] > pair[1]));
        }
    }

    async fn odd_parameters_are_named(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        for (query, refusal, field) in [
            ("?unread=1", &catalogue::REQUEST_INVALID_QUERY, "unread"),
            ("?limit=0", &catalogue::LIMIT_RANGE, "limit"),
            ("?limit=101", &catalogue::LIMIT_RANGE, "limit"),
            ("?limit=-1", &catalogue::LIMIT_RANGE, "limit"),
            ("?cursor=1", &catalogue::CURSOR_INVALID, "cursor"),
            ("?limit=1&limit=2", &catalogue::REQUEST_INVALID_QUERY, "limit"),
            ("?page=2", &catalogue::REQUEST_INVALID_QUERY, "page"),
        ] {
            let answer = world.send::<Messages>(Call::get(&format!("/v1/messages{query}")).bearer(&token)).await;
            answer.refused(refusal);
            assert_eq!(answer.errors(), [(field.to_owned(), refusal.code.to_owned())], "{query}");
        }
    }

    async fn the_inbox_needs_a_session(world: World) {
        world.send::<Messages>(Call::get("/v1/messages")).await.refused(&catalogue::SESSION_REQUIRED);
        world.send::<Messages>(Call::post("/v1/messages/1/read")).await.refused(&catalogue::SESSION_REQUIRED);
        world.send::<Messages>(Call::get("/v1/health/messages")).await.done(200);
    }
}
