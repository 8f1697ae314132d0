//! What an environment publishes about itself.

use countersign_domain::ids::EnvironmentId;

use crate::{Engine, Refusal, Stop};

/// The endpoints that an environment has; encoded by the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovery {
    /// The issuer; every endpoint lies below it.
    pub issuer: String,
}

impl Engine {
    /// The discovery facts of an environment.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when there is no such environment.
    pub async fn discovery(&self, environment: EnvironmentId) -> Result<Discovery, Stop> {
        self.environment(environment)
            .await?
            .ok_or(Refusal::NotFound)?;
        Ok(Discovery {
            issuer: self.issuer(environment),
        })
    }

    /// The published keys of an environment, each a JWK as JSON text.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when there is no such environment.
    pub async fn key_set(&self, environment: EnvironmentId) -> Result<Vec<String>, Stop> {
        let keys = self
            .environment_keys(environment)
            .await?
            .ok_or(Refusal::NotFound)?;
        Ok(keys
            .published(self.now())
            .into_iter()
            .map(str::to_owned)
            .collect())
    }
}
