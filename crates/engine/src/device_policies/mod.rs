//! Device authentication policies.

mod create;
mod delete;
mod effective;
mod read;
mod references;
mod update;

use countersign_domain::access::perm;
use countersign_domain::activity::{Action, Resource};
use countersign_domain::device_policy::DevicePolicy;
use countersign_domain::ids::Fido2PolicyId;
use countersign_domain::messages::{POLICY_NAME_TAKEN, UNKNOWN_FIDO2_POLICY};
use countersign_domain::violations::{Violation, ViolationCode};
use countersign_storage::{Outcome, StorageError, Unit, queries};

use crate::access::EnvironmentAccess;
use crate::activities::{By, resource};
use crate::{Engine, Fault, Refusal, Stop};

pub(crate) use effective::Caches;

/// A policy with what is shown beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevicePolicyView {
    /// The policy.
    pub policy: DevicePolicy,
    /// The FIDO2 policy that is in force under it: its own, or the environment's default one.
    pub fido2_policy: Option<Fido2PolicyId>,
}

/// How an attempt to store a change ended.
enum Stored {
    /// It is stored.
    Done,
    /// Somebody else was faster: read again.
    Stale,
}

impl Engine {
    /// The policy with the FIDO2 policy in force.
    async fn policy_view(&self, policy: DevicePolicy) -> Result<DevicePolicyView, Fault> {
        let fido2_policy = match policy.document.fido2_policy() {
            Some(named) => Some(named),
            None => {
                queries::fido2_policies::default_id(self.database(), policy.environment).await?
            }
        };
        Ok(DevicePolicyView {
            policy,
            fido2_policy,
        })
    }

    /// If `policy` is to be the default one, takes that place from whichever policy has it.
    async fn take_default_place(
        &self,
        access: &EnvironmentAccess<perm::DevicePolicyWrite>,
        unit: Unit,
        policy: &DevicePolicy,
    ) -> Result<Unit, Fault> {
        if !policy.default {
            return Ok(unit);
        }
        let holder =
            queries::device_policies::find_default(self.database(), policy.environment).await?;
        let Some(holder) = holder.filter(|holder| holder.id != policy.id) else {
            return Ok(unit);
        };
        let demoted = holder.demoted(self.now());
        let unit = queries::device_policies::demote(unit, &holder, demoted.updated_at);
        self.record_policy(access, unit, &demoted, Action::DevicePolicyUpdated)
    }

    /// Adds the activity of a change.
    fn record_policy(
        &self,
        access: &EnvironmentAccess<perm::DevicePolicyWrite>,
        unit: Unit,
        policy: &DevicePolicy,
        action: Action,
    ) -> Result<Unit, Fault> {
        let verb = match action {
            Action::DevicePolicyCreated => "Created",
            Action::DevicePolicyDeleted => "Deleted",
            _ => "Updated",
        };
        self.record(
            unit,
            By::Caller(access.caller()),
            policy.environment,
            action,
            vec![policy_resource(policy)],
            format!("{verb} Device Authentication Policy {}", policy.name),
        )
    }

    /// Stores a change and says what the guards mean.
    async fn store_policy(&self, unit: Unit) -> Result<Stored, Stop> {
        match self.write_configuration(unit).await {
            Ok(Outcome::Applied(_)) => Ok(Stored::Done),
            Ok(Outcome::Refused("policy_name")) => Err(name_taken().into()),
            Ok(Outcome::Refused("policy_limit")) => Err(references::too_many().into()),
            Ok(Outcome::Refused("fido2_policy")) => {
                let violation = Violation::invalid(references::FIDO2_POLICY, UNKNOWN_FIDO2_POLICY);
                Err(Refusal::invalid(violation).into())
            }
            // The name, or the place of the default one: the next round tells which.
            Ok(Outcome::Refused("policy"))
            | Err(Fault::Storage(StorageError::UniqueViolation { .. })) => Ok(Stored::Stale),
            Ok(Outcome::Refused(_)) => Err(crate::engine::unknown_guard()),
            Err(fault) => Err(fault.into()),
        }
    }
}

/// A policy as the resource of an activity.
pub(crate) fn policy_resource(policy: &DevicePolicy) -> Resource {
    resource(
        "DEVICE_AUTHENTICATION_POLICY",
        policy.id.uuid(),
        Some(policy.name.clone()),
    )
}

fn name_taken() -> Refusal {
    Refusal::invalid(Violation::at(
        ViolationCode::UniquenessViolation,
        "name",
        POLICY_NAME_TAKEN,
    ))
}
