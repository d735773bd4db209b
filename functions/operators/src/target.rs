//! Whom an administrator's request is about, inside the transaction that does it.

use eport_schema::catalogue;
use eport_shared::accounts::hold;
use eport_shared::context::Context;
use eport_shared::enterprises::Enterprise;
use eport_shared::http::Request;
use eport_shared::platform::Connection;
use eport_shared::problem::Problem;
use eport_shared::sql;
use uuid::Uuid;

/// An operator of the enterprise. The rows of account and membership are held until the transaction ends.
pub(crate) struct Target {
    pub(crate) account: Uuid,
    pub(crate) suspended: bool,
    pub(crate) expected_card_number: Option<String>,
    pub(crate) department: Option<String>,
}

/// What an id stands for.
pub(crate) enum Found {
    Operator(Target),
    /// Somebody who hasn't decided yet.
    Invited,
}

/// What `id` stands for in `enterprise`, whose row is held. What is somebody else's is not there; the administrator is no operator; a change must be
/// made to the version that its sender has seen.
pub(crate) async fn find(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    request: &Request,
    enterprise: &Enterprise,
    id: Uuid,
) -> Result<Found, Problem> {
    let of = sql!("SELECT role FROM memberships WHERE account_id = $1 AND enterprise_id = $2");
    if connection.query(&of, &[id.into(), enterprise.id.into()]).await?.is_empty() {
        let open = connection
            .query(
                &sql!(
                    held: "SELECT id FROM invitations WHERE id = $1 AND enterprise_id = $2 AND status = 'pending' AND expires_at > $3"
                ),
                &[id.into(), enterprise.id.into(), context.now.into()],
            )
            .await?;
        return if open.is_empty() { Err(Problem::new(&catalogue::RESOURCE_NOT_FOUND)) } else { Ok(Found::Invited) };
    }
    hold(connection, id).await?;
    let rows = connection
        .query(
            &sql!(
                held: "SELECT role, state, version, expected_card_number, department FROM memberships
                       WHERE account_id = $1 AND enterprise_id = $2"
            ),
            &[id.into(), enterprise.id.into()],
        )
        .await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
    if row.get::<String>(0)? != "operator" {
        return Err(Problem::new(&catalogue::OPERATOR_IS_ADMINISTRATOR));
    }
    request.if_match(row.get(2)?)?;
    Ok(Found::Operator(Target {
        account: id,
        suspended: row.get::<String>(1)? == "suspended",
        expected_card_number: row.get(3)?,
        department: row.get(4)?,
    }))
}

/// The operator that the path names; who is only invited is refused.
pub(crate) async fn operator(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    request: &Request,
    enterprise: &Enterprise,
) -> Result<Target, Problem> {
    match find(context, connection, request, enterprise, request.id("id")?).await? {
        Found::Operator(target) => Ok(target),
        Found::Invited => Err(Problem::new(&catalogue::OPERATOR_INVITED)),
    }
}
