//! The one place where failures are counted: on the device, on the account, on the authentication.

use countersign_domain::access::perm;
use countersign_domain::activity::Action;
use countersign_domain::device::Device;
use countersign_domain::device_authentication::{AuthenticationFailure, AuthenticationPhase};
use countersign_domain::lockout::LockReason;
use countersign_domain::messages;
use countersign_domain::mfa_settings::Lockout;
use countersign_domain::user::User;
use countersign_domain::violations::{Violation, ViolationCode};
use countersign_storage::{Outcome, Unit, queries};

use super::check_assertion::Round;
use super::failure_limit;
use crate::access::EnvironmentAccess;
use crate::activities::{By, device_resource, resource, user_resource};
use crate::{Engine, Refusal, Stop};

/// What a failure counts on.
pub(super) enum Blame {
    /// The authentication alone: nobody is known yet.
    Authentication,
    /// The device, and the account of its user.
    Device {
        /// The user.
        user: User,
        /// The device, active and not locked.
        device: Box<Device>,
    },
}

/// A check that failed.
pub(super) struct Failure {
    blame: Blame,
    /// For the trail; holds nothing secret.
    reason: String,
    regression: bool,
    block: bool,
}

impl Failure {
    pub(super) fn new(blame: Blame, reason: impl Into<String>) -> Self {
        Self {
            blame,
            reason: reason.into(),
            regression: false,
            block: false,
        }
    }

    /// The counter went back: a clone, or a backup that was put back.
    pub(super) fn counter_regression(blame: Blame, block: bool) -> Self {
        Self {
            blame,
            reason: "the counter went back".to_owned(),
            regression: true,
            block,
        }
    }
}

impl Engine {
    /// Counts a failure and stores what follows from it. `None` when somebody else was faster.
    pub(super) async fn count_assertion_failure(
        &self,
        access: &EnvironmentAccess<perm::DeviceAuthenticate>,
        round: Round,
        failure: Failure,
    ) -> Result<Option<Refusal>, Stop> {
        let limit = failure_limit(&round.policy);
        let Round {
            mut authentication,
            now,
            ..
        } = round;
        let environment = authentication.environment;
        let mut events: Vec<(Action, String)> = vec![(
            Action::AssertionCheckFailed,
            format!("Assertion Check Failed: {}", failure.reason),
        )];
        let mut resources = Vec::new();
        let mut unit = Unit::new("count_failure");
        let (attempts_remaining, exhausted) = match failure.blame {
            Blame::Authentication => {
                authentication.failures = authentication.failures.saturating_add(1);
                let left = limit.count.saturating_sub(authentication.failures);
                (left, left == 0)
            }
            Blame::Device {
                mut user,
                mut device,
            } => {
                let effect = match device.standing_mut() {
                    Some(standing) => standing.failures.fail(limit, LockReason::Assertion, now),
                    None => return Ok(None),
                };
                if failure.regression {
                    events.push((
                        Action::DeviceCounterRegression,
                        "Device Counter Regression".to_owned(),
                    ));
                }
                if failure.block && device.block(now).is_ok() {
                    events.push((Action::DeviceBlocked, "Device Blocked".to_owned()));
                }
                if effect.locked {
                    events.push((Action::DeviceLocked, "Device Locked".to_owned()));
                    device.updated_at = now;
                }
                unit = queries::devices::update(unit, &device)?;
                let settings = self.mfa_settings_of(environment).await?;
                let lockout = settings.lockout.map(Lockout::limit);
                if lockout.is_some() {
                    if user.account.fail(lockout, now) {
                        events.push((Action::UserLocked, format!("Locked User {}", user.username)));
                    }
                    unit = queries::users::set_account(unit, &user);
                }
                resources.push(user_resource(&user));
                resources.push(device_resource(&device));
                (effect.attempts_remaining, effect.exhausted || failure.block)
            }
        };
        if exhausted {
            authentication.advance(
                AuthenticationPhase::Failed(AuthenticationFailure::AssertionAttemptsExceeded),
                now,
            );
            events.push((
                Action::AuthenticationUpdated,
                format!("Authentication Updated {}", authentication.phase.status()),
            ));
        } else {
            authentication.touched_at = now;
        }
        unit = queries::device_authentications::update(unit, &authentication)?;
        resources.push(resource(
            "DEVICE_AUTHENTICATION",
            authentication.id.uuid(),
            None,
        ));
        for (action, text) in events {
            unit = self.record(
                unit,
                By::Caller(access.caller()),
                environment,
                action,
                resources.clone(),
                text,
            )?;
        }
        match self.database().write(unit).await? {
            Outcome::Applied(_) => Ok(Some(refused(attempts_remaining))),
            Outcome::Refused("authentication" | "device" | "user") => Ok(None),
            Outcome::Refused(_) => Err(crate::engine::unknown_guard()),
        }
    }
}

fn refused(attempts_remaining: u32) -> Refusal {
    Refusal::invalid(
        Violation::at(
            ViolationCode::InvalidAssertion,
            "assertion",
            messages::BAD_ASSERTION,
        )
        .with(|inner| inner.attempts_remaining = Some(i64::from(attempts_remaining))),
    )
}
