//! `GET …/populations`.

use countersign_domain::access::perm;
use countersign_engine::access::EnvironmentAccess;
use countersign_wire::population as wire;
use serde_json::json;

use super::encode;
use crate::framework::{
    About, Answer, EnvironmentEndpoint, Media, Operation, Reply, Request, Verb,
};
use crate::openapi::{Description, Tag};
use crate::{paging, paths};

pub(crate) struct ListPopulations;

impl Operation for ListPopulations {
    const ABOUT: About = About {
        operation: "listPopulations",
        verb: Verb::Get,
        path: paths::POPULATIONS,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        let about = Description::new(
            Tag::Populations,
            "Read all populations",
            "The populations that the caller sees, in the order of creation.",
        );
        paging::describe(
            about,
            "SCIM filter: `name` with `eq` and `sw`, `id` with `eq`; `and`, `or`, parentheses.",
        )
        .response::<wire::PopulationList<'static>>(
            200,
            json!({
                "_links": {"self": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/populations"}},
                "_embedded": {"populations": [encode::example()]},
                "count": 1,
                "size": 1
            }),
        )
    }
}

impl EnvironmentEndpoint for ListPopulations {
    type Permission = perm::PopulationRead;

    async fn handle(
        request: Request,
        access: EnvironmentAccess<perm::PopulationRead>,
        (): (),
    ) -> Answer {
        let page = request
            .engine()
            .list_populations(&access, &paging::asked(&request))
            .await?;
        let populations: Vec<_> = page
            .items
            .iter()
            .map(|counted| encode::population(&request, counted))
            .collect();
        Reply::ok(&wire::PopulationList {
            links: paging::links(&request, &page),
            size: populations.len(),
            embedded: wire::PopulationListEmbedded { populations },
            count: page.count,
        })
    }
}
