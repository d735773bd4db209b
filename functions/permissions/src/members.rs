//! The rows that entitlements and grants stand in, held in the order of all transactions: the enterprise, then its members.

use eport_schema::catalogue;
use eport_shared::enterprises::{self, Membership, Role};
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

/// Holds the enterprise, and decides once more whether `account` is its administrator: that can have changed since the request came in.
pub async fn hold(connection: &mut dyn Connection, enterprise: Uuid, account: Uuid) -> Result<Held, Problem> {
    let rows = connection
        .query(
            &sql!(held: "SELECT name, entitlements, entitlements_version FROM enterprises WHERE id = $1"),
            &[enterprise.into()],
        )
        .await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::ENTERPRISE_REQUIRED))?;
    match enterprises::membership(connection, account).await? {
        Some(Membership { enterprise: now, role: Role::Admin, suspended: false }) if now == enterprise => {}
        _ => return Err(Problem::new(&catalogue::PERMISSION_DENIED)),
    }
    Ok(Held { name: row.get(0)?, entitlements: Rights::read(row.text(1)?.unwrap_or_default()), version: row.get(2)? })
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
