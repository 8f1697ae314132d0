//! Who holds which role, where.

use countersign_domain::access::{Assignment, Role, Scope};
use countersign_domain::ids::{
    ApplicationId, EnvironmentId, OrganizationId, PopulationId, RoleAssignmentId, RoleId,
};

use crate::{Database, Row, StorageError, Unit, params};

const OF_APPLICATION: &str = "SELECT role_id, scope_kind, scope_id, scope_env_id \
     FROM role_assignments WHERE env_id = $1 AND actor_kind = 'APPLICATION' AND actor_id = $2";

/// The assignments of an application. Those of roles that this version does not know give nothing
/// and are left out.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_application(
    db: &Database,
    environment: EnvironmentId,
    application: ApplicationId,
) -> Result<Vec<Assignment>, StorageError> {
    let rows = db
        .read(
            OF_APPLICATION,
            params![environment.uuid(), application.uuid()],
        )
        .await?;
    let mut assignments = Vec::with_capacity(rows.len());
    for row in &rows {
        assignments.extend(decode(row)?);
    }
    Ok(assignments)
}

fn decode(row: &Row) -> Result<Option<Assignment>, StorageError> {
    let Some(role) = Role::from_id(RoleId::from_uuid(row.uuid(0)?)) else {
        return Ok(None);
    };
    let id = row.uuid(2)?;
    let scope = match row.text(1)? {
        "ORGANIZATION" => Scope::Organization(OrganizationId::from_uuid(id)),
        "ENVIRONMENT" => Scope::Environment(EnvironmentId::from_uuid(id)),
        "POPULATION" => match row.opt_uuid(3)? {
            Some(within) => Scope::Population(
                EnvironmentId::from_uuid(within),
                PopulationId::from_uuid(id),
            ),
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    Ok(Some(Assignment { role, scope }))
}

const INSERT: &str = "INSERT INTO role_assignments \
     (env_id, id, actor_kind, actor_id, role_id, scope_kind, scope_id, scope_env_id, created_at) \
     VALUES ($1, $2, 'APPLICATION', $3, $4, $5, $6, $7, $8)";

/// Gives an application a role.
#[must_use]
pub fn insert_for_application(
    unit: Unit,
    environment: EnvironmentId,
    id: RoleAssignmentId,
    application: ApplicationId,
    assignment: Assignment,
    created_at: i64,
) -> Unit {
    let (kind, scope, within) = match assignment.scope {
        Scope::Organization(id) => ("ORGANIZATION", id.uuid(), None),
        Scope::Environment(id) => ("ENVIRONMENT", id.uuid(), None),
        Scope::Population(within, id) => ("POPULATION", id.uuid(), Some(within.uuid())),
    };
    unit.step(
        INSERT,
        params![
            environment.uuid(),
            id.uuid(),
            application.uuid(),
            assignment.role.id().uuid(),
            kind,
            scope,
            within,
            created_at,
        ],
    )
}
