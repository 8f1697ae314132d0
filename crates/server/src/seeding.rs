//! What quickstart and init put into a deployment, through the engine.

use countersign_crypto::secret::SecretString;
use countersign_domain::ids::{
    ApplicationId, DevicePolicyId, EnvironmentId, LicenseId, OrganizationId, PopulationId, UserId,
};

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
    pub(crate) rp_id: &'a str,
    pub(crate) desktop_port: u16,
    pub(crate) fixtures: Option<&'a serde_json::Value>,
}

/// Seeds what quickstart promises, as far as it is missing.
pub(crate) async fn quickstart(
    _engine: &countersign_engine::Engine,
    _options: SeedOptions<'_>,
) -> anyhow::Result<Seeded> {
    anyhow::bail!("not there yet")
}
