//! A device authentication policy as the API shows it.

use countersign_domain::device_policy::{
    AddressMethod, DesktopSettings, Failures, Fido2Method, LegacyDesktopMethod, MobileApplication,
    MobileMethod, PolicyDocument, RememberMe, TokenMethod, TotpMethod, evidence_name,
    user_verification_name,
};
use countersign_domain::ids::{Fido2PolicyId, NotificationPolicyId};
use countersign_domain::named::Named;
use countersign_domain::period::Period;
use countersign_engine::device_policies::DevicePolicyView;
use countersign_wire::device_policy as wire;
use countersign_wire::hal::{Link, Reference};

use crate::framework::Request;

/// A policy.
pub(super) fn policy<'a>(
    request: &Request,
    view: &'a DevicePolicyView,
) -> wire::DeviceAuthenticationPolicy<'a> {
    let (links, policy) = (request.links(), &view.policy);
    let document: &PolicyDocument = &policy.document;
    let own = links.device_policy(policy.environment, policy.id);
    wire::DeviceAuthenticationPolicy {
        links: wire::DevicePolicyLinks {
            environment: Link::to(links.environment(policy.environment)),
            applications: Link::to(format!("{own}/applications")),
            fido2: view
                .fido2_policy
                .map(|id| Link::to(links.fido2_policy(policy.environment, id))),
            own: Link::to(own),
        },
        id: policy.id.uuid(),
        environment: Reference::to(policy.environment.uuid()),
        name: &policy.name,
        authentication: wire::Authentication {
            device_selection: document.device_selection.as_str(),
        },
        notifications_policy: wire::OptionalReference {
            id: document.notification_policy.map(NotificationPolicyId::uuid),
        },
        new_device_notification: document.new_device_notification.name(),
        sms: address(&document.sms),
        voice: address(&document.voice),
        email: address(&document.email),
        whats_app: document.whats_app.as_ref().map(address),
        mobile: mobile(&document.mobile),
        totp: totp(&document.totp),
        fido2: document.fido2.as_ref().map(fido2),
        oath_token: token(&document.oath_token),
        yubikey: document.yubikey.as_ref().map(token),
        desktop: document.legacy_desktop.as_ref().map(legacy_desktop),
        remember_me: remember_me(document.remember_me),
        ping_id_desktop_gen2: desktop(&document.desktop_gen2),
        ignore_user_lock: document.ignore_user_lock,
        for_sign_on_policy: false,
        block_users_with_disabled_mfa: document.block_users_with_disabled_mfa,
        updated_at: policy.updated_at.to_rfc3339_millis(),
        created_at: policy.created_at.to_rfc3339_millis(),
        default: policy.default,
    }
}

/// A length of time.
pub(crate) fn duration(period: Period) -> wire::Duration {
    wire::Duration {
        duration: period.amount,
        time_unit: period.unit.name(),
    }
}

fn failure(failures: Failures) -> wire::Failure {
    wire::Failure {
        count: failures.count,
        cool_down: duration(failures.cool_down),
    }
}

fn otp(failures: Failures) -> wire::Otp {
    wire::Otp {
        failure: failure(failures),
    }
}

fn switch(enabled: bool) -> wire::Switch {
    wire::Switch { enabled }
}

fn address(method: &AddressMethod) -> wire::AddressMethod {
    wire::AddressMethod {
        enabled: method.enabled,
        pairing_disabled: method.pairing.disabled,
        prompt_for_nickname_on_pairing: method.pairing.prompt_for_nickname,
        otp: wire::SentOtp {
            failure: failure(method.failures),
            life_time: duration(method.life_time),
            otp_length: method.otp_length,
        },
    }
}

fn mobile(method: &MobileMethod) -> wire::MobileMethod {
    wire::MobileMethod {
        enabled: method.enabled,
        prompt_for_nickname_on_pairing: method.prompt_for_nickname,
        otp: otp(method.failures),
        applications: method.applications.iter().map(application).collect(),
    }
}

