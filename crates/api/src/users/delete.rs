//! `DELETE …/users/{userId}`.

use countersign_domain::access::perm;
use countersign_engine::access::UserAccess;

use crate::framework::{About, Answer, Media, Operation, Reply, Request, UserEndpoint, Verb};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct DeleteUser;

impl Operation for DeleteUser {
    const ABOUT: About = About {
        operation: "deleteUser",
        verb: Verb::Delete,
        path: paths::USER,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::Users,
            "Delete user",
            "Deletes a user with devices, open device authentications and role assignments.",
        )
    }
}

impl UserEndpoint for DeleteUser {
    type Permission = perm::UserWrite;

    async fn handle(request: Request, access: UserAccess<perm::UserWrite>, (): ()) -> Answer {
        request.engine().delete_user(&access).await?;
        Ok(Reply::no_content())
    }
}
