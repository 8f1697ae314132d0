//! Creating a policy.

use countersign_domain::access::perm;
use countersign_domain::activity::Action;
use countersign_domain::device_policy::{DevicePolicy, PolicyRequest};
use countersign_domain::ids::DevicePolicyId;
use countersign_storage::{Unit, queries};
use serde_json::{Map, Value};

use super::references::require_references;
use super::{DevicePolicyView, Stored};
use crate::access::EnvironmentAccess;
use crate::devices::development;
use crate::{Engine, Refusal, Stop};

impl Engine {
    /// Creates a policy. If it is to be the default one, the one that was is so no longer.
    ///
    /// # Errors
    /// Refused when members are wrong, the name is taken, something that it refers to does not
    /// exist, or the environment has all the policies that it can have.
    pub async fn create_device_policy(
        &self,
        access: &EnvironmentAccess<perm::DevicePolicyWrite>,
        document: &Map<String, Value>,
    ) -> Result<DevicePolicyView, Stop> {
        let environment = access.environment();
        let request = PolicyRequest::read(document, development(environment))
            .map_err(Refusal::InvalidData)?;
        let now = self.now();
        let policy = DevicePolicy {
            id: DevicePolicyId::generate(self.random()),
            environment: environment.id,
            name: request.name,
            default: request.default,
            document: request.document,
            created_at: now,
            updated_at: now,
        };
        self.check_name(&policy).await?;
        self.check_references(&policy, None).await?;
        for _ in 0..crate::retry::ROUNDS {
            let unit = Unit::new("create_device_policy");
            let unit = queries::device_policies::require_room(unit, environment.id);
            let unit = require_references(unit, &policy);
            let unit = self.take_default_place(access, unit, &policy).await?;
            let unit = queries::device_policies::insert(unit, &policy)?;
            let unit = self.record_policy(access, unit, &policy, Action::DevicePolicyCreated)?;
            match self.store_policy(unit).await? {
                Stored::Done => return Ok(self.policy_view(policy).await?),
                Stored::Stale => {}
            }
        }
        Err(Refusal::Conflict.into())
    }

    /// Checks that no other policy of the environment has the name.
    ///
    /// # Errors
    /// Refused when one has.
    pub(super) async fn check_name(&self, policy: &DevicePolicy) -> Result<(), Stop> {
        let other = queries::device_policies::name_is_taken(self.database(), policy).await?;
        if other {
            Err(super::name_taken().into())
        } else {
            Ok(())
        }
    }
}
