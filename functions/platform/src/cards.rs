//! J18: a card that a person can't bind, tied to their account by staff, and untied.
//!
//! The certificate is public and nobody signs: what stands for the card being there is the staff's word, which the audit keeps with its
//! reason. All that J10 asks of certificate, holder and enterprise is asked here too. An enterprise and its administrator aren't verified by
//! it: that takes the card's signature (J10, J11), or a decision of its own.

use eport_card::{CardClass, CardNumber};
use eport_schema::catalogue;
use eport_schema::domain::Reason;
use eport_schema::wire::{StaffCardBinding, StaffDecision};
use eport_shared::accounts::hold;
use eport_shared::audit::{self, Event};
use eport_shared::cards::binding::{self, BoundBy};
use eport_shared::cards::proof::{self, CardCertificate, LONGEST_CERTIFICATE, decode_field};
use eport_shared::context::Context;
use eport_shared::enterprises;
use eport_shared::http::{Request, Response, json, no_content};
use eport_shared::members;
use eport_shared::platform::Connection;
use eport_shared::problem::{Fields, Problem};
use eport_shared::sql;
use eport_shared::sql::transaction;
use http::StatusCode;
use serde_json::json as object;
use uuid::Uuid;

/// `GET /v1/platform/accounts/{id}/card`.
pub async fn get(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let account = request.id("id")?;
    let mut connection = context.database.connect().await?;
    let known = connection.query(&sql!("SELECT id FROM accounts WHERE id = $1"), &[account.into()]).await?;
    if known.is_empty() {
        return Err(Problem::new(&catalogue::RESOURCE_NOT_FOUND));
    }
    Ok(json(StatusCode::OK, &binding::card_of(connection.as_mut(), account).await?))
}

/// `POST /v1/platform/accounts/{id}/card`. A card that was tied to the account before is untied.
pub async fn bind(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let account = request.id("id")?;
    let body: StaffCardBinding = request.json()?;
    let mut fields = Fields::new();
    let number = CardNumber::parse(&body.card_number)
        .map_err(|_| fields.refuse("card_number", &catalogue::CARD_NUMBER_FORMAT))
        .ok();
    let class = CardClass::parse(&body.card_class);
    if class.is_none() {
        fields.refuse("card_class", &catalogue::CARD_CLASS_UNKNOWN);
    }
    let certificate = decode_field(&mut fields, "certificate", &body.certificate, LONGEST_CERTIFICATE);
    let reason = fields.check("reason", Reason::parse(&body.reason));
    let ((number, class), (certificate, reason)) = fields.finish(number.zip(class).zip(certificate.zip(reason)))?;

    let card = proof::inspect(context, &certificate).await?;
    if *card.number() != number {
        return Err(Problem::new(&catalogue::CARD_NUMBER_MISMATCH));
    }
    if card.class() != class {
        return Err(Problem::new(&catalogue::CARD_CLASS_MISMATCH));
    }
    let bound = transaction(context.database, async |connection| {
        tie(context, connection, account, &card).await?;
        let after = object!({ "card_number": number.as_str(), "class": class.as_str(), "reason": reason.as_str() });
        let event = Event::account("card.bound_by_staff", account).change(None, Some(after));
        audit::record(context, connection, event).await?;
        binding::card_of(connection, account).await
    })
    .await?;
    Ok(json(StatusCode::CREATED, &bound))
}

async fn tie(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
    card: &CardCertificate,
) -> Result<(), Problem> {
    let rows =
        connection.query(&sql!("SELECT staff, id_number_index FROM accounts WHERE id = $1"), &[account.into()]).await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
    if row.get::<bool>(0)? {
        return Err(Problem::new(&catalogue::STAFF_TARGET).about(Some(account)));
    }
    if !card.is_of(context.keys, row.get(1)?) {
        return Err(Problem::new(&catalogue::CARD_HOLDER_MISMATCH).about(Some(account)));
    }
    let enterprise = enterprises::of_card(context, connection, card.enterprise()).await?;
    hold(connection, account).await?;
    match enterprises::membership(connection, account).await? {
        Some(member) if member.enterprise == enterprise.id => {}
        Some(_) => return Err(Problem::new(&catalogue::CARD_ENTERPRISE_MISMATCH).about(Some(account))),
        // A login with the card would bring them in as well (J11).
        None => {
            // Nobody signed: a legal-person card outranks nobody here.
            members::join_by_card(context, connection, &enterprise, account, false).await?;
        }
    }
    let to_bind = card.to_bind(enterprise.id);
    let id = binding::bind(context, connection, account, to_bind, BoundBy::Staff).await?;
    binding::remind(context, connection, account, id, to_bind).await
}

/// `POST /v1/platform/accounts/{id}/card/unbind`: the sessions that the card opened end. An account that isn't activated keeps its only way
/// in; where its card is lost, lock the account, or have the person log in with the new card, which takes the old one's place.
pub async fn unbind(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let account = request.id("id")?;
    let body: StaffDecision = request.json()?;
    let mut fields = Fields::new();
    let reason = fields.check("reason", Reason::parse(&body.reason));
    let reason = fields.finish(reason)?;
    transaction(context.database, async |connection| {
        let rows =
            connection.query(&sql!(held: "SELECT state, staff FROM accounts WHERE id = $1"), &[account.into()]).await?;
        let row = rows.first().ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
        if row.get::<bool>(1)? {
            return Err(Problem::new(&catalogue::STAFF_TARGET).about(Some(account)));
        }
        if row.get::<String>(0)? == "inactive" {
            return Err(Problem::new(&catalogue::CARD_LAST_CREDENTIAL).about(Some(account)));
        }
        if !binding::unbind(context, connection, account, "by_staff").await? {
            return Err(Problem::new(&catalogue::CARD_NOT_BOUND).about(Some(account)));
        }
        let after = object!({ "reason": reason.as_str() });
        let event = Event::account("card.unbound_by_staff", account).change(None, Some(after));
        audit::record(context, connection, event).await?;
        Ok::<(), Problem>(())
    })
    .await?;
    Ok(no_content())
}
