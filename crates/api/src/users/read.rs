//! `GET …/users/{userId}`.

use countersign_domain::access::perm;
use countersign_engine::access::UserAccess;
use countersign_wire::user as wire;

use super::encode::{self, Shown};
use super::examples;
use crate::framework::{About, Answer, Media, Operation, Reply, Request, UserEndpoint, Verb};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct ReadUser;

impl Operation for ReadUser {
    const ABOUT: About = About {
        operation: "readUser",
        verb: Verb::Get,
        path: paths::USER,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(Tag::Users, "Read user", "One user.")
            .response::<wire::User<'static>>(200, examples::user())
    }
}

impl UserEndpoint for ReadUser {
    type Permission = perm::UserRead;

    async fn handle(request: Request, access: UserAccess<perm::UserRead>, (): ()) -> Answer {
        Reply::ok(&encode::user(&request, access.user(), Shown::Alone))
    }
}
