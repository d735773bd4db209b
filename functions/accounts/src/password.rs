//! J4: `PUT /v1/me/password`.

use eport_schema::catalogue;
use eport_schema::clock::Timestamp;
use eport_schema::domain::{GivenPassword, NewPassword};
use eport_schema::wire::PasswordChange;
use eport_shared::accounts::end_sessions;
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, no_content};
use eport_shared::inbox::{self, Kind};
use eport_shared::lockout;
use eport_shared::password::{self, Verdict};
use eport_shared::problem::{Fields, Problem};
use eport_shared::sql;
use eport_shared::sql::{query, transaction};

/// Replaces the password; the person's other sessions end, and they are told as their settings say.
pub async fn change(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let caller = context.caller()?;
    let account = caller.account_id;
    let body: PasswordChange = request.json()?;
    let rows =
        query(context.database, &sql!("SELECT username, password_hash FROM accounts WHERE id = $1"), &[account.into()])
            .await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
    let username: Option<String> = row.get(0)?;
    let kept: Option<String> = row.get(1)?;
    if kept.is_none() {
        // Made by a card login; its first password comes with the activation (J5).
        return Err(Problem::new(&catalogue::ACCOUNT_INACTIVE));
    }

    let mut fields = Fields::new();
    let new =
        fields.check("password", NewPassword::parse(body.password.expose(), username.as_deref().unwrap_or_default()));
    let new = fields.finish(new)?;
    // A stolen session must not be a way to guess the password: its tries are counted too, and lock.
    let subject = lockout::of_change(context, account);
    if let Some(until) = lockout::locked_until(context, subject).await? {
        return Err(locked(context, until));
    }
    let current = GivenPassword::new(body.current_password.expose());
    if password::verify(context.settings, context.keys, kept.as_deref(), &current)? == Verdict::Wrong {
        let until = lockout::count(context, subject).await?;
        return Err(until.map_or_else(|| Problem::new(&catalogue::PASSWORD_WRONG), |until| locked(context, until)));
    }
    if new.as_given().as_bytes() == current.as_bytes() {
        return Err(Problem::field("password", &catalogue::PASSWORD_UNCHANGED));
    }
    let hash = password::hash(context.settings, context.keys, context.entropy, &new)?;

    transaction(context.database, async |connection| {
        let rows = connection
            .query(
                // Of two changes at once, the one that was made from a password which is none any more gives way.
                &sql!(
                    "UPDATE accounts SET password_hash = $2, password_changed_at = $3, password_change_required = FALSE, updated_at = $3
                     WHERE id = $1 AND password_hash = $4 RETURNING id"
                ),
                &[account.into(), hash.as_str().into(), context.now.into(), kept.clone().into()],
            )
            .await?;
        if rows.is_empty() {
            return Err(Problem::new(&catalogue::PASSWORD_WRONG));
        }
        if let Some(until) = lockout::forget_unless_locked(connection, context.now, subject).await? {
            return Err(locked(context, until));
        }
        // What was tried at the login was tried against a password that is none any more.
        lockout::forget_all(context, connection, account).await?;
        let ended =
            end_sessions(connection, context.now, account, Some(caller.session_id), "password_changed").await?;
        inbox::put(context, connection, account, Kind::PasswordChanged, &serde_json::json!({})).await?;
        let event = Event::account("password.changed", account)
            .change(None, Some(serde_json::json!({ "sessions_ended": ended })));
        audit::record(context, connection, event).await?;
        Ok(())
    })
    .await?;
    Ok(no_content())
}

fn locked(context: &Context<'_>, until: Timestamp) -> Problem {
    Problem::new(&catalogue::SESSION_LOCKED).retry_after(context.now.seconds_until(until))
}
