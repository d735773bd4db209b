//! Wrong passwords: counted for a person, whichever name they log in with, and for names that are nobody's just the same.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::context::Context;
use crate::crypto::{Label, mac};
use crate::platform::{Connection, DatabaseError};
use crate::sql;
use crate::sql::query;

/// Whose wrong passwords are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject([u8; 32]);

/// Those of an account.
pub fn of_account(context: &Context<'_>, account: Uuid) -> Subject {
    Subject(mac(context.keys, Label::LoginSubject, &[b"account", account.as_bytes()]))
}

/// Those of a name that no account has.
pub fn of_nobody(context: &Context<'_>, name: &str) -> Subject {
    Subject(mac(context.keys, Label::LoginSubject, &[b"nobody", name.as_bytes()]))
}

/// Until when password login is locked; `None` where it isn't.
pub async fn locked_until(context: &Context<'_>, subject: Subject) -> Result<Option<Timestamp>, DatabaseError> {
    let rows = query(
        context.database,
        &sql!("SELECT locked_until FROM login_failures WHERE subject = $1"),
        &[subject.0.into()],
    )
    .await?;
    let until: Option<Timestamp> = rows.first().map(|row| row.get(0)).transpose()?;
    Ok(until.filter(|until| context.now < *until))
}

/// Counts a wrong password. The one that reaches the limit locks; each lock is twice as long as the one before, up to the longest.
pub async fn count(context: &Context<'_>, subject: Subject) -> Result<(), DatabaseError> {
    let settings = context.settings;
    let lock = |level: u32| {
        let seconds = settings.login_lock_seconds.saturating_mul(1 << level);
        context.now.plus_seconds(seconds.min(settings.login_lock_max_seconds))
    };
    query(
        context.database,
        &sql!(
            "INSERT INTO login_failures (subject, failures, level, locked_until, updated_at) VALUES ($1, 1, 0, 0, $2)
             ON CONFLICT (subject) DO UPDATE SET
                 failures = CASE WHEN login_failures.failures + 1 >= $3 THEN 0 ELSE login_failures.failures + 1 END,
                 level = CASE WHEN login_failures.failures + 1 >= $3 THEN login_failures.level + 1 ELSE login_failures.level END,
                 locked_until = CASE WHEN login_failures.failures + 1 < $3 THEN login_failures.locked_until
                                     WHEN login_failures.level = 0 THEN $4 WHEN login_failures.level = 1 THEN $5
                                     WHEN login_failures.level = 2 THEN $6 WHEN login_failures.level = 3 THEN $7
                                     WHEN login_failures.level = 4 THEN $8 ELSE $9 END,
                 updated_at = excluded.updated_at
             RETURNING failures"
        ),
        &[
            subject.0.into(),
            context.now.into(),
            settings.login_tries.into(),
            lock(0).into(),
            lock(1).into(),
            lock(2).into(),
            lock(3).into(),
            lock(4).into(),
            lock(7).into(),
        ],
    )
    .await?;
    Ok(())
}

/// Forgets the wrong passwords, after a right one.
pub async fn forget(connection: &mut dyn Connection, subject: Subject) -> Result<(), DatabaseError> {
    connection
        .execute(&sql!("DELETE FROM login_failures WHERE subject = $1"), &[subject.0.into()])
        .await
        .map(drop)
}
