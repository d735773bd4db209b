//! A claim that nobody verified falls (J9, J18), and with it all that was done on its strength: whoever the claimant let in, invited or granted
//! something may be a stranger to the enterprise, and must not be able to act for it once it is verified.

use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::audit::{self, Event};
use crate::context::Context;
use crate::enterprises::{self, Enterprise};
use crate::inbox::{self, Kind};
use crate::platform::{Connection, DatabaseError, new_id};
use crate::problem::Problem;
use crate::sql;

/// Takes back what was done under a claim: entitlements and contact data are a new enterprise's, nobody has grants, invitations are withdrawn, and
/// the people whose place comes from no card wait for approval. `successor` keeps their place and is asked about each of them; without one they
/// wait for whoever becomes the administrator. Returns how many wait.
///
/// The claimant is out already; the enterprise's row is held by the caller. Audited with what ends the transaction.
pub async fn fall(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: &Enterprise,
    claimant: Uuid,
    successor: Option<Uuid>,
) -> Result<u64, Problem> {
    let waiting = send_to_the_line(context, connection, enterprise, successor).await?;
    let invitations = withdraw_invitations(context, connection, enterprise.id).await?;
    let granted = take_grants(context, connection, enterprise).await?;
    let entitlements = reset(context, connection, enterprise.id).await?;
    // Nobody else has removed anybody yet: whom the claimant took out, their card brings back.
    connection.execute(&sql!("DELETE FROM removals WHERE enterprise_id = $1"), &[enterprise.id.into()]).await?;
    let event = Event {
        action: "enterprise.claim_fell".to_owned(),
        target: Some(("enterprise", enterprise.id.to_string())),
        actor: successor,
        ..Event::default()
    };
    let before = json!({ "administrator": claimant, "entitlements": entitlements });
    let after = json!({
        "entitlements": "", "contact": null, "grants_taken_from": granted, "invitations_withdrawn": invitations, "members_waiting": waiting
    });
    audit::later(context, event.of_enterprise(Some(enterprise.id)).change(Some(before), Some(after)));
    Ok(waiting)
}

/// Everybody but the successor whose place comes from no card gives it up and waits for approval.
async fn send_to_the_line(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: &Enterprise,
    successor: Option<Uuid>,
) -> Result<u64, Problem> {
    let but: [crate::sql::Value; 2] = [enterprise.id.into(), successor.unwrap_or(Uuid::nil()).into()];
    // Accounts before memberships, as everywhere, and among themselves in one order.
    connection
        .query(
            &sql!(
                held: "SELECT id FROM accounts WHERE id IN
                       (SELECT account_id FROM memberships WHERE enterprise_id = $1 AND account_id <> $2 AND origin <> 'card') ORDER BY id"
            ),
            &but,
        )
        .await?;
    let out = connection
        .query(
            &sql!(
                "DELETE FROM memberships WHERE enterprise_id = $1 AND account_id <> $2 AND origin <> 'card'
                 RETURNING account_id, role, state, origin"
            ),
            &but,
        )
        .await?;
    let mut people = 0_u64;
    for row in &out {
        let account: Uuid = row.get(0)?;
        let before = json!({
            "role": row.get::<String>(1)?, "state": row.get::<String>(2)?, "origin": row.get::<String>(3)?
        });
        let cause = Cause { reason: "claim_fell", by: successor, place: Some(before) };
        wait(context, connection, enterprise, account, successor, cause).await?;
        let data = json!({ "enterprise": enterprise.name });
        inbox::put(context, connection, account, Kind::MembershipWaiting, &data).await?;
        people = people.saturating_add(1);
    }
    Ok(people)
}

/// Why somebody waits who didn't ask to, as the audit has it.
pub(super) struct Cause {
    /// `card` or `claim_fell`.
    pub reason: &'static str,
    /// Who brought it about.
    pub by: Option<Uuid>,
    /// The place that the person had.
    pub place: Option<Json>,
}

