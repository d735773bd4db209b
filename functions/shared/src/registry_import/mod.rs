//! The import of the authority's registry (J18): a CSV file, whole or in parts, into the table `registry`.
//!
//! A row is taken or refused by itself, and taken once however often it comes: who sends a file again changes nothing. The same rule serves
//! `POST /v1/platform/registry/import` and `eport registry import`.

mod file;
mod rows;
mod store;

use eport_schema::catalogue::{self, Refusal};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use file::Encoding;
pub use rows::row_end;
pub use store::{find, get, list};

use crate::clock::Timestamp;
use crate::platform::Connection;
use crate::problem::Problem;
use file::Columns;
use store::Rounds;

/// The most refused rows that are kept with their lines; the others are counted.
pub const MOST_ERRORS: usize = 1000;

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
        let text = file::without_mark(&text);
        let mut reader = file::reader(text);
        let mut record = csv::StringRecord::new();
        let mut at = 0;
        let columns = match self.columns {
            Some(columns) => columns,
            None => {
                let header = file::next_row(text, 0).filter(|row| row.is_closed);
                let columns = header.filter(|_| file::next(&mut reader, &mut record)).and_then(|row| {
                    at = row.end;
                    Columns::read(&record)
                });
                columns.ok_or_else(|| Problem::new(&catalogue::REGISTRY_HEADER))?
            }
        };
        self.columns = Some(columns);
        let mut lines = file::Lines::new(text);
        let mut rounds = Rounds::default();
        while let Some(row) = file::next_row(text, at) {
            self.rows = self.rows.saturating_add(1);
            at = row.end;
            if !row.is_closed || columns.has_swallowed(&row) {
                // The line alone is lost: those behind it are read as rows of their own.
                self.refuse(lines.of(row.start), None, &catalogue::REGISTRY_QUOTE);
                at = row.start.saturating_add(row.first_line);
                file::go_on_at(&mut reader, at);
                continue;
            }
            if !file::next(&mut reader, &mut record) {
                break;
            }
            match columns.entry(&record) {
                Ok(entry) => rounds.push(entry),
                Err((field, refusal)) => self.refuse(lines.of(row.start), field, refusal),
            }
        }
        let written = rounds.write(connection, now, self.dry_run).await?;
        self.added = self.added.saturating_add(written.added);
        self.changed = self.changed.saturating_add(written.changed);
        self.unchanged = self.unchanged.saturating_add(written.unchanged);
        self.lines = self.lines.saturating_add(file::lines(text));
        self.done = last;
        self.updated_at = now;
        store::keep(connection, self).await?;
        Ok(())
    }

    /// Notes a refused row that begins on this line of the part, from 1.
    fn refuse(&mut self, line: i64, field: Option<&'static str>, refusal: &'static Refusal) {
        self.refused = self.refused.saturating_add(1);
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(Refused {
                line: self.lines.saturating_add(line),
                field: field.map(str::to_owned),
                code: refusal.code.to_owned(),
            });
        }
    }
}
