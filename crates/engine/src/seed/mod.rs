//! Making the first things of a deployment: what `init`, `quickstart` and fixture files put into a
//! database, all or nothing.
//!
//! A [`Seeding`] collects; [`Seeding::commit`] stores. Ids may be given; otherwise they are drawn.
//! Everything is recorded as done by the system itself.

mod application;
mod environment;
mod policies;

use std::collections::HashMap;

use countersign_domain::access::Assignment;
use countersign_domain::activity::{Action, Resource};
use countersign_domain::ids::{
    ApplicationId, EnvironmentId, LicenseId, OrganizationId, PopulationId, RoleAssignmentId, UserId,
};
use countersign_domain::lockout::AccountState;
use countersign_domain::messages::UNKNOWN_POPULATION;
use countersign_domain::organization::{License, Organization};
use countersign_domain::population::Population;
use countersign_domain::user::{User, UserInput};
use countersign_domain::violations::{Violation, Violations};
use countersign_storage::{Outcome, StorageError, Unit, queries};

use crate::activities::{By, resource, user_resource};
use crate::{Engine, Fault};

pub use application::{NewApplication, SeededApplication};
pub use environment::{NewEnvironment, SeededEnvironment};
pub use policies::FirstPolicy;

/// Why something could not be seeded.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// What was asked for breaks the rules of the API.
    #[error("{what}: {}", in_words(violations))]
    Invalid {
        /// What it is, for people.
        what: String,
        /// Everything that is wrong with it.
        violations: Violations,
    },
    /// A name is there already; `username`, `population_name`, `application_name`,
    /// `environment_name` or the like.
    #[error("nothing was seeded: {0} is taken")]
    Taken(&'static str),
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StorageError> for SeedError {
    fn from(error: StorageError) -> Self {
        Self::Fault(error.into())
    }
}

fn in_words(violations: &Violations) -> String {
    let words = violations.iter().map(|violation| match &violation.target {
        Some(target) => format!("{target} {}", violation.message),
        None => violation.message.clone(),
    });
    words.collect::<Vec<_>>().join("; ")
}

/// Things to be stored together.
pub struct Seeding<'a> {
    engine: &'a Engine,
    unit: Unit,
    default_populations: HashMap<EnvironmentId, PopulationId>,
}

impl<'a> Seeding<'a> {
    /// Nothing yet.
    pub fn new(engine: &'a Engine) -> Self {
        Self {
            engine,
            unit: Unit::new("seed"),
            default_populations: HashMap::new(),
        }
    }

    /// Adds an organization and its license.
    pub fn organization(
        &mut self,
        id: Option<OrganizationId>,
        license: Option<LicenseId>,
        name: &str,
    ) -> (Organization, License) {
        let now = self.engine.now();
        let random = self.engine.random();
        let organization = Organization {
            id: id.unwrap_or_else(|| OrganizationId::generate(random)),
            name: name.to_owned(),
            created_at: now,
            updated_at: now,
        };
        let license = License {
            id: license.unwrap_or_else(|| LicenseId::generate(random)),
            organization: organization.id,
            name: "Countersign".to_owned(),
            created_at: now,
            updated_at: now,
        };
        self.with(|unit| queries::organizations::insert(unit, &organization));
        self.with(|unit| queries::organizations::insert_license(unit, &license));
        (organization, license)
    }

    /// Adds a population.
    ///
    /// # Errors
    /// When it cannot be encoded.
    pub fn population(
        &mut self,
        environment: EnvironmentId,
        id: Option<PopulationId>,
        name: &str,
        description: Option<String>,
    ) -> Result<Population, SeedError> {
        self.add_population(environment, id, name, description, false)
    }

    fn add_population(
        &mut self,
        environment: EnvironmentId,
        id: Option<PopulationId>,
        name: &str,
        description: Option<String>,
        default: bool,
    ) -> Result<Population, SeedError> {
        let now = self.engine.now();
        let population = Population {
            id: id.unwrap_or_else(|| PopulationId::generate(self.engine.random())),
            environment,
            name: name.to_owned(),
            description,
            default,
            created_at: now,
            updated_at: now,
        };
        self.try_with(|unit| Ok(queries::populations::insert(unit, &population)?))?;
        if default {
            self.default_populations.insert(environment, population.id);
        }
        self.record(
            environment,
            Action::PopulationCreated,
            resource(
                "POPULATION",
                population.id.uuid(),
                Some(population.name.clone()),
            ),
            format!("Created Population {}", population.name),
        )?;
        Ok(population)
    }

