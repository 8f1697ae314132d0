//! Populations. One endpoint, one file.

mod encode;
mod list;
mod read;

use countersign_domain::ids::{EnvironmentId, PopulationId};

use crate::framework::links::Links;
use crate::framework::{Endpoint, in_environment};

/// The endpoints.
pub(crate) static ENDPOINTS: &[Endpoint] = &[
    in_environment::<list::ListPopulations>(),
    in_environment::<read::ReadPopulation>(),
];

impl Links {
    /// The populations of an environment.
    pub(crate) fn populations(&self, environment: EnvironmentId) -> String {
        format!("{}/populations", self.environment(environment))
    }

    /// A population.
    pub(crate) fn population(
        &self,
        environment: EnvironmentId,
        population: PopulationId,
    ) -> String {
        format!("{}/populations/{population}", self.environment(environment))
    }
}
