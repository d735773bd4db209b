//! J18, J9: what staff decide about an enterprise: that it is what it says, that nobody's claim to it holds, or who its administrator is.
//!
//! Each decision holds the enterprise's row first, then accounts, then memberships, as everything does that concerns an enterprise.

use eport_schema::catalogue;
use eport_schema::domain::Reason;
use eport_schema::wire::{AdministratorDecision, StaffDecision};
use eport_shared::accounts::hold;
use eport_shared::audit::{self, Event};
use eport_shared::clock::Timestamp;
use eport_shared::context::Context;
use eport_shared::enterprises::{self, Enterprise, Membership, membership};
use eport_shared::http::{Request, Response};
use eport_shared::inbox::{self, Kind};
use eport_shared::members::{self, Joining, Origin};
use eport_shared::platform::Connection;
use eport_shared::problem::{Fields, Problem};
use eport_shared::sql;
use eport_shared::sql::transaction;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::enterprises::answer;

/// What is decided about, whose row is held until the transaction ends.
struct Held {
    enterprise: Enterprise,
    administrator: Option<Administrator>,
}

#[derive(Clone, Copy)]
struct Administrator {
    account: Uuid,
    verified: bool,
}

impl Held {
    async fn take(connection: &mut dyn Connection, request: &Request, id: Uuid) -> Result<Self, Problem> {
        let missing = || Problem::new(&catalogue::RESOURCE_NOT_FOUND);
        let enterprise = enterprises::hold(connection, id).await?.ok_or_else(missing)?;
        let rows = connection.query(&sql!("SELECT version FROM enterprises WHERE id = $1"), &[id.into()]).await?;
        request.if_match(rows.first().ok_or_else(missing)?.get(0)?)?;
        // Not held: nobody becomes or ceases to be its administrator while the enterprise's row is.
        let administrator = enterprises::administrator(connection, id).await?;
        let administrator = administrator.map(|(account, verified)| Administrator { account, verified });
        Ok(Self { enterprise, administrator })
    }

    fn event(&self, action: &str, before: Json, after: Json) -> Event {
        let target = Some(("enterprise", self.enterprise.id.to_string()));
        Event { action: action.to_owned(), target, ..Event::default() }
            .of_enterprise(Some(self.enterprise.id))
            .change(Some(before), Some(after))
    }

    fn state(&self) -> &'static str {
        if self.enterprise.verified { "verified" } else { "unverified" }
    }
}

fn reason(request: &Request) -> Result<Reason, Problem> {
    let body: StaffDecision = request.json()?;
    let mut fields = Fields::new();
    let reason = fields.check("reason", Reason::parse(&body.reason));
    fields.finish(reason)
}

/// `POST /v1/platform/enterprises/{id}/verify`: the enterprise is what it says, and its administrator is its administrator. Nothing happens
/// where both are verified already.
pub async fn verify(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let id = request.id("id")?;
    let reason = reason(request)?;
    transaction(context.database, async |connection| {
        let held = Held::take(connection, request, id).await?;
        let vouched = held.administrator.is_none_or(|administrator| administrator.verified);
        if held.enterprise.verified && vouched {
            return Ok(());
        }
        connection
            .execute(
                &sql!(
                    "UPDATE enterprises SET verified_by = CASE WHEN state = 'verified' THEN verified_by ELSE 'staff' END,
                         verified_at = CASE WHEN state = 'verified' THEN verified_at ELSE $2 END, state = 'verified',
                         refused_at = NULL, refused_reason = NULL, updated_at = $2, version = version + 1 WHERE id = $1"
                ),
                &[id.into(), context.now.into()],
            )
            .await?;
        if let Some(administrator) = held.administrator {
            vouch(context, connection, administrator.account).await?;
            let data = json!({ "enterprise": held.enterprise.name });
            inbox::put(context, connection, administrator.account, Kind::EnterpriseVerified, &data).await?;
        }
        let administrator = held.administrator.map(|administrator| administrator.account);
        let event = held.event(
            "enterprise.verified",
            json!({ "state": held.state(), "administrator": administrator, "administrator_verified": vouched }),
            json!({ "state": "verified", "administrator": administrator, "by": "staff", "reason": reason.as_str() }),
        );
        audit::record(context, connection, event).await?;
        Ok::<(), Problem>(())
    })
    .await?;
    answer(context, id).await
}

