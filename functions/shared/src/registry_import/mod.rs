//! The import of the authority's registry (J18): a CSV file, whole or in parts, into the table `registry`.
//!
//! A row is taken or refused by itself, and taken once however often it comes: who sends a file again changes nothing. The same rule serves
//! `POST /v1/platform/registry/import` and `eport registry import`.

mod file;
mod store;

use eport_schema::catalogue::{self, Refusal};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use file::{Encoding, row_end};
pub use store::{find, get, list};

use crate::clock::Timestamp;
use crate::platform::{Connection, DatabaseError};
use crate::problem::Problem;
use file::Columns;
use store::Batch;

/// The most refused rows that are kept with their lines; the others are counted.
pub const MOST_ERRORS: usize = 1000;

/// Rows of one statement. (Of 500 to 10,000 the rate is the same within a few percent; fewer rows are less memory.)
const ROWS: usize = 2000;

/// Where an import comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// One of the staff, over HTTP.
    Platform(Uuid),
    /// `eport registry import`.
    CommandLine,
}

/// A row that was refused, without anything that stood in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The line of the file that it begins on, from 1.
    pub line: i64,
    /// The column; `None` where it is the row.
    pub field: Option<String>,
    /// The refusal's code.
    pub code: String,
}

/// An import, as far as it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its id.
    pub id: Uuid,
    /// Whether its last part has come.
    pub done: bool,
    /// Whether it only checks.
    pub dry_run: bool,
    /// Where it comes from.
    pub source: Source,
    /// What the file is written in.
    encoding: Encoding,
    /// What its header row says.
    columns: Option<Columns>,
    /// Lines that were read.
    pub lines: i64,
    /// Rows that were read, without the header.
    pub rows: i64,
    /// Rows of enterprises that the registry didn't have.
    pub added: i64,
    /// Rows that changed something.
    pub changed: i64,
    /// Rows that were there just so.
    pub unchanged: i64,
    /// Rows that were refused.
    pub refused: i64,
    /// The first [`MOST_ERRORS`] of them.
    pub errors: Vec<Refused>,
    /// When it began.
    pub created_at: Timestamp,
    /// When its last part came.
    pub updated_at: Timestamp,
}

impl Import {
    /// An import that nothing has come of yet. `id` is new.
    pub const fn begin(id: Uuid, source: Source, dry_run: bool, now: Timestamp) -> Self {
        Self {
            id,
            done: false,
            dry_run,
            source,
            encoding: Encoding::Utf8,
            columns: None,
            lines: 0,
            rows: 0,
            added: 0,
            changed: 0,
            unchanged: 0,
            refused: 0,
            errors: Vec::new(),
            created_at: now,
            updated_at: now,
        }
    }

    /// Takes the next part of the file, which ends where a row ends; the first one begins with the header row. `charset` is what the sender
    /// says of the encoding. All of it or, where it is refused, nothing: run it in a transaction.
    pub async fn take(
        &mut self,
        connection: &mut dyn Connection,
        now: Timestamp,
        part: &[u8],
        charset: Option<&str>,
        last: bool,
    ) -> Result<(), Problem> {
        if self.done {
            return Err(Problem::new(&catalogue::REGISTRY_IMPORT_FINISHED));
        }
        let first = self.columns.is_none();
        let known = if first {
            Encoding::named(charset)
        } else {
            Some(self.encoding).filter(|known| *known == Encoding::Gb18030)
        };
        let (encoding, text) = file::decode(part, known).ok_or_else(|| Problem::new(&catalogue::REGISTRY_ENCODING))?;
        self.encoding = encoding;
        let mut reader = file::reader(&text);
        let mut record = csv::StringRecord::new();
        let columns = match self.columns {
            Some(columns) => columns,
            None => {
                let there = file::next(&mut reader, &mut record);
                let columns = Columns::read(&record).filter(|_| there);
                columns.ok_or_else(|| Problem::new(&catalogue::REGISTRY_HEADER))?
            }
        };
        self.columns = Some(columns);
        let mut batch = Batch::default();
        while file::next(&mut reader, &mut record) {
            self.rows = self.rows.saturating_add(1);
            match columns.entry(&record) {
                Ok(entry) => {
                    // Of a USCC that comes twice the later row counts, and each is told for what it does.
                    if batch.len() >= ROWS || batch.has(&entry) {
                        self.write(connection, now, &mut batch).await?;
                    }
                    batch.push(entry);
                }
                Err((field, refusal)) => self.refuse(record.position().map_or(1, csv::Position::line), field, refusal),
            }
        }
        self.write(connection, now, &mut batch).await?;
        self.lines = self.lines.saturating_add(file::lines(&text));
        self.done = last;
        self.updated_at = now;
        store::keep(connection, self).await?;
        Ok(())
    }

    fn refuse(&mut self, line: u64, field: Option<&'static str>, refusal: &'static Refusal) {
        self.refused = self.refused.saturating_add(1);
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(Refused {
                line: self.lines.saturating_add(i64::try_from(line).unwrap_or(i64::MAX)),
                field: field.map(str::to_owned),
                code: refusal.code.to_owned(),
            });
        }
    }

    async fn write(
        &mut self,
        connection: &mut dyn Connection,
        now: Timestamp,
        batch: &mut Batch,
    ) -> Result<(), DatabaseError> {
        let written = batch.write(connection, now, self.dry_run).await?;
        self.added = self.added.saturating_add(written.added);
        self.changed = self.changed.saturating_add(written.changed);
        self.unchanged = self.unchanged.saturating_add(written.unchanged);
        Ok(())
    }
}
