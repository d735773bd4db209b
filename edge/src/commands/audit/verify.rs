//! The walk along the chains.

use std::fmt;

use eport_shared::audit::{CHAINS, Entry, is_sealed};
use eport_shared::audit_columns;
use eport_shared::clock::Timestamp;
use eport_shared::keys::Keys;
use eport_shared::platform::{Connection, Database, DatabaseError};
use eport_shared::sql;
use eport_shared::sql::Statement;

/// Rows read at once.
const PAGE: i64 = 1000;
/// Where the MAC stands after [`audit_columns`].
const MAC: usize = 19;
/// Rows in all from which no chain is without any: each row takes one of the chains by chance, and passes one by with 15 in 16.
const NONE_IS_EMPTY: i64 = 500;

const ROWS: Statement =
    sql!(concat!("SELECT ", audit_columns!(), ", mac FROM audit WHERE chain = $1 AND seq > $2 ORDER BY seq LIMIT $3"));

/// What the walk found.
#[derive(Debug)]
pub struct Found {
    /// All of them, in order.
    pub chains: Vec<Chain>,
    /// Rows of chains that the service doesn't have.
    pub strangers: i64,
    /// What the other tables say of rows that are gone.
    pub gone: Gone,
}

/// What the other tables speak of, and the audit doesn't. A chain that lost all of its rows, and whose head was set back to the beginning, looks like
/// one that was never used; an account and a session can't come to be without a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gone {
    /// An account is older than the first row, or there are accounts and no rows.
    pub beginning: bool,
    /// Sessions whose opening has no row.
    pub sessions: i64,
}

/// One chain.
#[derive(Debug)]
pub struct Chain {
    number: i64,
    /// How many rows are whole, from the beginning.
    rows: i64,
    /// The MAC of the last whole row.
    last: Vec<u8>,
    /// The first thing that isn't as it was written.
    pub broken: Option<Break>,
}

/// How a chain is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Break {
    /// These sequence numbers are not there, but later ones are.
    Deleted {
        /// The first missing.
        from: i64,
        /// The last missing before the next row.
        to: i64,
    },
    /// A row whose MAC isn't that of its content after the row before.
    Changed {
        /// Its sequence number.
        seq: i64,
        /// `action, time, id`.
        what: String,
    },
    /// A row before the first or after the last.
    Inserted {
        /// Its sequence number.
        seq: i64,
    },
    /// The head counts more rows than there are.
    Truncated {
        /// The number of the last row.
        last: i64,
        /// What the head says it is.
        head: i64,
    },
    /// The head has the number of the last row, but not its MAC.
    Head,
    /// The head was set back to a row before: those after it were deleted.
    SetBack {
        /// The number of the last row.
        last: i64,
    },
    /// There are no rows, where the other chains have many.
    Emptied,
    /// There is no head.
    NoHead,
}

impl Found {
    /// Nothing is broken.
    pub fn is_whole(&self) -> bool {
        self.strangers == 0 && self.gone == Gone::default() && self.chains.iter().all(|chain| chain.broken.is_none())
    }

