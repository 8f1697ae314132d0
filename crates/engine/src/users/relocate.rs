//! Moving a user to another population.

use countersign_domain::access::perm;
use countersign_domain::activity::Action;
use countersign_domain::ids::PopulationId;
use countersign_domain::messages::UNKNOWN_POPULATION;
use countersign_domain::user::User;
use countersign_domain::violations::Violation;
use countersign_storage::queries;

use super::Kind;
use crate::access::UserAccess;
use crate::{Engine, Refusal, Stop};

impl Engine {
    /// Moves a user to another population, which the caller must see too.
    ///
    /// # Errors
    /// Refused when the population does not exist, or lies outside of what the caller sees.
    pub async fn move_user(
        &self,
        access: &UserAccess<perm::UserWrite>,
        population: PopulationId,
    ) -> Result<User, Stop> {
        const KIND: Kind = Kind {
            name: "move_user",
            store: |unit, user| {
                let unit = queries::populations::require(unit, user.environment, user.population);
                queries::users::update(unit, user)
            },
            action: Action::UserMoved,
            description: "Moved User",
        };
        let environment = access.environment().id;
        let within = self
            .environment_access::<perm::UserWrite>(access.caller(), environment)
            .await?;
        if !within.visibility().covers(population) {
            return Err(Refusal::Forbidden.into());
        }
        if queries::populations::find(self.database(), environment, population)
            .await?
            .is_none()
        {
            return Err(Refusal::invalid(Violation::invalid("id", UNKNOWN_POPULATION)).into());
        }
        self.change_user(access, &KIND, |user| {
            user.population = population;
            user.updated_at = self.now();
            Ok(())
        })
        .await
    }
}
