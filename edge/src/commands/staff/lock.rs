//! `eport staff lock` and `unlock`.

use eport_schema::catalogue;
use eport_schema::domain::{Reason, Username};
use eport_shared::accounts::end_sessions;
use eport_shared::audit::{self, Event};
use eport_shared::clock::Timestamp;
use eport_shared::inbox::{self, Kind};
use eport_shared::lockout;
use eport_shared::platform::Connection;
use eport_shared::sql;
use eport_shared::sql::transaction;
use serde_json::json;
use uuid::Uuid;

use crate::commands::world::{Refused, World};

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// It is as asked for now.
    Changed,
    /// It already was.
    WasSo,
}

struct Target {
    id: Uuid,
    locked_at: Option<Timestamp>,
    locked_reason: Option<String>,
}

impl Target {
    /// The staff account, held until the transaction ends.
    async fn take(connection: &mut dyn Connection, username: &str) -> anyhow::Result<Self> {
        let statement = sql!(held: "SELECT id, staff, locked_at, locked_reason FROM accounts WHERE username_key = $1");
        // What can't be a username is nobody's.
        let rows = match Username::parse(username) {
            Ok(username) => connection.query(&statement, &[username.key().into()]).await?,
            Err(_) => Vec::new(),
        };
        let Some(row) = rows.first() else {
            let words =
                format!("there is no account with the username {username}\n  `eport staff list` shows all staff.");
            return Err(Refused { refusal: &catalogue::RESOURCE_NOT_FOUND, words }.into());
        };
        if !row.get::<bool>(1)? {
            let words = format!(
                "{username} is not one of the staff\n  Staff lock and unlock other people's accounts on the platform's page or through its API."
            );
            return Err(Refused { refusal: &catalogue::STAFF_REQUIRED, words }.into());
        }
        Ok(Self { id: row.get(0)?, locked_at: row.get(2)?, locked_reason: row.get(3)? })
    }
}

/// Nothing can be done with the account any more.
pub async fn lock(world: &World, username: &str, reason: &Reason) -> anyhow::Result<Done> {
    transaction(&world.database, async |connection| {
        let target = Target::take(connection, username).await?;
        if target.locked_at.is_some() {
            return Ok(Done::WasSo);
        }
        connection
            .execute(
                &sql!("UPDATE accounts SET locked_at = $2, locked_reason = $3, updated_at = $2 WHERE id = $1"),
                &[target.id.into(), world.now.into(), reason.as_str().into()],
            )
            .await?;
        let ended = end_sessions(connection, world.now, target.id, None, "account_locked").await?;
        let after = json!({ "state": "locked", "reason": reason.as_str(), "sessions_ended": ended });
        let event = Event::account("account.locked", target.id).change(Some(json!({ "state": "active" })), Some(after));
        audit::record_system(&world.keys, &world.entropy, world.now, connection, event).await?;
        Ok(Done::Changed)
    })
    .await
}

/// Takes the lock away, and the one that wrong passwords brought; the person is told.
pub async fn unlock(world: &World, username: &str, reason: &Reason) -> anyhow::Result<Done> {
    let context = world.context();
    transaction(&world.database, async |connection| {
        let target = Target::take(connection, username).await?;
        let login_locked = lockout::forget_all(&context, connection, target.id).await.map_err(|problem| {
            anyhow::anyhow!("what was counted against {username} can't be read: {}", problem.refusal.code)
        })?;
        if target.locked_at.is_none() && !login_locked {
            return Ok(Done::WasSo);
        }
        connection
            .execute(
                &sql!("UPDATE accounts SET locked_at = NULL, locked_reason = NULL, updated_at = $2 WHERE id = $1"),
                &[target.id.into(), world.now.into()],
            )
            .await?;
        inbox::put(&context, connection, target.id, Kind::AccountUnlocked, &json!({})).await?;
        let before = match target.locked_at {
            Some(at) => json!({ "state": "locked", "locked_at": at, "reason": target.locked_reason }),
            None => json!({ "state": "active", "login_locked": true }),
        };
        let after = json!({ "state": "active", "reason": reason.as_str() });
        let event = Event::account("account.unlocked", target.id).change(Some(before), Some(after));
        audit::record_system(&world.keys, &world.entropy, world.now, connection, event).await?;
        Ok(Done::Changed)
    })
    .await
}
