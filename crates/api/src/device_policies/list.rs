//! `GET …/deviceAuthenticationPolicies`.

use countersign_domain::access::perm;
use countersign_engine::access::EnvironmentAccess;
use countersign_wire::device_policy as wire;
use countersign_wire::hal::{Link, PageLinks};
use serde_json::json;

use super::{encode, examples};
use crate::framework::{
    About, Answer, Media, Operation, Reply, Request, Verb, WholeEnvironmentEndpoint,
};
use crate::openapi::{Description, Tag};
use crate::{paging, paths};

pub(crate) struct ListDevicePolicies;

impl Operation for ListDevicePolicies {
    const ABOUT: About = About {
        operation: "listDeviceAuthenticationPolicies",
        verb: Verb::Get,
        path: paths::DEVICE_POLICIES,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::DevicePolicies,
            "Read all device authentication policies",
            "The policies of the environment in the order of creation. There are 100 at most, which \
             come on one page unless `limit` says otherwise.",
        )
        .query("limit", "Most items on a page.", json!(20))
        .query(
            "cursor",
            "A place in the list, from `next` or `prev`.",
            None,
        )
        .response::<wire::DevicePolicyList<'static>>(200, examples::list())
    }
}

impl WholeEnvironmentEndpoint for ListDevicePolicies {
    type Permission = perm::DevicePolicyRead;

    async fn handle(
        request: Request,
        access: EnvironmentAccess<perm::DevicePolicyRead>,
        (): (),
    ) -> Answer {
        let page = request
            .engine()
            .list_device_policies(&access, &paging::asked(&request))
            .await?;
        let policies: Vec<_> = page
            .items
            .iter()
            .map(|view| encode::policy(&request, view))
            .collect();
        let environment = request.links().environment(access.environment().id);
        Reply::ok(&wire::DevicePolicyList {
            links: PageLinks {
                environment: Some(Link::to(environment)),
                ..paging::links(&request, &page)
            },
            size: policies.len(),
            embedded: wire::DevicePolicyListEmbedded {
                device_authentication_policies: policies,
            },
            count: page.count,
        })
    }
}
