//! J18: accounts locked and unlocked by staff.

use eport_schema::catalogue;
use eport_schema::domain::Reason;
use eport_schema::wire::LockRequest;
use eport_shared::accounts::end_sessions;
use eport_shared::audit::{self, Event};
use eport_shared::clock::Timestamp;
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json};
use eport_shared::inbox::{self, Kind};
use eport_shared::lockout;
use eport_shared::platform::Connection;
use eport_shared::problem::{Fields, Problem};
use eport_shared::sql;
use eport_shared::sql::transaction;
use http::StatusCode;
use serde_json::json as object;
use uuid::Uuid;

use crate::accounts;

/// What both need to know of an account, and hold until the transaction ends.
struct Target {
    state: String,
    locked_at: Option<Timestamp>,
    locked_reason: Option<String>,
}

impl Target {
    async fn take(connection: &mut dyn Connection, account: Uuid) -> Result<Self, Problem> {
        let rows = connection
            .query(
                &sql!(
                    held: "SELECT state, staff, locked_at, locked_reason FROM accounts WHERE id = $1",
                ),
                &[account.into()],
            )
            .await?;
        let row = rows.first().ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
        // Staff are made and unmade on the command line; here they could lock each other out.
        if row.get::<bool>(1)? {
            return Err(Problem::new(&catalogue::STAFF_TARGET).about(Some(account)));
        }
        Ok(Self { state: row.get(0)?, locked_at: row.get(2)?, locked_reason: row.get(3)? })
    }
}

fn reason(request: &Request) -> Result<Reason, Problem> {
    let body: LockRequest = request.json()?;
    let mut fields = Fields::new();
    let reason = fields.check("reason", Reason::parse(&body.reason));
    fields.finish(reason)
}

/// `POST /v1/platform/accounts/{id}/lock`: nothing can be done with the account, and its sessions end. An account that is locked
/// stays locked as it was.
pub async fn lock(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let account = request.id("id")?;
    let reason = reason(request)?;
    transaction(context.database, async |connection| {
        let target = Target::take(connection, account).await?;
        if target.locked_at.is_some() {
            return Ok(());
        }
        connection
            .execute(
                &sql!("UPDATE accounts SET locked_at = $2, locked_reason = $3, updated_at = $2 WHERE id = $1"),
                &[account.into(), context.now.into(), reason.as_str().into()],
            )
            .await?;
        let ended = end_sessions(connection, context.now, account, None, "account_locked").await?;
        let event = Event::account("account.locked", account).change(
            Some(object!({ "state": target.state })),
            Some(object!({ "state": "locked", "reason": reason.as_str(), "sessions_ended": ended })),
        );
        audit::record(context, connection, event).await?;
        Ok::<(), Problem>(())
    })
    .await?;
    Ok(json(StatusCode::OK, &accounts::read(context, account).await?))
}

/// `POST /v1/platform/accounts/{id}/unlock`: takes away the staff's lock and the one that wrong passwords brought; the person is told.
/// Nothing happens to an account that has neither.
pub async fn unlock(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let account = request.id("id")?;
    let reason = reason(request)?;
    transaction(context.database, async |connection| {
        let target = Target::take(connection, account).await?;
        let login_locked = lockout::forget_all(context, connection, account).await?;
        if target.locked_at.is_none() && !login_locked {
            return Ok(());
        }
        connection
            .execute(
                &sql!("UPDATE accounts SET locked_at = NULL, locked_reason = NULL, updated_at = $2 WHERE id = $1"),
                &[account.into(), context.now.into()],
            )
            .await?;
        inbox::put(context, connection, account, Kind::AccountUnlocked, &object!({})).await?;
        let before = match target.locked_at {
            Some(at) => object!({
                "state": "locked", "locked_at": at, "reason": target.locked_reason, "login_locked": login_locked
            }),
            None => object!({ "state": target.state, "login_locked": login_locked }),
        };
        let after = object!({ "state": target.state, "login_locked": false, "reason": reason.as_str() });
        let event = Event::account("account.unlocked", account).change(Some(before), Some(after));
        audit::record(context, connection, event).await?;
        Ok::<(), Problem>(())
    })
    .await?;
    Ok(json(StatusCode::OK, &accounts::read(context, account).await?))
}
