//! `POST …/deviceAuthenticationPolicies`.

use countersign_domain::access::perm;
use countersign_engine::access::EnvironmentAccess;
use countersign_wire::device_policy as wire;
use countersign_wire::document::Document;

use super::{encode, examples};
use crate::framework::{
    About, Answer, Json, Media, Operation, Reply, Request, Verb, WholeEnvironmentEndpoint,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct CreateDevicePolicy;

impl Operation for CreateDevicePolicy {
    const ABOUT: About = About {
        operation: "createDeviceAuthenticationPolicy",
        verb: Verb::Post,
        path: paths::DEVICE_POLICIES,
        media: Media::Json,
    };
    type Body = Json<Document>;

    fn describe() -> Description {
        Description::new(
            Tag::DevicePolicies,
            "Create device authentication policy",
            "`name`, `default`, `sms`, `voice`, `email`, `mobile` and `totp` are mandatory. With \
             `\"default\": true` the policy that was the default one is so no longer.",
        )
        .request::<wire::DeviceAuthenticationPolicy<'static>>(examples::request())
        .response::<wire::DeviceAuthenticationPolicy<'static>>(201, examples::policy())
    }
}

impl WholeEnvironmentEndpoint for CreateDevicePolicy {
    type Permission = perm::DevicePolicyWrite;

    async fn handle(
        request: Request,
        access: EnvironmentAccess<perm::DevicePolicyWrite>,
        Json(Document(body)): Json<Document>,
    ) -> Answer {
        let view = request
            .engine()
            .create_device_policy(&access, &body)
            .await?;
        let policy = &view.policy;
        Reply::created(
            &encode::policy(&request, &view),
            request.links().device_policy(policy.environment, policy.id),
        )
    }
}
