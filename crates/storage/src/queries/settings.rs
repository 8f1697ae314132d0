//! Facts about the deployment that have to survive: names and texts.

use crate::{Database, StorageError, Unit, params};

const GET: &str = "SELECT value FROM settings WHERE name = $1";

/// The text of that name.
///
/// # Errors
/// When the database cannot be read.
pub async fn get(db: &Database, name: &str) -> Result<Option<String>, StorageError> {
    db.read_one(GET, params![name])
        .await?
        .map(|row| Ok(row.text(0)?.to_owned()))
        .transpose()
}

const PUT: &str = "INSERT INTO settings (name, value) VALUES ($1, $2) \
     ON CONFLICT (name) DO UPDATE SET value = excluded.value";

/// Sets the text of that name.
#[must_use]
pub fn put(unit: Unit, name: &str, value: &str) -> Unit {
    unit.step(PUT, params![name, value])
}
