//! J12: `POST /v1/enterprise/admin-transfer`: the administrator and an operator change places.

use eport_schema::catalogue::{self, Invalid};
use eport_schema::clock::Timestamp;
use eport_schema::wire::AdminTransferRequest;
use eport_shared::accounts;
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::enterprises::{self, Enterprise, Role};
use eport_shared::http::{Request, Response};
use eport_shared::inbox::{self, Kind};
use eport_shared::members;
use eport_shared::platform::Connection;
use eport_shared::problem::{Fields, Problem};
use eport_shared::sql;
use eport_shared::sql::transaction;
use serde_json::json;
use uuid::Uuid;

use crate::enterprise;

/// One transaction swaps the two roles. Whoever looks sees the old administrator or the new one: never two, never none.
///
/// Each of the two has the new role from the next request on, and in the tokens of the next refresh.
pub async fn transfer(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let caller = context.caller()?;
    let enterprise = caller.administrator()?;
    let body: AdminTransferRequest = request.json()?;
    let mut fields = Fields::new();
    let id = Uuid::try_parse(&body.account_id).map_err(|_| Invalid(&catalogue::ID_FORMAT));
    let id = fields.check("account_id", id);
    let successor = fields.finish(id)?;
    // A page that somebody left open must not be enough to give an enterprise away.
    if caller.authenticated_at.plus_seconds(context.settings.fresh_login_seconds) < context.now {
        return Err(Problem::new(&catalogue::SESSION_FRESH_LOGIN_REQUIRED));
    }
    transaction(context.database, async |connection| {
        let enterprise = members::administered(context, connection).await?;
        swap(context, connection, &enterprise, caller.account_id, successor).await
    })
    .await?;
    enterprise::answer(context, enterprise, Role::Operator).await
}

async fn swap(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: &Enterprise,
    old: Uuid,
    new: Uuid,
) -> Result<(), Problem> {
    let new_name = successor(connection, enterprise, new).await?;
    let verified = enterprises::administrator(connection, enterprise.id).await?.is_some_and(|(_, verified)| verified);
    let rows = connection.query(&sql!("SELECT name FROM accounts WHERE id = $1"), &[old.into()]).await?;
    let old_name = rows.first().map(|row| row.get::<String>(0)).transpose()?;

    enterprises::step_down(context, connection, old).await?;
    // Who was vouched for vouches for the next one. A claim that nobody has verified stays one: it must not become more by being handed on.
    connection
        .execute(
            &sql!(
                "UPDATE memberships SET role = 'admin', verified_by = $4, verified_at = $5, updated_at = $3, version = version + 1
                 WHERE account_id = $1 AND enterprise_id = $2"
            ),
            &[
                new.into(),
                enterprise.id.into(),
                context.now.into(),
                verified.then_some("transfer").into(),
                verified.then_some(context.now).into(),
            ],
        )
        .await?;
    connection
        .execute(
            &sql!("UPDATE enterprises SET version = version + 1, updated_at = $2 WHERE id = $1"),
            &[enterprise.id.into(), context.now.into()],
        )
        .await?;
    let told = |person: Option<&str>| json!({ "enterprise": enterprise.name, "person": person });
    inbox::put(context, connection, old, Kind::AdministratorHandedOver, &told(Some(&new_name))).await?;
    inbox::put(context, connection, new, Kind::AdministratorByTransfer, &told(old_name.as_deref())).await?;
    let event = Event {
        action: "enterprise.administrator".to_owned(),
        target: Some(("enterprise", enterprise.id.to_string())),
        enterprise: Some(enterprise.id),
        ..Event::default()
    };
    let before = json!({ "administrator": old, "verified": verified });
    let after = json!({ "administrator": new, "verified": verified, "by": "transfer" });
    Ok(audit::record(context, connection, event.change(Some(before), Some(after))).await?)
}

/// The name of who takes over: an operator of this enterprise who can act for it.
async fn successor(connection: &mut dyn Connection, enterprise: &Enterprise, account: Uuid) -> Result<String, Problem> {
    accounts::hold(connection, account).await?;
    let rows = connection
        .query(
            &sql!(
                "SELECT a.name, m.state, a.locked_at FROM memberships m JOIN accounts a ON a.id = m.account_id
                 WHERE m.account_id = $1 AND m.enterprise_id = $2 AND m.role = 'operator'"
            ),
            &[account.into(), enterprise.id.into()],
        )
        .await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
    if row.get::<String>(1)? != "active" || row.get::<Option<Timestamp>>(2)?.is_some() {
        return Err(Problem::new(&catalogue::ADMIN_TRANSFER_TARGET_UNAVAILABLE));
    }
    Ok(row.get(0)?)
}
