//! From a bearer token to the proof that a caller may do a thing.
//!
//! ```text
//! Authorization header ──authenticate──► Caller            (who: application, its role assignments)
//!        Caller + environment ──environment_access::<P>──► EnvironmentAccess<P>
//!        Caller + environment + user ──user_access::<P>──► UserAccess<P>
//! ```
//!
//! Use cases take an `…Access<P>` whose permission `P` is in its type; the only way to get one is
//! through the functions here. An unknown environment and one that no role covers are the same
//! denial, and so are an unknown user and a foreign one for a caller who sees single populations
//! only: ids cannot be probed.

mod authenticate;
mod token_cache;

use std::marker::PhantomData;
use std::sync::Arc;

use countersign_domain::access::{Assignment, PermissionMarker, Visibility, visibility};
use countersign_domain::environment::Environment;
use countersign_domain::ids::{ApplicationId, EnvironmentId, UserId};
use countersign_domain::user::User;
use countersign_storage::queries;

use crate::{Engine, Refusal, RequestContext, Stop};

pub(crate) use token_cache::TokenCache;

/// An application and what it may do, as cached.
#[derive(Debug, Clone)]
pub(crate) struct Actor {
    pub(crate) environment: EnvironmentId,
    pub(crate) application: ApplicationId,
    pub(crate) name: String,
    pub(crate) assignments: Vec<Assignment>,
}

/// Who makes a request.
#[derive(Debug, Clone)]
pub struct Caller {
    actor: Arc<Actor>,
    context: RequestContext,
}

impl Caller {
    /// The application; also its OAuth client id.
    pub fn application(&self) -> ApplicationId {
        self.actor.application
    }

    /// The application's name.
    pub fn name(&self) -> &str {
        &self.actor.name
    }

    /// The environment that the application lives in; it may act in others.
    pub fn home(&self) -> EnvironmentId {
        self.actor.environment
    }

    /// What is known of the request.
    pub const fn context(&self) -> &RequestContext {
        &self.context
    }

    /// The role assignments held, for listings across environments.
    pub fn assignments(&self) -> &[Assignment] {
        &self.actor.assignments
    }
}

/// Proof that a caller holds permission `P` in an environment, or in some populations of it.
#[derive(Debug, Clone)]
pub struct EnvironmentAccess<P> {
    caller: Caller,
    environment: Arc<Environment>,
    visibility: Visibility,
    permission: PhantomData<fn() -> P>,
}

impl<P> EnvironmentAccess<P> {
    /// Who asks.
    pub const fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The environment.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// How much of it.
    pub const fn visibility(&self) -> &Visibility {
        &self.visibility
    }
}

/// Proof that a caller holds permission `P` on a user and what belongs to the user.
#[derive(Debug, Clone)]
pub struct UserAccess<P> {
    within: EnvironmentAccess<P>,
    user: User,
}

impl<P> UserAccess<P> {
    /// Who asks.
    pub const fn caller(&self) -> &Caller {
        self.within.caller()
    }

    /// The environment.
    pub fn environment(&self) -> &Environment {
        self.within.environment()
    }

    /// The user as read when access was granted.
    pub const fn user(&self) -> &User {
        &self.user
    }
}

impl Engine {
    /// Proof of access to an environment.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] when the environment does not exist or nothing covers any of it.
    pub async fn environment_access<P: PermissionMarker>(
        &self,
        caller: &Caller,
        environment: EnvironmentId,
    ) -> Result<EnvironmentAccess<P>, Stop> {
        let environment = self
            .environment(environment)
            .await?
            .ok_or(Refusal::Forbidden)?;
        let visibility = visibility(
            &caller.actor.assignments,
            P::PERMISSION,
            environment.organization,
            environment.id,
        )
        .ok_or(Refusal::Forbidden)?;
        Ok(EnvironmentAccess {
            caller: caller.clone(),
            environment,
            visibility,
            permission: PhantomData,
        })
    }

    /// Proof of access to the whole of an environment: for things that belong to no population.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] as above, and for callers who see single populations only.
    pub async fn whole_environment_access<P: PermissionMarker>(
        &self,
        caller: &Caller,
        environment: EnvironmentId,
    ) -> Result<EnvironmentAccess<P>, Stop> {
        let access = self.environment_access::<P>(caller, environment).await?;
        match access.visibility {
            Visibility::All => Ok(access),
            Visibility::Populations(_) => Err(Refusal::Forbidden.into()),
        }
    }

    /// Proof of access to a user.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] when nothing covers the user; [`Refusal::NotFound`] when a caller who
    /// sees the whole environment names one that does not exist.
    pub async fn user_access<P: PermissionMarker>(
        &self,
        caller: &Caller,
        environment: EnvironmentId,
        user: UserId,
    ) -> Result<UserAccess<P>, Stop> {
        let within = self.environment_access::<P>(caller, environment).await?;
        let Some(user) = queries::users::find(self.database(), environment, user).await? else {
            return Err(match within.visibility {
                Visibility::All => Refusal::NotFound,
                Visibility::Populations(_) => Refusal::Forbidden,
            }
            .into());
        };
        if !within.visibility.covers(user.population) {
            return Err(Refusal::Forbidden.into());
        }
        Ok(UserAccess { within, user })
    }
}
