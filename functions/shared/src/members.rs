//! Who belongs to an enterprise: how people join it and leave it, and its administrator, decided again inside the transaction of what only they
//! may do.

pub mod claim;

use eport_schema::catalogue;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::accounts::{end_sessions, hold};
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

/// Takes an operator out of the enterprise: place and grants go, all sessions end, the person is told; the account stays, and may join elsewhere. That
/// they were removed is kept: their card alone doesn't bring them back ([`join_by_card`]).
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
    connection
        .execute(
            &sql!("INSERT INTO removals (account_id, enterprise_id, removed_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"),
            &[account.into(), enterprise.id.into(), context.now.into()],
        )
        .await?;
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
    // Whoever let them in again has forgiven what was.
    connection
        .execute(
            &sql!("DELETE FROM removals WHERE account_id = $1 AND enterprise_id = $2"),
            &[account.into(), enterprise.into()],
        )
        .await?;
    Ok(true)
}

/// Makes a person who belongs nowhere an active operator: their card says that they belong here. Whom the administrator removed waits for approval
/// instead, and the administrator is asked, unless they were invited again; a legal-person card outranks an administrator whom nobody has verified.
/// Returns whether they joined. The rows of enterprise and account are held by the caller. Audited with what ends the transaction.
pub async fn join_by_card(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: &Enterprise,
    account: Uuid,
    legal_person: bool,
) -> Result<bool, Problem> {
    if let Some(asked) = removal(context, connection, enterprise.id, account).await? {
        let administrator = enterprises::administrator(connection, enterprise.id).await?;
        if !legal_person || administrator.is_some_and(|(_, verified)| verified) {
            let administrator = administrator.map(|(administrator, _)| administrator);
            let cause = claim::Cause { reason: "card", by: Some(account), place: None };
            // Once: what the administrator refused, the card doesn't ask again.
            if !asked && claim::wait(context, connection, enterprise, account, administrator, cause).await? {
                let data = json!({ "enterprise": enterprise.name });
                inbox::put(context, connection, account, Kind::CardJoinWaiting, &data).await?;
            }
            return Ok(false);
        }
    }
    if !join(context, connection, enterprise.id, account, Joining::operator(Origin::Card)).await? {
        // This request's reading of their place is out of date.
        return Err(Problem::new(&catalogue::CARD_ENTERPRISE_MISMATCH).about(Some(account)));
    }
    let event = Event::account("enterprise.joined", account)
        .by(account)
        .of_enterprise(Some(enterprise.id))
        .change(None, Some(json!({ "enterprise": enterprise.id, "role": "operator", "by": "card" })));
    audit::later(context, event);
    Ok(true)
}

/// Whether the administrator took this person out of the enterprise and hasn't invited them since; and whether somebody asked since to let them in
/// again.
async fn removal(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: Uuid,
    account: Uuid,
) -> Result<Option<bool>, DatabaseError> {
    let rows = connection
        .query(
            &sql!(
                "SELECT EXISTS (SELECT 1 FROM associations a WHERE a.account_id = $1 AND a.enterprise_id = $2
                                                               AND a.created_at >= r.removed_at)
                 FROM removals r WHERE r.account_id = $1 AND r.enterprise_id = $2
                    AND NOT EXISTS (SELECT 1 FROM invitations WHERE enterprise_id = $2 AND account_id = $1 AND status = 'pending'
                                                                AND expires_at > $3)"
            ),
            &[account.into(), enterprise.into(), context.now.into()],
        )
        .await?;
    rows.first().map(|row| row.get(0)).transpose()
}

/// Settles what a person had asked for who has just joined `enterprise` in another way, and takes back its open invitation: else they could come
/// back by it once they were taken out. Audited with what ends the transaction.
pub async fn settle_requests(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: Uuid,
    account: Uuid,
) -> Result<(), DatabaseError> {
    let settled = connection
        .query(
            &sql!(
                "UPDATE associations SET status = CASE WHEN enterprise_id = $2 THEN 'approved' ELSE 'withdrawn' END, decided_at = $3
                 WHERE account_id = $1 AND status = 'pending' RETURNING id, enterprise_id, status"
            ),
            &[account.into(), enterprise.into(), context.now.into()],
        )
        .await?;
    for row in &settled {
        let event = Event {
            action: format!("association.{}", row.get::<String>(2)?),
            target: Some(("association", row.get::<Uuid>(0)?.to_string())),
            enterprise: Some(row.get(1)?),
            actor: Some(account),
            ..Event::default()
        };
        // Where else they joined is none of the other enterprise's business.
        audit::later(
            context,
            event.change(Some(json!({ "status": "pending" })), Some(json!({ "applicant": account }))),
        );
    }
    let invited = connection
        .query(
            &sql!(
                "UPDATE invitations SET status = 'withdrawn', decided_at = $3
                 WHERE account_id = $1 AND enterprise_id = $2 AND status = 'pending' RETURNING id"
            ),
            &[account.into(), enterprise.into(), context.now.into()],
        )
        .await?;
    for row in &invited {
        audit::later(context, of_invitation("invitation.withdrawn", enterprise, row.get(0)?).by(account));
    }
    Ok(())
}

/// `action`, done to an enterprise's invitation, for the audit.
pub fn of_invitation(action: &str, enterprise: Uuid, invitation: Uuid) -> Event {
    Event {
        action: action.to_owned(),
        target: Some(("invitation", invitation.to_string())),
        enterprise: Some(enterprise),
        ..Event::default()
    }
}

/// An administrator whom nobody has verified waits from now on for approval as an operator, and so do the people whom they let in; it is for the new
/// administrator to give. Each is told, the claimant with the message `told`. Returns how many wait.
pub async fn displace(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: &Enterprise,
    claimant: Uuid,
    successor: Uuid,
    told: (Kind, &Json),
) -> Result<u64, Problem> {
    hold(connection, claimant).await?;
    connection.execute(&sql!("DELETE FROM memberships WHERE account_id = $1"), &[claimant.into()]).await?;
    let place = json!({ "role": "admin", "verified": false });
    let cause = claim::Cause { reason: "claim_fell", by: Some(successor), place: Some(place) };
    claim::wait(context, connection, enterprise, claimant, Some(successor), cause).await?;
    let (kind, data) = told;
    inbox::put(context, connection, claimant, kind, data).await?;
    let others = claim::fall(context, connection, enterprise, claimant, Some(successor)).await?;
    Ok(others.saturating_add(1))
}

/// An administrator who was verified is an operator from now on, whoever takes their place.
pub async fn step_down(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
) -> Result<(), DatabaseError> {
    connection
        .execute(
            &sql!(
                "UPDATE memberships SET role = 'operator', verified_by = NULL, verified_at = NULL, updated_at = $2, version = version + 1
                 WHERE account_id = $1"
            ),
            &[account.into(), context.now.into()],
        )
        .await
        .map(drop)
}
