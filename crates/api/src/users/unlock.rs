//! `POST …/users/{userId}` with `…account.unlock+json`.

use countersign_domain::access::perm;
use countersign_engine::access::UserAccess;
use countersign_wire::media::Action;
use countersign_wire::user as wire;

use super::encode::{self, Shown};
use super::examples;
use crate::framework::{About, Answer, Media, Operation, Reply, Request, UserEndpoint, Verb};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct UnlockAccount;

impl Operation for UnlockAccount {
    const ABOUT: About = About {
        operation: "unlockAccount",
        verb: Verb::Post,
        path: paths::USER,
        media: Media::Action(Action::AccountUnlock),
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::Users,
            "Unlock account",
            "Ends every lock of an account, also one that MFA failures led to, and sets the count of \
             failures back.",
        )
        .response::<wire::User<'static>>(200, examples::user())
    }
}

impl UserEndpoint for UnlockAccount {
    type Permission = perm::UserAccountUnlock;

    async fn handle(
        request: Request,
        access: UserAccess<perm::UserAccountUnlock>,
        (): (),
    ) -> Answer {
        let user = request.engine().unlock_account(&access).await?;
        Reply::ok(&encode::user(&request, &user, Shown::Alone))
    }
}
