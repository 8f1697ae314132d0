//! Creating a user.

use countersign_domain::access::perm;
use countersign_domain::activity::Action;
use countersign_domain::environment::Environment;
use countersign_domain::ids::{PopulationId, UserId};
use countersign_domain::lockout::AccountState;
use countersign_domain::messages::UNKNOWN_POPULATION;
use countersign_domain::user::{NewUser, User, UserInput};
use countersign_domain::violations::Violation;
use countersign_storage::{Outcome, StorageError, Unit, queries};

use super::username_taken;
use crate::access::EnvironmentAccess;
use crate::activities::{By, user_resource};
use crate::{Engine, Fault, Refusal, Stop};

impl Engine {
    /// Creates a user.
    ///
    /// # Errors
    /// Refused when members are wrong, the name is taken (whoever has it), or the caller does not
    /// see the population.
    pub async fn create_user(
        &self,
        access: &EnvironmentAccess<perm::UserWrite>,
        input: UserInput,
    ) -> Result<User, Stop> {
        let new = input.into_new().map_err(Refusal::InvalidData)?;
        let population = self
            .population_of_new(access.environment(), new.population)
            .await?;
        if !access.visibility().covers(population) {
            return Err(Refusal::Forbidden.into());
        }
        let id = UserId::generate(self.random());
        self.add_user(
            By::Caller(access.caller()),
            access.environment(),
            id,
            population,
            new,
        )
        .await
    }

    /// The population that a new user goes to. Whether one that was named exists is seen when the
    /// user is stored.
    pub(crate) async fn population_of_new(
        &self,
        environment: &Environment,
        named: Option<PopulationId>,
    ) -> Result<PopulationId, Fault> {
        if let Some(population) = named {
            return Ok(population);
        }
        let default = queries::populations::find_default(self.database(), environment.id).await?;
        Ok(default
            .ok_or(Fault::Inconsistent(
                "the environment has no default population",
            ))?
            .id)
    }

    /// Stores a new user.
    pub(crate) async fn add_user(
        &self,
        by: By<'_>,
        environment: &Environment,
        id: UserId,
        population: PopulationId,
        new: NewUser,
    ) -> Result<User, Stop> {
        let mfa_enabled = match new.mfa_enabled {
            Some(given) => given,
            None => {
                self.mfa_settings_of(environment.id)
                    .await?
                    .users_mfa_enabled
            }
        };
        let now = self.now();
        let user = User {
            id,
            environment: environment.id,
            population,
            username: new.username,
            enabled: new.enabled,
            mfa_enabled,
            account: AccountState::default(),
            ordered: false,
            version: 1,
            email_verified: false,
            profile: new.profile,
            created_at: now,
            updated_at: now,
        };
        let unit = Unit::new("create_user");
        let unit = queries::populations::require(unit, environment.id, population);
        let unit = queries::users::insert(unit, &user)?;
        let unit = self.record(
            unit,
            by,
            environment.id,
            Action::UserCreated,
            vec![user_resource(&user)],
            format!("Created User {}", user.username),
        )?;
        match self.database().write(unit).await {
            Ok(Outcome::Applied(_)) => Ok(user),
            Ok(Outcome::Refused("username")) | Err(StorageError::UniqueViolation { .. }) => {
                Err(username_taken().into())
            }
            Ok(Outcome::Refused("population")) => Err(Refusal::invalid(Violation::invalid(
                "population.id",
                UNKNOWN_POPULATION,
            ))
            .into()),
            Ok(Outcome::Refused(_)) => Err(crate::engine::unknown_guard()),
            Err(error) => Err(error.into()),
        }
    }
}
