//! J3: a forgotten password, replaced by who holds the phone and knows the id number.

use eport_schema::catalogue;
use eport_schema::clock::Timestamp;
use eport_schema::domain::{IdDocument, IdType, NewPassword, Phone, SmsCode, SmsPurpose};
use eport_schema::wire::PasswordResetRequest;
use eport_shared::accounts::{end_sessions, id_number_index, phone_index};
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::crypto::same;
use eport_shared::http::{Request, Response, no_content};
use eport_shared::inbox::{self, Kind};
use eport_shared::lockout;
use eport_shared::password;
use eport_shared::problem::{Fields, Problem};
use eport_shared::sms::code;
use eport_shared::sql;
use eport_shared::sql::{query, transaction};
use uuid::Uuid;

/// `POST /v1/password-resets`.
pub async fn reset(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let body: PasswordResetRequest = request.json()?;
    let mut fields = Fields::new();
    let phone = fields.check("phone", Phone::parse(&body.phone));
    let sms_code = fields.check("sms_code", SmsCode::parse(body.sms_code.expose()));
    // Looked at again below, with the username; here so that a person with two mistakes learns of both.
    let new = fields.check("password", NewPassword::parse(body.password.expose(), ""));
    let ((phone, sms_code), _) = fields.finish(phone.zip(sms_code).zip(new))?;
    let right_code = code::check(context, &phone, SmsPurpose::ResetPassword, &sms_code).await?;

    let (account, username) = owner(context, &phone, &body.id_number).await?;
    let mut fields = Fields::new();
    let new = fields.check("password", NewPassword::parse(body.password.expose(), &username));
    let new = fields.finish(new)?;
    let hash = password::hash(context.settings, context.keys, context.entropy, &new)?;

    transaction(context.database, async |connection| {
        code::use_up(context, connection, &right_code).await?;
        let rows = connection
            .query(
                // Looked at once more: while the password was hashed the account may have been locked, or have got another phone.
                &sql!(
                    "UPDATE accounts SET password_hash = $2, password_changed_at = $3, password_change_required = FALSE, updated_at = $3
                     WHERE id = $1 AND phone_index = $4 AND state = 'active' AND locked_at IS NULL RETURNING id"
                ),
                &[
                    account.into(),
                    hash.as_str().into(),
                    context.now.into(),
                    phone_index(context.keys, &phone).into(),
                ],
            )
            .await?;
        if rows.is_empty() {
            return Err(Problem::new(&catalogue::PASSWORD_RESET_MISMATCH).about(Some(account)));
        }
        lockout::forget_all(context, connection, account).await?;
        let ended = end_sessions(connection, context.now, account, None, "password_reset").await?;
        inbox::put(context, connection, account, Kind::PasswordChanged, &serde_json::json!({})).await?;
        let event = Event::account("password.reset", account)
            .by(account)
            .change(None, Some(serde_json::json!({ "sessions_ended": ended })));
        audit::record(context, connection, event).await?;
        Ok::<(), Problem>(())
    })
    .await?;
    Ok(no_content())
}

/// The account of this phone and this id number, and its username. One refusal for everything that doesn't fit.
async fn owner(context: &Context<'_>, phone: &Phone, id_number: &str) -> Result<(Uuid, String), Problem> {
    let mismatch = || Problem::new(&catalogue::PASSWORD_RESET_MISMATCH);
    let rows = query(
        context.database,
        &sql!(
            "SELECT id, username, id_type, id_number_index, state, locked_at FROM accounts
             WHERE phone_index = $1 AND state <> 'pending'"
        ),
        &[phone_index(context.keys, phone).into()],
    )
    .await?;
    let row = rows.first().ok_or_else(mismatch)?;
    let account: Uuid = row.get(0)?;
    let kept: Option<Vec<u8>> = row.get(3)?;
    let given = row
        .get::<Option<String>>(2)?
        .and_then(|id_type| IdType::parse(&id_type).ok())
        .and_then(|id_type| IdDocument::parse(id_type, id_number, context.now.date()).ok())
        .map(|document| id_number_index(context.keys, &document));
    match (kept, given) {
        (Some(kept), Some(given)) if same(&kept, &given) => {}
        _ => return Err(mismatch().about(Some(account))),
    }
    if row.get::<String>(4)? == "inactive" {
        return Err(Problem::new(&catalogue::ACCOUNT_INACTIVE).about(Some(account)));
    }
    if row.get::<Option<Timestamp>>(5)?.is_some() {
        return Err(Problem::new(&catalogue::ACCOUNT_LOCKED).about(Some(account)));
    }
    Ok((account, row.get::<Option<String>>(1)?.unwrap_or_default()))
}
