//! The rows that entitlements and grants stand in, held in the order of all transactions: the enterprise, then its members.

use eport_schema::catalogue;
use eport_shared::context::Context;
use eport_shared::members::administered;
use eport_shared::platform::Connection;
use eport_shared::problem::Problem;
use eport_shared::sql;
use uuid::Uuid;

use crate::rights::Rights;

/// An enterprise's entitlements, held until the transaction ends: whatever changes entitlements or grants of this enterprise waits.
pub struct Held {
    /// The enterprise's name.
    pub name: String,
    /// What it is entitled to.
    pub entitlements: Rights,
    /// The version of that.
    pub version: i64,
}

/// Holds the enterprise that the caller is the administrator of ([`administered`]).
pub async fn hold(context: &Context<'_>, connection: &mut dyn Connection) -> Result<Held, Problem> {
    let enterprise = administered(context, connection).await?;
    let rows = connection
        .query(
            &sql!("SELECT entitlements, entitlements_version FROM enterprises WHERE id = $1"),
            &[enterprise.id.into()],
        )
        .await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::ENTERPRISE_REQUIRED))?;
    Ok(Held {
        name: enterprise.name,
        entitlements: Rights::read(row.text(0)?.unwrap_or_default()),
        version: row.get(1)?,
    })
}

/// Writes a member's grants.
pub async fn write_grants(connection: &mut dyn Connection, account: Uuid, grants: &Rights) -> Result<(), Problem> {
    connection
        .execute(
            &sql!("UPDATE memberships SET grants = $2, grants_version = grants_version + 1 WHERE account_id = $1"),
            &[account.into(), grants.kept().into()],
        )
        .await?;
    Ok(())
}
