//! J2: `POST /v1/sessions/refresh`. A refresh token works once; one that comes a second time ends the session, since one of
//! the two who used it is not its person.

use eport_schema::catalogue;
use eport_schema::clock::Timestamp;
use eport_schema::wire::{RefreshRequest, SessionCreated};
use eport_shared::audit::{self, Event};
use eport_shared::context::Context;
use eport_shared::crypto::{same, sha256};
use eport_shared::enterprises;
use eport_shared::http::{Request, Response};
use eport_shared::platform::Connection;
use eport_shared::problem::Problem;
use eport_shared::sql;
use eport_shared::sql::transaction;
use eport_shared::token::RefreshToken;
use http::StatusCode;
use uuid::Uuid;

use crate::cookie;
use crate::open::{Grant, Person, created};

/// New tokens for an old refresh token.
pub async fn refresh(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let body: RefreshRequest = request.json()?;
    let given = cookie::given(request, body.refresh_token)?;
    let (old, session) = RefreshToken::parse(context.keys, given.expose())
        .ok_or_else(|| Problem::new(&catalogue::SESSION_REFRESH_INVALID))?;
    // The end of a session whose token came twice must outlive the refusal: it is committed, and refused after.
    let outcome =
        transaction(context.database, async |connection| rotate(context, connection, &old, session).await).await?;
    cookie::answer(context, request, StatusCode::OK, outcome?)
}

async fn rotate(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    old: &RefreshToken,
    session: Uuid,
) -> Result<Result<SessionCreated, Problem>, Problem> {
    let rows = connection
        .query(
            // Held: of two that come with one token, and of a refresh and the session's end, one sees what the other did.
            &sql!(
                held: "SELECT s.refresh_hash, s.amr, s.card_class, s.ended_at, s.expires_at, s.last_seen_at,
                              a.id, a.username, a.name, a.staff, a.password_change_required, a.locked_at, a.state
                       FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE s.id = $1",
                of: "s",
            ),
            &[session.into()],
        )
        .await?;
    let ended = || Problem::new(&catalogue::SESSION_ENDED);
    let Some(row) = rows.first() else {
        return Ok(Err(ended()));
    };
    let person = Person {
        account: row.get(6)?,
        username: row.get(7)?,
        name: row.get(8)?,
        staff: row.get(9)?,
        password_change_required: row.get(10)?,
        inactive: row.get::<String>(12)? == "inactive",
    };
    let expires_at: Timestamp = row.get(4)?;
    let idle_at = row.get::<Timestamp>(5)?.plus_seconds(context.settings.session_idle_seconds);
    if row.get::<Option<Timestamp>>(3)?.is_some()
        || row.get::<Option<Timestamp>>(11)?.is_some()
        || context.now >= expires_at
        || context.now >= idle_at
    {
        return Ok(Err(ended().about(Some(person.account))));
    }
    if !same(&row.get::<Vec<u8>>(0)?, &old.hash()) {
        return Ok(Err(reused(context, connection, session, &person).await?));
    }

    let amr: String = row.get(1)?;
    let place = enterprises::claims(connection, person.account).await?;
    let grant = Grant { session, amr: &amr, card_class: row.get(2)?, place, expires_at };
    let (access, expires_in) = grant.access_token(context, &person)?;
    let new = RefreshToken::new(context.keys, context.entropy, session);
    let updated = connection
        .query(
            &sql!(
                "UPDATE sessions SET refresh_hash = $3, access_hash = $4, last_seen_at = $5
                 WHERE id = $1 AND refresh_hash = $2 AND ended_at IS NULL RETURNING id"
            ),
            &[
                session.into(),
                old.hash().into(),
                new.hash().into(),
                sha256(access.as_bytes()).into(),
                context.now.into(),
            ],
        )
        .await?;
    if updated.is_empty() {
        // On PostgreSQL another request with the same token was committed since we looked.
        return Ok(Err(reused(context, connection, session, &person).await?));
    }
    Ok(Ok(created(&person, &access, expires_in, &new)))
}

async fn reused(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    session: Uuid,
    person: &Person,
) -> Result<Problem, Problem> {
    connection
        .execute(
            &sql!(
                "UPDATE sessions SET ended_at = $2, end_reason = 'refresh_reused' WHERE id = $1 AND ended_at IS NULL"
            ),
            &[session.into(), context.now.into()],
        )
        .await?;
    let event = Event {
        action: "session.revoked".to_owned(),
        target: Some(("session", session.to_string())),
        after: Some(serde_json::json!({ "reason": "refresh_reused" })),
        ..Event::default()
    };
    audit::record(context, connection, event).await?;
    Ok(Problem::new(&catalogue::SESSION_REFRESH_REUSED).about(Some(person.account)))
}
