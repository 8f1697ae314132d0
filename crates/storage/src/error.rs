//! What can go wrong between us and the database.

use std::path::PathBuf;

/// A fault of the storage. A guard that did not hold is no fault: see
/// [`Outcome::Refused`](crate::Outcome::Refused).
///
/// The error can be cloned because one failed commit answers all units of its group. No message
/// holds a parameter: those may be secrets.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StorageError {
    /// The database URL cannot be used.
    #[error("database URL: {0}")]
    Url(String),
    /// There is no such SQLite file, and it was not asked to create one.
    #[error("there is no database at {}", .0.display())]
    NotFound(PathBuf),
    /// The database cannot be opened.
    #[error("cannot open the database {what}: {reason}")]
    Open {
        /// Path or URL without password.
        what: String,
        /// The reason in the words of the engine.
        reason: String,
    },
    /// [`Database::close`](crate::Database::close) was called; the statement did not run.
    #[error("the database is closed")]
    Closed,
    /// Another process or session held a lock for longer than we wait; nothing was changed.
    #[error("the database is busy: another process held its lock for too long")]
    Busy,
    /// The server cannot be reached; nothing was changed.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// The transaction met others over and over (serialization failure, deadlock); nothing was
    /// changed.
    #[error("the write met other writes too often and was given up")]
    Conflict,
    /// The commit was sent, its answer never came: the unit is applied as a whole or not at all, and
    /// nobody here knows which. Never retried by this crate; a code counts as spent.
    #[error("the answer to the commit was lost; the write may or may not be stored")]
    CommitUnknown,
    /// A unique index refused the statement; the unit was rolled back.
    #[error("not unique: {what}")]
    UniqueViolation {
        /// Columns (SQLite) or name of the constraint (PostgreSQL).
        what: String,
    },
    /// Another constraint refused the statement; the unit was rolled back.
    #[error("constraint not met: {what}")]
    Constraint {
        /// The engine's words: kind and name of the constraint.
        what: String,
    },
    /// A column is not what the code takes it for.
    #[error("column {column} holds {found}, not {expected}")]
    Decode {
        /// Position from 0.
        column: usize,
        /// What the code asked for.
        expected: &'static str,
        /// What the row holds.
        found: &'static str,
    },
    /// A stored document cannot be read or written.
    #[error(transparent)]
    Document(#[from] countersign_domain::stored::UnreadableDocument),
    /// The number of parameters does not fit the statement. (Left alone, SQLite would take NULL for a
    /// missing one.)
    #[error("{given} parameters given, {expected} expected: {sql}")]
    Parameters {
        /// The statement.
        sql: &'static str,
        /// How many the statement has.
        expected: usize,
        /// How many came.
        given: usize,
    },
    /// The PostgreSQL text of a unit answered something that the contract of
    /// [`Unit::postgres`](crate::Unit::postgres) does not know.
    #[error("the PostgreSQL text of the unit {0} did not answer NULL or the label of a guard")]
    Answer(&'static str),
    /// Running the unit panicked; it was rolled back, the writer goes on.
    #[error("the unit {0} panicked and was rolled back")]
    Panicked(&'static str),
    /// A migration failed; the schema is as before.
    #[error("migration {version} ({name}): {reason}")]
    Migration {
        /// Its number.
        version: u32,
        /// Its name.
        name: String,
        /// The engine's words.
        reason: String,
    },
    /// A migration that was applied once has another text now.
    #[error(
        "migration {0} was applied to this database with another text; the history must not be edited"
    )]
    MigrationChanged(u32),
    /// The database was migrated by a newer version of this program.
    #[error("the schema has version {found}, this program knows {known}: use a newer program")]
    SchemaTooNew {
        /// Version of the database.
        found: u32,
        /// Highest version this program knows.
        known: u32,
    },
    /// Anything else the engine said.
    #[error("{code}: {message}")]
    Engine {
        /// SQLSTATE, or SQLite's extended result code.
        code: String,
        /// The engine's words.
        message: String,
    },
}

impl StorageError {
    /// Whether the same call may go through later, without any change having been made now.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Busy | Self::Unavailable(_) | Self::Conflict)
    }

    /// Whether a unique index refused the statement.
    pub const fn is_unique_violation(&self) -> bool {
        matches!(self, Self::UniqueViolation { .. })
    }
}
