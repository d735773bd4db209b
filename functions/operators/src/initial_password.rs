//! An operator's initial password: made here, kept as a hash, sent to the person's own phone, and shown to nobody else. It lasts some days and
//! must be changed at the first login.

use eport_schema::catalogue;
use eport_schema::clock::Timestamp;
use eport_schema::domain::{NewPassword, Phone};
use eport_shared::context::Context;
use eport_shared::enterprises::Enterprise;
use eport_shared::password;
use eport_shared::platform::{Connection, new_id, random};
use eport_shared::problem::Problem;
use eport_shared::sms::{provider, text};
use eport_shared::sql;
use eport_shared::sql::query;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Letters and digits that nobody takes for one another when typing them off a phone.
const ALPHABET: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// 31 ** 12 is more than 59 bits, and it lasts for days.
const LENGTH: usize = 12;

const DAY: i64 = 24 * 3600;

/// A password that nobody has seen yet.
pub(crate) struct InitialPassword {
    text: Zeroizing<String>,
    /// As the account keeps it.
    pub(crate) hash: String,
    /// Until when it works.
    pub(crate) expires_at: Timestamp,
}

impl InitialPassword {
    /// A new one. Takes as long as hashing does: before a transaction, not in it.
    pub(crate) fn new(context: &Context<'_>, username: &str) -> Result<Self, Problem> {
        loop {
            let text = draw(context);
            // One that is too common, or the username: as good as never, and drawn again.
            if let Ok(new) = NewPassword::parse(&text, username) {
                let hash = password::hash(context.settings, context.keys, context.entropy, &new)?;
                let expires_at = context.now.plus_seconds(context.settings.initial_password_seconds);
                return Ok(Self { text, hash, expires_at });
            }
        }
    }

    /// Counts it for person and enterprise, whose rows are held, and refuses it where either has had as many today as they may.
    pub(crate) async fn count(
        &self,
        context: &Context<'_>,
        connection: &mut dyn Connection,
        enterprise: Uuid,
        account: Uuid,
    ) -> Result<(), Problem> {
        let settings = context.settings;
        let since = context.now.plus_seconds(-DAY);
        let rows = connection
            .query(
                &sql!(
                    "SELECT (SELECT COUNT(*) FROM initial_passwords WHERE account_id = $1 AND created_at > $3),
                            (SELECT MIN(created_at) FROM initial_passwords WHERE account_id = $1 AND created_at > $3),
                            (SELECT COUNT(*) FROM initial_passwords WHERE enterprise_id = $2 AND created_at > $3),
                            (SELECT MIN(created_at) FROM initial_passwords WHERE enterprise_id = $2 AND created_at > $3)"
                ),
                &[account.into(), enterprise.into(), since.into()],
            )
            .await?;
        if let Some(row) = rows.first() {
            for (used, limit) in [(0, settings.initial_passwords_day), (2, settings.initial_passwords_enterprise_day)] {
                if row.get::<i64>(used)? >= limit {
                    let oldest: Option<Timestamp> = row.get(used.saturating_add(1))?;
                    let wait = oldest.map_or(DAY, |oldest| context.now.seconds_until(oldest.plus_seconds(DAY)));
                    return Err(Problem::new(&catalogue::OPERATOR_PASSWORD_LIMIT).retry_after(wait));
                }
            }
        }
        connection
            .execute(
                &sql!(
                    "INSERT INTO initial_passwords (id, account_id, enterprise_id, created_at) VALUES ($1, $2, $3, $4)"
                ),
                &[new_id(context.now, context.entropy).into(), account.into(), enterprise.into(), context.now.into()],
            )
            .await?;
        // Those that count no more go as new ones come: this enterprise's, whose row is held.
        connection
            .execute(
                &sql!("DELETE FROM initial_passwords WHERE enterprise_id = $1 AND created_at <= $2"),
                &[enterprise.into(), since.into()],
            )
            .await?;
        Ok(())
    }

    /// Sends it, after the commit, and notes that it left. Where it can't leave the account stays as it is, and the administrator sees that nothing
    /// was sent.
    pub(crate) async fn send(
        &self,
        context: &Context<'_>,
        enterprise: &Enterprise,
        account: Uuid,
        username: &str,
        phone: &Phone,
    ) -> Result<(), Problem> {
        let hours = context.settings.initial_password_seconds.saturating_add(3599) / 3600;
        let named = enterprise.verified.then_some(enterprise.name.as_str());
        let words = Zeroizing::new(text::initial_password(named, username, &self.text, hours));
        let id = new_id(context.now, context.entropy);
        let sent = provider::send(context, id, phone, "initial_password", &words, Some(&self.text)).await;
        if sent.is_ok() {
            query(
                context.database,
                &sql!("UPDATE accounts SET initial_password_sent_at = $2 WHERE id = $1 AND password_hash = $3"),
                &[account.into(), context.now.into(), self.hash.as_str().into()],
            )
            .await?;
        }
        Ok(())
    }
}

fn draw(context: &Context<'_>) -> Zeroizing<String> {
    // Values from here on don't divide evenly, and are drawn again.
    const FAIR: u8 = u8::MAX - u8::MAX % 31;
    let mut text = Zeroizing::new(String::with_capacity(LENGTH));
    while text.len() < LENGTH {
        let [drawn] = random::<1>(context.entropy);
        if drawn < FAIR
            && let Some(letter) = ALPHABET.get(usize::from(drawn % 31))
        {
            text.push(char::from(*letter));
        }
    }
    text
}
