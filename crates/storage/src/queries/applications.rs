//! Applications.

use countersign_domain::application::{Application, ApplicationType};
use countersign_domain::case_fold::case_fold;
use countersign_domain::ids::{ApplicationId, EnvironmentId};
use countersign_domain::stored::UnreadableDocument;
use countersign_domain::stored::application::ApplicationDocument;

use crate::{Database, Row, StorageError, Unit, params};

macro_rules! columns {
    () => {
        "env_id, id, name, type, enabled, secret, doc, created_at, updated_at"
    };
}

fn decode(row: &Row) -> Result<Application, StorageError> {
    let document = ApplicationDocument::read(row.text(6)?)?;
    Ok(Application {
        environment: EnvironmentId::from_uuid(row.uuid(0)?),
        id: ApplicationId::from_uuid(row.uuid(1)?),
        name: row.text(2)?.to_owned(),
        application_type: ApplicationType::parse(row.text(3)?)
            .ok_or_else(|| UnreadableDocument::new("application", "unknown type"))?,
        enabled: row.bool(4)?,
        secret: row.opt_blob(5)?.map(<[u8]>::to_vec),
        description: document.description,
        grant_types: document.grant_types,
        token_endpoint_auth_method: document.token_endpoint_auth_method,
        pkce_enforcement: document.pkce_enforcement,
        redirect_uris: document.redirect_uris,
        communication_port: document.communication_port,
        created_at: row.timestamp(7)?,
        updated_at: row.timestamp(8)?,
    })
}

const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM applications WHERE env_id = $1 AND id = $2"
);

/// An application.
///
/// # Errors
/// When the database cannot be read or the row not be decoded.
pub async fn find(
    db: &Database,
    environment: EnvironmentId,
    application: ApplicationId,
) -> Result<Option<Application>, StorageError> {
    db.read_one(FIND, params![environment.uuid(), application.uuid()])
        .await?
        .as_ref()
        .map(decode)
        .transpose()
}

const BY_NAME: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM applications WHERE env_id = $1 AND name_key = $2"
);

/// The application of this name, letter case aside.
///
/// # Errors
/// When the database cannot be read or the row not be decoded.
pub async fn find_by_name(
    db: &Database,
    environment: EnvironmentId,
    name: &str,
) -> Result<Option<Application>, StorageError> {
    db.read_one(BY_NAME, params![environment.uuid(), case_fold(name)])
        .await?
        .as_ref()
        .map(decode)
        .transpose()
}

const OF_ENVIRONMENT: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM applications WHERE env_id = $1 ORDER BY created_at, id"
);

/// All applications of an environment, the oldest first.
///
/// # Errors
/// When the database cannot be read or a row not be decoded.
pub async fn of_environment(
    db: &Database,
    environment: EnvironmentId,
) -> Result<Vec<Application>, StorageError> {
    db.read(OF_ENVIRONMENT, params![environment.uuid()])
        .await?
        .iter()
        .map(decode)
        .collect()
}

const INSERT: &str = "INSERT INTO applications \
     (env_id, id, name, name_key, type, enabled, secret, doc, created_at, updated_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (env_id, name_key) DO NOTHING";

/// Adds an application. Guard: `"application_name"`, when the name is taken.
///
/// # Errors
/// When the application cannot be encoded.
pub fn insert(unit: Unit, application: &Application) -> Result<Unit, StorageError> {
    Ok(unit.guard(
        "application_name",
        INSERT,
        params![
            application.environment.uuid(),
            application.id.uuid(),
            application.name.clone(),
            case_fold(&application.name),
            application.application_type.as_str(),
            application.enabled,
            application.secret.clone(),
            ApplicationDocument::write(application)?,
            application.created_at.micros(),
            application.updated_at.micros(),
        ],
    ))
}

const UPDATE: &str = "UPDATE applications SET enabled = $3, doc = $4, updated_at = $5 \
     WHERE env_id = $1 AND id = $2";

/// Stores switches and settings of a changed application; name, type and secret stay.
/// Guard: `"application"`.
///
/// # Errors
/// When the application cannot be encoded.
pub fn update(unit: Unit, application: &Application) -> Result<Unit, StorageError> {
    Ok(unit.guard(
        "application",
        UPDATE,
        params![
            application.environment.uuid(),
            application.id.uuid(),
            application.enabled,
            ApplicationDocument::write(application)?,
            application.updated_at.micros(),
        ],
    ))
}
