//! Numbered migrations, forward only.
//!
//! Each engine has a folder, `migrations/sqlite` and `migrations/postgres`, with the same numbers and
//! names; a test compares the schemas they make. A migration that was released is never edited: its
//! checksum is kept beside its number in `schema_migrations`, and another text under the same number
//! is an error. A program that meets a newer schema than it knows refuses to change it.

use countersign_crypto::hash::sha256;

use crate::{Engine, Row, StorageError};

/// One step of the schema, in both dialects.
#[derive(Debug)]
pub(crate) struct Migration {
    pub(crate) version: u32,
    pub(crate) name: &'static str,
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

/// All migrations, by ascending number.
pub(crate) const ALL: &[Migration] = &[Migration {
    version: 1,
    name: "foundation",
    sqlite: include_str!("../migrations/sqlite/0001_foundation.sql"),
    postgres: include_str!("../migrations/postgres/0001_foundation.sql"),
}];

/// How the schema of a database stands against the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// No migration was ever applied.
    Empty,
    /// All migrations that the program knows are applied.
    Current,
    /// Applied up to this number; some are missing.
    Older(u32),
    /// Applied up to this number, by a newer program.
    Newer(u32),
}

/// A line of `schema_migrations`.
#[derive(Debug)]
pub(crate) struct Applied {
    pub(crate) version: u32,
    pub(crate) checksum: Vec<u8>,
}

/// Reads what was applied. The columns are those of [`Applied`].
pub(crate) const SELECT_APPLIED: &str =
    "SELECT version, checksum FROM schema_migrations ORDER BY version";

impl Migration {
    pub(crate) const fn text(&self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        }
    }

    /// SHA-256 of the text; line ends of other systems do not count.
    pub(crate) fn checksum(&self, engine: Engine) -> [u8; 32] {
        sha256(self.text(engine).replace("\r\n", "\n").as_bytes())
    }

    pub(crate) fn failed(&self, reason: &impl ToString) -> StorageError {
        StorageError::Migration {
            version: self.version,
            name: self.name.to_owned(),
            reason: reason.to_string(),
        }
    }
}

impl Applied {
    pub(crate) fn from_row(row: &Row) -> Result<Self, StorageError> {
        let version = u32::try_from(row.int(0)?).map_err(|_| StorageError::Decode {
            column: 0,
            expected: "the number of a migration",
            found: "another integer",
        })?;
        Ok(Self {
            version,
            checksum: row.blob(1)?.to_vec(),
        })
    }
}

/// Compares what was applied with what the program knows.
pub(crate) fn state(
    known: &[Migration],
    engine: Engine,
    applied: &[Applied],
) -> Result<SchemaState, StorageError> {
    let Some(last) = applied.last() else {
        return Ok(SchemaState::Empty);
    };
    for (one, migration) in applied.iter().zip(known) {
        if one.version != migration.version || one.checksum != migration.checksum(engine) {
            return Err(StorageError::MigrationChanged(one.version));
        }
    }
    Ok(match applied.len().cmp(&known.len()) {
        std::cmp::Ordering::Less => SchemaState::Older(last.version),
        std::cmp::Ordering::Equal => SchemaState::Current,
        std::cmp::Ordering::Greater => SchemaState::Newer(last.version),
    })
}

/// The migrations that are missing.
pub(crate) fn pending<'a>(
    known: &'a [Migration],
    engine: Engine,
    applied: &[Applied],
) -> Result<&'a [Migration], StorageError> {
    if let SchemaState::Newer(found) = state(known, engine, applied)? {
        let known = known.last().map_or(0, |migration| migration.version);
        return Err(StorageError::SchemaTooNew { found, known });
    }
    Ok(known.get(applied.len()..).unwrap_or_default())
}

#[cfg(test)]
#[path = "migrate_tests.rs"]
mod tests;
