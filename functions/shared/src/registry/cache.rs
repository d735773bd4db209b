//! Answers of a registry that is far away, kept in the key-value store. There are no more of them than enterprises: only what was found is kept. All of it is public.

use eport_schema::clock::Timestamp;
use eport_schema::domain::Uscc;
use serde::{Deserialize, Serialize};

use super::Record;
use crate::context::Context;

#[derive(Serialize, Deserialize)]
struct Kept {
    as_of: i64,
    name: String,
    registered_address: Option<String>,
    business_scope: Option<String>,
    legal_person_name: Option<String>,
}

fn key(uscc: &Uscc) -> String {
    format!("registry/enterprise/{}", uscc.as_str())
}

/// The last answer, however old.
pub(super) async fn get(context: &Context<'_>, uscc: &Uscc) -> Option<Record> {
    let kept = context.key_value.get(&key(uscc)).await.ok()??;
    let kept: Kept = serde_json::from_slice(&kept).ok()?;
    Record::parse(
        &kept.name,
        kept.registered_address.as_deref(),
        kept.business_scope.as_deref(),
        kept.legal_person_name.as_deref(),
        Timestamp::from_milliseconds(kept.as_of),
    )
}

/// Keeps an answer. A store that doesn't answer keeps nothing, and nobody is refused for it.
pub(super) async fn put(context: &Context<'_>, uscc: &Uscc, record: &Record) {
    let kept = Kept {
        as_of: record.as_of.milliseconds(),
        name: record.name.as_str().to_owned(),
        registered_address: record.registered_address().map(str::to_owned),
        business_scope: record.business_scope().map(str::to_owned),
        legal_person_name: record.legal_person_name().map(str::to_owned),
    };
    let _ = context.key_value.set(&key(uscc), &serde_json::to_vec(&kept).unwrap_or_default()).await;
}

/// Forgets an answer.
pub(super) async fn forget(context: &Context<'_>, uscc: &Uscc) {
    let _ = context.key_value.delete(&key(uscc)).await;
}
