//! `POST …/devices/{deviceId}` with `…device.activate+json`: finish a pairing.

use countersign_domain::access::perm;
use countersign_domain::ids::DeviceId;
use countersign_domain::violations::Violations;
use countersign_engine::access::UserAccess;
use countersign_engine::devices as engine;
use countersign_wire::device as wire;
use countersign_wire::media::Action;
use serde_json::json;

use super::encode::{self, Expand};
use super::examples;
use crate::framework::{
    About, Answer, Json, Media, Operation, Reply, Request, UserEndpoint, Verb, input,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct ActivateDevice;

impl Operation for ActivateDevice {
    const ABOUT: About = About {
        operation: "activateDevice",
        verb: Verb::Post,
        path: paths::DEVICE,
        media: Media::Action(Action::DeviceActivate),
    };
    type Body = Json<wire::ActivateDevice>;

    fn describe() -> Description {
        Description::new(
            Tag::Devices,
            "Activate device",
            "Finishes a pairing with the attestation that the desktop authenticator answered. A \
             wrong attestation leaves the device as it is and counts; `attemptsRemaining` says how \
             many are left.",
        )
        .request::<wire::ActivateDevice>(json!({
            "attestation": "eyJhbGciOiJFUzI1NiIsInR5cCI6Ii4uLiJ9.eyJub25jZSI6Ii4uLiJ9.c2lnbmF0dXJl"
        }))
        .response::<wire::Device<'static>>(200, examples::active())
    }
}

impl UserEndpoint for ActivateDevice {
    type Permission = perm::DeviceUpdate;

    async fn handle(
        request: Request,
        access: UserAccess<perm::DeviceUpdate>,
        Json(body): Json<wire::ActivateDevice>,
    ) -> Answer {
        let id = DeviceId::from_uuid(request.path_id(paths::DEVICE_ID)?);
        let mut faults = Violations::new();
        let attestation = input::value(body.attestation, "attestation", &mut faults);
        let nickname = input::value(body.nickname, "nickname", &mut faults);
        let command = engine::ActivateDevice {
            faults,
            attestation,
            nickname,
        };
        // On the heap: what it keeps over its waits is large.
        let device = Box::pin(request.engine().activate_device(&access, id, command)).await?;
        Reply::ok(&encode::device(&request, &device, None, Expand::default()))
    }
}
