//! `draft → authorized ⇄ disabled`, deleted, and which one is the default.

use eport_schema::catalogue;
use eport_shared::accounts;
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json, no_content, with_version};
use eport_shared::platform::Connection;
use eport_shared::problem::Problem;
use eport_shared::sql;
use eport_shared::sql::transaction;
use http::StatusCode;
use serde_json::json as object;
use uuid::Uuid;

use super::view;
use crate::lifecycle::Change;

/// The audit's row: a signature is its person's, not the enterprise's.
pub(super) fn event(id: Uuid, what: &str) -> Event {
    Event { action: format!("signature.{what}"), target: Some(("signature", id.to_string())), ..Event::default() }
        .of_enterprise(None)
}

/// State, and whether it is the default, of a signature image of `account`, in the version that the request has seen. The account's row is held.
async fn hold(
    connection: &mut dyn Connection,
    request: &Request,
    account: Uuid,
    id: Uuid,
) -> Result<(String, bool), Problem> {
    accounts::hold(connection, account).await?;
    let rows = connection
        .query(
            &sql!(held: "SELECT state, is_default, version FROM signature_images WHERE id = $1 AND account_id = $2"),
            &[id.into(), account.into()],
        )
        .await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
    request.if_match(row.get(2)?)?;
    Ok((row.get(0)?, row.get(1)?))
}

/// Changes a signature image's state.
pub async fn change(context: &Context<'_>, request: &Request, change: Change) -> Result<Response, Problem> {
    let account = context.caller()?.account_id;
    let id = request.id("id")?;
    transaction(context.database, async |connection| {
        let (state, was_default) = hold(connection, request, account, id).await?;
        let (before, after) = change.states();
        if state != before {
            return Err(Problem::new(&catalogue::SIGNATURE_STATE));
        }
        if change == Change::Default {
            connection
                .execute(
                    &sql!(
                        "UPDATE signature_images SET is_default = FALSE, version = version + 1, updated_at = $2 WHERE account_id = $1 AND is_default"
                    ),
                    &[account.into(), context.now.into()],
                )
                .await?;
        }
        let is_default = change.is_default(was_default);
        connection
            .execute(
                &sql!(
                    "UPDATE signature_images SET state = $2, is_default = $3, version = version + 1, updated_at = $4 WHERE id = $1"
                ),
                &[id.into(), after.into(), is_default.into(), context.now.into()],
            )
            .await?;
        let event = event(id, change.name()).change(
            Some(object!({ "state": state, "default": was_default })),
            Some(object!({ "state": after, "default": is_default })),
        );
        audit::record(context, connection, event).await?;
        Ok(())
    })
    .await?;
    let (signature, version) = view::read(context, account, id).await?;
    Ok(with_version(json(StatusCode::OK, &signature), version))
}

/// Deletes a signature image, with what it shows: it is personal, and nothing was signed to make it.
pub async fn delete(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let account = context.caller()?.account_id;
    let id = request.id("id")?;
    transaction(context.database, async |connection| {
        let (state, was_default) = hold(connection, request, account, id).await?;
        connection.execute(&sql!("DELETE FROM signature_images WHERE id = $1"), &[id.into()]).await?;
        let event = event(id, "deleted")
            .change(Some(object!({ "state": state, "default": was_default })), Some(object!({ "state": "deleted" })));
        audit::record(context, connection, event).await?;
        Ok::<_, Problem>(())
    })
    .await?;
    Ok(no_content())
}
