//! Device authentications.

use countersign_crypto::time::Timestamp;
use countersign_domain::device::Device;
use countersign_domain::device_authentication::DeviceAuthentication;
use countersign_domain::ids::{DeviceAuthenticationId, EnvironmentId, UserId};
use countersign_domain::stored::device_authentication::DeviceAuthenticationRecord;
use countersign_domain::user::User;

use crate::{Database, Query, Row, StorageError, Unit, params};

macro_rules! columns {
    () => {
        "env_id, id, user_id, open, version, doc, created_at, updated_at, touched_at, expires_at"
    };
}

fn decode(row: &Row) -> Result<DeviceAuthentication, StorageError> {
    DeviceAuthenticationRecord {
        environment: EnvironmentId::from_uuid(row.uuid(0)?),
        id: DeviceAuthenticationId::from_uuid(row.uuid(1)?),
        user: row.opt_uuid(2)?.map(UserId::from_uuid),
        open: row.bool(3)?,
        version: row.int(4)?,
        document: row.text(5)?.to_owned(),
        created_at: row.timestamp(6)?,
        updated_at: row.timestamp(7)?,
        touched_at: row.timestamp(8)?,
        expires_at: row.timestamp(9)?,
    }
    .into_authentication()
    .map_err(StorageError::Document)
}

const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM device_authentications WHERE env_id = $1 AND id = $2 AND expires_at > $3"
);

/// An authentication with what a step of it looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithOwner {
    /// The authentication.
    pub authentication: DeviceAuthentication,
    /// Its user; `None` when it has none, or the user was deleted.
    pub user: Option<User>,
    /// All devices of the user: active ones first, in their order.
    pub devices: Vec<Device>,
}

/// An authentication that is not gone at `now`, with its user and the user's devices: one snapshot,
/// one round trip.
///
/// # Errors
/// When the database cannot be read or a row not be decoded.
pub async fn find_with_owner(
    db: &Database,
    environment: EnvironmentId,
    id: DeviceAuthenticationId,
    now: Timestamp,
) -> Result<Option<WithOwner>, StorageError> {
    let (env_id, authentication) = (environment.uuid(), id.uuid());
    let found = db
        .read_batch(vec![
            Query::new(FIND, params![env_id, authentication, now.micros()]),
            super::users::of_authentication_query(env_id, authentication),
            super::devices::of_authentication_query(env_id, authentication),
        ])
        .await?;
    let mut found = found.iter();
    let mut rows = || found.next().map(Vec::as_slice).unwrap_or_default();
    let Some(authentication) = rows().first().map(decode).transpose()? else {
        return Ok(None);
    };
    Ok(Some(WithOwner {
        authentication,
        user: rows().first().map(super::users::decode).transpose()?,
        devices: rows()
            .iter()
            .map(super::devices::decode)
            .collect::<Result<_, _>>()?,
    }))
}

const INSERT: &str = concat!(
    "INSERT INTO device_authentications (",
    columns!(),
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
);
const INSERT_LIMITED: &str = concat!(
    "INSERT INTO device_authentications (",
    columns!(),
    ") SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 \
     WHERE (SELECT COUNT(*) FROM device_authentications \
            WHERE env_id = $1 AND user_id = $3 AND open AND expires_at > $7) < $11"
);

/// Adds an authentication; an open one of a user only while fewer than `open_limit` of the user are
/// open. Guard: `"open_limit"`.
///
/// # Errors
/// When it cannot be encoded.
pub fn insert(
    unit: Unit,
    authentication: &DeviceAuthentication,
    open_limit: i64,
) -> Result<Unit, StorageError> {
    let record = DeviceAuthenticationRecord::from_authentication(authentication)
        .map_err(StorageError::Document)?;
    let limited = record.open && record.user.is_some();
    let mut parameters = params![
        record.environment.uuid(),
        record.id.uuid(),
        record.user.map(UserId::uuid),
        record.open,
        record.version,
        record.document,
        record.created_at.micros(),
        record.updated_at.micros(),
        record.touched_at.micros(),
        record.expires_at.micros(),
    ];
    if !limited {
        return Ok(unit.step(INSERT, parameters));
    }
    parameters.push(open_limit.into());
    Ok(unit.guard("open_limit", INSERT_LIMITED, parameters))
}

const UPDATE: &str = "UPDATE device_authentications SET user_id = $4, open = $5, doc = $6, \
     updated_at = $7, touched_at = $8, expires_at = $9, version = version + 1 \
     WHERE env_id = $1 AND id = $2 AND version = $3";

/// Stores a changed authentication, on condition that nobody changed it since it was read.
/// Guard: `"authentication"`.
///
/// # Errors
/// When it cannot be encoded.
pub fn update(unit: Unit, authentication: &DeviceAuthentication) -> Result<Unit, StorageError> {
    let record = DeviceAuthenticationRecord::from_authentication(authentication)
        .map_err(StorageError::Document)?;
    Ok(unit.guard(
        "authentication",
        UPDATE,
        params![
            record.environment.uuid(),
            record.id.uuid(),
            record.version,
            record.user.map(UserId::uuid),
            record.open,
            record.document,
            record.updated_at.micros(),
            record.touched_at.micros(),
            record.expires_at.micros(),
        ],
    ))
}

const TOUCH: &str = "UPDATE device_authentications SET touched_at = $3, expires_at = $4 \
     WHERE env_id = $1 AND id = $2 AND open AND touched_at < $3";

/// Notes that an open authentication was called.
#[must_use]
pub fn touch(unit: Unit, authentication: &DeviceAuthentication) -> Unit {
    unit.step(
        TOUCH,
        params![
            authentication.environment.uuid(),
            authentication.id.uuid(),
            authentication.touched_at.micros(),
            authentication.expires_at().micros(),
        ],
    )
}

const DELETE_OF_USER: &str =
    "DELETE FROM device_authentications WHERE env_id = $1 AND user_id = $2 AND open";

/// Removes the open authentications of a user who is deleted.
#[must_use]
pub fn delete_of_user(unit: Unit, environment: EnvironmentId, user: UserId) -> Unit {
    unit.step(DELETE_OF_USER, params![environment.uuid(), user.uuid()])
}

const DELETE_LAPSED: &str = "DELETE FROM device_authentications WHERE (env_id, id) IN \
     (SELECT env_id, id FROM device_authentications WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2) \
     AND expires_at <= $1 RETURNING expires_at";

/// Removes those that are gone, at most `batch` of them; answers a row each.
#[must_use]
pub fn delete_lapsed(unit: Unit, now: Timestamp, batch: i64) -> Unit {
    unit.returning(DELETE_LAPSED, params![now.micros(), batch])
}
