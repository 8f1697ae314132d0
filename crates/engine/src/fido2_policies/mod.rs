//! FIDO2 policies: reading them.

use countersign_domain::access::perm;
use countersign_domain::device_policy::DevicePolicy;
use countersign_domain::fido2_policy::Fido2Policy;
use countersign_domain::ids::Fido2PolicyId;
use countersign_storage::queries;

use crate::access::EnvironmentAccess;
use crate::{Engine, Refusal, Stop};

impl Engine {
    /// All FIDO2 policies of the environment, the oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn list_fido2_policies(
        &self,
        access: &EnvironmentAccess<perm::Fido2PolicyRead>,
    ) -> Result<Vec<Fido2Policy>, Stop> {
        let environment = access.environment().id;
        Ok(queries::fido2_policies::of_environment(self.database(), environment).await?)
    }

    /// A FIDO2 policy.
    ///
    /// # Errors
    /// Refused when it does not exist.
    pub async fn read_fido2_policy(
        &self,
        access: &EnvironmentAccess<perm::Fido2PolicyRead>,
        id: Fido2PolicyId,
    ) -> Result<Fido2Policy, Stop> {
        let environment = access.environment().id;
        let found = queries::fido2_policies::find(self.database(), environment, id).await?;
        found.ok_or_else(|| Refusal::NotFound.into())
    }

    /// The device authentication policies of the environment, to be shown with the FIDO2 policies
    /// under which they stand ([`uses_fido2_policy`]).
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn users_of_fido2_policies(
        &self,
        access: &EnvironmentAccess<perm::Fido2PolicyRead>,
    ) -> Result<Vec<DevicePolicy>, Stop> {
        let environment = access.environment().id;
        Ok(queries::device_policies::of_environment(self.database(), environment).await?)
    }
}

/// Whether a device authentication policy stands under a FIDO2 policy: names it, or names none while
/// it is the default one.
pub fn uses_fido2_policy(policy: &DevicePolicy, fido2: &Fido2Policy) -> bool {
    match policy.document.fido2_policy() {
        Some(named) => named == fido2.id,
        None => fido2.default,
    }
}
