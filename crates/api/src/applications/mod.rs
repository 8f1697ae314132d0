//! Applications. One endpoint, one file.

mod encode;
mod list;
mod read;

use countersign_domain::ids::{ApplicationId, EnvironmentId};

use crate::framework::links::Links;
use crate::framework::{Endpoint, in_whole_environment};

/// The endpoints.
pub(crate) static ENDPOINTS: &[Endpoint] = &[
    in_whole_environment::<list::ListApplications>(),
    in_whole_environment::<read::ReadApplication>(),
];

impl Links {
    /// The applications of an environment.
    pub(crate) fn applications(&self, environment: EnvironmentId) -> String {
        format!("{}/applications", self.environment(environment))
    }

    /// An application.
    pub(crate) fn application(
        &self,
        environment: EnvironmentId,
        application: ApplicationId,
    ) -> String {
        format!(
            "{}/applications/{application}",
            self.environment(environment)
        )
    }
}
