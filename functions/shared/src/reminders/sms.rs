//! The SMS of reminders: kept with the reminder, in its transaction, until they have left.
//!
//! Whoever marks one as tried on a day tries it, so that runs may overlap and repeat. One that could not leave is tried again on the next day, until
//! what it speaks of has ended, been renewed or gone, or its receiver wants no SMS any more. All tries have one id: a gateway that took the first and
//! answered too late delivers it once.

use eport_schema::clock::Timestamp;
use eport_schema::domain::{CalendarDate, Phone};
use eport_schema::wire::RemindersRun;
use serde_json::Value as Json;
use uuid::Uuid;

use super::What;
use crate::accounts::{Field, reveal};
use crate::context::Context;
use crate::notices::{self, Delivery, Notice};
use crate::platform::{Connection, DatabaseError, new_id};
use crate::preferences::{self, Channel};
use crate::problem::Problem;
use crate::sql;
use crate::sql::{Row, Value, query};

/// SMS that one call sends: each may take a moment.
const MOST: i64 = 200;

/// One that waits.
struct Waiting {
    id: Uuid,
    account: Uuid,
    thing: Uuid,
    /// `YYYY-MM-DD`.
    ends_on: String,
    what: What,
    data: Json,
}

/// Keeps one to be sent to `account`, in the transaction of its reminder.
pub async fn keep(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    what: What,
    thing: Uuid,
    account: Uuid,
    ends_on: CalendarDate,
    data: &Json,
) -> Result<(), DatabaseError> {
    connection
        .execute(
            &sql!(
                "INSERT INTO reminder_sms (id, account_id, thing_id, ends_on, what, data, tried_on) VALUES ($1, $2, $3, $4, $5, $6, '')"
            ),
            &[
                new_id(context.now, context.entropy).into(),
                account.into(),
                thing.into(),
                ends_on.to_text().into(),
                what.as_str().into(),
                data.to_string().into(),
            ],
        )
        .await
        .map(drop)
}

/// What a call leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Nothing that can be done today.
    Nothing,
    /// More than one call sends.
    More,
    /// Whatever waits: the gateway is down.
    GatewayDown,
}

/// Sends those that weren't tried today, as many as the call has left.
pub async fn send(context: &Context<'_>, done: &mut RemindersRun) -> Result<Left, Problem> {
    let today = context.now.date_in_china().to_text();
    let most = MOST.saturating_sub(done.sms_sent);
    let rows = query(
        context.database,
        &sql!(
            "SELECT id, account_id, thing_id, ends_on, what, data FROM reminder_sms WHERE ends_on >= $1 AND tried_on < $1
             ORDER BY ends_on, id LIMIT $2"
        ),
        &[today.as_str().into(), most.saturating_add(1).into()],
    )
    .await?;
    let found = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    for (tried, row) in (0..most).zip(&rows) {
        let Some(waiting) = Waiting::read(row)? else { continue };
        if !waiting.claim(context, &today).await? {
            continue;
        }
        match waiting.send(context).await? {
            Some(Delivery::Sent) => {
                waiting.forget(context).await?;
                done.sms_sent = done.sms_sent.saturating_add(1);
            }
            None => waiting.forget(context).await?,
            Some(Delivery::Limited) => {}
            // One phone that the gateway won't reach keeps nobody else from being told.
            Some(Delivery::Refused) => done.sms_failed = done.sms_failed.saturating_add(1),
            Some(Delivery::Failed) => {
                // The gateway is down, and each further one would wait for it: they are the next run's, this one tomorrow's.
                done.sms_failed = done.sms_failed.saturating_add(found.saturating_sub(tried));
                return Ok(Left::GatewayDown);
            }
        }
    }
    Ok(if found <= most { Left::Nothing } else { Left::More })
}

impl Waiting {
    /// Nothing where the row is of a kind that this version doesn't have.
    fn read(row: &Row) -> Result<Option<Self>, DatabaseError> {
        let what: String = row.get(4)?;
        let Some(what) = [What::Qualifications, What::Cards].into_iter().find(|known| known.as_str() == what) else {
            return Ok(None);
        };
        Ok(Some(Self {
            id: row.get(0)?,
            account: row.get(1)?,
            thing: row.get(2)?,
            ends_on: row.get(3)?,
            what,
            data: serde_json::from_str(&row.get::<String>(5)?).unwrap_or_default(),
        }))
    }

    /// Whether it is this run that tries it today.
    async fn claim(&self, context: &Context<'_>, today: &str) -> Result<bool, DatabaseError> {
        let claim = sql!("UPDATE reminder_sms SET tried_on = $2 WHERE id = $1 AND tried_on < $2 RETURNING id");
        let claimed = query(context.database, &claim, &[self.id.into(), today.into()]).await?;
        Ok(!claimed.is_empty())
    }

    async fn forget(&self, context: &Context<'_>) -> Result<(), DatabaseError> {
        query(context.database, &sql!("DELETE FROM reminder_sms WHERE id = $1"), &[self.id.into()]).await.map(drop)
    }

    /// Nothing where there is no reason to send it any more.
    async fn send(&self, context: &Context<'_>) -> Result<Option<Delivery>, Problem> {
        let mut connection = context.database.connect().await?;
        if !self.still_ends(connection.as_mut()).await? {
            return Ok(None);
        }
        let (preferences, phone) = preferences::of(connection.as_mut(), self.account).await?;
        drop(connection);
        let phone = reveal(context.keys, Field::Phone, self.account, phone.as_deref())?;
        let phone = phone.and_then(|phone| Phone::parse(&phone).ok());
        let Some(phone) = phone.filter(|_| preferences.reaches(self.what.event(), Channel::Sms)) else {
            return Ok(None);
        };
        let notice = Notice {
            account: self.account,
            phone,
            kind: self.what.kind(),
            data: self.data.clone(),
            language: preferences.language(),
        };
        Ok(Some(notices::deliver(context, self.id, &notice).await))
    }

    /// Whether it is still the receiver's, and ends on that day.
    async fn still_ends(&self, connection: &mut dyn Connection) -> Result<bool, DatabaseError> {
        let (thing, account): (Value, Value) = (self.thing.into(), self.account.into());
        match self.what {
            What::Qualifications => {
                let statement = sql!(
                    "SELECT q.valid_to FROM qualifications q JOIN memberships m ON m.enterprise_id = q.enterprise_id
                     WHERE q.id = $1 AND m.account_id = $2 AND m.role = 'admin'"
                );
                let rows = connection.query(&statement, &[thing, account]).await?;
                let end: Option<String> = rows.first().map_or(Ok(None), |row| row.get(0))?;
                Ok(end.as_deref() == Some(self.ends_on.as_str()))
            }
            What::Cards => {
                let statement =
                    sql!("SELECT not_after FROM cards WHERE id = $1 AND account_id = $2 AND unbound_at IS NULL");
                let rows = connection.query(&statement, &[thing, account]).await?;
                let end: Option<Timestamp> = rows.first().map(|row| row.get(0)).transpose()?;
                Ok(end.is_some_and(|end| end.date_in_china().to_text() == self.ends_on))
            }
        }
    }
}

/// Those of what has ended go.
pub async fn forget(context: &Context<'_>) -> Result<(), DatabaseError> {
    let today = context.now.date_in_china().to_text();
    query(context.database, &sql!("DELETE FROM reminder_sms WHERE ends_on < $1"), &[today.into()]).await.map(drop)
}
