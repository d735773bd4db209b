//! Challenges: made here, signed by a card, used once.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use eport_card::{ChallengeError, Nonce, Origin, Purpose, challenge_text};
use eport_schema::catalogue;
use eport_schema::wire::CardChallenge;
use http::header;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::context::Context;
use crate::http::Request;
use crate::platform::{new_id, random};
use crate::problem::Problem;
use crate::rate;
use crate::settings::{Environment, Settings};
use crate::sql;
use crate::sql::query;

const MINUTE: i64 = 60;

/// Makes a challenge for `purpose`, for a page of `origin`; only `account` can use it, where one is given.
pub async fn create(
    context: &Context<'_>,
    purpose: &Purpose,
    origin: &Origin,
    account: Option<Uuid>,
) -> Result<CardChallenge, Problem> {
    let settings = context.settings;
    if let Some(address) = &context.client.address {
        let limit = settings.card_challenges_minute;
        rate::count(context, "card-challenge", address, limit, MINUTE, &catalogue::RATE_LIMITED).await?;
    }
    let id = new_id(context.now, context.entropy);
    let nonce = BASE64URL.encode(random::<32>(context.entropy));
    let expires_at = context.now.plus_seconds(settings.card_challenge_seconds);
    let text = text(origin.as_str(), purpose.name(), purpose.argument(), &nonce)?;
    query(
        context.database,
        &sql!(
            "INSERT INTO card_challenges (id, nonce, purpose, argument, origin, account_id, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        ),
        &[
            id.into(),
            nonce.as_str().into(),
            purpose.name().into(),
            purpose.argument().into(),
            origin.as_str().into(),
            account.into(),
            context.now.into(),
            expires_at.into(),
        ],
    )
    .await?;
    // Challenges of yesterday go as new ones come.
    query(
        context.database,
        &sql!(
            "DELETE FROM card_challenges WHERE id IN
             (SELECT id FROM card_challenges WHERE expires_at < $1 ORDER BY expires_at LIMIT 10)"
        ),
        &[context.now.plus_seconds(-24 * 60 * MINUTE).into()],
    )
    .await?;
    Ok(CardChallenge { challenge_id: id, nonce, text, expires_at })
}

/// Uses a challenge up and returns the text that must have been signed.
///
/// One statement, committed whatever comes after: of two who use it at once one wins, and a wrong signature can't be tried again. The text is made
/// of what was kept; nothing that a client sent goes into it.
pub async fn use_up(
    context: &Context<'_>,
    id: Uuid,
    purpose: &Purpose,
    account: Option<Uuid>,
) -> Result<String, Problem> {
    let rows = query(
        context.database,
        &sql!(
            "UPDATE card_challenges SET used_at = $2 WHERE id = $1 AND used_at IS NULL
             RETURNING nonce, purpose, argument, origin, account_id, expires_at"
        ),
        &[id.into(), context.now.into()],
    )
    .await?;
    let invalid = || Problem::new(&catalogue::CARD_CHALLENGE_INVALID);
    let row = rows.first().ok_or_else(invalid)?;
    let kept_argument: Option<String> = row.get(2)?;
    let for_this = row.get::<String>(1)? == purpose.name()
        && kept_argument.as_deref() == purpose.argument()
        && row.get::<Option<Uuid>>(4)? == account;
    if !for_this {
        return Err(invalid());
    }
    if context.now >= row.get::<Timestamp>(5)? {
        return Err(Problem::new(&catalogue::CARD_CHALLENGE_EXPIRED));
    }
    text(&row.get::<String>(3)?, purpose.name(), kept_argument.as_deref(), &row.get::<String>(0)?)
}

fn text(origin: &str, purpose: &str, argument: Option<&str>, nonce: &str) -> Result<String, Problem> {
    let made = || {
        Ok::<_, ChallengeError>(challenge_text(
            &Origin::parse(origin)?,
            &Purpose::parse(purpose, argument)?,
            &Nonce::parse(nonce)?,
        ))
    };
    made().map_err(|_| Problem::new(&catalogue::SERVICE_INTERNAL))
}

/// The origin that a request's challenge is for: the page's, if it may ask; that of the service where no page asked.
pub fn origin(settings: &Settings, request: &Request) -> Result<Origin, Problem> {
    let refused = || Problem::new(&catalogue::CARD_ORIGIN_REFUSED);
    let own = own_origins(settings);
    let Some(sent) = request.headers.get(header::ORIGIN) else {
        return own.first().cloned().ok_or_else(refused);
    };
    let sent = sent.to_str().ok().and_then(|text| Origin::parse(text).ok()).ok_or_else(refused)?;
    let development = settings.environment == Environment::Development && is_this_machine(&sent);
    if own.contains(&sent) || development { Ok(sent) } else { Err(refused()) }
}

/// `card_origins`, or the origin of `issuer` where that is empty.
fn own_origins(settings: &Settings) -> Vec<Origin> {
    if !settings.card_origins.0.is_empty() {
        return settings.card_origins.0.clone();
    }
    let issuer = settings.issuer.as_str();
    let end = issuer.find("://").map_or(0, |at| at.saturating_add(3));
    let path = issuer.get(end..).and_then(|rest| rest.find('/')).map_or(issuer.len(), |at| end.saturating_add(at));
    issuer.get(..path).and_then(|origin| Origin::parse(origin).ok()).into_iter().collect()
}

/// `Origin` takes `http` from this machine alone.
fn is_this_machine(origin: &Origin) -> bool {
    origin.as_str().starts_with("http://")
}
