//! J19: `GET /v1/platform/audit`. Reading it leaves no row: else the audit would grow by being looked at.

use eport_schema::wire::AuditEntry;
use eport_shared::audit::Entry;
use eport_shared::audit_columns as columns;
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json};
use eport_shared::platform::first_id;
use eport_shared::problem::Problem;
use eport_shared::serve::{id_parameter, page, time_parameter};
use eport_shared::sql;
use eport_shared::sql::{Statement, query};
use http::StatusCode;
use uuid::Uuid;

// The filter that leaves the fewest rows stands first, with an index of its own that ends with the id; the others are looked at
// row by row. A row's id begins with its time, so that times are bounds on the id. Empty text and the nil id stand for "any".
const BY_TARGET: Statement = sql!(concat!(
    "SELECT ",
    columns!(),
    " FROM audit WHERE target_id = $4 AND id >= $1 AND id < $2
      AND (actor_id = $5 OR $5 = '00000000-0000-0000-0000-000000000000') AND ($6 = '' OR action = $6)
      AND ($7 = '' OR result = $7) ORDER BY id DESC LIMIT $3"
));
const BY_ACTOR: Statement = sql!(concat!(
    "SELECT ",
    columns!(),
    " FROM audit WHERE actor_id = $4 AND id >= $1 AND id < $2 AND ($5 = '' OR action = $5) AND ($6 = '' OR result = $6)
      ORDER BY id DESC LIMIT $3"
));
const BY_ACTION: Statement = sql!(concat!(
    "SELECT ",
    columns!(),
    " FROM audit WHERE action = $4 AND id >= $1 AND id < $2 AND ($5 = '' OR result = $5) ORDER BY id DESC LIMIT $3"
));
// Most rows are of things that were done: those need no index, the refused ones have one.
const REFUSED: Statement = sql!(concat!(
    "SELECT ",
    columns!(),
    " FROM audit WHERE result = 'refused' AND id >= $1 AND id < $2 ORDER BY id DESC LIMIT $3"
));
const DONE: Statement = sql!(concat!(
    "SELECT ",
    columns!(),
    " FROM audit WHERE result = 'ok' AND id >= $1 AND id < $2 ORDER BY id DESC LIMIT $3"
));
const ALL: Statement =
    sql!(concat!("SELECT ", columns!(), " FROM audit WHERE id >= $1 AND id < $2 ORDER BY id DESC LIMIT $3"));

/// The newest first.
pub async fn list(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let page = page(request)?;
    let from = time_parameter(request, "from")?.map_or(Uuid::nil(), first_id);
    let to = time_parameter(request, "to")?.map_or(Uuid::max(), first_id);
    let actor = id_parameter(request, "actor_id")?;
    let target = id_parameter(request, "target_id")?;
    let action = request.query("action").unwrap_or_default();
    let result = request.query("result").unwrap_or_default();

    let before = page.after.unwrap_or(Uuid::max()).min(to);
    let mut parameters = vec![from.into(), before.into(), page.limit.saturating_add(1).into()];
    let statement = match (target, actor, action, result) {
        (Some(target), actor, action, result) => {
            // A target may be anything with a name; ids are kept as they are written in answers.
            parameters.extend([
                target.to_string().into(),
                actor.unwrap_or(Uuid::nil()).into(),
                action.into(),
                result.into(),
            ]);
            &BY_TARGET
        }
        (None, Some(actor), action, result) => {
            parameters.extend([actor.into(), action.into(), result.into()]);
            &BY_ACTOR
        }
        (None, None, "", "refused") => &REFUSED,
        (None, None, "", "ok") => &DONE,
        (None, None, "", _) => &ALL,
        (None, None, action, result) => {
            parameters.extend([action.into(), result.into()]);
            &BY_ACTION
        }
    };
    let rows = query(context.database, statement, &parameters).await?;
    let items =
        rows.iter().map(|row| Entry::read(row).map(|entry| item(context, entry))).collect::<Result<Vec<_>, _>>()?;
    Ok(json(StatusCode::OK, &page.finish(items, |item| item.id)))
}

pub(crate) fn item(context: &Context<'_>, entry: Entry) -> AuditEntry {
    let value = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
    let refusal = entry.refusal(context.client.language);
    AuditEntry {
        id: entry.id,
        at: entry.at,
        actor_id: entry.actor_id,
        actor_kind: entry.actor_kind,
        session_id: entry.session_id,
        address: entry.address,
        device: entry.device,
        amr: entry.amr.map(|amr| amr.split(' ').map(str::to_owned).collect()).unwrap_or_default(),
        enterprise_id: entry.enterprise_id,
        action: entry.action,
        target_type: entry.target_type,
        target_id: entry.target_id,
        before: value(entry.before),
        after: value(entry.after),
        result: entry.result,
        refusal: refusal.map(str::to_owned),
        code: entry.code,
        trace_id: entry.trace_id,
    }
}
