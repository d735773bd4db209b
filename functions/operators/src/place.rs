//! J8: an operator is suspended, resumed, or removed.

use eport_schema::catalogue;
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, no_content};
use eport_shared::inbox::{self, Kind};
use eport_shared::members;
use eport_shared::problem::Problem;
use eport_shared::sql;
use eport_shared::sql::transaction;
use http::StatusCode;
use serde_json::json;

use crate::target::{self, Found};
use crate::{invitations, item};

/// `POST /v1/operators/{id}/suspend`. The person can still log in and see their own account, and do nothing for the enterprise from the next
/// request on.
pub async fn suspend(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    set_suspended(context, request, true).await
}

/// `POST /v1/operators/{id}/resume`.
pub async fn resume(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    set_suspended(context, request, false).await
}

async fn set_suspended(context: &Context<'_>, request: &Request, suspended: bool) -> Result<Response, Problem> {
    let (action, kind, refusal) = if suspended {
        ("operator.suspended", Kind::MembershipSuspended, &catalogue::OPERATOR_ALREADY_SUSPENDED)
    } else {
        ("operator.resumed", Kind::MembershipResumed, &catalogue::OPERATOR_NOT_SUSPENDED)
    };
    let (enterprise, account) = transaction(context.database, async |connection| {
        let enterprise = members::administered(context, connection).await?;
        let target = target::operator(context, connection, request, &enterprise).await?;
        if target.suspended == suspended {
            return Err(Problem::new(refusal));
        }
        let state = |suspended: bool| if suspended { "suspended" } else { "active" };
        connection
            .execute(
                &sql!(
                    "UPDATE memberships SET state = $2, updated_at = $3, version = version + 1 WHERE account_id = $1"
                ),
                &[target.account.into(), state(suspended).into(), context.now.into()],
            )
            .await?;
        inbox::put(context, connection, target.account, kind, &json!({ "enterprise": enterprise.name })).await?;
        let event = Event::account(action, target.account)
            .of_enterprise(Some(enterprise.id))
            .change(Some(json!({ "state": state(target.suspended) })), Some(json!({ "state": state(suspended) })));
        audit::record(context, connection, event).await?;
        Ok((enterprise, target.account))
    })
    .await?;
    item::answer(context, StatusCode::OK, enterprise.id, account).await
}

/// `DELETE /v1/operators/{id}`: the person leaves the enterprise; of who is only invited, the invitation is taken back.
pub async fn remove(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let id = request.id("id")?;
    transaction(context.database, async |connection| {
        let enterprise = members::administered(context, connection).await?;
        match target::find(context, connection, request, &enterprise, id).await? {
            Found::Operator(target) => members::remove(context, connection, &enterprise, target.account).await?,
            Found::Invited => invitations::withdraw(context, connection, &enterprise, id).await?,
        }
        audit::flush(context, connection).await?;
        Ok::<_, Problem>(())
    })
    .await?;
    Ok(no_content())
}
