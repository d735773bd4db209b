//! One-time SMS codes. How often they may be asked for and tried is counted in SQL: two requests at once can't both pass.

use eport_schema::catalogue;
use eport_schema::domain::Phone;
use eport_schema::domain::SmsCode;
use eport_schema::domain::SmsPurpose;
use eport_schema::domain::mask;
use uuid::Uuid;

use super::{provider, text};
use crate::accounts::phone_index;
use crate::address::{self, Limit};
use crate::clock::Timestamp;
use crate::context::Context;
use crate::crypto::{Label, mac, same};
use crate::platform::{Connection, DatabaseError, new_id, random};
use crate::problem::Problem;
use crate::sql;
use crate::sql::{query, transaction};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// Makes a code and sends it; returns the seconds until the next one may be asked for.
///
/// Does the same whether or not an account has this phone, so that neither answer nor time tells.
pub async fn send(context: &Context<'_>, phone: &Phone, purpose: SmsPurpose) -> Result<i64, Problem> {
    let settings = context.settings;
    address::count(
        context,
        Limit { what: "sms", most: settings.sms_address_hour, refusal: &catalogue::SMS_ADDRESS_LIMIT },
    )
    .await?;
    let id = new_id(context.now, context.entropy);
    let digits = new_code(context);
    let index = phone_index(context.keys, phone);
    transaction(context.database, async |connection| {
        claim_phone(context, connection, &index).await?;
        if let Err(refused) = within_limits(context, connection, &index, purpose).await? {
            return Ok(Err(traced_once(context, connection, &index, phone, refused).await?));
        }
        connection
            .execute(
                &sql!(
                    "INSERT INTO sms_codes (id, phone_index, purpose, code_hash, created_at, expires_at)
                     VALUES ($1, $2, $3, $4, $5, $6)"
                ),
                &[
                    id.into(),
                    index.into(),
                    purpose.as_str().into(),
                    hash(context, id, &digits).into(),
                    context.now.into(),
                    context.now.plus_seconds(settings.sms_code_seconds).into(),
                ],
            )
            .await?;
        // Codes older than the longest window go as new ones come.
        connection
            .execute(
                &sql!(
                    "DELETE FROM sms_codes WHERE id IN
                     (SELECT id FROM sms_codes WHERE created_at < $1 ORDER BY created_at LIMIT 10)"
                ),
                &[context.now.plus_seconds(-DAY).into()],
            )
            .await?;
        Ok::<_, Problem>(Ok(()))
    })
    .await??;

    // Not in the transaction: it holds its own phone's row, and who clears away another's would wait for it.
    query(
        context.database,
        &sql!(
            "DELETE FROM sms_phones WHERE asked_at < $1 AND phone_index IN
             (SELECT phone_index FROM sms_phones WHERE asked_at < $1 ORDER BY asked_at LIMIT 10)"
        ),
        &[context.now.plus_seconds(-2 * DAY).into()],
    )
    .await?;

    let message = text::code(purpose, &digits, settings.sms_code_seconds / 60);
    let sent = provider::send(context, id, phone, purpose.as_str(), &message, Some(&digits)).await;
    if let Err(problem) = sent {
        // A code that never left must not count against the person.
        query(context.database, &sql!("DELETE FROM sms_codes WHERE id = $1"), &[id.into()]).await?;
        return Err(problem);
    }
    Ok(settings.sms_resend_seconds)
}

/// Holds the phone's row until the transaction ends: what concerns one phone is decided by one request at a time.
pub async fn claim_phone(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    index: &[u8; 32],
) -> Result<(), DatabaseError> {
    connection
        .execute(
            &sql!(
                "INSERT INTO sms_phones (phone_index, asked_at) VALUES ($1, $2)
                 ON CONFLICT (phone_index) DO UPDATE SET asked_at = excluded.asked_at"
            ),
            &[(*index).into(), context.now.into()],
        )
        .await
        .map(drop)
}

/// Holds a username until the transaction ends, after [`claim_phone`]: an UPDATE can't say ON CONFLICT, so whoever gives an account its username waits
/// here. (The row is one of the same table; its key is no phone's.)
pub async fn claim_username(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    username_key: &str,
) -> Result<(), DatabaseError> {
    claim_phone(context, connection, &mac(context.keys, Label::Username, &[username_key.as_bytes()])).await
}

async fn within_limits(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    index: &[u8; 32],
    purpose: SmsPurpose,
) -> Result<Result<(), Problem>, DatabaseError> {
    let settings = context.settings;
    let hour_ago = context.now.plus_seconds(-HOUR);
    let rows = connection
        .query(
            &sql!(
                "SELECT MAX(CASE WHEN purpose = $2 THEN created_at END),
                        COUNT(CASE WHEN created_at > $3 THEN 1 END),
                        MIN(CASE WHEN created_at > $3 THEN created_at END),
                        COUNT(*), MIN(created_at)
                 FROM sms_codes WHERE phone_index = $1 AND created_at > $4"
            ),
            &[(*index).into(), purpose.as_str().into(), hour_ago.into(), context.now.plus_seconds(-DAY).into()],
        )
        .await?;
    let Some(row) = rows.first() else {
        return Ok(Ok(()));
    };
    let wait = |from: Option<Timestamp>, seconds: i64| {
        from.map_or(seconds, |from| context.now.seconds_until(from.plus_seconds(seconds)))
    };
    let last: Option<Timestamp> = row.get(0)?;
    if let Some(last) = last
        && context.now < last.plus_seconds(settings.sms_resend_seconds)
    {
        let wait = wait(Some(last), settings.sms_resend_seconds);
        return Ok(Err(Problem::new(&catalogue::SMS_RESEND_TOO_SOON).retry_after(wait)));
    }
    if row.get::<i64>(3)? >= settings.sms_phone_day {
        return Ok(Err(Problem::new(&catalogue::SMS_PHONE_LIMIT).retry_after(wait(row.get(4)?, DAY))));
    }
    if row.get::<i64>(1)? >= settings.sms_phone_hour {
        return Ok(Err(Problem::new(&catalogue::SMS_PHONE_LIMIT).retry_after(wait(row.get(2)?, HOUR))));
    }
    Ok(Ok(()))
}

