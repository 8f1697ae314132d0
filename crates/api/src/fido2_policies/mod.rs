//! FIDO2 policies. One endpoint, one file.

mod encode;
mod list;
mod read;

use countersign_domain::ids::{EnvironmentId, Fido2PolicyId};

use crate::framework::links::Links;
use crate::framework::{Endpoint, in_whole_environment};

/// The endpoints.
pub(crate) static ENDPOINTS: &[Endpoint] = &[
    in_whole_environment::<list::ListFido2Policies>(),
    in_whole_environment::<read::ReadFido2Policy>(),
];

impl Links {
    /// The FIDO2 policies of an environment.
    pub(crate) fn fido2_policies(&self, environment: EnvironmentId) -> String {
        format!("{}/fido2Policies", self.environment(environment))
    }

    /// A FIDO2 policy.
    pub(crate) fn fido2_policy(&self, environment: EnvironmentId, policy: Fido2PolicyId) -> String {
        format!("{}/{policy}", self.fido2_policies(environment))
    }
}
