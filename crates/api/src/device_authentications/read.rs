//! `GET /{environmentId}/deviceAuthentications/{deviceAuthenticationId}`.

use countersign_domain::access::perm;
use countersign_domain::ids::DeviceAuthenticationId;
use countersign_engine::access::EnvironmentAccess;
use countersign_wire::device_authentication as wire;

use super::{encode, examples};
use crate::framework::{
    About, Answer, EnvironmentEndpoint, Media, Operation, Reply, Request, Verb,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct ReadAuthentication;

impl Operation for ReadAuthentication {
    const ABOUT: About = About {
        operation: "readDeviceAuthentication",
        verb: Verb::Get,
        path: paths::DEVICE_AUTHENTICATION,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::DeviceAuthentications,
            "Read device authentication",
            "The present state. An open authentication is gone 15 minutes after the last call and \
             60 minutes after its start; a finished one can be read for 15 minutes.",
        )
        .response::<wire::DeviceAuthentication<'static>>(200, examples::completed())
    }
}

impl EnvironmentEndpoint for ReadAuthentication {
    type Permission = perm::DeviceAuthenticate;

    async fn handle(
        request: Request,
        access: EnvironmentAccess<perm::DeviceAuthenticate>,
        (): (),
    ) -> Answer {
        let id =
            DeviceAuthenticationId::from_uuid(request.path_id(paths::DEVICE_AUTHENTICATION_ID)?);
        let view = request.engine().read_authentication(&access, id).await?;
        Reply::ok(&encode::authentication(&request, &view))
    }
}
