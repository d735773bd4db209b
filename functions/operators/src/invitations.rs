//! J8, J9: a person who has an account of their own is asked, and decides.
//!
//! ```text
//!                                  ┌─► accepted (the person is an operator)
//!   POST /v1/operators ─► pending ─┼─► declined
//!                                  ├─► withdrawn (by the administrator)
//!                                  └─► expired
//! ```

use eport_schema::catalogue;
use eport_schema::clock::Timestamp;
use eport_schema::wire::Invitation;
use eport_shared::accounts::{hold, id_number_index, phone_index};
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::enterprises::Enterprise;
use eport_shared::http::{Request, Response, json, no_content};
use eport_shared::inbox::{self, Kind};
use eport_shared::members::{self, Joining, Origin, Place};
use eport_shared::platform::{Connection, new_id};
use eport_shared::problem::Problem;
use eport_shared::serve::page;
use eport_shared::sql;
use eport_shared::sql::{query, transaction};
use http::StatusCode;
use serde_json::json;
use uuid::Uuid;

use crate::create::Wanted;

const DAY: i64 = 24 * 3600;

/// Asks the person of `account`, whose row is held. What the enterprise sees of it is what was typed.
pub(crate) async fn send(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: &Enterprise,
    account: Uuid,
    wanted: &Wanted,
) -> Result<Uuid, Problem> {
    within_limit(context, connection, enterprise.id).await?;
    connection
        .execute(
            &sql!(
                "UPDATE invitations SET status = 'expired', decided_at = $3
                 WHERE enterprise_id = $1 AND account_id = $2 AND status = 'pending' AND expires_at <= $3"
            ),
            &[enterprise.id.into(), account.into(), context.now.into()],
        )
        .await?;
    let id = new_id(context.now, context.entropy);
    let place = wanted.place();
    let made = connection
        .query(
            &sql!(
                "INSERT INTO invitations (id, enterprise_id, account_id, status, username, username_key, name, id_type, id_number_masked,
                                          id_number_index, phone_masked, phone_index, expected_card_number, department, invited_by,
                                          created_at, expires_at)
                 VALUES ($1, $2, $3, 'pending', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
                 ON CONFLICT DO NOTHING RETURNING id"
            ),
            &[
                id.into(),
                enterprise.id.into(),
                account.into(),
                wanted.username.as_str().into(),
                wanted.username.key().into(),
                wanted.name.as_str().into(),
                wanted.document.id_type().as_str().into(),
                wanted.document.masked().into(),
                id_number_index(context.keys, &wanted.document).into(),
                wanted.phone.masked().into(),
                phone_index(context.keys, &wanted.phone).into(),
                place.expected_card_number.into(),
                place.department.into(),
                context.caller()?.account_id.into(),
                context.now.into(),
                context.now.plus_seconds(context.settings.invitation_seconds).into(),
            ],
        )
        .await?;
    if made.is_empty() {
        return Err(Problem::new(&catalogue::OPERATOR_INVITED));
    }
    let data = json!({ "enterprise": enterprise.name, "invitation": id });
    inbox::put(context, connection, account, Kind::OperatorInvited, &data).await?;
    // Without the account: the administrator reads this row, and has typed everything that is in it.
    let event = members::of_invitation("operator.invited", enterprise.id, id).change(None, Some(wanted.masked()));
    audit::record(context, connection, event).await?;
    Ok(id)
}

/// Refuses an invitation past those of a day: else an administrator could try out which id numbers and phones have accounts. The enterprise's row
/// is held.
async fn within_limit(context: &Context<'_>, connection: &mut dyn Connection, enterprise: Uuid) -> Result<(), Problem> {
    let rows = connection
        .query(
            &sql!("SELECT COUNT(*), MIN(created_at) FROM invitations WHERE enterprise_id = $1 AND created_at > $2"),
            &[enterprise.into(), context.now.plus_seconds(-DAY).into()],
        )
        .await?;
    match rows.first() {
        Some(row) if row.get::<i64>(0)? >= context.settings.invitations_day => {
            let oldest: Option<Timestamp> = row.get(1)?;
            let wait = oldest.map_or(DAY, |oldest| context.now.seconds_until(oldest.plus_seconds(DAY)));
            Err(Problem::new(&catalogue::OPERATOR_INVITATION_LIMIT).retry_after(wait))
        }
        _ => Ok(()),
    }
}

/// Takes an open invitation back, whose row is held.
pub(crate) async fn withdraw(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: &Enterprise,
    id: Uuid,
) -> Result<(), Problem> {
    close(context, connection, id, "withdrawn").await?;
    audit::later(context, members::of_invitation("invitation.withdrawn", enterprise.id, id));
    Ok(())
}

