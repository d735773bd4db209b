//! Reminders of what ends (J7): an enterprise's qualifications, for its administrator, and the certificates of cards, for their holders.
//!
//! A run looks at everything that ends within the longest lead, the earliest first, some hundred rows to a transaction. Each reminder has a row
//! under its thing, last day, lead and receiver, and whoever makes that row sends it: two runs at once send nothing twice. Of the leads that have
//! passed since the last run only the shortest is sent and all are noted, so that a day without a run costs no reminder and brings no pile.
//!
//! One call looks at [`MOST_EXAMINED`] rows and notes where it stopped; the next one goes on there. After the last row the next run begins anew.
//! The SMS wait in rows of their own until they have left ([`sms`]).

mod sms;

use eport_schema::clock::Timestamp;
use eport_schema::domain::{CalendarDate, QualificationKind};
use eport_schema::wire::RemindersRun;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::audit::{self, Event as Audited};
use crate::context::Context;
use crate::inbox::{self, Kind};
use crate::platform::Connection;
use crate::preferences::{Channel, Event, LONGEST_LEAD, Preferences};
use crate::problem::Problem;
use crate::sql;
use crate::sql::{Row, Statement, Value, query, transaction};

/// Rows to a transaction: other writers wait for one batch, not for a run.
const BATCH: i64 = 200;

/// Rows that one call looks at: some seconds' work, within the time that a request has.
pub const MOST_EXAMINED: i64 = 20_000;

/// How long it is kept what was reminded of, after its last day.
const KEPT_DAYS: i64 = 400;

/// Something that ends.
struct Ending {
    thing: Uuid,
    /// Where a run goes on after it.
    position: String,
    ends_on: CalendarDate,
    receiver: Uuid,
    preferences: Preferences,
    data: Json,
    /// The certificate, of a card.
    fingerprint: Option<Vec<u8>>,
}

/// What a run looks through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Qualifications,
    Cards,
}

// Parameters: the first end, the last, the end and the id to go on after, how many.
const QUALIFICATIONS: Statement = sql!(
    "SELECT q.id, q.valid_to, m.account_id, s.settings, q.kind, q.number
     FROM qualifications q
     JOIN memberships m ON m.enterprise_id = q.enterprise_id AND m.role = 'admin'
     LEFT JOIN reminder_settings s ON s.account_id = m.account_id
     WHERE q.valid_to >= $1 AND q.valid_to <= $2 AND (q.valid_to, q.id) > ($3, $4)
     ORDER BY q.valid_to, q.id LIMIT $5"
);
const CARDS: Statement = sql!(
    "SELECT c.id, c.not_after, c.account_id, s.settings, c.card_number, c.certificate_sha256
     FROM cards c
     LEFT JOIN reminder_settings s ON s.account_id = c.account_id
     WHERE c.unbound_at IS NULL AND c.not_after >= $1 AND c.not_after <= $2 AND (c.not_after, c.id) > ($3, $4)
     ORDER BY c.not_after, c.id LIMIT $5"
);

const RECEIVER: Statement = sql!(
    sqlite: "SELECT id FROM accounts WHERE id = ?1",
    postgres: "SELECT id FROM accounts WHERE id = $1 FOR KEY SHARE SKIP LOCKED",
);

impl What {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Qualifications => "qualifications",
            Self::Cards => "cards",
        }
    }

    const fn event(self) -> Event {
        match self {
            Self::Qualifications => Event::QualificationExpiring,
            Self::Cards => Event::CardExpiring,
        }
    }

    const fn kind(self) -> Kind {
        match self {
            Self::Qualifications => Kind::QualificationExpiring,
            Self::Cards => Kind::CardExpiring,
        }
    }

    /// The statement and its parameters for what comes after `(end, id)`.
    fn batch(self, now: Timestamp, after: &Position) -> (&'static Statement, Vec<Value>) {
        let today = now.date_in_china();
        let last = today.plus_days(LONGEST_LEAD);
        let id = after.thing.unwrap_or(Uuid::nil());
        match self {
            Self::Qualifications => {
                let end = after.end.clone().unwrap_or_default();
                // The range begins where the last batch ended: SQLite looks for its start in the index by this alone.
                let from = today.to_text().max(end.clone());
                let range = [from.into(), last.to_text().into(), end.into(), id.into(), BATCH.into()];
                (&QUALIFICATIONS, range.into())
            }
            Self::Cards => {
                let end: i64 = after.end.as_deref().and_then(|end| end.parse().ok()).unwrap_or(0);
                // A day more than the longest lead: a certificate may end at any time of its last day.
                let last = now.plus_seconds(LONGEST_LEAD.saturating_add(1).saturating_mul(24 * 3600));
                let from = now.milliseconds().max(end);
                (&CARDS, [from.into(), last.into(), end.into(), id.into(), BATCH.into()].into())
            }
        }
    }

    fn read(self, row: &Row) -> Result<Ending, Problem> {
        let settings: Option<String> = row.get(3)?;
        let (position, ends_on, data, fingerprint) = match self {
            Self::Qualifications => {
                let end: String = row.get(1)?;
                let ends_on = CalendarDate::parse(&end).map_err(|invalid| Problem::new(invalid.0))?;
                let kind = QualificationKind::parse(&row.get::<String>(4)?).unwrap_or(QualificationKind::Other);
                let data = json!({
                    "qualification": row.get::<Uuid>(0)?,
                    "kind_zh": kind.name(eport_schema::catalogue::Language::Zh),
                    "kind_en": kind.name(eport_schema::catalogue::Language::En),
                    "number": row.get::<String>(5)?,
                    "ends_on": end,
                });
                (end, ends_on, data, None)
            }
            Self::Cards => {
                let end: Timestamp = row.get(1)?;
                let ends_on = end.date_in_china();
                let data = json!({ "card_number": row.get::<String>(4)?, "not_after": ends_on.to_text() });
                (end.milliseconds().to_string(), ends_on, data, Some(row.get(5)?))
            }
        };
        Ok(Ending {
            thing: row.get(0)?,
            position,
            ends_on,
            receiver: row.get(2)?,
            preferences: Preferences::kept(settings.as_deref()),
            data,
            fingerprint,
        })
    }
}

