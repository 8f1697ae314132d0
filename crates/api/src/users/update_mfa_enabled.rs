//! `PUT …/users/{userId}/mfaEnabled`.

use countersign_domain::access::perm;
use countersign_domain::violations::Violations;
use countersign_engine::Refusal;
use countersign_engine::access::UserAccess;
use countersign_wire::user as wire;
use serde_json::json;

use super::decode::given;
use super::{encode, examples};
use crate::framework::{About, Answer, Json, Media, Operation, Reply, Request, UserEndpoint, Verb};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct UpdateMfaEnabled;

impl Operation for UpdateMfaEnabled {
    const ABOUT: About = About {
        operation: "updateUserMfaEnabled",
        verb: Verb::Put,
        path: paths::USER_MFA_ENABLED,
        media: Media::Json,
    };
    type Body = Json<wire::MfaEnabledBody>;

    fn describe() -> Description {
        Description::new(
            Tag::Users,
            "Update MFA enabled",
            "Switches MFA of a user on or off. The devices stay.",
        )
        .request::<wire::MfaEnabledBody>(json!({"mfaEnabled": true}))
        .response::<wire::MfaEnabled>(200, examples::part("mfaEnabled", "mfaEnabled", json!(true)))
    }
}

impl UserEndpoint for UpdateMfaEnabled {
    type Permission = perm::UserMfaEnabledWrite;

    async fn handle(
        request: Request,
        access: UserAccess<perm::UserMfaEnabledWrite>,
        Json(body): Json<wire::MfaEnabledBody>,
    ) -> Answer {
        let mut faults = Violations::new();
        let wanted = given(body.mfa_enabled).required("mfaEnabled", &mut faults);
        let Some(wanted) = wanted else {
            return Err(Refusal::InvalidData(faults).into());
        };
        let user = request
            .engine()
            .set_user_mfa_enabled(&access, wanted)
            .await?;
        Reply::ok(&wire::MfaEnabled {
            links: encode::part_links(&request, &user, "mfaEnabled"),
            mfa_enabled: user.mfa_enabled,
        })
    }
}
