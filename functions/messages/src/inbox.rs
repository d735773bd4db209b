//! J17: the inbox, seen and marked as read.

use eport_schema::catalogue;
use eport_schema::catalogue::Language;
use eport_schema::wire::{Message, MessageAction};
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json, no_content};
use eport_shared::inbox::Kind;
use eport_shared::problem::Problem;
use eport_shared::serve::page;
use eport_shared::sql;
use eport_shared::sql::{Row, Statement, query};
use http::StatusCode;
use serde_json::Value as Json;
use uuid::Uuid;

// A request to join is decided from its message: what it points at is looked up while the reader is the administrator whom it asks.
macro_rules! select {
    ($condition:literal) => {
        sql!(
            sqlite: concat!(
                "SELECT m.id, m.kind, m.data, m.created_at, m.read_at, s.id, s.status FROM messages m
                 LEFT JOIN memberships p ON p.account_id = m.account_id AND p.role = 'admin' AND m.kind = 'association_waiting'
                 LEFT JOIN associations s ON s.id = json_extract(m.data, '$.association') AND s.enterprise_id = p.enterprise_id
                 WHERE m.account_id = ?1 AND m.id < ?2",
                $condition,
                " ORDER BY m.id DESC LIMIT ?3"
            ),
            postgres: concat!(
                "SELECT m.id, m.kind, m.data, m.created_at, m.read_at, s.id, s.status FROM messages m
                 LEFT JOIN memberships p ON p.account_id = m.account_id AND p.role = 'admin' AND m.kind = 'association_waiting'
                 LEFT JOIN associations s ON s.id = CASE WHEN m.kind = 'association_waiting' THEN (m.data::json ->> 'association')::uuid END
                                         AND s.enterprise_id = p.enterprise_id
                 WHERE m.account_id = $1 AND m.id < $2",
                $condition,
                " ORDER BY m.id DESC LIMIT $3"
            ),
        )
    };
}

const ALL: Statement = select!("");
const UNREAD: Statement = select!(" AND m.read_at IS NULL");
const READ: Statement = select!(" AND m.read_at IS NOT NULL");

/// `GET /v1/messages`: one's own, the newest first; `?unread=` for only the unread or only the read ones.
pub async fn list(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let account = context.caller()?.account_id;
    let page = page(request)?;
    let statement = match request.query("unread") {
        None => &ALL,
        Some("true") => &UNREAD,
        Some(_) => &READ,
    };
    let rows = query(
        context.database,
        statement,
        &[account.into(), page.after.unwrap_or(Uuid::max()).into(), page.limit.saturating_add(1).into()],
    )
    .await?;
    let items = rows.iter().map(|row| item(row, context.client.language)).collect::<Result<Vec<_>, _>>()?;
    Ok(json(StatusCode::OK, &page.finish(items, |item| item.id)))
}

fn item(row: &Row, language: Language) -> Result<Message, Problem> {
    let kind: String = row.get(1)?;
    let data = serde_json::from_str(&row.get::<String>(2)?).unwrap_or(Json::Null);
    // While versions change, a newer function may have written a kind that this one has no words for yet.
    let (title, body) = match Kind::parse(&kind) {
        Some(known) => known.words(language, &data),
        None => (kind.clone(), String::new()),
    };
    let action = match (row.get::<Option<Uuid>>(5)?, row.get::<Option<String>>(6)?) {
        (Some(id), Some(status)) => Some(MessageAction { kind: "association".to_owned(), id, status }),
        _ => None,
    };
    Ok(Message { id: row.get(0)?, kind, title, body, created_at: row.get(3)?, read_at: row.get(4)?, action })
}

/// `POST /v1/messages/{id}/read`. A message that was read stays read as of then; somebody else's is not found.
///
/// Leaves no audit row: nobody but its person can do it, and the message itself keeps when.
pub async fn mark_read(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let account = context.caller()?.account_id;
    let rows = query(
        context.database,
        &sql!("UPDATE messages SET read_at = COALESCE(read_at, $3) WHERE id = $1 AND account_id = $2 RETURNING id"),
        &[request.id("id")?.into(), account.into(), context.now.into()],
    )
    .await?;
    if rows.is_empty() {
        return Err(Problem::new(&catalogue::RESOURCE_NOT_FOUND));
    }
    Ok(no_content())
}
