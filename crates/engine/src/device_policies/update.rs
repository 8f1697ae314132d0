//! Replacing a policy.

use countersign_domain::access::perm;
use countersign_domain::activity::Action;
use countersign_domain::device_policy::PolicyRequest;
use countersign_domain::ids::DevicePolicyId;
use countersign_storage::{Unit, queries};
use serde_json::{Map, Value};

use super::references::require_references;
use super::{DevicePolicyView, Stored};
use crate::access::EnvironmentAccess;
use crate::devices::development;
use crate::{Engine, Refusal, Stop};

impl Engine {
    /// Puts a document in the place of the policy's; what it leaves out has its default.
    ///
    /// # Errors
    /// Refused when the policy does not exist, members are wrong, the name is taken, something that
    /// it refers to does not exist, or the default policy is to be so no longer.
    pub async fn replace_device_policy(
        &self,
        access: &EnvironmentAccess<perm::DevicePolicyWrite>,
        id: DevicePolicyId,
        document: &Map<String, Value>,
    ) -> Result<DevicePolicyView, Stop> {
        let environment = access.environment();
        for _ in 0..crate::retry::ROUNDS {
            let found = queries::device_policies::find(self.database(), environment.id, id).await?;
            let before = found.ok_or(Refusal::NotFound)?;
            let request = PolicyRequest::read(document, development(environment))
                .map_err(Refusal::InvalidData)?;
            let policy = before.changed(request, self.now());
            self.check_name(&policy).await?;
            self.check_references(&policy, Some(&before)).await?;
            let unit = require_references(Unit::new("replace_device_policy"), &policy);
            let unit = queries::device_policies::require_free_name(unit, &policy);
            let unit = self.take_default_place(access, unit, &policy).await?;
            let unit = queries::device_policies::update(unit, &policy, before.updated_at)?;
            let unit = self.record_policy(access, unit, &policy, Action::DevicePolicyUpdated)?;
            match self.store_policy(unit).await? {
                Stored::Done => return Ok(self.policy_view(policy).await?),
                Stored::Stale => {}
            }
        }
        Err(Refusal::Conflict.into())
    }
}
