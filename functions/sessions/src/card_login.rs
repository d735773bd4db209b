//! J11 and J5: `POST /v1/sessions` with a card. Which account it opens, and what it makes where there is none.

use eport_card::{CardClass, Purpose};
use eport_schema::catalogue;
use eport_schema::clock::Timestamp;
use eport_schema::domain::PersonName;
use eport_schema::wire::SessionCreated;
use eport_shared::accounts::{Field, hold, id_number_index, protect};
use eport_shared::audit::{self, Event};
use eport_shared::cards::binding::{self, BoundBy};
use eport_shared::cards::proof::{self, ProvenCard, Sent};
use eport_shared::context::Context;
use eport_shared::enterprises::{self, Enterprise};
use eport_shared::members;
use eport_shared::platform::{Connection, new_id};
use eport_shared::problem::Problem;
use eport_shared::sql;
use eport_shared::sql::{Row, transaction};
use uuid::Uuid;

use crate::open::{self, Method, Person};

/// Opens a session for the person whose card is here.
pub async fn by_card(context: &Context<'_>, sent: Sent<'_>) -> Result<SessionCreated, Problem> {
    let card = proof::prove(context, sent, &Purpose::Login, None).await?;
    transaction(context.database, async |connection| log_in(context, connection, &card).await).await
}

async fn log_in(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    card: &ProvenCard,
) -> Result<SessionCreated, Problem> {
    // The enterprise comes first: its row is what requests that concern it wait for.
    let enterprise = enterprises::of_card(context, connection, card.enterprise()).await?;
    let to_bind = card.to_bind(enterprise.id);
    let (person, id) = match held_owner(connection, card).await? {
        Some((id, account)) => {
            let person = bound_to(connection, context, card, account).await?;
            belongs(context, connection, card, &enterprise, account).await?;
            (person, id)
        }
        None => {
            let person = match registered(context, connection, card).await? {
                Some(person) => person,
                None => make(context, connection, card).await?,
            };
            belongs(context, connection, card, &enterprise, person.account).await?;
            (person.clone(), binding::bind(context, connection, person.account, to_bind, BoundBy::Login).await?)
        }
    };
    binding::seen(context, connection, id, to_bind).await?;
    let member = enterprises::membership(connection, person.account).await?;
    if card.class() == CardClass::LegalPerson && member.is_some_and(|member| member.enterprise == enterprise.id) {
        enterprises::verify_by_card(context, connection, &enterprise, person.account, card.enterprise()).await?;
    }
    binding::remind(context, connection, person.account, id, to_bind).await?;
    open::open(context, connection, &person, Method::Card { id, class: card.class() }).await
}

/// The card's row and the account that it is tied to, whose row is held until the transaction ends. Who unties a card or locks an account
/// holds that row too: what was done by then is seen here, and what comes later finds the session to end.
async fn held_owner(connection: &mut dyn Connection, card: &ProvenCard) -> Result<Option<(Uuid, Uuid)>, Problem> {
    let mut held = None;
    loop {
        match binding::owner(connection, card.number()).await? {
            Some((_, account)) if held != Some(account) => {
                hold(connection, account).await?;
                held = Some(account);
            }
            bound => return Ok(bound),
        }
    }
}

/// The account that the card is tied to. Its holder must still be that account's person: numbers may be given out again.
async fn bound_to(
    connection: &mut dyn Connection,
    context: &Context<'_>,
    card: &ProvenCard,
    account: Uuid,
) -> Result<Person, Problem> {
    let rows = connection
        .query(
            &sql!(
                "SELECT id, username, name, staff, password_change_required, state, locked_at, id_number_index
                 FROM accounts WHERE id = $1"
            ),
            &[account.into()],
        )
        .await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::SERVICE_INTERNAL))?;
    if !card.is_of(context.keys, row.get(7)?) {
        return Err(Problem::new(&catalogue::CARD_HOLDER_MISMATCH).about(Some(account)));
    }
    admitted(row)
}

/// Whoever belongs nowhere joins the card's enterprise; whom its administrator removed waits, and is logged in all the same.
async fn belongs(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    card: &ProvenCard,
    enterprise: &Enterprise,
    account: Uuid,
) -> Result<(), Problem> {
    match enterprises::membership(connection, account).await? {
        Some(member) if member.enterprise == enterprise.id => {}
        Some(_) => return Err(Problem::new(&catalogue::CARD_ENTERPRISE_MISMATCH).about(Some(account))),
        None => {
            let stands_for_it = card.class() == CardClass::LegalPerson;
            members::join_by_card(context, connection, enterprise, account, stands_for_it).await?;
        }
    }
    Ok(())
}

async fn registered(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    card: &ProvenCard,
) -> Result<Option<Person>, Problem> {
    let index = id_number_index(context.keys, card.document());
    // A registration that was begun with this id number and not finished gives way to who holds the card; not one that staff locked.
    connection
        .execute(
            &sql!("DELETE FROM accounts WHERE id_number_index = $1 AND state = 'pending' AND locked_at IS NULL"),
            &[index.into()],
        )
        .await?;
    let rows = connection
        .query(
            &sql!(
                held: "SELECT id, username, name, staff, password_change_required, state, locked_at
                       FROM accounts WHERE id_number_index = $1"
            ),
            &[index.into()],
        )
        .await?;
    rows.first().map(admitted).transpose()
}

/// The person of a row, unless staff have locked the account.
fn admitted(row: &Row) -> Result<Person, Problem> {
    let account: Uuid = row.get(0)?;
    if row.get::<Option<Timestamp>>(6)?.is_some() {
        return Err(Problem::new(&catalogue::ACCOUNT_LOCKED).about(Some(account)));
    }
    Ok(Person {
        account,
        username: row.get(1)?,
        name: row.get(2)?,
        staff: row.get(3)?,
        password_change_required: row.get(4)?,
        inactive: row.get::<String>(5)? == "inactive",
    })
}

/// J5: an account that only its card opens.
async fn make(context: &Context<'_>, connection: &mut dyn Connection, card: &ProvenCard) -> Result<Person, Problem> {
    let name =
        PersonName::parse(card.holder_name()).map_err(|_| Problem::new(&catalogue::CARD_CERTIFICATE_INCOMPLETE))?;
    let account = new_id(context.now, context.entropy);
    let document = card.document();
    let number = protect(context.keys, context.entropy, Field::IdNumber, account, document.number())?;
    let made = connection
        .query(
            &sql!(
                "INSERT INTO accounts (id, name, id_type, id_number_enc, id_number_index, state, staff, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $5, 'inactive', FALSE, $6, $6) ON CONFLICT DO NOTHING RETURNING id"
            ),
            &[
                account.into(),
                name.as_str().into(),
                document.id_type().as_str().into(),
                number.into(),
                id_number_index(context.keys, document).into(),
                context.now.into(),
            ],
        )
        .await?;
    if made.is_empty() {
        // Another request has made it since we looked, and has committed it: ours waited for that.
        let person = registered(context, connection, card).await?;
        return person.ok_or_else(|| Problem::new(&catalogue::SERVICE_INTERNAL));
    }
    let after = serde_json::json!({ "state": "inactive", "id_type": document.id_type().as_str(), "id_number": document.masked() });
    audit::later(context, Event::account("account.created", account).by(account).change(None, Some(after)));
    Ok(Person {
        account,
        username: None,
        name: name.as_str().to_owned(),
        staff: false,
        password_change_required: false,
        inactive: true,
    })
}
