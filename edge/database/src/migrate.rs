//! Brings a database to the tables that this program knows, one numbered step after the other.
//!
//! Each step runs in a transaction of its own, with the record of it: a step that fails leaves nothing behind. Two programs that start at
//! once don't meet: the second waits for the lock, then finds the work done.

use std::time::Duration;

use eport_schema::clock::Timestamp;
use eport_schema::migrations::{ALL, Migration};
use eport_shared::platform::{Connection, DatabaseError};
use eport_shared::sql;
use eport_shared::sql::Dialect;

use crate::NativeDatabase;
use crate::postgres::PostgresConnection;
use crate::sqlite::SqliteConnection;

/// How long a runner on SQLite waits for another one; on PostgreSQL it waits as long as the other's connection lives.
const PATIENCE: Duration = Duration::from_secs(120);

/// Why the tables could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The text of a step is not the one that made these tables.
    #[error(
        "migration {name} was applied to this database with another text (SHA-256 {recorded}, here {known}), so its tables may differ from \
         what this program expects. Run the version of eport that applied it. If you changed the file: put the old text back, and write \
         the change as a new migration"
    )]
    Changed {
        /// The step's name.
        name: &'static str,
        /// What the database remembers.
        recorded: String,
        /// The checksum of the text in this program.
        known: String,
    },
    /// A newer program was here.
    #[error(
        "this database was migrated by a newer eport: it has migration {number} ({name}), this program knows {known}. Run that version or a \
         later one; there is no way back other than restoring a backup from before"
    )]
    Newer {
        /// The first number that this program doesn't know.
        number: i64,
        /// Its recorded name.
        name: String,
        /// How many steps this program knows.
        known: usize,
    },
    /// The record has a hole.
    #[error(
        "the table schema_migrations has no migration {missing}, but later ones. Rows were removed by hand: restore them from a backup"
    )]
    Gap {
        /// The number that should be there.
        missing: i64,
    },
    /// A step failed; what came before it is applied, itself it left nothing.
    #[error(
        "migration {name} failed and was taken back: {why}. If tables of that name exist already, the database belongs to something \
         else: give eport one of its own"
    )]
    Failed {
        /// The step's name.
        name: &'static str,
        /// What the database said. Not called `source`, which would be printed twice.
        why: DatabaseError,
    },
    /// The database did not answer, or not to the questions around a step.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// One step, and when it was applied, if it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// 1, 2, 3 ….
    pub number: i64,
    /// `0001_accounts`.
    pub name: &'static str,
    /// `None` where it is still to be done.
    pub applied_at: Option<Timestamp>,
}

/// Which steps are applied and which are not. Changes nothing, and doesn't create a SQLite file that isn't there.
pub async fn status(database: &NativeDatabase) -> Result<Vec<Step>, MigrateError> {
    let recorded = match database {
        NativeDatabase::Sqlite(file) if !file.path().exists() => Vec::new(),
        _ => recorded(Session::open(database).await?.connection()).await?,
    };
    check(&recorded, ALL, database_dialect(database))?;
    let steps = ALL.iter().enumerate().map(|(position, step)| Step {
        number: step.number,
        name: step.name,
        applied_at: recorded.get(position).map(|record| record.at),
    });
    Ok(steps.collect())
}

/// Applies what is missing and returns it; empty where nothing was. `now` goes into the record.
pub async fn run(database: &NativeDatabase, now: Timestamp) -> Result<Vec<Step>, MigrateError> {
    run_steps(database, ALL, now).await
}

/// [`run`] with other steps than the program's, for tests of the runner itself.
#[doc(hidden)]
pub async fn run_steps(
    database: &NativeDatabase,
    steps: &[Migration],
    now: Timestamp,
) -> Result<Vec<Step>, MigrateError> {
    let mut session = Session::open(database).await?;
    let mut applied = Vec::new();
    // Looked at without the lock first: a start with nothing to do, which is nearly every start, waits for nobody.
    while let Some(step) = next(session.connection(), steps).await? {
        applied.extend(session.apply(step, steps, now).await?);
    }
    Ok(applied)
}

