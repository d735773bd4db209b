//! J18: enterprises as staff see them: those that wait to be verified come first.

use std::collections::BTreeMap;

use eport_schema::catalogue;
use eport_schema::domain::{OrganisationCode, Uscc, mask};
use eport_schema::wire::{ClaimRefused, PlatformEnterprise, PlatformMember, RegistryEntry};
use eport_shared::accounts::{Field, reveal};
use eport_shared::clock::Timestamp;
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json, with_version};
use eport_shared::problem::Problem;
use eport_shared::serve::{Page, page};
use eport_shared::sql;
use eport_shared::sql::{Row, Statement, Value, query};
use http::StatusCode;
use uuid::Uuid;

/// What [`item`] reads, in order. An enterprise has one administrator at the most, and the registry one row of a USCC: no row comes twice.
macro_rules! enterprises {
    ($of:literal) => {
        concat!(
            "SELECT e.id, e.uscc, e.organisation_code, e.name, e.registered_address, e.business_scope, e.legal_person_name, e.state,
                    e.verified_by, e.verified_at, e.refused_at, e.refused_reason, e.created_at, e.updated_at,
                    r.name, r.registered_address, r.business_scope, r.legal_person_name,
                    m.account_id, a.username, a.name, a.phone_enc, m.role, m.state, m.verified_by, m.created_at, e.version
             FROM enterprises e LEFT JOIN registry r ON r.uscc = e.uscc
             LEFT JOIN memberships m ON m.enterprise_id = e.id AND m.role = 'admin' LEFT JOIN accounts a ON a.id = m.account_id ",
            $of
        )
    };
}

const ONE: Statement = sql!(enterprises!("WHERE e.id = $1"));
const IN_STATE: Statement = sql!(enterprises!("WHERE e.state = $3 AND e.id < $1 ORDER BY e.id DESC LIMIT $2"));

// `$3` is the wanted state, or empty for either. A USCC and an organisation code are one enterprise's.
const BY_USCC: Statement =
    sql!(enterprises!("WHERE e.uscc = $4 AND e.id < $1 AND ($3 = '' OR e.state = $3) ORDER BY e.id DESC LIMIT $2"));
const BY_ORGANISATION_CODE: Statement = sql!(enterprises!(
    "WHERE e.organisation_code = $4 AND e.id < $1 AND ($3 = '' OR e.state = $3) ORDER BY e.id DESC LIMIT $2"
));
// Of the names that begin alike the first thousand are found, in the index's own order: one character costs no more than ten.
const BY_NAME: Statement = sql!(enterprises!(
    "WHERE e.id IN (SELECT id FROM enterprises WHERE name >= $4 AND name < $5 ORDER BY name LIMIT 1000)
     AND e.id < $1 AND ($3 = '' OR e.state = $3) ORDER BY e.id DESC LIMIT $2"
));

/// `GET /v1/platform/enterprises`: the newest first, of those that are unverified and then of the others; `?query=` finds some, the newest
/// first, `?state=` narrows.
pub async fn list(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let page = page(request)?;
    let state = request.query("state").unwrap_or_default();
    let text = request.query("query").map(str::trim).unwrap_or_default();
    let list = match (text, state) {
        ("", "") => page.finish(in_line(context, page).await?, |item| Place::of(item).cursor()),
        ("", state) => page.finish(in_state(context, page, state, page.after).await?, |item| item.id),
        (text, state) => page.finish(find(context, page, text, state).await?, |item| item.id),
    };
    Ok(json(StatusCode::OK, &list))
}

/// Where a page of the line ends. Staff verify those on the page before they ask for the next one, so what the last one's state is by then tells
/// nothing: the cursor says which part of the line it was in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Among those that wait for staff.
    Waiting(Uuid),
    /// Among the others, which come behind them.
    Verified(Uuid),
}

impl Place {
    /// The bits of a UUID's version (RFC 9562 §4.2).
    const VERSION: u128 = 0xF << 76;
    /// Ids are of version 7.
    const SEVEN: u128 = 0x7 << 76;
    /// Version 8 is for what an application makes of it (§5.8): an id with it is a place among the verified.
    const EIGHT: u128 = 0x8 << 76;

