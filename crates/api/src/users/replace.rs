//! `PUT …/users/{userId}`.

use countersign_domain::access::perm;
use countersign_engine::access::UserAccess;
use countersign_wire::user as wire;

use super::encode::{self, Shown};
use super::{decode, examples};
use crate::framework::{About, Answer, Json, Media, Operation, Reply, Request, UserEndpoint, Verb};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct ReplaceUser;

impl Operation for ReplaceUser {
    const ABOUT: About = About {
        operation: "replaceUser",
        verb: Verb::Put,
        path: paths::USER,
        media: Media::Json,
    };
    type Body = Json<wire::UserBody>;

    fn describe() -> Description {
        Description::new(
            Tag::Users,
            "Update user",
            "Puts name and profile in the place of what is there: attributes left out are cleared. \
             `population`, `enabled` and `mfaEnabled` have URLs of their own and are ignored here.",
        )
        .request::<wire::UserBody>(examples::body())
        .response::<wire::User<'static>>(200, examples::user())
    }
}

impl UserEndpoint for ReplaceUser {
    type Permission = perm::UserWrite;

    async fn handle(
        request: Request,
        access: UserAccess<perm::UserWrite>,
        Json(body): Json<wire::UserBody>,
    ) -> Answer {
        let user = request.engine().replace_user(&access, decode(body)).await?;
        Reply::ok(&encode::user(&request, &user, Shown::Alone))
    }
}
