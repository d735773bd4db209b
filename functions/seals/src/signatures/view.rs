//! Looking at one's own signature images. Another person's is not found.

use eport_schema::catalogue;
use eport_schema::wire::SignatureImage;
use eport_shared::context::Context;
use eport_shared::crypto::decrypt;
use eport_shared::http::{Request, Response, json, with_version};
use eport_shared::platform::DatabaseError;
use eport_shared::problem::Problem;
use eport_shared::serve::page;
use eport_shared::sql;
use eport_shared::sql::{Row, query};
use http::StatusCode;
use uuid::Uuid;

use super::place;
use crate::files::file;

fn item(row: &Row) -> Result<(SignatureImage, i64), DatabaseError> {
    let signature = SignatureImage {
        id: row.get(0)?,
        name: row.get(1)?,
        state: row.get(2)?,
        default: row.get(3)?,
        width_mm: row.get(4)?,
        height_mm: row.get(5)?,
        created_at: row.get(6)?,
        updated_at: row.get(7)?,
    };
    Ok((signature, row.get(8)?))
}

/// `GET /v1/signatures`: the newest first.
pub async fn list(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let page = page(request)?;
    let rows = query(
        context.database,
        &sql!(
            "SELECT id, name, state, is_default, width_mm, height_mm, created_at, updated_at, version FROM signature_images
             WHERE account_id = $1 AND id < $2 AND ($4 = '' OR state = $4) ORDER BY id DESC LIMIT $3"
        ),
        &[
            context.caller()?.account_id.into(),
            page.after.unwrap_or(Uuid::max()).into(),
            page.limit.saturating_add(1).into(),
            request.query("state").unwrap_or_default().into(),
        ],
    )
    .await?;
    let items = rows.iter().map(|row| item(row).map(|(signature, _)| signature)).collect::<Result<Vec<_>, _>>()?;
    Ok(json(StatusCode::OK, &page.finish(items, |signature| signature.id)))
}

pub(super) async fn read(context: &Context<'_>, account: Uuid, id: Uuid) -> Result<(SignatureImage, i64), Problem> {
    let rows = query(
        context.database,
        &sql!(
            "SELECT id, name, state, is_default, width_mm, height_mm, created_at, updated_at, version FROM signature_images
             WHERE id = $1 AND account_id = $2"
        ),
        &[id.into(), account.into()],
    )
    .await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
    Ok(item(row)?)
}

/// `GET /v1/signatures/{id}`.
pub async fn get(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let (signature, version) = read(context, context.caller()?.account_id, request.id("id")?).await?;
    Ok(with_version(json(StatusCode::OK, &signature), version))
}

/// `GET /v1/signatures/{id}/image`: PNG.
pub async fn image(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let id = request.id("id")?;
    let rows = query(
        context.database,
        &sql!("SELECT image_enc FROM signature_images WHERE id = $1 AND account_id = $2"),
        &[id.into(), context.caller()?.account_id.into()],
    )
    .await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
    let image = decrypt(context.keys, place(&id), &row.get::<Vec<u8>>(0)?)?;
    Ok(file(image.to_vec(), "image/png", "inline; filename=\"signature.png\""))
}
