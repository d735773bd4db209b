//! Who belongs to an enterprise: how people join it and leave it, and its administrator, decided again inside the transaction of what only they
//! may do.

use eport_schema::catalogue;
use serde_json::json;
use uuid::Uuid;

use crate::accounts::end_sessions;
use crate::audit::{self, Event};
use crate::context::Context;
use crate::enterprises::{self, Enterprise, Role};
use crate::inbox::{self, Kind};
use crate::platform::{Connection, DatabaseError};
use crate::problem::Problem;
use crate::sql;

/// The enterprise that the caller is the administrator of at this moment. Its row is held until the transaction ends: a hand-over, a removal or
/// another change of the same enterprise comes before, and is seen here, or after. Who doesn't belong to it any more hears that, who isn't its
/// administrator any more that they may not.
pub async fn administered(context: &Context<'_>, connection: &mut dyn Connection) -> Result<Enterprise, Problem> {
    let caller = context.caller()?;
    let required = || Problem::new(&catalogue::ENTERPRISE_REQUIRED);
    let enterprise = enterprises::hold(connection, caller.administrator()?).await?.ok_or_else(required)?;
    // Not held: who changes it holds the enterprise's row.
    let rows = connection
        .query(
            &sql!("SELECT role FROM memberships WHERE account_id = $1 AND enterprise_id = $2 AND state = 'active'"),
            &[caller.account_id.into(), enterprise.id.into()],
        )
        .await?;
    match rows.first() {
        None => Err(required()),
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

/// What brings a person into an enterprise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Their card says that they belong there.
    Card,
    /// They asked.
    Association,
    /// Its administrator made their account, or invited them.
    Administrator,
    /// The platform's staff.
    Staff,
}

impl Origin {
    /// As in the database.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Association => "association",
            Self::Administrator => "administrator",
            Self::Staff => "staff",
        }
    }
}

/// What an administrator says of an operator's place.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place<'a> {
    /// The card that the person is expected to have.
    pub expected_card_number: Option<&'a str>,
    /// Where in the enterprise they work.
    pub department: Option<&'a str>,
}

/// As what a person joins an enterprise.
#[derive(Debug, Clone, Copy)]
pub struct Joining<'a> {
    /// Administrator or operator.
    role: Role,
    origin: Origin,
    place: Place<'a>,
}

impl<'a> Joining<'a> {
    /// An operator.
    pub fn operator(origin: Origin) -> Self {
        Self { role: Role::Operator, origin, place: Place::default() }
    }

    /// The administrator of an enterprise that has none. Only staff vouch for them with it.
    pub fn administrator(origin: Origin) -> Self {
        Self { role: Role::Admin, ..Self::operator(origin) }
    }

    /// With what the administrator says of their place.
    pub const fn at(self, place: Place<'a>) -> Self {
        Self { place, ..self }
    }
}

/// Makes a person who belongs nowhere an active member; what they had asked for elsewhere is withdrawn, here it is approved.
/// False where they belong somewhere already: another request may have been quicker. The rows of enterprise and account are held by the caller.
pub async fn join(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: Uuid,
    account: Uuid,
    joining: Joining<'_>,
) -> Result<bool, DatabaseError> {
    let vouched = joining.role == Role::Admin && joining.origin == Origin::Staff;
    let joined = connection
        .query(
            &sql!(
                "INSERT INTO memberships (account_id, enterprise_id, role, state, origin, verified_by, verified_at, expected_card_number,
                                          department, created_at, updated_at)
                 VALUES ($1, $2, $3, 'active', $4, $5, $6, $7, $8, $9, $9) ON CONFLICT DO NOTHING RETURNING account_id"
            ),
            &[
                account.into(),
                enterprise.into(),
                joining.role.as_str().into(),
                joining.origin.as_str().into(),
                vouched.then_some("staff").into(),
                vouched.then_some(context.now).into(),
                joining.place.expected_card_number.into(),
                joining.place.department.into(),
                context.now.into(),
            ],
        )
        .await?;
    if joined.is_empty() {
        return Ok(false);
    }
    settle_requests(context, connection, enterprise, account).await?;
    Ok(true)
}

/// Makes a person who belongs nowhere an active operator: their card says that they belong here. Audited with what ends the transaction.
pub async fn join_by_card(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: &Enterprise,
    account: Uuid,
) -> Result<(), Problem> {
    if !join(context, connection, enterprise.id, account, Joining::operator(Origin::Card)).await? {
        // This request's reading of their place is out of date.
        return Err(Problem::new(&catalogue::CARD_ENTERPRISE_MISMATCH).about(Some(account)));
    }
    let event = Event::account("enterprise.joined", account)
        .by(account)
        .of_enterprise(Some(enterprise.id))
        .change(None, Some(json!({ "enterprise": enterprise.id, "role": "operator", "by": "card" })));
    audit::later(context, event);
    Ok(())
}

/// Settles what a person had asked for who has just joined `enterprise` in another way.
pub async fn settle_requests(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: Uuid,
    account: Uuid,
) -> Result<(), DatabaseError> {
    connection
        .execute(
            &sql!(
                "UPDATE associations SET status = CASE WHEN enterprise_id = $2 THEN 'approved' ELSE 'withdrawn' END, decided_at = $3
                 WHERE account_id = $1 AND status = 'pending'"
            ),
            &[account.into(), enterprise.into(), context.now.into()],
        )
        .await
        .map(drop)
}
