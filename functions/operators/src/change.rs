//! J8: `PATCH /v1/operators/{id}`.
//!
//! Place and expected card are the enterprise's to decide. Name, username and phone belong to the person: the administrator can correct them only
//! in an account that this enterprise made and nobody has used, as one corrects a slip of the pen. Otherwise a new phone would be a way into
//! another person's account: codes and initial passwords go there.

use eport_card::CardNumber;
use eport_schema::catalogue;
use eport_schema::domain::{Department, PersonName, Phone, Username};
use eport_schema::wire::OperatorPatch;
use eport_shared::accounts::{Field, phone_index, protect, reveal};
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::enterprises::Enterprise;
use eport_shared::http::{Request, Response};
use eport_shared::members;
use eport_shared::platform::Connection;
use eport_shared::problem::{Fields, Problem};
use eport_shared::sms::code;
use eport_shared::sql;
use eport_shared::sql::transaction;
use http::StatusCode;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::create::{card_number, make_room_for_username};
use crate::initial_password::InitialPassword;
use crate::target::{self, Target};
use crate::{item, password_reset};

/// What is to change, parsed.
struct Patch {
    name: Option<PersonName>,
    username: Option<Username>,
    phone: Option<Phone>,
    card_number: Option<Option<CardNumber>>,
    department: Option<Option<Department>>,
}

impl Patch {
    fn parse(body: &OperatorPatch) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let name = body.name.as_deref().and_then(|text| fields.check("name", PersonName::parse(text)));
        let username = body.username.as_deref().and_then(|text| fields.check("username", Username::parse(text)));
        let phone = body.phone.as_deref().and_then(|text| fields.check("phone", Phone::parse(text)));
        let card_number =
            body.card_number.as_ref().map(|given| given.as_deref().and_then(|text| card_number(&mut fields, text)));
        let department = body
            .department
            .as_ref()
            .map(|given| given.as_deref().and_then(|text| fields.check("department", Department::parse(text))));
        fields.finish(Some(Self { name, username, phone, card_number, department }))
    }

    const fn of_the_person(&self) -> bool {
        self.name.is_some() || self.username.is_some() || self.phone.is_some()
    }
}

/// What was changed, as the audit keeps it.
#[derive(Default)]
struct Changes {
    before: Map<String, Json>,
    after: Map<String, Json>,
}

impl Changes {
    fn note(&mut self, name: &str, before: Option<&str>, after: Option<&str>) {
        self.before.insert(name.to_owned(), before.into());
        self.after.insert(name.to_owned(), after.into());
    }
}

/// A new initial password that is to be sent to where it can be used.
struct Letter {
    username: String,
    phone: Phone,
}

/// Changes an operator.
pub async fn update(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let body: OperatorPatch = request.json()?;
    let patch = Patch::parse(&body)?;
    // Hashed before the transaction, and only where it may be needed.
    let sends = patch.username.is_some() || patch.phone.is_some();
    let username = patch.username.as_ref().map_or("", Username::as_str);
    let password = if sends { Some(InitialPassword::new(context, username)?) } else { None };
    let (enterprise, account, letter) = transaction(context.database, async |connection| {
        let enterprise = members::administered(context, connection).await?;
        // Before the account's row: registrations and changes of phone wait here first.
        if let Some(phone) = &patch.phone {
            code::claim_phone(context, connection, &phone_index(context.keys, phone)).await?;
        }
        if let Some(username) = &patch.username {
            code::claim_username(context, connection, username.key()).await?;
        }
        let target = target::operator(context, connection, request, &enterprise).await?;
        let mut changes = Changes::default();
        let letter = if patch.of_the_person() {
            correct(context, connection, &enterprise, target.account, &patch, password.as_ref(), &mut changes).await?
        } else {
            None
        };
        replace(context, connection, &target, &patch, &mut changes).await?;
        if !changes.after.is_empty() {
            let event = Event::account("operator.updated", target.account)
                .of_enterprise(Some(enterprise.id))
                .change(Some(Json::Object(changes.before)), Some(Json::Object(changes.after)));
            audit::record(context, connection, event).await?;
        }
        Ok::<_, Problem>((enterprise, target.account, letter))
    })
    .await?;
    if let (Some(password), Some(letter)) = (&password, letter) {
        password.send(context, &enterprise, account, &letter.username, &letter.phone).await?;
    }
    item::answer(context, StatusCode::OK, enterprise.id, account).await
}

