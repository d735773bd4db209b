//! The audit, read.

use eport_platform::Platform;
use eport_schema::catalogue;
use eport_shared::clock::Timestamp;
use eport_shared::on_each_database;
use eport_shared::platform::{first_id, new_id};
use eport_shared::sql;
use eport_shared::testing::{Call, Person, SeededEntropy, World};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::{act, get, ids, items, on_duty};

async fn list(world: &World, token: &str, query: &str) -> Json {
    get(world, token, &format!("/v1/platform/audit{query}")).await.done(200)
}

/// Six rows, a minute apart: lock, unlock (both done), reveal, lock of nobody (refused), for two people.
async fn some_history(world: &World, token: &str) -> (Person, Person) {
    let (one, other) = (world.person(1).await, world.person(2).await);
    for (person, what) in [
        (one.id, "lock"),
        (one.id, "unlock"),
        (other.id, "reveal"),
        (Uuid::nil(), "lock"),
        (one.id, "reveal"),
        (other.id, "lock"),
    ] {
        act(world, token, person, what, "核查").await;
        world.advance(60);
    }
    (one, other)
}

fn actions(list: &Json) -> Vec<&str> {
    items(list).iter().map(|item| item["action"].as_str().unwrap()).collect()
}

on_each_database! {
    async fn the_audit_says_who_when_from_where_how_what_and_with_which_result(world: World) {
        let (staff, token) = on_duty(&world).await;
        let person = world.person(1).await;
        let call = Call::post(&format!("/v1/platform/accounts/{}/lock", person.id))
            .bearer(&token)
            .json(&json!({ "reason": "核查" }))
            .from_address("192.0.2.9")
            .header("user-agent", "Firefox/150")
            .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        world.send::<Platform>(call).await.done(200);
        let list = list(&world, &token, "").await;
        let item = &items(&list)[0];
        let (id, session) = (&item["id"], &item["session_id"]);
        assert!(session.is_string());
        assert_eq!(
            item,
            &json!({
                "id": id, "at": "2026-11-22T01:20:00Z", "actor_id": staff.id, "actor_kind": "staff", "session_id": session,
                "address": "192.0.2.9", "device": "Firefox/150", "amr": ["pwd"], "enterprise_id": null, "action": "account.locked",
                "target_type": "account", "target_id": person.id, "before": { "state": "active" },
                "after": { "state": "locked", "reason": "核查", "sessions_ended": 0 }, "result": "ok", "code": null, "refusal": null,
                "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
            })
        );
    }

    async fn the_audit_comes_in_pages_the_newest_first(world: World) {
        let (_, token) = on_duty(&world).await;
        some_history(&world, &token).await;
        let all = list(&world, &token, "").await;
        assert_eq!(
            actions(&all),
            ["account.locked", "account.revealed", "lock_account", "account.revealed", "account.unlocked", "account.locked"]
        );
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = list(&world, &token, &format!("?limit=4&cursor={cursor}")).await;
            seen.extend(ids(&page));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(seen, ids(&all));
    }

    async fn each_filter_narrows_and_all_of_them_together(world: World) {
        let (staff, token) = on_duty(&world).await;
        let (one, other) = some_history(&world, &token).await;
        for (query, expected) in [
            (format!("?target_id={}", one.id), vec!["account.revealed", "account.unlocked", "account.locked"]),
            (format!("?target_id={}", one.id.to_string().to_uppercase()), vec!["account.revealed", "account.unlocked", "account.locked"]),
            (format!("?target_id={}&action=account.locked", other.id), vec!["account.locked"]),
            (format!("?target_id={}&result=refused", other.id), vec![]),
            (format!("?target_id={}&actor_id={}", one.id, other.id), vec![]),
            (format!("?target_id={}&actor_id={}", other.id, staff.id), vec!["account.locked", "account.revealed"]),
            (format!("?actor_id={}&action=account.revealed", staff.id), vec!["account.revealed", "account.revealed"]),
            (format!("?actor_id={}&result=refused", staff.id), vec!["lock_account"]),
            (format!("?actor_id={}", one.id), vec![]),
            ("?action=account.locked".to_owned(), vec!["account.locked", "account.locked"]),
            ("?action=account.locked&result=refused".to_owned(), vec![]),
            ("?action=account".to_owned(), vec![]),
            ("?action=%27%3B--".to_owned(), vec![]),
            ("?result=refused".to_owned(), vec!["lock_account"]),
            ("?result=ok&limit=2".to_owned(), vec!["account.locked", "account.revealed"]),
        ] {
            assert_eq!(actions(&list(&world, &token, &query).await), expected, "{query}");
        }
    }

    async fn a_refusal_is_named_in_the_readers_language(world: World) {
        let (_, token) = on_duty(&world).await;
        some_history(&world, &token).await;
        let title = &catalogue::RESOURCE_NOT_FOUND.title;
        for (language, named) in [("zh-CN", title.zh), ("en", title.en)] {
            let call = Call::get("/v1/platform/audit?result=refused").bearer(&token).header("accept-language", language);
            let found = world.send::<Platform>(call).await.done(200);
            assert_eq!((&found["items"][0]["code"], &found["items"][0]["refusal"]), (&json!("resource.not_found"), &json!(named)));
        }
    }

    async fn from_is_included_and_to_is_not(world: World) {
        let (_, token) = on_duty(&world).await;
        some_history(&world, &token).await;
        for (query, expected) in [
            ("?from=2026-11-22T01:22:00Z", 4_usize),
            ("?from=2026-11-22T01:22:00.001Z", 3),
            ("?to=2026-11-22T01:22:00Z", 2),
            ("?to=2026-11-22T01:22:00.001Z", 3),
            ("?from=2026-11-22T01:21:00Z&to=2026-11-22T01:23:00Z", 2),
            ("?from=2026-11-22T09:21:00%2B08:00&to=2026-11-22T09:23:00%2B08:00&result=ok", 2),
            ("?from=2026-11-22T01:23:00Z&to=2026-11-22T01:21:00Z", 0),
            ("?from=1960-01-01T00:00:00Z&to=9999-12-31T23:59:59Z", 6),
            ("?to=1960-01-01T00:00:00Z", 0),
            ("?from=2026-11-22T01:21:00Z&action=account.locked", 1),
        ] {
            assert_eq!(items(&list(&world, &token, query).await).len(), expected, "{query}");
        }
    }

    async fn a_cursor_does_not_widen_the_bounds(world: World) {
        let (_, token) = on_duty(&world).await;
        some_history(&world, &token).await;
        let bounds = "from=2026-11-22T01:21:00Z&to=2026-11-22T01:24:00Z";
        let first = list(&world, &token, &format!("?limit=2&{bounds}")).await;
        let second = list(&world, &token, &format!("?limit=2&{bounds}&cursor={}", first["next_cursor"].as_str().unwrap())).await;
        assert_eq!((items(&first).len(), items(&second).len(), &second["next_cursor"]), (2, 1, &Json::Null));
    }

    async fn reading_the_audit_leaves_no_row(world: World) {
        let (_, token) = on_duty(&world).await;
        some_history(&world, &token).await;
        let before = world.audit().await.len();
        list(&world, &token, "").await;
        get(&world, &token, "/v1/platform/accounts").await.done(200);
        assert_eq!(world.audit().await.len(), before);
    }

    async fn odd_parameters_are_named(world: World) {
        let (_, token) = on_duty(&world).await;
        for (query, refusal, field) in [
            ("?from=yesterday", &catalogue::TIME_FORMAT, "from"),
            ("?to=2026-11-22", &catalogue::TIME_FORMAT, "to"),
            ("?actor_id=1", &catalogue::ID_FORMAT, "actor_id"),
            ("?target_id=%00", &catalogue::ID_FORMAT, "target_id"),
            ("?result=maybe", &catalogue::REQUEST_INVALID_QUERY, "result"),
            ("?action=a%00", &catalogue::REQUEST_INVALID_QUERY, "action"),
            ("?who=me", &catalogue::REQUEST_INVALID_QUERY, "who"),
        ] {
            let answer = get(&world, &token, &format!("/v1/platform/audit{query}")).await;
            answer.refused(refusal);
            assert_eq!(answer.errors()[0].0, field, "{query}");
        }
    }

    async fn both_databases_order_ids_as_their_bytes(world: World) {
        let insert = sql!("INSERT INTO messages (id, account_id, kind, data, created_at) VALUES ($1, $2, 'welcome', '{}', 0)");
        let person = world.person(1).await;
        let entropy = SeededEntropy::new(7);
        let mut ids: Vec<Uuid> = [0, 1, 9, 10, 255, 256, 1 << 20, 1 << 40, (1 << 48) - 1]
            .into_iter()
            .flat_map(|at| [first_id(Timestamp::from_milliseconds(at)), new_id(Timestamp::from_milliseconds(at), &entropy)])
            .chain([Uuid::max()])
            .collect();
        for id in ids.iter().rev() {
            world.rows(&insert, &[(*id).into(), person.id.into()]).await;
        }
        let rows = world.rows(&sql!("SELECT id FROM messages ORDER BY id"), &[]).await;
        let ordered: Vec<Uuid> = rows.iter().map(|row| row.get(0).unwrap()).collect();
        ids.sort();
        assert_eq!(ordered, ids);
    }
}
