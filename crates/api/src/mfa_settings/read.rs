//! `GET …/mfaSettings`.

use countersign_domain::access::perm;
use countersign_engine::access::EnvironmentAccess;
use countersign_wire::mfa_settings as wire;

use super::encode;
use crate::framework::{
    About, Answer, Media, Operation, Reply, Request, Verb, WholeEnvironmentEndpoint,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct ReadMfaSettings;

impl Operation for ReadMfaSettings {
    const ABOUT: About = About {
        operation: "readMfaSettings",
        verb: Verb::Get,
        path: paths::MFA_SETTINGS,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::MfaSettings,
            "Read MFA settings",
            "What holds for all users of the environment. Every environment has settings.",
        )
        .response::<wire::MfaSettings>(200, encode::example())
    }
}

impl WholeEnvironmentEndpoint for ReadMfaSettings {
    type Permission = perm::MfaSettingsRead;

    async fn handle(
        request: Request,
        access: EnvironmentAccess<perm::MfaSettingsRead>,
        (): (),
    ) -> Answer {
        let settings = request.engine().read_mfa_settings(&access).await?;
        Reply::ok(&encode::settings(&request, &settings))
    }
}
