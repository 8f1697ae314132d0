//! `POST …/users/{userId}/devices`: begin to pair a device.

use countersign_domain::access::perm;
use countersign_domain::device::DeviceType;
use countersign_domain::violations::{Violation, Violations};
use countersign_engine::access::UserAccess;
use countersign_engine::devices::{self as engine, RequestedRelyingParty};
use countersign_wire::device as wire;
use serde_json::json;

use super::encode::{self, Expand};
use super::examples;
use crate::framework::{
    About, Answer, Json, Media, Operation, Reply, Request, UserEndpoint, Verb, input,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct CreateDevice;

impl Operation for CreateDevice {
    const ABOUT: About = About {
        operation: "createDevice",
        verb: Verb::Post,
        path: paths::DEVICES,
        media: Media::Json,
    };
    type Body = Json<wire::CreateDevice>;

    fn describe() -> Description {
        Description::new(
            Tag::Devices,
            "Create device",
            "Begins to pair a device. For a desktop the answer carries signed options, which the \
             page hands to the desktop authenticator (`POST http://localhost:9410/register`); what \
             that answers goes to \"Activate device\". Options can be answered for five minutes, \
             and a device that is not activated within 24 hours is removed.",
        )
        .request::<wire::CreateDevice>(json!({
            "type": "PINGID_DESKTOP_GEN2",
            "status": "ACTIVATION_REQUIRED",
            "policy": {"id": "9b3d1f52-0f5e-4f0c-8a07-4a8a3f1b6a10"},
            "rp": {"id": "example.com", "name": "example.com"}
        }))
        .response::<wire::Device<'static>>(201, examples::created())
    }
}

impl UserEndpoint for CreateDevice {
    type Permission = perm::DeviceCreate;

    async fn handle(
        request: Request,
        access: UserAccess<perm::DeviceCreate>,
        Json(body): Json<wire::CreateDevice>,
    ) -> Answer {
        let created = request
            .engine()
            .create_device(&access, command(body))
            .await?;
        let device = &created.device;
        let options = Some(created.options.as_str());
        Reply::created(
            &encode::device(&request, device, options, Expand::default()),
            request
                .links()
                .device(device.environment, device.user, device.id),
        )
    }
}

fn command(body: wire::CreateDevice) -> engine::CreateDevice {
    let mut faults = Violations::new();
    if body.device_type.is_missing() {
        faults.push(Violation::required("type"));
    }
    let names = DeviceType::ALL.map(DeviceType::as_str);
    let device_type = input::one_of(
        body.device_type,
        "type",
        &names,
        DeviceType::parse,
        &mut faults,
    );
    // `lock` and `block` are read-only members of the device: not even looked at.
    let status = input::value(body.status, "status", &mut faults);
    let nickname = input::value(body.nickname, "nickname", &mut faults);
    let policy = input::reference(body.policy, "policy", &mut faults);
    let rp = input::object(body.rp, "rp", &mut faults);
    let relying_party = RequestedRelyingParty {
        id: input::value(rp.id, "rp.id", &mut faults),
        name: input::value(rp.name, "rp.name", &mut faults),
    };
    engine::CreateDevice {
        faults,
        device_type,
        status,
        policy,
        relying_party,
        nickname,
    }
}
