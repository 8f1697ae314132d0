//! An application as the API shows it: never its secret.

use countersign_domain::application::{Application, ApplicationType, GrantType};
use countersign_wire::application as wire;
use countersign_wire::hal::{Link, Reference, ResourceLinks};
use serde_json::{Value, json};

use crate::framework::Request;

/// An application.
pub(super) fn application<'a>(
    request: &Request,
    application: &'a Application,
) -> wire::Application<'a> {
    let links = request.links();
    let environment = application.environment;
    let is_worker = application.application_type == ApplicationType::Worker;
    let communication_port = application.communication_port;
    wire::Application {
        links: ResourceLinks {
            own: Link::to(links.application(environment, application.id)),
            environment: Link::to(links.environment(environment)),
        },
        environment: Reference::to(environment.uuid()),
        id: application.id.uuid(),
        name: &application.name,
        description: application.description.as_deref(),
        enabled: application.enabled,
        application_type: application.application_type.as_str(),
        access_control: is_worker.then_some(wire::AccessControl {
            role: wire::AccessControlRole {
                kind: "ADMIN_USERS_ONLY",
            },
        }),
        protocol: "OPENID_CONNECT",
        created_at: application.created_at.to_rfc3339_millis(),
        updated_at: application.updated_at.to_rfc3339_millis(),
        grant_types: application
            .grant_types
            .iter()
            .map(|grant| GrantType::as_str(*grant))
            .collect(),
        redirect_uris: &application.redirect_uris,
        token_endpoint_auth_method: application.token_endpoint_auth_method.as_str(),
        pkce_enforcement: application.pkce_enforcement.as_str(),
        ping_id_desktop: communication_port
            .map(|communication_port| wire::PingIdDesktop { communication_port }),
    }
}

/// An application, for the OpenAPI document.
pub(super) fn example() -> Value {
    json!({
        "_links": {
            "self": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/applications/941d6390-ec3a-4bf4-858a-949c47ccd36e"},
            "environment": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"}
        },
        "environment": {"id": "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"},
        "id": "941d6390-ec3a-4bf4-858a-949c47ccd36e",
        "name": "PingID Desktop",
        "enabled": true,
        "type": "NATIVE_APP",
        "protocol": "OPENID_CONNECT",
        "createdAt": "2026-01-10T09:00:00.000Z",
        "updatedAt": "2026-01-10T09:00:00.000Z",
        "grantTypes": ["AUTHORIZATION_CODE"],
        "tokenEndpointAuthMethod": "NONE",
        "pkceEnforcement": "S256_REQUIRED",
        "pingIdDesktop": {"communicationPort": 9410}
    })
}