fn database_dialect(database: &NativeDatabase) -> Dialect {
    match database {
        NativeDatabase::Sqlite(_) => Dialect::Sqlite,
        NativeDatabase::Postgres(_) => Dialect::Postgres,
    }
}

/// A connection that also runs scripts.
enum Session {
    Sqlite(SqliteConnection),
    Postgres(PostgresConnection),
}

impl Session {
    async fn open(database: &NativeDatabase) -> Result<Self, DatabaseError> {
        Ok(match database {
            NativeDatabase::Sqlite(file) => Self::Sqlite(file.take()?.patient(PATIENCE)),
            NativeDatabase::Postgres(server) => Self::Postgres(server.take().await?),
        })
    }

    fn connection(&mut self) -> &mut dyn Connection {
        match self {
            Self::Sqlite(connection) => connection,
            Self::Postgres(connection) => connection,
        }
    }

    async fn batch(&mut self, script: &str) -> Result<(), DatabaseError> {
        match self {
            Self::Sqlite(connection) => connection.batch(script).await,
            Self::Postgres(connection) => connection.batch(script).await,
        }
    }

    /// Applies `step`, unless another runner was quicker (then `None`).
    async fn apply(
        &mut self,
        step: &Migration,
        steps: &[Migration],
        now: Timestamp,
    ) -> Result<Option<Step>, MigrateError> {
        let failed = |why| MigrateError::Failed { name: step.name, why };
        let (settings, script) = match self {
            Self::Sqlite(_) => split_pragmas(step.sqlite),
            Self::Postgres(_) => ("", step.postgres),
        };
        // Before the transaction, in which they aren't possible; setting them twice does no harm.
        self.batch(settings).await.map_err(failed)?;

        lock(self.connection()).await?;
        let outcome = match next(self.connection(), steps).await {
            Ok(Some(still)) if still.number == step.number => self.apply_locked(step, script, now).await.map(Some),
            Ok(_) => Ok(None),
            Err(error) => Err(error),
        };
        let end = if outcome.is_ok() { sql!("COMMIT") } else { sql!("ROLLBACK") };
        let ended = self.connection().execute(&end, &[]).await;
        let step = outcome?;
        ended?;
        Ok(step)
    }

    async fn apply_locked(&mut self, step: &Migration, script: &str, now: Timestamp) -> Result<Step, MigrateError> {
        let failed = |why| MigrateError::Failed { name: step.name, why };
        self.batch(RECORD_TABLE).await.map_err(failed)?;
        self.batch(script).await.map_err(failed)?;
        let dialect = self.connection().dialect();
        let record = sql!("INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)");
        let values = [step.number.into(), step.name.into(), checksum(step, dialect).into(), now.into()];
        self.connection().execute(&record, &values).await.map_err(failed)?;
        Ok(Step { number: step.number, name: step.name, applied_at: Some(now) })
    }
}

/// The same text for both: `BIGINT` is an integer to SQLite as well.
const RECORD_TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    number BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    applied_at BIGINT NOT NULL
);";

/// Begins the transaction of one step and waits until no other runner is in one.
async fn lock(connection: &mut dyn Connection) -> Result<(), DatabaseError> {
    connection.execute(&sql!(sqlite: "BEGIN EXCLUSIVE", postgres: "BEGIN"), &[]).await?;
    if connection.dialect() == Dialect::Postgres {
        // "eportmig" in ASCII. Of the transaction, not of the session: it also holds behind a pooler.
        let lock = sql!("SELECT pg_advisory_xact_lock(7309464732592597351) IS NULL");
        connection.query(&lock, &[]).await?;
    }
    Ok(())
}

/// What the database remembers of one step.
struct Record {
    number: i64,
    name: String,
    checksum: String,
    at: Timestamp,
}

