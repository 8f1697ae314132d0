//! Starting an authentication.

use std::sync::Arc;

use countersign_desktop_protocol::rp::RpId;
use countersign_domain::access::perm;
use countersign_domain::activity::Action;
use countersign_domain::device::{Device, DeviceKind, RelyingParty, Usability};
use countersign_domain::device_authentication::{
    AuthenticationFailure, AuthenticationPhase, Choice, DeviceAuthentication, OPEN_LIMIT, choose,
};
use countersign_domain::device_policy::DevicePolicy;
use countersign_domain::ids::{
    ApplicationId, DeviceAuthenticationId, DeviceId, DevicePolicyId, UserId,
};
use countersign_domain::messages;
use countersign_domain::user::User;
use countersign_domain::violations::{Violation, ViolationCode, Violations};
use countersign_storage::{Outcome, Unit, queries};

use super::request::RequestSubject;
use super::{AuthenticationView, admits, device_is_locked};
use crate::access::EnvironmentAccess;
use crate::activities::{By, device_resource, resource, user_resource};
use crate::devices::development;
use crate::stop::checked;
use crate::{Engine, Refusal, Stop};

/// A request to start an authentication.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StartAuthentication {
    /// What decoding found wrong.
    pub faults: Violations,
    /// `user.id`; `None` lets the credential say who it is.
    pub user: Option<UserId>,
    /// `policy.id`
    pub policy: Option<DevicePolicyId>,
    /// `selectedDevice.id`
    pub selected_device: Option<DeviceId>,
    /// Whether `selectedDevice.oneTime` is there.
    pub one_time: bool,
    /// `rp.id`
    pub relying_party: Option<String>,
    /// `application.id`
    pub application: Option<ApplicationId>,
    /// Whether `mobilePayload` is there.
    pub mobile_payload: bool,
}

/// What a checked request is about.
struct Start {
    id: DeviceAuthenticationId,
    policy: Arc<DevicePolicy>,
    named_rp: Option<RpId>,
    application: Option<(ApplicationId, String)>,
}

impl Engine {
    /// Starts an authentication.
    ///
    /// # Errors
    /// Refused when members are wrong, the user cannot use MFA, the named device cannot be used, or
    /// too many are open. Having no usable device, or a locked account, is not refused: the
    /// authentication comes into being `FAILED`.
    pub async fn start_authentication(
        &self,
        access: &EnvironmentAccess<perm::DeviceAuthenticate>,
        mut command: StartAuthentication,
    ) -> Result<AuthenticationView, Stop> {
        let mut faults = std::mem::take(&mut command.faults);
        let start = self.check_start(access, &command, &mut faults).await?;
        checked(faults)?;
        match command.user {
            Some(user) => {
                self.start_for_user(access, start, user, command.selected_device)
                    .await
            }
            None => self.start_without_user(access, start).await,
        }
    }

    async fn check_start(
        &self,
        access: &EnvironmentAccess<perm::DeviceAuthenticate>,
        command: &StartAuthentication,
        faults: &mut Violations,
    ) -> Result<Start, Stop> {
        let environment = access.environment();
        if command.selected_device.is_some() && command.one_time {
            faults.push(Violation::invalid(
                "selectedDevice",
                messages::ONE_DEVICE_ONLY,
            ));
        } else if command.one_time {
            faults.push(Violation::invalid(
                "selectedDevice.oneTime.type",
                messages::ONE_TIME_NOT_OFFERED,
            ));
        }
        if command.mobile_payload {
            faults.push(Violation::invalid(
                "mobilePayload",
                messages::MOBILE_PAYLOAD_NOT_OFFERED,
            ));
        }
        let named_rp = match &command.relying_party {
            None => None,
            Some(id) => match RpId::parse(id, development(environment)) {
                Ok(parsed) => Some(parsed),
                Err(_) => {
                    faults.push(Violation::invalid("rp.id", messages::BAD_RP_ID));
                    None
                }
            },
        };
        let application = match command.application {
            None => None,
            Some(id) => {
                match queries::applications::find(self.database(), environment.id, id).await? {
                    Some(found) => Some((id, found.name)),
                    None => {
                        let text = "no such application";
                        faults.push(Violation::invalid("application.id", text));
                        None
                    }
                }
            }
        };
        let policy = self
            .effective_device_policy(environment.id, command.policy)
            .await?;
        let Some(policy) = policy else {
            faults.push(Violation::invalid("policy.id", messages::UNKNOWN_POLICY));
            return Err(Refusal::InvalidData(std::mem::take(faults)).into());
        };
        // Decoding has said what is wrong with a user id that is there but is no id.
        let named_badly = faults
            .iter()
            .any(|fault| fault.target.as_deref() == Some("user.id"));
        if command.user.is_none() && !named_badly && !policy.document.desktop().enabled {
            faults.push(Violation::required("user.id"));
        }
        let id = DeviceAuthenticationId::generate(self.random());
        Ok(Start {
            id,
            policy,
            named_rp,
            application,
        })
    }

