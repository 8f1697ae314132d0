//! SQLite's result codes as errors of ours.

use rusqlite::{Error, ErrorCode};

use crate::StorageError;

/// Takes over an error. The text of the statement stays out of it, and SQLite's messages hold names
/// of tables and columns only.
pub(super) fn from_sqlite(error: Error) -> StorageError {
    let Error::SqliteFailure(failure, message) = error else {
        return StorageError::Engine {
            code: "rusqlite".to_owned(),
            message: error.to_string(),
        };
    };
    let message = message.unwrap_or_else(|| failure.to_string());
    match failure.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StorageError::Busy,
        ErrorCode::ConstraintViolation => constraint(failure.extended_code, message),
        _ => StorageError::Engine {
            code: format!("SQLITE_{}", failure.extended_code),
            message,
        },
    }
}

fn constraint(extended: i32, message: String) -> StorageError {
    let unique = [
        rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE,
        rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY,
        rusqlite::ffi::SQLITE_CONSTRAINT_ROWID,
    ];
    if unique.contains(&extended) {
        let what = message
            .strip_prefix("UNIQUE constraint failed: ")
            .unwrap_or(&message);
        return StorageError::UniqueViolation {
            what: what.to_owned(),
        };
    }
    StorageError::Constraint { what: message }
}

/// Whether a failed COMMIT may have reached the disk all the same: when writing or syncing the log
/// failed half-way, the next recovery may find the commit whole.
pub(super) fn commit_may_be_stored(error: &Error) -> bool {
    matches!(error, Error::SqliteFailure(failure, _) if failure.code == ErrorCode::SystemIoFailure)
}
