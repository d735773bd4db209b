//! J2: a person's own sessions, seen and ended.

use eport_schema::catalogue;
use eport_schema::wire::SessionItem;
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::device;
use eport_shared::http::{Request, Response, json, no_content};
use eport_shared::problem::Problem;
use eport_shared::serve::page;
use eport_shared::sql;
use eport_shared::sql::{Row, query, transaction};
use http::StatusCode;
use uuid::Uuid;

use crate::cookie;

/// `GET /v1/me/sessions`: those that are live, the newest first.
pub async fn list(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let caller = context.caller()?;
    let page = page(request)?;
    let idle_since = context.now.plus_seconds(-context.settings.session_idle_seconds);
    let rows = query(
        context.database,
        &sql!(
            "SELECT id, method, amr, card_class, device, address, created_at, last_seen_at, expires_at FROM sessions
             WHERE account_id = $1 AND id < $2 AND ended_at IS NULL AND expires_at > $3 AND last_seen_at > $4
             ORDER BY id DESC LIMIT $5"
        ),
        &[
            caller.account_id.into(),
            page.after.unwrap_or(Uuid::max()).into(),
            context.now.into(),
            idle_since.into(),
            page.limit.saturating_add(1).into(),
        ],
    )
    .await?;
    let items = rows.iter().map(|row| item(context, row, caller.session_id)).collect::<Result<Vec<_>, _>>()?;
    Ok(json(StatusCode::OK, &page.finish(items, |item| item.id)))
}

fn item(context: &Context<'_>, row: &Row, current: Uuid) -> Result<SessionItem, Problem> {
    let id: Uuid = row.get(0)?;
    let device: Option<String> = row.get(4)?;
    Ok(SessionItem {
        id,
        current: id == current,
        method: row.get(1)?,
        amr: row.get::<String>(2)?.split(' ').map(str::to_owned).collect(),
        card_class: row.get(3)?,
        device_name: device.as_deref().map(|name| device::device(name, context.client.language).into_owned()),
        device,
        address: row.get(5)?,
        created_at: row.get(6)?,
        last_seen_at: row.get(7)?,
        expires_at: row.get(8)?,
    })
}

/// `DELETE /v1/me/sessions/{id}`. Somebody else's is not found.
pub async fn end(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let session = request.id("id")?;
    end_one(context, session, "ended_by_person").await
}

/// `DELETE /v1/sessions/current`.
pub async fn end_current(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let session = context.caller()?.session_id;
    let response = end_one(context, session, "logged_out").await?;
    cookie::forget(context, request, response)
}

async fn end_one(context: &Context<'_>, session: Uuid, reason: &str) -> Result<Response, Problem> {
    let caller = context.caller()?;
    transaction(context.database, async |connection| {
        let rows = connection
            .query(
                &sql!(
                    "UPDATE sessions SET ended_at = $3, end_reason = $4
                     WHERE id = $1 AND account_id = $2 AND ended_at IS NULL RETURNING id"
                ),
                &[session.into(), caller.account_id.into(), context.now.into(), reason.into()],
            )
            .await?;
        if rows.is_empty() {
            return Err(Problem::new(&catalogue::RESOURCE_NOT_FOUND));
        }
        let event = Event {
            action: "session.ended".to_owned(),
            target: Some(("session", session.to_string())),
            after: Some(serde_json::json!({ "reason": reason })),
            ..Event::default()
        };
        audit::record(context, connection, event).await?;
        Ok(())
    })
    .await?;
    Ok(no_content())
}
