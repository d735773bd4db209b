//! What administrators do to their enterprise and its members, decided again inside the transaction that does it.

use eport_schema::catalogue;
use serde_json::json;
use uuid::Uuid;

use crate::accounts::end_sessions;
use crate::audit::{self, Event};
use crate::context::Context;
use crate::enterprises::{self, Enterprise, Role};
use crate::inbox::{self, Kind};
use crate::platform::Connection;
use crate::problem::Problem;
use crate::sql;

/// The enterprise that the caller is the administrator of at this moment. Its row is held until the transaction ends: a hand-over, a removal or
/// another change of the same enterprise comes before, and is seen here, or after.
pub async fn administered(context: &Context<'_>, connection: &mut dyn Connection) -> Result<Enterprise, Problem> {
    let caller = context.caller()?;
    let id = caller.administrator()?;
    let rows =
        connection.query(&sql!(held: "SELECT id, name, state FROM enterprises WHERE id = $1"), &[id.into()]).await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::ENTERPRISE_REQUIRED))?;
    let enterprise = Enterprise { id: row.get(0)?, name: row.get(1)?, verified: row.get::<String>(2)? == "verified" };
    // Not held: who changes it holds the enterprise's row.
    let rows = connection
        .query(
            &sql!("SELECT role FROM memberships WHERE account_id = $1 AND enterprise_id = $2 AND state = 'active'"),
            &[caller.account_id.into(), id.into()],
        )
        .await?;
    match rows.first() {
        None => Err(Problem::new(&catalogue::ENTERPRISE_REQUIRED)),
        Some(row) if row.get::<String>(0)? == Role::Admin.as_str() => Ok(enterprise),
        Some(_) => Err(Problem::new(&catalogue::PERMISSION_DENIED)),
    }
}

/// Takes an operator out of the enterprise: place and grants go, all sessions end, the person is told; the account stays, and may join elsewhere.
/// The rows of enterprise and account are held by the caller. Audited with what ends the transaction.
pub async fn remove(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: &Enterprise,
    account: Uuid,
) -> Result<(), Problem> {
    let gone = connection
        .query(
            &sql!(
                "DELETE FROM memberships WHERE account_id = $1 AND enterprise_id = $2 AND role = 'operator' RETURNING state, origin"
            ),
            &[account.into(), enterprise.id.into()],
        )
        .await?;
    let row = gone.first().ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
    let before = json!({ "role": "operator", "state": row.get::<String>(0)?, "origin": row.get::<String>(1)? });
    let ended = end_sessions(connection, context.now, account, None, "left_enterprise").await?;
    inbox::put(context, connection, account, Kind::MembershipEnded, &json!({ "enterprise": enterprise.name })).await?;
    let event = Event::account("operator.removed", account)
        .of_enterprise(Some(enterprise.id))
        .change(Some(before), Some(json!({ "sessions_ended": ended })));
    audit::later(context, event);
    Ok(())
}

/// Makes a person who belongs nowhere an active operator; what they had asked for elsewhere is withdrawn, here it is approved.
/// False where they belong somewhere already.
pub async fn join(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: Uuid,
    account: Uuid,
    place: Place<'_>,
) -> Result<bool, Problem> {
    let joined = connection
        .query(
            &sql!(
                "INSERT INTO memberships (account_id, enterprise_id, role, state, origin, expected_card_number, department, created_at, updated_at)
                 VALUES ($1, $2, 'operator', 'active', 'administrator', $4, $5, $3, $3) ON CONFLICT DO NOTHING RETURNING account_id"
            ),
            &[
                account.into(),
                enterprise.into(),
                context.now.into(),
                place.expected_card_number.into(),
                place.department.into(),
            ],
        )
        .await?;
    if joined.is_empty() {
        return Ok(false);
    }
    enterprises::settle_requests(context, connection, enterprise, account).await?;
    Ok(true)
}

/// What an administrator says of an operator's place.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place<'a> {
    /// The card that the person is expected to have.
    pub expected_card_number: Option<&'a str>,
    /// Where in the enterprise they work.
    pub department: Option<&'a str>,
}
