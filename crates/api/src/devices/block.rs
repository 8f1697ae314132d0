//! `POST …/devices/{deviceId}` with `…device.block+json`: take a device out of use.

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

pub(crate) struct BlockDevice;

impl Operation for BlockDevice {
    const ABOUT: About = About {
        operation: "blockDevice",
        verb: Verb::Post,
        path: paths::DEVICE,
        media: Media::Action(Action::DeviceBlock),
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::Devices,
            "Block device",
            "Takes a device out of use until it is unblocked. It still counts towards the device limit. \
             Blocking twice keeps the first `blockedAt`.",
        )
        .response::<wire::Device<'static>>(200, examples::blocked())
    }
}

impl UserEndpoint for BlockDevice {
    type Permission = perm::DeviceBlock;

    async fn handle(request: Request, access: UserAccess<perm::DeviceBlock>, (): ()) -> Answer {
        let id = DeviceId::from_uuid(request.path_id(paths::DEVICE_ID)?);
        let device = request.engine().block_device(&access, id).await?;
        Reply::ok(&encode::device(&request, &device, None, Expand::default()))
    }
}
