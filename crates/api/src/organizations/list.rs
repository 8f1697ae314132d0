//! `GET /v1/organizations`.

use countersign_domain::access::perm;
use countersign_engine::access::Caller;
use countersign_wire::organization as wire;
use serde_json::json;

use super::encode;
use crate::framework::{About, Answer, CallerEndpoint, Media, Operation, Reply, Request, Verb};
use crate::openapi::{Description, Tag};
use crate::{paging, paths};

pub(crate) struct ListOrganizations;

impl Operation for ListOrganizations {
    const ABOUT: About = About {
        operation: "listOrganizations",
        verb: Verb::Get,
        path: paths::ORGANIZATIONS,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        let about = Description::new(
            Tag::Organizations,
            "Read all organizations",
            "The organizations that a role of the caller covers.",
        );
        paging::describe(about, "SCIM filter: `name` with `sw`.")
            .response::<wire::OrganizationList<'static>>(
                200,
                json!({
                    "_links": {"self": {"href": "https://mfa.example.com/v1/organizations"}},
                    "_embedded": {"organizations": [encode::example()]},
                    "count": 1,
                    "size": 1
                }),
            )
    }
}

impl CallerEndpoint for ListOrganizations {
    type Permission = perm::OrganizationRead;

    async fn handle(request: Request, caller: Caller, (): ()) -> Answer {
        let page = request
            .engine()
            .list_organizations(&caller, &paging::asked(&request))
            .await?;
        let organizations: Vec<_> = page
            .items
            .iter()
            .map(|organization| encode::organization(&request, organization))
            .collect();
        Reply::ok(&wire::OrganizationList {
            links: paging::links(&request, &page),
            size: organizations.len(),
            embedded: wire::OrganizationListEmbedded { organizations },
            count: page.count,
        })
    }
}