    fn of(item: &PlatformEnterprise) -> Self {
        if item.state == "verified" { Self::Verified(item.id) } else { Self::Waiting(item.id) }
    }

    fn cursor(self) -> Uuid {
        match self {
            Self::Waiting(id) => id,
            Self::Verified(id) => Uuid::from_u128((id.as_u128() & !Self::VERSION) | Self::EIGHT),
        }
    }

    fn read(cursor: Uuid) -> Self {
        match cursor.as_u128() {
            bits if bits & Self::VERSION == Self::EIGHT => {
                Self::Verified(Uuid::from_u128((bits & !Self::VERSION) | Self::SEVEN))
            }
            _ => Self::Waiting(cursor),
        }
    }
}

/// First those that wait for staff, then the others.
async fn in_line(context: &Context<'_>, page: Page) -> Result<Vec<PlatformEnterprise>, Problem> {
    let waiting = match page.after.map(Place::read) {
        Some(Place::Verified(id)) => return in_state(context, page, "verified", Some(id)).await,
        Some(Place::Waiting(id)) => Some(id),
        None => None,
    };
    let mut items = in_state(context, page, "unverified", waiting).await?;
    if i64::try_from(items.len()).unwrap_or(i64::MAX) <= page.limit {
        items.extend(in_state(context, page, "verified", None).await?);
    }
    Ok(items)
}

async fn in_state(
    context: &Context<'_>,
    page: Page,
    state: &str,
    after: Option<Uuid>,
) -> Result<Vec<PlatformEnterprise>, Problem> {
    let before = after.unwrap_or(Uuid::max()).into();
    let rows = query(context.database, &IN_STATE, &[before, page.limit.saturating_add(1).into(), state.into()]).await?;
    rows.iter().map(|row| item(context, row)).collect()
}

async fn find(context: &Context<'_>, page: Page, text: &str, state: &str) -> Result<Vec<PlatformEnterprise>, Problem> {
    let mut found = BTreeMap::new();
    for (statement, sought) in ways(text) {
        let mut parameters =
            vec![page.after.unwrap_or(Uuid::max()).into(), page.limit.saturating_add(1).into(), state.into()];
        parameters.extend(sought);
        for row in query(context.database, statement, &parameters).await? {
            let enterprise = item(context, &row)?;
            found.insert(enterprise.id, enterprise);
        }
    }
    let wanted = usize::try_from(page.limit.saturating_add(1)).unwrap_or(usize::MAX);
    Ok(found.into_values().rev().take(wanted).collect())
}

/// The statements that `text` makes sense for, with what each looks for.
fn ways(text: &str) -> Vec<(&'static Statement, Vec<Value>)> {
    let mut ways = Vec::new();
    if let Ok(uscc) = Uscc::parse(text) {
        ways.push((&BY_USCC, vec![uscc.as_str().into()]));
    }
    if let Ok(code) = OrganisationCode::parse(text) {
        ways.push((&BY_ORGANISATION_CODE, vec![code.as_str().into()]));
    }
    if let Some(after) = after_all_that_begin_with(text) {
        ways.push((&BY_NAME, vec![text.into(), after.into()]));
    }
    ways
}

/// The least text that comes after all that begin with `text`, in the order of code points, which is that of UTF-8's bytes in both dialects.
fn after_all_that_begin_with(text: &str) -> Option<String> {
    let mut after = text.to_owned();
    while let Some(last) = after.pop() {
        // There is no character from D800 to DFFF, and none after 10FFFF.
        let next =
            if last == '\u{D7FF}' { Some('\u{E000}') } else { char::from_u32(u32::from(last).saturating_add(1)) };
        if let Some(next) = next {
            after.push(next);
            return Some(after);
        }
    }
    None
}

/// `GET /v1/platform/enterprises/{id}`.
pub async fn get(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    answer(context, request.id("id")?).await
}

/// An enterprise as it is now, with its `ETag`.
pub(crate) async fn answer(context: &Context<'_>, enterprise: Uuid) -> Result<Response, Problem> {
    let rows = query(context.database, &ONE, &[enterprise.into()]).await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
    Ok(with_version(json(StatusCode::OK, &item(context, row)?), row.get(26)?))
}

