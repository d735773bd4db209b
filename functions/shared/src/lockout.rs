//! Wrong passwords: counted for the name that they were given with, and for the person behind it.
//!
//! The count of a name locks that name alone, and a name that is nobody's just the same: else five wrong passwords under a username would
//! lock its phone number too, and tell whose it is. The count of a person is over all their names and has a higher limit (setting
//! `login_account_tries`), so that who knows several names doesn't get as many tries as they like.

use uuid::Uuid;

use crate::accounts::{Field, reveal};
use crate::clock::Timestamp;
use crate::context::Context;
use crate::crypto::{Label, mac};
use crate::platform::{Connection, DatabaseError};
use crate::problem::Problem;
use crate::settings::Settings;
use crate::sql;
use crate::sql::query;

/// Whose wrong passwords are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    index: [u8; 32],
    over_all_names: bool,
}

impl Subject {
    fn new(context: &Context<'_>, kind: &[u8], whose: &[u8]) -> Self {
        Self { index: mac(context.keys, Label::LoginSubject, &[kind, whose]), over_all_names: false }
    }

    /// How many lock.
    const fn tries(self, settings: &Settings) -> i64 {
        if self.over_all_names { settings.login_account_tries } else { settings.login_tries }
    }
}

/// Those given with a login name: a phone in E.164, or the key of a username. Whether somebody has it makes no difference.
pub fn of_name(context: &Context<'_>, name: &str) -> Subject {
    Subject::new(context, b"name", name.as_bytes())
}

/// Those of an account, over all its names.
pub fn of_account(context: &Context<'_>, account: Uuid) -> Subject {
    Subject { over_all_names: true, ..Subject::new(context, b"account", account.as_bytes()) }
}

/// What is counted in the place of [`of_account`] for a name that no account has.
pub fn of_nobody(context: &Context<'_>, name: &str) -> Subject {
    Subject { over_all_names: true, ..Subject::new(context, b"nobody", name.as_bytes()) }
}

/// Those given as the current password to change it, in a session of the account. Counted apart: whoever knows a username can lock its login,
/// but not keep the person from changing their password.
pub fn of_change(context: &Context<'_>, account: Uuid) -> Subject {
    Subject::new(context, b"change", account.as_bytes())
}

/// Until when password login is locked; `None` where it isn't.
pub async fn locked_until(context: &Context<'_>, subject: Subject) -> Result<Option<Timestamp>, DatabaseError> {
    locked_until_either(context, [subject, subject]).await
}

/// Until when one of the two is locked, whichever is longer.
pub async fn locked_until_either(
    context: &Context<'_>,
    [one, other]: [Subject; 2],
) -> Result<Option<Timestamp>, DatabaseError> {
    let rows = query(
        context.database,
        &sql!("SELECT MAX(locked_until) FROM login_failures WHERE subject IN ($1, $2)"),
        &[one.index.into(), other.index.into()],
    )
    .await?;
    let until: Option<Timestamp> = rows.first().map_or(Ok(None), |row| row.get(0))?;
    Ok(until.filter(|until| context.now < *until))
}

/// Wrong passwords are forgotten this long after the last one, in seconds: the table doesn't grow with every name that is tried.
const KEPT_SECONDS: i64 = 7 * 24 * 3600;
/// Thirty-one years, in seconds: a setting beyond it would not fit where it is doubled.
const LONGEST_SECONDS: i64 = 1_000_000_000;

/// Counts a wrong password. The one that reaches the limit locks; each lock is twice as long as the one before, up to the longest.
///
/// While it is locked nothing is counted: of many tries at once, those that began before the lock don't make it longer. They return until when it
/// is locked, and are to be answered by that alone: whether the password was right stays unsaid, however many are tried at once.
pub async fn count(context: &Context<'_>, subject: Subject) -> Result<Option<Timestamp>, DatabaseError> {
    let settings = context.settings;
    let longest = settings.login_lock_max_seconds.min(LONGEST_SECONDS) * 1000;
    let first = (settings.login_lock_seconds.min(LONGEST_SECONDS) * 1000).min(longest);
    let now = context.now.milliseconds();
    let tries = subject.tries(settings);
    let locked_at_once = tries <= 1;
    let (failures, level, locked_until) =
        if locked_at_once { (0_i64, 1_i64, now.saturating_add(first)) } else { (1, 0, 0) };
    let rows = query(
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
                 updated_at = CASE WHEN login_failures.locked_until > $5 THEN login_failures.updated_at ELSE excluded.updated_at END
             RETURNING locked_until, updated_at"
        ),
        &[
            subject.index.into(),
            failures.into(),
            level.into(),
            locked_until.into(),
            now.into(),
            tries.into(),
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
    let Some(row) = rows.first() else { return Ok(None) };
    let (until, counted_at): (Timestamp, Timestamp) = (row.get(0)?, row.get(1)?);
    Ok((counted_at != context.now && context.now < until).then_some(until))
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
        .query(&sql!("DELETE FROM login_failures WHERE subject = $1 RETURNING locked_until"), &[subject.index.into()])
        .await?;
    let until: Option<Timestamp> = rows.first().map(|row| row.get(0)).transpose()?;
    Ok(until.filter(|until| now < *until))
}

/// Forgets the wrong passwords and the lock that they brought.
pub async fn forget(connection: &mut dyn Connection, subject: Subject) -> Result<(), DatabaseError> {
    connection.execute(&sql!("DELETE FROM login_failures WHERE subject = $1"), &[subject.index.into()]).await.map(drop)
}

/// Forgets everything that was counted against an account: over all its names, under each of them, and where its password was to be changed.
/// Returns whether any of it was locked.
pub async fn forget_all(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
) -> Result<bool, Problem> {
    let rows = connection
        .query(&sql!("SELECT username_key, phone_enc FROM accounts WHERE id = $1"), &[account.into()])
        .await?;
    let mut subjects = vec![of_account(context, account), of_change(context, account)];
    if let Some(row) = rows.first() {
        let username: Option<String> = row.get(0)?;
        let phone: Option<Vec<u8>> = row.get(1)?;
        let phone = reveal(context.keys, Field::Phone, account, phone.as_deref())?;
        subjects.extend(username.iter().map(|username| of_name(context, username)));
        subjects.extend(phone.iter().map(|phone| of_name(context, phone)));
    }
    let mut was_locked = false;
    for subject in subjects {
        was_locked |= forget_unless_locked(connection, context.now, subject).await?.is_some();
    }
    Ok(was_locked)
}
