//! Which reminders reach a person.

use eport_accounts::Accounts;
use eport_schema::catalogue;
use eport_shared::context::Client;
use eport_shared::inbox::{self, Kind};
use eport_shared::on_each_database;
use eport_shared::platform::DatabaseError;
use eport_shared::settings::SmsProvider;
use eport_shared::sql::transaction;
use eport_shared::testing::{Answer, Call, Reply, World, phone};
use serde_json::{Value as Json, json};
use uuid::Uuid;

async fn get(world: &World, token: &str) -> Json {
    world.send::<Accounts>(Call::get("/v1/me/settings").bearer(token)).await.done(200)
}

/// The settings as they go back.
fn without_time(mut settings: Json) -> Json {
    settings.as_object_mut().unwrap().remove("updated_at");
    settings
}

async fn put(world: &World, token: &str, settings: &Json) -> Answer {
    world.send::<Accounts>(Call::put("/v1/me/settings").bearer(token).json(settings)).await
}

/// Tells the person of something, as a component does: written in a transaction, SMS after it.
async fn tell(world: &World, account: Uuid, kind: Kind) {
    let context = world.context(Client::default());
    let data = json!({ "device": "evil.example", "card_number": "89300", "not_after": "2026-12-01", "number": "6101", "ends_on": "2026-12-01" });
    transaction(&world.database, async |connection| inbox::put(&context, connection, account, kind, &data).await)
        .await
        .map_err(|error: DatabaseError| error)
        .unwrap();
    eport_shared::notices::send(&context).await;
}

