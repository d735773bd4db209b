//! Who is asking: decided from the database at every request, never from a token's claims alone.

use eport_schema::catalogue;
use http::{HeaderMap, header};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::context::Context;
use crate::enterprises::{Membership, Role};
use crate::problem::Problem;
use crate::sql;
use crate::sql::{Row, Statement, query};
use crate::token::Unverified;

/// A person with a session that is good at this moment.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The account.
    pub account_id: Uuid,
    /// The session.
    pub session_id: Uuid,
    /// Whether the account is one of the platform's staff.
    pub staff: bool,
    /// Whether an initial password waits to be changed.
    pub password_change_required: bool,
    /// How the session was opened: `password`, `sms` or `card`.
    pub method: String,
    /// RFC 8176 values, space-separated.
    pub amr: String,
    /// `legal_person` or `operator` in a card session.
    pub card_class: Option<String>,
    /// The card that opened the session.
    pub card_id: Option<Uuid>,
    /// When the person last proved who they are.
    pub authenticated_at: Timestamp,
    /// Their place in an enterprise.
    pub membership: Option<Membership>,
}

impl Caller {
    /// The enterprise that the caller is an active member of.
    pub fn member(&self) -> Result<Uuid, Problem> {
        match &self.membership {
            None => Err(Problem::new(&catalogue::ENTERPRISE_REQUIRED)),
            Some(membership) if membership.suspended => Err(Problem::new(&catalogue::MEMBERSHIP_SUSPENDED)),
            Some(membership) => Ok(membership.enterprise),
        }
    }

    /// The enterprise that the caller is the administrator of.
    pub fn administrator(&self) -> Result<Uuid, Problem> {
        let enterprise = self.member()?;
        match &self.membership {
            Some(Membership { role: Role::Admin, .. }) => Ok(enterprise),
            _ => Err(Problem::new(&catalogue::PERMISSION_DENIED)),
        }
    }
}

/// Seconds between two notes of when a session was last seen: one write a minute, not one a request.
const SEEN_SECONDS: i64 = 60;

/// What a session's row says of the token that names it. The numbers are those of [`session_columns`](crate::session_columns).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// The session is another account's.
    AnothersAccount,
    /// Ended, expired, idle for too long, or the account is locked by staff.
    Ended,
    /// Good, but an initial password waits to be changed.
    InitialPassword,
    /// Good.
    Good,
}

impl Standing {
    fn read(number: i64) -> Result<Self, Problem> {
        match number {
            0 => Ok(Self::AnothersAccount),
            1 => Ok(Self::Ended),
            2 => Ok(Self::InitialPassword),
            3 => Ok(Self::Good),
            _ => Err(Problem::new(&catalogue::SERVICE_INTERNAL)),
        }
    }
}

/// The three columns that a query must begin with that recognises a caller: hash of the newest access token, when the session was last seen,
/// how it stands. The query names `sessions` s and `accounts` a; `$1` is the session, `$2` the account that the token names, `$3` now, `$4` the moment
/// after which a session must have been seen. What follows them is the route's own, so that it needs no query besides.
#[macro_export]
macro_rules! session_columns {
    () => {
        "s.access_hash AS h, s.last_seen_at AS t,
         CASE WHEN s.account_id <> $2 THEN 0
              WHEN s.ended_at IS NOT NULL OR a.locked_at IS NOT NULL OR s.expires_at <= $3 OR s.last_seen_at <= $4 THEN 1
              WHEN a.password_change_required THEN 2
              ELSE 3 END AS l"
    };
}

/// Where the columns of a route's own begin.
pub const OWN_COLUMNS: usize = 3;

/// A session that is good at this moment, with what the query read beside it.
#[derive(Debug)]
pub struct Session {
    /// The account.
    pub account_id: Uuid,
    /// The session.
    pub session_id: Uuid,
    /// The row: columns from [`OWN_COLUMNS`] on are the route's own.
    pub row: Row,
}

const CALLER: Statement = sql!(concat!(
    "SELECT ",
    crate::session_columns!(),
    ", a.staff, s.method, s.amr, s.card_class, s.card_id, s.authenticated_at, m.enterprise_id, m.role, m.state
     FROM sessions s JOIN accounts a ON a.id = s.account_id LEFT JOIN memberships m ON m.account_id = s.account_id
     WHERE s.id = $1"
));