    async fn start_for_user(
        &self,
        access: &EnvironmentAccess<perm::DeviceAuthenticate>,
        start: Start,
        user: UserId,
        selected: Option<DeviceId>,
    ) -> Result<AuthenticationView, Stop> {
        let (user, devices) = self.usable_user(access, user).await?;
        let now = self.now();
        let (phase, selected) =
            if user.account.is_locked(now) && !start.policy.document.ignore_user_lock {
                (
                    AuthenticationPhase::Failed(AuthenticationFailure::UserLocked),
                    None,
                )
            } else {
                self.first_phase(access, &start, &user, &devices, selected)
                    .await?
            };
        let authentication = self.new_authentication(access, &start, Some(&user), phase, selected);
        self.store_new(access, &authentication, Some(&user), &devices)
            .await?;
        Ok(AuthenticationView::new(
            authentication,
            devices,
            &start.policy,
            now,
        ))
    }

    /// The user with the user's devices, if the caller may see it and it can use MFA.
    async fn usable_user(
        &self,
        access: &EnvironmentAccess<perm::DeviceAuthenticate>,
        user: UserId,
    ) -> Result<(User, Vec<Device>), Stop> {
        let (db, environment) = (self.database(), access.environment().id);
        let found = queries::devices::user_with_devices(db, environment, user).await?;
        let covered = found
            .as_ref()
            .map(|(user, _)| access.visibility().covers(user.population));
        match (found, covered) {
            (Some((user, mut devices)), Some(true)) if user.enabled && user.mfa_enabled => {
                let now = self.now();
                devices.retain(|device| !device.has_lapsed(now));
                Ok((user, devices))
            }
            // To a caller who sees single populations, unknown and foreign are the same.
            (_, None) if access.visibility() != &countersign_domain::access::Visibility::All => {
                Err(Refusal::Forbidden.into())
            }
            (_, Some(false)) => Err(Refusal::Forbidden.into()),
            _ => {
                let violation = Violation::invalid("user.id", messages::USER_NOT_USABLE);
                Err(Refusal::invalid(violation).into())
            }
        }
    }

    async fn first_phase(
        &self,
        access: &EnvironmentAccess<perm::DeviceAuthenticate>,
        start: &Start,
        user: &User,
        devices: &[Device],
        selected: Option<DeviceId>,
    ) -> Result<(AuthenticationPhase, Option<DeviceId>), Stop> {
        let usable = candidates(devices, &start.policy, start.named_rp.as_ref(), self.now());
        let choice = match selected {
            Some(id) => {
                Choice::Use(named_device(devices, &usable, id, "selectedDevice.id", self.now())?.id)
            }
            None => {
                let ids: Vec<DeviceId> = usable.iter().map(|device| device.id).collect();
                choose(start.policy.document.device_selection, &ids, user.ordered)
            }
        };
        Ok(match choice {
            Choice::Ask => (AuthenticationPhase::DeviceSelectionRequired, None),
            Choice::Nothing => {
                let unavailable = devices
                    .iter()
                    .filter(|device| matches!(device.usability(self.now()), Usability::Locked(_)))
                    .map(|device| device.id)
                    .collect();
                let failure = AuthenticationFailure::NoUsableDevices { unavailable };
                (AuthenticationPhase::Failed(failure), None)
            }
            Choice::Use(id) => {
                let Some(device) = usable.iter().find(|device| device.id == id) else {
                    return Err(unusable_device("selectedDevice.id").into());
                };
                let DeviceKind::Desktop { rp, .. } = &device.kind;
                let subject = RequestSubject {
                    authentication: start.id,
                    environment: access.environment().id,
                    known: Some((user.id, device)),
                    relying_party: rp.clone(),
                    application_name: start.application.as_ref().map(|(_, name)| name.clone()),
                };
                let request = self
                    .desktop_request(subject, &start.policy, self.now())
                    .await?;
                (AuthenticationPhase::AssertionRequired(request), Some(id))
            }
        })
    }

