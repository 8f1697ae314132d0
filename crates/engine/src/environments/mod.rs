//! Environments.

use countersign_domain::access::{Permission, Visibility, visibility};
use countersign_domain::environment::{Environment, FILTER, matches};
use countersign_storage::queries;
use countersign_storage::queries::users::Position;

use crate::access::Caller;
use crate::paging::{Limits, Page, PageRequest};
use crate::{Engine, Stop};

const LIMITS: Limits = Limits {
    default: 100,
    maximum: 1000,
};

impl Engine {
    /// A page of the environments that the caller sees, in part at least.
    ///
    /// # Errors
    /// Refused when a parameter is wrong.
    pub async fn list_environments(
        &self,
        caller: &Caller,
        request: &PageRequest,
    ) -> Result<Page<Environment>, Stop> {
        let asked = self.asked(caller, "environments", &[], LIMITS, &FILTER, request)?;
        let mut environments = queries::environments::all(self.database()).await?;
        environments.retain(|environment| {
            let seen = visibility(
                caller.assignments(),
                Permission::EnvironmentRead,
                environment.organization,
                environment.id,
            );
            seen.is_some()
                && asked
                    .filter
                    .as_ref()
                    .is_none_or(|filter| matches(filter, environment))
        });
        Ok(
            asked.page_of_all(self, environments, |environment| Position {
                created_at: environment.created_at,
                id: environment.id.uuid(),
            }),
        )
    }

    /// Whether the caller sees what an environment offers and can do.
    pub fn sees_bill_of_materials(&self, caller: &Caller, environment: &Environment) -> bool {
        let seen = visibility(
            caller.assignments(),
            Permission::BillOfMaterialsRead,
            environment.organization,
            environment.id,
        );
        seen == Some(Visibility::All)
    }
}
