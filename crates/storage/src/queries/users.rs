//! Users.

use countersign_crypto::time::Timestamp;
use countersign_domain::ids::{EnvironmentId, PopulationId, UserId};
use countersign_domain::stored::user::UserRecord;
use countersign_domain::user::User;
use uuid::Uuid;

use crate::{Database, Query, Row, StorageError, Unit, params};

macro_rules! columns {
    () => {
        "env_id, id, population_id, username, username_key, enabled, mfa_enabled, ordered, \
         failed_count, locked_at, unlock_at, version, doc, created_at, updated_at"
    };
}

/// Reads a user from a row of [`find_query`] or [`page_query`].
///
/// # Errors
/// When the row cannot be decoded.
pub fn decode(row: &Row) -> Result<User, StorageError> {
    let record = UserRecord {
        environment: EnvironmentId::from_uuid(row.uuid(0)?),
        id: UserId::from_uuid(row.uuid(1)?),
        population: PopulationId::from_uuid(row.uuid(2)?),
        username: row.text(3)?.to_owned(),
        username_key: row.text(4)?.to_owned(),
        enabled: row.bool(5)?,
        mfa_enabled: row.bool(6)?,
        ordered: row.bool(7)?,
        failures: row.int(8)?,
        locked_at: row.opt_timestamp(9)?,
        unlock_at: row.opt_timestamp(10)?,
        version: row.int(11)?,
        document: row.text(12)?.to_owned(),
        created_at: row.timestamp(13)?,
        updated_at: row.timestamp(14)?,
    };
    Ok(record.into_user()?)
}

const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM users WHERE env_id = $1 AND id = $2"
);

/// The query for a user.
pub fn find_query(environment: EnvironmentId, user: UserId) -> Query {
    Query::new(FIND, params![environment.uuid(), user.uuid()])
}

/// A user.
///
/// # Errors
/// When the database cannot be read or the row not be decoded.
pub async fn find(
    db: &Database,
    environment: EnvironmentId,
    user: UserId,
) -> Result<Option<User>, StorageError> {
    db.read_one(FIND, params![environment.uuid(), user.uuid()])
        .await?
        .as_ref()
        .map(decode)
        .transpose()
}

const OF_AUTHENTICATION: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM users WHERE env_id = $1 AND id = \
     (SELECT user_id FROM device_authentications WHERE env_id = $1 AND id = $2)"
);

/// The query for the user of a device authentication.
pub(super) fn of_authentication_query(environment: Uuid, authentication: Uuid) -> Query {
    Query::new(OF_AUTHENTICATION, params![environment, authentication])
}

const BY_USERNAME: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM users WHERE env_id = $1 AND username_key = $2"
);

/// The user of this name, given in the form in which names are compared.
///
/// # Errors
/// When the database cannot be read or the row not be decoded.
pub async fn find_by_username(
    db: &Database,
    environment: EnvironmentId,
    username_key: &str,
) -> Result<Option<User>, StorageError> {
    db.read_one(BY_USERNAME, params![environment.uuid(), username_key])
        .await?
        .as_ref()
        .map(decode)
        .transpose()
}

/// A place in the list of users, which is in the order of creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// When the user there was created.
    pub created_at: Timestamp,
    /// The user's id.
    pub id: Uuid,
}

impl Position {
    /// Before every user.
    pub const START: Self = Self {
        created_at: Timestamp::from_micros(i64::MIN),
        id: Uuid::nil(),
    };

    /// The place of a user.
    pub const fn of(user: &User) -> Self {
        Self {
            created_at: user.created_at,
            id: user.id.uuid(),
        }
    }
}

/// Which way to read the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Towards the newest.
    Forward,
    /// Towards the oldest.
    Backward,
}

const AFTER: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM users WHERE env_id = $1 AND (created_at, id) > ($2, $3) \
     ORDER BY created_at, id LIMIT $4"
);
const BEFORE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM users WHERE env_id = $1 AND (created_at, id) < ($2, $3) \
     ORDER BY created_at DESC, id DESC LIMIT $4"
);
const AFTER_IN_POPULATION: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM users WHERE env_id = $1 AND population_id = $5 AND (created_at, id) > ($2, $3) \
     ORDER BY created_at, id LIMIT $4"
);
const BEFORE_IN_POPULATION: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM users WHERE env_id = $1 AND population_id = $5 AND (created_at, id) < ($2, $3) \
     ORDER BY created_at DESC, id DESC LIMIT $4"
);

/// The query for at most `limit` users next to a place, the nearest first; of one population only,
/// if one is given.
pub fn page_query(
    environment: EnvironmentId,
    population: Option<PopulationId>,
    from: Position,
    direction: Direction,
    limit: i64,
) -> Query {
    let mut params = params![environment.uuid(), from.created_at.micros(), from.id, limit];
    let sql = match (direction, population) {
        (Direction::Forward, None) => AFTER,
        (Direction::Backward, None) => BEFORE,
        (Direction::Forward, Some(_)) => AFTER_IN_POPULATION,
        (Direction::Backward, Some(_)) => BEFORE_IN_POPULATION,
    };
    if let Some(population) = population {
        params.push(population.uuid().into());
    }
    Query::new(sql, params)
}

