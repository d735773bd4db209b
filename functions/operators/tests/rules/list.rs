//! Operators, seen and found.

use eport_operators::Operators;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::cards::with;
use eport_shared::testing::{Call, World, phone, resident_id};

use crate::{add_member, by, described, id, office};

on_each_database! {
    async fn operators_are_found_by_the_beginning_of_a_name_or_username_or_a_whole_phone_or_id_number(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let li = office.operator(&world, 2).await;
        let han = id(&office.create(&world, &with(with(described(3), "name", "韩梅梅"), "username", "HanMeimei")).await.done(201));
        assert_eq!(office.find(&world, "query=%E9%9F%A9").await, std::slice::from_ref(&han));
        assert_eq!(office.find(&world, "query=hanm").await, std::slice::from_ref(&han));
        assert_eq!(office.find(&world, "query=%E6%9D%8E%E9%9B%B7").await, std::slice::from_ref(&li));
        assert_eq!(office.find(&world, "query=138%200000%200003").await, std::slice::from_ref(&han));
        assert_eq!(office.find(&world, &format!("query={}", resident_id(2))).await, std::slice::from_ref(&li));
        for nothing in ["query=%E9%9B%B7", "query=meimei", "query=1380000", "query=%25", "query=_", "query=13900000000"] {
            assert!(office.find(&world, nothing).await.is_empty(), "{nothing}");
        }
    }

    async fn a_query_of_nothing_but_spaces_finds_everybody(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let operator = office.operator(&world, 2).await;
        for query in ["query=", "query=%20%20"] {
            assert_eq!(office.find(&world, query).await, std::slice::from_ref(&operator), "{query}");
        }
    }

    async fn nobody_of_another_enterprise_is_found(world: World) {
        let (office, other) = (office(&world, "MA1111111", 1).await, office(&world, "MA2222222", 9).await);
        let operator = office.operator(&world, 2).await;
        for query in ["", "query=operator", &format!("query={}", phone(2)), &format!("query={}", resident_id(2))] {
            assert_eq!(office.find(&world, query).await, std::slice::from_ref(&operator), "{query}");
            assert!(other.find(&world, query).await.is_empty(), "{query}");
        }
        other.get(&world, &operator).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        other.get(&world, "no-id").await.refused(&catalogue::RESOURCE_NOT_FOUND);
        other.get(&world, &other.administrator.id.to_string()).await.refused(&catalogue::OPERATOR_IS_ADMINISTRATOR);
    }

    async fn a_status_narrows_the_list(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let inactive = office.operator(&world, 2).await;
        let suspended = office.operator(&world, 3).await;
        office.act(&world, &suspended, "suspend").await.done(200);
        world.advance(1);
        let active = world.person(4).await;
        add_member(&world, office.id, active.id, "operator").await;
        world.rows(&sql!("UPDATE accounts SET last_login_at = 1 WHERE id = $1"), &[active.id.into()]).await;
        world.person(5).await;
        world.advance(1);
        let invited = office.operator(&world, 5).await;
        for (status, found) in [("active", active.id.to_string()), ("suspended", suspended), ("inactive", inactive), ("invited", invited)] {
            assert_eq!(office.find(&world, &format!("status={status}")).await, [found], "{status}");
        }
        assert_eq!(office.find(&world, "").await.len(), 4);
        assert_eq!(office.find(&world, "has_card=false").await.len(), 4);
    }

    async fn pages_follow_one_another_with_members_and_invited_ones_mixed(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        for n in 12..15 {
            world.person(n).await;
        }
        let mut made = Vec::new();
        for n in 10..17 {
            world.advance(1);
            made.push(office.operator(&world, n).await);
        }
        made.reverse();
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let call = Call::get(&format!("/v1/operators?limit=2&cursor={cursor}"));
            let page = office.send(&world, call).await.done(200);
            seen.extend(page["items"].as_array().unwrap().iter().map(id));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(seen, made);
    }

    async fn only_the_administrator_sees_the_operators(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        let operator = world.person(5).await;
        add_member(&world, office.id, operator.id, "operator").await;
        world.send::<Operators>(Call::get("/v1/operators")).await.refused(&catalogue::SESSION_REQUIRED);
        by(&world, operator.id, Call::get("/v1/operators")).await.refused(&catalogue::PERMISSION_DENIED);
        by(&world, world.person(6).await.id, Call::get("/v1/operators")).await.refused(&catalogue::ENTERPRISE_REQUIRED);
        by(&world, world.staff(7).await.id, Call::get("/v1/operators")).await.refused(&catalogue::ENTERPRISE_REQUIRED);
    }

    async fn a_search_reads_no_table_as_a_whole(world: World) {
        let office = office(&world, "MA1111111", 1).await;
        office.operator(&world, 2).await;
        world.database.plans(&[]).await;
        for query in ["", "query=li", "query=13800000002", "status=invited&query=li", "has_card=true"] {
            office.find(&world, query).await;
        }
        for (statement, plan) in world.database.plans(&["enable_seqscan"]).await {
            let scans = |line: &String| (line.starts_with("SCAN ") && !line.contains("INDEX")) || line.contains("Seq Scan");
            assert!(!plan.iter().any(scans), "{statement}\n{plan:#?}");
        }
    }
}
