//! J18: the registry imported from a CSV file, and what came of each import.

use eport_schema::catalogue;
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json};
use eport_shared::platform::new_id;
use eport_shared::problem::Problem;
use eport_shared::registry_import::{self, Import, Source};
use eport_shared::serve::{id_parameter, page};
use eport_shared::sql::transaction;
use http::{StatusCode, header};
use serde_json::json as object;

/// `POST /v1/platform/registry/import`: one part of a file, or all of it. What can be taken is taken; the other rows are told with their
/// lines. A part is taken as a whole or not at all, so that sending it again (with its `Idempotency-Key`) is safe.
pub async fn import(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let charset = csv_charset(request)?;
    let id = id_parameter(request, "import_id")?;
    let dry_run = request.query("dry_run").filter(|flag| !flag.is_empty()).map(|flag| flag == "true");
    let last = request.query("last") != Some("false");
    let staff = context.caller()?.account_id;
    let import = transaction(context.database, async |connection| {
        let mut import = match id {
            None => {
                let id = new_id(context.now, context.entropy);
                Import::begin(id, Source::Platform(staff), dry_run.unwrap_or(false), context.now)
            }
            Some(id) => registry_import::find(connection, id)
                .await?
                .ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?,
        };
        // An import only checks from its first part to its last, or it writes from the first to the last.
        if dry_run.is_some_and(|dry_run| dry_run != import.dry_run) {
            return Err(Problem::new(&catalogue::REGISTRY_DRY_RUN_DIFFERS));
        }
        let before = import.clone();
        import.take(connection, context.now, &request.body, charset.as_deref(), last).await?;
        if !import.dry_run {
            let after = object!({
                "rows": import.rows.saturating_sub(before.rows), "added": import.added.saturating_sub(before.added),
                "changed": import.changed.saturating_sub(before.changed),
                "refused": import.refused.saturating_sub(before.refused), "last": last,
            });
            let event = Event {
                action: "registry.imported".to_owned(),
                target: Some(("registry_import", import.id.to_string())),
                ..Event::default()
            };
            audit::record(context, connection, event.change(None, Some(after))).await?;
        }
        Ok::<_, Problem>(import)
    })
    .await?;
    Ok(json(StatusCode::CREATED, &import.shown(context.client.language)))
}

/// The `charset` of a `text/csv` (RFC 7111 §5.1), where it names one.
fn csv_charset(request: &Request) -> Result<Option<String>, Problem> {
    let refused = || Problem::new(&catalogue::REQUEST_CSV_REQUIRED);
    let value = request.header(&header::CONTENT_TYPE).ok_or_else(refused)?;
    let mut parts = value.split(';').map(str::trim);
    if !parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("text/csv")) {
        return Err(refused());
    }
    Ok(parts.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.eq_ignore_ascii_case("charset").then(|| value.trim_matches('"').to_owned())
    }))
}

/// `GET /v1/platform/registry/imports`.
pub async fn list(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let page = page(request)?;
    let mut connection = context.database.connect().await?;
    let imports = registry_import::list(connection.as_mut(), page.after, page.limit.saturating_add(1)).await?;
    let items = imports.iter().map(|import| import.shown(context.client.language)).collect();
    Ok(json(StatusCode::OK, &page.finish(items, |item: &eport_schema::wire::RegistryImport| item.id)))
}

/// `GET /v1/platform/registry/imports/{id}`.
pub async fn get(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let id = request.id("id")?;
    let mut connection = context.database.connect().await?;
    let import = registry_import::get(connection.as_mut(), id).await?;
    let import = import.ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
    Ok(json(StatusCode::OK, &import.shown(context.client.language)))
}
