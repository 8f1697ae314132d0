//! Devices and the tombstones of those that were once active.

use countersign_crypto::time::Timestamp;
use countersign_domain::device::Device;
use countersign_domain::ids::{DeviceId, EnvironmentId, UserId};
use countersign_domain::stored::device::DeviceRecord;
use countersign_domain::user::User;

use crate::{Database, Query, Row, StorageError, Unit, params};

macro_rules! columns {
    () => {
        "env_id, id, user_id, type, active, nickname, position, kid, counter, failures, \
         locked_until, lock_reason, blocked_at, expires_at, version, doc, created_at, updated_at"
    };
}

/// Reads a device from a row of the columns above.
///
/// # Errors
/// When the row cannot be decoded.
pub fn decode(row: &Row) -> Result<Device, StorageError> {
    let record = DeviceRecord {
        environment: EnvironmentId::from_uuid(row.uuid(0)?),
        id: DeviceId::from_uuid(row.uuid(1)?),
        user: UserId::from_uuid(row.uuid(2)?),
        device_type: row.text(3)?.to_owned(),
        active: row.bool(4)?,
        nickname: row.opt_text(5)?.map(str::to_owned),
        position: row.opt_int(6)?,
        kid: row.opt_text(7)?.map(str::to_owned),
        counter: row.opt_int(8)?,
        failures: row.int(9)?,
        locked_until: row.opt_timestamp(10)?,
        lock_reason: row.opt_text(11)?.map(str::to_owned),
        blocked_at: row.opt_timestamp(12)?,
        expires_at: row.opt_timestamp(13)?,
        version: row.int(14)?,
        document: row.text(15)?.to_owned(),
        created_at: row.timestamp(16)?,
        updated_at: row.timestamp(17)?,
    };
    record.into_device().map_err(StorageError::Document)
}

const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM devices WHERE env_id = $1 AND user_id = $2 AND id = $3"
);

/// A device of a user.
///
/// # Errors
/// When the database cannot be read or the row not be decoded.
pub async fn find(
    db: &Database,
    environment: EnvironmentId,
    user: UserId,
    device: DeviceId,
) -> Result<Option<Device>, StorageError> {
    db.read_one(
        FIND,
        params![environment.uuid(), user.uuid(), device.uuid()],
    )
    .await?
    .as_ref()
    .map(decode)
    .transpose()
}

const OF_USER: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM devices WHERE env_id = $1 AND user_id = $2 \
     ORDER BY active DESC, position NULLS LAST, created_at, id"
);

const OF_AUTHENTICATION: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM devices WHERE env_id = $1 AND user_id = \
     (SELECT user_id FROM device_authentications WHERE env_id = $1 AND id = $2) \
     ORDER BY active DESC, position NULLS LAST, created_at, id"
);

/// The query for all devices of the user of a device authentication, ordered as by
/// [`of_user_query`].
pub(super) fn of_authentication_query(
    environment: uuid::Uuid,
    authentication: uuid::Uuid,
) -> Query {
    Query::new(OF_AUTHENTICATION, params![environment, authentication])
}

/// The query for all devices of a user: active ones first, in their order.
pub fn of_user_query(environment: EnvironmentId, user: UserId) -> Query {
    Query::new(OF_USER, params![environment.uuid(), user.uuid()])
}

/// All devices of a user: active ones first, in their order.
///
/// # Errors
/// When the database cannot be read or a row not be decoded.
pub async fn of_user(
    db: &Database,
    environment: EnvironmentId,
    user: UserId,
) -> Result<Vec<Device>, StorageError> {
    db.read(OF_USER, params![environment.uuid(), user.uuid()])
        .await?
        .iter()
        .map(decode)
        .collect()
}

/// A user and all devices of the user, in one snapshot and one round trip.
///
/// # Errors
/// When the database cannot be read or a row not be decoded.
pub async fn user_with_devices(
    db: &Database,
    environment: EnvironmentId,
    user: UserId,
) -> Result<Option<(User, Vec<Device>)>, StorageError> {
    let queries = vec![
        super::users::find_query(environment, user),
        of_user_query(environment, user),
    ];
    let found = db.read_batch(queries).await?;
    let mut found = found.iter();
    let mut rows = || found.next().map(Vec::as_slice).unwrap_or_default();
    let Some(user) = rows().first().map(super::users::decode).transpose()? else {
        return Ok(None);
    };
    Ok(Some((
        user,
        rows().iter().map(decode).collect::<Result<_, _>>()?,
    )))
}

const BY_KID: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM devices WHERE env_id = $1 AND kid = $2"
);

/// The device whose credential has this thumbprint.
///
/// # Errors
/// When the database cannot be read or the row not be decoded.
pub async fn find_by_kid(
    db: &Database,
    environment: EnvironmentId,
    kid: &str,
) -> Result<Option<Device>, StorageError> {
    db.read_one(BY_KID, params![environment.uuid(), kid])
        .await?
        .as_ref()
        .map(decode)
        .transpose()
}

const KID_WAS_USED: &str = "SELECT 1 FROM devices WHERE env_id = $1 AND kid = $2 \
     UNION ALL SELECT 1 FROM device_tombstones WHERE env_id = $1 AND kid = $2 LIMIT 1";

/// Whether the thumbprint belongs, or once belonged, to a device of the environment.
///
/// # Errors
/// When the database cannot be read.
pub async fn kid_was_used(
    db: &Database,
    environment: EnvironmentId,
    kid: &str,
) -> Result<bool, StorageError> {
    Ok(db
        .read_one(KID_WAS_USED, params![environment.uuid(), kid])
        .await?
        .is_some())
}

