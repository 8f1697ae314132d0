//! `DELETE …/mfaSettings`.

use countersign_domain::access::perm;
use countersign_engine::access::EnvironmentAccess;
use countersign_wire::mfa_settings as wire;
use serde_json::json;

use super::encode;
use crate::framework::{
    About, Answer, Media, Operation, Reply, Request, Verb, WholeEnvironmentEndpoint,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct ResetMfaSettings;

impl Operation for ResetMfaSettings {
    const ABOUT: About = About {
        operation: "resetMfaSettings",
        verb: Verb::Delete,
        path: paths::MFA_SETTINGS,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        let mut example = encode::example();
        if let Some(members) = example.as_object_mut() {
            members.shift_remove("lockout");
            let pairing = json!({"maxAllowedDevices": 5, "pairingKeyFormat": "ALPHANUMERIC"});
            members.insert("pairing".to_owned(), pairing);
            members.insert("phoneExtensions".to_owned(), json!({"enabled": false}));
        }
        Description::new(
            Tag::MfaSettings,
            "Reset MFA settings",
            "Sets the settings back to their defaults, which are the answer.",
        )
        .response::<wire::MfaSettings>(200, example)
    }
}

impl WholeEnvironmentEndpoint for ResetMfaSettings {
    type Permission = perm::MfaSettingsWrite;

    async fn handle(
        request: Request,
        access: EnvironmentAccess<perm::MfaSettingsWrite>,
        (): (),
    ) -> Answer {
        let settings = request.engine().reset_mfa_settings(&access).await?;
        Reply::ok(&encode::settings(&request, &settings))
    }
}
