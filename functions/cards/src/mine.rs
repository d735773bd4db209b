//! J10: `GET /v1/me/card`, `DELETE /v1/me/card`.

use eport_schema::catalogue;
use eport_schema::wire::Card;
use eport_shared::audit;
use eport_shared::cards::binding;
use eport_shared::context::Context;
use eport_shared::http::{Response, json, no_content};
use eport_shared::problem::Problem;
use eport_shared::sql;
use eport_shared::sql::{query, transaction};
use http::StatusCode;
use uuid::Uuid;

/// The card that is tied to the caller's account.
pub async fn get(context: &Context<'_>) -> Result<Response, Problem> {
    Ok(json(StatusCode::OK, &read(context, context.caller()?.account_id).await?))
}

pub(crate) async fn read(context: &Context<'_>, account: Uuid) -> Result<Card, Problem> {
    let rows = query(
        context.database,
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

/// Unties it. The sessions that it opened end, this one among them if it is one; an account that has no password keeps its only way in.
pub async fn unbind(context: &Context<'_>) -> Result<Response, Problem> {
    let account = context.caller()?.account_id;
    transaction(context.database, async |connection| {
        let rows = connection.query(&sql!(held: "SELECT state FROM accounts WHERE id = $1"), &[account.into()]).await?;
        if rows.first().map(|row| row.get::<String>(0)).transpose()?.as_deref() == Some("inactive") {
            return Err(Problem::new(&catalogue::CARD_LAST_CREDENTIAL));
        }
        if !binding::unbind(context, connection, account, "by_person").await? {
            return Err(Problem::new(&catalogue::CARD_NOT_BOUND));
        }
        audit::flush(context, connection).await?;
        Ok(())
    })
    .await?;
    Ok(no_content())
}