    /// Adds a user, checked as the API checks it. Without `mfaEnabled` MFA is on; without a
    /// population the user goes to the default one of an environment that is seeded here.
    ///
    /// # Errors
    /// When the input breaks a rule.
    pub fn user(
        &mut self,
        environment: EnvironmentId,
        id: Option<UserId>,
        input: UserInput,
    ) -> Result<User, SeedError> {
        let invalid = |violations| SeedError::Invalid {
            what: "user".to_owned(),
            violations,
        };
        let new = input.into_new().map_err(invalid)?;
        let population = new
            .population
            .or_else(|| self.default_populations.get(&environment).copied())
            .ok_or_else(|| {
                invalid(Violation::invalid("population.id", UNKNOWN_POPULATION).into())
            })?;
        let now = self.engine.now();
        let user = User {
            id: id.unwrap_or_else(|| UserId::generate(self.engine.random())),
            environment,
            population,
            username: new.username,
            enabled: new.enabled,
            mfa_enabled: new.mfa_enabled.unwrap_or(true),
            account: AccountState::default(),
            ordered: false,
            version: 1,
            email_verified: false,
            profile: new.profile,
            created_at: now,
            updated_at: now,
        };
        self.with(|unit| queries::populations::require(unit, environment, population));
        self.try_with(|unit| Ok(queries::users::insert(unit, &user)?))?;
        self.record(
            environment,
            Action::UserCreated,
            user_resource(&user),
            format!("Created User {}", user.username),
        )?;
        Ok(user)
    }

    /// Gives an application a role. `environment` is the application's.
    ///
    /// # Errors
    /// When it cannot be recorded.
    pub fn role_assignment(
        &mut self,
        environment: EnvironmentId,
        application: ApplicationId,
        id: Option<RoleAssignmentId>,
        assignment: Assignment,
    ) -> Result<RoleAssignmentId, SeedError> {
        let id = id.unwrap_or_else(|| RoleAssignmentId::generate(self.engine.random()));
        let now = self.engine.now().micros();
        self.with(|unit| {
            queries::role_assignments::insert_for_application(
                unit,
                environment,
                id,
                application,
                assignment,
                now,
            )
        });
        self.record(
            environment,
            Action::RoleAssignmentCreated,
            resource(
                "ROLE_ASSIGNMENT",
                id.uuid(),
                Some(assignment.role.name().to_owned()),
            ),
            format!("Created Role Assignment {}", assignment.role.name()),
        )?;
        Ok(id)
    }

    /// Keeps a fact about the deployment beside what is seeded.
    pub fn setting(&mut self, name: &str, value: &str) {
        self.with(|unit| queries::settings::put(unit, name, value));
    }

    /// Lets something else add its statements.
    ///
    /// # Errors
    /// As `add` says; then the seeding must be given up.
    pub fn try_with(
        &mut self,
        add: impl FnOnce(Unit) -> Result<Unit, Fault>,
    ) -> Result<(), SeedError> {
        let unit = std::mem::replace(&mut self.unit, Unit::new("seed"));
        self.unit = add(unit)?;
        Ok(())
    }

    fn with(&mut self, add: impl FnOnce(Unit) -> Unit) {
        let unit = std::mem::replace(&mut self.unit, Unit::new("seed"));
        self.unit = add(unit);
    }

    fn record(
        &mut self,
        environment: EnvironmentId,
        action: Action,
        resource: Resource,
        description: String,
    ) -> Result<(), SeedError> {
        let engine = self.engine;
        self.try_with(|unit| {
            engine.record(
                unit,
                By::System,
                environment,
                action,
                vec![resource],
                description,
            )
        })
    }

    /// Stores everything, or nothing.
    ///
    /// # Errors
    /// When a name or an id is taken, or the database cannot do it.
    pub async fn commit(self) -> Result<(), SeedError> {
        match self.engine.write_configuration(self.unit).await {
            Ok(Outcome::Applied(_)) => Ok(()),
            Ok(Outcome::Refused(label)) => Err(SeedError::Taken(label)),
            Err(fault) => Err(fault.into()),
        }
    }
}
