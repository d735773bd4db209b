//! J10: `POST /v1/me/card`. Own card only.

use eport_card::{CardClass, CardNumber, Purpose};
use eport_schema::catalogue;
use eport_schema::wire::CardBinding;
use eport_shared::accounts::hold;
use eport_shared::audit;
use eport_shared::cards::binding::{self, BoundBy};
use eport_shared::cards::proof::{self, ProvenCard, Sent};
use eport_shared::context::Context;
use eport_shared::enterprises;
use eport_shared::http::{Request, Response, json};
use eport_shared::members;
use eport_shared::platform::Connection;
use eport_shared::problem::Problem;
use eport_shared::sql;
use eport_shared::sql::transaction;
use http::StatusCode;
use uuid::Uuid;

use crate::mine;

/// Ties the card that is here to the caller's account. A card that was tied to it before is untied.
pub async fn bind(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let account = context.caller()?.account_id;
    let body: CardBinding = request.json()?;
    let number = CardNumber::parse(&body.card_number)
        .map_err(|_| Problem::field("card_number", &catalogue::CARD_NUMBER_FORMAT))?;
    let sent = Sent {
        challenge_id: &body.challenge_id,
        certificate: &body.certificate,
        signature: &body.signature,
        algorithm: &body.algorithm,
    };
    let card = proof::prove(context, sent, &Purpose::Bind(number.clone()), Some(account)).await?;
    if *card.number() != number {
        return Err(Problem::new(&catalogue::CARD_NUMBER_MISMATCH));
    }
    transaction(context.database, async |connection| tie(context, connection, account, &card).await).await?;
    Ok(json(StatusCode::CREATED, &mine::read(context, account).await?))
}

async fn tie(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
    card: &ProvenCard,
) -> Result<(), Problem> {
    is_its_person(context, connection, account, card).await?;
    let enterprise = enterprises::of_card(context, connection, card.enterprise()).await?;
    // In the order in which a login with the card takes them: who waits for each other here never waits in a circle.
    hold(connection, account).await?;
    let stands_for_it = card.class() == CardClass::LegalPerson;
    let joined = match enterprises::membership(connection, account).await? {
        Some(member) if member.enterprise == enterprise.id => true,
        Some(_) => return Err(Problem::new(&catalogue::CARD_ENTERPRISE_MISMATCH)),
        // A login with the card would bring them in as well (J11).
        None => members::join_by_card(context, connection, &enterprise, account, stands_for_it).await?,
    };
    let to_bind = card.to_bind(enterprise.id);
    let id = binding::bind(context, connection, account, to_bind, BoundBy::Person).await?;
    if joined && stands_for_it {
        enterprises::verify_by_card(context, connection, &enterprise, account, card.enterprise()).await?;
    }
    binding::remind(context, connection, account, id, to_bind).await?;
    audit::flush(context, connection).await?;
    Ok(())
}

/// The certificate's holder is the account's person: the same document, whatever the names say.
async fn is_its_person(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
    card: &ProvenCard,
) -> Result<(), Problem> {
    let rows = connection.query(&sql!("SELECT id_number_index FROM accounts WHERE id = $1"), &[account.into()]).await?;
    let index = rows.first().map_or(Ok(None), |row| row.get(0))?;
    if card.is_of(context.keys, index) { Ok(()) } else { Err(Problem::new(&catalogue::CARD_HOLDER_MISMATCH)) }
}
