//! MFA settings: one row an environment.

use countersign_domain::ids::EnvironmentId;
use countersign_domain::mfa_settings::MfaSettings;
use countersign_domain::stored::mfa_settings as document;

use crate::{Database, StorageError, Unit, params};

const FIND: &str = "SELECT doc, updated_at FROM mfa_settings WHERE env_id = $1";

/// The settings of an environment; `None` where nobody has ever set any.
///
/// # Errors
/// When the database cannot be read or the row not be decoded.
pub async fn find(
    db: &Database,
    environment: EnvironmentId,
) -> Result<Option<MfaSettings>, StorageError> {
    db.read_one(FIND, params![environment.uuid()])
        .await?
        .map(|row| {
            Ok(MfaSettings {
                environment,
                document: document::read(row.text(0)?)?,
                updated_at: row.timestamp(1)?,
            })
        })
        .transpose()
}

const PUT: &str = "INSERT INTO mfa_settings (env_id, doc, updated_at) VALUES ($1, $2, $3) \
     ON CONFLICT (env_id) DO UPDATE SET doc = excluded.doc, updated_at = excluded.updated_at";

/// Puts settings in the place of those that were there.
///
/// # Errors
/// When they cannot be encoded.
pub fn put(unit: Unit, settings: &MfaSettings) -> Result<Unit, StorageError> {
    Ok(unit.step(
        PUT,
        params![
            settings.environment.uuid(),
            document::write(&settings.document)?,
            settings.updated_at.micros(),
        ],
    ))
}
