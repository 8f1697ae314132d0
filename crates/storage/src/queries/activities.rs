//! The audit trail.

use countersign_domain::activity::Activity;

use crate::{Unit, params};

const INSERT: &str = "INSERT INTO activities (env_id, recorded_at, id, action, doc, mac) \
     VALUES ($1, $2, $3, $4, $5, $6)";

/// Adds one activity. `document` is the encoded record and `mac` its keyed MAC.
#[must_use]
pub fn insert(unit: Unit, activity: &Activity, document: String, mac: &[u8]) -> Unit {
    unit.step(
        INSERT,
        params![
            activity.environment.uuid(),
            activity.recorded_at.micros(),
            activity.id.uuid(),
            activity.document.action.clone(),
            document,
            mac.to_vec(),
        ],
    )
}

/// An activity as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredActivity {
    /// Its id.
    pub id: uuid::Uuid,
    /// When it happened, in microseconds since the Unix epoch.
    pub recorded_at: i64,
    /// Its action type.
    pub action: String,
    /// The encoded record.
    pub document: String,
    /// The keyed MAC over it.
    pub mac: Vec<u8>,
}

const LATEST: &str = "SELECT id, recorded_at, action, doc, mac FROM activities \
     WHERE env_id = $1 ORDER BY recorded_at DESC, id DESC LIMIT $2";

/// The newest activities of an environment, newest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn latest(
    db: &crate::Database,
    environment: countersign_domain::ids::EnvironmentId,
    limit: i64,
) -> Result<Vec<StoredActivity>, crate::StorageError> {
    db.read(LATEST, params![environment.uuid(), limit])
        .await?
        .iter()
        .map(|row| {
            Ok(StoredActivity {
                id: row.uuid(0)?,
                recorded_at: row.int(1)?,
                action: row.text(2)?.to_owned(),
                document: row.text(3)?.to_owned(),
                mac: row.blob(4)?.to_vec(),
            })
        })
        .collect()
}
