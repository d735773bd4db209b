//! J10: `GET /v1/me/card`, `DELETE /v1/me/card`.

use eport_schema::catalogue;
use eport_schema::wire::Card;
use eport_shared::audit;
use eport_shared::cards::binding;
use eport_shared::context::Context;
use eport_shared::http::{Response, json, no_content};
use eport_shared::problem::Problem;
use eport_shared::sql;
use eport_shared::sql::transaction;
use http::StatusCode;
use uuid::Uuid;

/// The card that is tied to the caller's account.
pub async fn get(context: &Context<'_>) -> Result<Response, Problem> {
    Ok(json(StatusCode::OK, &read(context, context.caller()?.account_id).await?))
}

pub(crate) async fn read(context: &Context<'_>, account: Uuid) -> Result<Card, Problem> {
    binding::card_of(context.database.connect().await?.as_mut(), account).await
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
