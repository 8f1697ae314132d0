//! `POST …/users/{userId}/devices` with `…devices.reorder+json`: set the order.

use countersign_domain::access::perm;
use countersign_domain::ids::DeviceId;
use countersign_domain::violations::{Violation, Violations};
use countersign_engine::Refusal;
use countersign_engine::access::UserAccess;
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

pub(crate) struct ReorderDevices;

impl Operation for ReorderDevices {
    const ABOUT: About = About {
        operation: "reorderDevices",
        verb: Verb::Post,
        path: paths::DEVICES,
        media: Media::Action(Action::DevicesReorder),
    };
    type Body = Json<wire::ReorderDevices>;

    fn describe() -> Description {
        Description::new(
            Tag::Devices,
            "Set device order",
            "Puts the named devices in front; the first becomes the default device. Active devices \
             that are not named keep their order behind them, so one id alone makes that device \
             the default.",
        )
        .request::<wire::ReorderDevices>(json!({
            "order": [{"id": "0783541c-a172-8d40-0783-541ca1728d40"}]
        }))
        .response::<wire::DeviceList<'static>>(200, examples::list())
    }
}

impl UserEndpoint for ReorderDevices {
    type Permission = perm::DeviceUpdate;

    async fn handle(
        request: Request,
        access: UserAccess<perm::DeviceUpdate>,
        Json(body): Json<wire::ReorderDevices>,
    ) -> Answer {
        let mut faults = Violations::new();
        if body.order.is_missing() {
            faults.push(Violation::required("order"));
        }
        let wanted: Vec<Option<DeviceId>> = input::value(body.order, "order", &mut faults)
            .unwrap_or_default()
            .into_iter()
            .enumerate()
            .map(|(index, entry)| entry_id(index, entry, &mut faults))
            .collect();
        faults.check().map_err(Refusal::InvalidData)?;
        let wanted: Vec<DeviceId> = wanted.into_iter().flatten().collect();
        let list = request.engine().reorder_devices(&access, &wanted).await?;
        let user = access.user();
        let collection = request.links().devices(user.environment, user.id);
        let expand = Expand {
            order: true,
            ..Expand::default()
        };
        let shown = list.devices.iter();
        Reply::ok(&encode::list(
            &request,
            collection.clone(),
            collection,
            &list,
            shown,
            expand,
        ))
    }
}

fn entry_id(
    index: usize,
    entry: countersign_wire::Field<wire::ReferenceInput>,
    faults: &mut Violations,
) -> Option<DeviceId> {
    let target = format!("order[{index}]");
    if entry.is_missing() {
        faults.push(Violation::required(target));
        return None;
    }
    input::reference(entry, &target, faults)
}
