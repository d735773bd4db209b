//! `POST /v1/signatures`: drawn in the page or uploaded.

use eport_schema::catalogue;
use eport_schema::domain::SealName;
use eport_schema::wire::SignatureRequest;
use eport_shared::accounts::hold;
use eport_shared::audit;
use eport_shared::context::Context;
use eport_shared::crypto::encrypt;
use eport_shared::http::{Request, Response, json, with_version};
use eport_shared::platform::new_id;
use eport_shared::problem::{Fields, Problem};
use eport_shared::sql;
use eport_shared::sql::transaction;
use http::StatusCode;
use serde_json::json as object;

use super::{place, state, view};
use crate::files::image_field;
use crate::image::check_signature;

/// Makes a signature image: a draft, until it is authorized.
pub async fn create(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let account = context.caller()?.account_id;
    let body: SignatureRequest = request.json()?;
    let mut fields = Fields::new();
    let name = match body.name.as_deref() {
        None => Some(None),
        Some(name) => fields.check("name", SealName::parse(name)).map(Some),
    };
    let upload = image_field(&mut fields, &body.image);
    let (name, upload) = fields.finish(name.zip(upload))?;
    let image = check_signature(&upload).map_err(|refusal| Problem::field("image", refusal))?;
    let id = new_id(context.now, context.entropy);
    let kept = encrypt(context.keys, context.entropy, place(&id), &image.png)?;
    transaction(context.database, async |connection| {
        hold(connection, account).await?;
        let rows = connection
            .query(&sql!("SELECT COUNT(*) FROM signature_images WHERE account_id = $1"), &[account.into()])
            .await?;
        let there: i64 = rows.first().map_or(Ok(0), |row| row.get(0))?;
        if there >= context.settings.signatures_account {
            return Err(Problem::new(&catalogue::SIGNATURE_LIMIT));
        }
        connection
            .execute(
                &sql!(
                    "INSERT INTO signature_images (id, account_id, name, state, width_mm, height_mm, image_enc, created_at, updated_at)
                     VALUES ($1, $2, $3, 'draft', $4, $5, $6, $7, $7)"
                ),
                &[
                    id.into(),
                    account.into(),
                    name.as_ref().map(SealName::as_str).into(),
                    i64::from(image.width_mm).into(),
                    i64::from(image.height_mm).into(),
                    kept.into(),
                    context.now.into(),
                ],
            )
            .await?;
        let after = object!({ "state": "draft", "width_mm": image.width_mm, "height_mm": image.height_mm });
        audit::record(context, connection, state::event(id, "created").change(None, Some(after))).await?;
        Ok(())
    })
    .await?;
    let (signature, version) = view::read(context, account, id).await?;
    Ok(with_version(json(StatusCode::CREATED, &signature), version))
}
