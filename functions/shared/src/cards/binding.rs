//! Which card is whose (J10): tied, replaced, untied.

use eport_card::{CardClass, CardNumber};
use eport_schema::catalogue;
use eport_schema::domain::mask;
use eport_schema::wire::Card;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::accounts::{Field, reveal};
use crate::audit::{self, Event};
use crate::clock::Timestamp;
use crate::context::Context;
use crate::inbox::{self, Kind};
use crate::platform::{Connection, DatabaseError, new_id};
use crate::problem::Problem;
use crate::reminders;
use crate::sql;

/// What tied a card to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoundBy {
    /// A login with it.
    Login,
    /// Its person.
    Person,
    /// Staff, by the certificate alone.
    Staff,
}

impl BoundBy {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Person => "person",
            Self::Staff => "staff",
        }
    }
}

/// A card as it is to be kept.
#[derive(Debug, Clone, Copy)]
pub struct ToBind<'a> {
    /// Its number.
    pub number: &'a CardNumber,
    /// Its class.
    pub class: CardClass,
    /// The enterprise that it is of.
    pub enterprise: Uuid,
    /// SHA-256 of its certificate.
    pub fingerprint: [u8; 32],
    /// From when its certificate is valid, and until when.
    pub validity: (Timestamp, Timestamp),
}

/// The account that a card is tied to, and the card's row.
pub async fn owner(
    connection: &mut dyn Connection,
    number: &CardNumber,
) -> Result<Option<(Uuid, Uuid)>, DatabaseError> {
    let rows = connection
        .query(
            &sql!("SELECT id, account_id FROM cards WHERE card_number = $1 AND unbound_at IS NULL"),
            &[number.as_str().into()],
        )
        .await?;
    rows.first().map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// The card that is tied to an account.
pub async fn card_of(connection: &mut dyn Connection, account: Uuid) -> Result<Card, Problem> {
    let rows = connection
        .query(
            &sql!(
                "SELECT c.card_number, c.class, e.name, c.not_before, c.not_after, c.bound_at, c.last_used_at
                 FROM cards c JOIN enterprises e ON e.id = c.enterprise_id WHERE c.account_id = $1 AND c.unbound_at IS NULL"
            ),
            &[account.into()],
        )
        .await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::CARD_NOT_BOUND))?;
    Ok(Card {
        card_number: row.get(0)?,
        card_class: row.get(1)?,
        enterprise_name: row.get(2)?,
        not_before: row.get(3)?,
        not_after: row.get(4)?,
        bound_at: row.get(5)?,
        last_used_at: row.get(6)?,
    })
}

/// Ties a card to an account and returns its row. One that was tied to the account before is untied, and its sessions end; a card that is
/// tied to somebody else is refused. The person is told; audited with what ends the transaction.
pub async fn bind(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
    card: ToBind<'_>,
    by: BoundBy,
) -> Result<Uuid, Problem> {
    match owner(connection, card.number).await? {
        Some((_, other)) if other != account => {
            return Err(Problem::new(&catalogue::CARD_ALREADY_BOUND).about(Some(account)));
        }
        Some((id, _)) => {
            seen(context, connection, id, card).await?;
            return Ok(id);
        }
        None => {}
    }
    unbind(context, connection, account, "replaced").await?;
    let told = told(context, connection, account, card, by).await?;
    let id = new_id(context.now, context.entropy);
    let made = connection
        .query(
            &sql!(
                "INSERT INTO cards (id, account_id, enterprise_id, card_number, class, certificate_sha256, not_before, not_after, origin, bound_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING id"
            ),
            &[
                id.into(),
                account.into(),
                card.enterprise.into(),
                card.number.as_str().into(),
                card.class.as_str().into(),
                card.fingerprint.into(),
                card.validity.0.into(),
                card.validity.1.into(),
                by.as_str().into(),
                context.now.into(),
            ],
        )
        .await?;
    if made.is_empty() {
        // Somebody else tied it, or another one to this account, since we looked.
        return Err(Problem::new(&catalogue::CARD_ALREADY_BOUND).about(Some(account)));
    }
    inbox::put(context, connection, account, Kind::CardBound, &told).await?;
    let after =
        json!({ "card": id, "card_number": card.number.as_str(), "class": card.class.as_str(), "by": by.as_str() });
    let mut event =
        Event::account("card.bound", account).of_enterprise(Some(card.enterprise)).change(None, Some(after));
    if by == BoundBy::Login {
        event = event.by(account);
    }
    audit::later(context, event);
    Ok(id)
}

