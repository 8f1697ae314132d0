//! Populations.

use countersign_domain::case_fold::case_fold;
use countersign_domain::ids::{EnvironmentId, PopulationId};
use countersign_domain::population::Population;
use countersign_domain::stored::population::PopulationDocument;

use crate::{Database, Row, StorageError, Unit, params};

macro_rules! columns {
    () => {
        "env_id, id, name, is_default, doc, created_at, updated_at"
    };
}

fn decode(row: &Row) -> Result<Population, StorageError> {
    let document = PopulationDocument::read(row.text(4)?)?;
    Ok(Population {
        environment: EnvironmentId::from_uuid(row.uuid(0)?),
        id: PopulationId::from_uuid(row.uuid(1)?),
        name: row.text(2)?.to_owned(),
        default: row.bool(3)?,
        description: document.description,
        created_at: row.timestamp(5)?,
        updated_at: row.timestamp(6)?,
    })
}

const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM populations WHERE env_id = $1 AND id = $2"
);

/// A population.
///
/// # Errors
/// When the database cannot be read or the row not be decoded.
pub async fn find(
    db: &Database,
    environment: EnvironmentId,
    population: PopulationId,
) -> Result<Option<Population>, StorageError> {
    db.read_one(FIND, params![environment.uuid(), population.uuid()])
        .await?
        .as_ref()
        .map(decode)
        .transpose()
}

const DEFAULT: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM populations WHERE env_id = $1 AND is_default"
);

/// The population where new users go.
///
/// # Errors
/// When the database cannot be read or the row not be decoded.
pub async fn find_default(
    db: &Database,
    environment: EnvironmentId,
) -> Result<Option<Population>, StorageError> {
    db.read_one(DEFAULT, params![environment.uuid()])
        .await?
        .as_ref()
        .map(decode)
        .transpose()
}

const OF_ENVIRONMENT: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM populations WHERE env_id = $1 ORDER BY created_at, id"
);

/// All populations of an environment, the oldest first.
///
/// # Errors
/// When the database cannot be read or a row not be decoded.
pub async fn of_environment(
    db: &Database,
    environment: EnvironmentId,
) -> Result<Vec<Population>, StorageError> {
    db.read(OF_ENVIRONMENT, params![environment.uuid()])
        .await?
        .iter()
        .map(decode)
        .collect()
}

const EXISTS: &str = "SELECT 1 FROM populations WHERE env_id = $1 AND id = $2";

/// Requires that a population exists. Guard: `"population"`.
#[must_use]
pub fn require(unit: Unit, environment: EnvironmentId, population: PopulationId) -> Unit {
    unit.guard(
        "population",
        EXISTS,
        params![environment.uuid(), population.uuid()],
    )
}

const INSERT: &str = "INSERT INTO populations \
     (env_id, id, name, name_key, is_default, doc, created_at, updated_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (env_id, name_key) DO NOTHING";

/// Adds a population. Guard: `"population_name"`, when the name is taken.
///
/// # Errors
/// When the population cannot be encoded.
pub fn insert(unit: Unit, population: &Population) -> Result<Unit, StorageError> {
    Ok(unit.guard(
        "population_name",
        INSERT,
        params![
            population.environment.uuid(),
            population.id.uuid(),
            population.name.clone(),
            case_fold(&population.name),
            population.default,
            PopulationDocument::write(population)?,
            population.created_at.micros(),
            population.updated_at.micros(),
        ],
    ))
}
