//! `DELETE …/deviceAuthenticationPolicies/{policyId}`.

use countersign_domain::access::perm;
use countersign_domain::ids::DevicePolicyId;
use countersign_engine::access::EnvironmentAccess;

use crate::framework::{
    About, Answer, Media, Operation, Reply, Request, Verb, WholeEnvironmentEndpoint,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct DeleteDevicePolicy;

impl Operation for DeleteDevicePolicy {
    const ABOUT: About = About {
        operation: "deleteDeviceAuthenticationPolicy",
        verb: Verb::Delete,
        path: paths::DEVICE_POLICY,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::DevicePolicies,
            "Delete device authentication policy",
            "Deletes a policy that is not the default one. Authentications that were begun under it \
             go on under the default one.",
        )
    }
}

impl WholeEnvironmentEndpoint for DeleteDevicePolicy {
    type Permission = perm::DevicePolicyWrite;

    async fn handle(
        request: Request,
        access: EnvironmentAccess<perm::DevicePolicyWrite>,
        (): (),
    ) -> Answer {
        let id = DevicePolicyId::from_uuid(request.path_id(paths::POLICY_ID)?);
        request.engine().delete_device_policy(&access, id).await?;
        Ok(Reply::no_content())
    }
}
