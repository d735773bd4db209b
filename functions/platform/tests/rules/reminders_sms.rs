//! The SMS of reminders: what could not leave is tried again once a day, and nothing leaves twice.

use eport_shared::on_each_database;
use eport_shared::settings::SmsProvider;
use eport_shared::sql;
use eport_shared::testing::{Reply, World, phone};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::port::Port;

const DAY: i64 = 24 * 3600;

/// An administrator who wants SMS alone, which go to a gateway.
async fn port(world: &mut World) -> Port {
    world.settings.sms_provider = SmsProvider::Webhook;
    world.settings.sms_webhook_url = "https://sms.example.cn/send".to_owned();
    let port = Port::new(world).await;
    wants(&port, world, &["sms"]).await;
    port
}

async fn wants(port: &Port, world: &World, channels: &[&str]) {
    let expiry = json!({ "channels": channels, "lead_days": [30] });
    port.wants(world, expiry.clone(), expiry).await;
}

/// What a run said: new reminders, SMS that left, SMS that didn't, and whether there is more to do.
fn said(run: &Json) -> (i64, i64, i64, bool) {
    let number = |name: &str| run[name].as_i64().unwrap();
    (number("sent"), number("sms_sent"), number("sms_failed"), run["complete"].as_bool().unwrap())
}

/// Ids of the SMS that the gateway was sent, and to whom.
fn at_the_gateway(world: &World) -> Vec<(String, String)> {
    let text = |body: &Json, name: &str| body[name].as_str().unwrap().to_owned();
    let sent = world.network.take_sent();
    sent.iter()
        .map(|request| {
            let body: Json = serde_json::from_slice(request.body()).unwrap();
            assert_eq!(request.headers()["idempotency-key"], body["id"].as_str().unwrap());
            (text(&body, "id"), text(&body, "phone"))
        })
        .collect()
}

async fn waiting(world: &World) -> i64 {
    world.number(&sql!("SELECT COUNT(*) FROM reminder_sms"), &[]).await
}

