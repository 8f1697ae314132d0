//! `POST …/devices/{deviceId}` with `…device.unblock+json`: put a device back into use.

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

pub(crate) struct UnblockDevice;

impl Operation for UnblockDevice {
    const ABOUT: About = About {
        operation: "unblockDevice",
        verb: Verb::Post,
        path: paths::DEVICE,
        media: Media::Action(Action::DeviceUnblock),
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::Devices,
            "Unblock device",
            "Puts a blocked device back into use. Does nothing to one that is not blocked.",
        )
        .response::<wire::Device<'static>>(200, examples::active())
    }
}

impl UserEndpoint for UnblockDevice {
    type Permission = perm::DeviceBlock;

    async fn handle(request: Request, access: UserAccess<perm::DeviceBlock>, (): ()) -> Answer {
        let id = DeviceId::from_uuid(request.path_id(paths::DEVICE_ID)?);
        let device = request.engine().unblock_device(&access, id).await?;
        Reply::ok(&encode::device(&request, &device, None, Expand::default()))
    }
}
