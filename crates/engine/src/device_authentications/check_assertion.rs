//! Checking the assertion of a desktop authenticator.
//!
//! The order of the checks is part of the protocol: size, type and algorithm; the authentication is
//! open; the credential is one that was asked; signature; nonce, authentication, subject, audience,
//! request hash; relying party and origin; user and device usable; user verification; counter.
//! Until the signature verifies, a failure of an authentication without a user counts on the
//! authentication alone; after that on the device.

use std::sync::Arc;

use countersign_crypto::time::Timestamp;
use countersign_desktop_protocol::assertion::{
    AssertionError, ExpectedAssertion, UnverifiedAssertion, Verified,
};
use countersign_desktop_protocol::origin::Origin;
use countersign_domain::access::perm;
use countersign_domain::activity::Action;
use countersign_domain::device::{DesktopCredential, Device, DeviceKind, Phase, Usability};
use countersign_domain::device_authentication::{
    AuthenticationAction, AuthenticationPhase, CounterVerdict, DesktopRequest,
    DeviceAuthentication, judge_counter,
};
use countersign_domain::device_policy::DevicePolicy;
use countersign_domain::ids::DeviceAuthenticationId;
use countersign_domain::messages;
use countersign_domain::user::User;
use countersign_domain::violations::{Violation, Violations};
use countersign_storage::queries::device_authentications::WithOwner;
use countersign_storage::{Outcome, Unit, queries};

use super::failure::{Blame, Failure};
use super::{AuthenticationView, admits, device_is_locked, wrong_status};
use crate::access::EnvironmentAccess;
use crate::activities::{By, device_resource, resource, user_resource};
use crate::devices::{development, parsed_origins};
use crate::stop::checked;
use crate::{Engine, Refusal, Stop};

/// A request to check an assertion.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckAssertion {
    /// What decoding found wrong.
    pub faults: Violations,
    /// `assertion`: a compact JWS.
    pub assertion: Option<String>,
    /// `origin`: the URL of the page that carried the ceremony.
    pub origin: Option<String>,
}

/// Everything that a round of the check has read.
pub(super) struct Round {
    pub(super) authentication: DeviceAuthentication,
    pub(super) user: Option<User>,
    pub(super) devices: Vec<Device>,
    pub(super) policy: Arc<DevicePolicy>,
    pub(super) now: Timestamp,
}

/// How a check that was carried through ended.
enum Verdict {
    /// The assertion is good: the device that answered, with the new counter in it.
    Proven {
        user: Box<User>,
        device: Box<Device>,
    },
    /// It is not.
    Failed(Failure),
}

impl Engine {
    /// Checks an assertion.
    ///
    /// # Errors
    /// Refused, and counted, when it does not verify; refused without counting when the status does
    /// not await one, a member is missing, or the device is locked. A counter that lost a race
    /// answers [`Refusal::Conflict`].
    pub async fn check_assertion(
        &self,
        access: &EnvironmentAccess<perm::DeviceAuthenticate>,
        id: DeviceAuthenticationId,
        command: CheckAssertion,
    ) -> Result<AuthenticationView, Stop> {
        for _ in 0..crate::retry::ROUNDS {
            let WithOwner {
                authentication,
                user,
                devices,
            } = self.authentication_of(access, id).await?;
            let AuthenticationPhase::AssertionRequired(request) = &authentication.phase else {
                return Err(wrong_status(&authentication).into());
            };
            debug_assert!(authentication.accepts(AuthenticationAction::CheckAssertion));
            let (assertion, origin) = checked_members(&command)?;
            let request = request.clone();
            let policy = self.policy_of(&authentication).await?;
            let round = Round {
                authentication,
                user,
                devices,
                policy,
                now: self.now(),
            };
            let verdict = self
                .judge_assertion(access, &round, &request, &assertion, &origin)
                .await?;
            let done = match verdict {
                Verdict::Proven { user, device } => {
                    self.complete(access, round, *user, *device).await?
                }
                Verdict::Failed(failure) => self
                    .count_assertion_failure(access, round, failure)
                    .await?
                    .map(Err),
            };
            if let Some(answer) = done {
                return answer.map_err(Stop::Refused);
            }
        }
        Err(Refusal::Conflict.into())
    }

