//! `GET /v1/dev/outbox`: the SMS that the provider `outbox` keeps, on a developer's machine alone.

use eport_schema::catalogue;
use eport_schema::domain::Phone;
use eport_schema::wire::OutboxItem;
use eport_shared::accounts::phone_index;
use eport_shared::context::Context;
use eport_shared::crypto::{CryptoError, Place, decrypt_text};
use eport_shared::http::{Request, Response, json};
use eport_shared::problem::{Fields, Problem};
use eport_shared::serve::page;
use eport_shared::settings::Environment;
use eport_shared::sms::provider::{OUTBOX_CODE, OUTBOX_PHONE, OUTBOX_TEXT};
use eport_shared::sql;
use eport_shared::sql::{Row, query};
use http::StatusCode;
use uuid::Uuid;

/// The newest first; `?phone=` for one phone's.
pub async fn list(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    if context.settings.environment != Environment::Development {
        return Err(Problem::new(&catalogue::DEV_NOT_ENABLED));
    }
    let page = page(request)?;
    let mut fields = Fields::new();
    let phone = request.query("phone").map(|text| fields.check("phone", Phone::parse(text)));
    let phone = fields.finish(Some(phone.flatten()))?;
    let before = page.after.unwrap_or(Uuid::max());
    let limit = page.limit.saturating_add(1).into();
    let rows = match phone {
        None => {
            query(
                context.database,
                &sql!(
                    "SELECT id, phone_enc, purpose, text_enc, code_enc, created_at FROM sms_outbox
                     WHERE id < $1 ORDER BY id DESC LIMIT $2"
                ),
                &[before.into(), limit],
            )
            .await?
        }
        Some(phone) => {
            query(
                context.database,
                &sql!(
                    "SELECT id, phone_enc, purpose, text_enc, code_enc, created_at FROM sms_outbox
                     WHERE phone_index = $3 AND id < $1 ORDER BY id DESC LIMIT $2"
                ),
                &[before.into(), limit, phone_index(context.keys, &phone).into()],
            )
            .await?
        }
    };
    let items = rows.iter().map(|row| item(context, row)).collect::<Result<Vec<_>, _>>()?;
    Ok(json(StatusCode::OK, &page.finish(items, |item| item.id)))
}

fn item(context: &Context<'_>, row: &Row) -> Result<OutboxItem, Problem> {
    let id: Uuid = row.get(0)?;
    let clear = |column, kept: &[u8]| -> Result<String, CryptoError> {
        decrypt_text(context.keys, Place::new(column, &id), kept).map(|text| text.to_string())
    };
    Ok(OutboxItem {
        id,
        phone: clear(OUTBOX_PHONE, &row.get::<Vec<u8>>(1)?)?,
        purpose: row.get(2)?,
        text: clear(OUTBOX_TEXT, &row.get::<Vec<u8>>(3)?)?,
        code: row.get::<Option<Vec<u8>>>(4)?.map(|kept| clear(OUTBOX_CODE, &kept)).transpose()?,
        created_at: row.get(5)?,
    })
}
