//! The audit, exported.

use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::testing::World;
use serde_json::Value as Json;

use crate::{act, get, ids, on_duty};

const EXPORT: &str = "/v1/platform/audit/export";

async fn lines(world: &World, token: &str, query: &str) -> Vec<Json> {
    let answer = get(world, token, &format!("{EXPORT}{query}")).await;
    assert_eq!((answer.status(), answer.header("content-type")), (200, Some("application/x-ndjson")));
    let text = std::str::from_utf8(answer.body()).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

on_each_database! {
    async fn the_oldest_row_comes_first_one_a_line_within_the_bounds(world: World) {
        let (staff, token) = on_duty(&world).await;
        let person = world.person(1).await;
        for what in ["lock", "unlock", "reveal"] {
            act(&world, &token, person.id, what, "核查").await.done(200);
            world.advance(60);
        }
        let listed = get(&world, &token, "/v1/platform/audit").await.done(200);
        let mut expected = ids(&listed);
        expected.reverse();
        let exported = lines(&world, &token, "").await;
        assert_eq!(exported.iter().map(|line| line["id"].as_str().unwrap()).collect::<Vec<_>>(), expected);
        assert_eq!(exported[0], listed["items"][2]);
        assert_eq!(lines(&world, &token, "?from=2026-11-22T01:21:00Z&to=2026-11-22T01:22:00Z").await.len(), 1);
        assert_eq!(lines(&world, &token, &format!("?cursor={}&to=2026-11-22T01:23:00Z", expected[0])).await.len(), 2);
        assert!(lines(&world, &token, "?to=1970-01-01T00:00:00Z").await.is_empty());
        // Who took it out is in it.
        let rows = world.audit_of("audit.exported").await;
        assert_eq!((rows.len(), rows[0].actor_id), (4, Some(staff.id)));
        for (query, refusal) in [("?from=now", &catalogue::TIME_FORMAT), ("?cursor=1", &catalogue::CURSOR_INVALID)] {
            get(&world, &token, &format!("{EXPORT}{query}")).await.refused(refusal);
        }
    }

    async fn a_long_one_leads_from_part_to_part(world: World) {
        let (_, token) = on_duty(&world).await;
        let person = world.person(1).await;
        act(&world, &token, person.id, "reveal", "核查").await.done(200);
        // Copies of one row: an export reads the table, and leaves the chains to `eport audit verify`.
        let copy = eport_shared::sql!(
            sqlite: "INSERT INTO audit SELECT PRINTF('%08x', n) || '-0000-7000-8000-000000000000', chain, seq + n, at, actor_kind, actor_id, session_id,
                         enterprise_id, address, device, amr, action, target_type, target_id, before, after, result, code, trace_id, mac
                     FROM audit, (WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 4500) SELECT n FROM numbers)",
            postgres: "INSERT INTO audit SELECT (LPAD(TO_HEX(n), 8, '0') || '000070008000000000000000')::uuid, chain, seq + n, at, actor_kind, actor_id, session_id,
                           enterprise_id, address, device, amr, action, target_type, target_id, before, after, result, code, trace_id, mac
                       FROM audit, GENERATE_SERIES(1, 4500) AS n",
        );
        world.rows(&copy, &[]).await;
        let (mut seen, mut target) = (Vec::new(), format!("{EXPORT}?from=1970-01-01T00:00:00Z"));
        let mut parts = 0;
        loop {
            let answer = get(&world, &token, &target).await;
            parts += 1;
            seen.extend(std::str::from_utf8(answer.body()).unwrap().lines().map(|line| serde_json::from_str::<Json>(line).unwrap()["id"].clone()));
            match answer.header("link") {
                Some(link) => target = link.split(['<', '>']).nth(1).unwrap().to_owned(),
                None => break,
            }
        }
        assert_eq!(parts, 3);
        let distinct: std::collections::BTreeSet<_> = seen.iter().map(Json::to_string).collect();
        assert!(seen.len() == distinct.len() && seen.len() >= 4501, "{} {}", seen.len(), distinct.len());
    }
}
