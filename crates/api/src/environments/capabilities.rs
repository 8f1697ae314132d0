//! `GET …/capabilities`.

use countersign_domain::access::perm;
use countersign_engine::access::EnvironmentAccess;
use countersign_wire::environment as wire;
use serde_json::json;

use super::encode;
use crate::framework::{
    About, Answer, Media, Operation, Reply, Request, Verb, WholeEnvironmentEndpoint,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct ReadCapabilities;

impl Operation for ReadCapabilities {
    const ABOUT: About = About {
        operation: "readCapabilities",
        verb: Verb::Get,
        path: paths::CAPABILITIES,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::Environments,
            "Read capabilities",
            "What the environment can do: `true` for what this version implements.",
        )
        .response::<wire::Capabilities>(
            200,
            json!({
                "_links": {
                    "self": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/capabilities"},
                    "environment": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"}
                },
                "canUseMfa": true,
                "canUsePingIdDesktopGen2": true,
                "canUseMfaFido2Devices": false
            }),
        )
    }
}

impl WholeEnvironmentEndpoint for ReadCapabilities {
    type Permission = perm::BillOfMaterialsRead;

    async fn handle(
        request: Request,
        access: EnvironmentAccess<perm::BillOfMaterialsRead>,
        (): (),
    ) -> Answer {
        // What this version implements, whatever the environment.
        Reply::ok(&wire::Capabilities {
            links: encode::part_links(&request, access.environment().id, "capabilities"),
            can_use_mfa: true,
            can_use_mfa_ciam: true,
            can_use_mfa_wf: true,
            can_use_mfa_fido2_devices: false,
            can_use_mfa_push_notifications: false,
            can_use_mfa_voice_otp: false,
            can_use_sms_otp: false,
            can_use_email_otp: false,
            can_use_totp: false,
            can_use_whats_app_otp: false,
            can_use_ping_id_app: false,
            can_use_ping_id_desktop: false,
            can_use_ping_id_desktop_gen2: true,
            can_send_mfa_notifications_outside_whitelist: false,
        })
    }
}
