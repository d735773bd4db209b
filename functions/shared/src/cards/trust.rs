//! The trust store: read from the database, kept in memory until it changes.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use eport_card::verify::Trust;
use eport_schema::catalogue;

use crate::context::Context;
use crate::crypto::sha256;
use crate::platform::{Connection, DatabaseError};
use crate::problem::Problem;
use crate::sql;
use crate::sql::{Row, query};

/// How many states of the store are kept: the one in use, and the one before while requests that began with it end.
const KEPT: usize = 2;

type Kept = VecDeque<(Vec<u8>, Arc<Trust>)>;

/// The trust store as it is now. One small query where it hasn't changed: reading a revocation list costs more than checking a card.
pub async fn current(context: &Context<'_>) -> Result<Arc<Trust>, Problem> {
    let rows = query(context.database, &sql!("SELECT revision FROM trust_state WHERE id = 1"), &[]).await?;
    let revision: Vec<u8> = rows.first().map_or(Ok(Vec::new()), |row| row.get(0))?;
    if let Some(known) = kept(|kept| kept.iter().find(|(of, _)| *of == revision).map(|(_, trust)| trust.clone())) {
        return Ok(known);
    }
    let (trust, read) = read(context).await?;
    let trust = Arc::new(trust);
    // Kept under the digest of what was read, so that a change between the two queries can't give it another's name.
    kept(|kept| {
        kept.push_front((read, trust.clone()));
        kept.truncate(KEPT);
    });
    Ok(trust)
}

/// What the store holds is public and the same for all requests: no secret is kept beyond one.
fn kept<T>(use_it: impl FnOnce(&mut Kept) -> T) -> T {
    static STORE: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);
    use_it(&mut STORE.lock().unwrap_or_else(PoisonError::into_inner))
}

async fn read(context: &Context<'_>) -> Result<(Trust, Vec<u8>), Problem> {
    let mut connection = context.database.connect().await?;
    let entries = entries(connection.as_mut()).await?;
    let of = |kind: &str| {
        entries.iter().filter(move |entry| entry.kind == kind).map(|entry| entry.der.as_slice()).collect::<Vec<_>>()
    };
    let trust = Trust::new(of("anchor"), of("intermediate"), of("revocation_list")).map_err(|error| {
        // Nothing gets in that can't be read; this is a database that somebody wrote to by hand.
        eprintln!("the trust store can't be read: {error}");
        Problem::new(&catalogue::SERVICE_INTERNAL)
    })?;
    Ok((trust, digest(&entries)))
}

struct Entry {
    kind: String,
    sha256: Vec<u8>,
    der: Vec<u8>,
}

async fn entries(connection: &mut dyn Connection) -> Result<Vec<Entry>, DatabaseError> {
    let rows = connection
        .query(
            &sql!(
                "SELECT kind, sha256, der FROM trust_certificates
                 UNION ALL SELECT 'revocation_list', sha256, der FROM revocation_lists"
            ),
            &[],
        )
        .await?;
    let entry = |row: &Row| Ok(Entry { kind: row.get(0)?, sha256: row.get(1)?, der: row.get(2)? });
    let mut entries = rows.iter().map(entry).collect::<Result<Vec<_>, DatabaseError>>()?;
    entries.sort_by(|a, b| (&a.kind, &a.sha256).cmp(&(&b.kind, &b.sha256)));
    Ok(entries)
}

fn digest(entries: &[Entry]) -> Vec<u8> {
    if entries.is_empty() {
        return Vec::new();
    }
    let all: Vec<u8> =
        entries.iter().flat_map(|entry| entry.kind.bytes().chain([0]).chain(entry.sha256.iter().copied())).collect();
    sha256(&all).to_vec()
}

/// Writes down that the store has changed. Call it last in the transaction of the change.
pub async fn changed(connection: &mut dyn Connection) -> Result<(), DatabaseError> {
    let revision = digest(&entries(connection).await?);
    connection.execute(&sql!("UPDATE trust_state SET revision = $1 WHERE id = 1"), &[revision.into()]).await.map(drop)
}
