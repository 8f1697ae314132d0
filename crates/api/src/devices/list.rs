//! `GET …/users/{userId}/devices`: all devices of a user.

use countersign_domain::access::perm;
use countersign_engine::access::UserAccess;
use countersign_wire::device as wire;
use serde_json::json;

use super::encode::{self, Expand};
use super::{examples, filter};
use crate::framework::{About, Answer, Media, Operation, Reply, Request, UserEndpoint, Verb};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct ListDevices;

impl Operation for ListDevices {
    const ABOUT: About = About {
        operation: "listDevices",
        verb: Verb::Get,
        path: paths::DEVICES,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::Devices,
            "Read all devices",
            "All devices of the user on one page: active ones in the user's order, the default one \
             first, then those that wait for activation.",
        )
        .query(
            "filter",
            "SCIM filter over `status` and `type` with `eq`, `and`, `or` and parentheses.",
            json!("(status eq \"ACTIVE\")"),
        )
        .query(
            "expand",
            "Comma list of `order` (ids of the active devices in order; empty when the user has no \
             order), `typeDisplayNames` and `keyProtection`. Other values are ignored.",
            json!("order"),
        )
        .response::<wire::DeviceList<'static>>(200, examples::list())
    }
}

impl UserEndpoint for ListDevices {
    type Permission = perm::DeviceRead;

    async fn handle(request: Request, access: UserAccess<perm::DeviceRead>, (): ()) -> Answer {
        let filter = match request.parameter("filter") {
            Some(text) => Some(filter::parse(&text)?),
            None => None,
        };
        let list = request.engine().list_devices(&access).await?;
        let shown = list
            .devices
            .iter()
            .filter(|device| filter.as_ref().is_none_or(|filter| filter.matches(device)));
        let user = access.user();
        let collection = request.links().devices(user.environment, user.id);
        let expand = Expand::of(&request);
        Reply::ok(&encode::list(
            &request,
            request.echo(),
            collection,
            &list,
            shown,
            expand,
        ))
    }
}
