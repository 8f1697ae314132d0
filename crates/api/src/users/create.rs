//! `POST …/users`.

use countersign_domain::access::perm;
use countersign_engine::access::EnvironmentAccess;
use countersign_wire::user as wire;

use super::encode::{self, Shown};
use super::{decode, examples};
use crate::framework::{
    About, Answer, EnvironmentEndpoint, Json, Media, Operation, Reply, Request, Verb,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct CreateUser;

impl Operation for CreateUser {
    const ABOUT: About = About {
        operation: "createUser",
        verb: Verb::Post,
        path: paths::USERS,
        media: Media::Json,
    };
    type Body = Json<wire::UserBody>;

    fn describe() -> Description {
        Description::new(
            Tag::Users,
            "Create user",
            "Creates a user without a password. Without `population` the user goes to the default \
             one; without `mfaEnabled` the MFA settings decide.",
        )
        .request::<wire::UserBody>(examples::body())
        .response::<wire::User<'static>>(201, examples::user())
    }
}

impl EnvironmentEndpoint for CreateUser {
    type Permission = perm::UserWrite;

    async fn handle(
        request: Request,
        access: EnvironmentAccess<perm::UserWrite>,
        Json(body): Json<wire::UserBody>,
    ) -> Answer {
        let user = request.engine().create_user(&access, decode(body)).await?;
        Reply::created(
            &encode::user(&request, &user, Shown::Alone),
            request.links().user(user.environment, user.id),
        )
    }
}