    /// Goes through the checks. Writes nothing.
    async fn judge_assertion(
        &self,
        access: &EnvironmentAccess<perm::DeviceAuthenticate>,
        round: &Round,
        request: &DesktopRequest,
        assertion: &ReadAssertion<'_>,
        body_origin: &Origin,
    ) -> Result<Verdict, Stop> {
        let assertion = match assertion {
            Ok(assertion) => assertion,
            Err(error) => {
                let blame = blame_without_device(round)?;
                return Ok(Verdict::Failed(Failure::new(blame, error.to_string())));
            }
        };
        let kid = assertion.kid().as_str();
        let asked = request.allow.is_empty() || request.allow.iter().any(|known| known == kid);
        let found = if asked {
            self.owner(round, kid).await?
        } else {
            None
        };
        let Some((user, device)) = found else {
            // The credential is unknown, was not asked for, or is another user's.
            let blame = blame_without_device(round)?;
            return Ok(Verdict::Failed(Failure::new(
                blame,
                "the credential was not asked for",
            )));
        };
        if !access.visibility().covers(user.population) {
            return Err(Refusal::Forbidden.into());
        }
        if let Usability::Locked(lock) = device.usability(round.now) {
            return Err(device_is_locked(&device, lock.expires_at).into());
        }
        let Some(credential) = desktop_credential(&device).cloned() else {
            let blame = Blame::Authentication;
            return Ok(Verdict::Failed(Failure::new(
                blame,
                "the device is not active",
            )));
        };
        match assertion.verify(&credential.key) {
            Ok(verified) => Ok(self.judge_verified(
                access,
                round,
                request,
                body_origin,
                &verified,
                user,
                device,
                &credential,
            )?),
            Err(error) => {
                let blame = if round.user.is_some() {
                    Blame::Device {
                        user,
                        device: Box::new(device),
                    }
                } else {
                    Blame::Authentication
                };
                Ok(Verdict::Failed(Failure::new(blame, error.to_string())))
            }
        }
    }

