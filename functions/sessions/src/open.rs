//! A session begins: its row, its two tokens, and who is told.

use eport_card::CardClass;
use eport_schema::wire::{AccountState, AccountSummary, SessionCreated};
use eport_shared::audit::{self, Event};
use eport_shared::clock::Timestamp;
use eport_shared::context::Context;
use eport_shared::crypto::{Label, mac, sha256};
use eport_shared::enterprises;
use eport_shared::inbox::{self, Kind};
use eport_shared::platform::{Connection, new_id};
use eport_shared::problem::Problem;
use eport_shared::sql;
use eport_shared::token::{self, Claims, RefreshToken};
use uuid::Uuid;

/// The account that a session is for.
#[derive(Debug, Clone)]
pub struct Person {
    /// Its id.
    pub account: Uuid,
    /// Its username; none before activation.
    pub username: Option<String>,
    /// The person's name.
    pub name: String,
    /// Whether it is one of the platform's staff.
    pub staff: bool,
    /// Whether an initial password waits to be changed.
    pub password_change_required: bool,
    /// Whether a card login made the account and it waits for its activation.
    pub inactive: bool,
}

/// How the person proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// A password.
    Password,
    /// A code sent to the phone.
    Sms,
    /// A card and its PIN.
    Card {
        /// The card's row.
        id: Uuid,
        /// Whom it stands for.
        class: CardClass,
    },
}

impl Method {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Sms => "sms",
            Self::Card { .. } => "card",
        }
    }

    /// Authentication method references (RFC 8176 §2), space-separated.
    const fn amr(self) -> &'static str {
        match self {
            Self::Password => "pwd",
            Self::Sms => "otp sms",
            // A card signs only after its PIN: what it signed proves both.
            Self::Card { .. } => "sc pin",
        }
    }

    const fn card(self) -> Option<(Uuid, CardClass)> {
        match self {
            Self::Card { id, class } => Some((id, class)),
            Self::Password | Self::Sms => None,
        }
    }
}

/// Sessions that ended this long ago go as new ones come, in seconds.
const KEPT_SECONDS: i64 = 90 * 24 * 3600;

/// Opens a session in the transaction that proved who it is for.
pub async fn open(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    person: &Person,
    method: Method,
) -> Result<SessionCreated, Problem> {
    let session = new_id(context.now, context.entropy);
    let device = context.client.device.as_deref();
    let device_hash = mac(context.keys, Label::Device, &[device.unwrap_or_default().as_bytes()]);
    tell_of_new_device(context, connection, person, device_hash).await?;

    let expires_at = context.now.plus_seconds(context.settings.session_seconds);
    let refresh = RefreshToken::new(context.keys, context.entropy, session);
    let card = method.card();
    let card_class = card.map(|(_, class)| class.as_str().to_owned());
    let place = enterprises::claims(connection, person.account).await?;
    let grant = Grant { session, amr: method.amr(), card_class, place, expires_at };
    let (access, expires_in) = grant.access_token(context, person)?;
    connection
        .execute(
            &sql!(
                "INSERT INTO sessions (id, account_id, method, amr, refresh_hash, access_hash, device, device_hash, address,
                                       created_at, authenticated_at, last_seen_at, expires_at, card_id, card_class)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $10, $11, $12, $13)"
            ),
            &[
                session.into(),
                person.account.into(),
                method.as_str().into(),
                method.amr().into(),
                refresh.hash().into(),
                sha256(access.as_bytes()).into(),
                context.client.device.clone().into(),
                device_hash.into(),
                context.client.address.clone().into(),
                context.now.into(),
                expires_at.into(),
                card.map(|(id, _)| id).into(),
                grant.card_class.clone().into(),
            ],
        )
        .await?;
    connection
        .execute(
            &sql!("UPDATE accounts SET last_login_at = $2 WHERE id = $1"),
            &[person.account.into(), context.now.into()],
        )
        .await?;
    connection
        .execute(
            &sql!("DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < $1 ORDER BY expires_at LIMIT 5)"),
            &[context.now.plus_seconds(-KEPT_SECONDS).into()],
        )
        .await?;
    let after = serde_json::json!({ "session": session, "method": method.as_str() });
    let event = Event::account("session.opened", person.account).by(person.account).change(None, Some(after));
    audit::record(context, connection, event).await?;
    Ok(created(person, &access, expires_in, &refresh))
}

async fn tell_of_new_device(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    person: &Person,
    device_hash: [u8; 32],
) -> Result<(), Problem> {
    let rows = connection
        .query(
            &sql!(
                "SELECT EXISTS (SELECT 1 FROM sessions WHERE account_id = $1),
                        EXISTS (SELECT 1 FROM sessions WHERE account_id = $1 AND device_hash = $2)"
            ),
            &[person.account.into(), device_hash.into()],
        )
        .await?;
    let Some(row) = rows.first() else {
        return Ok(());
    };
    let (any, this_device): (bool, bool) = (row.get(0)?, row.get(1)?);
    if any && !this_device {
        let data = serde_json::json!({ "device": context.client.device, "address": context.client.address });
        inbox::put(context, connection, person.account, Kind::NewDevice, &data).await?;
    }
    Ok(())
}

/// What a session lets its tokens say.
pub(crate) struct Grant<'a> {
    pub(crate) session: Uuid,
    pub(crate) amr: &'a str,
    pub(crate) card_class: Option<String>,
    /// The enterprise's USCC where it is known, and the person's role in it.
    pub(crate) place: Option<(Option<String>, String)>,
    pub(crate) expires_at: Timestamp,
}

impl Grant<'_> {
    /// A new access token and its life in seconds: never longer than the session's.
    pub(crate) fn access_token(
        &self,
        context: &Context<'_>,
        person: &Person,
    ) -> Result<(zeroize::Zeroizing<String>, i64), Problem> {
        let expires_in = context.settings.access_token_seconds.min(context.now.seconds_until(self.expires_at));
        let claims = Claims {
            iss: context.settings.issuer.clone(),
            sub: person.account,
            sid: self.session,
            ent: self.place.as_ref().and_then(|(uscc, _)| uscc.clone()),
            role: match &self.place {
                _ if person.staff => Some("staff".to_owned()),
                place => place.as_ref().map(|(_, role)| role.clone()),
            },
            amr: self.amr.split(' ').map(str::to_owned).collect(),
            card_class: self.card_class.clone(),
            iat: context.now.seconds(),
            exp: context.now.seconds().saturating_add(expires_in),
        };
        Ok((token::issue(context.keys, &claims)?, expires_in))
    }
}

pub(crate) fn created(person: &Person, access: &str, expires_in: i64, refresh: &RefreshToken) -> SessionCreated {
    SessionCreated {
        access_token: access.to_owned(),
        token_type: "Bearer".to_owned(),
        expires_in,
        refresh_token: Some(refresh.as_str().to_owned()),
        account: AccountSummary {
            id: person.account,
            username: person.username.clone(),
            name: person.name.clone(),
            state: if person.inactive { AccountState::Inactive } else { AccountState::Active },
            staff: person.staff,
            password_change_required: person.password_change_required,
        },
    }
}
