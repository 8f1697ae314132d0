//! `GET …/applications`.

use countersign_domain::access::perm;
use countersign_engine::access::EnvironmentAccess;
use countersign_wire::application as wire;
use countersign_wire::hal::Link;
use serde_json::json;

use super::encode;
use crate::framework::{
    About, Answer, Media, Operation, Reply, Request, Verb, WholeEnvironmentEndpoint,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct ListApplications;

impl Operation for ListApplications {
    const ABOUT: About = About {
        operation: "listApplications",
        verb: Verb::Get,
        path: paths::APPLICATIONS,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::Applications,
            "Read all applications",
            "All applications of the environment on one page, in the order of creation; never their \
             secrets.",
        )
        .response::<wire::ApplicationList<'static>>(
            200,
            json!({
                "_links": {"self": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/applications"}},
                "_embedded": {"applications": [encode::example()]},
                "size": 1
            }),
        )
    }
}

impl WholeEnvironmentEndpoint for ListApplications {
    type Permission = perm::ApplicationRead;

    async fn handle(
        request: Request,
        access: EnvironmentAccess<perm::ApplicationRead>,
        (): (),
    ) -> Answer {
        let all = request.engine().list_applications(&access).await?;
        let applications: Vec<_> = all
            .iter()
            .map(|application| encode::application(&request, application))
            .collect();
        Reply::ok(&wire::ApplicationList {
            links: wire::ApplicationListLinks {
                own: Link::to(request.echo()),
            },
            size: applications.len(),
            embedded: wire::ApplicationListEmbedded { applications },
        })
    }
}
