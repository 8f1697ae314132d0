//! `GET /v1/environments`.

use countersign_domain::access::perm;
use countersign_engine::access::Caller;
use countersign_wire::environment as wire;
use serde_json::json;

use super::encode;
use crate::framework::{About, Answer, CallerEndpoint, Media, Operation, Reply, Request, Verb};
use crate::openapi::{Description, Tag};
use crate::{paging, paths};

pub(crate) struct ListEnvironments;

impl Operation for ListEnvironments {
    const ABOUT: About = About {
        operation: "listEnvironments",
        verb: Verb::Get,
        path: paths::ENVIRONMENTS,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        let about = Description::new(
            Tag::Environments,
            "Read all environments",
            "The environments that a role of the caller covers, in part at least, in the order of \
             creation.",
        );
        paging::describe(
            about,
            "SCIM filter: `name` with `sw`; `id`, `organization.id`, `license.id` with `eq`; `and`.",
        )
        .query(
            "expand",
            "`billOfMaterials`: what each environment offers. Other values are ignored.",
            json!("billOfMaterials"),
        )
        .response::<wire::EnvironmentList<'static>>(
            200,
            json!({
                "_links": {"self": {"href": "https://mfa.example.com/v1/environments"}},
                "_embedded": {"environments": [encode::example()]},
                "count": 1,
                "size": 1
            }),
        )
    }
}

impl CallerEndpoint for ListEnvironments {
    type Permission = perm::EnvironmentRead;

    async fn handle(request: Request, caller: Caller, (): ()) -> Answer {
        let page = request
            .engine()
            .list_environments(&caller, &paging::asked(&request))
            .await?;
        let environments: Vec<_> = page
            .items
            .iter()
            .map(|environment| encode::environment(&request, &caller, environment))
            .collect();
        Reply::ok(&wire::EnvironmentList {
            links: paging::links(&request, &page),
            size: environments.len(),
            embedded: wire::EnvironmentListEmbedded { environments },
            count: page.count,
        })
    }
}
