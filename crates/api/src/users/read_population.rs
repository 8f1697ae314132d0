//! `GET …/users/{userId}/population`.

use countersign_domain::access::perm;
use countersign_engine::access::UserAccess;
use countersign_wire::user as wire;
use serde_json::json;

use super::{encode, examples};
use crate::framework::{About, Answer, Media, Operation, Reply, Request, UserEndpoint, Verb};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct ReadUserPopulation;

impl Operation for ReadUserPopulation {
    const ABOUT: About = About {
        operation: "readUserPopulation",
        verb: Verb::Get,
        path: paths::USER_POPULATION,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::Users,
            "Read population of user",
            "The population of a user.",
        )
        .response::<wire::UserPopulation>(
            200,
            examples::part(
                "population",
                "id",
                json!("c8f4a1d2-5b3e-4f60-9a7d-1e2f3a4b5c6d"),
            ),
        )
    }
}

impl UserEndpoint for ReadUserPopulation {
    type Permission = perm::UserRead;

    async fn handle(request: Request, access: UserAccess<perm::UserRead>, (): ()) -> Answer {
        Reply::ok(&wire::UserPopulation {
            links: encode::part_links(&request, access.user(), "population"),
            id: access.user().population.uuid(),
        })
    }
}
