//! `POST …/deviceAuthentications/{deviceAuthenticationId}` with `…device.select+json`.

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

pub(crate) struct SelectDevice;

impl Operation for SelectDevice {
    const ABOUT: About = About {
        operation: "selectDevice",
        verb: Verb::Post,
        path: paths::DEVICE_AUTHENTICATION,
        media: Media::Action(Action::DeviceSelect),
    };
    type Body = Json<wire::SelectDevice>;

    fn describe() -> Description {
        Description::new(
            Tag::DeviceAuthentications,
            "Select device",
            "Chooses a device, switches to another one, or asks for a new challenge of the same \
             one. The challenge of the former choice is void.",
        )
        .request::<wire::SelectDevice>(json!({
            "device": {"id": "0783541c-a172-8d40-0783-541ca1728d40"}
        }))
        .response::<wire::DeviceAuthentication<'static>>(200, examples::assertion_required())
    }
}

impl EnvironmentEndpoint for SelectDevice {
    type Permission = perm::DeviceAuthenticate;

    async fn handle(
        request: Request,
        access: EnvironmentAccess<perm::DeviceAuthenticate>,
        Json(body): Json<wire::SelectDevice>,
    ) -> Answer {
        let id =
            DeviceAuthenticationId::from_uuid(request.path_id(paths::DEVICE_AUTHENTICATION_ID)?);
        let mut faults = Violations::new();
        let (named, target) = if body.device.is_missing() && !body.selected_device.is_missing() {
            (body.selected_device, "selectedDevice")
        } else {
            (body.device, "device")
        };
        let device = input::reference(named, target, &mut faults);
        let command = engine::SelectDevice { faults, device };
        let view = request.engine().select_device(&access, id, command).await?;
        Reply::ok(&encode::authentication(&request, &view))
    }
}
