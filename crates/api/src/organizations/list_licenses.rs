//! `GET /v1/organizations/{organizationId}/licenses`.

use countersign_domain::access::perm;
use countersign_domain::ids::OrganizationId;
use countersign_engine::access::Caller;
use countersign_wire::hal::{Link, PageLinks};
use countersign_wire::organization as wire;
use serde_json::json;

use super::encode;
use crate::framework::{About, Answer, CallerEndpoint, Media, Operation, Reply, Request, Verb};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct ListLicenses;

impl Operation for ListLicenses {
    const ABOUT: About = About {
        operation: "listLicenses",
        verb: Verb::Get,
        path: paths::LICENSES,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::Organizations,
            "Read all licenses",
            "The licenses of an organization on one page.",
        )
        .query(
            "filter",
            "SCIM filter: `status`, `name`, `package` with `eq`, `beginsAt` with `lt`; `and`.",
            json!("status eq \"ACTIVE\""),
        )
        .response::<wire::LicenseList<'static>>(
            200,
            json!({
                "_links": {"self": {"href": "https://mfa.example.com/v1/organizations/5f6f1c1e-2a3b-4c5d-8e9f-0a1b2c3d4e5f/licenses"}},
                "_embedded": {"licenses": [encode::license_example()]},
                "count": 1,
                "size": 1
            }),
        )
    }
}

impl CallerEndpoint for ListLicenses {
    type Permission = perm::OrganizationRead;

    async fn handle(request: Request, caller: Caller, (): ()) -> Answer {
        let organization = OrganizationId::from_uuid(request.path_id(paths::ORGANIZATION_ID)?);
        let filter = request.parameter("filter");
        let found = request
            .engine()
            .list_licenses(&caller, organization, filter.as_deref())
            .await?;
        let licenses: Vec<_> = found
            .iter()
            .map(|license| encode::license(&request, license))
            .collect();
        Reply::ok(&wire::LicenseList {
            links: PageLinks {
                own: Link::to(request.echo()),
                environment: None,
                next: None,
                prev: None,
            },
            count: licenses.len(),
            size: licenses.len(),
            embedded: wire::LicenseListEmbedded { licenses },
        })
    }
}
