//! J4: `POST /v1/me/phone`: a new phone, shown to be the person's by a code sent to it.

use eport_schema::catalogue;
use eport_schema::domain::{Phone, SmsCode, SmsPurpose};
use eport_schema::wire::PhoneChange;
use eport_shared::accounts::{Field, phone_index, protect, reveal};
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::crypto::same;
use eport_shared::http::{Request, Response, json};
use eport_shared::inbox::{self, Kind};
use eport_shared::platform::{Connection, new_id};
use eport_shared::problem::{Fields, Problem};
use eport_shared::sms::{code, provider, text};
use eport_shared::sql;
use eport_shared::sql::transaction;
use http::StatusCode;
use uuid::Uuid;

use crate::me;

/// Takes the new phone; the old one and the inbox are told.
pub async fn change(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let account = context.caller()?.account_id;
    let body: PhoneChange = request.json()?;
    let mut fields = Fields::new();
    let phone = fields.check("phone", Phone::parse(&body.phone));
    let sms_code = fields.check("sms_code", SmsCode::parse(body.sms_code.expose()));
    let (phone, sms_code) = fields.finish(phone.zip(sms_code))?;
    let right_code = code::check(context, &phone, SmsPurpose::ChangePhone, &sms_code).await?;

    let old = transaction(context.database, async |connection| {
        code::use_up(context, connection, &right_code).await?;
        // Registrations with this phone wait here too: an UPDATE can't say ON CONFLICT.
        code::claim_phone(context, connection, &phone_index(context.keys, &phone)).await?;
        replace(context, connection, account, &phone).await
    })
    .await?;
    if let Some(old) = old {
        // The log has it where it can't leave.
        let _ =
            provider::notify(context, new_id(context.now, context.entropy), &old, "phone_changed", text::PHONE_CHANGED)
                .await;
    }
    Ok(json(StatusCode::OK, &me::read(context, account).await?))
}

/// Returns the phone that it was before.
async fn replace(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
    phone: &Phone,
) -> Result<Option<Phone>, Problem> {
    let index = phone_index(context.keys, phone);
    // A registration that was begun with this phone and not finished gives way to who holds the phone; not one that staff locked.
    connection
        .execute(
            &sql!("DELETE FROM accounts WHERE phone_index = $1 AND state = 'pending' AND locked_at IS NULL"),
            &[index.into()],
        )
        .await?;
    let rows = connection
        .query(
            &sql!("SELECT id, phone_enc, phone_index FROM accounts WHERE id = $1 OR phone_index = $2"),
            &[account.into(), index.into()],
        )
        .await?;
    let mut old = None;
    for row in &rows {
        if row.get::<Uuid>(0)? != account {
            return Err(Problem::new(&catalogue::ACCOUNT_PHONE_TAKEN));
        }
        if row.get::<Option<Vec<u8>>>(2)?.is_some_and(|kept| same(&kept, &index)) {
            return Err(Problem::new(&catalogue::ACCOUNT_PHONE_UNCHANGED));
        }
        let kept: Option<Vec<u8>> = row.get(1)?;
        old = reveal(context.keys, Field::Phone, account, kept.as_deref())?.and_then(|text| Phone::parse(&text).ok());
    }
    connection
        .execute(
            &sql!("UPDATE accounts SET phone_enc = $2, phone_index = $3, updated_at = $4 WHERE id = $1"),
            &[
                account.into(),
                protect(context.keys, context.entropy, Field::Phone, account, phone.e164())?.into(),
                index.into(),
                context.now.into(),
            ],
        )
        .await?;
    let before = old.as_ref().map(Phone::masked);
    let change = serde_json::json!({ "before": before, "after": phone.masked() });
    inbox::put(context, connection, account, Kind::PhoneChanged, &change).await?;
    let event = Event::account("account.phone_changed", account)
        .change(Some(serde_json::json!({ "phone": before })), Some(serde_json::json!({ "phone": phone.masked() })));
    audit::record(context, connection, event).await?;
    Ok(old)
}
