//! J8: `POST /v1/operators/{id}/password-reset`: a new initial password.
//!
//! It goes to the phone that the account has, which no administrator can change once its person has logged in: so only the person learns it. The
//! administrator can make the person log in anew, some times a day, and no more.

use eport_schema::catalogue;
use eport_schema::domain::Phone;
use eport_shared::accounts::{Field, end_sessions, reveal};
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::http::{Request, Response};
use eport_shared::inbox::{self, Kind};
use eport_shared::lockout;
use eport_shared::members;
use eport_shared::platform::Connection;
use eport_shared::problem::Problem;
use eport_shared::sql;
use eport_shared::sql::transaction;
use http::StatusCode;
use serde_json::json;
use uuid::Uuid;

use crate::initial_password::InitialPassword;
use crate::{item, target};

/// Replaces the password by an initial one; the sessions end, the person is told.
pub async fn reset(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let password = InitialPassword::new(context, "")?;
    let (enterprise, account, username, phone) = transaction(context.database, async |connection| {
        let enterprise = members::administered(context, connection).await?;
        let account = target::operator(context, connection, request, &enterprise).await?.account;
        let rows = connection
            .query(
                &sql!("SELECT username, phone_enc FROM accounts WHERE id = $1 AND password_hash IS NOT NULL"),
                &[account.into()],
            )
            .await?;
        let not_activated = || Problem::new(&catalogue::OPERATOR_NOT_ACTIVATED);
        let row = rows.first().ok_or_else(not_activated)?;
        let username: String = row.get::<Option<String>>(0)?.ok_or_else(not_activated)?;
        let phone = reveal(context.keys, Field::Phone, account, row.get::<Option<Vec<u8>>>(1)?.as_deref())?
            .and_then(|text| Phone::parse(&text).ok())
            .ok_or_else(not_activated)?;
        let ended = set(context, connection, enterprise.id, account, &password).await?;
        let count = sql!("UPDATE memberships SET updated_at = $2, version = version + 1 WHERE account_id = $1");
        connection.execute(&count, &[account.into(), context.now.into()]).await?;
        inbox::put(context, connection, account, Kind::InitialPassword, &json!({})).await?;
        let event = Event::account("operator.password_reset", account)
            .of_enterprise(Some(enterprise.id))
            .change(None, Some(json!({ "phone": phone.masked(), "sessions_ended": ended })));
        audit::record(context, connection, event).await?;
        Ok::<_, Problem>((enterprise, account, username, phone))
    })
    .await?;
    password.send(context, &enterprise, account, &username, &phone).await?;
    item::answer(context, StatusCode::OK, enterprise.id, account).await
}

/// Makes `password` the account's, whose row is held, and ends its sessions; returns how many. Counted against person and enterprise.
pub(crate) async fn set(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: Uuid,
    account: Uuid,
    password: &InitialPassword,
) -> Result<u64, Problem> {
    password.count(context, connection, enterprise, account).await?;
    connection
        .execute(
            &sql!(
                "UPDATE accounts SET password_hash = $2, password_change_required = TRUE, password_changed_at = $3, updated_at = $3,
                                     initial_password_sent_at = NULL, initial_password_expires_at = $4
                 WHERE id = $1"
            ),
            &[account.into(), password.hash.as_str().into(), context.now.into(), password.expires_at.into()],
        )
        .await?;
    // What was tried was tried against a password that is none any more.
    lockout::forget_all(context, connection, account).await?;
    Ok(end_sessions(connection, context.now, account, None, "password_reset").await?)
}