/// Of the refusals past a phone's limit, the audit keeps one an hour, with the phone masked: anybody can bring them about for any phone, and
/// after the first they say nothing more.
async fn traced_once(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    index: &[u8; 32],
    phone: &Phone,
    refused: Problem,
) -> Result<Problem, DatabaseError> {
    if *refused.refusal != catalogue::SMS_PHONE_LIMIT {
        return Ok(refused);
    }
    let first = connection
        .query(
            &sql!(
                "UPDATE sms_phones SET refused_at = $2 WHERE phone_index = $1 AND (refused_at IS NULL OR refused_at <= $3)
                 RETURNING refused_at"
            ),
            &[(*index).into(), context.now.into(), context.now.plus_seconds(-HOUR).into()],
        )
        .await?;
    Ok(if first.is_empty() { refused.untraced() } else { refused.target("phone", mask::phone(phone.e164())) })
}

/// A code that was right, and is still to be used up. Whoever holds one has shown that the phone is theirs.
#[derive(Debug)]
#[must_use = "a right code stays usable until it is used up"]
pub struct RightCode(Uuid);

/// Counts one try of the newest code for this phone and purpose, and compares.
pub async fn check(
    context: &Context<'_>,
    phone: &Phone,
    purpose: SmsPurpose,
    code: &SmsCode,
) -> Result<RightCode, Problem> {
    let index = phone_index(context.keys, phone);
    let rows = query(
        context.database,
        &sql!(
            "UPDATE sms_codes SET tries = tries + 1
             WHERE id = (SELECT id FROM sms_codes WHERE phone_index = $1 AND purpose = $2
                         ORDER BY created_at DESC, id DESC LIMIT 1)
               AND used_at IS NULL AND expires_at > $3 AND tries < $4
             RETURNING id, code_hash"
        ),
        &[index.into(), purpose.as_str().into(), context.now.into(), context.settings.sms_code_tries.into()],
    )
    .await?;
    let Some(row) = rows.first() else {
        return Err(why_not(context, &index, purpose).await?);
    };
    let id: Uuid = row.get(0)?;
    let kept: Vec<u8> = row.get(1)?;
    if same(&hash(context, id, code.as_str()), &kept) {
        Ok(RightCode(id))
    } else {
        Err(Problem::new(&catalogue::SMS_CODE_INVALID))
    }
}

/// Uses the code up, in the transaction of what it was for. Of two requests with one code, one gets an error here.
pub async fn use_up(context: &Context<'_>, connection: &mut dyn Connection, code: &RightCode) -> Result<(), Problem> {
    let rows = connection
        .query(
            &sql!("UPDATE sms_codes SET used_at = $2 WHERE id = $1 AND used_at IS NULL RETURNING id"),
            &[code.0.into(), context.now.into()],
        )
        .await?;
    if rows.is_empty() {
        return Err(Problem::new(&catalogue::SMS_CODE_INVALID));
    }
    Ok(())
}

async fn why_not(context: &Context<'_>, index: &[u8; 32], purpose: SmsPurpose) -> Result<Problem, Problem> {
    let rows = query(
        context.database,
        &sql!(
            "SELECT used_at, expires_at FROM sms_codes WHERE phone_index = $1 AND purpose = $2
             ORDER BY created_at DESC, id DESC LIMIT 1"
        ),
        &[(*index).into(), purpose.as_str().into()],
    )
    .await?;
    let refusal = match rows.first() {
        None => &catalogue::SMS_CODE_INVALID,
        Some(row) if row.get::<Option<Timestamp>>(0)?.is_some() => &catalogue::SMS_CODE_INVALID,
        Some(row) if row.get::<Timestamp>(1)? <= context.now => &catalogue::SMS_CODE_EXPIRED,
        Some(_) => &catalogue::SMS_CODE_EXHAUSTED,
    };
    Ok(Problem::new(refusal))
}

fn hash(context: &Context<'_>, id: Uuid, digits: &str) -> [u8; 32] {
    mac(context.keys, Label::SmsCode, &[id.as_bytes(), digits.as_bytes()])
}

/// Six digits, each value as likely as the others: what doesn't divide evenly is drawn again.
fn new_code(context: &Context<'_>) -> String {
    const VALUES: u32 = 1_000_000;
    const FAIR: u32 = u32::MAX - u32::MAX % VALUES;
    loop {
        let drawn = u32::from_be_bytes(random(context.entropy));
        if drawn < FAIR {
            return format!("{:06}", drawn % VALUES);
        }
    }
}
