//! Remove the order of a user's devices: `POST …/devices` with `…devices.order.remove+json`, and the
//! same by `DELETE …/devices`.

use countersign_domain::access::perm;
use countersign_engine::access::UserAccess;
use countersign_wire::media::Action;

use crate::framework::{About, Answer, Media, Operation, Reply, Request, UserEndpoint, Verb};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct RemoveDeviceOrder;

impl Operation for RemoveDeviceOrder {
    const ABOUT: About = About {
        operation: "removeDeviceOrder",
        verb: Verb::Post,
        path: paths::DEVICES,
        media: Media::Action(Action::DevicesOrderRemove),
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::Devices,
            "Remove device order",
            "The user has no default device from then on and is asked each time, until an order is \
             set again or fewer than two active devices are left. Doing it twice changes nothing.",
        )
    }
}

impl UserEndpoint for RemoveDeviceOrder {
    type Permission = perm::DeviceUpdate;

    async fn handle(request: Request, access: UserAccess<perm::DeviceUpdate>, (): ()) -> Answer {
        request.engine().remove_device_order(&access).await?;
        Ok(Reply::no_content())
    }
}

pub(crate) struct DeleteDeviceOrder;

impl Operation for DeleteDeviceOrder {
    const ABOUT: About = About {
        operation: "deleteDeviceOrder",
        verb: Verb::Delete,
        path: paths::DEVICES,
        media: Media::ActionOrNone(Action::DevicesOrderRemove),
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::Devices,
            "Delete device order",
            "The same as \"Remove device order\"; it deletes no device.",
        )
    }
}

impl UserEndpoint for DeleteDeviceOrder {
    type Permission = perm::DeviceUpdate;

    async fn handle(request: Request, access: UserAccess<perm::DeviceUpdate>, (): ()) -> Answer {
        RemoveDeviceOrder::handle(request, access, ()).await
    }
}
