//! `POST …/devices/{deviceId}` with `…device.unlock+json`: end a lock.

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

pub(crate) struct UnlockDevice;

impl Operation for UnlockDevice {
    const ABOUT: About = About {
        operation: "unlockDevice",
        verb: Verb::Post,
        path: paths::DEVICE,
        media: Media::Action(Action::DeviceUnlock),
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::Devices,
            "Unlock device",
            "Ends the lock that too many failures led to, and sets the failure count back.",
        )
        .response::<wire::Device<'static>>(200, examples::active())
    }
}

impl UserEndpoint for UnlockDevice {
    type Permission = perm::DeviceBlock;

    async fn handle(request: Request, access: UserAccess<perm::DeviceBlock>, (): ()) -> Answer {
        let id = DeviceId::from_uuid(request.path_id(paths::DEVICE_ID)?);
        let device = request.engine().unlock_device(&access, id).await?;
        Reply::ok(&encode::device(&request, &device, None, Expand::default()))
    }
}
