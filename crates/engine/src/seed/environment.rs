//! Seeding an environment with all that one cannot be without.

use countersign_crypto::random::uuid_v4;
use countersign_domain::activity::Action;
use countersign_domain::application::PINGID_DESKTOP;
use countersign_domain::environment::{
    BillOfMaterials, Environment, EnvironmentType, Product, Region,
};
use countersign_domain::ids::{EnvironmentId, LicenseId, OrganizationId, PopulationId};
use countersign_domain::population::Population;

use super::{NewApplication, SeedError, SeededApplication, Seeding};
use crate::activities::resource;

/// An environment to be made.
#[derive(Debug, Clone)]
pub struct NewEnvironment {
    /// Its id, where it is given.
    pub id: Option<EnvironmentId>,
    /// The organization that owns it.
    pub organization: OrganizationId,
    /// The license that it runs under.
    pub license: LicenseId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// What it is used for.
    pub environment_type: EnvironmentType,
    /// Where it lies.
    pub region: Region,
    /// What it offers, for example `PING_ONE_MFA`.
    pub products: Vec<String>,
    /// Id of its default population, where it is given.
    pub population: Option<PopulationId>,
    /// Name of its default population.
    pub population_name: String,
    /// Port of the desktop authenticator.
    pub desktop_port: u16,
}

/// An environment that will be there after the commit.
pub struct SeededEnvironment {
    /// The environment.
    pub environment: Environment,
    /// Where new users go.
    pub population: Population,
    /// The application that desktop devices belong to.
    pub desktop_application: SeededApplication,
}

impl Seeding<'_> {
    /// Adds an environment with its signing keys, its default population and the application of the
    /// desktop authenticator. It is usable once [`Seeding::policies`] has added its policies and MFA
    /// settings too.
    ///
    /// # Errors
    /// When a key cannot be made or something not be encoded.
    pub fn environment(&mut self, new: NewEnvironment) -> Result<SeededEnvironment, SeedError> {
        let engine = self.engine;
        let now = engine.now();
        let products = new.products.into_iter();
        let environment = Environment {
            id: new
                .id
                .unwrap_or_else(|| EnvironmentId::generate(engine.random())),
            organization: new.organization,
            license: new.license,
            name: new.name,
            description: new.description,
            environment_type: new.environment_type,
            region: new.region,
            bill_of_materials: BillOfMaterials {
                products: products
                    .map(|product_type| Product {
                        id: uuid_v4(engine.random()),
                        product_type,
                    })
                    .collect(),
                created_at: now,
                updated_at: now,
            },
            created_at: now,
            updated_at: now,
        };
        let id = environment.id;
        self.try_with(|unit| {
            let unit = countersign_storage::queries::environments::insert(unit, &environment)?;
            engine.create_environment_keys(unit, id)
        })?;
        self.record(
            id,
            Action::EnvironmentCreated,
            resource("ENVIRONMENT", id.uuid(), Some(environment.name.clone())),
            format!("Created Environment {}", environment.name),
        )?;
        let population =
            self.add_population(id, new.population, &new.population_name, None, true)?;
        let desktop_application = self.application(NewApplication::desktop(
            id,
            PINGID_DESKTOP,
            new.desktop_port,
        ))?;
        Ok(SeededEnvironment {
            environment,
            population,
            desktop_application,
        })
    }
}