on_each_database! {
    async fn what_could_not_leave_is_tried_once_a_day_under_the_same_id_until_it_has_left(mut world: World) {
        // The clock begins on 2026-11-22.
        let port = port(&mut world).await;
        port.qualification(&world, "6101960ABC", "2026-12-10").await;
        world.network.plan(&[Reply::Status(500), Reply::Silence]);
        assert_eq!(said(&port.run(&world).await), (1, 0, 1, true));
        let first = at_the_gateway(&world);
        assert_eq!((first.len(), first[0].1.as_str()), (1, format!("+86{}", phone(1)).as_str()));
        // A second run on the same day leaves the gateway alone.
        assert_eq!(said(&port.run(&world).await), (0, 0, 0, true));
        assert_eq!(at_the_gateway(&world), []);
        // The next day it is silent, on the third it takes it.
        world.advance(DAY);
        assert_eq!(said(&port.run(&world).await), (0, 0, 1, true));
        assert_eq!(at_the_gateway(&world), first);
        world.advance(DAY);
        assert_eq!(said(&port.run(&world).await), (0, 1, 0, true));
        assert_eq!(at_the_gateway(&world), first);
        // And never again.
        for _ in 0..3 {
            world.advance(DAY);
            assert_eq!(said(&port.run(&world).await), (0, 0, 0, true));
        }
        assert_eq!((at_the_gateway(&world), waiting(&world).await), (vec![], 0));
    }

    async fn one_that_the_gateway_refuses_keeps_nobody_elses_back(mut world: World) {
        let port = port(&mut world).await;
        port.qualification(&world, "6101960ABC", "2026-12-10").await;
        port.qualification(&world, "6101960ABD", "2026-12-11").await;
        world.network.plan(&[Reply::Status(422)]);
        assert_eq!(said(&port.run(&world).await), (2, 1, 1, true));
        assert_eq!((at_the_gateway(&world).len(), waiting(&world).await), (2, 1));
        // A status that is about the gateway, or about who asks, is everybody's.
        world.advance(DAY);
        port.qualification(&world, "6101960ABE", "2026-12-12").await;
        world.network.plan(&[Reply::Status(403)]);
        assert_eq!(said(&port.run(&world).await), (1, 0, 1, true));
        assert_eq!((at_the_gateway(&world).len(), waiting(&world).await), (1, 2));
        // The refused one is tried once a day, the other one goes out.
        world.advance(DAY);
        world.network.plan(&[Reply::Status(422)]);
        assert_eq!(said(&port.run(&world).await), (0, 1, 1, true));
    }

    async fn what_has_ended_is_not_tried_any_more(mut world: World) {
        let port = port(&mut world).await;
        port.qualification(&world, "6101960ABC", "2026-11-23").await;
        world.network.plan(&[Reply::Status(500), Reply::Status(500)]);
        assert_eq!(said(&port.run(&world).await), (1, 0, 1, true));
        world.advance(DAY);
        // Its last day.
        assert_eq!(said(&port.run(&world).await), (0, 0, 1, true));
        world.advance(DAY);
        assert_eq!(said(&port.run(&world).await), (0, 0, 0, true));
        assert_eq!((at_the_gateway(&world).len(), waiting(&world).await), (2, 0));
    }

    async fn what_is_renewed_or_gone_or_not_wanted_any_more_is_not_tried(mut world: World) {
        let port = port(&mut world).await;
        for what in ["renewed", "removed", "unwanted", "handed over", "unbound"] {
            world.network.plan(&[Reply::Status(500)]);
            let id = match what {
                "unbound" => {
                    port.card(&world, 20 * DAY).await;
                    Uuid::nil()
                }
                _ => port.qualification(&world, "6101960ABC", "2026-12-10").await,
            };
            assert_eq!(said(&port.run(&world).await), (1, 0, 1, true), "{what}");
            assert_eq!(at_the_gateway(&world).len(), 1);
            match what {
                "renewed" => drop(world.rows(&sql!("UPDATE qualifications SET valid_to = '2028-12-10' WHERE id = $1"), &[id.into()]).await),
                "removed" => drop(world.rows(&sql!("DELETE FROM qualifications WHERE id = $1"), &[id.into()]).await),
                "unwanted" => wants(&port, &world, &["inbox"]).await,
                "handed over" => drop(world.rows(&sql!("UPDATE memberships SET role = 'operator'"), &[]).await),
                _ => drop(world.rows(&sql!("UPDATE cards SET unbound_at = 1"), &[]).await),
            }
            // So that nothing but what waits is left to send.
            world.rows(&sql!("UPDATE reminder_sms SET tried_on = '2026-11-01'"), &[]).await;
            assert_eq!(said(&port.run(&world).await), (0, 0, 0, true), "{what}");
            assert_eq!((at_the_gateway(&world), waiting(&world).await), (vec![], 0), "{what}");
            wants(&port, &world, &["sms"]).await;
            world.rows(&sql!("UPDATE memberships SET role = 'admin'"), &[]).await;
            world.rows(&sql!("DELETE FROM qualifications"), &[]).await;
        }
    }

    async fn two_runs_at_once_send_each_once(mut world: World) {
        let port = port(&mut world).await;
        world.settings.sms_notices_day = 1000;
        for n in 0..30 {
            port.qualification(&world, &format!("61019600{n:02}"), "2026-12-10").await;
        }
        let (a, b) = tokio::join!(port.run(&world), port.run(&world));
        let mut ids: Vec<_> = at_the_gateway(&world).into_iter().map(|(id, _)| id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!((said(&a).1 + said(&b).1, ids.len()), (30, 30));
    }

    async fn more_than_one_call_sends_are_the_next_calls(mut world: World) {
        let port = port(&mut world).await;
        world.settings.sms_notices_day = 1000;
        for n in 0..250 {
            port.qualification(&world, &format!("6101{n:06}"), "2026-12-10").await;
        }
        assert_eq!(said(&port.run(&world).await), (250, 200, 0, false));
        let rest = port.run(&world).await;
        assert_eq!((said(&rest), &rest["examined"]), ((0, 50, 0, true), &json!(250)));
        assert_eq!((at_the_gateway(&world).len(), waiting(&world).await), (250, 0));
    }

    async fn who_has_had_enough_today_gets_the_rest_on_the_next_day(mut world: World) {
        let port = port(&mut world).await;
        world.settings.sms_notices_day = 2;
        for n in 0..3 {
            port.qualification(&world, &format!("610196000{n}"), "2026-12-10").await;
        }
        assert_eq!(said(&port.run(&world).await), (3, 2, 0, true));
        assert_eq!(said(&port.run(&world).await), (0, 0, 0, true));
        world.advance(DAY);
        assert_eq!(said(&port.run(&world).await), (0, 1, 0, true));
        assert_eq!(at_the_gateway(&world).len(), 3);
    }

    async fn the_sms_of_a_reminder_waits_where_a_run_was_cut_off(mut world: World) {
        let port = port(&mut world).await;
        port.qualification(&world, "6101960ABC", "2026-12-10").await;
        // The process ends between the commit and the gateway: the row is there, and nobody has tried it.
        world.network.plan(&[Reply::Status(500)]);
        port.run(&world).await;
        at_the_gateway(&world);
        world.rows(&sql!("UPDATE reminder_sms SET tried_on = ''"), &[]).await;
        assert_eq!(said(&port.run(&world).await), (0, 1, 0, true));
        assert_eq!(at_the_gateway(&world).len(), 1);
    }
}
