//! `DELETE …/devices/{deviceId}`.

use countersign_domain::access::perm;
use countersign_domain::ids::DeviceId;
use countersign_engine::access::UserAccess;

use crate::framework::{About, Answer, Media, Operation, Reply, Request, UserEndpoint, Verb};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct DeleteDevice;

impl Operation for DeleteDevice {
    const ABOUT: About = About {
        operation: "deleteDevice",
        verb: Verb::Delete,
        path: paths::DEVICE,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::Devices,
            "Delete device",
            "Deletes a device in any status. The next one in order becomes the default device.",
        )
    }
}

impl UserEndpoint for DeleteDevice {
    type Permission = perm::DeviceDelete;

    async fn handle(request: Request, access: UserAccess<perm::DeviceDelete>, (): ()) -> Answer {
        let id = DeviceId::from_uuid(request.path_id(paths::DEVICE_ID)?);
        request.engine().delete_device(&access, id).await?;
        Ok(Reply::no_content())
    }
}