fn item(context: &Context<'_>, row: &Row) -> Result<PlatformEnterprise, Problem> {
    let administrator = match row.get::<Option<Uuid>>(18)? {
        Some(_) => Some(member(context, row, 18)?),
        None => None,
    };
    let refused = match row.get::<Option<Timestamp>>(10)? {
        Some(at) => Some(ClaimRefused { reason: row.get::<Option<String>>(11)?.unwrap_or_default(), at }),
        None => None,
    };
    let registry = match row.get::<Option<String>>(14)? {
        Some(name) => Some(RegistryEntry {
            name,
            registered_address: row.get(15)?,
            business_scope: row.get(16)?,
            legal_person_name: row.get(17)?,
        }),
        None => None,
    };
    Ok(PlatformEnterprise {
        id: row.get(0)?,
        uscc: row.get(1)?,
        organisation_code: row.get(2)?,
        name: row.get(3)?,
        registered_address: row.get(4)?,
        business_scope: row.get(5)?,
        legal_person_name: row.get(6)?,
        state: row.get(7)?,
        verified_by: row.get(8)?,
        verified_at: row.get(9)?,
        administrator,
        refused,
        registry,
        created_at: row.get(12)?,
        updated_at: row.get(13)?,
    })
}

/// From the columns account_id, username, name, phone_enc, role, state, verified_by, created_at, the first of which is number `first`.
fn member(context: &Context<'_>, row: &Row, first: usize) -> Result<PlatformMember, Problem> {
    let at = |column: usize| first.saturating_add(column);
    let account_id: Uuid = row.get(at(0))?;
    let phone = reveal(context.keys, Field::Phone, account_id, row.get::<Option<Vec<u8>>>(at(3))?.as_deref())?;
    Ok(PlatformMember {
        account_id,
        username: row.get(at(1))?,
        name: row.get(at(2))?,
        phone: phone.map(|phone| mask::phone(&phone)),
        role: row.get(at(4))?,
        state: row.get(at(5))?,
        verified_by: row.get(at(6))?,
        joined_at: row.get(at(7))?,
    })
}

/// `GET /v1/platform/enterprises/{id}/members`: by account, the newest account first.
pub async fn members(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let enterprise = request.id("id")?;
    let page = page(request)?;
    let known =
        query(context.database, &sql!("SELECT id FROM enterprises WHERE id = $1"), &[enterprise.into()]).await?;
    if known.is_empty() {
        return Err(Problem::new(&catalogue::RESOURCE_NOT_FOUND));
    }
    let rows = query(
        context.database,
        &sql!(
            "SELECT m.account_id, a.username, a.name, a.phone_enc, m.role, m.state, m.verified_by, m.created_at
             FROM memberships m JOIN accounts a ON a.id = m.account_id
             WHERE m.enterprise_id = $3 AND m.account_id < $1 ORDER BY m.account_id DESC LIMIT $2"
        ),
        &[page.after.unwrap_or(Uuid::max()).into(), page.limit.saturating_add(1).into(), enterprise.into()],
    )
    .await?;
    let items = rows.iter().map(|row| member(context, row, 0)).collect::<Result<Vec<_>, _>>()?;
    Ok(json(StatusCode::OK, &page.finish(items, |item| item.account_id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_says_which_part_of_the_line_it_is_in() {
        let id = Uuid::from_u128(0x019a_a9a5_6f0c_7d0a_8f0e_2d9d_7f5b_1c11);
        for place in [Place::Waiting(id), Place::Verified(id)] {
            assert_eq!(Place::read(place.cursor()), place);
        }
        assert_eq!(Place::Waiting(id).cursor(), id, "as cursors were before");
    }

    #[test]
    fn a_beginning_spans_all_names_that_begin_so() {
        for (text, after) in [("杭州", "杭巟"), ("a", "b"), ("a\u{D7FF}", "a\u{E000}"), ("a\u{10FFFF}", "b")] {
            assert_eq!(after_all_that_begin_with(text).as_deref(), Some(after));
        }
        assert_eq!(after_all_that_begin_with(""), None);
        assert_eq!(after_all_that_begin_with("\u{10FFFF}"), None);
    }
}
