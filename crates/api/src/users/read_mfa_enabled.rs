//! `GET …/users/{userId}/mfaEnabled`.

use countersign_domain::access::perm;
use countersign_engine::access::UserAccess;
use countersign_wire::user as wire;
use serde_json::json;

use super::{encode, examples};
use crate::framework::{About, Answer, Media, Operation, Reply, Request, UserEndpoint, Verb};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct ReadMfaEnabled;

impl Operation for ReadMfaEnabled {
    const ABOUT: About = About {
        operation: "readUserMfaEnabled",
        verb: Verb::Get,
        path: paths::USER_MFA_ENABLED,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(Tag::Users, "Read MFA enabled", "Whether MFA may be used.")
            .response::<wire::MfaEnabled>(
                200,
                examples::part("mfaEnabled", "mfaEnabled", json!(true)),
            )
    }
}

impl UserEndpoint for ReadMfaEnabled {
    type Permission = perm::UserRead;

    async fn handle(request: Request, access: UserAccess<perm::UserRead>, (): ()) -> Answer {
        Reply::ok(&wire::MfaEnabled {
            links: encode::part_links(&request, access.user(), "mfaEnabled"),
            mfa_enabled: access.user().mfa_enabled,
        })
    }
}
