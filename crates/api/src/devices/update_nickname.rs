//! `PUT …/devices/{deviceId}/nickname`.

use countersign_domain::access::perm;
use countersign_domain::device::Nickname;
use countersign_domain::ids::DeviceId;
use countersign_domain::violations::{Violation, Violations};
use countersign_engine::Refusal;
use countersign_engine::access::UserAccess;
use countersign_wire::device as wire;
use countersign_wire::hal::Link;
use serde_json::json;

use crate::framework::{
    About, Answer, Json, Media, Operation, Reply, Request, UserEndpoint, Verb, input,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct UpdateNickname;

impl Operation for UpdateNickname {
    const ABOUT: About = About {
        operation: "updateDeviceNickname",
        verb: Verb::Put,
        path: paths::DEVICE_NICKNAME,
        media: Media::Json,
    };
    type Body = Json<wire::UpdateNickname>;

    fn describe() -> Description {
        Description::new(
            Tag::Devices,
            "Update nickname",
            "Names a device, in any status. At most 100 characters; the empty text removes the name.",
        )
        .request::<wire::UpdateNickname>(json!({"nickname": "My laptop"}))
        .response::<wire::Nickname<'static>>(
            200,
            json!({
                "_links": {
                    "self": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/users/3a3b1c8e-6b1f-4d3e-9b0a-3c1d5a0f7e21/devices/0783541c-a172-8d40-0783-541ca1728d40/nickname"},
                    "device": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/users/3a3b1c8e-6b1f-4d3e-9b0a-3c1d5a0f7e21/devices/0783541c-a172-8d40-0783-541ca1728d40"}
                },
                "nickname": "My laptop"
            }),
        )
    }
}

impl UserEndpoint for UpdateNickname {
    type Permission = perm::DeviceUpdate;

    async fn handle(
        request: Request,
        access: UserAccess<perm::DeviceUpdate>,
        Json(body): Json<wire::UpdateNickname>,
    ) -> Answer {
        let id = DeviceId::from_uuid(request.path_id(paths::DEVICE_ID)?);
        let mut faults = Violations::new();
        if body.nickname.is_missing() {
            faults.push(Violation::required("nickname"));
        }
        let nickname = input::value(body.nickname, "nickname", &mut faults).unwrap_or_default();
        if !faults.is_empty() {
            request.engine().require_device(&access, id).await?;
            return Err(Refusal::InvalidData(faults).into());
        }
        let device = request
            .engine()
            .set_nickname(&access, id, &nickname)
            .await?;
        let own = request
            .links()
            .device(device.environment, device.user, device.id);
        Reply::ok(&wire::Nickname {
            links: wire::NicknameLinks {
                own: Link::to(format!("{own}/nickname")),
                device: Link::to(own),
            },
            nickname: device.nickname.as_ref().map(Nickname::as_str),
        })
    }
}