/// Staff vouch for an administrator, unless somebody has already.
async fn vouch(context: &Context<'_>, connection: &mut dyn Connection, account: Uuid) -> Result<(), Problem> {
    hold(connection, account).await?;
    connection
        .execute(
            &sql!(
                "UPDATE memberships SET verified_by = 'staff', verified_at = $2, updated_at = $2, version = version + 1
                 WHERE account_id = $1 AND role = 'admin' AND verified_at IS NULL"
            ),
            &[account.into(), context.now.into()],
        )
        .await?;
    Ok(())
}

/// `POST /v1/platform/enterprises/{id}/refuse`: the claim of an unverified administrator falls. They leave the enterprise and are told why;
/// the enterprise stays, unverified and without an administrator, and waits for another claim or for its legal-person card. What was done on the
/// strength of the claim falls with it ([`members::claim`]).
pub async fn refuse(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let id = request.id("id")?;
    let reason = reason(request)?;
    transaction(context.database, async |connection| {
        let held = Held::take(connection, request, id).await?;
        if held.enterprise.verified {
            return Err(Problem::new(&catalogue::ENTERPRISE_ALREADY_VERIFIED));
        }
        let claimant = held
            .administrator
            .filter(|administrator| !administrator.verified)
            .ok_or_else(|| Problem::new(&catalogue::ENTERPRISE_NO_CLAIM))?
            .account;
        hold(connection, claimant).await?;
        connection.execute(&sql!("DELETE FROM memberships WHERE account_id = $1"), &[claimant.into()]).await?;
        members::claim::fall(context, connection, &held.enterprise, claimant, None).await?;
        connection
            .execute(
                &sql!(
                    "UPDATE associations SET status = 'rejected', reason = $3, decided_at = $4, decided_by = $5
                     WHERE account_id = $1 AND enterprise_id = $2 AND role = 'admin' AND status = 'approved'"
                ),
                &[
                    claimant.into(),
                    id.into(),
                    reason.as_str().into(),
                    context.now.into(),
                    context.caller()?.account_id.into(),
                ],
            )
            .await?;
        connection
            .execute(
                &sql!(
                    "UPDATE enterprises SET refused_at = $2, refused_reason = $3, updated_at = $2, version = version + 1
                     WHERE id = $1"
                ),
                &[id.into(), context.now.into(), reason.as_str().into()],
            )
            .await?;
        let data = json!({ "enterprise": held.enterprise.name, "reason": reason.as_str() });
        inbox::put(context, connection, claimant, Kind::EnterpriseRefused, &data).await?;
        let event = held.event(
            "enterprise.refused",
            json!({ "administrator": claimant }),
            json!({ "administrator": null, "reason": reason.as_str() }),
        );
        audit::record(context, connection, event).await?;
        Ok::<(), Problem>(())
    })
    .await?;
    answer(context, id).await
}

