//! §6: `POST /v1/card-challenges`.

use eport_card::{ChallengeError, Purpose};
use eport_schema::catalogue;
use eport_schema::wire::CardChallengeRequest;
use eport_shared::cards::challenge;
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json};
use eport_shared::problem::Problem;
use http::StatusCode;

/// Makes a challenge. One for a login is anyone's; the others are for what a person with a session does, and only that person can use them.
pub async fn create(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let purpose = purpose(&request.json()?)?;
    let account = match purpose {
        Purpose::Login => None,
        Purpose::Bind(_) | Purpose::Seal(_) | Purpose::AdminTransfer => Some(context.caller()?.account_id),
    };
    let origin = challenge::origin(context.settings, request)?;
    let challenge = challenge::create(context, &purpose, &origin, account).await?;
    Ok(json(StatusCode::CREATED, &challenge))
}

fn purpose(body: &CardChallengeRequest) -> Result<Purpose, Problem> {
    let unknown = || Problem::field("purpose", &catalogue::CARD_PURPOSE_UNKNOWN);
    let argument = match (body.card_number.as_deref(), body.digest.as_deref()) {
        (Some(_), Some(_)) => return Err(unknown()),
        (Some(number), None) if body.purpose == "bind" => Some(number),
        (None, Some(digest)) if body.purpose == "seal" => Some(digest),
        (None, None) => None,
        _ => return Err(unknown()),
    };
    Purpose::parse(&body.purpose, argument).map_err(|error| match error {
        ChallengeError::CardNumber(_) => Problem::field("card_number", &catalogue::CARD_NUMBER_FORMAT),
        ChallengeError::Digest => Problem::field("digest", &catalogue::CARD_DIGEST_FORMAT),
        _ => unknown(),
    })
}
