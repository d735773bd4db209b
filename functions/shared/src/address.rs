//! How often one network address asks for SMS codes, or gives wrong passwords: counted in SQL, since requests at once must not pass for one.
//!
//! The table keeps a keyed hash of the address: it is personal data.

use std::net::IpAddr;

use eport_schema::catalogue::Refusal;

use crate::clock::Timestamp;
use crate::context::Context;
use crate::crypto::{Label, mac};
use crate::platform::DatabaseError;
use crate::problem::Problem;
use crate::sql;
use crate::sql::query;

/// The window in which they are counted, in seconds.
const HOUR: i64 = 3600;

/// What is counted, and how often an address may do it within an hour.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// Its name: counts of different names don't meet.
    pub what: &'static str,
    /// How often.
    pub most: i64,
    /// How more is refused.
    pub refusal: &'static Refusal,
}

/// Counts one use by the client's address, and refuses it past the limit. The first refusal of a window leaves a row in the audit: what comes
/// after it says nothing more.
pub async fn count(context: &Context<'_>, limit: Limit) -> Result<(), Problem> {
    let Some(subject) = subject(context, limit) else {
        return Ok(());
    };
    let (used, started_at) = used_once_more(context, subject).await?;
    if used <= limit.most { Ok(()) } else { Err(refused(context, limit, used, started_at)) }
}

/// Refuses where the client's address has reached the limit; counts nothing until then.
pub async fn check(context: &Context<'_>, limit: Limit) -> Result<(), Problem> {
    let Some(subject) = subject(context, limit) else {
        return Ok(());
    };
    let rows = query(
        context.database,
        &sql!("SELECT used FROM sms_addresses WHERE address_hash = $1 AND started_at > $2"),
        &[subject.into(), context.now.plus_seconds(-HOUR).into()],
    )
    .await?;
    let reached = rows.first().map(|row| row.get::<i64>(0)).transpose()?.is_some_and(|used| used >= limit.most);
    if !reached {
        return Ok(());
    }
    let (used, started_at) = used_once_more(context, subject).await?;
    Err(refused(context, limit, used, started_at))
}

/// Counts one that went wrong: whether there may be more is for [`check`] to say.
pub async fn note(context: &Context<'_>, limit: Limit) -> Result<(), DatabaseError> {
    match subject(context, limit) {
        None => Ok(()),
        Some(subject) => used_once_more(context, subject).await.map(drop),
    }
}

fn refused(context: &Context<'_>, limit: Limit, used: i64, started_at: Timestamp) -> Problem {
    let until = started_at.plus_seconds(HOUR);
    let problem = Problem::new(limit.refusal).retry_after(context.now.seconds_until(until));
    if used == limit.most.saturating_add(1) { problem } else { problem.untraced() }
}

/// Whose uses are counted together: those of an IPv4 address, or of an IPv6 network of 64 bits, which is what one customer gets at least
/// (RFC 6177 §2). Nothing where the address isn't known.
fn subject(context: &Context<'_>, limit: Limit) -> Option<[u8; 32]> {
    let address = context.client.address.as_deref()?;
    let network = match address.parse() {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Ok(IpAddr::V4(_)) | Err(_) => address.to_owned(),
    };
    Some(mac(context.keys, Label::RateSubject, &[limit.what.as_bytes(), network.as_bytes()]))
}

/// How often by now, and since when.
async fn used_once_more(context: &Context<'_>, subject: [u8; 32]) -> Result<(i64, Timestamp), DatabaseError> {
    let hour_ago = context.now.plus_seconds(-HOUR);
    let rows = query(
        context.database,
        &sql!(
            "INSERT INTO sms_addresses (address_hash, started_at, used) VALUES ($1, $2, 1)
             ON CONFLICT (address_hash) DO UPDATE SET
                 used = CASE WHEN sms_addresses.started_at <= $3 THEN 1 ELSE sms_addresses.used + 1 END,
                 started_at = CASE WHEN sms_addresses.started_at <= $3 THEN excluded.started_at ELSE sms_addresses.started_at END
             RETURNING used, started_at"
        ),
        &[subject.into(), context.now.into(), hour_ago.into()],
    )
    .await?;
    // Not in one transaction with the count: two that each hold their own row and clear away the other's would wait for each other.
    query(
        context.database,
        &sql!(
            "DELETE FROM sms_addresses WHERE started_at <= $1 AND address_hash IN
             (SELECT address_hash FROM sms_addresses WHERE started_at <= $1 ORDER BY started_at LIMIT 10)"
        ),
        &[hour_ago.into()],
    )
    .await?;
    match rows.first() {
        Some(row) => Ok((row.get(0)?, row.get(1)?)),
        None => Ok((0, context.now)),
    }
}
