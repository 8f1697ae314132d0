//! `PUT …/mfaSettings`.

use countersign_domain::access::perm;
use countersign_engine::access::EnvironmentAccess;
use countersign_wire::document::Document;
use countersign_wire::mfa_settings as wire;
use serde_json::json;

use super::encode;
use crate::framework::{
    About, Answer, Json, Media, Operation, Reply, Request, Verb, WholeEnvironmentEndpoint,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct UpdateMfaSettings;

impl Operation for UpdateMfaSettings {
    const ABOUT: About = About {
        operation: "updateMfaSettings",
        verb: Verb::Put,
        path: paths::MFA_SETTINGS,
        media: Media::Json,
    };
    type Body = Json<Document>;

    fn describe() -> Description {
        Description::new(
            Tag::MfaSettings,
            "Update MFA settings",
            "Puts settings in the place of the environment's. What is left out gets its default; \
             without `lockout` accounts are not locked. A lower device limit removes no device.",
        )
        .request::<wire::MfaSettings>(json!({
            "pairing": {"maxAllowedDevices": 10, "pairingKeyFormat": "ALPHANUMERIC"},
            "lockout": {"failureCount": 6, "durationSeconds": 1200},
            "phoneExtensions": {"enabled": true},
            "users": {"mfaEnabled": true}
        }))
        .response::<wire::MfaSettings>(200, encode::example())
    }
}

impl WholeEnvironmentEndpoint for UpdateMfaSettings {
    type Permission = perm::MfaSettingsWrite;

    async fn handle(
        request: Request,
        access: EnvironmentAccess<perm::MfaSettingsWrite>,
        Json(Document(body)): Json<Document>,
    ) -> Answer {
        let settings = request
            .engine()
            .replace_mfa_settings(&access, &body)
            .await?;
        Reply::ok(&encode::settings(&request, &settings))
    }
}