fn application(application: &MobileApplication) -> wire::MobileApplication {
    wire::MobileApplication {
        id: application.id.uuid(),
        application_type: application.application_type.map(Named::name),
        push: application.push.map(|push| wire::Push {
            enabled: push.enabled,
            number_matching: push.number_matching.map(switch),
        }),
        otp: application.otp.map(switch),
        auto_enrollment: application.auto_enrollment.map(switch),
        device_authorization: application.device_authorization.map(|given| {
            wire::DeviceAuthorization {
                enabled: given.enabled,
                extra_verification: given.extra_verification.map(Named::name),
            }
        }),
        push_timeout: duration(application.push_timeout),
        pairing_key_lifetime: duration(application.pairing_key_lifetime),
        push_limit: wire::PushLimit {
            count: application.push_limit.count,
            time_period: duration(application.push_limit.time_period),
            lock_duration: duration(application.push_limit.lock_duration),
        },
        integrity_detection: application.integrity_detection.map(Named::name),
        pairing_disabled: application.pairing_disabled,
        biometrics_enabled: application.biometrics_enabled,
        ip_pairing_configuration: application.ip_pairing.as_ref().map(|given| {
            let blocks = given.only_these.as_ref();
            wire::IpPairingConfiguration {
                any_ip_address: given.any_address,
                only_these_ip_addresses: blocks
                    .map(|blocks| blocks.iter().map(ToString::to_string).collect()),
            }
        }),
        new_request_duration_configuration: application.request_timeouts.map(|timeouts| {
            wire::NewRequestDurationConfiguration {
                device_timeout: duration(timeouts.device),
                total_timeout: duration(timeouts.total),
            }
        }),
    }
}

fn totp(method: &TotpMethod) -> wire::TotpMethod {
    wire::TotpMethod {
        enabled: method.enabled,
        pairing_disabled: method.pairing.disabled,
        prompt_for_nickname_on_pairing: method.pairing.prompt_for_nickname,
        otp: otp(method.failures),
        uri_parameters: method.uri_parameters.as_ref().map(|parameters| {
            let pairs = parameters.iter();
            pairs
                .map(|(name, value)| (name.clone(), value.as_str().into()))
                .collect()
        }),
        passcode_grace_period: method.passcode_grace_period,
    }
}

fn fido2(method: &Fido2Method) -> wire::Fido2Method {
    wire::Fido2Method {
        enabled: method.enabled,
        pairing_disabled: method.pairing.disabled,
        prompt_for_nickname_on_pairing: method.pairing.prompt_for_nickname,
        policy_id: method.policy.map(Fido2PolicyId::uuid),
        failure: failure(method.failures),
    }
}

fn token(method: &TokenMethod) -> wire::TokenMethod {
    wire::TokenMethod {
        enabled: method.enabled,
        pairing_disabled: method.pairing.disabled,
        prompt_for_nickname_on_pairing: method.pairing.prompt_for_nickname,
        otp: otp(method.failures),
        pairing_key_lifetime: None,
    }
}

fn legacy_desktop(method: &LegacyDesktopMethod) -> wire::TokenMethod {
    wire::TokenMethod {
        pairing_key_lifetime: Some(duration(method.pairing_key_lifetime)),
        ..token(&method.token)
    }
}

fn desktop(settings: &DesktopSettings) -> wire::DesktopMethod<'_> {
    wire::DesktopMethod {
        enabled: settings.enabled,
        pairing_disabled: settings.pairing.disabled,
        prompt_for_nickname_on_pairing: settings.pairing.prompt_for_nickname,
        relying_party_id: settings.relying_party_id.as_deref(),
        allowed_origins: settings.allowed_origins.as_deref(),
        user_verification: settings.user_verification.map(user_verification_name),
        min_key_protection: settings.min_key_protection.map(Named::name),
        evidence: settings.evidence.map(evidence_name),
        block_on_counter_regression: settings.block_on_counter_regression,
        otp: otp(settings.failures),
    }
}

fn remember_me(remember_me: RememberMe) -> wire::RememberMe {
    wire::RememberMe {
        web: wire::RememberMeWeb {
            enabled: remember_me.enabled,
            life_time: duration(remember_me.life_time),
        },
    }
}
