//! Device authentication policies.

use countersign_crypto::time::Timestamp;
use countersign_domain::case_fold::case_fold;
use countersign_domain::device_policy::{DevicePolicy, POLICY_LIMIT};
use countersign_domain::ids::{DevicePolicyId, EnvironmentId};
use countersign_domain::stored::device_policy as document;

use crate::{Database, Params, Row, StorageError, Unit, params};

macro_rules! columns {
    () => {
        "env_id, id, name, is_default, doc, created_at, updated_at"
    };
}

fn decode(row: &Row) -> Result<DevicePolicy, StorageError> {
    Ok(DevicePolicy {
        environment: EnvironmentId::from_uuid(row.uuid(0)?),
        id: DevicePolicyId::from_uuid(row.uuid(1)?),
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
    " FROM device_authentication_policies WHERE env_id = $1 AND id = $2"
);

/// A policy.
///
/// # Errors
/// When the database cannot be read or the row not be decoded.
pub async fn find(
    db: &Database,
    environment: EnvironmentId,
    policy: DevicePolicyId,
) -> Result<Option<DevicePolicy>, StorageError> {
    db.read_one(FIND, params![environment.uuid(), policy.uuid()])
        .await?
        .as_ref()
        .map(decode)
        .transpose()
}

const DEFAULT: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM device_authentication_policies WHERE env_id = $1 AND is_default"
);

/// The policy that holds where none is named.
///
/// # Errors
/// When the database cannot be read or the row not be decoded.
pub async fn find_default(
    db: &Database,
    environment: EnvironmentId,
) -> Result<Option<DevicePolicy>, StorageError> {
    db.read_one(DEFAULT, params![environment.uuid()])
        .await?
        .as_ref()
        .map(decode)
        .transpose()
}

const OF_ENVIRONMENT: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM device_authentication_policies WHERE env_id = $1 ORDER BY created_at, id"
);

/// All policies of an environment, the oldest first.
///
/// # Errors
/// When the database cannot be read or a row not be decoded.
pub async fn of_environment(
    db: &Database,
    environment: EnvironmentId,
) -> Result<Vec<DevicePolicy>, StorageError> {
    db.read(OF_ENVIRONMENT, params![environment.uuid()])
        .await?
        .iter()
        .map(decode)
        .collect()
}

const NAME_OF_ANOTHER: &str = "SELECT 1 FROM device_authentication_policies \
     WHERE env_id = $1 AND name_key = $2 AND id <> $3";

/// Whether another policy has this name, letter case aside.
///
/// # Errors
/// When the database cannot be read.
pub async fn name_is_taken(db: &Database, policy: &DevicePolicy) -> Result<bool, StorageError> {
    Ok(db
        .read_one(NAME_OF_ANOTHER, name_of_another(policy))
        .await?
        .is_some())
}

fn name_of_another(policy: &DevicePolicy) -> Params {
    params![
        policy.environment.uuid(),
        case_fold(&policy.name),
        policy.id.uuid()
    ]
}

/// Requires that no other policy has this name. Guard: `"policy_name"`. Where two writers pass it
/// at the same time, the index refuses one of them ([`StorageError::UniqueViolation`]).
#[must_use]
pub fn require_free_name(unit: Unit, policy: &DevicePolicy) -> Unit {
    unit.guard_rows("policy_name", 0, NAME_OF_ANOTHER, name_of_another(policy))
}

const ROOM: &str = "SELECT 1 WHERE (SELECT COUNT(*) FROM device_authentication_policies \
     WHERE env_id = $1) < $2";

/// Requires that the environment may have one more. Guard: `"policy_limit"`.
#[must_use]
pub fn require_room(unit: Unit, environment: EnvironmentId) -> Unit {
    unit.guard(
        "policy_limit",
        ROOM,
        params![environment.uuid(), POLICY_LIMIT],
    )
}

const INSERT: &str = "INSERT INTO device_authentication_policies \
     (env_id, id, name, name_key, is_default, doc, created_at, updated_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (env_id, name_key) DO NOTHING";

/// Adds a policy. Guard: `"policy_name"`, when the name is taken. A default one needs
/// [`demote`] before it, if there is another.
///
/// # Errors
/// When the policy cannot be encoded.
pub fn insert(unit: Unit, policy: &DevicePolicy) -> Result<Unit, StorageError> {
    Ok(unit.guard(
        "policy_name",
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

const DEMOTE: &str = "UPDATE device_authentication_policies SET is_default = $4, updated_at = $5 \
     WHERE env_id = $1 AND id = $2 AND updated_at = $3";

/// Takes the place of the default one from a policy that was read as `policy`. Guard: `"policy"`,
/// when it was changed meanwhile.
#[must_use]
pub fn demote(unit: Unit, policy: &DevicePolicy, updated_at: Timestamp) -> Unit {
    unit.guard(
        "policy",
        DEMOTE,
        params![
            policy.environment.uuid(),
            policy.id.uuid(),
            policy.updated_at.micros(),
            false,
            updated_at.micros(),
        ],
    )
}

const DEMOTE_ANY: &str = "UPDATE device_authentication_policies SET is_default = $2 \
     WHERE env_id = $1 AND is_default";

/// Takes the place of the default one from whichever policy has it: for seeding.
#[must_use]
pub fn demote_any(unit: Unit, environment: EnvironmentId) -> Unit {
    unit.step(DEMOTE_ANY, params![environment.uuid(), false])
}

const UPDATE: &str = "UPDATE device_authentication_policies \
     SET name = $4, name_key = $5, is_default = $6, doc = $7, updated_at = $8 \
     WHERE env_id = $1 AND id = $2 AND updated_at = $3";

/// Stores a changed policy that was read with `read_at` as its time of change. Guard: `"policy"`,
/// when it was changed or deleted meanwhile.
///
/// # Errors
/// When the policy cannot be encoded.
pub fn update(unit: Unit, policy: &DevicePolicy, read_at: Timestamp) -> Result<Unit, StorageError> {
    Ok(unit.guard(
        "policy",
        UPDATE,
        params![
            policy.environment.uuid(),
            policy.id.uuid(),
            read_at.micros(),
            policy.name.clone(),
            case_fold(&policy.name),
            policy.default,
            document::write(&policy.document)?,
            policy.updated_at.micros(),
        ],
    ))
}

const DELETE: &str = "DELETE FROM device_authentication_policies \
     WHERE env_id = $1 AND id = $2 AND NOT is_default";

/// Removes a policy that is not the default one. Guard: `"policy"`, when it is, or is gone.
#[must_use]
pub fn delete(unit: Unit, environment: EnvironmentId, policy: DevicePolicyId) -> Unit {
    unit.guard("policy", DELETE, params![environment.uuid(), policy.uuid()])
}
