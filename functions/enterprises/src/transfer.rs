//! J12: `POST /v1/enterprise/admin-transfer`: the administrator and an operator change places. That it is the administrator who asks, now, is
//! shown by a login of a few minutes ago at the most, or by their own card's signature on a challenge for this purpose.

use eport_card::Purpose;
use eport_schema::catalogue::{self, Invalid};
use eport_schema::clock::Timestamp;
use eport_schema::wire::AdminTransferRequest;
use eport_shared::accounts;
use eport_shared::audit::{self, Event};
use eport_shared::cards::binding;
use eport_shared::cards::proof::{self, ProvenCard, Sent};
use eport_shared::context::Context;
use eport_shared::enterprises::{self, Enterprise, Role};
use eport_shared::http::{Request, Response};
use eport_shared::inbox::{self, Kind};
use eport_shared::members;
use eport_shared::platform::Connection;
use eport_shared::problem::{Fields, Problem};
use eport_shared::sql;
use eport_shared::sql::transaction;
use serde_json::json;
use uuid::Uuid;

use crate::enterprise;

/// One transaction swaps the two roles. Whoever looks sees the old administrator or the new one: never two, never none.
///
/// Each of the two has the new role from the next request on, and in the tokens of the next refresh.
pub async fn transfer(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let caller = context.caller()?;
    let enterprise = caller.administrator()?;
    let body: AdminTransferRequest = request.json()?;
    let mut fields = Fields::new();
    let id = Uuid::try_parse(&body.account_id).map_err(|_| Invalid(&catalogue::ID_FORMAT));
    let id = fields.check("account_id", id);
    let successor = fields.finish(id)?;
    // A page that somebody left open must not be enough to give an enterprise away.
    let card = match sent(&body)? {
        Some(sent) => Some(proof::prove(context, sent, &Purpose::AdminTransfer, Some(caller.account_id)).await?),
        None if caller.authenticated_at.plus_seconds(context.settings.fresh_login_seconds) < context.now => {
            return Err(Problem::new(&catalogue::SESSION_FRESH_LOGIN_REQUIRED));
        }
        None => None,
    };
    transaction(context.database, async |connection| {
        let enterprise = members::administered(context, connection).await?;
        if let Some(card) = &card {
            is_their_card(context, connection, &enterprise, caller.account_id, card).await?;
        }
        swap(context, connection, &enterprise, caller.account_id, successor, card.is_some()).await
    })
    .await?;
    enterprise::answer(context, enterprise, Role::Operator).await
}

/// What the administrator's card signed, where it did: all of it must be there, or nothing.
fn sent(body: &AdminTransferRequest) -> Result<Option<Sent<'_>>, Problem> {
    let parts = [
        ("challenge_id", body.challenge_id.as_deref()),
        ("certificate", body.certificate.as_deref()),
        ("signature", body.signature.as_deref()),
        ("algorithm", body.algorithm.as_deref()),
    ];
    match parts.map(|(_, part)| part) {
        [Some(challenge_id), Some(certificate), Some(signature), Some(algorithm)] => {
            Ok(Some(Sent { challenge_id, certificate, signature, algorithm }))
        }
        [None, None, None, None] => Ok(None),
        _ => {
            let mut fields = Fields::new();
            for (name, _) in parts.iter().filter(|(_, part)| part.is_none()) {
                fields.refuse(name, &catalogue::REQUEST_MISSING_FIELD);
            }
            fields.finish(None)
        }
    }
}

/// The card that signed is the caller's: of their person, of the enterprise that is handed over, and bound to their account at this moment.
async fn is_their_card(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: &Enterprise,
    account: Uuid,
    card: &ProvenCard,
) -> Result<(), Problem> {
    // Held by whoever unbinds the card: what is read here is true to the end.
    accounts::hold(connection, account).await?;
    let rows = connection.query(&sql!("SELECT id_number_index FROM accounts WHERE id = $1"), &[account.into()]).await?;
    if !card.is_of(context.keys, rows.first().map_or(Ok(None), |row| row.get(0))?) {
        return Err(Problem::new(&catalogue::CARD_HOLDER_MISMATCH));
    }
    let rows = connection
        .query(&sql!("SELECT organisation_code FROM enterprises WHERE id = $1"), &[enterprise.id.into()])
        .await?;
    let code = rows.first().map(|row| row.get::<String>(0)).transpose()?;
    if code.as_deref() != Some(card.enterprise().organisation_code) {
        return Err(Problem::new(&catalogue::CARD_ENTERPRISE_MISMATCH));
    }
    match binding::owner(connection, card.number()).await? {
        Some((_, owner)) if owner == account => Ok(()),
        _ => Err(Problem::new(&catalogue::CARD_NOT_BOUND)),
    }
}

async fn swap(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    enterprise: &Enterprise,
    old: Uuid,
    new: Uuid,
    by_card: bool,
) -> Result<(), Problem> {
    let new_name = successor(connection, enterprise, new).await?;
    let verified = enterprises::administrator(connection, enterprise.id).await?.is_some_and(|(_, verified)| verified);
    let rows = connection.query(&sql!("SELECT name FROM accounts WHERE id = $1"), &[old.into()]).await?;
    let old_name = rows.first().map(|row| row.get::<String>(0)).transpose()?;

    members::step_down(context, connection, old).await?;
    // Who was vouched for vouches for the next one. A claim that nobody has verified stays one: it must not become more by being handed on.
    connection
        .execute(
            &sql!(
                "UPDATE memberships SET role = 'admin', verified_by = $4, verified_at = $5, updated_at = $3, version = version + 1
                 WHERE account_id = $1 AND enterprise_id = $2"
            ),
            &[
                new.into(),
                enterprise.id.into(),
                context.now.into(),
                verified.then_some("transfer").into(),
                verified.then_some(context.now).into(),
            ],
        )
        .await?;
    enterprises::administrator_changed(context, connection, enterprise.id).await?;
    let told = |person: Option<&str>| json!({ "enterprise": enterprise.name, "person": person });
    inbox::put(context, connection, old, Kind::AdministratorHandedOver, &told(Some(&new_name))).await?;
    inbox::put(context, connection, new, Kind::AdministratorByTransfer, &told(old_name.as_deref())).await?;
    let event = Event {
        action: "enterprise.administrator".to_owned(),
        target: Some(("enterprise", enterprise.id.to_string())),
        enterprise: Some(enterprise.id),
        ..Event::default()
    };
    let before = json!({ "administrator": old, "verified": verified });
    let after = json!({ "administrator": new, "verified": verified, "by": "transfer", "proof": if by_card { "card" } else { "login" } });
    Ok(audit::record(context, connection, event.change(Some(before), Some(after))).await?)
}

/// The name of who takes over: an operator of this enterprise who can act for it.
async fn successor(connection: &mut dyn Connection, enterprise: &Enterprise, account: Uuid) -> Result<String, Problem> {
    accounts::hold(connection, account).await?;
    let rows = connection
        .query(
            &sql!(
                "SELECT a.name, m.state, a.locked_at FROM memberships m JOIN accounts a ON a.id = m.account_id
                 WHERE m.account_id = $1 AND m.enterprise_id = $2 AND m.role = 'operator'"
            ),
            &[account.into(), enterprise.id.into()],
        )
        .await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
    if row.get::<String>(1)? != "active" || row.get::<Option<Timestamp>>(2)?.is_some() {
        return Err(Problem::new(&catalogue::ADMIN_TRANSFER_TARGET_UNAVAILABLE));
    }
    Ok(row.get(0)?)
}
