//! Organizations and licenses.

use countersign_domain::ids::{LicenseId, OrganizationId};
use countersign_domain::organization::{License, Organization};
use countersign_domain::stored::organization::EmptyDocument;

use crate::{Database, Row, StorageError, Unit, params};

fn decode(row: &Row) -> Result<Organization, StorageError> {
    EmptyDocument::read("organization", row.text(2)?)?;
    Ok(Organization {
        id: OrganizationId::from_uuid(row.uuid(0)?),
        name: row.text(1)?.to_owned(),
        created_at: row.timestamp(3)?,
        updated_at: row.timestamp(4)?,
    })
}

fn decode_license(row: &Row) -> Result<License, StorageError> {
    EmptyDocument::read("license", row.text(3)?)?;
    Ok(License {
        organization: OrganizationId::from_uuid(row.uuid(0)?),
        id: LicenseId::from_uuid(row.uuid(1)?),
        name: row.text(2)?.to_owned(),
        created_at: row.timestamp(4)?,
        updated_at: row.timestamp(5)?,
    })
}

const ALL: &str =
    "SELECT id, name, doc, created_at, updated_at FROM organizations ORDER BY created_at, id";

/// All organizations, the oldest first.
///
/// # Errors
/// When the database cannot be read or a row not be decoded.
pub async fn all(db: &Database) -> Result<Vec<Organization>, StorageError> {
    db.read(ALL, params![]).await?.iter().map(decode).collect()
}

const FIND: &str = "SELECT id, name, doc, created_at, updated_at FROM organizations WHERE id = $1";

/// An organization.
///
/// # Errors
/// When the database cannot be read or the row not be decoded.
pub async fn find(
    db: &Database,
    organization: OrganizationId,
) -> Result<Option<Organization>, StorageError> {
    db.read_one(FIND, params![organization.uuid()])
        .await?
        .as_ref()
        .map(decode)
        .transpose()
}

const LICENSES: &str = "SELECT org_id, id, name, doc, created_at, updated_at FROM licenses \
     WHERE org_id = $1 ORDER BY created_at, id";

/// The licenses of an organization, the oldest first.
///
/// # Errors
/// When the database cannot be read or a row not be decoded.
pub async fn licenses(
    db: &Database,
    organization: OrganizationId,
) -> Result<Vec<License>, StorageError> {
    db.read(LICENSES, params![organization.uuid()])
        .await?
        .iter()
        .map(decode_license)
        .collect()
}

const INSERT: &str = "INSERT INTO organizations (id, name, doc, created_at, updated_at) \
     VALUES ($1, $2, $3, $4, $5)";

/// Adds an organization.
#[must_use]
pub fn insert(unit: Unit, organization: &Organization) -> Unit {
    unit.step(
        INSERT,
        params![
            organization.id.uuid(),
            organization.name.clone(),
            EmptyDocument::TEXT,
            organization.created_at.micros(),
            organization.updated_at.micros(),
        ],
    )
}

const INSERT_LICENSE: &str = "INSERT INTO licenses (org_id, id, name, doc, created_at, updated_at) \
     VALUES ($1, $2, $3, $4, $5, $6)";

/// Adds a license.
#[must_use]
pub fn insert_license(unit: Unit, license: &License) -> Unit {
    unit.step(
        INSERT_LICENSE,
        params![
            license.organization.uuid(),
            license.id.uuid(),
            license.name.clone(),
            EmptyDocument::TEXT,
            license.created_at.micros(),
            license.updated_at.micros(),
        ],
    )
}
