//! J8: an enterprise's operators, all or found by name, username, phone or id number.
//!
//! What a search costs depends on how many operators the enterprise has, never on how many accounts there are: it goes along the enterprise's
//! members, or, where a whole phone or id number was typed, from the one account that has it.

use std::collections::BTreeMap;

use eport_schema::domain::{IdDocument, IdType, Phone};
use eport_schema::wire::Operator;
use eport_shared::accounts::{id_number_index, phone_index};
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json};
use eport_shared::problem::Problem;
use eport_shared::serve::{Page, page};
use eport_shared::sql;
use eport_shared::sql::{Statement, Value, query};
use http::StatusCode;
use uuid::Uuid;

use crate::item::{self, invited_columns, member_columns};

/// `$1` enterprise, `$2` the id to go on before, `$3` how many, `$4` the wanted status or nothing, `$5` whether with a card, or nothing.
macro_rules! members {
    ($and:literal) => {
        concat!(
            "SELECT ",
            member_columns!(),
            // SQLite takes the tables of a CROSS JOIN in this order, whatever it thinks of the others.
            " FROM memberships m CROSS JOIN accounts a LEFT JOIN cards c ON c.account_id = m.account_id AND c.unbound_at IS NULL
              WHERE m.enterprise_id = $1 AND m.account_id < $2 AND a.id = m.account_id AND m.role = 'operator'
                AND ($4 = '' OR CASE WHEN m.state = 'suspended' THEN 'suspended' WHEN a.last_login_at IS NULL THEN 'inactive'
                                     ELSE 'active' END = $4)
                AND ($5 = '' OR CASE WHEN c.id IS NULL AND m.expected_card_number IS NULL THEN 'false' ELSE 'true' END = $5)",
            $and,
            " ORDER BY m.account_id DESC LIMIT $3"
        )
    };
}

const ALL: Statement = sql!(members!(""));
const BEGINNING: Statement = sql!(members!(
    " AND ((a.name >= $6 AND a.name < $7) OR (a.username_key >= $8 AND a.username_key < $9)
           OR a.id_number_index IN ($10, $11, $12, $13, $14, $15))"
));
const WHOLE: Statement = sql!(concat!(
    "SELECT ",
    member_columns!(),
    " FROM accounts a CROSS JOIN memberships m LEFT JOIN cards c ON c.account_id = m.account_id AND c.unbound_at IS NULL
      WHERE (a.phone_index = $6 OR a.id_number_index IN ($7, $8, $9, $10, $11, $12))
        AND m.account_id = a.id AND m.enterprise_id = $1 AND m.account_id < $2 AND m.role = 'operator'
        AND ($4 = '' OR CASE WHEN m.state = 'suspended' THEN 'suspended' WHEN a.last_login_at IS NULL THEN 'inactive' ELSE 'active' END = $4)
        AND ($5 = '' OR CASE WHEN c.id IS NULL AND m.expected_card_number IS NULL THEN 'false' ELSE 'true' END = $5)
      ORDER BY m.account_id DESC LIMIT $3"
));

/// `$1` enterprise, `$2` the id to go on before, `$3` how many, `$4` now, `$5` whether with a card, or nothing.
macro_rules! invitations {
    ($and:literal) => {
        concat!(
            "SELECT ",
            invited_columns!(),
            " FROM invitations WHERE enterprise_id = $1 AND status = 'pending' AND id < $2 AND expires_at > $4
                AND ($5 = '' OR CASE WHEN expected_card_number IS NULL THEN 'false' ELSE 'true' END = $5)",
            $and,
            " ORDER BY id DESC LIMIT $3"
        )
    };
}

const INVITED: Statement = sql!(invitations!(""));
const INVITED_FOUND: Statement = sql!(invitations!(
    " AND ((name >= $6 AND name < $7) OR (username_key >= $8 AND username_key < $9) OR phone_index = $16
           OR id_number_index IN ($10, $11, $12, $13, $14, $15))"
));

/// What was typed to find somebody, as each column could hold it.
struct Sought {
    /// Of a name, and of a username: from the first, up to but without the second.
    beginnings: [Value; 4],
    /// The blind indexes of the id documents that it can be; a number may be one of several kinds.
    documents: [Value; 6],
    phone: Value,
    /// Whether names and usernames can't begin so.
    only_whole: bool,
}

