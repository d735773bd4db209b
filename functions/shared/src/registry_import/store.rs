//! The tables: rows of the registry, many in one statement, and what is known of an import.

use std::collections::BTreeMap;

use eport_schema::catalogue::{self, Language};
use eport_schema::wire::{RegistryImport, RowProblem};
use uuid::Uuid;

use super::file::{Encoding, Entry};
use super::{Import, Refused, Source};
use crate::clock::Timestamp;
use crate::platform::{Connection, DatabaseError};
use crate::sql;
use crate::sql::{Row, Statement};

/// Rows of one statement. (Of 500 to 10,000 the rate is about the same; fewer rows are less memory.)
const ROWS: usize = 2000;

/// The rows of a part, by USCC: whoever else writes the same ones takes them in the same order, and so waits and is not waited for. A USCC that
/// comes once more is in the next round, so that its later row counts; its row in the table is ours by then.
#[derive(Default)]
pub(super) struct Rounds {
    rounds: Vec<BTreeMap<String, Entry>>,
    times: BTreeMap<String, usize>,
}

/// What came of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Written {
    pub(super) added: i64,
    pub(super) changed: i64,
    pub(super) unchanged: i64,
}

/// Whether the registry's row `r` says something else than the file's row `j`.
macro_rules! differs {
    () => {
        "r.name <> j.value ->> 1 OR r.registered_address IS DISTINCT FROM j.value ->> 2
         OR r.business_scope IS DISTINCT FROM j.value ->> 3 OR r.legal_person_name IS DISTINCT FROM j.value ->> 4"
    };
}

macro_rules! known {
    ($rows:literal) => {
        concat!(
            "SELECT COUNT(*), COUNT(CASE WHEN ",
            differs!(),
            " THEN 1 END) FROM ",
            $rows,
            " CROSS JOIN registry AS r WHERE r.uscc = j.value ->> 0"
        )
    };
}

/// How many of the rows the registry has, and of how many it says something else. The rows are a JSON array of arrays.
const KNOWN: Statement = sql!(
    sqlite: known!("json_each(?1) AS j"),
    postgres: known!("jsonb_array_elements(CAST(CAST($1 AS TEXT) AS JSONB)) AS j (value)"),
);

macro_rules! upsert {
    ($rows:literal, $now:literal) => {
        concat!(
            "INSERT INTO registry (uscc, name, registered_address, business_scope, legal_person_name, updated_at)
             SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, j.value ->> 4, ",
            $now,
            " FROM ",
            $rows,
            " WHERE TRUE
             ON CONFLICT (uscc) DO UPDATE SET name = excluded.name, registered_address = excluded.registered_address,
                 business_scope = excluded.business_scope, legal_person_name = excluded.legal_person_name, updated_at = excluded.updated_at
             WHERE registry.name <> excluded.name OR registry.registered_address IS DISTINCT FROM excluded.registered_address
                OR registry.business_scope IS DISTINCT FROM excluded.business_scope
                OR registry.legal_person_name IS DISTINCT FROM excluded.legal_person_name"
        )
    };
}

const WRITE: Statement = sql!(
    sqlite: upsert!("json_each(?1) AS j", "?2"),
    postgres: upsert!("jsonb_array_elements(CAST(CAST($1 AS TEXT) AS JSONB)) AS j (value)", "CAST($2 AS BIGINT)"),
);

/// Imports wait for each other: what one says that it added, no other says too. A transaction that writes does so by itself in SQLite.
const ALONE: Statement = sql!(
    sqlite: "SELECT 1",
    postgres: "LOCK TABLE registry IN SHARE ROW EXCLUSIVE MODE",
);

impl Rounds {
    pub(super) fn push(&mut self, entry: Entry) {
        let times = self.times.entry(entry.uscc.clone()).or_default();
        if self.rounds.len() <= *times {
            self.rounds.push(BTreeMap::new());
        }
        if let Some(round) = self.rounds.get_mut(*times) {
            round.insert(entry.uscc.clone(), entry);
        }
        *times = times.saturating_add(1);
    }

    /// Writes the rows, or only looks where it is a `dry_run`. (It looks at what is there: of a USCC that comes twice each row is compared with
    /// that, and not with the other.)
    pub(super) async fn write(
        self,
        connection: &mut dyn Connection,
        now: Timestamp,
        dry_run: bool,
    ) -> Result<Written, DatabaseError> {
        if !dry_run {
            connection.query(&ALONE, &[]).await?;
        }
        let mut all = Written::default();
        for round in self.rounds {
            let entries: Vec<Entry> = round.into_values().collect();
            for entries in entries.chunks(ROWS) {
                let written = write(connection, now, entries, dry_run).await?;
                all.added = all.added.saturating_add(written.added);
                all.changed = all.changed.saturating_add(written.changed);
                all.unchanged = all.unchanged.saturating_add(written.unchanged);
            }
        }
        Ok(all)
    }
}

/// One statement's worth of rows, no USCC twice.
async fn write(
    connection: &mut dyn Connection,
    now: Timestamp,
    entries: &[Entry],
    dry_run: bool,
) -> Result<Written, DatabaseError> {
    let rows: Vec<_> = entries
        .iter()
        .map(|entry| {
            (&entry.uscc, &entry.name, &entry.registered_address, &entry.business_scope, &entry.legal_person_name)
        })
        .collect();
    // Texts and nulls: there is nothing in them that JSON can't say.
    let rows = serde_json::to_string(&rows).unwrap_or_default();
    let counted = connection.query(&KNOWN, &[rows.as_str().into()]).await?;
    let (known, changed): (i64, i64) = match counted.first() {
        Some(row) => (row.get(0)?, row.get(1)?),
        None => (0, 0),
    };
    if !dry_run {
        connection.execute(&WRITE, &[rows.into(), now.into()]).await?;
    }
    let all = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    Ok(Written { added: all.saturating_sub(known), changed, unchanged: known.saturating_sub(changed) })
}