const COUNT: &str = "SELECT COUNT(*) FROM users WHERE env_id = $1";
const COUNT_IN_POPULATION: &str =
    "SELECT COUNT(*) FROM users WHERE env_id = $1 AND population_id = $2";

/// The query for the number of users, in one column of one row; of one population only, if one is
/// given.
pub fn count_query(environment: EnvironmentId, population: Option<PopulationId>) -> Query {
    match population {
        None => Query::new(COUNT, params![environment.uuid()]),
        Some(population) => Query::new(
            COUNT_IN_POPULATION,
            params![environment.uuid(), population.uuid()],
        ),
    }
}

const INSERT: &str = concat!(
    "INSERT INTO users (",
    columns!(),
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
     ON CONFLICT (env_id, username_key) DO NOTHING"
);

/// Adds a user. Guard: `"username"`, when the name is taken.
///
/// # Errors
/// When the user cannot be encoded.
pub fn insert(unit: Unit, user: &User) -> Result<Unit, StorageError> {
    let record = UserRecord::from_user(user)?;
    Ok(unit.guard(
        "username",
        INSERT,
        params![
            record.environment.uuid(),
            record.id.uuid(),
            record.population.uuid(),
            record.username,
            record.username_key,
            record.enabled,
            record.mfa_enabled,
            record.ordered,
            record.failures,
            record.locked_at.map(Timestamp::micros),
            record.unlock_at.map(Timestamp::micros),
            record.version,
            record.document,
            record.created_at.micros(),
            record.updated_at.micros(),
        ],
    ))
}

const USERNAME_FREE: &str = "SELECT 1 WHERE NOT EXISTS \
     (SELECT 1 FROM users WHERE env_id = $1 AND username_key = $3 AND id <> $2)";
const UPDATE: &str = "UPDATE users SET population_id = $4, username = $5, username_key = $6, \
     enabled = $7, mfa_enabled = $8, doc = $9, updated_at = $10, version = version + 1 \
     WHERE env_id = $1 AND id = $2 AND version = $3 AND NOT EXISTS \
     (SELECT 1 FROM users AS other \
      WHERE other.env_id = $1 AND other.username_key = $6 AND other.id <> $2)";

/// Stores name, population, switches and profile of a changed user, on condition that nobody changed
/// the user since it was read. Guards: `"username"` when the new name is taken, and `"user"`. (A name
/// that another process takes in this moment is [`StorageError::UniqueViolation`].)
///
/// # Errors
/// When the user cannot be encoded.
pub fn update(unit: Unit, user: &User) -> Result<Unit, StorageError> {
    let record = UserRecord::from_user(user)?;
    let (environment, id) = (record.environment.uuid(), record.id.uuid());
    Ok(unit
        .guard(
            "username",
            USERNAME_FREE,
            params![environment, id, record.username_key.clone()],
        )
        .guard(
            "user",
            UPDATE,
            params![
                environment,
                id,
                record.version,
                record.population.uuid(),
                record.username,
                record.username_key,
                record.enabled,
                record.mfa_enabled,
                record.document,
                record.updated_at.micros(),
            ],
        ))
}

const SET_ACCOUNT: &str = "UPDATE users SET failed_count = $4, locked_at = $5, unlock_at = $6, \
     updated_at = $7, version = version + 1 WHERE env_id = $1 AND id = $2 AND version = $3";

/// Stores failure count and lock of a changed user, on condition that nobody changed the user since
/// it was read. Guard: `"user"`.
#[must_use]
pub fn set_account(unit: Unit, user: &User) -> Unit {
    unit.guard(
        "user",
        SET_ACCOUNT,
        params![
            user.environment.uuid(),
            user.id.uuid(),
            user.version,
            user.account.failures,
            user.account.locked_at.map(Timestamp::micros),
            user.account.unlock_at.map(Timestamp::micros),
            user.updated_at.micros(),
        ],
    )
}

const SET_ORDERED: &str = "UPDATE users SET ordered = $3 WHERE env_id = $1 AND id = $2";

/// Notes whether the devices of a user have an order that somebody set. Belongs behind
/// [`take_turn`](super::devices::take_turn).
#[must_use]
pub fn set_ordered(unit: Unit, environment: EnvironmentId, user: UserId, ordered: bool) -> Unit {
    unit.step(
        SET_ORDERED,
        params![environment.uuid(), user.uuid(), ordered],
    )
}

const DELETE_ASSIGNMENTS: &str =
    "DELETE FROM role_assignments WHERE env_id = $1 AND actor_kind = 'USER' AND actor_id = $2";
const DELETE: &str = "DELETE FROM users WHERE env_id = $1 AND id = $2 AND version = $3";

/// Removes a user with its devices, open authentications and role assignments, on condition that
/// nobody changed the user since it was read. Guard: `"user"`.
#[must_use]
pub fn delete(unit: Unit, user: &User, now: Timestamp) -> Unit {
    let (environment, id) = (user.environment, user.id);
    let unit = unit.guard(
        "user",
        DELETE,
        params![environment.uuid(), id.uuid(), user.version],
    );
    let unit = super::devices::delete_of_user(unit, environment, id, now);
    super::device_authentications::delete_of_user(unit, environment, id)
        .step(DELETE_ASSIGNMENTS, params![environment.uuid(), id.uuid()])
}
