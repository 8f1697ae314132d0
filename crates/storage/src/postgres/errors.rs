//! PostgreSQL's errors as errors of ours.

use tokio_postgres::{Error, error::SqlState};

use crate::StorageError;

/// Takes over an error. The server's DETAIL is left out: it quotes the values of rows.
#[allow(
    clippy::needless_pass_by_value,
    reason = "made for map_err(from_postgres)"
)]
pub(super) fn from_postgres(error: Error) -> StorageError {
    let Some(said) = error.as_db_error() else {
        if is_connection_lost(&error) {
            return StorageError::Unavailable(with_source(&error));
        }
        return StorageError::Engine {
            code: "driver".to_owned(),
            message: with_source(&error),
        };
    };
    let name = || {
        said.constraint()
            .unwrap_or_else(|| said.message())
            .to_owned()
    };
    let code = said.code();
    if *code == SqlState::UNIQUE_VIOLATION {
        StorageError::UniqueViolation { what: name() }
    } else if code.code().starts_with("23") {
        StorageError::Constraint {
            what: said.message().to_owned(),
        }
    } else if *code == SqlState::LOCK_NOT_AVAILABLE {
        StorageError::Busy
    } else if is_collision(&error) {
        StorageError::Conflict
    } else if is_connection_lost(&error) {
        StorageError::Unavailable(said.message().to_owned())
    } else {
        StorageError::Engine {
            code: code.code().to_owned(),
            message: said.message().to_owned(),
        }
    }
}

/// The driver's own message is often only "error connecting to server"; the reason is below.
fn with_source(error: &Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// Serialization failure or deadlock: the same statements may well go through next time.
pub(super) fn is_collision(error: &Error) -> bool {
    error.code().is_some_and(|code| {
        *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED
    })
}

/// The connection is gone, or the server is about to end it.
pub(super) fn is_connection_lost(error: &Error) -> bool {
    if let Some(code) = error.code() {
        return code.code().starts_with("08")
            || code.code().starts_with("57P")
            || *code == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
            || *code == SqlState::TOO_MANY_CONNECTIONS;
    }
    error.is_closed()
        || std::error::Error::source(error)
            .is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

/// A prepared statement that a migration by another process made unusable: prepare it again.
pub(super) fn is_stale_plan(error: &Error) -> bool {
    error
        .code()
        .is_some_and(|code| *code == SqlState::FEATURE_NOT_SUPPORTED)
        && error
            .as_db_error()
            .is_some_and(|said| said.message().contains("cached plan"))
}
