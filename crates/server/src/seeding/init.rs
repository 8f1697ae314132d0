//! What init makes: an organization, an environment for administrators, a first environment, and a
//! worker that administrates.

use anyhow::bail;
use countersign_crypto::secret::SecretString;
use countersign_desktop_protocol::rp::RpId;
use countersign_domain::application::DEFAULT_COMMUNICATION_PORT;
use countersign_domain::environment::EnvironmentType;
use countersign_domain::ids::{ApplicationId, EnvironmentId, LicenseId, OrganizationId};
use countersign_engine::Engine;
use countersign_engine::seed::{FirstPolicy, Seeding};
use countersign_storage::queries;

use super::{environment, organization_worker};

/// What init has made.
pub(crate) struct Initial {
    pub(crate) organization: OrganizationId,
    pub(crate) license: LicenseId,
    pub(crate) administrators: EnvironmentId,
    pub(crate) environment: EnvironmentId,
    pub(crate) client: ApplicationId,
    pub(crate) client_secret: SecretString,
}

/// Makes a deployment in an empty database.
pub(crate) async fn init(engine: &Engine, rp_id: &RpId) -> anyhow::Result<Initial> {
    if !queries::organizations::all(engine.database())
        .await?
        .is_empty()
    {
        bail!("this database holds a deployment already; nothing was changed");
    }
    let mut seeding = Seeding::new(engine);
    let (organization, license) = seeding.organization(None, None, "Organization");
    let mut add = |name: &str, kind: EnvironmentType| {
        let new = environment(
            organization.id,
            license.id,
            name,
            kind,
            DEFAULT_COMMUNICATION_PORT,
        );
        let id = seeding.environment(new)?.environment.id;
        seeding.policies(id, FirstPolicy::Standard, rp_id)?;
        anyhow::Ok(id)
    };
    let administrators = add("Administrators", EnvironmentType::Production)?;
    let first = add("First environment", EnvironmentType::Production)?;
    let (client, client_secret) = organization_worker(
        &mut seeding,
        organization.id,
        administrators,
        "Administration",
    )?;
    seeding.commit().await?;
    Ok(Initial {
        organization: organization.id,
        license: license.id,
        administrators,
        environment: first,
        client,
        client_secret,
    })
}