/// `POST /v1/platform/enterprises/{id}/administrator`: staff decide, also against an administrator who was verified. Who was verified stays
/// as an operator; a claimant whom nobody had verified waits for approval as one. Both are told why.
pub async fn administrator(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let id = request.id("id")?;
    let body: AdministratorDecision = request.json()?;
    let mut fields = Fields::new();
    let account =
        Uuid::try_parse(&body.account_id).map_err(|_| fields.refuse("account_id", &catalogue::ID_FORMAT)).ok();
    let reason = fields.check("reason", Reason::parse(&body.reason));
    let (account, reason) = fields.finish(account.zip(reason))?;
    transaction(context.database, async |connection| {
        let held = Held::take(connection, request, id).await?;
        usable(connection, account).await?;
        let member = membership(connection, account).await?;
        if member.as_ref().is_some_and(|member| member.enterprise != id) {
            return Err(Problem::new(&catalogue::ADMINISTRATOR_ELSEWHERE).about(Some(account)));
        }
        let waiting = match held.administrator {
            Some(present) if present.account == account && present.verified => return Ok(()),
            Some(present) if present.account == account => {
                vouch(context, connection, account).await?;
                0
            }
            present => {
                let waiting = match present {
                    Some(present) => step_down(context, connection, &held, present, account, &reason).await?,
                    None => 0,
                };
                appoint(context, connection, id, account, member.as_ref()).await?;
                waiting
            }
        };
        connection
            .execute(
                &sql!(
                    "UPDATE enterprises SET refused_at = NULL, refused_reason = NULL, updated_at = $2, version = version + 1
                     WHERE id = $1"
                ),
                &[id.into(), context.now.into()],
            )
            .await?;
        let data = json!({ "enterprise": held.enterprise.name, "reason": reason.as_str(), "waiting": waiting });
        inbox::put(context, connection, account, Kind::AdministratorByStaff, &data).await?;
        let before = held.administrator.map(|present| (present.account, present.verified));
        let event = held.event(
            "enterprise.administrator",
            json!({ "administrator": before.map(|(account, _)| account), "verified": before.map(|(_, verified)| verified) }),
            json!({ "administrator": account, "verified": true, "by": "staff", "reason": reason.as_str() }),
        );
        audit::record(context, connection, event).await?;
        Ok::<(), Problem>(())
    })
    .await?;
    answer(context, id).await
}

/// Somebody who can be an administrator; their account's row is held until the transaction ends.
async fn usable(connection: &mut dyn Connection, account: Uuid) -> Result<(), Problem> {
    let rows = connection
        .query(&sql!(held: "SELECT state, staff, locked_at FROM accounts WHERE id = $1"), &[account.into()])
        .await?;
    let usable = match rows.first() {
        None => false,
        Some(row) => {
            let locked: Option<Timestamp> = row.get(2)?;
            row.get::<String>(0)? != "pending" && !row.get::<bool>(1)? && locked.is_none()
        }
    };
    if usable {
        return Ok(());
    }
    // An id that is nobody's was mistyped; whoever names an account that can't be it has tried something.
    let problem = Problem::field("account_id", &catalogue::ADMINISTRATOR_UNUSABLE);
    Err(if rows.is_empty() { problem.untraced() } else { problem.about(Some(account)) })
}

/// The present administrator is it no more, and is told why. Returns how many wait for the successor's decision now.
async fn step_down(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    held: &Held,
    present: Administrator,
    successor: Uuid,
    reason: &Reason,
) -> Result<u64, Problem> {
    hold(connection, present.account).await?;
    let (kind, data) =
        (Kind::AdministratorReplacedByStaff, json!({ "enterprise": held.enterprise.name, "reason": reason.as_str() }));
    if present.verified {
        members::step_down(context, connection, present.account).await?;
        inbox::put(context, connection, present.account, kind, &data).await?;
        Ok(0)
    } else {
        let claimant = present.account;
        members::displace(context, connection, &held.enterprise, claimant, successor, (kind, &data)).await
    }
}

/// Makes `account` the administrator of an enterprise that has none at this moment. What they had asked for is settled.
async fn appoint(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: Uuid,
    account: Uuid,
    member: Option<&Membership>,
) -> Result<(), Problem> {
    if member.is_some() {
        connection
            .execute(
                &sql!(
                    "UPDATE memberships SET role = 'admin', state = 'active', verified_by = 'staff', verified_at = $2, updated_at = $2,
                                            version = version + 1 WHERE account_id = $1"
                ),
                &[account.into(), context.now.into()],
            )
            .await?;
        members::settle_requests(context, connection, enterprise, account).await?;
    } else if !members::join(context, connection, enterprise, account, Joining::administrator(Origin::Staff)).await? {
        // Another request has put them somewhere since we looked.
        return Err(Problem::new(&catalogue::ADMINISTRATOR_ELSEWHERE).about(Some(account)));
    }
    Ok(())
}
