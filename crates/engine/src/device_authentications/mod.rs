//! Device authentications: start, choose a device, check an assertion, read.

mod check_assertion;
mod failure;
mod read;
mod request;
mod select;
mod start;

pub use check_assertion::CheckAssertion;
pub use select::SelectDevice;
pub use start::StartAuthentication;

use std::sync::Arc;

use countersign_crypto::time::Timestamp;
use countersign_domain::access::Visibility;
use countersign_domain::device::{Device, DeviceType, Usability};
use countersign_domain::device_authentication::{AuthenticationAction, DeviceAuthentication};
use countersign_domain::device_policy::DevicePolicy;
use countersign_domain::ids::{DeviceAuthenticationId, EnvironmentId};
use countersign_domain::lockout::FailureLimit;
use countersign_domain::messages;
use countersign_domain::violations::{Violation, ViolationCode};
use countersign_storage::queries;
use countersign_storage::queries::device_authentications::WithOwner;

use crate::access::EnvironmentAccess;
use crate::{Engine, Fault, Refusal, Stop};

/// An authentication with what is shown beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticationView {
    /// The authentication.
    pub authentication: DeviceAuthentication,
    /// The user's active devices that the policy admits, in the user's order; locked ones too.
    pub devices: Vec<Device>,
    /// Those that an administrator blocked.
    pub blocked: Vec<Device>,
    /// The time for which locks are to be judged.
    pub now: Timestamp,
}

impl AuthenticationView {
    fn new(
        authentication: DeviceAuthentication,
        devices: Vec<Device>,
        policy: &DevicePolicy,
        now: Timestamp,
    ) -> Self {
        let mut view = Self {
            authentication,
            devices: Vec::new(),
            blocked: Vec::new(),
            now,
        };
        for device in devices {
            match device.usability(now) {
                Usability::Blocked => view.blocked.push(device),
                Usability::Usable | Usability::Locked(_) if admits(policy, &device) => {
                    view.devices.push(device);
                }
                Usability::Pending | Usability::Usable | Usability::Locked(_) => {}
            }
        }
        view
    }
}

/// Whether the policy has the device's method switched on.
fn admits(policy: &DevicePolicy, device: &Device) -> bool {
    match device.device_type() {
        DeviceType::Desktop => policy.document.desktop().enabled,
        _ => false,
    }
}

/// The failure limit that the policy sets for desktop authenticators.
fn failure_limit(policy: &DevicePolicy) -> FailureLimit {
    let method = policy.document.desktop();
    FailureLimit {
        count: method.failure_count,
        cool_down_seconds: method.cool_down_seconds,
    }
}

/// A device that is locked cannot be chosen or checked until the lock ends.
fn device_is_locked(device: &Device, expires_at: Timestamp) -> Refusal {
    Refusal::failed(
        Violation::new(ViolationCode::LimitExceeded, messages::TOO_MANY_ATTEMPTS).with(|inner| {
            inner.delivery_method = Some(device.device_type().as_str().to_owned());
            inner.cool_down_expires_at = Some(expires_at.unix_millis());
        }),
    )
}

fn wrong_status(authentication: &DeviceAuthentication) -> Refusal {
    Refusal::invalid_request(messages::wrong_status(authentication.phase.status()))
}

impl Engine {
    /// An authentication that the caller may see, with its user and the user's devices.
    async fn authentication_of<P>(
        &self,
        access: &EnvironmentAccess<P>,
        id: DeviceAuthenticationId,
    ) -> Result<WithOwner, Stop> {
        let environment = access.environment().id;
        // To a caller who sees single populations, absent and foreign are the same.
        let absent = || match access.visibility() {
            Visibility::All => Refusal::NotFound,
            Visibility::Populations(_) => Refusal::Forbidden,
        };
        let now = self.now();
        let mut found =
            queries::device_authentications::find_with_owner(self.database(), environment, id, now)
                .await?
                .ok_or_else(absent)?;
        found.devices.retain(|device| !device.has_lapsed(now));
        match &found.user {
            Some(user) if !access.visibility().covers(user.population) => {
                Err(Refusal::Forbidden.into())
            }
            // A user who was deleted takes the authentication along.
            None if found.authentication.user.is_some() => Err(absent().into()),
            _ => Ok(found),
        }
    }

    /// The policy of an authentication; where it was deleted meanwhile, the default one.
    async fn policy_of(
        &self,
        authentication: &DeviceAuthentication,
    ) -> Result<Arc<DevicePolicy>, Fault> {
        let environment = authentication.environment;
        match self
            .effective_device_policy(environment, Some(authentication.policy))
            .await?
        {
            Some(policy) => Ok(policy),
            None => self.default_device_policy(environment).await,
        }
    }

    async fn default_device_policy(
        &self,
        environment: EnvironmentId,
    ) -> Result<Arc<DevicePolicy>, Fault> {
        self.effective_device_policy(environment, None)
            .await?
            .ok_or(Fault::Inconsistent("the environment has no default policy"))
    }

    /// Refuses an action that is not possible in the present status: for the actions of device
    /// types that cannot be paired yet, and for every action once it is over.
    ///
    /// # Errors
    /// Always: [`Refusal::InvalidRequest`] naming the status, or what hides the authentication.
    pub async fn refuse_authentication_action<P>(
        &self,
        access: &EnvironmentAccess<P>,
        id: DeviceAuthenticationId,
        action: AuthenticationAction,
    ) -> Result<AuthenticationView, Stop> {
        let authentication = self.authentication_of(access, id).await?.authentication;
        debug_assert!(!authentication.accepts(action));
        Err(wrong_status(&authentication).into())
    }
}
