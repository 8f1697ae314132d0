//! `PUT …/deviceAuthenticationPolicies/{policyId}`.

use countersign_domain::access::perm;
use countersign_domain::ids::DevicePolicyId;
use countersign_engine::access::EnvironmentAccess;
use countersign_wire::device_policy as wire;
use countersign_wire::document::Document;

use super::{encode, examples};
use crate::framework::{
    About, Answer, Json, Media, Operation, Reply, Request, Verb, WholeEnvironmentEndpoint,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct UpdateDevicePolicy;

impl Operation for UpdateDevicePolicy {
    const ABOUT: About = About {
        operation: "updateDeviceAuthenticationPolicy",
        verb: Verb::Put,
        path: paths::DEVICE_POLICY,
        media: Media::Json,
    };
    type Body = Json<Document>;

    fn describe() -> Description {
        Description::new(
            Tag::DevicePolicies,
            "Update device authentication policy",
            "Puts a document in the place of the policy's: read it, change it, put it back. What is \
             left out gets its default. The default policy stays so until another one takes its \
             place.",
        )
        .request::<wire::DeviceAuthenticationPolicy<'static>>(examples::request())
        .response::<wire::DeviceAuthenticationPolicy<'static>>(200, examples::policy())
    }
}

impl WholeEnvironmentEndpoint for UpdateDevicePolicy {
    type Permission = perm::DevicePolicyWrite;

    async fn handle(
        request: Request,
        access: EnvironmentAccess<perm::DevicePolicyWrite>,
        Json(Document(body)): Json<Document>,
    ) -> Answer {
        let id = DevicePolicyId::from_uuid(request.path_id(paths::POLICY_ID)?);
        let view = request
            .engine()
            .replace_device_policy(&access, id, &body)
            .await?;
        Reply::ok(&encode::policy(&request, &view))
    }
}
