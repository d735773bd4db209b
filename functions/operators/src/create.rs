//! J8: `POST /v1/operators`: a new account with an initial password, or an invitation to a person who has an account.

use eport_card::CardNumber;
use eport_schema::catalogue;
use eport_schema::clock::Timestamp;
use eport_schema::domain::{Department, IdDocument, IdType, PersonName, Phone, Username};
use eport_schema::wire::OperatorRequest;
use eport_shared::accounts::{Field, hold, id_number_index, phone_index, protect};
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::enterprises::{self, Enterprise, Role};
use eport_shared::http::{Request, Response};
use eport_shared::members::{self, Joining, Origin, Place};
use eport_shared::platform::{Connection, new_id};
use eport_shared::problem::{Fields, Problem};
use eport_shared::sms::code;
use eport_shared::sql;
use eport_shared::sql::{Row, transaction};
use http::StatusCode;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::initial_password::InitialPassword;
use crate::{invitations, item};

/// A person as the administrator describes them.
pub(crate) struct Wanted {
    pub(crate) username: Username,
    pub(crate) name: PersonName,
    pub(crate) document: IdDocument,
    pub(crate) phone: Phone,
    pub(crate) card_number: Option<CardNumber>,
    pub(crate) department: Option<Department>,
}

impl Wanted {
    fn parse(context: &Context<'_>, body: &OperatorRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let username = fields.check("username", Username::parse(&body.username));
        let name = fields.check("name", PersonName::parse(&body.name));
        let document = fields.check("id_type", IdType::parse(&body.id_type)).and_then(|id_type| {
            fields.check("id_number", IdDocument::parse(id_type, &body.id_number, context.now.date()))
        });
        let phone = fields.check("phone", Phone::parse(&body.phone));
        let card_number = body.card_number.as_deref().and_then(|text| card_number(&mut fields, text));
        let department =
            body.department.as_deref().and_then(|text| fields.check("department", Department::parse(text)));
        let ((username, name), (document, phone)) = fields.finish(username.zip(name).zip(document.zip(phone)))?;
        Ok(Self { username, name, document, phone, card_number, department })
    }

    pub(crate) fn place(&self) -> Place<'_> {
        Place {
            expected_card_number: self.card_number.as_ref().map(CardNumber::as_str),
            department: self.department.as_ref().map(Department::as_str),
        }
    }

    /// For the audit.
    pub(crate) fn masked(&self) -> Json {
        json!({
            "username": self.username.as_str(),
            "name": self.name.as_str(),
            "id_type": self.document.id_type().as_str(),
            "id_number": self.document.masked(),
            "phone": self.phone.masked(),
            "card_number": self.place().expected_card_number,
            "department": self.place().department,
        })
    }
}

/// A card's number, its error noted where it is none.
pub(crate) fn card_number(fields: &mut Fields, text: &str) -> Option<CardNumber> {
    match CardNumber::parse(text) {
        Ok(number) => Some(number),
        Err(_) => {
            fields.refuse("card_number", &catalogue::CARD_NUMBER_FORMAT);
            None
        }
    }
}

/// What became of the request.
enum Outcome {
    Made { enterprise: Enterprise, account: Uuid },
    Invited { enterprise: Enterprise, invitation: Uuid },
}

/// Adds an operator.
pub async fn create(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let body: OperatorRequest = request.json()?;
    let wanted = Wanted::parse(context, &body)?;
    let password = InitialPassword::new(context, wanted.username.as_str())?;
    let outcome = transaction(context.database, async |connection| {
        let enterprise = members::administered(context, connection).await?;
        code::claim_phone(context, connection, &phone_index(context.keys, &wanted.phone)).await?;
        code::claim_username(context, connection, wanted.username.key()).await?;
        if let Some(account) = known(context, connection, enterprise.id, &wanted).await? {
            return invite(context, connection, enterprise, account, &wanted).await;
        }
        make_room_for_username(context, connection, &wanted.username).await?;
        let account = new_id(context.now, context.entropy);
        if !insert(context, connection, account, enterprise.id, &wanted, &password).await? {
            // On PostgreSQL somebody else may have made an account of this person since we looked.
            return match known(context, connection, enterprise.id, &wanted).await? {
                Some(account) => invite(context, connection, enterprise, account, &wanted).await,
                None => Err(Problem::new(&catalogue::REGISTRATION_USERNAME_TAKEN)),
            };
        }
        password.count(context, connection, enterprise.id, account).await?;
        let joining = Joining::operator(Origin::Administrator).at(wanted.place());
        members::join(context, connection, enterprise.id, account, joining).await?;
        let event = Event::account("operator.created", account)
            .of_enterprise(Some(enterprise.id))
            .change(None, Some(wanted.masked()));
        audit::record(context, connection, event).await?;
        Ok(Outcome::Made { enterprise, account })
    })
    .await?;
    let (enterprise, id) = match outcome {
        Outcome::Made { enterprise, account } => {
            password.send(context, &enterprise, account, wanted.username.as_str(), &wanted.phone).await?;
            (enterprise, account)
        }
        Outcome::Invited { enterprise, invitation } => (enterprise, invitation),
    };
    item::answer(context, StatusCode::CREATED, enterprise.id, id).await
}

