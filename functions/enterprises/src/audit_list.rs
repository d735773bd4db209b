//! J19: `GET /v1/enterprise/audit`: an administrator reads the enterprise's own rows, and nothing in them is of somebody else.

use eport_schema::wire::EnterpriseAuditEntry;
use eport_shared::audit::Entry;
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json};
use eport_shared::platform::{DatabaseError, first_id};
use eport_shared::problem::Problem;
use eport_shared::serve::{page, time_parameter};
use eport_shared::sql;
use eport_shared::sql::{Row, Statement, query};
use http::StatusCode;
use uuid::Uuid;

// In the order of `audit_columns!`, each with its table, and the actor's name behind them. Empty text stands for "any".
const ROWS: Statement = sql!(
    "SELECT t.id, t.chain, t.seq, t.at, t.actor_kind, t.actor_id, t.session_id, t.enterprise_id, t.address, t.device, t.amr, t.action,
            t.target_type, t.target_id, t.before, t.after, t.result, t.code, t.trace_id, a.name
     FROM audit t LEFT JOIN accounts a ON a.id = t.actor_id
     WHERE t.enterprise_id = $1 AND t.id >= $2 AND t.id < $3 AND ($5 = '' OR t.action = $5) AND ($6 = '' OR t.result = $6)
     ORDER BY t.id DESC LIMIT $4"
);
/// The column of the actor's name.
const NAME: usize = 19;

/// What people do to their own accounts is kept beside the enterprise that they were in; what it changed is theirs alone.
const PERSONAL: [&str; 5] = ["account.", "password.", "session.", "settings.", "signature."];

/// The newest first.
pub async fn list(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let enterprise = context.caller()?.administrator()?;
    let page = page(request)?;
    let from = time_parameter(request, "from")?.map_or(Uuid::nil(), first_id);
    let to = time_parameter(request, "to")?.map_or(Uuid::max(), first_id);
    let rows = query(
        context.database,
        &ROWS,
        &[
            enterprise.into(),
            from.into(),
            page.after.unwrap_or(Uuid::max()).min(to).into(),
            page.limit.saturating_add(1).into(),
            request.query("action").unwrap_or_default().into(),
            request.query("result").unwrap_or_default().into(),
        ],
    )
    .await?;
    let items = rows.iter().map(|row| item(context, row)).collect::<Result<Vec<_>, _>>()?;
    Ok(json(StatusCode::OK, &page.finish(items, |item| item.id)))
}

fn item(context: &Context<'_>, row: &Row) -> Result<EnterpriseAuditEntry, DatabaseError> {
    let entry = Entry::read(row)?;
    // Who works for the platform, and from where, is not the enterprise's to know.
    let own = entry.actor_kind != "staff";
    let personal = PERSONAL.iter().any(|prefix| entry.action.starts_with(prefix));
    let refused = entry.result == "refused";
    let change = |text: Option<String>| text.filter(|_| !personal).and_then(|text| serde_json::from_str(&text).ok());
    let refusal = entry.refusal(context.client.language);
    Ok(EnterpriseAuditEntry {
        id: entry.id,
        at: entry.at,
        actor_kind: entry.actor_kind,
        actor_id: entry.actor_id.filter(|_| own),
        actor_name: row.get::<Option<String>>(NAME)?.filter(|_| own),
        address: entry.address.filter(|_| own),
        device: entry.device.filter(|_| own),
        amr: entry.amr.map(|amr| amr.split(' ').map(str::to_owned).collect()).unwrap_or_default(),
        action: entry.action,
        target_type: entry.target_type,
        // What somebody tried in vain may be another enterprise's.
        target_id: entry.target_id.filter(|_| !refused),
        before: change(entry.before),
        after: change(entry.after),
        result: entry.result,
        refusal: refusal.map(str::to_owned),
        code: entry.code,
    })
}
