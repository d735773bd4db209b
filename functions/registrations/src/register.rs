//! J1: registration, and the first password.
//!
//! ```text
//!   POST /v1/registrations          PUT …/password
//!   (right SMS code) ──► pending ──────────────────► active
//!                          │ ▲
//!            token expires │ │ the phone's owner starts again
//!                          ▼ │
//!                        (gone)
//! ```

use eport_schema::catalogue;
use eport_schema::clock::Timestamp;
use eport_schema::domain::{IdDocument, IdType, NewPassword, PersonName, Phone, SmsCode, SmsPurpose, Username};
use eport_schema::wire::{RegistrationCreated, RegistrationPassword, RegistrationRequest};
use eport_shared::accounts::{Field, id_number_index, phone_index, protect};
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::crypto::{Label, mac};
use eport_shared::http::{Request, Response, json, no_content};
use eport_shared::inbox::{self, Kind};
use eport_shared::password;
use eport_shared::platform::{Connection, new_id, random};
use eport_shared::problem::{Fields, Problem};
use eport_shared::sms::code;
use eport_shared::sql;
use eport_shared::sql::{query, transaction};
use http::StatusCode;
use uuid::Uuid;
use zeroize::Zeroizing;

/// A registration whose fields are all of their kind. That the phone is the person's is still to be shown.
struct Applicant {
    username: Username,
    name: PersonName,
    document: IdDocument,
    phone: Phone,
}

fn parse(context: &Context<'_>, body: &RegistrationRequest) -> Result<(Applicant, SmsCode), Problem> {
    let mut fields = Fields::new();
    let username = fields.check("username", Username::parse(&body.username));
    let name = fields.check("name", PersonName::parse(&body.name));
    let document = fields
        .check("id_type", IdType::parse(&body.id_type))
        .and_then(|id_type| fields.check("id_number", IdDocument::parse(id_type, &body.id_number, context.now.date())));
    let phone = fields.check("phone", Phone::parse(&body.phone));
    let sms_code = fields.check("sms_code", SmsCode::parse(body.sms_code.expose()));
    if !body.terms_accepted {
        fields.refuse("terms_accepted", &catalogue::REGISTRATION_TERMS_REQUIRED);
    }
    let all = username.zip(name).zip(document).zip(phone).zip(sms_code);
    let ((((username, name), document), phone), sms_code) = fields.finish(all)?;
    Ok((Applicant { username, name, document, phone }, sms_code))
}

/// `POST /v1/registrations`.
pub async fn register(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let body: RegistrationRequest = request.json()?;
    let (applicant, sms_code) = parse(context, &body)?;
    let right_code = code::check(context, &applicant.phone, SmsPurpose::Register, &sms_code).await?;

    let account = new_id(context.now, context.entropy);
    let token = PasswordToken::new(context);
    let expires_at = context.now.plus_seconds(context.settings.registration_seconds);
    transaction(context.database, async |connection| {
        code::use_up(context, connection, &right_code).await?;
        code::claim_phone(context, connection, &phone_index(context.keys, &applicant.phone)).await?;
        code::claim_username(context, connection, applicant.username.key()).await?;
        make_room(context, connection, &applicant).await?;
        if !insert(context, connection, account, &applicant, &token, expires_at).await? {
            // On PostgreSQL another registration may have been committed since we looked.
            make_room(context, connection, &applicant).await?;
            return Err(Problem::new(&catalogue::REGISTRATION_ID_NUMBER_TAKEN));
        }
        let after = serde_json::json!({
            "username": applicant.username.as_str(),
            "name": applicant.name.as_str(),
            "id_type": applicant.document.id_type().as_str(),
            "id_number": applicant.document.masked(),
            "phone": applicant.phone.masked(),
        });
        let event = Event::account("registration.started", account).by(account).change(None, Some(after));
        audit::record(context, connection, event).await?;
        Ok::<(), Problem>(())
    })
    .await?;
    let created = RegistrationCreated { account_id: account, password_token: token.text.to_string(), expires_at };
    Ok(json(StatusCode::CREATED, &created))
}

