//! Deleting a policy.

use countersign_domain::access::perm;
use countersign_domain::activity::Action;
use countersign_domain::ids::DevicePolicyId;
use countersign_domain::messages::CANNOT_REMOVE_DEFAULT_POLICY;
use countersign_domain::violations::{Violation, ViolationCode};
use countersign_storage::{Unit, queries};

use super::Stored;
use crate::access::EnvironmentAccess;
use crate::{Engine, Refusal, Stop};

impl Engine {
    /// Deletes a policy. What was paired or begun under it goes on under the default one.
    ///
    /// # Errors
    /// Refused when it does not exist or is the default one.
    pub async fn delete_device_policy(
        &self,
        access: &EnvironmentAccess<perm::DevicePolicyWrite>,
        id: DevicePolicyId,
    ) -> Result<(), Stop> {
        let environment = access.environment().id;
        for _ in 0..crate::retry::ROUNDS {
            let found = queries::device_policies::find(self.database(), environment, id).await?;
            let policy = found.ok_or(Refusal::NotFound)?;
            if policy.default {
                return Err(Refusal::failed(Violation::new(
                    ViolationCode::ConstraintViolation,
                    CANNOT_REMOVE_DEFAULT_POLICY,
                ))
                .into());
            }
            let unit = Unit::new("delete_device_policy");
            let unit = queries::device_policies::delete(unit, environment, id);
            let unit = self.record_policy(access, unit, &policy, Action::DevicePolicyDeleted)?;
            match self.store_policy(unit).await? {
                Stored::Done => return Ok(()),
                Stored::Stale => {}
            }
        }
        Err(Refusal::Conflict.into())
    }
}
