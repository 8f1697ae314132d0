//! `POST …/users/{userId}` with `…account.lock+json`.

use countersign_domain::access::perm;
use countersign_engine::access::UserAccess;
use countersign_wire::media::Action;
use countersign_wire::user as wire;
use serde_json::json;

use super::decode::given;
use super::encode::{self, Shown};
use super::examples;
use crate::framework::{
    About, Answer, Media, Operation, Reply, Request, UserEndpoint, Verb, body::OptionalJson,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct LockAccount;

impl Operation for LockAccount {
    const ABOUT: About = About {
        operation: "lockAccount",
        verb: Verb::Post,
        path: paths::USER,
        media: Media::Action(Action::AccountLock),
    };
    type Body = OptionalJson<wire::LockAccount>;

    fn describe() -> Description {
        Description::new(
            Tag::Users,
            "Lock account",
            "Locks an account until `unlockAt`, or until it is unlocked when that is absent. A time \
             in the past locks nothing.",
        )
        .request::<wire::LockAccount>(json!({"unlockAt": "2026-02-17T14:34:34.840Z"}))
        .response::<wire::User<'static>>(200, examples::locked())
    }
}

impl UserEndpoint for LockAccount {
    type Permission = perm::UserAccountLock;

    async fn handle(
        request: Request,
        access: UserAccess<perm::UserAccountLock>,
        OptionalJson(body): OptionalJson<wire::LockAccount>,
    ) -> Answer {
        let unlock_at = given(body.unlock_at);
        let user = request.engine().lock_account(&access, unlock_at).await?;
        Reply::ok(&encode::user(&request, &user, Shown::Alone))
    }
}
