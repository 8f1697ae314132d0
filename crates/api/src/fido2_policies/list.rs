//! `GET …/fido2Policies`.

use countersign_domain::access::perm;
use countersign_engine::access::EnvironmentAccess;
use countersign_wire::fido2_policy as wire;
use countersign_wire::hal::{Link, PageLinks};
use serde_json::json;

use super::encode;
use crate::framework::{
    About, Answer, Media, Operation, Reply, Request, Verb, WholeEnvironmentEndpoint,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct ListFido2Policies;

impl Operation for ListFido2Policies {
    const ABOUT: About = About {
        operation: "listFido2Policies",
        verb: Verb::Get,
        path: paths::FIDO2_POLICIES,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::Fido2Policies,
            "Read all FIDO2 policies",
            "The FIDO2 policies of the environment on one page, in the order of creation.",
        )
        .query(
            "expand",
            "`deviceAuthenticationPolicies`: those under which each one is in force.",
            json!("deviceAuthenticationPolicies"),
        )
        .response::<wire::Fido2PolicyList<'static>>(
            200,
            json!({
                "_links": {
                    "self": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/fido2Policies"},
                    "environment": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"}
                },
                "_embedded": {"fido2Policies": [encode::example()]},
                "count": 1,
                "size": 1
            }),
        )
    }
}

impl WholeEnvironmentEndpoint for ListFido2Policies {
    type Permission = perm::Fido2PolicyRead;

    async fn handle(
        request: Request,
        access: EnvironmentAccess<perm::Fido2PolicyRead>,
        (): (),
    ) -> Answer {
        let engine = request.engine();
        let policies = engine.list_fido2_policies(&access).await?;
        let users = if request.parameter_lists("expand", "deviceAuthenticationPolicies") {
            Some(engine.users_of_fido2_policies(&access).await?)
        } else {
            None
        };
        let environment = request.links().environment(access.environment().id);
        Reply::ok(&wire::Fido2PolicyList {
            links: PageLinks {
                own: Link::to(request.echo()),
                environment: Some(Link::to(environment)),
                next: None,
                prev: None,
            },
            embedded: wire::Fido2PolicyListEmbedded {
                fido2_policies: policies
                    .iter()
                    .map(|policy| encode::policy(&request, policy, users.as_deref()))
                    .collect(),
            },
            count: policies.len(),
            size: policies.len(),
        })
    }
}
