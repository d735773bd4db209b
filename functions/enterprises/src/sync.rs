//! J6: `POST /v1/enterprise/sync`: what changed in the authority's registry, shown or taken over.

use eport_schema::catalogue;
use eport_schema::domain::Uscc;
use eport_schema::wire::{FieldChange, SyncRequest, SyncResult};
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::enterprises::description::{Description, registered};
use eport_shared::http::{Request, Response, json};
use eport_shared::members;
use eport_shared::problem::Problem;
use eport_shared::registry;
use eport_shared::sql;
use eport_shared::sql::transaction;
use http::StatusCode;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// Asks the registry itself, never what was kept of its answers, and compares.
pub async fn sync(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let enterprise = context.caller()?.administrator()?;
    let body: SyncRequest = request.json()?;
    let uscc = uscc(context, enterprise).await?;
    registry::count(context).await?;
    let found = registry::ask(context, &uscc).await?;
    let found = found.ok_or_else(|| Problem::new(&catalogue::REGISTRY_ENTERPRISE_UNKNOWN))?;

    let changes = transaction(context.database, async |connection| {
        members::administered(context, connection).await?;
        let old = Description::read(connection, enterprise).await?;
        let mut new = old.clone();
        // What the registry leaves out isn't a difference: it takes nothing away.
        new.replace(uscc.as_str(), &found.record);
        let change = |(field, old, new): (&str, _, _)| FieldChange { field: field.to_owned(), old, new };
        let changes: Vec<_> = old.differences(&new).into_iter().map(change).collect();
        if !body.dry_run && !changes.is_empty() {
            new.write(context, connection, enterprise).await?;
            audit::record(context, connection, synced(enterprise, &changes)).await?;
        }
        Ok::<_, Problem>(changes)
    })
    .await?;
    let result = SyncResult {
        applied: !body.dry_run && !changes.is_empty(),
        changes,
        source: found.source.to_owned(),
        as_of: found.record.as_of,
    };
    Ok(json(StatusCode::OK, &result))
}

/// The enterprise's USCC; where only its organisation code is known, the one that the registry that is kept here has for it.
async fn uscc(context: &Context<'_>, enterprise: Uuid) -> Result<Uscc, Problem> {
    let mut connection = context.database.connect().await?;
    let rows = connection
        .query(&sql!("SELECT uscc, organisation_code FROM enterprises WHERE id = $1"), &[enterprise.into()])
        .await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::ENTERPRISE_REQUIRED))?;
    let known = match row.get::<Option<String>>(0)? {
        Some(kept) => Some(kept),
        None => registered(context, connection.as_mut(), None, &row.get::<String>(1)?).await?.map(|(uscc, _)| uscc),
    };
    known.and_then(|uscc| Uscc::parse(&uscc).ok()).ok_or_else(|| Problem::new(&catalogue::REGISTRY_USCC_REQUIRED))
}

fn synced(enterprise: Uuid, changes: &[FieldChange]) -> Event {
    let side = |value: fn(&FieldChange) -> &Option<String>| {
        let values = changes.iter().map(|change| (change.field.clone(), Json::from(value(change).clone())));
        Some(Json::Object(values.collect::<Map<_, _>>()))
    };
    let event = Event {
        action: "enterprise.synced".to_owned(),
        target: Some(("enterprise", enterprise.to_string())),
        enterprise: Some(enterprise),
        ..Event::default()
    };
    event.change(side(|change| &change.old), side(|change| &change.new))
}