/// What the person is told of a card that is about to be tied. Registration checks an id number's form, not whose it is: where a login finds an
/// account that no card has proven yet, the holder learns which phone it was registered with, and what to do where that isn't theirs.
async fn told(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
    card: ToBind<'_>,
    by: BoundBy,
) -> Result<Json, Problem> {
    let number = card.number.as_str();
    if by != BoundBy::Login {
        return Ok(json!({ "card_number": number }));
    }
    let rows = connection
        .query(
            &sql!(
                "SELECT phone_enc FROM accounts
                 WHERE id = $1 AND state = 'active' AND NOT EXISTS (SELECT 1 FROM cards c WHERE c.account_id = accounts.id)"
            ),
            &[account.into()],
        )
        .await?;
    let kept = rows.first().map(|row| row.get::<Option<Vec<u8>>>(0)).transpose()?.flatten();
    let phone = reveal(context.keys, Field::Phone, account, kept.as_deref())?.map(|phone| mask::phone(&phone));
    Ok(match phone {
        Some(phone) => json!({ "card_number": number, "registered_with": phone }),
        None => json!({ "card_number": number }),
    })
}

/// Notes the certificate that a card was seen with: it may have been renewed on the same card.
pub async fn seen(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    id: Uuid,
    card: ToBind<'_>,
) -> Result<(), Problem> {
    connection
        .execute(
            &sql!(
                "UPDATE cards SET class = $2, enterprise_id = $3, certificate_sha256 = $4, not_before = $5, not_after = $6, last_used_at = $7
                 WHERE id = $1"
            ),
            &[
                id.into(),
                card.class.as_str().into(),
                card.enterprise.into(),
                card.fingerprint.into(),
                card.validity.0.into(),
                card.validity.1.into(),
                context.now.into(),
            ],
        )
        .await?;
    Ok(())
}

/// Unties the account's card, if it has one: the sessions that it opened end in the same transaction, and the person is told.
/// Returns whether there was one. Audited with what ends the transaction.
pub async fn unbind(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
    reason: &str,
) -> Result<bool, Problem> {
    let rows = connection
        .query(
            &sql!(
                "UPDATE cards SET unbound_at = $2, unbind_reason = $3 WHERE account_id = $1 AND unbound_at IS NULL
                 RETURNING id, card_number, enterprise_id"
            ),
            &[account.into(), context.now.into(), reason.into()],
        )
        .await?;
    let Some(row) = rows.first() else {
        return Ok(false);
    };
    let (id, number): (Uuid, String) = (row.get(0)?, row.get(1)?);
    let ended = connection
        .execute(
            &sql!(
                "UPDATE sessions SET ended_at = $2, end_reason = 'card_unbound' WHERE card_id = $1 AND ended_at IS NULL"
            ),
            &[id.into(), context.now.into()],
        )
        .await?;
    inbox::put(context, connection, account, Kind::CardUnbound, &json!({ "card_number": number })).await?;
    let event = Event::account("card.unbound", account).of_enterprise(row.get(2)?).change(
        Some(json!({ "card": id, "card_number": number })),
        Some(json!({ "reason": reason, "sessions_ended": ended })),
    );
    audit::later(context, event);
    Ok(true)
}

/// Tells the person that the certificate ends within the days that the settings say: once for each certificate.
pub async fn remind(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
    id: Uuid,
    card: ToBind<'_>,
) -> Result<(), Problem> {
    let ends = card.validity.1;
    let days = context.settings.card_expiry_days.min(100_000);
    if context.now.plus_seconds(days.saturating_mul(24 * 3600)) < ends {
        return Ok(());
    }
    let first = connection
        .query(
            &sql!(
                "UPDATE cards SET reminded_sha256 = $2 WHERE id = $1 AND (reminded_sha256 IS NULL OR reminded_sha256 <> $2) RETURNING id"
            ),
            &[id.into(), card.fingerprint.into()],
        )
        .await?;
    if !first.is_empty() {
        let data = json!({ "card_number": card.number.as_str(), "not_after": ends.date_in_china().to_text() });
        reminders::at_login(context, connection, account, id, ends, data).await?;
    }
    Ok(())
}
