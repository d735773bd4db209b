//! J18: the catalogue of applications, kept by staff. Every check looks into it, from the next request on.

use std::collections::HashSet;

use eport_schema::catalogue;
use eport_schema::domain::{DisplayName, PermissionCode, Reason};
use eport_schema::wire::{Action, ApplicationCreate, ApplicationPatch, Name, PlatformApplication};
use eport_shared::application_columns;
use eport_shared::applications::{self, MOST, MOST_ACTIONS, entry};
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json, no_content, with_version};
use eport_shared::platform::{Connection, new_id};
use eport_shared::problem::{Fields, Problem};
use eport_shared::serve::page;
use eport_shared::sql;
use eport_shared::sql::{query, transaction};
use http::StatusCode;
use serde_json::{Value as Json, json as object};
use uuid::Uuid;

/// `GET /v1/platform/applications`: the newest first.
pub async fn list(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let page = page(request)?;
    let rows = query(
        context.database,
        &sql!(concat!(
            "SELECT ",
            application_columns!(),
            " FROM applications WHERE removed_at IS NULL AND id < $1 ORDER BY id DESC LIMIT $2"
        )),
        &[page.after.unwrap_or(Uuid::max()).into(), page.limit.saturating_add(1).into()],
    )
    .await?;
    let items = rows.iter().map(|row| Ok(entry(row)?.0)).collect::<Result<Vec<_>, Problem>>()?;
    Ok(json(StatusCode::OK, &page.finish(items, |item| item.id)))
}

/// `GET /v1/platform/applications/{id}`.
pub async fn get(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let id = request.id("id")?;
    let mut connection = context.database.connect().await?;
    let (found, version) = find(connection.as_mut(), id).await?;
    Ok(with_version(json(StatusCode::OK, &found), version))
}

async fn find(connection: &mut dyn Connection, id: Uuid) -> Result<(PlatformApplication, i64), Problem> {
    let rows = connection
        .query(
            &sql!(concat!(
                "SELECT ",
                application_columns!(),
                " FROM applications WHERE id = $1 AND removed_at IS NULL"
            )),
            &[id.into()],
        )
        .await?;
    entry(rows.first().ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?)
}

/// `POST /v1/platform/applications`.
pub async fn add(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let body: ApplicationCreate = request.json()?;
    let mut fields = Fields::new();
    let code = fields.check("code", PermissionCode::parse(&body.code));
    let name = parse_name(&mut fields, "name", &body.name);
    let actions = parse_actions(&mut fields, &body.actions);
    let reason = fields.check("reason", Reason::parse(&body.reason));
    let (((code, name), actions), reason) = fields.finish(code.zip(name).zip(actions).zip(reason))?;
    let id = new_id(context.now, context.entropy);
    transaction(context.database, async |connection| {
        applications::hold(connection).await?;
        let known = applications::within(connection).await?;
        if known.applications().len() >= MOST {
            return Err(Problem::new(&catalogue::APPLICATION_TOO_MANY));
        }
        let made = connection
            .query(
                &sql!(
                    "INSERT INTO applications (id, code, name_zh, name_en, open, position, actions, created_at, updated_at)
                     VALUES ($1, $2, $3, $4, $5, COALESCE($6, (SELECT MAX(position) + 10 FROM applications), 10), $7, $8, $8)
                     ON CONFLICT DO NOTHING RETURNING id"
                ),
                &[
                    id.into(),
                    code.as_str().into(),
                    name.zh.as_str().into(),
                    name.en.as_str().into(),
                    body.open.into(),
                    body.position.into(),
                    kept(&actions)?.into(),
                    context.now.into(),
                ],
            )
            .await?;
        if made.is_empty() {
            return Err(Problem::new(&catalogue::APPLICATION_CODE_TAKEN));
        }
        applications::changed(connection).await?;
        let (added, version) = find(connection, id).await?;
        let mut after = shown(&added);
        insert(&mut after, "reason", reason.as_str());
        audit::record(context, connection, event("application.added", id).change(None, Some(after))).await?;
        Ok(with_version(json(StatusCode::CREATED, &added), version))
    })
    .await
}

