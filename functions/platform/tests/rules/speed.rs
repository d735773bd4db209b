//! Every statement has its index, so that ten million accounts make no difference: what the databases say of their own plans.

use eport_shared::on_each_database;
use eport_shared::platform::Database as _;
use eport_shared::sql::Dialect;
use eport_shared::testing::World;

use crate::day::day;
use crate::staff_day::staff_day;

/// Tables that stay small, whatever the platform grows to: sixteen heads, one row, the catalogue of applications, the authorities and their lists.
const SMALL: [&str; 5] = ["audit_heads", "trust_state", "trust_certificates", "revocation_lists", "applications"];

/// A line of a plan that reads a table from one end to the other.
fn scans(dialect: Dialect, line: &str) -> bool {
    let scan = match dialect {
        // `SCAN found` reads what a limited query inside has found, `VIRTUAL TABLE` what stands in a parameter (`json_each`).
        Dialect::Sqlite => {
            line.starts_with("SCAN ")
                && !["SCAN found", "SCAN CONSTANT ROW"].contains(&line)
                && !line.contains("VIRTUAL TABLE")
        }
        Dialect::Postgres => line.contains("Seq Scan on"),
    };
    scan && !SMALL.iter().any(|table| line.contains(table))
}

on_each_database! {
    async fn every_statement_of_a_day_has_its_index(world: World) {
        day(&world).await;
        let plans = world.database.plans(&["enable_seqscan"]).await;
        assert!(plans.len() > 60, "{} statements", plans.len());
        for (statement, plan) in plans {
            assert!(!plan.iter().any(|line| scans(world.database.dialect(), line)), "{statement}\n{}", plan.join("\n"));
        }
    }

    async fn every_statement_of_the_staffs_day_has_its_index(world: World) {
        staff_day(&world).await;
        let plans = world.database.plans(&["enable_seqscan"]).await;
        assert!(plans.len() > 80, "{} statements", plans.len());
        for (statement, plan) in plans {
            assert!(!plan.iter().any(|line| scans(world.database.dialect(), line)), "{statement}\n{}", plan.join("\n"));
        }
    }

    async fn every_list_comes_from_its_index_in_order(world: World) {
        day(&world).await;
        for (statement, plan) in world.database.plans(&["enable_seqscan", "enable_bitmapscan"]).await {
            let lists = statement.starts_with("SELECT") && statement.contains("LIMIT");
            // Of the usernames that begin alike, a thousand at the most are put in order; of a phone or an id number there is one.
            let few = ["LIMIT 1000)", " phone_index = $4", " phone_index = ?4", " id_number_index = $4", " id_number_index = ?4"];
            let few = few.iter().any(|part| statement.contains(part));
            let sorts = plan.iter().any(|line| line.contains("TEMP B-TREE") || line.trim_start().starts_with("Sort") || line.contains("->  Sort"));
            assert!(!lists || few || !sorts, "{statement}\n{}", plan.join("\n"));
        }
    }
}

mod many {
    //! `EPORT_ACCOUNTS=10000000 cargo test --release -p eport-platform --test rules -- --ignored --nocapture many`
    use std::time::{Duration, Instant};

    use eport_shared::on_each_database;
    use eport_shared::sql;
    use eport_shared::testing::World;

    use crate::{get, ids, on_duty};