/// Changes place and expected card, and counts the version on.
async fn replace(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    target: &Target,
    patch: &Patch,
    changes: &mut Changes,
) -> Result<(), Problem> {
    let (mut card, mut department) = (target.expected_card_number.clone(), target.department.clone());
    if let Some(new) = &patch.card_number {
        let new = new.as_ref().map(CardNumber::as_str);
        changes.note("card_number", card.as_deref(), new);
        card = new.map(str::to_owned);
    }
    if let Some(new) = &patch.department {
        let new = new.as_ref().map(Department::as_str);
        changes.note("department", department.as_deref(), new);
        department = new.map(str::to_owned);
    }
    if changes.after.is_empty() {
        return Ok(());
    }
    connection
        .execute(
            &sql!(
                "UPDATE memberships SET expected_card_number = $2, department = $3, updated_at = $4, version = version + 1
                 WHERE account_id = $1"
            ),
            &[target.account.into(), card.into(), department.into(), context.now.into()],
        )
        .await?;
    Ok(())
}

/// Corrects an account that this enterprise made and nobody has used.
async fn correct(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: &Enterprise,
    account: Uuid,
    patch: &Patch,
    password: Option<&InitialPassword>,
    changes: &mut Changes,
) -> Result<Option<Letter>, Problem> {
    let rows = connection
        .query(
            &sql!(
                "SELECT username, name, phone_enc, phone_index, last_login_at IS NULL AND password_change_required
                        AND NOT EXISTS (SELECT 1 FROM cards c WHERE c.account_id = accounts.id)
                 FROM accounts WHERE id = $1 AND made_by_enterprise = $2 AND locked_at IS NULL"
            ),
            &[account.into(), enterprise.id.into()],
        )
        .await?;
    let fixed = || Problem::new(&catalogue::OPERATOR_IDENTITY_FIXED);
    let row = rows.first().ok_or_else(fixed)?;
    if !row.get::<bool>(4)? {
        return Err(fixed());
    }
    let mut username: String = row.get::<Option<String>>(0)?.unwrap_or_default();
    let kept: Option<Vec<u8>> = row.get(2)?;
    let mut phone = reveal(context.keys, Field::Phone, account, kept.as_deref())?
        .and_then(|text| Phone::parse(&text).ok())
        .ok_or_else(fixed)?;
    let mut send = false;
    if let Some(new) = &patch.name {
        changes.note("name", Some(&row.get::<String>(1)?), Some(new.as_str()));
        let set = sql!("UPDATE accounts SET name = $2, updated_at = $3 WHERE id = $1");
        connection.execute(&set, &[account.into(), new.as_str().into(), context.now.into()]).await?;
    }
    if let Some(new) = patch.username.as_ref().filter(|new| new.as_str() != username) {
        if new.key() != username.to_ascii_lowercase() {
            make_room_for_username(context, connection, new).await?;
        }
        changes.note("username", Some(&username), Some(new.as_str()));
        let set = sql!("UPDATE accounts SET username = $2, username_key = $3, updated_at = $4 WHERE id = $1");
        connection.execute(&set, &[account.into(), new.as_str().into(), new.key().into(), context.now.into()]).await?;
        new.as_str().clone_into(&mut username);
        send = true;
    }
    if let Some(new) = patch.phone.as_ref().filter(|new| **new != phone) {
        take_phone(context, connection, account, new).await?;
        changes.note("phone", Some(&phone.masked()), Some(&new.masked()));
        phone = new.clone();
        send = true;
    }
    match password.filter(|_| send) {
        None => Ok(None),
        Some(password) => {
            password_reset::set(context, connection, enterprise.id, account, password).await?;
            Ok(Some(Letter { username, phone }))
        }
    }
}

async fn take_phone(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
    phone: &Phone,
) -> Result<(), Problem> {
    let index = phone_index(context.keys, phone);
    let taken = sql!("SELECT id FROM accounts WHERE phone_index = $1 AND id <> $2");
    if !connection.query(&taken, &[index.into(), account.into()]).await?.is_empty() {
        return Err(Problem::new(&catalogue::ACCOUNT_PHONE_TAKEN));
    }
    let kept = protect(context.keys, context.entropy, Field::Phone, account, phone.e164())?;
    let set = sql!("UPDATE accounts SET phone_enc = $2, phone_index = $3, updated_at = $4 WHERE id = $1");
    connection.execute(&set, &[account.into(), kept.into(), index.into(), context.now.into()]).await?;
    Ok(())
}