    /// The checks behind the signature: from here on failures count on the device.
    #[expect(
        clippy::too_many_arguments,
        reason = "all that a round has gathered, each by its name"
    )]
    fn judge_verified(
        &self,
        access: &EnvironmentAccess<perm::DeviceAuthenticate>,
        round: &Round,
        request: &DesktopRequest,
        body_origin: &Origin,
        verified: &Verified,
        user: User,
        mut device: Device,
        credential: &DesktopCredential,
    ) -> Result<Verdict, Refusal> {
        let environment = round.authentication.environment;
        let issuer = self.issuer(environment);
        let subject = user.id.to_string();
        let origins = parsed_origins(&request.origins);
        let expected = ExpectedAssertion {
            aud: &issuer,
            sub: &subject,
            nonce: &request.nonce,
            rqh: &request.request_hash,
            authn: round.authentication.id.uuid(),
            rp: &request.rp,
            origins: &origins,
            body_origin,
            development: development(access.environment()),
            uv: request.user_verification,
            counter: credential.counter,
        };
        let refused = if let Err(error) = verified.check_request(&expected, round.now) {
            Some(error.to_string())
        } else if request.expires_at <= round.now {
            Some("the challenge has expired".to_owned())
        } else {
            not_usable(round, &user, &device)
                .map(str::to_owned)
                .or_else(|| {
                    // The counter is judged by itself: what it means depends on who else was there.
                    match verified.check_policy(&expected) {
                        Ok(()) | Err(AssertionError::CounterRegression) => None,
                        Err(error) => Some(error.to_string()),
                    }
                })
        };
        let counter = verified.claims().ctr;
        if let Some(reason) = refused {
            let blame = Blame::Device {
                user,
                device: Box::new(device),
            };
            return Ok(Verdict::Failed(Failure::new(blame, reason)));
        }
        match judge_counter(
            counter,
            credential.counter,
            request.issued_at,
            credential.counter_issued_at,
        ) {
            CounterVerdict::Race => Err(Refusal::Conflict),
            CounterVerdict::Regression => {
                let copied = !credential.protected_by.protection.is_hardware();
                let block = copied && round.policy.document.desktop().block_on_counter_regression;
                let blame = Blame::Device {
                    user,
                    device: Box::new(device),
                };
                Ok(Verdict::Failed(Failure::counter_regression(blame, block)))
            }
            CounterVerdict::TooLarge => {
                let blame = Blame::Device {
                    user,
                    device: Box::new(device),
                };
                Ok(Verdict::Failed(Failure::new(
                    blame,
                    "the counter is too large",
                )))
            }
            CounterVerdict::Fresh => {
                let claims = verified.claims();
                let DeviceKind::Desktop { phase, .. } = &mut device.kind;
                if let Phase::Active {
                    standing,
                    credential,
                } = phase
                {
                    standing.failures.reset();
                    credential.counter = counter;
                    credential.counter_issued_at = request.issued_at;
                    credential.facts.os.version.clone_from(&claims.os.version);
                    credential
                        .facts
                        .application
                        .version
                        .clone_from(&claims.application.version);
                }
                Ok(Verdict::Proven {
                    user: Box::new(user),
                    device: Box::new(device),
                })
            }
        }
    }

    /// The device of a credential with its user, if they are the ones that this authentication is
    /// about.
    async fn owner(&self, round: &Round, kid: &str) -> Result<Option<(User, Device)>, Stop> {
        if let Some(user) = &round.user {
            let device = round.devices.iter().find(|device| {
                desktop_credential(device).is_some_and(|known| known.kid.as_str() == kid)
            });
            return Ok(device.map(|device| (user.clone(), device.clone())));
        }
        let environment = round.authentication.environment;
        let db = self.database();
        let Some(device) = queries::devices::find_by_kid(db, environment, kid).await? else {
            return Ok(None);
        };
        let user = queries::users::find(db, environment, device.user).await?;
        Ok(user.map(|user| (user, device)))
    }

    /// Stores success. `None` when somebody else was faster.
    async fn complete(
        &self,
        access: &EnvironmentAccess<perm::DeviceAuthenticate>,
        round: Round,
        mut user: User,
        device: Device,
    ) -> Result<Option<Result<AuthenticationView, Refusal>>, Stop> {
        let Round {
            mut authentication,
            devices,
            policy,
            now,
            ..
        } = round;
        let known_user = authentication.user.is_some();
        authentication.complete(user.id, device.id, now);
        let unit = queries::device_authentications::update(
            Unit::new("complete_authentication"),
            &authentication,
        )?;
        let unit = queries::devices::update(unit, &device)?;
        let unit = if user.account.failures > 0 {
            user.account.reset();
            queries::users::set_account(unit, &user)
        } else {
            unit
        };
        let resources = || {
            vec![
                user_resource(&user),
                device_resource(&device),
                resource("DEVICE_AUTHENTICATION", authentication.id.uuid(), None),
            ]
        };
        let by = By::Caller(access.caller());
        let environment = authentication.environment;
        let unit = self.record(
            unit,
            by,
            environment,
            Action::AssertionCheckSuccess,
            resources(),
            format!("Assertion Check Success {}", device.device_type().as_str()),
        )?;
        let unit = self.record(
            unit,
            by,
            environment,
            Action::AuthenticationUpdated,
            resources(),
            format!("Authentication Updated {}", authentication.phase.status()),
        )?;
        match self.database().write(unit).await? {
            Outcome::Applied(_) => {
                authentication.version += 1;
                let devices = if known_user {
                    with_changed(devices, device)
                } else {
                    self.live_devices(&user).await?
                };
                Ok(Some(Ok(AuthenticationView::new(
                    authentication,
                    devices,
                    &policy,
                    now,
                ))))
            }
            Outcome::Refused("authentication" | "device" | "user") => Ok(None),
            Outcome::Refused(_) => Err(crate::engine::unknown_guard()),
        }
    }
}

