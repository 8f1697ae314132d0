//! `GET …/users/{userId}/enabled`.

use countersign_domain::access::perm;
use countersign_engine::access::UserAccess;
use countersign_wire::user as wire;
use serde_json::json;

use super::{encode, examples};
use crate::framework::{About, Answer, Media, Operation, Reply, Request, UserEndpoint, Verb};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct ReadEnabled;

impl Operation for ReadEnabled {
    const ABOUT: About = About {
        operation: "readUserEnabled",
        verb: Verb::Get,
        path: paths::USER_ENABLED,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(Tag::Users, "Read enabled", "Whether the account is on.")
            .response::<wire::Enabled>(200, examples::part("enabled", "enabled", json!(true)))
    }
}

impl UserEndpoint for ReadEnabled {
    type Permission = perm::UserRead;

    async fn handle(request: Request, access: UserAccess<perm::UserRead>, (): ()) -> Answer {
        Reply::ok(&wire::Enabled {
            links: encode::part_links(&request, access.user(), "enabled"),
            enabled: access.user().enabled,
        })
    }
}
