//! Reminders of what ends.

use eport_platform::Platform;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::{Call, World, phone};
use serde_json::json;

use crate::port::Port;

const DAY: i64 = 24 * 3600;

on_each_database! {
    async fn a_qualification_is_reminded_of_30_7_and_1_days_ahead_once_each(world: World) {
        // The clock begins on 2026-11-22.
        let port = Port::new(&world).await;
        port.qualification(&world, "6101960ABC", "2026-12-23").await;
        assert_eq!(port.run(&world).await, json!({ "examined": 1, "sent": 0, "sms_sent": 0, "sms_failed": 0, "complete": true }));
        for (days, told) in [(1, 1), (0, 1), (22, 1), (1, 2), (0, 2), (5, 2), (1, 3), (1, 3), (1, 3)] {
            world.advance(days * DAY);
            port.run(&world).await;
            assert_eq!(port.told(&world).await, told, "{days}");
        }
        let (kind, data) = &world.inbox(port.administrator.id).await[0];
        assert_eq!((kind.as_str(), &data["number"], &data["ends_on"]), ("qualification_expiring", &json!("6101960ABC"), &json!("2026-12-23")));
        assert_eq!(world.audit_of("reminders.sent").await.len(), 3);
    }

    async fn days_without_a_run_cost_no_reminder_and_bring_no_pile(world: World) {
        let port = Port::new(&world).await;
        port.qualification(&world, "6101960ABC", "2026-12-30").await;
        port.run(&world).await;
        world.advance(33 * DAY);
        assert_eq!(port.run(&world).await["sent"], 1);
        assert_eq!(port.told(&world).await, 1);
        world.advance(4 * DAY);
        assert_eq!(port.run(&world).await["sent"], 1);
        world.advance(3 * DAY);
        assert_eq!(port.run(&world).await["sent"], 0);
    }

    async fn a_day_begins_at_midnight_in_china(world: World) {
        let port = Port::new(&world).await;
        port.wants_of_qualifications(&world, json!({ "channels": ["inbox"], "lead_days": [1] })).await;
        port.qualification(&world, "6101960ABC", "2026-11-24").await;
        // 2026-11-22T01:20Z is 09:20 in China; 15:59:59Z is a second before midnight.
        world.advance(14 * 3600 + 39 * 60 + 59);
        assert_eq!(port.run(&world).await["sent"], 0);
        world.advance(1);
        assert_eq!(port.run(&world).await["sent"], 1);
    }

    async fn what_ends_today_is_still_reminded_of_and_what_has_ended_is_not(world: World) {
        let port = Port::new(&world).await;
        port.qualification(&world, "6101960AAA", "2026-11-22").await;
        port.qualification(&world, "6101960BBB", "2026-11-21").await;
        assert_eq!(port.run(&world).await["sent"], 1);
        assert_eq!(world.inbox(port.administrator.id).await[0].1["number"], "6101960AAA");
    }

    async fn what_is_renewed_is_reminded_of_again(world: World) {
        let port = Port::new(&world).await;
        let id = port.qualification(&world, "6101960ABC", "2026-11-25").await;
        assert_eq!(port.run(&world).await["sent"], 1);
        world.rows(&sql!("UPDATE qualifications SET valid_to = '2026-11-28' WHERE id = $1"), &[id.into()]).await;
        assert_eq!(port.run(&world).await["sent"], 1);
    }

    async fn two_runs_at_once_send_nothing_twice(world: World) {
        let port = Port::new(&world).await;
        for n in 0..30 {
            port.qualification(&world, &format!("61019600{n:02}"), "2026-11-25").await;
        }
        let (a, b) = tokio::join!(port.run(&world), port.run(&world));
        assert_eq!(a["sent"].as_i64().unwrap() + b["sent"].as_i64().unwrap(), 30);
        assert_eq!(port.told(&world).await, 30);
    }

    async fn settings_say_how_and_how_early(world: World) {
        let port = Port::new(&world).await;
        port.wants_of_qualifications(&world, json!({ "channels": ["sms"], "lead_days": [60] })).await;
        port.qualification(&world, "6101960ABC", "2027-01-20").await;
        let run = port.run(&world).await;
        assert_eq!((&run["sent"], &run["sms_sent"]), (&json!(1), &json!(1)));
        assert_eq!(port.told(&world).await, 0);
        assert!(world.texts_for(&phone(1)).await[0].contains("2027-01-20"));
    }

    async fn who_wants_none_gets_none(world: World) {
        let port = Port::new(&world).await;
        port.wants_of_qualifications(&world, json!({ "channels": [], "lead_days": [60] })).await;
        port.qualification(&world, "6101960ABC", "2026-12-01").await;
        assert_eq!(port.run(&world).await["sent"], 0);
    }

    async fn the_end_of_a_certificate_is_told_to_its_holder(world: World) {
        let port = Port::new(&world).await;
        port.card(&world, 29 * DAY).await;
        assert_eq!(port.run(&world).await["sent"], 1);
        assert_eq!(port.run(&world).await["sent"], 0);
        let (kind, data) = &world.inbox(port.administrator.id).await[0];
        assert_eq!((kind.as_str(), &data["card_number"]), ("card_expiring", &json!("8930000104271")));
        // The next login with it needn't.
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM cards WHERE reminded_sha256 = certificate_sha256"), &[]).await, 1);
    }

    async fn an_enterprise_without_an_administrator_is_passed_over(world: World) {
        let port = Port::new(&world).await;
        port.qualification(&world, "6101960ABC", "2026-11-25").await;
        world.rows(&sql!("DELETE FROM memberships"), &[]).await;
        assert_eq!(port.run(&world).await["sent"], 0);
    }

    async fn a_run_that_stopped_goes_on_where_it_was(world: World) {
        let port = Port::new(&world).await;
        let first = port.qualification(&world, "6101960AAA", "2026-11-24").await;
        port.qualification(&world, "6101960BBB", "2026-11-25").await;
        let stop = sql!(
            "INSERT INTO reminder_progress (what, day, ends, thing_id, complete) VALUES ('qualifications', '2026-11-22', '2026-11-24', $1, FALSE)"
        );
        world.rows(&stop, &[first.into()]).await;
        assert_eq!(port.run(&world).await["examined"], 1);
        assert_eq!(world.inbox(port.administrator.id).await[0].1["number"], "6101960BBB");
        // The next run begins anew.
        let run = port.run(&world).await;
        assert_eq!((&run["examined"], &run["sent"]), (&json!(2), &json!(1)));
    }

    async fn more_than_a_batch_is_done_in_one_call_and_a_few_statements_each(world: World) {
        let port = Port::new(&world).await;
        for n in 0..450 {
            port.qualification(&world, &format!("6101{n:06}"), "2026-11-25").await;
        }
        let run = port.run(&world).await;
        assert_eq!((&run["examined"], &run["sent"], &run["complete"]), (&json!(450), &json!(450), &json!(true)));
        assert_eq!(port.run(&world).await["sent"], 0);
    }

    async fn only_staff_run_them(world: World) {
        let port = Port::new(&world).await;
        let call = Call::post("/v1/platform/reminders/run");
        world.send::<Platform>(call.clone()).await.refused(&catalogue::SESSION_REQUIRED);
        let token = world.sign_in(port.administrator.id).await;
        world.send::<Platform>(call.bearer(&token)).await.refused(&catalogue::STAFF_REQUIRED);
    }

    async fn a_run_reads_no_table_as_a_whole(world: World) {
        let port = Port::new(&world).await;
        port.qualification(&world, "6101960AAA", "2026-11-24").await;
        port.card(&world, 29 * DAY).await;
        world.database.plans(&[]).await;
        port.run(&world).await;
        for (statement, plan) in world.database.plans(&["enable_seqscan"]).await {
            let scans = |line: &String| (line.starts_with("SCAN ") && !line.contains("INDEX")) || line.contains("Seq Scan");
            assert!(!plan.iter().any(scans), "{statement}\n{plan:#?}");
        }
    }
}
