//! Accounts found.

use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::{Person, World, phone, resident_id};
use serde_json::{Value as Json, json};

use crate::{get, ids, items, on_duty};

/// Ten people a second apart: 0 to 9.
async fn people(world: &World) -> Vec<Person> {
    let mut people = Vec::new();
    for n in 0..10 {
        people.push(world.person(n).await);
        world.advance(1);
    }
    people
}

async fn find(world: &World, token: &str, query: &str) -> Json {
    let query: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
    get(world, token, &format!("/v1/platform/accounts?query={query}")).await.done(200)
}

on_each_database! {
    async fn all_accounts_come_in_pages_the_newest_first(world: World) {
        let people = people(&world).await;
        let (staff, token) = on_duty(&world).await;
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = get(&world, &token, &format!("/v1/platform/accounts?limit=4&cursor={cursor}")).await.done(200);
            seen.extend(ids(&page));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        let expected: Vec<String> =
            std::iter::once(staff.id).chain(people.iter().rev().map(|person| person.id)).map(|id| id.to_string()).collect();
        assert_eq!(seen, expected);
    }

    async fn an_account_shows_masked_numbers_alone(world: World) {
        let person = world.person(1).await;
        let (_, token) = on_duty(&world).await;
        let account = get(&world, &token, &format!("/v1/platform/accounts/{}", person.id)).await.done(200);
        let masked = format!("{}**********{}", &person.id_number[..4], &person.id_number[14..]);
        let expected = json!({
            "id": person.id, "username": "Person-1", "name": "张伟", "id_type": "resident_id", "id_number": masked,
            "phone": "138****0001", "state": "active", "staff": false, "locked": null,
            "created_at": "2026-11-22T01:20:00Z", "last_login_at": null,
        });
        assert_eq!(account, expected);
        assert_eq!(items(&find(&world, &token, "person-1").await)[..], [expected]);
    }

    async fn a_phone_is_found_in_any_spelling(world: World) {
        let people = people(&world).await;
        let (_, token) = on_duty(&world).await;
        for query in [phone(3).as_str(), "138 0000 0003", "+86 138-0000-0003", "+8613800000003"] {
            assert_eq!(ids(&find(&world, &token, query).await), [people[3].id.to_string()], "{query}");
        }
        for query in ["1380000000", "0003", "138000000030", "138****0003"] {
            assert!(ids(&find(&world, &token, query).await).is_empty(), "{query}");
        }
    }

    async fn an_id_number_is_found_in_either_case_and_of_any_type(world: World) {
        let people = people(&world).await;
        let (_, token) = on_duty(&world).await;
        for person in &people {
            for query in [person.id_number.clone(), person.id_number.to_lowercase()] {
                assert_eq!(ids(&find(&world, &token, &query).await), [person.id.to_string()]);
            }
        }
        // Another kind of document with a number that could also be a phone's or a passport's.
        let document = eport_schema::domain::IdDocument::parse(
            eport_schema::domain::IdType::TaiwanPermit,
            "12345678",
            world.now().date(),
        )
        .unwrap();
        let index = eport_shared::accounts::id_number_index(&world.keys, &document);
        world.rows(
            &sql!("UPDATE accounts SET id_type = 'taiwan_permit', id_number_enc = NULL, id_number_index = $1 WHERE id = $2"),
            &[index.into(), people[5].id.into()],
        ).await;
        assert_eq!(ids(&find(&world, &token, "12345678").await), [people[5].id.to_string()]);
        assert!(ids(&find(&world, &token, &resident_id(500)).await).is_empty());
    }

    async fn a_username_is_found_by_its_beginning_in_any_case(world: World) {
        let people = people(&world).await;
        let (_, token) = on_duty(&world).await;
        let all: Vec<String> = people.iter().rev().map(|person| person.id.to_string()).collect();
        for query in ["person-", "PERSON", "perso"] {
            let found = ids(&find(&world, &token, query).await);
            assert_eq!(found.len(), 11, "staff are found too");
            assert_eq!(found[1..], all, "{query}");
        }
        assert_eq!(ids(&find(&world, &token, "person-7").await), [people[7].id.to_string()]);
        for query in ["erson-7", "person-77", "person_7", "p%", "_erson-7", "person-7'--"] {
            assert!(ids(&find(&world, &token, query).await).is_empty(), "{query}");
        }
    }

    async fn a_chinese_username_is_found_by_its_beginning(world: World) {
        let people = people(&world).await;
        let (_, token) = on_duty(&world).await;
        for (n, name) in [(0_usize, "西安港一号"), (1, "西安港二号"), (2, "西宁港"), (3, "𠮷野家"), (4, "龥龥龥")] {
            world.rows(&sql!("UPDATE accounts SET username = $1, username_key = $1 WHERE id = $2"), &[name.into(), people[n].id.into()]).await;
        }
        assert_eq!(ids(&find(&world, &token, "西安").await), [people[1].id.to_string(), people[0].id.to_string()]);
        assert_eq!(ids(&find(&world, &token, "西").await).len(), 3);
        assert_eq!(ids(&find(&world, &token, "𠮷").await), [people[3].id.to_string()]);
        assert_eq!(ids(&find(&world, &token, "龥").await), [people[4].id.to_string()]);
    }

    async fn a_whole_name_is_found_and_pages_go_on(world: World) {
        let people = people(&world).await;
        let (_, token) = on_duty(&world).await;
        world.rows(&sql!("UPDATE accounts SET name = '王芳' WHERE id <> $1"), &[people[0].id.into()]).await;
        assert_eq!(ids(&find(&world, &token, " 张伟 ").await), [people[0].id.to_string()]);
        assert!(ids(&find(&world, &token, "张").await).is_empty());
        let first = get(&world, &token, "/v1/platform/accounts?query=%E7%8E%8B%E8%8A%B3&limit=6").await.done(200);
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = get(&world, &token, &format!("/v1/platform/accounts?query=%E7%8E%8B%E8%8A%B3&limit=6&cursor={cursor}")).await.done(200);
        assert_eq!((ids(&first).len(), ids(&second).len(), second["next_cursor"].as_str()), (6, 4, None));
        let all: Vec<String> = [ids(&first), ids(&second)].concat();
        assert!(all.windows(2).all(|pair| pair[0] > pair[1]));
    }

    async fn what_is_found_in_two_ways_is_shown_once_and_all_ways_in_order(world: World) {
        let people = people(&world).await;
        let (_, token) = on_duty(&world).await;
        // One has the name, another the username, a third both.
        let set = sql!("UPDATE accounts SET name = $2, username_key = $3 WHERE id = $1");
        world.rows(&set, &[people[2].id.into(), "anna".into(), "x-1".into()]).await;
        world.rows(&set, &[people[4].id.into(), "bert".into(), "anna".into()]).await;
        world.rows(&set, &[people[6].id.into(), "anna".into(), "annabel".into()]).await;
        let expected: Vec<String> = [6, 4, 2].map(|n: usize| people[n].id.to_string()).into();
        assert_eq!(ids(&find(&world, &token, "anna").await), expected);
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = get(&world, &token, &format!("/v1/platform/accounts?query=anna&limit=1&cursor={cursor}")).await.done(200);
            seen.extend(ids(&page));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(seen, expected);
    }

    async fn a_list_is_narrowed_to_a_state(world: World) {
        let people = people(&world).await;
        let (staff, token) = on_duty(&world).await;
        world.rows(&sql!("UPDATE accounts SET state = 'pending' WHERE id = $1"), &[people[1].id.into()]).await;
        world.rows(&sql!("UPDATE accounts SET state = 'inactive' WHERE id = $1"), &[people[2].id.into()]).await;
        world.rows(&sql!("UPDATE accounts SET locked_at = 1, locked_reason = '核查' WHERE id = $1"), &[people[3].id.into()]).await;
        for (state, expected) in [("pending", 1_usize), ("inactive", 2), ("locked", 3)] {
            for query in ["", "person", "13800000001", "%E5%BC%A0%E4%BC%9F"] {
                let list = get(&world, &token, &format!("/v1/platform/accounts?state={state}&query={query}")).await.done(200);
                if query.starts_with("138") && state != "pending" {
                    assert!(items(&list).is_empty(), "{state} {query}");
                } else {
                    assert_eq!(ids(&list), [people[expected].id.to_string()], "{state} {query}");
                    assert_eq!(items(&list)[0]["state"], state);
                }
            }
        }
        let active = ids(&get(&world, &token, "/v1/platform/accounts?state=active").await.done(200));
        assert_eq!((active.len(), active[0].as_str()), (8, staff.id.to_string().as_str()));
        let locked = get(&world, &token, &format!("/v1/platform/accounts/{}", people[3].id)).await.done(200);
        assert_eq!(locked["locked"], json!({ "reason": "核查", "at": "1970-01-01T00:00:00.001Z" }));
    }

    async fn odd_queries_find_nobody_or_are_named(world: World) {
        world.person(1).await;
        let (_, token) = on_duty(&world).await;
        for query in ["'; DROP TABLE accounts; --", "<b>", "１３８００００００００１", "\u{323AF}", "张伟%", "*", &"x".repeat(100)] {
            assert!(ids(&find(&world, &token, query).await).is_empty(), "{query}");
        }
        assert_eq!(ids(&find(&world, &token, "  ").await).len(), 2, "nothing asked for is everybody");
        for (query, field) in [("query=%00", "query"), ("query=a%0Ab", "query"), ("state=gone", "state"), ("name=a", "name")] {
            let answer = get(&world, &token, &format!("/v1/platform/accounts?{query}")).await;
            answer.refused(&catalogue::REQUEST_INVALID_QUERY);
            assert_eq!(answer.errors()[0].0, field);
        }
        let long = format!("/v1/platform/accounts?query={}", "x".repeat(101));
        get(&world, &token, &long).await.refused(&catalogue::REQUEST_INVALID_QUERY);
    }

    async fn an_account_that_is_not_there_is_not_found(world: World) {
        let (_, token) = on_duty(&world).await;
        for id in ["00000000-0000-0000-0000-000000000000", "1", "%00"] {
            get(&world, &token, &format!("/v1/platform/accounts/{id}")).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        }
    }
}
