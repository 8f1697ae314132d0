//! The fact, kept in the database, that quickstart has seeded it, with the ids.

use anyhow::Context;
use countersign_domain::ids::{
    ApplicationId, DevicePolicyId, EnvironmentId, LicenseId, OrganizationId, PopulationId, UserId,
};
use countersign_engine::Engine;
use countersign_storage::queries;
use serde::{Deserialize, Serialize};

/// Name of the setting.
pub(super) const NAME: &str = "quickstart";

/// The ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Mark {
    pub(super) organization: OrganizationId,
    pub(super) license: LicenseId,
    pub(super) environment: EnvironmentId,
    pub(super) population: PopulationId,
    pub(super) demo_population: PopulationId,
    pub(super) user: UserId,
    pub(super) username: String,
    pub(super) policy: DevicePolicyId,
    pub(super) rp_id: String,
    pub(super) client: ApplicationId,
    pub(super) page_client: ApplicationId,
}

impl Mark {
    /// Reads it; `None` before the first start.
    pub(super) async fn read(engine: &Engine) -> anyhow::Result<Option<Self>> {
        match queries::settings::get(engine.database(), NAME).await? {
            None => Ok(None),
            Some(text) => serde_json::from_str(&text)
                .map(Some)
                .context("what quickstart has noted in the database cannot be understood"),
        }
    }

    /// The text to keep.
    pub(super) fn text(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string(self)?)
    }
}
