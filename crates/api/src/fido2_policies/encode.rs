//! A FIDO2 policy as the API shows it.

use countersign_domain::device_policy::DevicePolicy;
use countersign_domain::fido2_policy::{
    DisplayNameAttributes, Fido2Policy, Fido2PolicyDocument, Fido2UserVerification,
    MetadataRequirements,
};
use countersign_domain::named::Named;
use countersign_engine::fido2_policies::uses_fido2_policy;
use countersign_wire::fido2_policy as wire;
use countersign_wire::hal::{Link, Reference, ResourceLinks};
use serde_json::{Value, json};

use crate::device_policies::duration;
use crate::framework::Request;

/// A policy; with `users`, also those of them under which it is in force.
pub(super) fn policy<'a>(
    request: &Request,
    policy: &'a Fido2Policy,
    users: Option<&'a [DevicePolicy]>,
) -> wire::Fido2Policy<'a> {
    let links = request.links();
    let document: &Fido2PolicyDocument = &policy.document;
    wire::Fido2Policy {
        links: ResourceLinks {
            own: Link::to(links.fido2_policy(policy.environment, policy.id)),
            environment: Link::to(links.environment(policy.environment)),
        },
        embedded: users.map(|users| embedded(policy, users)),
        id: policy.id.uuid(),
        environment: Reference::to(policy.environment.uuid()),
        name: &policy.name,
        description: document.description.as_deref(),
        device_display_name: &document.device_display_name,
        discoverable_credentials: document.discoverable_credentials.name(),
        authenticator_attachment: document.authenticator_attachment.name(),
        user_verification: user_verification(&document.user_verification),
        user_presence_timeout: duration(document.user_presence_timeout),
        backup_eligibility: wire::BackupEligibility {
            allow: document.backup_eligibility.allow,
            enforce_during_authentication: document
                .backup_eligibility
                .enforce_during_authentication,
        },
        user_display_name_attributes: display_name(&document.user_display_name),
        attestation_requirements: document.attestation_requirements.name(),
        ea_unique_identifier_attribute: document
            .unique_identifier_attribute
            .as_deref()
            .map(|name| wire::AttributeName { name }),
        mds_authenticators_requirements: metadata(&document.metadata_requirements),
        public_key_credential_hints: document
            .hints
            .as_ref()
            .map(|hints| hints.iter().map(|hint| hint.name()).collect()),
        relying_party_id: &document.relying_party_id,
        aggregate_devices: document.aggregate_devices,
        default: policy.default,
        created_at: policy.created_at.to_rfc3339_millis(),
        updated_at: policy.updated_at.to_rfc3339_millis(),
    }
}

fn embedded<'a>(fido2: &Fido2Policy, users: &'a [DevicePolicy]) -> wire::Fido2PolicyEmbedded<'a> {
    let users = users.iter().filter(|user| uses_fido2_policy(user, fido2));
    wire::Fido2PolicyEmbedded {
        device_authentication_policies: users
            .map(|user| wire::PolicyName {
                id: user.id.uuid(),
                name: &user.name,
            })
            .collect(),
    }
}

fn user_verification(given: &Fido2UserVerification) -> wire::UserVerification {
    wire::UserVerification {
        option: given.option.name(),
        enforce_during_authentication: given.enforce_during_authentication,
        pin_requirement: given.pin.map(|pin| wire::PinRequirement {
            option: pin.option.name(),
            min_length: pin.min_length,
        }),
    }
}

fn metadata(given: &MetadataRequirements) -> wire::MdsAuthenticatorsRequirements<'_> {
    let allowed = given.allowed.as_ref();
    wire::MdsAuthenticatorsRequirements {
        option: given.option.name(),
        allowed_authenticators: allowed.map(|ids| {
            ids.iter()
                .map(|id| wire::AllowedAuthenticator { id })
                .collect()
        }),
        enforce_during_authentication: given.enforce_during_authentication,
    }
}

fn display_name(given: &DisplayNameAttributes) -> wire::UserDisplayNameAttributes<'_> {
    let attributes = given.attributes.iter().map(|attribute| {
        let parts = attribute.sub_attributes.as_ref();
        wire::DisplayNameAttribute {
            name: &attribute.name,
            sub_attributes: parts.map(|parts| {
                parts
                    .iter()
                    .map(|name| wire::SubAttribute { name })
                    .collect()
            }),
        }
    });
    wire::UserDisplayNameAttributes {
        attributes: attributes.collect(),
        suffix: given.suffix.map(Named::name),
    }
}

/// A policy, for the OpenAPI document.
pub(super) fn example() -> Value {
    const ENVIRONMENT: &str =
        "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6";
    json!({
        "_links": {
            "self": {"href": format!("{ENVIRONMENT}/fido2Policies/2f0c4a9e-7b58-4c1d-93e6-5d8b7a6c4e21")},
            "environment": {"href": ENVIRONMENT}
        },
        "id": "2f0c4a9e-7b58-4c1d-93e6-5d8b7a6c4e21",
        "environment": {"id": "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"},
        "name": "Passkeys",
        "deviceDisplayName": "Passkey",
        "discoverableCredentials": "PREFERRED",
        "authenticatorAttachment": "BOTH",
        "userVerification": {"option": "PREFERRED", "enforceDuringAuthentication": true},
        "userPresenceTimeout": {"duration": 2, "timeUnit": "MINUTES"},
        "backupEligibility": {"allow": true, "enforceDuringAuthentication": true},
        "userDisplayNameAttributes": {"attributes": [{"name": "username"}]},
        "attestationRequirements": "NONE",
        "mdsAuthenticatorsRequirements": {"option": "NONE", "enforceDuringAuthentication": false},
        "relyingPartyId": "example.com",
        "aggregateDevices": false,
        "default": true,
        "createdAt": "2026-01-10T09:00:00.000Z",
        "updatedAt": "2026-01-10T09:00:00.000Z"
    })
}
