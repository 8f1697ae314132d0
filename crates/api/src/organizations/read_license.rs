//! `GET /v1/organizations/{organizationId}/licenses/{licenseId}`.

use countersign_domain::access::perm;
use countersign_domain::ids::{LicenseId, OrganizationId};
use countersign_engine::access::Caller;
use countersign_wire::organization as wire;

use super::encode;
use crate::framework::{About, Answer, CallerEndpoint, Media, Operation, Reply, Request, Verb};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct ReadLicense;

impl Operation for ReadLicense {
    const ABOUT: About = About {
        operation: "readLicense",
        verb: Verb::Get,
        path: paths::LICENSE,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(Tag::Organizations, "Read license", "One license.")
            .response::<wire::License<'static>>(200, encode::license_example())
    }
}

impl CallerEndpoint for ReadLicense {
    type Permission = perm::OrganizationRead;

    async fn handle(request: Request, caller: Caller, (): ()) -> Answer {
        let organization = OrganizationId::from_uuid(request.path_id(paths::ORGANIZATION_ID)?);
        let id = LicenseId::from_uuid(request.path_id(paths::LICENSE_ID)?);
        let license = request
            .engine()
            .read_license(&caller, organization, id)
            .await?;
        Reply::ok(&encode::license(&request, &license))
    }
}
