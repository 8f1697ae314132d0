//! What quickstart and init put into a deployment, through the engine, all or nothing.

mod fixtures;
mod init;
mod mark;
mod quickstart;

pub(crate) use init::init;
pub(crate) use quickstart::quickstart;

use anyhow::Context;
use countersign_crypto::secret::SecretString;
use countersign_desktop_protocol::rp::RpId;
use countersign_domain::access::{Assignment, Role, Scope};
use countersign_domain::environment::{EnvironmentType, Region};
use countersign_domain::ids::{
    ApplicationId, DevicePolicyId, EnvironmentId, LicenseId, OrganizationId, PopulationId, UserId,
};
use countersign_engine::seed::{NewApplication, NewEnvironment, Seeding};

/// What quickstart has seeded, now or at an earlier start.
pub(crate) struct Seeded {
    pub(crate) organization: OrganizationId,
    pub(crate) license: LicenseId,
    pub(crate) environment: EnvironmentId,
    /// The default population.
    pub(crate) population: PopulationId,
    pub(crate) user: UserId,
    pub(crate) username: String,
    pub(crate) policy: DevicePolicyId,
    pub(crate) rp_id: String,
    /// The worker application for the person.
    pub(crate) client: ApplicationId,
    pub(crate) client_secret: SecretString,
    /// The worker application behind the page `/try`.
    pub(crate) page_client: ApplicationId,
    /// Port of the desktop authenticator, as the application `PingID Desktop` has it.
    pub(crate) desktop_port: u16,
}

/// What quickstart seeds with.
pub(crate) struct SeedOptions<'a> {
    pub(crate) rp_id: &'a RpId,
    pub(crate) desktop_port: u16,
    pub(crate) fixtures: Option<&'a serde_json::Value>,
}

/// An environment with what Countersign offers in it.
fn environment(
    organization: OrganizationId,
    license: LicenseId,
    name: &str,
    environment_type: EnvironmentType,
    desktop_port: u16,
) -> NewEnvironment {
    NewEnvironment {
        id: None,
        organization,
        license,
        name: name.to_owned(),
        description: None,
        environment_type,
        region: Region::Na,
        products: vec!["PING_ONE_BASE".to_owned(), "PING_ONE_MFA".to_owned()],
        population: None,
        population_name: "Default".to_owned(),
        desktop_port,
    }
}

/// A worker that may do everything in the organization that this version offers.
fn organization_worker(
    seeding: &mut Seeding<'_>,
    organization: OrganizationId,
    environment: EnvironmentId,
    name: &str,
) -> anyhow::Result<(ApplicationId, SecretString)> {
    let made = seeding.application(NewApplication::worker(environment, name))?;
    let id = made.application.id;
    for role in [Role::EnvironmentAdmin, Role::IdentityDataAdmin] {
        let scope = Scope::Organization(organization);
        seeding.role_assignment(environment, id, None, Assignment { role, scope })?;
    }
    Ok((id, made.secret.context("a worker without a secret")?))
}

#[cfg(test)]
mod tests;