on_each_database! {
    async fn the_defaults_apply_until_the_person_decides_otherwise(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        let defaults = get(&world, &token).await;
        assert_eq!((&defaults["language"], &defaults["updated_at"]), (&json!("zh-CN"), &json!(null)));
        assert_eq!(defaults["qualification_expiring"], json!({ "channels": ["inbox"], "lead_days": [30, 7, 1] }));
        assert_eq!(defaults["password_changed"]["channels"], json!(["inbox", "sms"]));

        let mut wanted = without_time(defaults);
        wanted["qualification_expiring"] = json!({ "channels": ["sms", "inbox", "sms"], "lead_days": [7, 60, 7] });
        wanted["seal_changed"]["channels"] = json!([]);
        wanted["language"] = json!("en");
        let kept = put(&world, &token, &wanted).await.done(200);
        assert_eq!(kept["qualification_expiring"], json!({ "channels": ["inbox", "sms"], "lead_days": [60, 7] }));
        assert!(kept["updated_at"].is_string());
        assert_eq!(get(&world, &token).await, kept);
        assert_eq!(world.audit_of("settings.changed").await.len(), 1);
    }

    async fn settings_that_make_no_sense_are_refused_with_the_field(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        let defaults = without_time(get(&world, &token).await);
        for (pointer, value, field, refusal) in [
            ("/seal_changed/channels", json!(["pigeon"]), "seal_changed.channels", &catalogue::SETTINGS_CHANNEL),
            ("/new_device/channels", json!(["sms"]), "new_device.channels", &catalogue::SETTINGS_INBOX_REQUIRED),
            ("/password_changed/channels", json!([]), "password_changed.channels", &catalogue::SETTINGS_INBOX_REQUIRED),
            ("/card_expiring/lead_days", json!([]), "card_expiring.lead_days", &catalogue::SETTINGS_LEAD_DAYS),
            ("/card_expiring/lead_days", json!([0]), "card_expiring.lead_days", &catalogue::SETTINGS_LEAD_DAYS),
            ("/card_expiring/lead_days", json!([181]), "card_expiring.lead_days", &catalogue::SETTINGS_LEAD_DAYS),
            ("/card_expiring/lead_days", json!([1, 2, 3, 4, 5, 6]), "card_expiring.lead_days", &catalogue::SETTINGS_LEAD_DAYS),
            ("/language", json!("fr"), "language", &catalogue::SETTINGS_LANGUAGE),
        ] {
            let mut wanted = defaults.clone();
            *wanted.pointer_mut(pointer).unwrap() = value;
            let answer = put(&world, &token, &wanted).await;
            answer.refused(refusal);
            assert_eq!(answer.errors()[0].0, field);
        }
        let mut incomplete = defaults.clone();
        incomplete.as_object_mut().unwrap().remove("new_device");
        put(&world, &token, &incomplete).await.refused(&catalogue::REQUEST_MISSING_FIELD);
        world.send::<Accounts>(Call::put("/v1/me/settings").json(&defaults)).await.refused(&catalogue::SESSION_REQUIRED);
        assert_eq!(get(&world, &token).await["updated_at"], json!(null));
    }

    async fn a_change_to_older_settings_is_refused(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        let call = Call::get("/v1/me/settings").bearer(&token);
        let seen = world.send::<Accounts>(call).await;
        let etag = seen.header("etag").unwrap().to_owned();
        let wanted = without_time(seen.json());
        let change = || Call::put("/v1/me/settings").bearer(&token).json(&wanted).header("if-match", &etag);
        let (a, b) = tokio::join!(world.send::<Accounts>(change()), world.send::<Accounts>(change()));
        let mut statuses = [a.status(), b.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }

    async fn each_event_goes_where_the_settings_say(world: World) {
        let person = world.person(1).await;
        let token = world.sign_in(person.id).await;
        let defaults = without_time(get(&world, &token).await);
        for (kind, event) in [
            (Kind::QualificationExpiring, "qualification_expiring"),
            (Kind::CardExpiring, "card_expiring"),
            (Kind::NewDevice, "new_device"),
            (Kind::PasswordChanged, "password_changed"),
        ] {
            for (channels, sms) in [(json!(["inbox"]), 0), (json!(["inbox", "sms"]), 1)] {
                let mut wanted = defaults.clone();
                wanted[event]["channels"] = channels;
                put(&world, &token, &wanted).await.done(200);
                let before = (world.inbox(person.id).await.len(), world.texts_for(&phone(1)).await.len());
                tell(&world, person.id, kind).await;
                let after = (world.inbox(person.id).await.len(), world.texts_for(&phone(1)).await.len());
                assert_eq!((after.0 - before.0, after.1 - before.1), (1, sms), "{event}");
            }
        }
        let mut silent = defaults.clone();
        silent["card_expiring"]["channels"] = json!([]);
        put(&world, &token, &silent).await.done(200);
        let before = world.inbox(person.id).await.len();
        tell(&world, person.id, Kind::CardExpiring).await;
        assert_eq!(world.inbox(person.id).await.len(), before);
        // What no setting speaks of reaches the inbox.
        tell(&world, person.id, Kind::MembershipEnded).await;
        assert_eq!(world.inbox(person.id).await.len(), before + 1);
    }

    async fn an_sms_is_in_the_receivers_language_and_repeats_nothing_that_a_stranger_wrote(world: World) {
        let person = world.person(1).await;
        let token = world.sign_in(person.id).await;
        let mut wanted = without_time(get(&world, &token).await);
        wanted["language"] = json!("en");
        for event in ["new_device", "card_expiring"] {
            wanted[event]["channels"] = json!(["inbox", "sms"]);
        }
        put(&world, &token, &wanted).await.done(200);
        tell(&world, person.id, Kind::NewDevice).await;
        tell(&world, person.id, Kind::CardExpiring).await;
        let texts = world.texts_for(&phone(1)).await;
        assert!(texts.iter().any(|text| text.contains("Login from a new device") && !text.contains("evil")), "{texts:?}");
        assert!(texts.iter().any(|text| text.contains("ends on 2026-12-01")), "{texts:?}");
    }

    async fn a_person_gets_a_limited_number_of_notices_a_day(mut world: World) {
        world.settings.sms_notices_day = 2;
        let person = world.person(1).await;
        for _ in 0..4 {
            tell(&world, person.id, Kind::PasswordChanged).await;
        }
        assert_eq!((world.texts_for(&phone(1)).await.len(), world.inbox(person.id).await.len()), (2, 4));
        world.advance(24 * 3600);
        tell(&world, person.id, Kind::PasswordChanged).await;
        assert_eq!(world.texts_for(&phone(1)).await.len(), 3);
    }

    async fn a_gateway_that_is_down_undoes_nothing(mut world: World) {
        world.settings.sms_provider = SmsProvider::Webhook;
        world.settings.sms_webhook_url = "https://sms.example.cn/send".to_owned();
        world.network.plan(&[Reply::Status(500)]);
        let person = world.person(1).await;
        tell(&world, person.id, Kind::PasswordChanged).await;
        assert_eq!(world.inbox(person.id).await.len(), 1);
        assert_eq!(world.network.take_sent().len(), 1);
    }
}
