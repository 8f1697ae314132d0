//! A device authentication as callers see it.

use countersign_domain::device::{Device, DeviceKind, Nickname, Phase, Usability};
use countersign_domain::device_authentication::{
    AuthenticationAction, AuthenticationFailure, AuthenticationPhase, DeviceAuthentication,
};
use countersign_domain::messages;
use countersign_engine::device_authentications::AuthenticationView;
use countersign_wire::device_authentication as wire;
use countersign_wire::hal::{Link, Reference};

use crate::devices::{application, model, os, relying_party};
use crate::framework::Request;

/// The resource.
pub(super) fn authentication<'a>(
    request: &Request,
    view: &'a AuthenticationView,
) -> wire::DeviceAuthentication<'a> {
    let shown = &view.authentication;
    let own = request
        .links()
        .device_authentication(shown.environment, shown.id);
    let action = |action| shown.accepts(action).then(|| Link::to(own.as_str()));
    let (options, authenticators, error) = match &shown.phase {
        AuthenticationPhase::DeviceSelectionRequired => (None, None, None),
        AuthenticationPhase::AssertionRequired(request) => (Some(request.jwt.as_str()), None, None),
        AuthenticationPhase::Completed {
            authenticators,
            options,
        } => {
            let words = authenticators.iter().map(|word| word.as_str()).collect();
            (options.as_deref(), Some(words), None)
        }
        AuthenticationPhase::Failed(failure) => (None, None, Some(error(shown, failure))),
    };
    wire::DeviceAuthentication {
        links: wire::AuthenticationLinks {
            device_select: action(AuthenticationAction::SelectDevice),
            assertion_check: action(AuthenticationAction::CheckAssertion),
            own: Link::to(own.as_str()),
        },
        embedded: wire::AuthenticationEmbedded {
            devices: view
                .devices
                .iter()
                .map(|device| summary(device, view))
                .collect(),
            blocked_devices: view
                .blocked
                .iter()
                .map(|device| summary(device, view))
                .collect(),
        },
        id: shown.id.uuid(),
        environment: Reference::to(shown.environment.uuid()),
        status: shown.phase.status(),
        policy: Reference::to(shown.policy.uuid()),
        selected_device: shown.selected.map(|id| Reference::to(id.uuid())),
        user: shown.user.map(|id| Reference::to(id.uuid())),
        application: shown.application.map(|id| Reference::to(id.uuid())),
        ping_id_desktop_credential_request_options: options,
        bypass_allowed: false,
        authenticators,
        error,
        created_at: shown.created_at.to_rfc3339_millis(),
        updated_at: shown.updated_at.to_rfc3339_millis(),
        user_bypass_enabled: false,
    }
}

fn error(
    authentication: &DeviceAuthentication,
    failure: &AuthenticationFailure,
) -> wire::AuthenticationError {
    let (message, unavailable) = match failure {
        AuthenticationFailure::NoUsableDevices { unavailable } => {
            let user = authentication
                .user
                .map(|user| user.to_string())
                .unwrap_or_default();
            (messages::no_usable_device(user), unavailable.as_slice())
        }
        AuthenticationFailure::UserLocked => ("The account is locked.".to_owned(), &[][..]),
        AuthenticationFailure::AssertionAttemptsExceeded => {
            (messages::TOO_MANY_ATTEMPTS.to_owned(), &[][..])
        }
    };
    wire::AuthenticationError {
        code: failure.code(),
        message,
        unavailable_devices: unavailable
            .iter()
            .map(|id| Reference::to(id.uuid()))
            .collect(),
    }
}

fn summary<'a>(device: &'a Device, view: &AuthenticationView) -> wire::DeviceSummary<'a> {
    let DeviceKind::Desktop { rp, phase } = &device.kind;
    let credential = match phase {
        Phase::Active { credential, .. } => Some(credential),
        Phase::Pending { .. } => None,
    };
    let facts = credential.map(|credential| &credential.facts);
    let (status, reason) = match device.usability(view.now) {
        Usability::Usable => ("ENABLED", None),
        Usability::Locked(_) => ("DISABLED", Some("LOCKED")),
        Usability::Blocked => ("DISABLED", Some("BLOCKED")),
        Usability::Pending => ("DISABLED", Some("ACTIVATION_REQUIRED")),
    };
    wire::DeviceSummary {
        id: device.id.uuid(),
        device_type: device.device_type().as_str(),
        status: "ACTIVE",
        usable_status: wire::UsableStatus { status, reason },
        nickname: device.nickname.as_ref().map(Nickname::as_str),
        os: facts.map(|facts| os(&facts.os)),
        model: facts.map(|facts| model(&facts.model)),
        application: facts.map(|facts| application(&facts.application)),
        rp: Some(relying_party(rp)),
        credential_id: credential.map(|credential| credential.credential_id),
        unit_id: facts.map(|facts| facts.unit_id),
    }
}
