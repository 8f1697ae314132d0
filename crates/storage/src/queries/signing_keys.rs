//! The signing keys of environments, sealed.

use countersign_crypto::time::Timestamp;
use countersign_domain::ids::EnvironmentId;

use crate::{Database, Row, StorageError, Unit, params};

/// A signing key as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSigningKey {
    /// The environment that signs with it.
    pub environment: EnvironmentId,
    /// Its id in JWT headers.
    pub kid: String,
    /// `token` (RS256) or `options` (ES256).
    pub purpose: String,
    /// PKCS#8, sealed.
    pub sealed: Vec<u8>,
    /// The public key as JSON.
    pub jwk: String,
    /// When it was made; published from then on.
    pub created_at: Timestamp,
    /// When it begins to sign.
    pub signs_from: Timestamp,
    /// When it is no longer published; `None` while nothing has taken its place.
    pub retires_at: Option<Timestamp>,
}

fn decode(row: &Row) -> Result<StoredSigningKey, StorageError> {
    Ok(StoredSigningKey {
        environment: EnvironmentId::from_uuid(row.uuid(0)?),
        kid: row.text(1)?.to_owned(),
        purpose: row.text(2)?.to_owned(),
        sealed: row.blob(3)?.to_vec(),
        jwk: row.text(4)?.to_owned(),
        created_at: row.timestamp(5)?,
        signs_from: row.timestamp(6)?,
        retires_at: row.opt_timestamp(7)?,
    })
}

const OF_ENVIRONMENT: &str = "SELECT env_id, kid, purpose, sealed, jwk, created_at, signs_from, \
     retires_at FROM signing_keys WHERE env_id = $1 ORDER BY signs_from, created_at, kid";

/// The keys of an environment, in the order in which they begin to sign.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_environment(
    db: &Database,
    environment: EnvironmentId,
) -> Result<Vec<StoredSigningKey>, StorageError> {
    db.read(OF_ENVIRONMENT, params![environment.uuid()])
        .await?
        .iter()
        .map(decode)
        .collect()
}

const INSERT: &str = "INSERT INTO signing_keys \
     (env_id, kid, purpose, sealed, jwk, created_at, signs_from, retires_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Adds a key.
#[must_use]
pub fn insert(unit: Unit, key: &StoredSigningKey) -> Unit {
    unit.step(
        INSERT,
        params![
            key.environment.uuid(),
            key.kid.clone(),
            key.purpose.clone(),
            key.sealed.clone(),
            key.jwk.clone(),
            key.created_at.micros(),
            key.signs_from.micros(),
            key.retires_at.map(Timestamp::micros),
        ],
    )
}

const RETIRE: &str = "UPDATE signing_keys SET retires_at = $4 \
     WHERE env_id = $1 AND purpose = $2 AND kid <> $3 AND retires_at IS NULL";

/// Lets every other key of the purpose be published until `retires_at` only.
#[must_use]
pub fn retire_others(
    unit: Unit,
    environment: EnvironmentId,
    purpose: &str,
    kid: &str,
    retires_at: Timestamp,
) -> Unit {
    unit.step(
        RETIRE,
        params![environment.uuid(), purpose, kid, retires_at.micros()],
    )
}

const DELETE_RETIRED: &str = "DELETE FROM signing_keys WHERE retires_at < $1";

/// Removes keys whose last token has expired.
#[must_use]
pub fn delete_retired(unit: Unit, now: Timestamp) -> Unit {
    unit.step(DELETE_RETIRED, params![now.micros()])
}