/// Where a run stands.
#[derive(Debug, Clone, Default)]
struct Position {
    end: Option<String>,
    thing: Option<Uuid>,
}

/// Sends what is due. Called again, it sends nothing twice; where it says that it isn't complete, the next call goes on.
pub async fn run(context: &Context<'_>) -> Result<RemindersRun, Problem> {
    let mut done = RemindersRun::default();
    // What earlier calls left over comes first, and takes no second look at everything.
    let left = sms::send(context, &mut done).await?;
    if left == sms::Left::More {
        return Ok(done);
    }
    let cards = stopped_at(context, What::Cards).await?;
    done.complete = true;
    if cards.is_none() {
        let from = stopped_at(context, What::Qualifications).await?.unwrap_or_default();
        done.complete = look_through(context, What::Qualifications, from, &mut done).await?;
    }
    if done.complete {
        done.complete = look_through(context, What::Cards, cards.unwrap_or_default(), &mut done).await?;
    }
    if left != sms::Left::GatewayDown {
        done.complete &= sms::send(context, &mut done).await? != sms::Left::More;
    }
    if done.complete {
        forget(context).await?;
    }
    Ok(done)
}

/// Looks at rows from where the last call stopped; true where all were looked at.
async fn look_through(
    context: &Context<'_>,
    what: What,
    mut position: Position,
    done: &mut RemindersRun,
) -> Result<bool, Problem> {
    if done.examined >= MOST_EXAMINED {
        // So that the next call begins here, not with what was looked through already.
        let started = async |connection: &mut dyn Connection| note(context, connection, what, &position, false).await;
        transaction(context.database, started).await?;
    }
    while done.examined < MOST_EXAMINED {
        let (statement, parameters) = what.batch(context.now, &position);
        let rows = query(context.database, statement, &parameters).await?;
        let endings = rows.iter().map(|row| what.read(row)).collect::<Result<Vec<_>, _>>()?;
        let last = i64::try_from(endings.len()).unwrap_or(BATCH) < BATCH;
        if let Some(ending) = endings.last() {
            position = Position { end: Some(ending.position.clone()), thing: Some(ending.thing) };
        }
        let sent = transaction(context.database, async |connection| {
            let sent = remind(context, connection, what, &endings).await?;
            note(context, connection, what, &position, last).await?;
            if sent > 0 {
                let event = Audited {
                    action: "reminders.sent".to_owned(),
                    after: Some(json!({ "what": what.as_str(), "count": sent })),
                    ..Audited::default()
                };
                audit::record(context, connection, event).await?;
            }
            Ok::<_, Problem>(sent)
        })
        .await?;
        done.examined = done.examined.saturating_add(i64::try_from(endings.len()).unwrap_or(0));
        done.sent = done.sent.saturating_add(sent);
        if last {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Sends what is due of one batch; returns how many reminders were new.
async fn remind(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    what: What,
    endings: &[Ending],
) -> Result<i64, Problem> {
    let today = context.now.date_in_china();
    let mut sent = 0_i64;
    for ending in endings {
        let left = today.days_until(ending.ends_on);
        let wanted = [Channel::Inbox, Channel::Sms].map(|channel| ending.preferences.reaches(what.event(), channel));
        if left < 0 || wanted == [false, false] {
            continue;
        }
        let passed = ending.preferences.lead_days(what.event()).iter().copied().filter(|lead| left <= *lead);
        // The shortest of those that have passed is the one that is new, or none is.
        let Some(due) = passed.clone().min() else { continue };
        // Who logs in, or loses a card, holds the account's row and then comes here: so this never waits for it. Whoever is passed over now is
        // reminded by the next run.
        let free = connection.query(&RECEIVER, &[ending.receiver.into()]).await?;
        if free.is_empty() || !first(context, connection, ending, due).await? {
            continue;
        }
        for lead in passed.filter(|lead| *lead != due) {
            first(context, connection, ending, lead).await?;
        }
        sent = sent.saturating_add(1);
        let [in_inbox, by_sms] = wanted;
        if in_inbox {
            inbox::write(context, connection, ending.receiver, what.kind(), &ending.data).await?;
        }
        if let Some(fingerprint) = &ending.fingerprint {
            // The next login with the card needn't tell of it again.
            connection
                .execute(
                    &sql!("UPDATE cards SET reminded_sha256 = $2 WHERE id = $1 AND certificate_sha256 = $2"),
                    &[ending.thing.into(), fingerprint.clone().into()],
                )
                .await?;
        }
        if by_sms {
            sms::keep(context, connection, what, ending.thing, ending.receiver, ending.ends_on, &ending.data).await?;
        }
    }
    Ok(sent)
}

/// Whether this reminder wasn't sent before; it counts as sent from now on.
async fn first(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    ending: &Ending,
    lead: i64,
) -> Result<bool, Problem> {
    let made = connection
        .query(
            &sql!(
                "INSERT INTO reminders_sent (thing_id, ends_on, lead_days, account_id, sent_at) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT DO NOTHING RETURNING lead_days"
            ),
            &[
                ending.thing.into(),
                ending.ends_on.to_text().into(),
                lead.into(),
                ending.receiver.into(),
                context.now.into(),
            ],
        )
        .await?;
    Ok(!made.is_empty())
}

/// Tells the holder of a card at a login that its certificate ends; no run tells them again of the leads that have passed. An SMS leaves with the next
/// run, which tries again what a gateway doesn't take.
pub async fn at_login(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
    card: Uuid,
    not_after: Timestamp,
    data: Json,
) -> Result<(), Problem> {
    let (preferences, _) = crate::preferences::of(connection, account).await?;
    let ends_on = not_after.date_in_china();
    if preferences.reaches(Event::CardExpiring, Channel::Inbox) {
        inbox::write(context, connection, account, Kind::CardExpiring, &data).await?;
    }
    if preferences.reaches(Event::CardExpiring, Channel::Sms) {
        sms::keep(context, connection, What::Cards, card, account, ends_on, &data).await?;
    }
    let left = context.now.date_in_china().days_until(ends_on);
    for lead in preferences.lead_days(Event::CardExpiring).iter().filter(|lead| left <= **lead) {
        connection
            .execute(
                &sql!(
                    "INSERT INTO reminders_sent (thing_id, ends_on, lead_days, account_id, sent_at) VALUES ($1, $2, $3, $4, $5)
                     ON CONFLICT DO NOTHING"
                ),
                &[card.into(), ends_on.to_text().into(), (*lead).into(), account.into(), context.now.into()],
            )
            .await?;
    }
    Ok(())
}

/// Where the last call stopped, today; nothing where it went through everything, or stopped on another day.
async fn stopped_at(context: &Context<'_>, what: What) -> Result<Option<Position>, Problem> {
    let rows = query(
        context.database,
        &sql!("SELECT ends, thing_id FROM reminder_progress WHERE what = $1 AND day = $2 AND NOT complete"),
        &[what.as_str().into(), context.now.date_in_china().to_text().into()],
    )
    .await?;
    rows.first().map(|row| Ok(Position { end: row.get(0)?, thing: row.get(1)? })).transpose()
}

async fn note(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    what: What,
    position: &Position,
    complete: bool,
) -> Result<(), Problem> {
    connection
        .execute(
            &sql!(
                "INSERT INTO reminder_progress (what, day, ends, thing_id, complete) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (what) DO UPDATE
                 SET day = excluded.day, ends = excluded.ends, thing_id = excluded.thing_id, complete = excluded.complete"
            ),
            &[
                what.as_str().into(),
                context.now.date_in_china().to_text().into(),
                position.end.clone().into(),
                position.thing.into(),
                complete.into(),
            ],
        )
        .await?;
    Ok(())
}

/// What was reminded of long ago goes, some of it with each run.
async fn forget(context: &Context<'_>) -> Result<(), Problem> {
    let before = context.now.date_in_china().plus_days(-KEPT_DAYS).to_text();
    query(context.database, &sql!("DELETE FROM reminders_sent WHERE ends_on < $1"), &[before.into()]).await?;
    Ok(sms::forget(context).await?)
}