/// Removes registrations that nobody will finish and that stand in the way; refuses where an account does.
///
/// Who holds the phone may start again whatever was begun with it. A registration under another phone keeps its id number and
/// username until its token expires: else anybody could push it aside.
async fn make_room(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    applicant: &Applicant,
) -> Result<(), Problem> {
    let rows = connection
        .query(
            &sql!(
                "SELECT id, state = 'pending' AND locked_at IS NULL, password_token_expires_at, id_number_index = $1, phone_index = $2
                 FROM accounts WHERE id_number_index = $1 OR phone_index = $2 OR username_key = $3"
            ),
            &[
                id_number_index(context.keys, &applicant.document).into(),
                phone_index(context.keys, &applicant.phone).into(),
                applicant.username.key().into(),
            ],
        )
        .await?;
    let mut taken = Vec::new();
    for row in &rows {
        // What staff have locked stays, finished or not.
        let pending: bool = row.get(1)?;
        let expired = row.get::<Option<Timestamp>>(2)?.is_none_or(|at| at <= context.now);
        let same_id_number = row.get::<Option<bool>>(3)?.unwrap_or(false);
        let same_phone = row.get::<Option<bool>>(4)?.unwrap_or(false);
        if pending && (expired || same_phone) {
            connection
                .execute(
                    &sql!("DELETE FROM accounts WHERE id = $1 AND state = 'pending'"),
                    &[row.get::<Uuid>(0)?.into()],
                )
                .await?;
        } else if same_id_number {
            taken.insert(0, &catalogue::REGISTRATION_ID_NUMBER_TAKEN);
        } else if same_phone {
            taken.push(&catalogue::REGISTRATION_PHONE_TAKEN);
        } else {
            taken.push(&catalogue::REGISTRATION_USERNAME_TAKEN);
        }
    }
    match taken.first() {
        Some(refusal) => Err(Problem::new(refusal)),
        None => Ok(()),
    }
}

async fn insert(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
    applicant: &Applicant,
    token: &PasswordToken,
    expires_at: Timestamp,
) -> Result<bool, Problem> {
    let protect = |field, plain: &str| protect(context.keys, context.entropy, field, account, plain);
    let rows = connection
        .query(
            &sql!(
                "INSERT INTO accounts (id, username, username_key, name, id_type, id_number_enc, id_number_index, phone_enc, phone_index,
                                       state, password_token_hash, password_token_expires_at, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending', $10, $11, $12, $12)
                 ON CONFLICT DO NOTHING RETURNING id"
            ),
            &[
                account.into(),
                applicant.username.as_str().into(),
                applicant.username.key().into(),
                applicant.name.as_str().into(),
                applicant.document.id_type().as_str().into(),
                protect(Field::IdNumber, applicant.document.number())?.into(),
                id_number_index(context.keys, &applicant.document).into(),
                protect(Field::Phone, applicant.phone.e164())?.into(),
                phone_index(context.keys, &applicant.phone).into(),
                token.hash.into(),
                expires_at.into(),
                context.now.into(),
            ],
        )
        .await?;
    Ok(!rows.is_empty())
}

/// The one-time token that sets a registration's password: 32 random bytes, in hexadecimal.
struct PasswordToken {
    text: Zeroizing<String>,
    hash: [u8; 32],
}

impl PasswordToken {
    fn new(context: &Context<'_>) -> Self {
        Self::of(
            context,
            Zeroizing::new(
                Uuid::from_bytes(random(context.entropy)).simple().to_string()
                    + &Uuid::from_bytes(random(context.entropy)).simple().to_string(),
            ),
        )
    }

    fn of(context: &Context<'_>, text: Zeroizing<String>) -> Self {
        let hash = mac(context.keys, Label::PasswordToken, &[text.as_bytes()]);
        Self { text, hash }
    }
}

/// `PUT /v1/registrations/{account_id}/password`.
pub async fn set_password(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let account = request.id("account_id")?;
    let body: RegistrationPassword = request.json()?;
    let token = PasswordToken::of(context, Zeroizing::new(body.password_token.expose().to_owned()));
    let refused = || Problem::new(&catalogue::REGISTRATION_PASSWORD_TOKEN_INVALID).about(Some(account));
    let rows = query(
        context.database,
        &sql!(
            "SELECT username FROM accounts
             WHERE id = $1 AND state = 'pending' AND locked_at IS NULL
               AND password_token_hash = $2 AND password_token_expires_at > $3"
        ),
        &[account.into(), token.hash.into(), context.now.into()],
    )
    .await?;
    let username: String = rows.first().ok_or_else(refused)?.get(0)?;
    let mut fields = Fields::new();
    let new = fields.check("password", NewPassword::parse(body.password.expose(), &username));
    let new = fields.finish(new)?;
    let hash = password::hash(context.settings, context.keys, context.entropy, &new)?;

    transaction(context.database, async |connection| {
        let rows = connection
            .query(
                &sql!(
                    "UPDATE accounts SET state = 'active', password_hash = $4, password_changed_at = $3, updated_at = $3,
                            password_token_hash = NULL, password_token_expires_at = NULL
                     WHERE id = $1 AND state = 'pending' AND locked_at IS NULL
                       AND password_token_hash = $2 AND password_token_expires_at > $3
                     RETURNING id"
                ),
                &[account.into(), token.hash.into(), context.now.into(), hash.as_str().into()],
            )
            .await?;
        if rows.is_empty() {
            return Err(refused());
        }
        inbox::put(context, connection, account, Kind::Welcome, &serde_json::json!({})).await?;
        audit::record(context, connection, Event::account("registration.completed", account).by(account)).await?;
        Ok(())
    })
    .await?;
    Ok(no_content())
}
