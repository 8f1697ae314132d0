//! Version stamps: a number that goes up when something cached has changed.

use crate::{Database, StorageError, Unit, params};

const CONFIGURATION: &str = "SELECT value FROM stamps WHERE name = 'configuration'";
const BUMP: &str = "UPDATE stamps SET value = value + 1 WHERE name = 'configuration'";

/// The stamp of policies, settings, applications, role assignments and keys.
///
/// # Errors
/// When the database cannot be read.
pub async fn configuration(db: &Database) -> Result<i64, StorageError> {
    match db.read_one(CONFIGURATION, params![]).await? {
        Some(row) => row.int(0),
        None => Ok(0),
    }
}

/// Marks the configuration as changed. Belongs into every unit that changes any of it.
#[must_use]
pub fn bump_configuration(unit: Unit) -> Unit {
    unit.step(BUMP, params![])
}
