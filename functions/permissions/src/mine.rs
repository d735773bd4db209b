//! J14: what the caller may do, as a list.

use eport_schema::wire::{CheckReason, MyGrants};
use eport_shared::applications;
use eport_shared::context::Context;
use eport_shared::enterprises::Role;
use eport_shared::http::{Response, json};
use eport_shared::problem::Problem;
use eport_shared::sql;
use eport_shared::sql::query;
use http::StatusCode;

use crate::rights::Rights;

/// `GET /v1/me/grants`: exactly what a check would allow at this moment.
pub async fn get(context: &Context<'_>) -> Result<Response, Problem> {
    let account = context.caller()?.account_id;
    let catalogue = applications::current(context).await?;
    let rows = query(
        context.database,
        &sql!(
            "SELECT m.role, m.state, e.state, e.entitlements, m.grants
             FROM memberships m JOIN enterprises e ON e.id = m.enterprise_id WHERE m.account_id = $1"
        ),
        &[account.into()],
    )
    .await?;
    let limited = |reason: CheckReason| Some(reason.as_str().to_owned());
    let Some(row) = rows.first() else {
        let nothing = MyGrants { role: None, limited: limited(CheckReason::NoEnterprise), grants: Vec::new() };
        return Ok(json(StatusCode::OK, &nothing));
    };
    let entitlements = Rights::read(row.text(3)?.unwrap_or_default()).known(&catalogue);
    let granted = match row.text(0)? {
        Some(role) if role == Role::Admin.as_str() => entitlements,
        _ => Rights::read(row.text(4)?.unwrap_or_default()).within(&entitlements),
    };
    let (reason, grants) = match (row.text(1)?, row.text(2)?) {
        (Some("active"), Some("verified")) => (None, granted),
        (Some("active"), _) => (limited(CheckReason::EnterpriseUnverified), granted.open(&catalogue)),
        _ => (limited(CheckReason::Suspended), Rights::default()),
    };
    Ok(json(StatusCode::OK, &MyGrants { role: row.get(0)?, limited: reason, grants: grants.wire() }))
}
