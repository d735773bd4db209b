//! How an SMS leaves: kept in our own database, or handed to a gateway as a signed POST.

use bytes::Bytes;
use eport_schema::catalogue;
use eport_schema::domain::Phone;
use http::{Request, StatusCode, header};
use serde_json::json;
use uuid::Uuid;

use crate::accounts::phone_index;
use crate::context::Context;
use crate::crypto::{Place, encrypt, hmac_sha256};
use crate::outbound::in_time;
use crate::problem::Problem;
use crate::settings::SmsProvider;
use crate::sql;
use crate::sql::query;

/// How long the outbox keeps a message, in seconds.
const KEPT_SECONDS: i64 = 24 * 3600;

/// How long a gateway is waited for.
struct Patience {
    /// Pauses before the second and each further try, in milliseconds.
    pauses: &'static [u64],
    /// How long it may take to answer one try, in milliseconds.
    answer: u64,
}

/// With a code, that a person waits for: three tries and their pauses fit into the 30 seconds that a request has.
const FOR_A_CODE: Patience = Patience { pauses: &[200, 800], answer: 8_000 };

/// With a notice of what is done already: nobody should wait for the answer because of it.
const FOR_A_NOTICE: Patience = Patience { pauses: &[], answer: 2_000 };

/// The columns of the outbox that are encrypted.
pub const OUTBOX_PHONE: &str = "sms_outbox.phone";
/// The text.
pub const OUTBOX_TEXT: &str = "sms_outbox.text";
/// The code in it.
pub const OUTBOX_CODE: &str = "sms_outbox.code";

/// Why an SMS didn't leave.
#[derive(Debug)]
pub enum Undelivered {
    /// The gateway won't take this one, whenever it is sent (400 or 422).
    Refused,
    /// It may take it later, and others no sooner.
    Unavailable(Problem),
}

impl From<Problem> for Undelivered {
    fn from(problem: Problem) -> Self {
        Self::Unavailable(problem)
    }
}

impl From<Undelivered> for Problem {
    fn from(undelivered: Undelivered) -> Self {
        match undelivered {
            Undelivered::Refused => Self::new(&catalogue::SMS_UNAVAILABLE),
            Undelivered::Unavailable(problem) => problem,
        }
    }
}

/// Tells of something that is done already. What can't leave is in the log alone: it must not undo what was done. `id` names it: whoever gets the
/// same id twice delivers it once.
pub async fn notify(
    context: &Context<'_>,
    id: Uuid,
    phone: &Phone,
    purpose: &str,
    text: &str,
) -> Result<(), Undelivered> {
    match context.settings.sms_provider {
        SmsProvider::Outbox => Ok(keep(context, id, phone, purpose, text, None).await?),
        SmsProvider::Webhook => post(context, id, phone, purpose, text, &FOR_A_NOTICE).await,
    }
}

/// Sends one SMS with a code. `id` names it: whoever gets the same id twice delivers it once.
pub async fn send(
    context: &Context<'_>,
    id: Uuid,
    phone: &Phone,
    purpose: &str,
    text: &str,
    code: Option<&str>,
) -> Result<(), Problem> {
    match context.settings.sms_provider {
        SmsProvider::Outbox => keep(context, id, phone, purpose, text, code).await,
        SmsProvider::Webhook => Ok(post(context, id, phone, purpose, text, &FOR_A_CODE).await?),
    }
}

async fn keep(
    context: &Context<'_>,
    id: Uuid,
    phone: &Phone,
    purpose: &str,
    text: &str,
    code: Option<&str>,
) -> Result<(), Problem> {
    let protect =
        |column, plain: &str| encrypt(context.keys, context.entropy, Place::new(column, &id), plain.as_bytes());
    query(
        context.database,
        &sql!(
            "INSERT INTO sms_outbox (id, phone_enc, phone_index, purpose, text_enc, code_enc, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"
        ),
        &[
            id.into(),
            protect(OUTBOX_PHONE, phone.e164())?.into(),
            phone_index(context.keys, phone).into(),
            purpose.into(),
            protect(OUTBOX_TEXT, text)?.into(),
            code.map(|code| protect(OUTBOX_CODE, code)).transpose()?.into(),
            context.now.into(),
        ],
    )
    .await?;
    // Anybody can have one sent: what is older than a day goes as new ones come.
    query(
        context.database,
        &sql!(
            "DELETE FROM sms_outbox WHERE id IN
             (SELECT id FROM sms_outbox WHERE created_at < $1 ORDER BY created_at LIMIT 10)"
        ),
        &[context.now.plus_seconds(-KEPT_SECONDS).into()],
    )
    .await?;
    Ok(())
}

/// All tries have one id. A gateway that took the first and answered too late sees the same id again and sends nothing twice.
async fn post(
    context: &Context<'_>,
    id: Uuid,
    phone: &Phone,
    purpose: &str,
    text: &str,
    patience: &Patience,
) -> Result<(), Undelivered> {
    let body = json!({ "id": id, "phone": phone.e164(), "purpose": purpose, "text": text }).to_string();
    let mut pauses = patience.pauses.iter();
    loop {
        match in_time(context, signed(context, id, &body)?, patience.answer).await {
            Ok(response) if response.status().is_success() => return Ok(()),
            // The gateway understood and refused; it would refuse again.
            Ok(response)
                if response.status().is_client_error() && response.status() != StatusCode::TOO_MANY_REQUESTS =>
            {
                eprintln!("the SMS gateway refused a message with status {}", response.status());
                // Another status says something of the gateway, or of who asks.
                let of_this_one = [StatusCode::BAD_REQUEST, StatusCode::UNPROCESSABLE_ENTITY];
                return Err(if of_this_one.contains(&response.status()) {
                    Undelivered::Refused
                } else {
                    Problem::new(&catalogue::SMS_UNAVAILABLE).into()
                });
            }
            Ok(response) => eprintln!("the SMS gateway answered with status {}", response.status()),
            Err(error) => eprintln!("the SMS gateway: {error}"),
        }
        match pauses.next() {
            Some(pause) => context.outbound.sleep(*pause).await,
            None => return Err(Problem::new(&catalogue::SMS_UNAVAILABLE).retry_after(60).into()),
        }
    }
}

/// `X-Eport-Signature: t=<seconds>,v1=<hex of HMAC-SHA-256(secret, "<seconds>." ‖ body)>`.
fn signed(context: &Context<'_>, id: Uuid, body: &str) -> Result<Request<Bytes>, Problem> {
    let at = context.now.seconds();
    let signature = hmac_sha256(context.settings.sms_webhook_secret.as_bytes(), format!("{at}.{body}").as_bytes());
    Request::post(&context.settings.sms_webhook_url)
        .header(header::CONTENT_TYPE, "application/json")
        // Without it the body would go in chunks, which small gateways don't read.
        .header(header::CONTENT_LENGTH, body.len())
        .header("idempotency-key", id.to_string())
        .header("x-eport-signature", format!("t={at},v1={}", hex::encode(signature)))
        .body(Bytes::from(body.to_owned()))
        .map_err(|_| {
            eprintln!("the setting `sms_webhook_url` is not an address");
            Problem::new(&catalogue::SMS_UNAVAILABLE)
        })
}
