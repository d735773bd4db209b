//! J18: what is masked elsewhere, shown to staff who say why.

use eport_schema::catalogue;
use eport_schema::domain::{IdType, Reason};
use eport_schema::wire::{RevealRequest, Revealed};
use eport_shared::accounts::{Field, reveal as clear};
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json};
use eport_shared::problem::{Fields, Problem};
use eport_shared::sql;
use eport_shared::sql::transaction;
use http::StatusCode;

/// `POST /v1/platform/accounts/{id}/reveal`. The audit has the reason before the answer leaves; without a row there is no answer.
pub async fn reveal(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let account = request.id("id")?;
    let body: RevealRequest = request.json()?;
    let mut fields = Fields::new();
    let reason = fields.check("reason", Reason::parse(&body.reason));
    let reason = fields.finish(reason)?;

    let revealed = transaction(context.database, async |connection| {
        let rows = connection
            .query(
                &sql!("SELECT id_type, id_number_enc, phone_enc, email_enc, address_enc FROM accounts WHERE id = $1"),
                &[account.into()],
            )
            .await?;
        let row = rows.first().ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
        let text = |field, column| -> Result<Option<String>, Problem> {
            let kept: Option<Vec<u8>> = row.get(column)?;
            Ok(clear(context.keys, field, account, kept.as_deref())?.map(|text| text.to_string()))
        };
        let revealed = Revealed {
            id_type: row.get::<Option<String>>(0)?.and_then(|text| IdType::parse(&text).ok()),
            id_number: text(Field::IdNumber, 1)?,
            phone: text(Field::Phone, 2)?,
            email: text(Field::Email, 3)?,
            address: text(Field::Address, 4)?,
        };
        let after = serde_json::json!({ "reason": reason.as_str() });
        audit::record(context, connection, Event::account("account.revealed", account).change(None, Some(after)))
            .await?;
        Ok::<_, Problem>(revealed)
    })
    .await?;
    Ok(json(StatusCode::OK, &revealed))
}
