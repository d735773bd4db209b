//! J18: finding accounts by phone, id number, name or the beginning of a username.
//!
//! Phone and id number are encrypted, so only a whole one can be found, by its blind index. Each way is one query on one
//! index, so that ten million accounts make no difference.

use std::collections::BTreeMap;

use eport_schema::domain::{IdDocument, IdType, PersonName, Phone, Username};
use eport_schema::wire::{AccountState, PlatformAccount};
use eport_shared::accounts::{id_number_index, phone_index};
use eport_shared::context::Context;
use eport_shared::problem::Problem;
use eport_shared::serve::Page;
use eport_shared::sql;
use eport_shared::sql::{Statement, Value, query};
use uuid::Uuid;

use crate::accounts::{columns, item};

// `$3` is the wanted state, or empty for any; an account that is locked is in no other state. (Of a phone or an id number there
// is one account at the most: looking at its row costs nothing.)
const BY_PHONE: Statement = sql!(concat!(
    "SELECT ",
    columns!(),
    " FROM accounts WHERE phone_index = $4 AND id < $1
      AND ($3 = '' OR CASE WHEN locked_at IS NULL THEN state ELSE 'locked' END = $3) ORDER BY id DESC LIMIT $2"
));
const BY_ID_NUMBER: Statement = sql!(concat!(
    "SELECT ",
    columns!(),
    " FROM accounts WHERE id_number_index = $4 AND id < $1
      AND ($3 = '' OR CASE WHEN locked_at IS NULL THEN state ELSE 'locked' END = $3) ORDER BY id DESC LIMIT $2"
));
// Thousands have the commonest names. The index on names has the state too, so that no row is read but those that are wanted.
const BY_NAME: Statement =
    sql!(concat!("SELECT ", columns!(), " FROM accounts WHERE name = $3 AND id < $1 ORDER BY id DESC LIMIT $2"));
const BY_NAME_IN_STATE: Statement = sql!(concat!(
    "SELECT ",
    columns!(),
    " FROM accounts WHERE name = $3 AND id < $1 AND state = $4 AND locked_at IS NULL ORDER BY id DESC LIMIT $2"
));
const BY_NAME_LOCKED: Statement = sql!(concat!(
    "SELECT ",
    columns!(),
    " FROM accounts WHERE name = $3 AND id < $1 AND locked_at IS NOT NULL ORDER BY id DESC LIMIT $2"
));
// The newest of all whose username begins with `a` would be a sort of a million rows. So the first thousand by username are
// found, in the index's own order, and whoever looks for one of more than those must type more of it.
const BY_USERNAME: Statement = sql!(concat!(
    "SELECT ",
    columns!(),
    " FROM (SELECT ",
    columns!(),
    " FROM accounts WHERE username_key >= $4 AND username_key < $5 ORDER BY username_key LIMIT 1000) AS found
      WHERE id < $1 AND ($3 = '' OR CASE WHEN locked_at IS NULL THEN state ELSE 'locked' END = $3)
      ORDER BY id DESC LIMIT $2"
));

/// All accounts that `text` finds in one of the ways, the newest first: one more than the page holds, where there are more.
pub(crate) async fn find(
    context: &Context<'_>,
    text: &str,
    state: Option<AccountState>,
    page: Page,
) -> Result<Vec<PlatformAccount>, Problem> {
    // Each way gives the newest that it finds, so the newest of all are among them.
    let mut found = BTreeMap::new();
    for (statement, sought) in ways(context, text, state) {
        let mut parameters = vec![page.after.unwrap_or(Uuid::max()).into(), page.limit.saturating_add(1).into()];
        parameters.extend(sought);
        for row in query(context.database, statement, &parameters).await? {
            let account = item(context, &row)?;
            found.insert(account.id, account);
        }
    }
    let wanted = usize::try_from(page.limit.saturating_add(1)).unwrap_or(usize::MAX);
    Ok(found.into_values().rev().take(wanted).collect())
}

/// The statements that `text` makes sense for, with what each looks for. Text that none can hold never reaches the database.
fn ways(context: &Context<'_>, text: &str, state: Option<AccountState>) -> Vec<(&'static Statement, Vec<Value>)> {
    let wanted = state.map_or("", AccountState::as_str);
    let mut ways = Vec::new();
    if let Ok(phone) = Phone::parse(text) {
        ways.push((&BY_PHONE, vec![wanted.into(), phone_index(context.keys, &phone).into()]));
    }
    for id_type in IdType::ALL {
        if let Ok(document) = IdDocument::parse(*id_type, text, context.now.date()) {
            ways.push((&BY_ID_NUMBER, vec![wanted.into(), id_number_index(context.keys, &document).into()]));
        }
    }
    if let Some((from, to)) = username_range(text) {
        ways.push((&BY_USERNAME, vec![wanted.into(), from.into(), to.into()]));
    }
    if let Ok(name) = PersonName::parse(text) {
        let name = name.as_str().into();
        ways.push(match state {
            None => (&BY_NAME, vec![name]),
            Some(AccountState::Locked) => (&BY_NAME_LOCKED, vec![name]),
            Some(_) => (&BY_NAME_IN_STATE, vec![name, wanted.into()]),
        });
    }
    ways
}

/// The keys of all usernames that begin with `text`: from the first, up to but without the second. None where no username does.
fn username_range(text: &str) -> Option<(String, String)> {
    // Made as long as a username must be, a beginning is a username.
    let username = Username::parse(&format!("{text:a<width$}", width = Username::SHORTEST)).ok()?;
    let from: String = username.key().chars().take(text.chars().count()).collect();
    let mut to = from.clone();
    // Both dialects compare the bytes of UTF-8, whose order is that of the code points. Nothing that a username may hold
    // stands at the end of a block or before the surrogates, so the next character is one more.
    let next = to.pop().and_then(|last| char::from_u32(u32::from(last).checked_add(1)?))?;
    to.push(next);
    Some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> Option<(String, String)> {
        username_range(text)
    }

    #[test]
    fn a_beginning_spans_all_usernames_that_begin_so() {
        assert_eq!(range("zhang"), Some(("zhang".into(), "zhanh".into())));
        assert_eq!(range("Zhang.S"), Some(("zhang.s".into(), "zhang.t".into())));
        assert_eq!(range("z"), Some(("z".into(), "{".into())));
        assert_eq!(range("张"), Some(("张".into(), "弡".into())));
        let (from, to) = range("西安a").unwrap();
        for inside in ["西安a", "西安a_1", "西安a𠮷"] {
            assert!(from.as_str() <= inside && inside < to.as_str());
        }
        for outside in ["西安", "西安b", "西安_"] {
            assert!(outside < from.as_str() || to.as_str() <= outside);
        }
    }

    #[test]
    fn the_last_letters_of_each_block_have_a_next() {
        for last in ['z', '\u{4DBF}', '\u{9FFF}', '\u{2A6DF}', '\u{2EBE0}', '\u{323AF}'] {
            let (from, to) = range(&last.to_string()).unwrap();
            assert!(from < to, "{last}");
        }
    }

    #[test]
    fn what_can_not_begin_a_username_is_not_looked_for() {
        for text in ["", "1a", "%", "_", "a%", "a b", "a\0", "'; DROP TABLE accounts; --", &"a".repeat(33)] {
            assert_eq!(range(text), None, "{text:?}");
        }
    }
}