    fn accounts() -> i64 {
        std::env::var("EPORT_ACCOUNTS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000)
    }

    /// Accounts 1 to `n`: one name for each 5,000th, one in a hundred pending, one in a hundred inactive, one in a thousand locked.
    async fn fill(world: &World, n: i64) {
        let insert = sql!(
            sqlite: "INSERT INTO accounts (id, username, username_key, name, id_type, id_number_index, phone_index, state, locked_at,
                                           locked_reason, password_hash, created_at, updated_at)
                     WITH RECURSIVE numbers (n) AS (SELECT ?1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?2)
                     SELECT SUBSTR(PRINTF('%012x', 1700000000000 + n), 1, 8) || '-' || SUBSTR(PRINTF('%012x', 1700000000000 + n), 9) || '-7000-8000-'
                            || PRINTF('%012x', n), PRINTF('User%08d', n), PRINTF('user%08d', n), '王' || CHAR(19968 + n % 5000), 'resident_id',
                            RANDOMBLOB(32), RANDOMBLOB(32), CASE n % 100 WHEN 0 THEN 'pending' WHEN 1 THEN 'inactive' ELSE 'active' END,
                            CASE n % 1000 WHEN 7 THEN 1 END, CASE n % 1000 WHEN 7 THEN '核查' END, HEX(RANDOMBLOB(48)), 0, 0 FROM numbers",
            postgres: "INSERT INTO accounts (id, username, username_key, name, id_type, id_number_index, phone_index, state, locked_at,
                                             locked_reason, password_hash, created_at, updated_at)
                       SELECT (LPAD(TO_HEX(1700000000000 + n), 12, '0') || '70008000' || LPAD(TO_HEX(n), 12, '0'))::uuid, 'User' || LPAD(n::text, 8, '0'),
                              'user' || LPAD(n::text, 8, '0'), '王' || CHR((19968 + n % 5000)::int), 'resident_id', SHA256(('i' || n)::bytea),
                              SHA256(('p' || n)::bytea), CASE n % 100 WHEN 0 THEN 'pending' WHEN 1 THEN 'inactive' ELSE 'active' END,
                              CASE n % 1000 WHEN 7 THEN 1 END, CASE n % 1000 WHEN 7 THEN '核查' END, REPEAT('x', 97), 0, 0
                       FROM GENERATE_SERIES(CAST($1 AS BIGINT), CAST($2 AS BIGINT)) AS n",
        );
        for from in (1..=n).step_by(100_000) {
            world.rows(&insert, &[from.into(), (from + 99_999).min(n).into()]).await;
        }
        world.rows(&sql!("ANALYZE"), &[]).await;
    }

    on_each_database! {
        #[ignore = "fills a database with a million accounts, or as many as EPORT_ACCOUNTS says"]
        async fn a_search_among_many_takes_less_than_a_tenth_of_a_second(world: World) {
            let person = world.person(1).await;
            let (_, token) = on_duty(&world).await;
            let began = Instant::now();
            fill(&world, accounts()).await;
            println!("{} accounts in {:?}", accounts(), began.elapsed());
            let cursor = "018bcfe5-a800-7000-8000-000000001000";
            for (what, query, some) in [
                ("all", String::new(), true),
                ("all, from the middle", format!("?cursor={cursor}"), true),
                ("a state", "?state=active&limit=100".to_owned(), true),
                ("a rare state", "?state=pending&limit=100".to_owned(), true),
                ("the locked", "?state=locked&limit=100".to_owned(), true),
                ("a phone", format!("?query={}", person.phone), true),
                ("a phone of nobody", "?query=13900000000".to_owned(), false),
                ("an id number", format!("?query={}", person.id_number), true),
                ("one letter", "?query=u&limit=100".to_owned(), true),
                ("the beginning of all", "?query=user".to_owned(), true),
                ("the beginning of all, locked", "?query=user&state=locked".to_owned(), true),
                ("the beginning of few", "?query=user0000123".to_owned(), true),
                ("a username", "?query=user00004567".to_owned(), true),
                ("a username of nobody", "?query=nobody".to_owned(), false),
                ("a name", "?query=%E7%8E%8B%E4%B8%80&limit=100".to_owned(), true),
                ("a name, pending", "?query=%E7%8E%8B%E4%B8%80&state=pending".to_owned(), true),
                ("a name, inactive", "?query=%E7%8E%8B%E4%B8%80&state=inactive".to_owned(), false),
            ] {
                let mut best = Duration::MAX;
                let mut first = None;
                for _ in 0..5 {
                    let began = Instant::now();
                    let list = get(&world, &token, &format!("/v1/platform/accounts{query}")).await.done(200);
                    let took = began.elapsed();
                    first.get_or_insert(took);
                    best = best.min(took);
                    assert_eq!(!ids(&list).is_empty(), some, "{what}");
                }
                println!("{what}: {best:?}, the first time {:?}", first.unwrap_or_default());
                assert!(best < Duration::from_millis(100), "{what}: {best:?}");
            }
        }
    }
}
