//! Every statement has its index, so that ten million accounts make no difference: what the databases say of their own plans.

use eport_shared::on_each_database;
use eport_shared::platform::Database as _;
use eport_shared::sql::Dialect;
use eport_shared::testing::World;

use crate::day::day;

/// Tables that stay small: sixteen rows.
const SMALL: [&str; 1] = ["audit_heads"];

on_each_database! {
    async fn every_statement_of_a_day_has_its_index(world: World) {
        day(&world).await;
        let plans = world.database.plans(&["enable_seqscan"]).await;
        assert!(plans.len() > 60, "{} statements", plans.len());
        for (statement, plan) in plans {
            for line in &plan {
                let scan = match world.database.dialect() {
                    // `SCAN found` reads what a limited query inside has found.
                    Dialect::Sqlite => line.starts_with("SCAN ") && line != "SCAN found" && line != "SCAN CONSTANT ROW",
                    Dialect::Postgres => line.contains("Seq Scan on"),
                };
                let small = SMALL.iter().any(|table| line.contains(table));
                assert!(!scan || small, "{statement}\n{}", plan.join("\n"));
            }
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
