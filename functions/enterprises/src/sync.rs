//! J6: `POST /v1/enterprise/sync`: what changed in the authority's registry, shown or taken over.

use eport_schema::catalogue;
use eport_schema::domain::Uscc;
use eport_schema::wire::{FieldChange, SyncRequest, SyncResult};
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json};
use eport_shared::members;
use eport_shared::platform::Connection;
use eport_shared::problem::Problem;
use eport_shared::registry::{self, Record};
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
        let changes = differences(connection, enterprise, &found.record).await?;
        if !body.dry_run && !changes.is_empty() {
            take_over(context, connection, enterprise, &found.record, &changes).await?;
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

async fn uscc(context: &Context<'_>, enterprise: Uuid) -> Result<Uscc, Problem> {
    let rows =
        sql::query(context.database, &sql!("SELECT uscc FROM enterprises WHERE id = $1"), &[enterprise.into()]).await?;
    let kept = rows.first().map(|row| row.get::<Option<String>>(0)).transpose()?.flatten();
    kept.and_then(|kept| Uscc::parse(&kept).ok()).ok_or_else(|| Problem::new(&catalogue::REGISTRY_USCC_REQUIRED))
}

/// Field by field. What the registry leaves out isn't a difference: it takes nothing away.
async fn differences(
    connection: &mut dyn Connection,
    enterprise: Uuid,
    record: &Record,
) -> Result<Vec<FieldChange>, Problem> {
    let rows = connection
        .query(
            &sql!("SELECT name, registered_address, business_scope, legal_person_name FROM enterprises WHERE id = $1"),
            &[enterprise.into()],
        )
        .await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::ENTERPRISE_REQUIRED))?;
    let said = [
        ("name", Some(record.name.as_str())),
        ("registered_address", record.registered_address()),
        ("business_scope", record.business_scope()),
        ("legal_person_name", record.legal_person_name()),
    ];
    let mut changes = Vec::new();
    for (column, (field, new)) in said.into_iter().enumerate() {
        let old: Option<String> = row.get(column)?;
        if new.is_some() && new != old.as_deref() {
            changes.push(FieldChange { field: field.to_owned(), old, new: new.map(str::to_owned) });
        }
    }
    Ok(changes)
}

async fn take_over(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: Uuid,
    record: &Record,
    changes: &[FieldChange],
) -> Result<(), Problem> {
    connection
        .execute(
            &sql!(
                "UPDATE enterprises SET name = $2, registered_address = COALESCE($3, registered_address),
                                        business_scope = COALESCE($4, business_scope), legal_person_name = COALESCE($5, legal_person_name),
                                        updated_at = $6, version = version + 1 WHERE id = $1"
            ),
            &[
                enterprise.into(),
                record.name.as_str().into(),
                record.registered_address().into(),
                record.business_scope().into(),
                record.legal_person_name().into(),
                context.now.into(),
            ],
        )
        .await?;
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
    let event = event.change(side(|change| &change.old), side(|change| &change.new));
    Ok(audit::record(context, connection, event).await?)
}
