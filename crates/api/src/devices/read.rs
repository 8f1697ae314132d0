//! `GET …/devices/{deviceId}`.

use countersign_domain::access::perm;
use countersign_domain::ids::DeviceId;
use countersign_engine::access::UserAccess;
use countersign_wire::device as wire;
use serde_json::json;

use super::encode::{self, Expand};
use super::examples;
use crate::framework::{About, Answer, Media, Operation, Reply, Request, UserEndpoint, Verb};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct ReadDevice;

impl Operation for ReadDevice {
    const ABOUT: About = About {
        operation: "readDevice",
        verb: Verb::Get,
        path: paths::DEVICE,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(Tag::Devices, "Read device", "One device of the user.")
            .query(
                "expand",
                "`keyProtection`: where the key of a desktop device lives, and whether that was \
                 proven.",
                json!("keyProtection"),
            )
            .response::<wire::Device<'static>>(200, examples::active())
    }
}

impl UserEndpoint for ReadDevice {
    type Permission = perm::DeviceRead;

    async fn handle(request: Request, access: UserAccess<perm::DeviceRead>, (): ()) -> Answer {
        let id = DeviceId::from_uuid(request.path_id(paths::DEVICE_ID)?);
        let device = request.engine().read_device(&access, id).await?;
        Reply::ok(&encode::device(
            &request,
            &device,
            None,
            Expand::of(&request),
        ))
    }
}