/// The account that the person has already: by id document, else by phone. A registration that nobody finished in time gives way; one that is under
/// way doesn't. So does an account that this enterprise made, nobody used, and that was taken out again: something in it was mistyped.
async fn known(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: Uuid,
    wanted: &Wanted,
) -> Result<Option<Uuid>, Problem> {
    let rows = connection
        .query(
            &sql!(
                "SELECT id, state = 'pending' AND locked_at IS NULL, password_token_expires_at, id_number_index = $1, staff
                 FROM accounts WHERE id_number_index = $1 OR phone_index = $2"
            ),
            &[id_number_index(context.keys, &wanted.document).into(), phone_index(context.keys, &wanted.phone).into()],
        )
        .await?;
    let (mut by_document, mut by_phone) = (None, None);
    for row in &rows {
        let same_document = row.get::<Option<bool>>(3)?.unwrap_or(false);
        let refusal =
            if same_document { &catalogue::REGISTRATION_ID_NUMBER_TAKEN } else { &catalogue::REGISTRATION_PHONE_TAKEN };
        if gave_way(context, connection, row).await? || unused(context, connection, enterprise, row.get(0)?).await? {
            continue;
        }
        // Whoever is registering at this moment, or works for the platform, can't be invited.
        if row.get::<bool>(1)? || row.get::<bool>(4)? {
            return Err(Problem::new(refusal));
        }
        *(if same_document { &mut by_document } else { &mut by_phone }) = Some(row.get(0)?);
    }
    Ok(by_document.or(by_phone))
}

/// Removes a registration whose time is over. The columns: id, whether it is one, until when.
async fn gave_way(context: &Context<'_>, connection: &mut dyn Connection, row: &Row) -> Result<bool, Problem> {
    let over = row.get::<Option<Timestamp>>(2)?.is_none_or(|at| at <= context.now);
    if !row.get::<bool>(1)? || !over {
        return Ok(false);
    }
    let removed = connection
        .execute(
            &sql!("DELETE FROM accounts WHERE id = $1 AND state = 'pending' AND locked_at IS NULL"),
            &[row.get::<Uuid>(0)?.into()],
        )
        .await?;
    Ok(removed > 0)
}

/// Removes an account that this enterprise made, that nobody has logged in with, and that belongs to nobody and waits for nobody.
async fn unused(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: Uuid,
    account: Uuid,
) -> Result<bool, Problem> {
    let removed = connection
        .execute(
            &sql!(
                "DELETE FROM accounts WHERE id = $1 AND made_by_enterprise = $2 AND state = 'active' AND last_login_at IS NULL
                     AND password_change_required AND locked_at IS NULL
                     AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.account_id = accounts.id)
                     AND NOT EXISTS (SELECT 1 FROM cards c WHERE c.account_id = accounts.id)
                     AND NOT EXISTS (SELECT 1 FROM associations s WHERE s.account_id = accounts.id AND s.status = 'pending')
                     AND NOT EXISTS (SELECT 1 FROM invitations i WHERE i.account_id = accounts.id AND i.status = 'pending')"
            ),
            &[account.into(), enterprise.into()],
        )
        .await?;
    if removed == 0 {
        return Ok(false);
    }
    audit::later(context, Event::account("account.replaced", account).of_enterprise(Some(enterprise)));
    Ok(true)
}

/// Refuses a username that somebody has. The row of its name is held.
pub(crate) async fn make_room_for_username(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    username: &Username,
) -> Result<(), Problem> {
    let rows = connection
        .query(
            &sql!(
                "SELECT id, state = 'pending' AND locked_at IS NULL, password_token_expires_at FROM accounts WHERE username_key = $1"
            ),
            &[username.key().into()],
        )
        .await?;
    match rows.first() {
        None => Ok(()),
        Some(row) if gave_way(context, connection, row).await? => Ok(()),
        Some(_) => Err(Problem::new(&catalogue::REGISTRATION_USERNAME_TAKEN)),
    }
}

async fn insert(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
    enterprise: Uuid,
    wanted: &Wanted,
    password: &InitialPassword,
) -> Result<bool, Problem> {
    let protect = |field, plain: &str| protect(context.keys, context.entropy, field, account, plain);
    let rows = connection
        .query(
            &sql!(
                "INSERT INTO accounts (id, username, username_key, name, id_type, id_number_enc, id_number_index, phone_enc, phone_index,
                                       state, password_hash, password_change_required, password_changed_at, made_by_enterprise,
                                       initial_password_expires_at, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'active', $10, TRUE, $11, $12, $13, $11, $11)
                 ON CONFLICT DO NOTHING RETURNING id"
            ),
            &[
                account.into(),
                wanted.username.as_str().into(),
                wanted.username.key().into(),
                wanted.name.as_str().into(),
                wanted.document.id_type().as_str().into(),
                protect(Field::IdNumber, wanted.document.number())?.into(),
                id_number_index(context.keys, &wanted.document).into(),
                protect(Field::Phone, wanted.phone.e164())?.into(),
                phone_index(context.keys, &wanted.phone).into(),
                password.hash.as_str().into(),
                context.now.into(),
                enterprise.into(),
                password.expires_at.into(),
            ],
        )
        .await?;
    Ok(!rows.is_empty())
}

/// The person has an account: they are asked, unless they are here already.
async fn invite(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: Enterprise,
    account: Uuid,
    wanted: &Wanted,
) -> Result<Outcome, Problem> {
    hold(connection, account).await?;
    match enterprises::membership(connection, account).await? {
        Some(member) if member.enterprise == enterprise.id => Err(Problem::new(match member.role {
            Role::Admin => &catalogue::OPERATOR_IS_ADMINISTRATOR,
            Role::Operator => &catalogue::OPERATOR_EXISTS,
        })),
        // Where else they belong is none of this administrator's business, and for the person to settle.
        _ => {
            let invitation = invitations::send(context, connection, &enterprise, account, wanted).await?;
            Ok(Outcome::Invited { enterprise, invitation })
        }
    }
}
