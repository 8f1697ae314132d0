//! Choosing, switching or retrying a device.

use countersign_domain::access::perm;
use countersign_domain::activity::Action;
use countersign_domain::device::DeviceKind;
use countersign_domain::device_authentication::{AuthenticationAction, AuthenticationPhase};
use countersign_domain::ids::{DeviceAuthenticationId, DeviceId};
use countersign_domain::messages;
use countersign_domain::violations::{Violation, Violations};
use countersign_storage::queries::device_authentications::WithOwner;
use countersign_storage::{Outcome, Unit, queries};

use super::request::RequestSubject;
use super::start::{candidates, named_device};
use super::{AuthenticationView, wrong_status};
use crate::access::EnvironmentAccess;
use crate::activities::{By, device_resource, resource, user_resource};
use crate::stop::checked;
use crate::{Engine, Refusal, Stop};

/// A request to choose a device.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SelectDevice {
    /// What decoding found wrong.
    pub faults: Violations,
    /// `device.id`
    pub device: Option<DeviceId>,
}

impl Engine {
    /// Chooses a device; the challenge of the former choice is void.
    ///
    /// # Errors
    /// Refused when the status does not allow it or the device cannot be used.
    pub async fn select_device(
        &self,
        access: &EnvironmentAccess<perm::DeviceAuthenticate>,
        id: DeviceAuthenticationId,
        command: SelectDevice,
    ) -> Result<AuthenticationView, Stop> {
        for _ in 0..crate::retry::ROUNDS {
            let WithOwner {
                mut authentication,
                user,
                devices,
            } = self.authentication_of(access, id).await?;
            let Some(user) =
                user.filter(|_| authentication.accepts(AuthenticationAction::SelectDevice))
            else {
                return Err(wrong_status(&authentication).into());
            };
            checked(command.faults.clone())?;
            let wanted = command
                .device
                .ok_or_else(|| Refusal::invalid(Violation::required("device.id")))?;
            let policy = self.policy_of(&authentication).await?;
            let now = self.now();
            if user.account.is_locked(now) && !policy.document.ignore_user_lock || !user.enabled {
                let violation = Violation::invalid("user.id", messages::USER_NOT_USABLE);
                return Err(Refusal::invalid(violation).into());
            }
            let usable = candidates(&devices, &policy, authentication.named_rp.as_ref(), now);
            let device = named_device(&devices, &usable, wanted, "device.id", now)?;
            let DeviceKind::Desktop { rp, .. } = &device.kind;
            let subject = RequestSubject {
                authentication: authentication.id,
                environment: authentication.environment,
                known: Some((user.id, device)),
                relying_party: rp.clone(),
                application_name: self.application_name(&authentication).await?,
            };
            let request = self.desktop_request(subject, &policy, now).await?;
            authentication.selected = Some(wanted);
            authentication.advance(AuthenticationPhase::AssertionRequired(request), now);
            let unit = queries::device_authentications::update(
                Unit::new("select_device"),
                &authentication,
            )?;
            let unit = self.record(
                unit,
                By::Caller(access.caller()),
                authentication.environment,
                Action::AuthenticationUpdated,
                vec![
                    user_resource(&user),
                    device_resource(device),
                    resource("DEVICE_AUTHENTICATION", authentication.id.uuid(), None),
                ],
                format!("Authentication Updated {}", authentication.phase.status()),
            )?;
            match self.database().write(unit).await? {
                Outcome::Applied(_) => {
                    authentication.version += 1;
                    return Ok(AuthenticationView::new(
                        authentication,
                        devices,
                        &policy,
                        now,
                    ));
                }
                Outcome::Refused("authentication") => {}
                Outcome::Refused(_) => return Err(crate::engine::unknown_guard()),
            }
        }
        Err(Refusal::Conflict.into())
    }

    /// The name of the application that the start named.
    async fn application_name(
        &self,
        authentication: &countersign_domain::device_authentication::DeviceAuthentication,
    ) -> Result<Option<String>, Stop> {
        let Some(id) = authentication.application else {
            return Ok(None);
        };
        let environment = authentication.environment;
        let found = queries::applications::find(self.database(), environment, id).await?;
        Ok(found.map(|application| application.name))
    }
}