async fn recorded(connection: &mut dyn Connection) -> Result<Vec<Record>, DatabaseError> {
    // Not `to_regclass`: it answers from the session's cache, which may still say "no" after the wait for another runner.
    let exists = sql!(
        sqlite: "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations')",
        postgres: "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE relname = 'schema_migrations' AND pg_table_is_visible(oid))",
    );
    let answer = connection.query(&exists, &[]).await?;
    let exists = answer.first().map(|row| row.get::<bool>(0)).transpose()?.unwrap_or(false);
    if !exists {
        return Ok(Vec::new());
    }
    let all = sql!("SELECT number, name, checksum, applied_at FROM schema_migrations ORDER BY number");
    let rows = connection.query(&all, &[]).await?;
    rows.iter()
        .map(|row| Ok(Record { number: row.get(0)?, name: row.get(1)?, checksum: row.get(2)?, at: row.get(3)? }))
        .collect()
}

/// The first of `steps` that isn't applied.
async fn next<'a>(
    connection: &mut dyn Connection,
    steps: &'a [Migration],
) -> Result<Option<&'a Migration>, MigrateError> {
    let dialect = connection.dialect();
    let recorded = recorded(connection).await?;
    check(&recorded, steps, dialect)?;
    Ok(steps.get(recorded.len()))
}

/// The record must be a beginning of `steps`, text for text.
fn check(recorded: &[Record], steps: &[Migration], dialect: Dialect) -> Result<(), MigrateError> {
    for (expected, record) in (1..).zip(recorded) {
        if record.number != expected {
            return Err(MigrateError::Gap { missing: expected });
        }
    }
    for (record, step) in recorded.iter().zip(steps) {
        let known = checksum(step, dialect);
        if record.checksum != known {
            let recorded = record.checksum.clone();
            return Err(MigrateError::Changed { name: step.name, recorded, known });
        }
    }
    match recorded.get(steps.len()) {
        Some(record) => {
            Err(MigrateError::Newer { number: record.number, name: record.name.clone(), known: steps.len() })
        }
        None => Ok(()),
    }
}

/// SHA-256 of the text in `dialect`, in hexadecimal.
fn checksum(step: &Migration, dialect: Dialect) -> String {
    let text = match dialect {
        Dialect::Sqlite => step.sqlite,
        Dialect::Postgres => step.postgres,
    };
    hex::encode(ring::digest::digest(&ring::digest::SHA256, text.as_bytes()))
}

/// A SQLite script as its leading PRAGMAs (which may have comments among them) and the rest.
fn split_pragmas(script: &str) -> (&str, &str) {
    let mut rest = script;
    let mut end = 0;
    loop {
        let trimmed = rest.trim_start();
        rest = if trimmed.starts_with("--") {
            trimmed.split_once('\n').map_or("", |(_, after)| after)
        } else if trimmed.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("PRAGMA")) {
            let after = trimmed.split_once(';').map_or("", |(_, after)| after);
            end = script.len() - after.len();
            after
        } else {
            return script.split_at_checked(end).unwrap_or(("", script));
        };
    }
}

#[cfg(test)]
mod tests {
    use super::split_pragmas;

    #[test]
    fn leading_pragmas_are_split_off_and_later_ones_are_not() {
        let script = "-- why; really\nPRAGMA a = 1;\n\npragma b;\n-- x\nCREATE TABLE t (i);\nPRAGMA c;";
        let (settings, rest) = split_pragmas(script);
        assert_eq!(settings, "-- why; really\nPRAGMA a = 1;\n\npragma b;");
        assert_eq!(rest, "\n-- x\nCREATE TABLE t (i);\nPRAGMA c;");
    }

    #[test]
    fn a_script_without_pragmas_stays_whole() {
        for script in ["", "-- only a comment", "CREATE TABLE é (i);", "é"] {
            assert_eq!(split_pragmas(script), ("", script));
        }
    }

    #[test]
    fn every_known_step_follows_the_one_before() {
        for (expected, step) in (1..).zip(eport_schema::migrations::ALL) {
            assert_eq!(step.number, expected);
            assert!(step.name.starts_with(&format!("{expected:04}_")), "{}", step.name);
        }
    }
}
