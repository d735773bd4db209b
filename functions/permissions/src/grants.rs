//! J14: what the administrator lets each operator do (授权).

use eport_schema::catalogue;
use eport_schema::wire::{Grants, GrantsUpdate, MemberGrants};
use eport_shared::accounts;
use eport_shared::applications;
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::enterprises::Role;
use eport_shared::http::{Request, Response, json, with_version};
use eport_shared::problem::{FieldError, Fields, Problem};
use eport_shared::serve::page;
use eport_shared::sql;
use eport_shared::sql::{Row, query, transaction};
use http::StatusCode;
use serde_json::json as object;
use uuid::Uuid;

use crate::entitlements::tell;
use crate::members;
use crate::rights::Rights;

/// An operator's grants and their version, from a row of `role, grants, grants_version`. Whoever is no member of this enterprise isn't found.
fn operator(row: Option<&Row>) -> Result<(Rights, i64), Problem> {
    let row = row.ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
    if row.text(0)? == Some(Role::Admin.as_str()) {
        return Err(Problem::new(&catalogue::OPERATOR_IS_ADMINISTRATOR));
    }
    Ok((Rights::read(row.text(1)?.unwrap_or_default()), row.get(2)?))
}

fn answer(grants: &Rights, version: i64) -> Response {
    with_version(json(StatusCode::OK, &Grants { grants: grants.wire() }), version)
}

/// `GET /v1/operators/{id}/grants`.
pub async fn get(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let enterprise = context.caller()?.administrator()?;
    let account = request.id("id")?;
    let catalogue = applications::current(context).await?;
    let rows = query(
        context.database,
        &sql!("SELECT role, grants, grants_version FROM memberships WHERE account_id = $1 AND enterprise_id = $2"),
        &[account.into(), enterprise.into()],
    )
    .await?;
    let (grants, version) = operator(rows.first())?;
    Ok(answer(&grants.known(&catalogue), version))
}

/// `PUT /v1/operators/{id}/grants`: within the enterprise's entitlements. Takes effect on the next request; the person is told.
pub async fn set(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let enterprise = context.caller()?.administrator()?;
    let account = request.id("id")?;
    let body: GrantsUpdate = request.json()?;
    transaction(context.database, async |connection| {
        // Entitlements can't change before this is done: their row is held.
        let held = members::hold(context, connection).await?;
        accounts::hold(connection, account).await?;
        let rows = connection
            .query(
                &sql!(
                    held: "SELECT role, grants, grants_version FROM memberships WHERE account_id = $1 AND enterprise_id = $2"
                ),
                &[account.into(), enterprise.into()],
            )
            .await?;
        let (before, version) = operator(rows.first())?;
        request.if_match(version)?;
        let catalogue = applications::within(connection).await?;
        let mut fields = Fields::new();
        let wanted = Rights::parse(&body.grants, "grants", &catalogue, &mut fields);
        let wanted = fields.finish(Some(wanted))?;
        within(&held.entitlements, &body)?;
        if wanted == before {
            return Ok(answer(&wanted, version));
        }
        members::write_grants(connection, account, &wanted).await?;
        let (added, removed) = (wanted.without(&before), before.without(&wanted));
        tell(context, connection, account, &held.name, (&added, &removed), &catalogue).await?;
        let event = Event::account("grants.changed", account).of_enterprise(Some(enterprise)).change(
            Some(object!({ "grants": before.audited() })),
            Some(object!({ "grants": wanted.audited() })),
        );
        audit::record(context, connection, event).await?;
        Ok(answer(&wanted, version.saturating_add(1)))
    })
    .await
}

/// A grant can't exceed the entitlement: whatever does is named.
fn within(entitlements: &Rights, body: &GrantsUpdate) -> Result<(), Problem> {
    let refusal = &catalogue::GRANT_EXCEEDS_ENTITLEMENT;
    let errors: Vec<FieldError> = entitlements
        .exceeded_by(&body.grants, "grants")
        .into_iter()
        .map(|field| FieldError { field, refusal })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(Problem { errors, ..Problem::new(refusal) }) }
}

/// `GET /v1/enterprise/grants`: everybody of the enterprise with what they may do, for a table of people and applications.
pub async fn list(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let enterprise = context.caller()?.administrator()?;
    let page = page(request)?;
    let catalogue = applications::current(context).await?;
    let rows = query(
        context.database,
        &sql!(
            "SELECT m.account_id, a.name, a.username, m.role, m.state, m.grants_version,
                    CASE m.role WHEN 'admin' THEN e.entitlements ELSE m.grants END
             FROM memberships m JOIN accounts a ON a.id = m.account_id JOIN enterprises e ON e.id = m.enterprise_id
             WHERE m.enterprise_id = $1 AND m.account_id < $2 ORDER BY m.account_id DESC LIMIT $3"
        ),
        &[enterprise.into(), page.after.unwrap_or(Uuid::max()).into(), page.limit.saturating_add(1).into()],
    )
    .await?;
    let item = |row: &Row| -> Result<MemberGrants, Problem> {
        Ok(MemberGrants {
            account_id: row.get(0)?,
            name: row.get(1)?,
            username: row.get(2)?,
            role: row.get(3)?,
            state: row.get(4)?,
            version: row.get(5)?,
            grants: Rights::read(row.text(6)?.unwrap_or_default()).known(&catalogue).wire(),
        })
    };
    let items = rows.iter().map(item).collect::<Result<Vec<_>, _>>()?;
    Ok(json(StatusCode::OK, &page.finish(items, |item| item.account_id)))
}
