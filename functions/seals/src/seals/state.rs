//! `draft → authorized ⇄ disabled → deleted`, and which one of a kind is the default.

use eport_schema::catalogue;
use eport_shared::audit;
use eport_shared::clock::Timestamp;
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json, no_content, with_version};
use eport_shared::platform::Connection;
use eport_shared::problem::Problem;
use eport_shared::sql;
use eport_shared::sql::transaction;
use http::StatusCode;
use serde_json::json as object;
use uuid::Uuid;

use super::standing::{self, Need};
use super::{evidence, told, view};
use crate::lifecycle::Change;

/// What a change of the state needs: to put a seal into use takes the card.
const fn need(change: Change) -> Need {
    match change {
        Change::Disable => Need::CardOrAdministrator,
        Change::Authorize | Change::Enable | Change::Default => Need::Card,
    }
}

/// A seal's row, held until the transaction ends.
#[derive(Debug)]
pub struct HeldSeal {
    /// The revision that counts.
    pub revision: i64,
    kind: String,
    state: String,
    is_default: bool,
    name: String,
    valid_until: Timestamp,
}

/// Holds a seal of `enterprise`, in the version that the request has seen. One that was deleted is not found.
pub async fn hold(
    connection: &mut dyn Connection,
    request: &Request,
    enterprise: Uuid,
    id: Uuid,
) -> Result<HeldSeal, Problem> {
    let rows = connection
        .query(
            &sql!(
                held: "SELECT s.revision, s.kind, s.state, s.is_default, s.version, r.name, r.valid_until
                       FROM seals s JOIN seal_revisions r ON r.seal_id = s.id AND r.revision = s.revision
                       WHERE s.id = $1 AND s.enterprise_id = $2 AND s.state <> 'deleted'",
                of: "s"
            ),
            &[id.into(), enterprise.into()],
        )
        .await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
    request.if_match(row.get(4)?)?;
    Ok(HeldSeal {
        revision: row.get(0)?,
        kind: row.get(1)?,
        state: row.get(2)?,
        is_default: row.get(3)?,
        name: row.get(5)?,
        valid_until: row.get(6)?,
    })
}

/// Changes a seal's state. Into use comes only one whose evidence is whole; out of use comes any.
pub async fn change(context: &Context<'_>, request: &Request, change: Change) -> Result<Response, Problem> {
    let caller = context.caller()?;
    let enterprise = caller.member()?;
    let id = request.id("id")?;
    if need(change) == Need::Card {
        standing::opened_with_card(&caller)?;
        evidence::load(context, enterprise, id).await?;
    }
    transaction(context.database, async |connection| {
        let standing = standing::hold(connection, &caller, need(change)).await?;
        let seal = hold(connection, request, standing.enterprise, id).await?;
        let (before, after) = change.states();
        if seal.state != before {
            return Err(Problem::new(&catalogue::SEAL_STATE));
        }
        if need(change) == Need::Card && context.now >= seal.valid_until {
            return Err(Problem::new(&catalogue::SEAL_EXPIRED));
        }
        if change == Change::Default {
            // There is one default of a kind: the one before goes first, or the index refuses the second.
            connection
                .execute(
                    &sql!(
                        "UPDATE seals SET is_default = FALSE, version = version + 1, updated_at = $3
                         WHERE enterprise_id = $1 AND kind = $2 AND is_default"
                    ),
                    &[standing.enterprise.into(), seal.kind.as_str().into(), context.now.into()],
                )
                .await?;
        }
        let is_default = change.is_default(seal.is_default);
        connection
            .execute(
                &sql!(
                    "UPDATE seals SET state = $2, is_default = $3, version = version + 1, updated_at = $4 WHERE id = $1"
                ),
                &[id.into(), after.into(), is_default.into(), context.now.into()],
            )
            .await?;
        told::tell(context, connection, &standing, &seal.name, change.name()).await?;
        let event = told::event(&standing, id, change.name()).change(
            Some(object!({ "state": seal.state, "default": seal.is_default })),
            Some(object!({ "state": after, "default": is_default })),
        );
        audit::record(context, connection, event).await?;
        Ok(())
    })
    .await?;
    let (seal, version) = view::read(context, enterprise, id).await?;
    Ok(with_version(json(StatusCode::OK, &seal), version))
}

/// Deletes a seal. What it was made of stays, where nobody finds it over HTTP.
pub async fn delete(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let caller = context.caller()?;
    let id = request.id("id")?;
    transaction(context.database, async |connection| {
        let standing = standing::hold(connection, &caller, Need::CardOrAdministrator).await?;
        let seal = hold(connection, request, standing.enterprise, id).await?;
        connection
            .execute(
                &sql!(
                    "UPDATE seals SET state = 'deleted', is_default = FALSE, version = version + 1, updated_at = $2 WHERE id = $1"
                ),
                &[id.into(), context.now.into()],
            )
            .await?;
        told::tell(context, connection, &standing, &seal.name, "deleted").await?;
        let event = told::event(&standing, id, "deleted").change(
            Some(object!({ "state": seal.state, "default": seal.is_default, "name": seal.name, "kind": seal.kind })),
            Some(object!({ "state": "deleted" })),
        );
        audit::record(context, connection, event).await?;
        Ok::<_, Problem>(())
    })
    .await?;
    Ok(no_content())
}
