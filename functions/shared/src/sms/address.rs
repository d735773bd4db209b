//! How many codes one address asks for: counted in SQL, since requests at once must not pass for one.

use eport_schema::catalogue;

use crate::clock::Timestamp;
use crate::context::Context;
use crate::crypto::{Label, mac};
use crate::problem::Problem;
use crate::sql;
use crate::sql::query;

/// The window in which they are counted, in seconds.
const HOUR: i64 = 3600;

/// Counts one code for the client's address, and refuses it past the setting `sms_address_hour`. The address is kept as a keyed hash: it
/// is personal data.
pub(super) async fn count(context: &Context<'_>) -> Result<(), Problem> {
    let Some(address) = &context.client.address else {
        return Ok(());
    };
    let hour_ago = context.now.plus_seconds(-HOUR);
    let rows = query(
        context.database,
        &sql!(
            "INSERT INTO sms_addresses (address_hash, started_at, used) VALUES ($1, $2, 1)
             ON CONFLICT (address_hash) DO UPDATE SET
                 used = CASE WHEN sms_addresses.started_at <= $3 THEN 1 ELSE sms_addresses.used + 1 END,
                 started_at = CASE WHEN sms_addresses.started_at <= $3 THEN excluded.started_at ELSE sms_addresses.started_at END
             RETURNING used, started_at"
        ),
        &[
            mac(context.keys, Label::RateSubject, &[b"sms", address.as_bytes()]).into(),
            context.now.into(),
            hour_ago.into(),
        ],
    )
    .await?;
    // Not in one transaction with the count: two that each hold their own row and clear away the other's would wait for each other.
    query(
        context.database,
        &sql!(
            "DELETE FROM sms_addresses WHERE started_at <= $1 AND address_hash IN
             (SELECT address_hash FROM sms_addresses WHERE started_at <= $1 ORDER BY started_at LIMIT 10)"
        ),
        &[hour_ago.into()],
    )
    .await?;
    let Some(row) = rows.first() else {
        return Ok(());
    };
    if row.get::<i64>(0)? > context.settings.sms_address_hour {
        let until = row.get::<Timestamp>(1)?.plus_seconds(HOUR);
        return Err(Problem::new(&catalogue::SMS_ADDRESS_LIMIT).retry_after(context.now.seconds_until(until)));
    }
    Ok(())
}
