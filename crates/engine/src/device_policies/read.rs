//! Reading policies.

use countersign_domain::access::perm;
use countersign_domain::ids::DevicePolicyId;
use countersign_domain::scim_filter::{FilterRules, Logic};
use countersign_storage::queries;
use countersign_storage::queries::users::Position;

use super::DevicePolicyView;
use crate::access::EnvironmentAccess;
use crate::paging::{Limits, Page, PageRequest};
use crate::{Engine, Refusal, Stop};

/// An environment has at most 100 of them: without `limit` they come on one page.
const LIMITS: Limits = Limits {
    default: 100,
    maximum: 100,
};
const NO_FILTER: FilterRules = FilterRules {
    attributes: &[],
    logic: Logic::And,
};

impl Engine {
    /// A page of the policies of the environment. `filter` is not looked at.
    ///
    /// # Errors
    /// Refused when a parameter is wrong.
    pub async fn list_device_policies(
        &self,
        access: &EnvironmentAccess<perm::DevicePolicyRead>,
        request: &PageRequest,
    ) -> Result<Page<DevicePolicyView>, Stop> {
        let environment = access.environment().id;
        let within = environment.uuid();
        let asked = self.asked(
            access.caller(),
            "deviceAuthenticationPolicies",
            within.as_bytes(),
            LIMITS,
            &NO_FILTER,
            &PageRequest {
                filter: None,
                ..request.clone()
            },
        )?;
        let policies =
            queries::device_policies::of_environment(self.database(), environment).await?;
        let fido2 = queries::fido2_policies::default_id(self.database(), environment).await?;
        let views = policies
            .into_iter()
            .map(|policy| DevicePolicyView {
                fido2_policy: policy.document.fido2_policy().or(fido2),
                policy,
            })
            .collect();
        Ok(
            asked.page_of_all(self, views, |view: &DevicePolicyView| Position {
                created_at: view.policy.created_at,
                id: view.policy.id.uuid(),
            }),
        )
    }

    /// A policy.
    ///
    /// # Errors
    /// Refused when it does not exist.
    pub async fn read_device_policy(
        &self,
        access: &EnvironmentAccess<perm::DevicePolicyRead>,
        id: DevicePolicyId,
    ) -> Result<DevicePolicyView, Stop> {
        let environment = access.environment().id;
        let found = queries::device_policies::find(self.database(), environment, id).await?;
        let policy = found.ok_or(Refusal::NotFound)?;
        Ok(self.policy_view(policy).await?)
    }
}
