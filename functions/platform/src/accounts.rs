//! J18: accounts as staff see them: nothing that needs a reason, id number and phone masked.

use eport_schema::catalogue;
use eport_schema::domain::{IdType, mask};
use eport_schema::wire::{AccountState, Lock, PlatformAccount};
use eport_shared::accounts::{Field, reveal};
use eport_shared::clock::Timestamp;
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json};
use eport_shared::problem::Problem;
use eport_shared::serve::{Page, page};
use eport_shared::sql;
use eport_shared::sql::{Row, Statement, query};
use http::StatusCode;
use uuid::Uuid;

use crate::search;

/// What [`item`] reads, in order.
macro_rules! columns {
    () => {
        "id, username, name, id_type, id_number_enc, phone_enc, state, staff, locked_at, locked_reason, created_at, last_login_at"
    };
}
pub(crate) use columns;

const ONE: Statement = sql!(concat!("SELECT ", columns!(), " FROM accounts WHERE id = $1"));

const ALL: Statement = sql!(concat!("SELECT ", columns!(), " FROM accounts WHERE id < $1 ORDER BY id DESC LIMIT $2"));
// Each of the two has a partial index of its own, in the order of the list.
const IN_STATE: Statement = sql!(concat!(
    "SELECT ",
    columns!(),
    " FROM accounts WHERE state = $3 AND locked_at IS NULL AND id < $1 ORDER BY id DESC LIMIT $2"
));
const LOCKED: Statement = sql!(concat!(
    "SELECT ",
    columns!(),
    " FROM accounts WHERE locked_at IS NOT NULL AND id < $1 ORDER BY id DESC LIMIT $2"
));

/// `GET /v1/platform/accounts`: the newest first; `?query=` finds some, `?state=` narrows.
pub async fn list(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let page = page(request)?;
    let state = request.query("state").and_then(AccountState::parse);
    let items = match request.query("query").map(str::trim) {
        None | Some("") => all(context, page, state).await?,
        Some(text) => search::find(context, text, state, page).await?,
    };
    Ok(json(StatusCode::OK, &page.finish(items, |item| item.id)))
}

async fn all(context: &Context<'_>, page: Page, state: Option<AccountState>) -> Result<Vec<PlatformAccount>, Problem> {
    let before = page.after.unwrap_or(Uuid::max()).into();
    let limit = page.limit.saturating_add(1).into();
    let rows = match state {
        None => query(context.database, &ALL, &[before, limit]).await?,
        Some(AccountState::Locked) => query(context.database, &LOCKED, &[before, limit]).await?,
        Some(state) => query(context.database, &IN_STATE, &[before, limit, state.as_str().into()]).await?,
    };
    rows.iter().map(|row| item(context, row)).collect()
}

/// `GET /v1/platform/accounts/{id}`.
pub async fn get(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let account = request.id("id")?;
    Ok(json(StatusCode::OK, &read(context, account).await?))
}

/// One account.
pub(crate) async fn read(context: &Context<'_>, account: Uuid) -> Result<PlatformAccount, Problem> {
    let rows = query(context.database, &ONE, &[account.into()]).await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
    item(context, row)
}

/// From a row of [`columns`].
pub(crate) fn item(context: &Context<'_>, row: &Row) -> Result<PlatformAccount, Problem> {
    let id: Uuid = row.get(0)?;
    let clear = |field, column| -> Result<_, Problem> {
        Ok(reveal(context.keys, field, id, row.get::<Option<Vec<u8>>>(column)?.as_deref())?)
    };
    let locked = match row.get::<Option<Timestamp>>(8)? {
        None => None,
        Some(at) => Some(Lock { reason: row.get::<Option<String>>(9)?.unwrap_or_default(), at }),
    };
    Ok(PlatformAccount {
        id,
        username: row.get(1)?,
        name: row.get(2)?,
        id_type: row.get::<Option<String>>(3)?.and_then(|text| IdType::parse(&text).ok()),
        id_number: clear(Field::IdNumber, 4)?.map(|number| mask::id_number(&number)),
        phone: clear(Field::Phone, 5)?.map(|phone| mask::phone(&phone)),
        state: match locked {
            Some(_) => AccountState::Locked,
            None => AccountState::parse(&row.get::<String>(6)?).unwrap_or(AccountState::Pending),
        },
        staff: row.get(7)?,
        locked,
        created_at: row.get(10)?,
        last_login_at: row.get(11)?,
    })
}
