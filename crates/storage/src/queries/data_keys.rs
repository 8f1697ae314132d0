//! The data keys, each sealed by the master key.

use uuid::Uuid;

use crate::{Database, StorageError, Unit, params};

/// A data key as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDataKey {
    /// Its id.
    pub id: Uuid,
    /// The key, sealed by the master key.
    pub sealed: Vec<u8>,
    /// Whether new rows are sealed with it.
    pub is_current: bool,
}

const ALL: &str = "SELECT id, sealed, is_current FROM data_keys ORDER BY created_at, id";

/// All of them, oldest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn all(db: &Database) -> Result<Vec<StoredDataKey>, StorageError> {
    db.read(ALL, params![])
        .await?
        .iter()
        .map(|row| {
            Ok(StoredDataKey {
                id: row.uuid(0)?,
                sealed: row.blob(1)?.to_vec(),
                is_current: row.bool(2)?,
            })
        })
        .collect()
}

const INSERT_FIRST: &str = "INSERT INTO data_keys (id, sealed, is_current, created_at) \
     SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM data_keys)";

/// Adds the first one; refused (`"first_data_key"`) when there is one already.
#[must_use]
pub fn insert_first(unit: Unit, key: &StoredDataKey, created_at: i64) -> Unit {
    unit.guard(
        "first_data_key",
        INSERT_FIRST,
        params![key.id, key.sealed.clone(), key.is_current, created_at],
    )
}
