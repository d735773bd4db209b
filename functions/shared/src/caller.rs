//! Who is asking: decided from the database at every request, never from a token's claims alone.

use eport_schema::catalogue;
use http::{HeaderMap, header};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::context::Context;
use crate::enterprises::{Membership, Role};
use crate::problem::Problem;
use crate::sql;
use crate::sql::{Row, query};
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

/// The caller of a request, from its `Authorization: Bearer` token and the session's row.
pub async fn recognise(context: &Context<'_>, headers: &HeaderMap) -> Result<Caller, Problem> {
    let token = bearer(headers)?;
    let invalid = || Problem::new(&catalogue::SESSION_TOKEN_INVALID);
    let unverified = Unverified::parse(token).map_err(|_| invalid().untraced())?;
    let session = unverified.session();

    let rows = query(
        context.database,
        &sql!(
            "SELECT s.account_id, s.access_hash, s.ended_at, s.expires_at, s.last_seen_at, s.authenticated_at,
                    s.method, s.amr, s.card_class, a.staff, a.password_change_required, a.locked_at, s.card_id,
                    m.enterprise_id, m.role, m.state
             FROM sessions s JOIN accounts a ON a.id = s.account_id LEFT JOIN memberships m ON m.account_id = s.account_id
             WHERE s.id = $1"
        ),
        &[session.into()],
    )
    .await?;
    let row = rows.first();

    // Whether the token is ours is settled before anything is said about the session that it names.
    let kept: Vec<u8> = row.map_or(Ok(Vec::new()), |row| row.get(1))?;
    let claims = match unverified.vouched(token, &kept) {
        Ok(claims) => claims,
        Err(unverified) => unverified.verified(token, &context.keys.verifying).map_err(|_| {
            // What names a session that never was is nobody's to hear of.
            if row.is_some() { invalid() } else { invalid().untraced() }
        })?,
    };
    let ended = || Problem::new(&catalogue::SESSION_ENDED);
    let row = row.ok_or_else(ended)?;
    if claims.sub != row.get::<Uuid>(0)? {
        return Err(invalid());
    }
    if context.now.seconds() >= claims.exp {
        return Err(Problem::new(&catalogue::SESSION_TOKEN_EXPIRED));
    }
    if !live(context, row)? {
        return Err(ended());
    }
    let last_seen: Timestamp = row.get(4)?;
    if last_seen.plus_seconds(SEEN_SECONDS) <= context.now {
        query(
            context.database,
            &sql!("UPDATE sessions SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2"),
            &[session.into(), context.now.into()],
        )
        .await?;
    }
    Ok(Caller {
        account_id: row.get(0)?,
        session_id: session,
        staff: row.get(9)?,
        password_change_required: row.get(10)?,
        method: row.get(6)?,
        amr: row.get(7)?,
        card_class: row.get(8)?,
        card_id: row.get(12)?,
        authenticated_at: row.get(5)?,
        membership: Membership::read(row, 13)?,
    })
}

/// Neither ended, expired nor idle for too long, and the account not locked by staff.
fn live(context: &Context<'_>, row: &Row) -> Result<bool, Problem> {
    let ended: Option<Timestamp> = row.get(2)?;
    let expires: Timestamp = row.get(3)?;
    let last_seen: Timestamp = row.get(4)?;
    let locked: Option<Timestamp> = row.get(11)?;
    Ok(ended.is_none()
        && locked.is_none()
        && context.now < expires
        && context.now < last_seen.plus_seconds(context.settings.session_idle_seconds))
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
    /// The caller of a route that isn't public; the router has seen to it that there is one.
    pub fn caller(&self) -> Result<Caller, Problem> {
        self.recognised.borrow().clone().ok_or_else(|| Problem::new(&catalogue::SESSION_REQUIRED))
    }
}