    /// No chain has even one whole row: that is no row that somebody changed.
    pub fn looks_like_other_keys(&self) -> bool {
        self.strangers == 0
            && self.chains.iter().any(|chain| chain.broken.is_some())
            && self.chains.iter().all(|chain| chain.rows == 0)
            && self.chains.iter().all(|chain| matches!(chain.broken, None | Some(Break::Changed { seq: 1, .. })))
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: i64 = self.chains.iter().map(|chain| chain.rows).sum();
        let broken = self.chains.iter().filter(|chain| chain.broken.is_some()).count();
        match broken {
            0 if self.gone != Gone::default() => {
                write!(f, "{} chains, {rows} rows: what is there is whole, but rows are gone", self.chains.len())
            }
            0 => write!(f, "{} chains, {rows} rows: all whole", self.chains.len()),
            _ => write!(f, "{} chains, {rows} rows whole before the first break; {broken} broken", self.chains.len()),
        }
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "chain {}: ", self.number)?;
        match &self.broken {
            None if self.rows == 0 => write!(f, "empty"),
            None => write!(f, "{} rows, up to {}", self.rows, hex(&self.last)),
            Some(Break::Deleted { from, to }) if from == to => write!(f, "row {from} is missing: it was deleted"),
            Some(Break::Deleted { from, to }) => write!(f, "rows {from} to {to} are missing: they were deleted"),
            Some(Break::Changed { seq, what }) => {
                write!(f, "row {seq} ({what}) was changed, or was not written by this service")
            }
            Some(Break::Inserted { seq }) => write!(f, "row {seq} was put in: the chain doesn't know it"),
            Some(Break::Truncated { last, head }) => {
                let count = head.saturating_sub(*last);
                write!(f, "it ends with row {last}, but had {head}: its last {count} were deleted")
            }
            Some(Break::Head) => {
                write!(f, "its head is not that of its last row {}: one of the two was changed", self.rows)
            }
            Some(Break::SetBack { last }) => {
                write!(
                    f,
                    "its head was set back at some time, to row {last} or one before: rows at its end were deleted"
                )
            }
            Some(Break::Emptied) => write!(f, "it has no rows, and the others have many: all of its rows were deleted"),
            Some(Break::NoHead) => write!(f, "it has no head: that row of audit_heads was deleted"),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().rev().take(8).rev().map(|byte| format!("{byte:02x}")).collect()
}

/// Walks all chains in one snapshot of the database, so that rows which are written meanwhile don't look like a break.
pub async fn verify(database: &dyn Database, keys: &Keys) -> Result<Found, DatabaseError> {
    let mut connection = database.connect().await?;
    let begin = sql!(sqlite: "BEGIN", postgres: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    connection.execute(&begin, &[]).await?;
    let mut chains = Vec::new();
    for number in 0..CHAINS {
        chains.push(walk(connection.as_mut(), keys, number).await?);
    }
    let rows: i64 = chains.iter().map(|chain| chain.rows).sum();
    for chain in chains.iter_mut().filter(|chain| chain.rows == 0 && rows >= NONE_IS_EMPTY) {
        chain.broken.get_or_insert(Break::Emptied);
    }
    let strangers =
        connection.query(&sql!("SELECT COUNT(*) FROM audit WHERE chain < 0 OR chain >= $1"), &[CHAINS.into()]).await?;
    let strangers = strangers.first().map(|row| row.get(0)).transpose()?.unwrap_or(0);
    let gone = gone(connection.as_mut()).await?;
    connection.execute(&sql!("ROLLBACK"), &[]).await?;
    Ok(Found { chains, strangers, gone })
}

async fn gone(connection: &mut dyn Connection) -> Result<Gone, DatabaseError> {
    let first = sql!("SELECT (SELECT MIN(created_at) FROM accounts), (SELECT MIN(at) FROM audit)");
    let beginning = match connection.query(&first, &[]).await?.first() {
        None => false,
        Some(row) => match (row.get::<Option<Timestamp>>(0)?, row.get::<Option<Timestamp>>(1)?) {
            // Whatever makes an account writes its row in the same transaction, with the same time.
            (Some(account), Some(row)) => account < row,
            (account, _) => account.is_some(),
        },
    };
    let unopened = sql!(
        "SELECT COUNT(*) FROM sessions s WHERE NOT EXISTS
           (SELECT 1 FROM audit t WHERE t.actor_id = s.account_id AND t.action = 'session.opened' AND t.at = s.created_at)"
    );
    let sessions = connection.query(&unopened, &[]).await?.first().map(|row| row.get(0)).transpose()?.unwrap_or(0);
    Ok(Gone { beginning, sessions })
}

async fn walk(connection: &mut dyn Connection, keys: &Keys, number: i64) -> Result<Chain, DatabaseError> {
    let mut chain = Chain { number, rows: 0, last: Vec::new(), broken: None };
    // A row put in before the first has the smallest number of all.
    let mut after = i64::MIN;
    loop {
        let rows = connection.query(&ROWS, &[number.into(), after.into(), PAGE.into()]).await?;
        for row in &rows {
            let entry = Entry::read(row)?;
            let mac: Vec<u8> = row.get(MAC)?;
            chain.broken = check(&chain, &entry, keys, &mac);
            if chain.broken.is_some() {
                break;
            }
            chain.rows = entry.seq;
            chain.last = mac;
        }
        after = chain.rows;
        if chain.broken.is_some() || rows.is_empty() {
            break;
        }
    }
    if !matches!(chain.broken, None | Some(Break::Changed { .. })) {
        return Ok(chain);
    }
    let heads =
        connection.query(&sql!("SELECT seq, mac, seal FROM audit_heads WHERE chain = $1"), &[number.into()]).await?;
    let Some(head) = heads.first() else {
        chain.broken = chain.broken.or(Some(Break::NoHead));
        return Ok(chain);
    };
    let seq: i64 = head.get(0)?;
    chain.broken = match chain.broken {
        // What stands behind the head was never written by the service.
        Some(Break::Changed { seq: row, .. }) if row > seq => Some(Break::Inserted { seq: row }),
        Some(broken) => Some(broken),
        None if seq > chain.rows => Some(Break::Truncated { last: chain.rows, head: seq }),
        None if seq < chain.rows => Some(Break::Inserted { seq: seq.saturating_add(1) }),
        None if head.get::<Vec<u8>>(1)? != chain.last => Some(Break::Head),
        None if !is_sealed(keys, number, seq, &chain.last, &head.get::<Vec<u8>>(2)?) => {
            Some(Break::SetBack { last: chain.rows })
        }
        None => None,
    };
    Ok(chain)
}

fn check(chain: &Chain, entry: &Entry, keys: &Keys, mac: &[u8]) -> Option<Break> {
    let expected = chain.rows.saturating_add(1);
    if entry.seq < expected {
        return Some(Break::Inserted { seq: entry.seq });
    }
    if entry.seq > expected {
        return Some(Break::Deleted { from: expected, to: entry.seq.saturating_sub(1) });
    }
    if entry.is_authentic(keys, &chain.last, mac) {
        return None;
    }
    let what = format!("{}, {}, {}", entry.action, entry.at.to_rfc3339(), entry.id);
    Some(Break::Changed { seq: entry.seq, what })
}