/// The devices as they are after one of them was stored.
fn with_changed(devices: Vec<Device>, mut changed: Device) -> Vec<Device> {
    changed.version += 1;
    let id = changed.id;
    let mut changed = Some(changed);
    devices
        .into_iter()
        .map(|device| {
            if device.id == id {
                changed.take().unwrap_or(device)
            } else {
                device
            }
        })
        .collect()
}

/// Whom a failure counts on while no device is known: with a known user the selected device.
fn blame_without_device(round: &Round) -> Result<Blame, Refusal> {
    let selected = round.authentication.selected;
    let device = round
        .devices
        .iter()
        .find(|device| Some(device.id) == selected && !device.is_pending());
    match (&round.user, device) {
        (Some(user), Some(device)) => match device.usability(round.now) {
            Usability::Locked(lock) => Err(device_is_locked(device, lock.expires_at)),
            _ => Ok(Blame::Device {
                user: user.clone(),
                device: Box::new(device.clone()),
            }),
        },
        _ => Ok(Blame::Authentication),
    }
}

/// Why user or device cannot be used now.
fn not_usable(round: &Round, user: &User, device: &Device) -> Option<&'static str> {
    if !user.enabled || !user.mfa_enabled {
        return Some("the user cannot use MFA");
    }
    if user.account.is_locked(round.now) && !round.policy.document.ignore_user_lock {
        return Some("the account is locked");
    }
    match device.usability(round.now) {
        Usability::Usable if admits(&round.policy, device) => None,
        Usability::Usable => Some("the policy does not admit the device"),
        Usability::Blocked => Some("the device is blocked"),
        Usability::Pending | Usability::Locked(_) => Some("the device cannot be used"),
    }
}

fn desktop_credential(device: &Device) -> Option<&DesktopCredential> {
    let DeviceKind::Desktop { phase, .. } = &device.kind;
    match phase {
        Phase::Active { credential, .. } => Some(credential),
        Phase::Pending { .. } => None,
    }
}

/// An assertion as read: one of the wrong type or algorithm is a failure that counts.
type ReadAssertion<'a> = Result<UnverifiedAssertion<'a>, AssertionError>;

/// The members of the request, checked as far as that needs no state. What is no compact JWS at all
/// is a wrong member, and not counted.
fn checked_members(command: &CheckAssertion) -> Result<(ReadAssertion<'_>, Origin), Refusal> {
    let mut faults = command.faults.clone();
    let said = |faults: &Violations, target: &str| {
        faults
            .iter()
            .any(|fault| fault.target.as_deref() == Some(target))
    };
    let assertion = match command.assertion.as_deref() {
        None if said(&faults, "assertion") => None,
        None => {
            faults.push(Violation::required("assertion"));
            None
        }
        Some("") => {
            faults.push(Violation::empty("assertion"));
            None
        }
        Some(text) => match UnverifiedAssertion::parse(text) {
            Err(error) if error.is_malformed() => {
                faults.push(Violation::invalid("assertion", messages::BAD_ASSERTION));
                None
            }
            read => Some(read),
        },
    };
    let origin = match command.origin.as_deref() {
        None if said(&faults, "origin") => None,
        None => {
            faults.push(Violation::required("origin"));
            None
        }
        Some("") => {
            faults.push(Violation::empty("origin"));
            None
        }
        Some(text) => match Origin::parse(text) {
            Ok(origin) => Some(origin),
            Err(_) => {
                faults.push(Violation::invalid("origin", messages::BAD_ORIGIN));
                None
            }
        },
    };
    match (assertion, origin) {
        (Some(assertion), Some(origin)) if faults.is_empty() => Ok((assertion, origin)),
        _ => {
            checked(faults)?;
            Err(Refusal::invalid(Violation::required("assertion")))
        }
    }
}