    async fn start_without_user(
        &self,
        access: &EnvironmentAccess<perm::DeviceAuthenticate>,
        start: Start,
    ) -> Result<AuthenticationView, Stop> {
        let rp = match &start.named_rp {
            Some(rp) => rp.clone(),
            None => {
                let id = start
                    .policy
                    .document
                    .desktop()
                    .relying_party_id
                    .unwrap_or(&self.config().default_relying_party);
                RpId::parse(id, development(access.environment()))
                    .map_err(|_| Refusal::invalid(Violation::required("rp.id")))?
            }
        };
        let subject = RequestSubject {
            authentication: start.id,
            environment: access.environment().id,
            known: None,
            relying_party: RelyingParty {
                name: rp.as_str().to_owned(),
                id: rp,
            },
            application_name: start.application.as_ref().map(|(_, name)| name.clone()),
        };
        let request = self
            .desktop_request(subject, &start.policy, self.now())
            .await?;
        let phase = AuthenticationPhase::AssertionRequired(request);
        let authentication = self.new_authentication(access, &start, None, phase, None);
        self.store_new(access, &authentication, None, &[]).await?;
        Ok(AuthenticationView::new(
            authentication,
            Vec::new(),
            &start.policy,
            self.now(),
        ))
    }

    fn new_authentication(
        &self,
        access: &EnvironmentAccess<perm::DeviceAuthenticate>,
        start: &Start,
        user: Option<&User>,
        phase: AuthenticationPhase,
        selected: Option<DeviceId>,
    ) -> DeviceAuthentication {
        let now = self.now();
        DeviceAuthentication {
            id: start.id,
            environment: access.environment().id,
            policy: start.policy.id,
            user: user.map(|user| user.id),
            application: start.application.as_ref().map(|(id, _)| *id),
            named_rp: start.named_rp.clone(),
            selected,
            phase,
            failures: 0,
            created_at: now,
            updated_at: now,
            touched_at: now,
            version: 1,
        }
    }

    async fn store_new(
        &self,
        access: &EnvironmentAccess<perm::DeviceAuthenticate>,
        authentication: &DeviceAuthentication,
        user: Option<&User>,
        devices: &[Device],
    ) -> Result<(), Stop> {
        let unit = queries::device_authentications::insert(
            Unit::new("start_authentication"),
            authentication,
            OPEN_LIMIT,
        )?;
        let mut resources: Vec<_> = user.map(user_resource).into_iter().collect();
        resources.extend(
            devices
                .iter()
                .find(|device| Some(device.id) == authentication.selected)
                .map(device_resource),
        );
        resources.push(resource(
            "DEVICE_AUTHENTICATION",
            authentication.id.uuid(),
            None,
        ));
        let unit = self.record(
            unit,
            By::Caller(access.caller()),
            authentication.environment,
            Action::AuthenticationCreated,
            resources,
            format!("Authentication Created {}", authentication.phase.status()),
        )?;
        match self.database().write(unit).await? {
            Outcome::Applied(_) => Ok(()),
            Outcome::Refused("open_limit") => {
                let violation =
                    Violation::new(ViolationCode::LimitExceeded, messages::TOO_MANY_OPEN)
                        .with(|inner| inner.maximum_allowed = Some(OPEN_LIMIT));
                Err(Refusal::failed(violation).into())
            }
            Outcome::Refused(_) => Err(crate::engine::unknown_guard()),
        }
    }
}

/// The devices that can be used now, in the user's order. Those of another relying party drop out
/// only when the request names one.
pub(super) fn candidates<'a>(
    devices: &'a [Device],
    policy: &DevicePolicy,
    named_rp: Option<&RpId>,
    now: countersign_crypto::time::Timestamp,
) -> Vec<&'a Device> {
    devices
        .iter()
        .filter(|device| device.usability(now) == Usability::Usable && admits(policy, device))
        .filter(|device| {
            let DeviceKind::Desktop { rp, .. } = &device.kind;
            named_rp.is_none_or(|named| *named == rp.id)
        })
        .collect()
}

/// The device that a request names, if it can be used.
pub(super) fn named_device<'a>(
    devices: &'a [Device],
    usable: &[&'a Device],
    id: DeviceId,
    target: &str,
    now: countersign_crypto::time::Timestamp,
) -> Result<&'a Device, Refusal> {
    if let Some(device) = usable.iter().find(|device| device.id == id) {
        return Ok(device);
    }
    match devices.iter().find(|device| device.id == id) {
        Some(device) => match device.usability(now) {
            Usability::Locked(lock) => Err(device_is_locked(device, lock.expires_at)),
            _ => Err(unusable_device(target)),
        },
        None => Err(unusable_device(target)),
    }
}

fn unusable_device(target: &str) -> Refusal {
    Refusal::invalid(Violation::invalid(target, messages::DEVICE_NOT_USABLE))
}
