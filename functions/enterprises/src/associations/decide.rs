//! `POST /v1/associations/{id}/approve` and `/reject` by the administrator, `DELETE /v1/associations/{id}` by who asked.

use eport_schema::catalogue;
use eport_schema::domain::Reason;
use eport_schema::wire::AssociationRejection;
use eport_shared::accounts;
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::enterprises::Enterprise;
use eport_shared::http::{Request, Response, json, no_content};
use eport_shared::inbox::{self, Kind};
use eport_shared::members::{self, Joining, Origin};
use eport_shared::platform::Connection;
use eport_shared::problem::{Fields, Problem};
use eport_shared::sql;
use eport_shared::sql::transaction;
use http::StatusCode;
use serde_json::json as object;
use uuid::Uuid;

use super::list;

/// The person becomes an active operator.
pub async fn approve(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    decide(context, request, None).await
}

/// The person is told why not.
pub async fn reject(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let body: AssociationRejection = request.json()?;
    let mut fields = Fields::new();
    let reason = fields.check("reason", Reason::parse(&body.reason));
    let reason = fields.finish(reason)?;
    decide(context, request, Some(&reason)).await
}

/// Approves, or rejects for a reason.
async fn decide(context: &Context<'_>, request: &Request, refused: Option<&Reason>) -> Result<Response, Problem> {
    let caller = context.caller()?;
    let id = request.id("id")?;
    transaction(context.database, async |connection| {
        let enterprise = members::administered(context, connection).await?;
        let applicant = settle(context, connection, id, &enterprise, caller.account_id, refused).await?;
        let (action, kind, data) = match refused {
            None => {
                let joining = Joining::operator(Origin::Association);
                if !members::join(context, connection, enterprise.id, applicant, joining).await? {
                    return Err(Problem::new(&catalogue::ASSOCIATION_ALREADY_MEMBER));
                }
                ("association.approved", Kind::AssociationApproved, object!({ "enterprise": enterprise.name }))
            }
            Some(reason) => {
                let data = object!({ "enterprise": enterprise.name, "reason": reason.as_str() });
                ("association.rejected", Kind::AssociationRejected, data)
            }
        };
        inbox::put(context, connection, applicant, kind, &data).await?;
        let after = object!({ "applicant": applicant, "reason": refused.map(Reason::as_str) });
        record(context, connection, action, id, enterprise.id, after).await
    })
    .await?;
    Ok(json(StatusCode::OK, &list::one(context, id).await?))
}

/// Takes the decision, and returns who asked. Only a request to this enterprise that waits can be decided, once.
async fn settle(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    id: Uuid,
    enterprise: &Enterprise,
    by: Uuid,
    refused: Option<&Reason>,
) -> Result<Uuid, Problem> {
    let rows = connection
        .query(
            &sql!("SELECT account_id FROM associations WHERE id = $1 AND enterprise_id = $2"),
            &[id.into(), enterprise.id.into()],
        )
        .await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
    let applicant: Uuid = row.get(0)?;
    accounts::hold(connection, applicant).await?;
    let settled = connection
        .query(
            &sql!(
                "UPDATE associations SET status = $2, reason = $3, decided_at = $4, decided_by = $5
                 WHERE id = $1 AND status = 'pending' RETURNING id"
            ),
            &[
                id.into(),
                if refused.is_some() { "rejected" } else { "approved" }.into(),
                refused.map(Reason::as_str).into(),
                context.now.into(),
                by.into(),
            ],
        )
        .await?;
    if settled.is_empty() { Err(Problem::new(&catalogue::ASSOCIATION_ALREADY_DECIDED)) } else { Ok(applicant) }
}

/// The person thinks better of it. Somebody else's request is not found.
pub async fn withdraw(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let account = context.caller()?.account_id;
    let id = request.id("id")?;
    transaction(context.database, async |connection| {
        let withdrawn = connection
            .query(
                &sql!(
                    "UPDATE associations SET status = 'withdrawn', decided_at = $3
                     WHERE id = $1 AND account_id = $2 AND status = 'pending' RETURNING enterprise_id"
                ),
                &[id.into(), account.into(), context.now.into()],
            )
            .await?;
        let Some(row) = withdrawn.first() else {
            let own = connection
                .query(
                    &sql!("SELECT id FROM associations WHERE id = $1 AND account_id = $2"),
                    &[id.into(), account.into()],
                )
                .await?;
            let refusal =
                if own.is_empty() { &catalogue::RESOURCE_NOT_FOUND } else { &catalogue::ASSOCIATION_ALREADY_DECIDED };
            return Err(Problem::new(refusal));
        };
        record(context, connection, "association.withdrawn", id, row.get(0)?, object!({ "applicant": account })).await
    })
    .await?;
    Ok(no_content())
}

async fn record(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    action: &str,
    id: Uuid,
    enterprise: Uuid,
    after: serde_json::Value,
) -> Result<(), Problem> {
    let event = Event {
        action: action.to_owned(),
        target: Some(("association", id.to_string())),
        enterprise: Some(enterprise),
        ..Event::default()
    };
    Ok(audit::record(context, connection, event.change(Some(object!({ "status": "pending" })), Some(after))).await?)
}
