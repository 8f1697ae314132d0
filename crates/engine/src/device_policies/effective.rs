//! The policy that holds for a request: asked for by every pairing and every authentication.

use std::sync::Arc;

use countersign_domain::device_policy::DevicePolicy;
use countersign_domain::ids::{DevicePolicyId, EnvironmentId};
use countersign_storage::queries;

use crate::cache::Cache;
use crate::{Engine, Fault};

/// Policies as of one configuration stamp.
#[derive(Default)]
pub(crate) struct Caches {
    named: Cache<(EnvironmentId, DevicePolicyId), DevicePolicy>,
    default: Cache<EnvironmentId, DevicePolicy>,
}

impl Engine {
    /// The policy of this id, or the environment's default one where none is named. `None` when
    /// there is no such policy.
    pub(crate) async fn effective_device_policy(
        &self,
        environment: EnvironmentId,
        policy: Option<DevicePolicyId>,
    ) -> Result<Option<Arc<DevicePolicy>>, Fault> {
        let stamp = self.stamp().await?;
        let (db, caches) = (self.database(), &self.parts.policies);
        match policy {
            Some(id) => {
                let load = async { Ok(queries::device_policies::find(db, environment, id).await?) };
                caches.named.get(&(environment, id), stamp, load).await
            }
            None => {
                let load =
                    async { Ok(queries::device_policies::find_default(db, environment).await?) };
                caches.default.get(&environment, stamp, load).await
            }
        }
    }
}
