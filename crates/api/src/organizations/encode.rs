//! Organizations and licenses as the API shows them.

use countersign_domain::organization::{Organization, PACKAGE, STATUS};
use countersign_engine::organizations::CountedLicense;
use countersign_wire::hal::{Link, Reference};
use countersign_wire::organization as wire;
use serde_json::{Value, json};

use crate::framework::Request;

const OWN: &str = "https://mfa.example.com/v1/organizations/5f6f1c1e-2a3b-4c5d-8e9f-0a1b2c3d4e5f";

/// An organization.
pub(super) fn organization<'a>(
    request: &Request,
    organization: &'a Organization,
) -> wire::Organization<'a> {
    let own = request.links().organization(organization.id);
    wire::Organization {
        links: wire::OrganizationLinks {
            environments: Link::to(format!("{}/environments", request.links().api_base())),
            licenses: Link::to(format!("{own}/licenses")),
            own: Link::to(own),
        },
        id: organization.id.uuid(),
        name: &organization.name,
        kind: "INTERNAL",
        created_at: organization.created_at.to_rfc3339_millis(),
        updated_at: organization.updated_at.to_rfc3339_millis(),
    }
}

/// A license: allows everything.
pub(super) fn license<'a>(request: &Request, counted: &'a CountedLicense) -> wire::License<'a> {
    let (links, license) = (request.links(), &counted.license);
    wire::License {
        links: wire::LicenseLinks {
            own: Link::to(links.license(license.organization, license.id)),
            organization: Link::to(links.organization(license.organization)),
        },
        id: license.id.uuid(),
        name: &license.name,
        package: PACKAGE,
        organization: Reference::to(license.organization.uuid()),
        status: STATUS,
        begins_at: license.created_at.to_rfc3339_millis(),
        assigned_environments_count: counted.environments,
        environments: wire::LicensedEnvironments {
            allow_add_resources: true,
            allow_connections: true,
            allow_production: true,
        },
        mfa: wire::LicensedMfa {
            allow_push_notification: true,
            allow_notification_outside_whitelist: true,
            allow_fido2_devices: true,
            allow_voice_otp: true,
            allow_email_otp: true,
            allow_sms_otp: true,
            allow_totp: true,
        },
    }
}

/// An organization, for the OpenAPI document.
pub(super) fn example() -> Value {
    json!({
        "_links": {
            "self": {"href": OWN},
            "environments": {"href": "https://mfa.example.com/v1/environments"},
            "licenses": {"href": format!("{OWN}/licenses")}
        },
        "id": "5f6f1c1e-2a3b-4c5d-8e9f-0a1b2c3d4e5f",
        "name": "Example",
        "type": "INTERNAL",
        "createdAt": "2026-01-10T09:00:00.000Z",
        "updatedAt": "2026-01-10T09:00:00.000Z"
    })
}

/// A license, for the OpenAPI document.
pub(super) fn license_example() -> Value {
    json!({
        "_links": {
            "self": {"href": format!("{OWN}/licenses/7a8b9c0d-1e2f-4a3b-8c4d-5e6f7a8b9c0d")},
            "organization": {"href": OWN}
        },
        "id": "7a8b9c0d-1e2f-4a3b-8c4d-5e6f7a8b9c0d",
        "name": "Countersign",
        "package": "INTERNAL",
        "organization": {"id": "5f6f1c1e-2a3b-4c5d-8e9f-0a1b2c3d4e5f"},
        "status": "ACTIVE",
        "beginsAt": "2026-01-10T09:00:00.000Z",
        "assignedEnvironmentsCount": 2,
        "environments": {"allowAddResources": true, "allowConnections": true, "allowProduction": true},
        "mfa": {
            "allowPushNotification": true,
            "allowNotificationOutsideWhitelist": true,
            "allowFido2Devices": true,
            "allowVoiceOtp": true,
            "allowEmailOtp": true,
            "allowSmsOtp": true,
            "allowTotp": true
        }
    })
}
