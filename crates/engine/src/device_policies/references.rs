//! What a policy refers to has to exist.

use countersign_domain::application::{Application, ApplicationType};
use countersign_domain::device_policy::{DevicePolicy, POLICY_LIMIT};
use countersign_domain::messages::{
    DEFAULT_NEEDS_SUCCESSOR, NO_WHATSAPP_SENDER, NOT_A_MOBILE_APPLICATION,
    POLICY_LIMIT as TOO_MANY, UNKNOWN_FIDO2_POLICY, UNKNOWN_NOTIFICATION_POLICY,
};
use countersign_domain::violations::{Violation, ViolationCode, Violations};
use countersign_storage::{Unit, queries};

use crate::stop::checked;
use crate::{Engine, Refusal, Stop};

/// Path of the FIDO2 policy.
pub(super) const FIDO2_POLICY: &str = "fido2.fido2PolicyId";

impl Engine {
    /// Checks that everything exists that `policy` refers to, and that what it says is possible
    /// beside the other things of the environment. `before` is what the policy was.
    ///
    /// # Errors
    /// Refused, with every reference that is wrong.
    pub(super) async fn check_references(
        &self,
        policy: &DevicePolicy,
        before: Option<&DevicePolicy>,
    ) -> Result<(), Stop> {
        let mut faults = Violations::new();
        let environment = policy.environment;
        if before.is_some_and(|before| before.default) && !policy.default {
            // An environment is never without a default policy.
            faults.push(Violation::at(
                ViolationCode::ConstraintViolation,
                "default",
                DEFAULT_NEEDS_SUCCESSOR,
            ));
        }
        if policy.document.notification_policy.is_some() {
            // This version has none that could be named.
            faults.push(Violation::invalid(
                "notificationsPolicy.id",
                UNKNOWN_NOTIFICATION_POLICY,
            ));
        }
        // No sender can be configured yet; what the first policy of a quickstart has on stays on.
        let had_whats_app = before.is_some_and(|before| before.document.uses_whats_app());
        if policy.document.uses_whats_app() && !had_whats_app {
            faults.push(Violation::at(
                ViolationCode::ConstraintViolation,
                "whatsApp.enabled",
                NO_WHATSAPP_SENDER,
            ));
        }
        for (index, id) in policy.document.applications().enumerate() {
            let known = queries::applications::find(self.database(), environment, id).await?;
            if !known.is_some_and(|application| is_mobile(&application)) {
                faults.push(Violation::invalid(
                    format!("mobile.applications[{index}].id"),
                    NOT_A_MOBILE_APPLICATION,
                ));
            }
        }
        if let Some(named) = policy.document.fido2_policy() {
            let known = queries::fido2_policies::find(self.database(), environment, named).await?;
            if known.is_none() {
                faults.push(Violation::invalid(FIDO2_POLICY, UNKNOWN_FIDO2_POLICY));
            }
        }
        Ok(checked(faults)?)
    }
}

/// Whether an application runs on phones. The one that desktop devices belong to is native too.
fn is_mobile(application: &Application) -> bool {
    application.application_type == ApplicationType::NativeApp
        && application.communication_port.is_none()
}

/// Lets the references that can go away be checked once more by the write itself.
pub(super) fn require_references(unit: Unit, policy: &DevicePolicy) -> Unit {
    match policy.document.fido2_policy() {
        Some(named) => queries::fido2_policies::require(unit, policy.environment, named),
        None => unit,
    }
}

/// The environment has all the policies that it can have.
pub(super) fn too_many() -> Refusal {
    Refusal::failed(
        Violation::new(ViolationCode::LimitExceeded, TOO_MANY)
            .with(|inner| inner.maximum_allowed = Some(POLICY_LIMIT)),
    )
}
