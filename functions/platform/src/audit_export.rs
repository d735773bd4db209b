//! J19: `GET /v1/platform/audit/export`, for an archive outside: the oldest row first, one JSON object a line.
//!
//! Unlike looking at the audit, taking it out leaves a row: much leaves at once, and to where nobody here sees.

use eport_schema::wire::AuditEntry;
use eport_shared::audit::{self, Entry, Event};
use eport_shared::audit_columns as columns;
use eport_shared::context::Context;
use eport_shared::http::{Request, Response};
use eport_shared::platform::first_id;
use eport_shared::problem::Problem;
use eport_shared::serve::{id_parameter, time_parameter};
use eport_shared::sql;
use eport_shared::sql::{Statement, query, transaction};
use http::{HeaderValue, header};
use serde_json::json;
use uuid::Uuid;

use crate::audit_list::item;

/// Lines of one answer: of a few hundred bytes each.
const LINES: i64 = 2000;

const IN_ORDER: Statement =
    sql!(concat!("SELECT ", columns!(), " FROM audit WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3"));

/// A part of the export. `Link` leads to the next one.
pub async fn export(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let from = time_parameter(request, "from")?;
    let to = time_parameter(request, "to")?;
    let cursor = id_parameter(request, "cursor")?;
    // Ids that begin with a time: the greatest before the first of `from` is no row's.
    let after = from.map_or(Uuid::nil(), |at| Uuid::from_u128(first_id(at).as_u128().saturating_sub(1)));
    let after = cursor.unwrap_or(Uuid::nil()).max(after);
    let before = to.map_or(Uuid::max(), first_id);
    let rows =
        query(context.database, &IN_ORDER, &[after.into(), before.into(), LINES.saturating_add(1).into()]).await?;
    let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > LINES;
    let entries = rows
        .iter()
        .take(usize::try_from(LINES).unwrap_or(usize::MAX))
        .map(|row| Entry::read(row).map(|entry| item(context, entry)))
        .collect::<Result<Vec<_>, _>>()?;
    let told = json!({ "from": from, "to": to, "after": cursor, "lines": entries.len() });
    transaction(context.database, async |connection| {
        let event = Event { action: "audit.exported".to_owned(), ..Event::default() };
        audit::record(context, connection, event.change(None, Some(told))).await
    })
    .await?;
    Ok(answer(request, &entries, more))
}

fn answer(request: &Request, entries: &[AuditEntry], more: bool) -> Response {
    let mut lines = Vec::new();
    for entry in entries {
        // Our wire types have string keys and no failing serializers.
        lines.extend(serde_json::to_vec(entry).unwrap_or_default());
        lines.push(b'\n');
    }
    let mut response = Response::new(lines.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"audit.ndjson\""));
    if let Some(last) = entries.last().filter(|_| more) {
        let mut target = form_urlencoded::Serializer::new(String::new());
        for name in ["from", "to"] {
            if let Some(value) = request.query(name) {
                target.append_pair(name, value);
            }
        }
        target.append_pair("cursor", &last.id.to_string());
        // RFC 8288 §3.
        let link = format!("</v1/platform/audit/export?{}>; rel=\"next\"", target.finish());
        if let Ok(link) = HeaderValue::from_str(&link) {
            headers.insert(header::LINK, link);
        }
    }
    response
}
