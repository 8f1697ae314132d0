//! Device authentication policies. One endpoint, one file.

mod create;
mod delete;
mod encode;
mod examples;
mod list;
mod read;
mod update;

use countersign_domain::ids::{DevicePolicyId, EnvironmentId};

pub(crate) use encode::duration;

use crate::framework::links::Links;
use crate::framework::{Endpoint, in_whole_environment};

/// The endpoints.
pub(crate) static ENDPOINTS: &[Endpoint] = &[
    in_whole_environment::<list::ListDevicePolicies>(),
    in_whole_environment::<create::CreateDevicePolicy>(),
    in_whole_environment::<read::ReadDevicePolicy>(),
    in_whole_environment::<update::UpdateDevicePolicy>(),
    in_whole_environment::<delete::DeleteDevicePolicy>(),
];

impl Links {
    /// The device authentication policies of an environment.
    pub(crate) fn device_policies(&self, environment: EnvironmentId) -> String {
        format!(
            "{}/deviceAuthenticationPolicies",
            self.environment(environment)
        )
    }

    /// A device authentication policy.
    pub(crate) fn device_policy(
        &self,
        environment: EnvironmentId,
        policy: DevicePolicyId,
    ) -> String {
        format!("{}/{policy}", self.device_policies(environment))
    }
}