/// `PATCH /v1/platform/applications/{id}`.
pub async fn update(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let id = request.id("id")?;
    let body: ApplicationPatch = request.json()?;
    let mut fields = Fields::new();
    let name = body.name.as_ref().map(|name| parse_name(&mut fields, "name", name));
    let actions = body.actions.as_ref().map(|actions| parse_actions(&mut fields, actions));
    let reason = fields.check("reason", Reason::parse(&body.reason));
    let reason = fields.finish(reason)?;
    transaction(context.database, async |connection| {
        applications::hold(connection).await?;
        let (before, version) = find(connection, id).await?;
        request.if_match(version)?;
        let changed = PlatformApplication {
            name: name.clone().flatten().unwrap_or_else(|| before.name.clone()),
            open: body.open.unwrap_or(before.open),
            position: body.position.map_or(before.position, i64::from),
            actions: actions.clone().flatten().unwrap_or_else(|| before.actions.clone()),
            updated_at: before.updated_at,
            ..before.clone()
        };
        if changed == before {
            return Ok(with_version(json(StatusCode::OK, &before), version));
        }
        connection
            .execute(
                &sql!(
                    "UPDATE applications SET name_zh = $2, name_en = $3, open = $4, position = $5, actions = $6, updated_at = $7,
                                             version = version + 1 WHERE id = $1"
                ),
                &[
                    id.into(),
                    changed.name.zh.as_str().into(),
                    changed.name.en.as_str().into(),
                    changed.open.into(),
                    changed.position.into(),
                    kept(&changed.actions)?.into(),
                    context.now.into(),
                ],
            )
            .await?;
        applications::changed(connection).await?;
        let (after, version) = find(connection, id).await?;
        let mut told = shown(&after);
        insert(&mut told, "reason", reason.as_str());
        let event = event("application.changed", id).change(Some(shown(&before)), Some(told));
        audit::record(context, connection, event).await?;
        Ok(with_version(json(StatusCode::OK, &after), version))
    })
    .await
}

/// `DELETE /v1/platform/applications/{id}`: nobody may do anything in it from the next request on. Its code is never used again.
pub async fn remove(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let id = request.id("id")?;
    transaction(context.database, async |connection| {
        applications::hold(connection).await?;
        let (before, version) = find(connection, id).await?;
        request.if_match(version)?;
        connection
            .execute(&sql!("UPDATE applications SET removed_at = $2 WHERE id = $1"), &[id.into(), context.now.into()])
            .await?;
        applications::changed(connection).await?;
        let event = event("application.removed", id).change(Some(shown(&before)), None);
        audit::record(context, connection, event).await?;
        Ok::<_, Problem>(())
    })
    .await?;
    Ok(no_content())
}

fn parse_name(fields: &mut Fields, field: &str, name: &Name) -> Option<Name> {
    let zh = fields.check(&format!("{field}.zh"), DisplayName::parse(&name.zh));
    let en = fields.check(&format!("{field}.en"), DisplayName::parse(&name.en));
    zh.zip(en).map(|(zh, en)| Name { zh: zh.as_str().to_owned(), en: en.as_str().to_owned() })
}

fn parse_actions(fields: &mut Fields, actions: &[Action]) -> Option<Vec<Action>> {
    let mut codes = HashSet::new();
    let usable =
        (1..=MOST_ACTIONS).contains(&actions.len()) && actions.iter().all(|action| codes.insert(action.code.as_str()));
    if !usable {
        fields.refuse("actions", &catalogue::APPLICATION_ACTIONS);
        return None;
    }
    let parsed: Vec<Option<Action>> = actions
        .iter()
        .enumerate()
        .map(|(i, action)| {
            let code = fields.check(&format!("actions[{i}].code"), PermissionCode::parse(&action.code));
            let name = parse_name(fields, &format!("actions[{i}].name"), &action.name);
            code.zip(name).map(|(code, name)| Action { code: code.as_str().to_owned(), name })
        })
        .collect();
    parsed.into_iter().collect()
}

fn kept(actions: &[Action]) -> Result<String, Problem> {
    serde_json::to_string(actions).map_err(|_| Problem::new(&catalogue::SERVICE_INTERNAL))
}

fn event(action: &str, id: Uuid) -> Event {
    Event { action: action.to_owned(), target: Some(("application", id.to_string())), ..Event::default() }
}

/// What the audit keeps of an application.
fn shown(application: &PlatformApplication) -> Json {
    let actions: Vec<&str> = application.actions.iter().map(|action| action.code.as_str()).collect();
    object!({
        "code": application.code, "name": application.name, "open": application.open, "position": application.position, "actions": actions
    })
}

fn insert(object: &mut Json, key: &str, value: &str) {
    if let Some(object) = object.as_object_mut() {
        object.insert(key.to_owned(), Json::from(value));
    }
}
