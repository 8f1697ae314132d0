//! `GET …/fido2Policies/{fido2PolicyId}`.

use countersign_domain::access::perm;
use countersign_domain::ids::Fido2PolicyId;
use countersign_engine::access::EnvironmentAccess;
use countersign_wire::fido2_policy as wire;
use serde_json::json;

use super::encode;
use crate::framework::{
    About, Answer, Media, Operation, Reply, Request, Verb, WholeEnvironmentEndpoint,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct ReadFido2Policy;

impl Operation for ReadFido2Policy {
    const ABOUT: About = About {
        operation: "readFido2Policy",
        verb: Verb::Get,
        path: paths::FIDO2_POLICY,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::Fido2Policies,
            "Read one FIDO2 policy",
            "A FIDO2 policy of the environment.",
        )
        .query(
            "expand",
            "`deviceAuthenticationPolicies`: those under which it is in force.",
            json!("deviceAuthenticationPolicies"),
        )
        .response::<wire::Fido2Policy<'static>>(200, encode::example())
    }
}

impl WholeEnvironmentEndpoint for ReadFido2Policy {
    type Permission = perm::Fido2PolicyRead;

    async fn handle(
        request: Request,
        access: EnvironmentAccess<perm::Fido2PolicyRead>,
        (): (),
    ) -> Answer {
        let engine = request.engine();
        let id = Fido2PolicyId::from_uuid(request.path_id(paths::FIDO2_POLICY_ID)?);
        let policy = engine.read_fido2_policy(&access, id).await?;
        let users = if request.parameter_lists("expand", "deviceAuthenticationPolicies") {
            Some(engine.users_of_fido2_policies(&access).await?)
        } else {
            None
        };
        Reply::ok(&encode::policy(&request, &policy, users.as_deref()))
    }
}
