//! `POST …/devices/{deviceId}` with `…device.sendActivationCode+json`: send a new pairing code.

use countersign_domain::access::perm;
use countersign_domain::ids::DeviceId;
use countersign_engine::access::UserAccess;
use countersign_wire::device as wire;
use countersign_wire::media::Action;

use super::encode::{self, Expand};
use super::examples;
use crate::framework::{About, Answer, Media, Operation, Reply, Request, UserEndpoint, Verb};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct SendActivationCode;

impl Operation for SendActivationCode {
    const ABOUT: About = About {
        operation: "sendActivationCode",
        verb: Verb::Post,
        path: paths::DEVICE,
        media: Media::Action(Action::DeviceSendActivationCode),
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::Devices,
            "Send activation code",
            "Sends a new pairing code. Desktop devices have none: 400 \
             `REQUEST_FAILED` / `CONSTRAINT_VIOLATION`.",
        )
        .response::<wire::Device<'static>>(200, examples::active())
    }
}

impl UserEndpoint for SendActivationCode {
    type Permission = perm::DeviceUpdate;

    async fn handle(request: Request, access: UserAccess<perm::DeviceUpdate>, (): ()) -> Answer {
        let id = DeviceId::from_uuid(request.path_id(paths::DEVICE_ID)?);
        let device = request.engine().send_activation_code(&access, id).await?;
        Reply::ok(&encode::device(&request, &device, None, Expand::default()))
    }
}
