//! `GET …/deviceAuthenticationPolicies/{policyId}`.

use countersign_domain::access::perm;
use countersign_domain::ids::DevicePolicyId;
use countersign_engine::access::EnvironmentAccess;
use countersign_wire::device_policy as wire;

use super::{encode, examples};
use crate::framework::{
    About, Answer, Media, Operation, Reply, Request, Verb, WholeEnvironmentEndpoint,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct ReadDevicePolicy;

impl Operation for ReadDevicePolicy {
    const ABOUT: About = About {
        operation: "readDeviceAuthenticationPolicy",
        verb: Verb::Get,
        path: paths::DEVICE_POLICY,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::DevicePolicies,
            "Read one device authentication policy",
            "A policy. What was left out when it was put is shown with its default, save the members \
             that are shown only if they were sent.",
        )
        .response::<wire::DeviceAuthenticationPolicy<'static>>(200, examples::policy())
    }
}

impl WholeEnvironmentEndpoint for ReadDevicePolicy {
    type Permission = perm::DevicePolicyRead;

    async fn handle(
        request: Request,
        access: EnvironmentAccess<perm::DevicePolicyRead>,
        (): (),
    ) -> Answer {
        let id = DevicePolicyId::from_uuid(request.path_id(paths::POLICY_ID)?);
        let view = request.engine().read_device_policy(&access, id).await?;
        Reply::ok(&encode::policy(&request, &view))
    }
}
