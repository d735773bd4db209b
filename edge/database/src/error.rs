//! The drivers' errors as [`DatabaseError`]s: is it worth trying again, and what may be said about it.

use eport_shared::platform::DatabaseError;
use rusqlite::ErrorCode;
use tokio_postgres::error::{DbError, SqlState};

pub(crate) fn from_sqlite(error: &rusqlite::Error) -> DatabaseError {
    if let rusqlite::Error::InvalidColumnType(column, ..) = error {
        return DatabaseError::Column { column: *column, expected: "integer, text or blob" };
    }
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::CannotOpen
            | ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::OutOfMemory
            | ErrorCode::OperationInterrupted,
        ) => DatabaseError::Unavailable(error.to_string()),
        _ => DatabaseError::Refused(error.to_string()),
    }
}

pub(crate) fn from_postgres(error: &tokio_postgres::Error) -> DatabaseError {
    match error.as_db_error() {
        Some(refusal) if passes(refusal.code()) => DatabaseError::Unavailable(describe(refusal)),
        Some(refusal) => DatabaseError::Refused(describe(refusal)),
        // Without an answer of the server, only a broken connection can pass; a parameter of the wrong type can't.
        None if error.is_closed() || has_io_error(error) => DatabaseError::Unavailable(chain(error)),
        None => DatabaseError::Refused(chain(error)),
    }
}

/// Whether the same statement may succeed later (PostgreSQL manual, appendix A: classes 08, 53 and 57, and lost races).
fn passes(state: &SqlState) -> bool {
    let class = state.code().get(..2).unwrap_or_default();
    matches!(class, "08" | "53" | "57")
        || *state == SqlState::T_R_SERIALIZATION_FAILURE
        || *state == SqlState::T_R_DEADLOCK_DETECTED
        || *state == SqlState::LOCK_NOT_AVAILABLE
}

/// State and message, and never the detail: that one quotes rows ("Failing row contains …"), and this text goes into a log.
fn describe(refusal: &DbError) -> String {
    format!("{} {}: {}", refusal.severity(), refusal.code().code(), refusal.message())
}

/// The whole chain in one line; but of a server's answer only what [`describe`] tells.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let part = match error.downcast_ref::<DbError>() {
            Some(refusal) => describe(refusal),
            None => part(error),
        };
        // Some errors already repeat their source.
        if !text.contains(&part) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&part);
        }
        next = error.source();
    }
    text
}

fn part(error: &(dyn std::error::Error + 'static)) -> String {
    match error.downcast_ref::<tokio_postgres::Error>() {
        Some(error) if error.as_db_error().is_some() => "the server answered".to_owned(),
        _ => error.to_string(),
    }
}

fn has_io_error(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<std::io::Error>() {
            return true;
        }
        next = error.source();
    }
    false
}
