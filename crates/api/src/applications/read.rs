//! `GET …/applications/{applicationId}`.

use countersign_domain::access::perm;
use countersign_domain::ids::ApplicationId;
use countersign_engine::access::EnvironmentAccess;
use countersign_wire::application as wire;

use super::encode;
use crate::framework::{
    About, Answer, Media, Operation, Reply, Request, Verb, WholeEnvironmentEndpoint,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct ReadApplication;

impl Operation for ReadApplication {
    const ABOUT: About = About {
        operation: "readApplication",
        verb: Verb::Get,
        path: paths::APPLICATION,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::Applications,
            "Read application",
            "One application; never its secret. `PingID Desktop` names the port on which pages find \
             the desktop authenticator.",
        )
        .response::<wire::Application<'static>>(200, encode::example())
    }
}

impl WholeEnvironmentEndpoint for ReadApplication {
    type Permission = perm::ApplicationRead;

    async fn handle(
        request: Request,
        access: EnvironmentAccess<perm::ApplicationRead>,
        (): (),
    ) -> Answer {
        let id = ApplicationId::from_uuid(request.path_id(paths::APPLICATION_ID)?);
        let application = request.engine().read_application(&access, id).await?;
        Reply::ok(&encode::application(&request, &application))
    }
}
