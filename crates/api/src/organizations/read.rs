//! `GET /v1/organizations/{organizationId}`.

use countersign_domain::access::perm;
use countersign_domain::ids::OrganizationId;
use countersign_engine::access::Caller;
use countersign_wire::organization as wire;

use super::encode;
use crate::framework::{About, Answer, CallerEndpoint, Media, Operation, Reply, Request, Verb};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct ReadOrganization;

impl Operation for ReadOrganization {
    const ABOUT: About = About {
        operation: "readOrganization",
        verb: Verb::Get,
        path: paths::ORGANIZATION,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(Tag::Organizations, "Read organization", "One organization.")
            .response::<wire::Organization<'static>>(200, encode::example())
    }
}

impl CallerEndpoint for ReadOrganization {
    type Permission = perm::OrganizationRead;

    async fn handle(request: Request, caller: Caller, (): ()) -> Answer {
        let id = OrganizationId::from_uuid(request.path_id(paths::ORGANIZATION_ID)?);
        let organization = request.engine().read_organization(&caller, id).await?;
        Reply::ok(&encode::organization(&request, &organization))
    }
}