/// The caller of a request, from its `Authorization: Bearer` token and the session's row.
pub async fn recognise(context: &Context<'_>, headers: &HeaderMap) -> Result<Caller, Problem> {
    let (Session { account_id, session_id, row }, standing) = session(context, headers, &CALLER).await?;
    Ok(Caller {
        account_id,
        session_id,
        staff: row.get(3)?,
        password_change_required: standing == Standing::InitialPassword,
        method: row.get(4)?,
        amr: row.get(5)?,
        card_class: row.get(6)?,
        card_id: row.get(7)?,
        authenticated_at: row.get(8)?,
        membership: Membership::read(&row, 9)?,
    })
}

/// The session of a request by a route's own query, which begins with [`session_columns`](crate::session_columns): for a route that is asked all
/// the time. Whoever still has an initial password is refused.
pub async fn recognise_by(
    context: &Context<'_>,
    headers: &HeaderMap,
    statement: &Statement,
) -> Result<Session, Problem> {
    match session(context, headers, statement).await? {
        (_, Standing::InitialPassword) => Err(Problem::new(&catalogue::PASSWORD_CHANGE_REQUIRED)),
        (session, _) => Ok(session),
    }
}

async fn session(
    context: &Context<'_>,
    headers: &HeaderMap,
    statement: &Statement,
) -> Result<(Session, Standing), Problem> {
    let token = bearer(headers)?;
    let invalid = || Problem::new(&catalogue::SESSION_TOKEN_INVALID);
    let unverified = Unverified::parse(token).map_err(|_| invalid().untraced())?;
    let (session_id, account_id) = (unverified.session(), unverified.account());
    let seen_after = context.now.plus_seconds(-context.settings.session_idle_seconds);

    let rows = query(
        context.database,
        statement,
        &[session_id.into(), account_id.into(), context.now.into(), seen_after.into()],
    )
    .await?;
    let row = rows.into_iter().next();

    // Whether the token is ours is settled before anything is said about the session that it names.
    let kept = row.as_ref().map_or(Ok(&[] as &[u8]), |row| row.bytes(0))?;
    let claims = match unverified.vouched(token, kept) {
        Ok(claims) => claims,
        Err(unverified) => unverified.verified(token, &context.keys.verifying).map_err(|_| {
            // What names a session that never was is nobody's to hear of.
            if row.is_some() { invalid() } else { invalid().untraced() }
        })?,
    };
    let ended = || Problem::new(&catalogue::SESSION_ENDED);
    let row = row.ok_or_else(ended)?;
    let standing = Standing::read(row.get(2)?)?;
    if standing == Standing::AnothersAccount {
        return Err(invalid());
    }
    if context.now.seconds() >= claims.exp {
        return Err(Problem::new(&catalogue::SESSION_TOKEN_EXPIRED));
    }
    if standing == Standing::Ended {
        return Err(ended());
    }
    let last_seen: Timestamp = row.get(1)?;
    if last_seen.plus_seconds(SEEN_SECONDS) <= context.now {
        query(
            context.database,
            &sql!("UPDATE sessions SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2"),
            &[session_id.into(), context.now.into()],
        )
        .await?;
    }
    Ok((Session { account_id, session_id, row }, standing))
}

fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let required = || Problem::new(&catalogue::SESSION_REQUIRED);
    let value = headers.get(header::AUTHORIZATION).ok_or_else(required)?;
    let (scheme, token) = value.to_str().ok().and_then(|value| value.split_once(' ')).ok_or_else(required)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(required());
    }
    Ok(token.trim())
}

impl Context<'_> {
    /// The session of a route with a query of its own for it; the router has seen to it that it is good. Can be taken once.
    pub fn session(&self) -> Result<Session, Problem> {
        self.session.take().ok_or_else(|| Problem::new(&catalogue::SESSION_REQUIRED))
    }

    /// The caller of a route that isn't public; the router has seen to it that there is one.
    pub fn caller(&self) -> Result<Caller, Problem> {
        self.recognised.borrow().clone().ok_or_else(|| Problem::new(&catalogue::SESSION_REQUIRED))
    }
}
