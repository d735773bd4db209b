//! J7: `GET`, `PUT /v1/me/settings`: which reminders reach the person, how, and how early.

use eport_schema::clock::Timestamp;
use eport_schema::wire::{ReminderSettings, ReminderSettingsRequest};
use eport_shared::accounts::hold;
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json, with_version};
use eport_shared::preferences::Preferences;
use eport_shared::problem::Problem;
use eport_shared::sql;
use eport_shared::sql::{Row, Statement, query, transaction};
use http::StatusCode;

const KEPT: Statement = sql!("SELECT settings, version, updated_at FROM reminder_settings WHERE account_id = $1");

/// Settings with their version; 0 is that of the defaults.
struct Kept {
    preferences: Preferences,
    version: i64,
    updated_at: Option<Timestamp>,
}

impl Kept {
    fn read(row: Option<&Row>) -> Result<Self, Problem> {
        Ok(match row {
            Some(row) => Self {
                preferences: Preferences::kept(Some(&row.get::<String>(0)?)),
                version: row.get(1)?,
                updated_at: Some(row.get(2)?),
            },
            None => Self { preferences: Preferences::defaults(), version: 0, updated_at: None },
        })
    }

    fn answer(self) -> Response {
        let all = self.preferences.wire().clone();
        let settings = ReminderSettings {
            language: all.language.unwrap_or_default(),
            qualification_expiring: all.qualification_expiring,
            card_expiring: all.card_expiring,
            association_waiting: all.association_waiting,
            association_decided: all.association_decided,
            permissions_changed: all.permissions_changed,
            new_device: all.new_device,
            password_changed: all.password_changed,
            seal_changed: all.seal_changed,
            updated_at: self.updated_at,
        };
        with_version(json(StatusCode::OK, &settings), self.version)
    }
}

/// The caller's settings, or the defaults.
pub async fn get(context: &Context<'_>) -> Result<Response, Problem> {
    let account = context.caller()?.account_id;
    let rows = query(context.database, &KEPT, &[account.into()]).await?;
    Ok(Kept::read(rows.first())?.answer())
}

/// Replaces all of them.
pub async fn replace(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let account = context.caller()?.account_id;
    let preferences = Preferences::check(request.json::<ReminderSettingsRequest>()?)?;
    let kept = transaction(context.database, async |connection| {
        // The settings' own row may not be there yet.
        hold(connection, account).await?;
        let before = Kept::read(connection.query(&KEPT, &[account.into()]).await?.first())?;
        request.if_match(before.version)?;
        let version = before.version.saturating_add(1);
        let text = serde_json::to_string(preferences.wire()).unwrap_or_default();
        connection
            .execute(
                &sql!(
                    "INSERT INTO reminder_settings (account_id, settings, version, updated_at) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (account_id) DO UPDATE
                     SET settings = excluded.settings, version = excluded.version, updated_at = excluded.updated_at"
                ),
                &[account.into(), text.into(), version.into(), context.now.into()],
            )
            .await?;
        let shown = |preferences: &Preferences| serde_json::to_value(preferences.wire()).ok();
        let event = Event::account("settings.changed", account)
            .of_enterprise(None)
            .change(shown(&before.preferences), shown(&preferences));
        audit::record(context, connection, event).await?;
        Ok::<_, Problem>(Kept { preferences: preferences.clone(), version, updated_at: Some(context.now) })
    })
    .await?;
    Ok(kept.answer())
}
