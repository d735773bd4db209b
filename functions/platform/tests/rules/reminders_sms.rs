//! The SMS of reminders: what could not leave is tried again once a day, and nothing leaves twice.

use eport_platform::Platform;
use eport_shared::on_each_database;
use eport_shared::platform::new_id;
use eport_shared::settings::SmsProvider;
use eport_shared::sql;
use eport_shared::testing::{Call, Person, Reply, World, phone};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::on_duty;

const DAY: i64 = 24 * 3600;

/// An administrator who wants SMS alone, and staff who run the reminders.
struct Port {
    enterprise: Uuid,
    administrator: Person,
    staff: Uuid,
}

impl Port {
    /// SMS go to a gateway.
    async fn new(world: &mut World) -> Self {
        world.settings.sms_provider = SmsProvider::Webhook;
        world.settings.sms_webhook_url = "https://sms.example.cn/send".to_owned();
        let administrator = world.person(1).await;
        let (staff, _) = on_duty(world).await;
        let enterprise = new_id(world.now(), &world.entropy);
        let make = sql!(
            "INSERT INTO enterprises (id, organisation_code, name, state, created_at, updated_at) VALUES ($1, 'MA1111111', '企业', 'verified', 1, 1)"
        );
        world.rows(&make, &[enterprise.into()]).await;
        let join = sql!(
            "INSERT INTO memberships (account_id, enterprise_id, role, state, origin, created_at, updated_at)
             VALUES ($1, $2, 'admin', 'active', 'association', 1, 1)"
        );
        world.rows(&join, &[administrator.id.into(), enterprise.into()]).await;
        let port = Self { enterprise, administrator, staff: staff.id };
        port.wants(world, &["sms"]).await;
        port
    }

    async fn wants(&self, world: &World, channels: &[&str]) {
        let inbox = json!({ "channels": ["inbox"] });
        let expiry = json!({ "channels": channels, "lead_days": [30] });
        let settings = json!({
            "language": "zh-CN", "qualification_expiring": expiry, "card_expiring": expiry, "association_waiting": inbox,
            "association_decided": inbox, "permissions_changed": inbox, "new_device": inbox, "password_changed": inbox, "seal_changed": inbox
        });
        let keep = sql!(
            "INSERT INTO reminder_settings (account_id, settings, version, updated_at) VALUES ($1, $2, 1, 1)
             ON CONFLICT (account_id) DO UPDATE SET settings = excluded.settings"
        );
        world.rows(&keep, &[self.administrator.id.into(), settings.to_string().into()]).await;
    }

    /// A qualification whose last day is `day`.
    async fn qualification(&self, world: &World, number: &str, day: &str) -> Uuid {
        let id = new_id(world.now(), &world.entropy);
        let make = sql!(
            "INSERT INTO qualifications (id, enterprise_id, department, kind, number, valid_to, created_at, updated_at)
             VALUES ($1, $2, '海关', 'customs_registration', $3, $4, 1, 1)"
        );
        world.rows(&make, &[id.into(), self.enterprise.into(), number.into(), day.into()]).await;
        id
    }

    /// A card whose certificate ends after `seconds`.
    async fn card(&self, world: &World, seconds: i64) {
        let make = sql!(
            "INSERT INTO cards (id, account_id, enterprise_id, card_number, class, certificate_sha256, not_before, not_after, origin, bound_at)
             VALUES ($1, $2, $3, '8930000104271', 'legal_person', $4, 0, $5, 'login', 0)"
        );
        let (id, end) = (new_id(world.now(), &world.entropy), world.now().plus_seconds(seconds));
        let values = [id.into(), self.administrator.id.into(), self.enterprise.into(), [7_u8; 32].into(), end.into()];
        world.rows(&make, &values).await;
    }

    async fn run(&self, world: &World) -> Json {
        let token = world.sign_in(self.staff).await;
        world.send::<Platform>(Call::post("/v1/platform/reminders/run").bearer(&token)).await.done(200)
    }
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
        let port = Port::new(&mut world).await;
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

    async fn what_has_ended_is_not_tried_any_more(mut world: World) {
        let port = Port::new(&mut world).await;
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
        let port = Port::new(&mut world).await;
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
                "unwanted" => port.wants(&world, &["inbox"]).await,
                "handed over" => drop(world.rows(&sql!("UPDATE memberships SET role = 'operator'"), &[]).await),
                _ => drop(world.rows(&sql!("UPDATE cards SET unbound_at = 1"), &[]).await),
            }
            // So that nothing but what waits is left to send.
            world.rows(&sql!("UPDATE reminder_sms SET tried_on = '2026-11-01'"), &[]).await;
            assert_eq!(said(&port.run(&world).await), (0, 0, 0, true), "{what}");
            assert_eq!((at_the_gateway(&world), waiting(&world).await), (vec![], 0), "{what}");
            port.wants(&world, &["sms"]).await;
            world.rows(&sql!("UPDATE memberships SET role = 'admin'"), &[]).await;
            world.rows(&sql!("DELETE FROM qualifications"), &[]).await;
        }
    }

    async fn two_runs_at_once_send_each_once(mut world: World) {
        let port = Port::new(&mut world).await;
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
        let port = Port::new(&mut world).await;
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
        let port = Port::new(&mut world).await;
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
        let port = Port::new(&mut world).await;
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