const LOCK_USER: &str =
    "UPDATE users SET version = version + 1 WHERE env_id = $1 AND id = $2 AND version = $3";

/// Takes the user's turn: whatever changes the set or order of a user's devices begins with it, so
/// that limits and order hold under concurrency. Guard: `"user"`.
#[must_use]
pub fn take_turn(unit: Unit, environment: EnvironmentId, user: UserId, version: i64) -> Unit {
    unit.guard(
        "user",
        LOCK_USER,
        params![environment.uuid(), user.uuid(), version],
    )
}

const INSERT: &str = concat!(
    "INSERT INTO devices (",
    columns!(),
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"
);

/// Adds a device.
///
/// # Errors
/// When the device cannot be encoded.
pub fn insert(unit: Unit, device: &Device) -> Result<Unit, StorageError> {
    let record = DeviceRecord::from_device(device).map_err(StorageError::Document)?;
    Ok(unit.step(
        INSERT,
        params![
            record.environment.uuid(),
            record.id.uuid(),
            record.user.uuid(),
            record.device_type,
            record.active,
            record.nickname,
            record.position,
            record.kid,
            record.counter,
            record.failures,
            record.locked_until.map(Timestamp::micros),
            record.lock_reason,
            record.blocked_at.map(Timestamp::micros),
            record.expires_at.map(Timestamp::micros),
            record.version,
            record.document,
            record.created_at.micros(),
            record.updated_at.micros(),
        ],
    ))
}

const UPDATE: &str = "UPDATE devices SET active = $4, nickname = $5, position = $6, kid = $7, \
     counter = $8, failures = $9, locked_until = $10, lock_reason = $11, blocked_at = $12, \
     expires_at = $13, doc = $14, updated_at = $15, version = version + 1 \
     WHERE env_id = $1 AND id = $2 AND version = $3";

/// Stores a changed device, on condition that nobody changed it since it was read.
/// Guard: `"device"`.
///
/// # Errors
/// When the device cannot be encoded.
pub fn update(unit: Unit, device: &Device) -> Result<Unit, StorageError> {
    let record = DeviceRecord::from_device(device).map_err(StorageError::Document)?;
    Ok(unit.guard(
        "device",
        UPDATE,
        params![
            record.environment.uuid(),
            record.id.uuid(),
            record.version,
            record.active,
            record.nickname,
            record.position,
            record.kid,
            record.counter,
            record.failures,
            record.locked_until.map(Timestamp::micros),
            record.lock_reason,
            record.blocked_at.map(Timestamp::micros),
            record.expires_at.map(Timestamp::micros),
            record.document,
            record.updated_at.micros(),
        ],
    ))
}

const SET_POSITION: &str = "UPDATE devices SET position = $3, version = version + 1 \
     WHERE env_id = $1 AND id = $2 AND active";

/// Puts an active device at a place of the order; `None` = no order. Guard: `"device"`.
#[must_use]
pub fn set_position(
    unit: Unit,
    environment: EnvironmentId,
    device: DeviceId,
    position: Option<i64>,
) -> Unit {
    unit.guard(
        "device",
        SET_POSITION,
        params![environment.uuid(), device.uuid(), position],
    )
}

const BURY: &str = "INSERT INTO device_tombstones \
     (env_id, id, user_id, type, kid, doc, created_at, deleted_at) \
     SELECT env_id, id, user_id, type, kid, $3, created_at, $4 FROM devices \
     WHERE env_id = $1 AND id = $2 AND active";
const DELETE: &str = "DELETE FROM devices WHERE env_id = $1 AND id = $2 AND version = $3";

/// Removes a device; one that was active leaves a tombstone with `characteristics` (JSON without
/// secrets). Guard: `"device"`.
#[must_use]
pub fn delete(unit: Unit, device: &Device, characteristics: &str, now: Timestamp) -> Unit {
    let (environment, id) = (device.environment.uuid(), device.id.uuid());
    unit.step(
        BURY,
        params![environment, id, characteristics, now.micros()],
    )
    .guard("device", DELETE, params![environment, id, device.version])
}

const BURY_OF_USER: &str = "INSERT INTO device_tombstones \
     (env_id, id, user_id, type, kid, doc, created_at, deleted_at) \
     SELECT env_id, id, user_id, type, kid, '{\"v\":1}', created_at, $3 FROM devices \
     WHERE env_id = $1 AND user_id = $2 AND active";
const DELETE_OF_USER: &str = "DELETE FROM devices WHERE env_id = $1 AND user_id = $2";

/// Removes all devices of a user who is deleted.
#[must_use]
pub fn delete_of_user(
    unit: Unit,
    environment: EnvironmentId,
    user: UserId,
    now: Timestamp,
) -> Unit {
    unit.step(
        BURY_OF_USER,
        params![environment.uuid(), user.uuid(), now.micros()],
    )
    .step(DELETE_OF_USER, params![environment.uuid(), user.uuid()])
}

const DELETE_LAPSED: &str = "DELETE FROM devices WHERE (env_id, id) IN \
     (SELECT env_id, id FROM devices WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2) \
     AND expires_at <= $1 RETURNING expires_at";

/// Removes pending devices whose day is over, at most `batch` of them; answers a row each.
#[must_use]
pub fn delete_lapsed(unit: Unit, now: Timestamp, batch: i64) -> Unit {
    unit.returning(DELETE_LAPSED, params![now.micros(), batch])
}