/// Writes down how far an import has come.
pub(super) async fn keep(connection: &mut dyn Connection, import: &Import) -> Result<(), DatabaseError> {
    let state = if import.done { "done" } else { "running" };
    let errors = serde_json::to_string(&import.errors).unwrap_or_default();
    let (source, account) = match import.source {
        Source::Platform(account) => ("platform", Some(account)),
        Source::CommandLine => ("command_line", None),
    };
    connection
        .execute(
            &sql!(
                "INSERT INTO registry_imports (id, state, dry_run, source, account_id, encoding, header, lines, total, added, changed,
                                               unchanged, refused, errors, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
                 ON CONFLICT (id) DO UPDATE SET state = excluded.state, encoding = excluded.encoding, lines = excluded.lines,
                     total = excluded.total, added = excluded.added, changed = excluded.changed, unchanged = excluded.unchanged,
                     refused = excluded.refused, errors = excluded.errors, updated_at = excluded.updated_at"
            ),
            &[
                import.id.into(),
                state.into(),
                import.dry_run.into(),
                source.into(),
                account.into(),
                import.encoding.as_str().into(),
                serde_json::to_string(&import.columns).unwrap_or_default().into(),
                import.lines.into(),
                import.rows.into(),
                import.added.into(),
                import.changed.into(),
                import.unchanged.into(),
                import.refused.into(),
                errors.into(),
                import.created_at.into(),
                import.updated_at.into(),
            ],
        )
        .await
        .map(drop)
}

/// What [`read`] reads, in order.
macro_rules! columns {
    () => {
        "id, state, dry_run, source, account_id, encoding, header, lines, total, added, changed, unchanged, refused, created_at, updated_at"
    };
}

const ONE: Statement = sql!(concat!("SELECT ", columns!(), ", errors FROM registry_imports WHERE id = $1"));
const ONE_HELD: Statement = sql!(held: concat!("SELECT ", columns!(), ", errors FROM registry_imports WHERE id = $1"));

/// An import with its refused rows.
pub async fn get(connection: &mut dyn Connection, id: Uuid) -> Result<Option<Import>, DatabaseError> {
    with_errors(&connection.query(&ONE, &[id.into()]).await?)
}

/// An import to go on with: its row is held until the transaction ends.
pub async fn find(connection: &mut dyn Connection, id: Uuid) -> Result<Option<Import>, DatabaseError> {
    with_errors(&connection.query(&ONE_HELD, &[id.into()]).await?)
}

fn with_errors(rows: &[Row]) -> Result<Option<Import>, DatabaseError> {
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let errors: String = row.get(15)?;
    Ok(Some(Import { errors: serde_json::from_str(&errors).unwrap_or_default(), ..read(row)? }))
}

/// Imports without their refused rows, the newest first.
pub async fn list(
    connection: &mut dyn Connection,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Import>, DatabaseError> {
    const ALL: Statement =
        sql!(concat!("SELECT ", columns!(), " FROM registry_imports WHERE id < $1 ORDER BY id DESC LIMIT $2"));
    let rows = connection.query(&ALL, &[after.unwrap_or(Uuid::max()).into(), limit.into()]).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Import, DatabaseError> {
    let header: String = row.get(6)?;
    Ok(Import {
        id: row.get(0)?,
        done: row.get::<String>(1)? == "done",
        dry_run: row.get(2)?,
        source: row.get::<Option<Uuid>>(4)?.map_or(Source::CommandLine, Source::Platform),
        encoding: Encoding::parse(&row.get::<String>(5)?).unwrap_or(Encoding::Utf8),
        columns: serde_json::from_str(&header).unwrap_or_default(),
        lines: row.get(7)?,
        rows: row.get(8)?,
        added: row.get(9)?,
        changed: row.get(10)?,
        unchanged: row.get(11)?,
        refused: row.get(12)?,
        errors: Vec::new(),
        created_at: row.get(13)?,
        updated_at: row.get(14)?,
    })
}

impl Import {
    /// As the API shows it, what is wrong with rows in `language`.
    pub fn shown(&self, language: Language) -> RegistryImport {
        let problem = |refused: &Refused| RowProblem {
            line: refused.line,
            field: refused.field.clone(),
            code: refused.code.clone(),
            detail: catalogue::find(&refused.code)
                .map(|refusal| refusal.detail.get(language).to_owned())
                .unwrap_or_default(),
        };
        let (source, account_id) = match self.source {
            Source::Platform(account) => ("platform", Some(account)),
            Source::CommandLine => ("command_line", None),
        };
        RegistryImport {
            id: self.id,
            state: if self.done { "done" } else { "running" }.to_owned(),
            dry_run: self.dry_run,
            source: source.to_owned(),
            account_id,
            lines: self.lines,
            rows: self.rows,
            added: self.added,
            changed: self.changed,
            unchanged: self.unchanged,
            refused: self.refused,
            errors: self.errors.iter().map(problem).collect(),
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}
