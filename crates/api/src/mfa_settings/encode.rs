//! MFA settings as the API shows them.

use countersign_domain::mfa_settings::MfaSettings;
use countersign_domain::named::Named;
use countersign_wire::device_policy::{Authentication, Switch};
use countersign_wire::hal::{Link, Reference, ResourceLinks};
use countersign_wire::mfa_settings as wire;
use serde_json::{Value, json};

use crate::framework::Request;

/// The settings.
pub(super) fn settings(request: &Request, settings: &MfaSettings) -> wire::MfaSettings {
    let (links, environment) = (request.links(), settings.environment);
    let document = settings.document;
    wire::MfaSettings {
        links: ResourceLinks {
            own: Link::to(links.mfa_settings(environment)),
            environment: Link::to(links.environment(environment)),
        },
        environment: Reference::to(environment.uuid()),
        pairing: wire::Pairing {
            max_allowed_devices: document.max_allowed_devices,
            pairing_key_format: document.pairing_key_format.name(),
        },
        lockout: document.lockout.map(|lockout| wire::Lockout {
            failure_count: lockout.failure_count,
            duration_seconds: lockout.duration_seconds,
        }),
        authentication: Authentication {
            device_selection: document.device_selection.as_str(),
        },
        phone_extensions: Switch {
            enabled: document.phone_extensions,
        },
        users: wire::UserDefaults {
            mfa_enabled: document.users_mfa_enabled,
        },
        updated_at: settings.updated_at.to_rfc3339_millis(),
    }
}

/// Settings, for the OpenAPI document.
pub(super) fn example() -> Value {
    json!({
        "_links": {
            "self": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/mfaSettings"},
            "environment": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"}
        },
        "environment": {"id": "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"},
        "pairing": {"maxAllowedDevices": 10, "pairingKeyFormat": "ALPHANUMERIC"},
        "lockout": {"failureCount": 6, "durationSeconds": 1200},
        "authentication": {"deviceSelection": "DEFAULT_TO_FIRST"},
        "phoneExtensions": {"enabled": true},
        "users": {"mfaEnabled": true},
        "updatedAt": "2026-08-06T16:59:11.737Z"
    })
}
