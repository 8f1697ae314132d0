//! `PATCH …/users/{userId}`.

use countersign_domain::access::perm;
use countersign_engine::access::UserAccess;
use countersign_wire::user as wire;

use super::encode::{self, Shown};
use super::{decode, examples};
use crate::framework::{About, Answer, Json, Media, Operation, Reply, Request, UserEndpoint, Verb};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct MergeUser;

impl Operation for MergeUser {
    const ABOUT: About = About {
        operation: "updateUser",
        verb: Verb::Patch,
        path: paths::USER,
        media: Media::Json,
    };
    type Body = Json<wire::UserBody>;

    fn describe() -> Description {
        Description::new(
            Tag::Users,
            "Change user",
            "Changes the members that are in the request; `null` clears one; an object such as `name` \
             takes the place of the whole object. `population`, `enabled` and `mfaEnabled` have URLs \
             of their own and are ignored here.",
        )
        .request::<wire::UserBody>(examples::body())
        .response::<wire::User<'static>>(200, examples::user())
    }
}

impl UserEndpoint for MergeUser {
    type Permission = perm::UserWrite;

    async fn handle(
        request: Request,
        access: UserAccess<perm::UserWrite>,
        Json(body): Json<wire::UserBody>,
    ) -> Answer {
        let user = request.engine().merge_user(&access, decode(body)).await?;
        Reply::ok(&encode::user(&request, &user, Shown::Alone))
    }
}
