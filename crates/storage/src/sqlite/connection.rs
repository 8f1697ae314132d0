//! One SQLite connection with our settings, and how a statement runs on it.

use std::{fs::OpenOptions, path::Path, path::PathBuf, time::Duration};

use rusqlite::{OpenFlags, config::DbConfig};

use super::{
    errors::{commit_may_be_stored, from_sqlite},
    statements::{Texts, decode},
};
use crate::{Query, Row, StorageError, unit::Statement};

/// Prepared statements kept per connection; more than the program has.
const STATEMENTS: usize = 512;

/// What to open, and how.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) path: PathBuf,
    pub(super) vfs: Option<String>,
    pub(super) busy_timeout: Duration,
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Reader,
    Writer,
    Checkpointer,
}

/// A connection and its rewritten texts.
pub(super) struct Connection {
    connection: rusqlite::Connection,
    texts: Texts,
}

/// What one statement did.
pub(super) struct Ran {
    pub(super) rows: Vec<Row>,
    /// Rows changed, or returned if the statement returns rows.
    pub(super) touched: u64,
}

/// How a COMMIT ended.
pub(super) enum CommitError {
    /// Nothing is stored.
    Failed(StorageError),
    /// It may be found whole after a crash.
    Unknown,
}

impl Connection {
    pub(super) fn open(target: &Target, role: Role) -> Result<Self, StorageError> {
        if !target.path.exists() {
            return Err(StorageError::NotFound(target.path.clone()));
        }
        let failed = |error: rusqlite::Error| StorageError::Open {
            what: target.path.display().to_string(),
            reason: error.to_string(),
        };
        // Also readers open for writing: the shared memory of the log needs it. `query_only` keeps
        // them from the data.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = match &target.vfs {
            Some(vfs) => {
                rusqlite::Connection::open_with_flags_and_vfs(&target.path, flags, vfs.as_str())
            }
            None => rusqlite::Connection::open_with_flags(&target.path, flags),
        }
        .map_err(failed)?;
        // The checkpointer only ever tries.
        let patience = if role == Role::Checkpointer {
            Duration::ZERO
        } else {
            target.busy_timeout
        };
        connection
            .busy_timeout(target.busy_timeout)
            .map_err(failed)?;
        connection.execute_batch(settings(role)).map_err(failed)?;
        connection.busy_timeout(patience).map_err(failed)?;
        // Plans do not depend on bound values. Otherwise SQLite plans a statement anew at every
        // binding as soon as its table has a partial index: a seventh of the time of a sign-in.
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
            .map_err(failed)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(Self {
            connection,
            texts: Texts::default(),
        })
    }

    /// Runs one statement to its end.
    pub(super) fn run(&mut self, statement: &Statement) -> Result<Ran, StorageError> {
        let text = self.texts.get(statement.sql);
        let mut prepared = self.connection.prepare_cached(&text).map_err(from_sqlite)?;
        // SQLite takes NULL for a parameter that nobody bound.
        let expected = prepared.parameter_count();
        if expected != statement.params.len() {
            let given = statement.params.len();
            return Err(StorageError::Parameters {
                sql: statement.sql,
                expected,
                given,
            });
        }
        for (index, value) in statement.params.iter().enumerate() {
            prepared
                .raw_bind_parameter(index + 1, value)
                .map_err(from_sqlite)?;
        }
        let columns = prepared.column_count();
        if columns == 0 {
            let touched = prepared.raw_execute().map_err(from_sqlite)?;
            return Ok(Ran {
                rows: Vec::new(),
                touched: touched as u64,
            });
        }
        let mut rows = Vec::new();
        let mut cursor = prepared.raw_query();
        while let Some(row) = cursor.next().map_err(from_sqlite)? {
            rows.push(decode(row, columns)?);
        }
        let touched = rows.len() as u64;
        Ok(Ran { rows, touched })
    }

    pub(super) fn rows(&mut self, statement: &Statement) -> Result<Vec<Row>, StorageError> {
        self.run(statement).map(|ran| ran.rows)
    }

    /// The rows of a statement without parameters.
    pub(super) fn rows_of(&mut self, sql: &'static str) -> Result<Vec<Row>, StorageError> {
        self.rows(&Statement {
            sql,
            params: crate::Params::new(),
        })
    }

    /// Runs the queries on one snapshot. It ends before this returns: a snapshot held open keeps the
    /// log from being written back.
    pub(super) fn snapshot(&mut self, queries: &[Query]) -> Result<Vec<Vec<Row>>, StorageError> {
        self.control("BEGIN").map_err(from_sqlite)?;
        let result = queries.iter().map(|query| self.rows(&query.0)).collect();
        self.rollback();
        result
    }

    /// Runs a text of several statements without parameters.
    pub(super) fn execute_batch(&self, sql: &str) -> Result<(), StorageError> {
        self.connection.execute_batch(sql).map_err(from_sqlite)
    }

    /// Takes the write lock at once. A transaction that begins by reading would be refused at its
    /// first write if another one wrote meanwhile, whatever the busy timeout.
    pub(super) fn begin_immediate(&self) -> Result<(), StorageError> {
        self.control("BEGIN IMMEDIATE").map_err(from_sqlite)
    }

    /// Commits, for callers to whom every failure is the same.
    pub(super) fn commit(&self) -> Result<(), StorageError> {
        self.try_commit().map_err(|error| match error {
            CommitError::Failed(error) => error,
            CommitError::Unknown => StorageError::CommitUnknown,
        })
    }

    /// Commits; after a failure the transaction is over.
    pub(super) fn try_commit(&self) -> Result<(), CommitError> {
        self.control("COMMIT").map_err(|error| {
            let unknown = commit_may_be_stored(&error);
            self.rollback();
            if unknown {
                CommitError::Unknown
            } else {
                CommitError::Failed(from_sqlite(error))
            }
        })
    }

    /// Ends the transaction, if there still is one. Nothing can be done about an error here: SQLite
    /// rolls back by itself what it could not roll back on request.
    pub(super) fn rollback(&self) {
        if !self.is_autocommit()
            && let Err(error) = self.control("ROLLBACK")
        {
            tracing::error!(%error, "rollback failed");
        }
    }

    /// SAVEPOINT, RELEASE, ROLLBACK TO: prepared once like everything else.
    pub(super) fn control(&self, sql: &str) -> Result<(), rusqlite::Error> {
        self.connection
            .prepare_cached(sql)?
            .raw_execute()
            .map(|_| ())
    }

    /// Runs a `wal_checkpoint`; true if it was not kept from doing all of it.
    pub(super) fn checkpoint(&self, sql: &str) -> Result<bool, StorageError> {
        self.connection
            .query_row(sql, [], |row| Ok(row.get::<_, i64>(0)? == 0))
            .map_err(from_sqlite)
    }

    /// Whether no transaction is open. Some errors (disk full, I/O, out of memory) roll the whole
    /// transaction back, not the savepoint; this is how to find out.
    pub(super) fn is_autocommit(&self) -> bool {
        self.connection.is_autocommit()
    }
}

/// The settings of a connection. Foreign keys are on as in PostgreSQL. The writer's own checkpoint is
/// only the fallback for when the checkpointer falls behind.
const fn settings(role: Role) -> &'static str {
    match role {
        Role::Reader => {
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;"
        }
        Role::Writer => {
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA wal_autocheckpoint = 4000; PRAGMA temp_store = MEMORY;
             PRAGMA trusted_schema = OFF; PRAGMA cache_size = -16000;"
        }
        Role::Checkpointer => "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
    }
}

/// Creates the file if there is none, readable by nobody else; SQLite gives the log and its shared
/// memory the mode of the database.
pub(super) fn create_file(path: &Path) -> Result<(), StorageError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StorageError::Open {
            what: path.display().to_string(),
            reason: error.to_string(),
        }),
    }
}
