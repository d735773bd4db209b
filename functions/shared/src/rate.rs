//! Counters of how often, in the key-value store: they may be lost, and two requests at the same moment may count as one.
//! What must hold exactly, such as how many SMS go out, is counted in SQL instead.

use eport_schema::catalogue::Refusal;

use crate::clock::Timestamp;
use crate::context::Context;
use crate::crypto::{Label, mac};
use crate::problem::Problem;

/// Counts one use of `what` by `subject` and refuses it past `limit` in a window of `seconds`.
///
/// One key a subject, so that the store doesn't grow with time; a store that doesn't answer lets everybody through.
pub async fn count(
    context: &Context<'_>,
    what: &str,
    subject: &str,
    limit: i64,
    seconds: i64,
    refusal: &'static Refusal,
) -> Result<(), Problem> {
    // Hashed: an address is personal data, and the store isn't encrypted.
    let key = format!("rate/{what}/{}", hex::encode(mac(context.keys, Label::RateSubject, &[subject.as_bytes()])));
    let Ok(kept) = context.key_value.get(&key).await else {
        return Ok(());
    };
    let (start, used) = kept
        .as_deref()
        .and_then(read)
        .filter(|(start, _)| context.now < start.plus_seconds(seconds))
        .unwrap_or((context.now, 0));
    if used >= limit {
        let wait = context.now.seconds_until(start.plus_seconds(seconds));
        return Err(Problem::new(refusal).retry_after(wait));
    }
    let value = format!("{} {}", start.milliseconds(), used.saturating_add(1));
    let _ = context.key_value.set(&key, value.as_bytes()).await;
    Ok(())
}

fn read(kept: &[u8]) -> Option<(Timestamp, i64)> {
    let (start, used) = std::str::from_utf8(kept).ok()?.split_once(' ')?;
    Some((Timestamp::from_milliseconds(start.parse().ok()?), used.parse().ok()?))
}
