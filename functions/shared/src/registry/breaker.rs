//! Leaves a registry alone that has failed several times in a row: nobody waits for it, and it gets time to recover.
//!
//! The state is one entry of the key-value store, shared by all instances; two at the same moment may count as one, and a store that doesn't answer lets everybody ask.

use super::RegistryError;
use crate::clock::Timestamp;
use crate::context::Context;

const KEY: &str = "registry/failures";

/// A question that may be asked. Say afterwards how it went.
pub(super) struct Way {
    failures: i64,
}

/// Lets a question pass, unless the registry is being left alone.
pub(super) async fn enter(context: &Context<'_>) -> Result<Way, RegistryError> {
    let (failures, since) = state(context).await.unwrap_or((0, context.now));
    if failures < context.settings.registry_failures {
        return Ok(Way { failures });
    }
    let until = since.plus_seconds(context.settings.registry_pause_seconds);
    // What a clock that ran ahead noted counts as over.
    if since <= context.now && context.now < until {
        return Err(RegistryError::Unavailable { retry_after: context.now.seconds_until(until) });
    }
    // One asks whether it is back; the others go on leaving it alone.
    keep(context, failures).await;
    Ok(Way { failures })
}

impl Way {
    /// Notes how it went: whether there was an answer, whatever stood in it.
    pub(super) async fn leave(self, context: &Context<'_>, answered: bool) {
        if !answered {
            // Of questions that were under way together each counts; one that was answered meanwhile has begun the count anew.
            let failures = state(context).await.map_or(0, |(failures, _)| failures);
            keep(context, failures.saturating_add(1)).await;
        } else if self.failures > 0 {
            let _ = context.key_value.delete(KEY).await;
        }
    }
}

async fn keep(context: &Context<'_>, failures: i64) {
    let value = format!("{failures} {}", context.now.milliseconds());
    let _ = context.key_value.set(KEY, value.as_bytes()).await;
}

/// How many failures there were in a row, and when the last one was.
async fn state(context: &Context<'_>) -> Option<(i64, Timestamp)> {
    let kept = context.key_value.get(KEY).await.ok()??;
    let (failures, since) = std::str::from_utf8(&kept).ok()?.split_once(' ')?;
    Some((failures.parse().ok()?, Timestamp::from_milliseconds(since.parse().ok()?)))
}
