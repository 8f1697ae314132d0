//! Applications. Their secrets never leave by these ways.

use countersign_domain::access::perm;
use countersign_domain::application::Application;
use countersign_domain::ids::ApplicationId;
use countersign_storage::queries;

use crate::access::EnvironmentAccess;
use crate::{Engine, Refusal, Stop};

impl Engine {
    /// All applications of an environment.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn list_applications(
        &self,
        access: &EnvironmentAccess<perm::ApplicationRead>,
    ) -> Result<Vec<Application>, Stop> {
        let environment = access.environment().id;
        Ok(queries::applications::of_environment(self.database(), environment).await?)
    }

    /// An application.
    ///
    /// # Errors
    /// Refused when it does not exist.
    pub async fn read_application(
        &self,
        access: &EnvironmentAccess<perm::ApplicationRead>,
        id: ApplicationId,
    ) -> Result<Application, Stop> {
        let environment = access.environment().id;
        let found = queries::applications::find(self.database(), environment, id).await?;
        found.ok_or_else(|| Refusal::NotFound.into())
    }
}
