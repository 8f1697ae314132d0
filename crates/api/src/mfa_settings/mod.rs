//! MFA settings. One endpoint, one file.

mod encode;
mod read;
mod reset;
mod update;

use countersign_domain::ids::EnvironmentId;

use crate::framework::links::Links;
use crate::framework::{Endpoint, in_whole_environment};

/// The endpoints.
pub(crate) static ENDPOINTS: &[Endpoint] = &[
    in_whole_environment::<read::ReadMfaSettings>(),
    in_whole_environment::<update::UpdateMfaSettings>(),
    in_whole_environment::<reset::ResetMfaSettings>(),
];

impl Links {
    /// The MFA settings of an environment.
    pub(crate) fn mfa_settings(&self, environment: EnvironmentId) -> String {
        format!("{}/mfaSettings", self.environment(environment))
    }
}