async fn close(context: &Context<'_>, connection: &mut dyn Connection, id: Uuid, status: &str) -> Result<(), Problem> {
    connection
        .execute(
            &sql!("UPDATE invitations SET status = $2, decided_at = $3 WHERE id = $1"),
            &[id.into(), status.into(), context.now.into()],
        )
        .await?;
    Ok(())
}

/// `GET /v1/me/invitations`: the open ones, the newest first.
pub async fn list(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let account = context.caller()?.account_id;
    let page = page(request)?;
    let rows = query(
        context.database,
        &sql!(
            "SELECT i.id, e.id, e.name, e.uscc, e.state, i.created_at, i.expires_at
             FROM invitations i JOIN enterprises e ON e.id = i.enterprise_id
             WHERE i.account_id = $1 AND i.status = 'pending' AND i.id < $2 AND i.expires_at > $4 ORDER BY i.id DESC LIMIT $3"
        ),
        &[
            account.into(),
            page.after.unwrap_or(Uuid::max()).into(),
            page.limit.saturating_add(1).into(),
            context.now.into(),
        ],
    )
    .await?;
    let items = rows
        .iter()
        .map(|row| {
            Ok(Invitation {
                id: row.get(0)?,
                enterprise_id: row.get(1)?,
                enterprise_name: row.get(2)?,
                uscc: row.get(3)?,
                verified: row.get::<String>(4)? == "verified",
                created_at: row.get(5)?,
                expires_at: row.get(6)?,
            })
        })
        .collect::<Result<Vec<_>, Problem>>()?;
    Ok(json(StatusCode::OK, &page.finish(items, |item| item.id)))
}

/// `POST /v1/me/invitations/{id}/accept`.
pub async fn accept(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    decide(context, request, true).await
}

/// `POST /v1/me/invitations/{id}/decline`.
pub async fn decline(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    decide(context, request, false).await
}

async fn decide(context: &Context<'_>, request: &Request, accepted: bool) -> Result<Response, Problem> {
    let account = context.caller()?.account_id;
    let id = request.id("id")?;
    let missing = || Problem::new(&catalogue::RESOURCE_NOT_FOUND);
    transaction(context.database, async |connection| {
        let whose = sql!("SELECT enterprise_id FROM invitations WHERE id = $1 AND account_id = $2");
        let rows = connection.query(&whose, &[id.into(), account.into()]).await?;
        let enterprise: Uuid = rows.first().ok_or_else(missing)?.get(0)?;
        connection.query(&sql!(held: "SELECT id FROM enterprises WHERE id = $1"), &[enterprise.into()]).await?;
        hold(connection, account).await?;
        let rows = connection
            .query(
                &sql!(
                    held: "SELECT status, expires_at, name, expected_card_number, department FROM invitations WHERE id = $1"
                ),
                &[id.into()],
            )
            .await?;
        let row = rows.first().ok_or_else(missing)?;
        if row.get::<String>(0)? != "pending" || row.get::<Timestamp>(1)? <= context.now {
            return Err(Problem::new(&catalogue::INVITATION_CLOSED));
        }
        let typed_name: String = row.get(2)?;
        let (card, department): (Option<String>, Option<String>) = (row.get(3)?, row.get(4)?);
        let place = Place { expected_card_number: card.as_deref(), department: department.as_deref() };
        let joining = Joining::operator(Origin::Administrator).at(place);
        // First, since who joins has no use for an invitation that is still open.
        close(context, connection, id, if accepted { "accepted" } else { "declined" }).await?;
        if accepted && !members::join(context, connection, enterprise, account, joining).await? {
            return Err(Problem::new(&catalogue::INVITATION_MEMBER_ELSEWHERE));
        }
        let administrator =
            sql!("SELECT account_id FROM memberships WHERE enterprise_id = $1 AND role = 'admin'");
        if let Some(row) = connection.query(&administrator, &[enterprise.into()]).await?.first() {
            let kind = if accepted { Kind::InvitationAccepted } else { Kind::InvitationDeclined };
            // Under the name that the administrator knows.
            inbox::put(context, connection, row.get(0)?, kind, &json!({ "name": typed_name })).await?;
        }
        let event = if accepted {
            Event::account("operator.joined", account)
                .of_enterprise(Some(enterprise))
                .change(None, Some(json!({ "role": "operator", "by": "invitation", "invitation": id })))
        } else {
            // The administrator reads the enterprise's rows, and this person stays a stranger: the row is of no enterprise.
            members::of_invitation("invitation.declined", Uuid::nil(), id).of_enterprise(None)
        };
        audit::record(context, connection, event).await?;
        Ok(())
    })
    .await?;
    Ok(no_content())
}
