//! FIDO2 policies.

use countersign_domain::case_fold::case_fold;
use countersign_domain::fido2_policy::Fido2Policy;
use countersign_domain::ids::{EnvironmentId, Fido2PolicyId};
use countersign_domain::stored::fido2_policy as document;

use crate::{Database, Row, StorageError, Unit, params};

macro_rules! columns {
    () => {
        "env_id, id, name, is_default, doc, created_at, updated_at"
    };
}

fn decode(row: &Row) -> Result<Fido2Policy, StorageError> {
    Ok(Fido2Policy {
        environment: EnvironmentId::from_uuid(row.uuid(0)?),
        id: Fido2PolicyId::from_uuid(row.uuid(1)?),
        name: row.text(2)?.to_owned(),
        default: row.bool(3)?,
        document: document::read(row.text(4)?)?,
        created_at: row.timestamp(5)?,
        updated_at: row.timestamp(6)?,
    })
}

const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM fido2_policies WHERE env_id = $1 AND id = $2"
);

/// A policy.
///
/// # Errors
/// When the database cannot be read or the row not be decoded.
pub async fn find(
    db: &Database,
    environment: EnvironmentId,
    policy: Fido2PolicyId,
) -> Result<Option<Fido2Policy>, StorageError> {
    db.read_one(FIND, params![environment.uuid(), policy.uuid()])
        .await?
        .as_ref()
        .map(decode)
        .transpose()
}

const OF_ENVIRONMENT: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM fido2_policies WHERE env_id = $1 ORDER BY created_at, id"
);

/// All policies of an environment, the oldest first.
///
/// # Errors
/// When the database cannot be read or a row not be decoded.
pub async fn of_environment(
    db: &Database,
    environment: EnvironmentId,
) -> Result<Vec<Fido2Policy>, StorageError> {
    db.read(OF_ENVIRONMENT, params![environment.uuid()])
        .await?
        .iter()
        .map(decode)
        .collect()
}

const DEFAULT_ID: &str = "SELECT id FROM fido2_policies WHERE env_id = $1 AND is_default";

/// The id of the policy that holds where none is named.
///
/// # Errors
/// When the database cannot be read.
pub async fn default_id(
    db: &Database,
    environment: EnvironmentId,
) -> Result<Option<Fido2PolicyId>, StorageError> {
    db.read_one(DEFAULT_ID, params![environment.uuid()])
        .await?
        .map(|row| Ok(Fido2PolicyId::from_uuid(row.uuid(0)?)))
        .transpose()
}

const EXISTS: &str = "SELECT 1 FROM fido2_policies WHERE env_id = $1 AND id = $2";

/// Requires that a policy exists. Guard: `"fido2_policy"`.
#[must_use]
pub fn require(unit: Unit, environment: EnvironmentId, policy: Fido2PolicyId) -> Unit {
    unit.guard(
        "fido2_policy",
        EXISTS,
        params![environment.uuid(), policy.uuid()],
    )
}

const INSERT: &str = "INSERT INTO fido2_policies \
     (env_id, id, name, name_key, is_default, doc, created_at, updated_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (env_id, name_key) DO NOTHING";

/// Adds a policy. Guard: `"fido2_policy_name"`, when the name is taken.
///
/// # Errors
/// When the policy cannot be encoded.
pub fn insert(unit: Unit, policy: &Fido2Policy) -> Result<Unit, StorageError> {
    Ok(unit.guard(
        "fido2_policy_name",
        INSERT,
        params![
            policy.environment.uuid(),
            policy.id.uuid(),
            policy.name.clone(),
            case_fold(&policy.name),
            policy.default,
            document::write(&policy.document)?,
            policy.created_at.micros(),
            policy.updated_at.micros(),
        ],
    ))
}
