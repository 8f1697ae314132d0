//! Environments.

use countersign_domain::case_fold::case_fold;
use countersign_domain::environment::Environment;
use countersign_domain::ids::{EnvironmentId, LicenseId, OrganizationId};
use countersign_domain::stored::environment::EnvironmentDocument;

use crate::{Database, Row, StorageError, Unit, params};

macro_rules! columns {
    () => {
        "id, org_id, license_id, name, doc, created_at, updated_at"
    };
}

fn decode(row: &Row) -> Result<Environment, StorageError> {
    let document = EnvironmentDocument::read(row.text(4)?)?;
    Ok(Environment {
        id: EnvironmentId::from_uuid(row.uuid(0)?),
        organization: OrganizationId::from_uuid(row.uuid(1)?),
        license: LicenseId::from_uuid(row.uuid(2)?),
        name: row.text(3)?.to_owned(),
        description: document.description,
        environment_type: document.environment_type,
        region: document.region,
        bill_of_materials: document.bill_of_materials,
        created_at: row.timestamp(5)?,
        updated_at: row.timestamp(6)?,
    })
}

const FIND: &str = concat!("SELECT ", columns!(), " FROM environments WHERE id = $1");

/// An environment.
///
/// # Errors
/// When the database cannot be read or the row not be decoded.
pub async fn find(
    db: &Database,
    environment: EnvironmentId,
) -> Result<Option<Environment>, StorageError> {
    db.read_one(FIND, params![environment.uuid()])
        .await?
        .as_ref()
        .map(decode)
        .transpose()
}

const ALL: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM environments ORDER BY created_at, id"
);

/// All environments of the deployment, the oldest first.
///
/// # Errors
/// When the database cannot be read or a row not be decoded.
pub async fn all(db: &Database) -> Result<Vec<Environment>, StorageError> {
    db.read(ALL, params![]).await?.iter().map(decode).collect()
}

const INSERT: &str = "INSERT INTO environments \
     (id, org_id, license_id, name, name_key, doc, created_at, updated_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (org_id, name_key) DO NOTHING";

/// Adds an environment. Guard: `"environment_name"`, when the name is taken.
///
/// # Errors
/// When the environment cannot be encoded.
pub fn insert(unit: Unit, environment: &Environment) -> Result<Unit, StorageError> {
    Ok(unit.guard(
        "environment_name",
        INSERT,
        params![
            environment.id.uuid(),
            environment.organization.uuid(),
            environment.license.uuid(),
            environment.name.clone(),
            case_fold(&environment.name),
            EnvironmentDocument::write(environment)?,
            environment.created_at.micros(),
            environment.updated_at.micros(),
        ],
    ))
}
