//! `PUT …/users/{userId}/enabled`.

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

pub(crate) struct UpdateEnabled;

impl Operation for UpdateEnabled {
    const ABOUT: About = About {
        operation: "updateUserEnabled",
        verb: Verb::Put,
        path: paths::USER_ENABLED,
        media: Media::Json,
    };
    type Body = Json<wire::EnabledBody>;

    fn describe() -> Description {
        Description::new(
            Tag::Users,
            "Update enabled",
            "Switches an account on or off. A disabled user cannot authenticate.",
        )
        .request::<wire::EnabledBody>(json!({"enabled": true}))
        .response::<wire::Enabled>(200, examples::part("enabled", "enabled", json!(true)))
    }
}

impl UserEndpoint for UpdateEnabled {
    type Permission = perm::UserEnabledWrite;

    async fn handle(
        request: Request,
        access: UserAccess<perm::UserEnabledWrite>,
        Json(body): Json<wire::EnabledBody>,
    ) -> Answer {
        let mut faults = Violations::new();
        let wanted = given(body.enabled).required("enabled", &mut faults);
        let Some(wanted) = wanted else {
            return Err(Refusal::InvalidData(faults).into());
        };
        let user = request.engine().set_user_enabled(&access, wanted).await?;
        Reply::ok(&wire::Enabled {
            links: encode::part_links(&request, &user, "enabled"),
            enabled: user.enabled,
        })
    }
}
