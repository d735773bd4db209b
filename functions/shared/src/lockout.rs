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

/// Those given as the current password to change it, in a session of the account. Counted apart: whoever knows a username can lock its login,
/// but not keep the person from changing their password.
pub fn of_change(context: &Context<'_>, account: Uuid) -> Subject {
    Subject(mac(context.keys, Label::LoginSubject, &[b"change", account.as_bytes()]))
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

/// Wrong passwords are forgotten this long after the last one, in seconds: the table doesn't grow with every name that is tried.
const KEPT_SECONDS: i64 = 7 * 24 * 3600;
/// Thirty-one years, in seconds: a setting beyond it would not fit where it is doubled.
const LONGEST_SECONDS: i64 = 1_000_000_000;

/// Counts a wrong password. The one that reaches the limit locks; each lock is twice as long as the one before, up to the longest.
///
/// While it is locked nothing is counted: of many tries at once, those that began before the lock don't make it longer.
pub async fn count(context: &Context<'_>, subject: Subject) -> Result<(), DatabaseError> {
    let settings = context.settings;
    let longest = settings.login_lock_max_seconds.min(LONGEST_SECONDS) * 1000;
    let first = (settings.login_lock_seconds.min(LONGEST_SECONDS) * 1000).min(longest);
    let now = context.now.milliseconds();
    let locked_at_once = settings.login_tries <= 1;
    let (failures, level, locked_until) =
        if locked_at_once { (0_i64, 1_i64, now.saturating_add(first)) } else { (1, 0, 0) };
    query(
        context.database,
        &sql!(
            "INSERT INTO login_failures (subject, failures, level, locked_until, updated_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (subject) DO UPDATE SET
                 failures = CASE
                     WHEN login_failures.locked_until > $5 THEN login_failures.failures
                     WHEN login_failures.failures + 1 >= $6 THEN 0 ELSE login_failures.failures + 1 END,
                 level = CASE
                     WHEN login_failures.locked_until > $5 THEN login_failures.level
                     WHEN login_failures.failures + 1 >= $6 THEN login_failures.level + 1 ELSE login_failures.level END,
                 locked_until = CASE
                     WHEN login_failures.locked_until > $5 THEN login_failures.locked_until
                     WHEN login_failures.failures + 1 < $6 THEN login_failures.locked_until
                     WHEN login_failures.level > 16 THEN $5 + $8
                     WHEN CAST($7 AS BIGINT) << CAST(login_failures.level AS INTEGER) > $8 THEN $5 + $8
                     ELSE $5 + (CAST($7 AS BIGINT) << CAST(login_failures.level AS INTEGER)) END,
                 updated_at = excluded.updated_at
             RETURNING failures"
        ),
        &[
            subject.0.into(),
            failures.into(),
            level.into(),
            locked_until.into(),
            now.into(),
            settings.login_tries.into(),
            first.into(),
            longest.into(),
        ],
    )
    .await?;
    // Not in one transaction with the count: two that each hold their own row and clear away the other's would wait for each other.
    query(
        context.database,
        &sql!(
            "DELETE FROM login_failures WHERE subject IN
             (SELECT subject FROM login_failures WHERE updated_at < $1 AND locked_until < $2 ORDER BY updated_at LIMIT 10)"
        ),
        &[context.now.plus_seconds(-KEPT_SECONDS).into(), now.into()],
    )
    .await?;
    Ok(())
}

/// Forgets the wrong passwords, after a right one, unless they lock password login: then it returns until when.
///
/// This looks at the lock once more: of many tries at once, those that began before the fifth wrong one was counted get no further
/// than the others. Take back the transaction where it returns a time.
pub async fn forget_unless_locked(
    connection: &mut dyn Connection,
    now: Timestamp,
    subject: Subject,
) -> Result<Option<Timestamp>, DatabaseError> {
    let rows = connection
        .query(&sql!("DELETE FROM login_failures WHERE subject = $1 RETURNING locked_until"), &[subject.0.into()])
        .await?;
    let until: Option<Timestamp> = rows.first().map(|row| row.get(0)).transpose()?;
    Ok(until.filter(|until| now < *until))
}

/// Forgets the wrong passwords and the lock that they brought.
pub async fn forget(connection: &mut dyn Connection, subject: Subject) -> Result<(), DatabaseError> {
    connection.execute(&sql!("DELETE FROM login_failures WHERE subject = $1"), &[subject.0.into()]).await.map(drop)
}
