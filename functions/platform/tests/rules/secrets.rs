//! No secret in the audit, in a message, in the store of counters, in the database's own texts, or in a log.

use std::process::Command;

use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::sql::{Statement, Value};
use eport_shared::testing::World;

use crate::day::day;

/// Every column that holds text or bytes, as text where it is any.
const TABLES: [(&str, Statement); 9] = [
    (
        "accounts",
        sql!(
            "SELECT username, name, id_number_enc, phone_enc, email_enc, address_enc, telephone_enc, password_hash, locked_reason FROM accounts"
        ),
    ),
    ("sms_codes", sql!("SELECT phone_index, purpose, code_hash FROM sms_codes")),
    ("sms_addresses", sql!("SELECT address_hash FROM sms_addresses")),
    ("sms_outbox", sql!("SELECT phone_enc, phone_index, purpose, text_enc, code_enc FROM sms_outbox")),
    ("login_failures", sql!("SELECT subject FROM login_failures")),
    ("sessions", sql!("SELECT method, amr, refresh_hash, access_hash, device, address, end_reason FROM sessions")),
    ("messages", sql!("SELECT kind, data FROM messages")),
    ("idempotency", sql!("SELECT key_hash, request_hash, reply_enc FROM idempotency")),
    (
        "audit",
        sql!("SELECT address, device, action, target_type, target_id, before, after, code, trace_id, mac FROM audit"),
    ),
];

fn contains(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|part| part == needle.as_bytes())
}

async fn dump(world: &World) -> Vec<(&'static str, Vec<u8>)> {
    let mut all = Vec::new();
    for (table, statement) in TABLES {
        for row in world.rows(&statement, &[]).await {
            for column in 0.. {
                match row
                    .get::<Option<String>>(column)
                    .map(|text| text.map(String::into_bytes))
                    .or_else(|_| row.get::<Option<Vec<u8>>>(column))
                {
                    Ok(Some(bytes)) => all.push((table, bytes)),
                    Ok(None) => {}
                    Err(_) => break,
                }
            }
        }
    }
    all.extend(
        world.key_value.dump().into_iter().map(|(key, value)| ("key-value", [key.into_bytes(), value].concat())),
    );
    all
}

on_each_database! {
    async fn nothing_secret_or_personal_is_kept_in_the_clear(world: World) {
        let secrets = day(&world).await;
        assert!(secrets.0.len() > 20);
        let kept = dump(&world).await;
        let tables: std::collections::BTreeSet<&str> = kept.iter().map(|(table, _)| *table).collect();
        assert_eq!(tables.len(), 10, "the day left something everywhere: {tables:?}");
        for (table, bytes) in kept {
            for secret in &secrets.0 {
                assert!(!contains(&bytes, secret), "{secret} stands in {table}: {}", String::from_utf8_lossy(&bytes));
            }
        }
    }

    async fn the_audit_has_rows_of_every_change_and_of_every_refused_attempt(world: World) {
        day(&world).await;
        let rows = world.audit().await;
        for action in [
            "registration.started", "registration.completed", "session.opened", "session.revoked", "session.ended", "account.updated",
            "account.phone_changed", "password.changed", "password.reset", "account.locked", "account.unlocked", "account.revealed",
        ] {
            assert!(rows.iter().any(|row| row.action == action && row.result == "ok" && row.code.is_none()), "{action}");
        }
        for (operation, code) in [
            ("register", "sms.code_invalid"), ("set_registration_password", "registration.password_token_invalid"),
            ("create_session", "session.credentials_wrong"), ("refresh_session", "session.refresh_reused"),
            ("change_password", "password.wrong"), ("reset_password", "password_reset.mismatch"), ("get_me", "session.ended"),
        ] {
            let found = rows.iter().any(|row| row.action == operation && row.result == "refused" && row.code.as_deref() == Some(code));
            assert!(found, "{operation} {code}");
        }
        assert!(rows.iter().all(|row| row.address.is_none() || row.address.as_deref() == Some("192.0.2.1")));
    }
}

/// What the test below looks at: a day whose log is read from outside.
#[tokio::test]
async fn a_day_with_a_log() {
    let mut world = World::new(eport_database::testing::sqlite());
    let secrets = day(&world).await;
    // Where things go wrong, most is written: a database that is away, a ciphertext that was changed, keys that are missing.
    world.rows(&sql!("UPDATE accounts SET phone_enc = id_number_enc"), &[]).await;
    day_again(&world).await;
    world.database.set_offline(true);
    day_again(&world).await;
    world.database.set_offline(false);
    world.settings.sms_provider = eport_shared::settings::SmsProvider::Webhook;
    world.settings.sms_webhook_secret = "gateway secret".to_owned();
    for (url, reply) in
        [("no address", None), ("https://sms.example.cn", Some(eport_shared::testing::Reply::Status(500)))]
    {
        world.settings.sms_webhook_url = url.to_owned();
        world.network.plan(&[reply.unwrap_or(eport_shared::testing::Reply::Silence); 3]);
        world.advance(3600);
        day_again(&world).await;
    }
    if std::env::var_os("EPORT_TEST_PRINT_SECRETS").is_some() {
        for secret in secrets.0.iter().chain([&"gateway secret".to_owned()]) {
            println!("secret: {secret}");
        }
    }
    let parameters: [Value; 0] = [];
    assert!(world.number(&sql!("SELECT COUNT(*) FROM audit"), &parameters).await > 0);
}

/// Requests with secrets in them that will all fail in some way.
async fn day_again(world: &World) {
    use eport_accounts::Accounts;
    use eport_registrations::Registrations;
    use eport_sessions::Sessions;
    use eport_shared::testing::{Call, phone, resident_id};
    use serde_json::json;

    use crate::day::{NEW_PASSWORD, RESET_PASSWORD};
    let login = json!({ "method": "password", "username": "zhangwei", "password": RESET_PASSWORD });
    let session = world.send::<Sessions>(Call::post("/v1/sessions").json(&login).key("again")).await;
    let token = session.json()["access_token"].as_str().unwrap_or("a.b.c").to_owned();
    world.send::<Accounts>(Call::get("/v1/me").bearer(&token)).await;
    let change = json!({ "current_password": RESET_PASSWORD, "password": NEW_PASSWORD });
    world.send::<Accounts>(Call::put("/v1/me/password").bearer(&token).json(&change)).await;
    let code = json!({ "phone": phone(2), "purpose": "login" });
    world.send::<Registrations>(Call::post("/v1/sms-codes").json(&code)).await;
    let reset =
        json!({ "phone": phone(2), "sms_code": "123456", "id_number": resident_id(1), "password": NEW_PASSWORD });
    world.send::<Registrations>(Call::post("/v1/password-resets").json(&reset)).await;
}

/// The log is stderr, which a test can't read of itself: so it is run once more, from outside.
#[test]
fn nothing_secret_is_written_to_the_log() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "secrets::a_day_with_a_log", "--nocapture", "--test-threads=1"])
        .env("EPORT_TEST_PRINT_SECRETS", "1")
        .output()
        .unwrap();
    let (out, log) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{out}{log}");
    let secrets: Vec<&str> = out.lines().filter_map(|line| line.strip_prefix("secret: ")).collect();
    assert!(secrets.len() > 20, "{out}");
    for line in ["the database is unavailable", "a protected value can't be read", "the SMS gateway"] {
        assert!(log.contains(line), "nothing like `{line}` in the log:\n{log}");
    }
    for secret in secrets {
        assert!(!log.contains(secret), "{secret} stands in the log:\n{log}");
    }
}
