//! `POST …/deviceAuthentications/{deviceAuthenticationId}` with `…assertion.check+json`.

use countersign_domain::access::perm;
use countersign_domain::ids::DeviceAuthenticationId;
use countersign_domain::violations::Violations;
use countersign_engine::access::EnvironmentAccess;
use countersign_engine::device_authentications as engine;
use countersign_wire::device_authentication as wire;
use countersign_wire::media::Action;
use serde_json::json;

use super::{encode, examples};
use crate::framework::{
    About, Answer, EnvironmentEndpoint, Json, Media, Operation, Reply, Request, Verb, input,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct CheckAssertion;

impl Operation for CheckAssertion {
    const ABOUT: About = About {
        operation: "checkAssertion",
        verb: Verb::Post,
        path: paths::DEVICE_AUTHENTICATION,
        media: Media::Action(Action::AssertionCheck),
    };
    type Body = Json<wire::CheckAssertion>;

    fn describe() -> Description {
        Description::new(
            Tag::DeviceAuthentications,
            "Check assertion",
            "Checks what the desktop authenticator answered. A wrong assertion counts; \
             `attemptsRemaining` says how many are left before the device is locked. An assertion \
             is good once: sending it again is 400 `INVALID_REQUEST`.",
        )
        .request::<wire::CheckAssertion>(json!({
            "origin": "https://app.example.com",
            "assertion": "eyJhbGciOiJFUzI1NiIsInR5cCI6Ii4uLiJ9.eyJub25jZSI6Ii4uLiJ9.c2lnbmF0dXJl"
        }))
        .response::<wire::DeviceAuthentication<'static>>(200, examples::completed())
    }
}

impl EnvironmentEndpoint for CheckAssertion {
    type Permission = perm::DeviceAuthenticate;

    async fn handle(
        request: Request,
        access: EnvironmentAccess<perm::DeviceAuthenticate>,
        Json(body): Json<wire::CheckAssertion>,
    ) -> Answer {
        let id =
            DeviceAuthenticationId::from_uuid(request.path_id(paths::DEVICE_AUTHENTICATION_ID)?);
        let mut faults = Violations::new();
        let assertion = input::value(body.assertion, "assertion", &mut faults);
        let origin = input::value(body.origin, "origin", &mut faults);
        let command = engine::CheckAssertion {
            faults,
            assertion,
            origin,
        };
        // On the heap: what it keeps over its waits is large.
        let view = Box::pin(request.engine().check_assertion(&access, id, command)).await?;
        Reply::ok(&encode::authentication(&request, &view))
    }
}
