//! Looking at seals: any member may.

use eport_schema::catalogue;
use eport_schema::wire::Seal;
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json, with_version};
use eport_shared::platform::DatabaseError;
use eport_shared::problem::Problem;
use eport_shared::serve::page;
use eport_shared::sql;
use eport_shared::sql::{Row, query};
use http::StatusCode;
use uuid::Uuid;

use super::evidence;
use crate::files::file;

/// What [`item`] reads, in its order, and the version.
macro_rules! columns {
    () => {
        "s.id, r.name, s.kind, r.shape, s.state, s.is_default, r.colour, r.width_mm, r.height_mm, r.resolution_dpi, r.upload_sha256,
         r.es_id, r.valid_from, r.valid_until, r.signed_by, r.created_at, s.created_at, s.updated_at, s.version"
    };
}

fn item(row: &Row) -> Result<(Seal, i64), DatabaseError> {
    let seal = Seal {
        id: row.get(0)?,
        name: row.get(1)?,
        kind: row.get(2)?,
        shape: row.get(3)?,
        state: row.get(4)?,
        default: row.get(5)?,
        colour: row.get(6)?,
        width_mm: row.get(7)?,
        height_mm: row.get(8)?,
        resolution_dpi: row.get(9)?,
        image_sha256: hex::encode(row.get::<Vec<u8>>(10)?),
        es_id: row.get(11)?,
        valid_from: row.get(12)?,
        valid_until: row.get(13)?,
        signed_by: row.get(14)?,
        signed_at: row.get(15)?,
        created_at: row.get(16)?,
        updated_at: row.get(17)?,
    };
    Ok((seal, row.get(18)?))
}

/// `GET /v1/seals`: the enterprise's, the newest first. Evidence is looked at where one seal is read, not here.
pub async fn list(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let enterprise = context.caller()?.member()?;
    let page = page(request)?;
    let rows = query(
        context.database,
        &sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM seals s JOIN seal_revisions r ON r.seal_id = s.id AND r.revision = s.revision
              WHERE s.enterprise_id = $1 AND s.id < $2 AND s.state <> 'deleted' AND ($4 = '' OR s.kind = $4) AND ($5 = '' OR s.state = $5)
              ORDER BY s.id DESC LIMIT $3"
        )),
        &[
            enterprise.into(),
            page.after.unwrap_or(Uuid::max()).into(),
            page.limit.saturating_add(1).into(),
            request.query("kind").unwrap_or_default().into(),
            request.query("state").unwrap_or_default().into(),
        ],
    )
    .await?;
    let items = rows.iter().map(|row| item(row).map(|(seal, _)| seal)).collect::<Result<Vec<_>, _>>()?;
    Ok(json(StatusCode::OK, &page.finish(items, |seal| seal.id)))
}

/// One seal of `enterprise` and its version, without a look at its evidence.
pub(crate) async fn read(context: &Context<'_>, enterprise: Uuid, id: Uuid) -> Result<(Seal, i64), Problem> {
    let rows = query(
        context.database,
        &sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM seals s JOIN seal_revisions r ON r.seal_id = s.id AND r.revision = s.revision
              WHERE s.id = $1 AND s.enterprise_id = $2 AND s.state <> 'deleted'"
        )),
        &[id.into(), enterprise.into()],
    )
    .await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
    Ok(item(row)?)
}

/// `GET /v1/seals/{id}`.
pub async fn get(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let enterprise = context.caller()?.member()?;
    let id = request.id("id")?;
    evidence::load(context, enterprise, id).await?;
    let (seal, version) = read(context, enterprise, id).await?;
    Ok(with_version(json(StatusCode::OK, &seal), version))
}

/// `GET /v1/seals/{id}/image`: PNG.
pub async fn image(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let revision = evidence::load(context, context.caller()?.member()?, request.id("id")?).await?;
    Ok(file(revision.image, "image/png", "inline; filename=\"seal.png\""))
}

/// `GET /v1/seals/{id}/seseal`: DER of GB/T 38540's `SESeal`.
pub async fn structure(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let revision = evidence::load(context, context.caller()?.member()?, request.id("id")?).await?;
    Ok(file(revision.seseal, "application/octet-stream", "attachment; filename=\"seal.esl\""))
}