impl Sought {
    fn parse(context: &Context<'_>, text: &str) -> Self {
        let mut documents = IdType::ALL.iter().map(|id_type| {
            let document = IdDocument::parse(*id_type, text, context.now.date());
            document.ok().map(|document| id_number_index(context.keys, &document)).into()
        });
        let mut next = || documents.next().unwrap_or(Value::Null);
        let key = text.to_ascii_lowercase();
        Self {
            beginnings: [text.into(), after(text).into(), key.as_str().into(), after(&key).into()],
            documents: [next(), next(), next(), next(), next(), next()],
            phone: Phone::parse(text).ok().map(|phone| phone_index(context.keys, &phone)).into(),
            // Names have no digits, and usernames begin with a letter.
            only_whole: text.starts_with(|c: char| c.is_ascii_digit() || c == '+'),
        }
    }
}

/// The first text after all that begin with `text`, in the order of code points; nothing where all later ones do.
fn after(text: &str) -> Option<String> {
    let mut to = text.to_owned();
    while let Some(last) = to.pop() {
        let next = match last {
            '\u{D7FF}' => Some('\u{E000}'),
            last => char::from_u32(u32::from(last).saturating_add(1)),
        };
        if let Some(next) = next {
            to.push(next);
            return Some(to);
        }
    }
    None
}

/// `GET /v1/operators`: the newest first. Who is only invited is among them.
pub async fn list(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let enterprise = context.caller()?.administrator()?;
    let page = page(request)?;
    // Nothing but spaces is no question: it finds everybody.
    let query = request.query("query").map(str::trim).filter(|text| !text.is_empty());
    let sought = query.map(|text| Sought::parse(context, text));
    let status = request.query("status").unwrap_or_default();
    let has_card = request.query("has_card").unwrap_or_default();
    let mut found = BTreeMap::new();
    if status != "invited" {
        for operator in members(context, enterprise, page, [status, has_card], sought.as_ref()).await? {
            found.insert(operator.id, operator);
        }
    }
    if matches!(status, "" | "invited") {
        for operator in invited(context, enterprise, page, has_card, sought.as_ref()).await? {
            found.insert(operator.id, operator);
        }
    }
    // Each of the two gives the newest that it finds, so the newest of all are among them.
    let items = found.into_values().rev().take(usize::try_from(page.limit.saturating_add(1)).unwrap_or(usize::MAX));
    Ok(json(StatusCode::OK, &page.finish(items.collect(), |operator| operator.id)))
}

fn place(enterprise: Uuid, page: Page) -> Vec<Value> {
    vec![enterprise.into(), page.after.unwrap_or(Uuid::max()).into(), page.limit.saturating_add(1).into()]
}

async fn members(
    context: &Context<'_>,
    enterprise: Uuid,
    page: Page,
    filters: [&str; 2],
    sought: Option<&Sought>,
) -> Result<Vec<Operator>, Problem> {
    let mut parameters = place(enterprise, page);
    parameters.extend(filters.map(Value::from));
    let statement = match sought {
        None => &ALL,
        Some(sought) if sought.only_whole => {
            parameters.push(sought.phone.clone());
            parameters.extend(sought.documents.clone());
            &WHOLE
        }
        Some(sought) => {
            parameters.extend(sought.beginnings.clone());
            parameters.extend(sought.documents.clone());
            &BEGINNING
        }
    };
    let rows = query(context.database, statement, &parameters).await?;
    rows.iter().map(|row| item::member(context, row)).collect()
}

async fn invited(
    context: &Context<'_>,
    enterprise: Uuid,
    page: Page,
    has_card: &str,
    sought: Option<&Sought>,
) -> Result<Vec<Operator>, Problem> {
    let mut parameters = place(enterprise, page);
    parameters.extend([context.now.into(), has_card.into()]);
    let statement = match sought {
        None => &INVITED,
        Some(sought) => {
            parameters.extend(sought.beginnings.clone());
            parameters.extend(sought.documents.clone());
            parameters.push(sought.phone.clone());
            &INVITED_FOUND
        }
    };
    let rows = query(context.database, statement, &parameters).await?;
    rows.iter().map(item::invited).collect()
}

#[cfg(test)]
mod tests {
    use super::after;

    #[test]
    fn the_text_after_a_beginning_is_after_all_that_begin_so() {
        assert_eq!(after("张").as_deref(), Some("弡"));
        assert_eq!(after("zhang.s").as_deref(), Some("zhang.t"));
        assert_eq!(after("\u{D7FF}").as_deref(), Some("\u{E000}"));
        assert_eq!(after("a\u{10FFFF}").as_deref(), Some("b"));
        assert_eq!(after("\u{10FFFF}"), None);
        assert_eq!(after(""), None);
    }
}
