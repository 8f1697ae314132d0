//! Populations.

use countersign_domain::access::{Visibility, perm};
use countersign_domain::ids::{EnvironmentId, PopulationId};
use countersign_domain::population::{FILTER, Population, matches};
use countersign_storage::queries;
use countersign_storage::queries::users::{Position, count_query};

use crate::access::EnvironmentAccess;
use crate::paging::{Limits, Page, PageRequest};
use crate::{Engine, Fault, Refusal, Stop};

const LIMITS: Limits = Limits {
    default: 100,
    maximum: 1000,
};

/// A population and how many users are in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedPopulation {
    /// The population.
    pub population: Population,
    /// How many users are in it.
    pub users: u64,
}

impl Engine {
    /// A page of the populations that the caller sees.
    ///
    /// # Errors
    /// Refused when a parameter is wrong.
    pub async fn list_populations(
        &self,
        access: &EnvironmentAccess<perm::PopulationRead>,
        request: &PageRequest,
    ) -> Result<Page<CountedPopulation>, Stop> {
        let environment = access.environment().id;
        let within = environment.uuid();
        let asked = self.asked(
            access.caller(),
            "populations",
            within.as_bytes(),
            LIMITS,
            &FILTER,
            request,
        )?;
        let mut populations =
            queries::populations::of_environment(self.database(), environment).await?;
        populations.retain(|population| {
            access.visibility().covers(population.id)
                && asked
                    .filter
                    .as_ref()
                    .is_none_or(|filter| matches(filter, population))
        });
        let page = asked.page_of_all(self, populations, |population| Position {
            created_at: population.created_at,
            id: population.id.uuid(),
        });
        Ok(Page {
            items: self.counted(environment, page.items).await?,
            count: page.count,
            next: page.next,
            previous: page.previous,
        })
    }

    /// A population.
    ///
    /// # Errors
    /// Refused when it does not exist, or lies outside of what the caller sees.
    pub async fn read_population(
        &self,
        access: &EnvironmentAccess<perm::PopulationRead>,
        id: PopulationId,
    ) -> Result<CountedPopulation, Stop> {
        if !access.visibility().covers(id) {
            return Err(Refusal::Forbidden.into());
        }
        let environment = access.environment().id;
        let found = queries::populations::find(self.database(), environment, id).await?;
        let population = found.ok_or(match access.visibility() {
            Visibility::All => Refusal::NotFound,
            Visibility::Populations(_) => Refusal::Forbidden,
        })?;
        let counted = self.counted(environment, vec![population]).await?;
        counted
            .into_iter()
            .next()
            .ok_or_else(|| Refusal::NotFound.into())
    }

    async fn counted(
        &self,
        environment: EnvironmentId,
        populations: Vec<Population>,
    ) -> Result<Vec<CountedPopulation>, Fault> {
        let queries = populations
            .iter()
            .map(|population| count_query(environment, Some(population.id)))
            .collect();
        let counts = self.database().read_batch(queries).await?;
        populations
            .into_iter()
            .zip(counts)
            .map(|(population, rows)| {
                let users = rows.first().map_or(Ok(0), |row| row.int(0))?;
                Ok(CountedPopulation {
                    population,
                    users: u64::try_from(users).unwrap_or(0),
                })
            })
            .collect()
    }
}
