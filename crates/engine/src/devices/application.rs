//! The environment's application that stands for the desktop authenticator.

use countersign_domain::application::Application;
use countersign_domain::ids::EnvironmentId;
use countersign_storage::queries;

use crate::{Engine, Fault};

/// Its name; every environment is seeded with one.
pub const DESKTOP_APPLICATION_NAME: &str = "PingID Desktop";

impl Engine {
    /// The native application that the desktop devices of an environment point to.
    pub(crate) async fn desktop_application(
        &self,
        environment: EnvironmentId,
    ) -> Result<Application, Fault> {
        queries::applications::find_by_name(self.database(), environment, DESKTOP_APPLICATION_NAME)
            .await?
            .ok_or(Fault::Inconsistent(
                "the environment has no application for desktop devices",
            ))
    }
}
