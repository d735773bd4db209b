//! The catalogue of applications (J14): kept by staff, and in memory until it changes, since every check looks into it.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use eport_schema::catalogue;
use eport_schema::wire::{Action, Application, Name, PlatformApplication};

use crate::context::Context;
use crate::crypto::sha256;
use crate::platform::{Connection, DatabaseError};
use crate::problem::Problem;
use crate::sql;
use crate::sql::{Row, query};

/// The most applications that the catalogue takes.
pub const MOST: usize = 200;
/// The most actions of one application.
pub const MOST_ACTIONS: usize = 60;
/// How many states of the catalogue are kept: the one in use, and the one before while requests that began with it end.
const KEPT: usize = 2;

/// The applications of the port as they are now, in the order of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue(Vec<Application>);

impl Catalogue {
    /// The application with this code.
    pub fn find(&self, code: &str) -> Option<&Application> {
        self.0.iter().find(|application| application.code == code)
    }

    /// The action with this code of the application with that.
    pub fn action<'a>(&'a self, application: &str, code: &str) -> Option<&'a Action> {
        self.find(application)?.actions.iter().find(|action| action.code == code)
    }

    /// All of them.
    pub fn applications(&self) -> &[Application] {
        &self.0
    }

    /// What the catalogue is known by: another one has another number.
    fn revision(&self) -> i64 {
        let digest = sha256(&serde_json::to_vec(&self.0).unwrap_or_default());
        digest.first_chunk().map_or(0, |first: &[u8; 8]| i64::from_be_bytes(*first))
    }
}

/// The catalogue as it is now: one small query where it hasn't changed.
pub async fn current(context: &Context<'_>) -> Result<Arc<Catalogue>, Problem> {
    let rows = query(context.database, &sql!("SELECT revision FROM application_catalogue WHERE id = 1"), &[]).await?;
    at(context, rows.first().map_or(Ok(0), |row| row.get(0))?).await
}

/// The catalogue that is known by `revision`, which the caller has just read: no query where it hasn't changed.
pub async fn at(context: &Context<'_>, revision: i64) -> Result<Arc<Catalogue>, Problem> {
    if let Some(known) = kept(|kept| kept.iter().find(|(of, _)| *of == revision).map(|(_, known)| Arc::clone(known))) {
        return Ok(known);
    }
    let mut connection = context.database.connect().await?;
    let (read, catalogue) = read(connection.as_mut()).await?;
    let catalogue = Arc::new(catalogue);
    // Kept under the number that was read with it, so that a change between the two queries can't give it another's.
    kept(|kept| {
        kept.push_front((read, Arc::clone(&catalogue)));
        kept.truncate(KEPT);
    });
    Ok(catalogue)
}

type Kept = VecDeque<(i64, Arc<Catalogue>)>;

/// The catalogue is public and the same for all requests: no secret is kept beyond one.
fn kept<T>(use_it: impl FnOnce(&mut Kept) -> T) -> T {
    static CATALOGUE: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);
    use_it(&mut CATALOGUE.lock().unwrap_or_else(PoisonError::into_inner))
}

/// The catalogue and its number, of one moment.
async fn read(connection: &mut dyn Connection) -> Result<(i64, Catalogue), Problem> {
    let rows = connection
        .query(
            &sql!(
                "SELECT c.revision, a.code, a.name_zh, a.name_en, a.open, a.actions
                 FROM application_catalogue c LEFT JOIN applications a ON a.removed_at IS NULL
                 WHERE c.id = 1 ORDER BY a.position, a.code"
            ),
            &[],
        )
        .await?;
    let revision = rows.first().map_or(Ok(0), |row| row.get(0))?;
    let mut applications = Vec::new();
    for row in &rows {
        // An empty catalogue is one row without an application.
        if let Some(code) = row.get::<Option<String>>(1)? {
            applications.push(Application {
                code,
                name: Name { zh: row.get(2)?, en: row.get(3)? },
                open: row.get(4)?,
                actions: actions(row.text(5)?)?,
            });
        }
    }
    Ok((revision, Catalogue(applications)))
}

/// The catalogue inside a transaction.
pub async fn within(connection: &mut dyn Connection) -> Result<Catalogue, Problem> {
    read(connection).await.map(|(_, catalogue)| catalogue)
}

/// Holds the catalogue until the transaction ends, so that one change comes after the other.
pub async fn hold(connection: &mut dyn Connection) -> Result<(), DatabaseError> {
    connection.query(&sql!(held: "SELECT revision FROM application_catalogue WHERE id = 1"), &[]).await.map(drop)
}

/// Writes down that the catalogue has changed. Call it after the change, in its transaction, with the catalogue held.
pub async fn changed(connection: &mut dyn Connection) -> Result<(), Problem> {
    let revision = within(connection).await?.revision();
    connection
        .execute(&sql!("UPDATE application_catalogue SET revision = $1 WHERE id = 1"), &[revision.into()])
        .await?;
    Ok(())
}

/// The columns that [`entry`] reads, in order: a literal, for `concat!` in a statement.
#[macro_export]
macro_rules! application_columns {
    () => {
        "id, code, name_zh, name_en, open, position, actions, created_at, updated_at, version"
    };
}

/// An entry as staff see it, and its version, from a row of [`application_columns`](crate::application_columns).
pub fn entry(row: &Row) -> Result<(PlatformApplication, i64), Problem> {
    let entry = PlatformApplication {
        id: row.get(0)?,
        code: row.get(1)?,
        name: Name { zh: row.get(2)?, en: row.get(3)? },
        open: row.get(4)?,
        position: row.get(5)?,
        actions: actions(row.text(6)?)?,
        created_at: row.get(7)?,
        updated_at: row.get(8)?,
    };
    Ok((entry, row.get(9)?))
}

fn actions(kept: Option<&str>) -> Result<Vec<Action>, Problem> {
    serde_json::from_str(kept.unwrap_or("[]")).map_err(|_| {
        // Nothing is written that can't be read; this is a database that somebody wrote to by hand.
        eprintln!("the actions of an application can't be read");
        Problem::new(&catalogue::SERVICE_INTERNAL)
    })
}