/// Makes a request to join that its person didn't make: from now on they wait for approval as an operator. The administrator is asked, where there is
/// one. False, and nothing happens, where another request of theirs waits.
pub(super) async fn wait(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: &Enterprise,
    account: Uuid,
    administrator: Option<Uuid>,
    cause: Cause,
) -> Result<bool, Problem> {
    let waiting = connection
        .query(
            &sql!(
                "INSERT INTO associations (id, account_id, enterprise_id, role, status, created_at)
                 VALUES ($1, $2, $3, 'operator', 'pending', $4) ON CONFLICT DO NOTHING RETURNING id"
            ),
            &[new_id(context.now, context.entropy).into(), account.into(), enterprise.id.into(), context.now.into()],
        )
        .await?;
    let Some(row) = waiting.first() else {
        return Ok(false);
    };
    let id: Uuid = row.get(0)?;
    if let Some(administrator) = administrator {
        enterprises::ask_administrator(context, connection, enterprise, id, account, administrator).await?;
    }
    let event = Event {
        action: "association.requested".to_owned(),
        target: Some(("association", id.to_string())),
        actor: cause.by,
        ..Event::default()
    };
    let after = json!({ "applicant": account, "role": "operator", "by": cause.reason });
    audit::later(context, event.of_enterprise(Some(enterprise.id)).change(cause.place, Some(after)));
    Ok(true)
}

/// Open invitations to the enterprise can't be accepted any more. Returns how many there were.
async fn withdraw_invitations(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: Uuid,
) -> Result<usize, DatabaseError> {
    let withdrawn = connection
        .query(
            &sql!(
                "UPDATE invitations SET status = 'withdrawn', decided_at = $2 WHERE enterprise_id = $1 AND status = 'pending' RETURNING id"
            ),
            &[enterprise.into(), context.now.into()],
        )
        .await?;
    for row in &withdrawn {
        audit::later(context, super::of_invitation("invitation.withdrawn", enterprise, row.get(0)?));
    }
    Ok(withdrawn.len())
}

/// Nobody has grants any more; who keeps their place is told. Returns how many had some.
async fn take_grants(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: &Enterprise,
) -> Result<usize, DatabaseError> {
    connection
        .query(
            &sql!(
                held: "SELECT id FROM accounts WHERE id IN
                       (SELECT account_id FROM memberships WHERE enterprise_id = $1 AND grants <> '') ORDER BY id"
            ),
            &[enterprise.id.into()],
        )
        .await?;
    let taken = connection
        .query(
            &sql!(
                "UPDATE memberships SET grants = '', grants_version = grants_version + 1 WHERE enterprise_id = $1 AND grants <> ''
                 RETURNING account_id"
            ),
            &[enterprise.id.into()],
        )
        .await?;
    for row in &taken {
        let data = json!({ "enterprise": enterprise.name, "removed_zh": "全部", "removed_en": "all" });
        inbox::put(context, connection, row.get(0)?, Kind::PermissionsChanged, &data).await?;
    }
    Ok(taken.len())
}

/// Entitlements and contact data as a new enterprise has them. Returns the entitlements that it had.
async fn reset(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: Uuid,
) -> Result<Option<String>, DatabaseError> {
    let rows =
        connection.query(&sql!("SELECT entitlements FROM enterprises WHERE id = $1"), &[enterprise.into()]).await?;
    connection
        .execute(
            &sql!(
                "UPDATE enterprises SET entitlements = '', entitlements_version = entitlements_version + 1, contact_name_enc = NULL,
                     contact_telephone_enc = NULL, contact_email_enc = NULL, contact_address_enc = NULL, contact_postcode_enc = NULL,
                     updated_at = $2, version = version + 1 WHERE id = $1"
            ),
            &[enterprise.into(), context.now.into()],
        )
        .await?;
    rows.first().map(|row| row.get(0)).transpose()
}
