//! J5: `POST /v1/me/activation`: an account that a card login made gets its username, phone and password.

use eport_schema::catalogue;
use eport_schema::domain::{NewPassword, Phone, SmsCode, SmsPurpose, Username};
use eport_schema::wire::Activation;
use eport_shared::accounts::{Field, phone_index, protect};
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json};
use eport_shared::inbox::{self, Kind};
use eport_shared::password;
use eport_shared::platform::Connection;
use eport_shared::problem::{Fields, Problem};
use eport_shared::sms::code;
use eport_shared::sql;
use eport_shared::sql::{query, transaction};
use http::StatusCode;
use uuid::Uuid;

use crate::me;

/// What the person chose, all of it checked.
struct Chosen {
    username: Username,
    phone: Phone,
    password_hash: String,
}

/// Makes the account active. The card must be in the session: nothing else shows that its person is asking.
pub async fn activate(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let caller = context.caller()?;
    let account = caller.account_id;
    let body: Activation = request.json()?;
    if !is_inactive(context, account).await? {
        return Err(Problem::new(&catalogue::ACCOUNT_ALREADY_ACTIVE));
    }
    if caller.card_id.is_none() {
        return Err(Problem::new(&catalogue::CARD_SESSION_REQUIRED));
    }
    let mut fields = Fields::new();
    let username = fields.check("username", Username::parse(&body.username));
    let phone = fields.check("phone", Phone::parse(&body.phone));
    let sms_code = fields.check("sms_code", SmsCode::parse(body.sms_code.expose()));
    let password = fields.check("password", NewPassword::parse(body.password.expose(), &body.username));
    let (((username, phone), sms_code), password) = fields.finish(username.zip(phone).zip(sms_code).zip(password))?;
    let right_code = code::check(context, &phone, SmsPurpose::Register, &sms_code).await?;
    let password_hash = password::hash(context.settings, context.keys, context.entropy, &password)?;
    let chosen = Chosen { username, phone, password_hash };

    transaction(context.database, async |connection| {
        code::use_up(context, connection, &right_code).await?;
        // Registrations with this phone wait here too: an UPDATE can't say ON CONFLICT.
        code::claim_phone(context, connection, &phone_index(context.keys, &chosen.phone)).await?;
        code::claim_username(context, connection, chosen.username.key()).await?;
        take(context, connection, account, &chosen).await
    })
    .await?;
    Ok(json(StatusCode::OK, &me::read(context, account).await?))
}

async fn is_inactive(context: &Context<'_>, account: Uuid) -> Result<bool, Problem> {
    let rows = query(context.database, &sql!("SELECT state FROM accounts WHERE id = $1"), &[account.into()]).await?;
    Ok(rows.first().map(|row| row.get::<String>(0)).transpose()?.as_deref() == Some("inactive"))
}

async fn take(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
    chosen: &Chosen,
) -> Result<(), Problem> {
    let index = phone_index(context.keys, &chosen.phone);
    // A registration that was begun and not finished gives way to who holds the phone, and one that nobody will finish to anybody; not one
    // that staff locked.
    connection
        .execute(
            &sql!(
                "DELETE FROM accounts WHERE state = 'pending' AND locked_at IS NULL
                 AND (phone_index = $1 OR (username_key = $2 AND password_token_expires_at <= $3))"
            ),
            &[index.into(), chosen.username.key().into(), context.now.into()],
        )
        .await?;
    let rows = connection
        .query(
            &sql!("SELECT phone_index = $1 FROM accounts WHERE (phone_index = $1 OR username_key = $2) AND id <> $3"),
            &[index.into(), chosen.username.key().into(), account.into()],
        )
        .await?;
    if let Some(row) = rows.first() {
        let phone = row.get::<Option<bool>>(0)?.unwrap_or(false);
        return Err(Problem::new(if phone {
            &catalogue::ACCOUNT_PHONE_TAKEN
        } else {
            &catalogue::REGISTRATION_USERNAME_TAKEN
        }));
    }
    let done = connection
        .query(
            &sql!(
                "UPDATE accounts SET state = 'active', username = $2, username_key = $3, phone_enc = $4, phone_index = $5, password_hash = $6,
                                     password_changed_at = $7, updated_at = $7
                 WHERE id = $1 AND state = 'inactive' RETURNING id"
            ),
            &[
                account.into(),
                chosen.username.as_str().into(),
                chosen.username.key().into(),
                protect(context.keys, context.entropy, Field::Phone, account, chosen.phone.e164())?.into(),
                index.into(),
                chosen.password_hash.as_str().into(),
                context.now.into(),
            ],
        )
        .await?;
    if done.is_empty() {
        // The same activation twice at once: the one that came second.
        return Err(Problem::new(&catalogue::ACCOUNT_ALREADY_ACTIVE));
    }
    inbox::put(context, connection, account, Kind::Welcome, &serde_json::json!({})).await?;
    let after =
        serde_json::json!({ "state": "active", "username": chosen.username.as_str(), "phone": chosen.phone.masked() });
    let event = Event::account("account.activated", account)
        .change(Some(serde_json::json!({ "state": "inactive" })), Some(after));
    audit::record(context, connection, event).await?;
    Ok(())
}
