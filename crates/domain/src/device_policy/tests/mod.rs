//! The rules of policies, on a document with every member that is changed in one place at a time.

mod members;
mod ranges;
mod storage;
mod values;

use countersign_desktop_protocol::Development;
use serde_json::{Value, json};

use super::PolicyRequest;

pub(super) fn period(duration: i64, unit: &str) -> Value {
    json!({"duration": duration, "timeUnit": unit})
}

pub(super) fn failure(minutes: i64) -> Value {
    json!({"count": 3, "coolDown": period(minutes, "MINUTES")})
}

pub(super) fn address() -> Value {
    json!({"enabled": true, "otp": {"failure": failure(0), "lifeTime": period(30, "MINUTES")}})
}

pub(super) fn token() -> Value {
    json!({"enabled": true, "otp": {"failure": failure(2)}})
}

/// A policy of mandatory members only.
pub(super) fn least() -> Value {
    json!({
        "name": "Staff", "default": false, "sms": address(), "voice": address(),
        "email": address(), "mobile": token(), "totp": token(),
    })
}

/// A policy with every member that there is.
pub(super) fn full() -> Value {
    let mut policy = least();
    for method in ["sms", "voice", "email", "totp"] {
        set(
            &mut policy,
            &format!("{method}.pairingDisabled"),
            json!(false),
        );
        set(
            &mut policy,
            &format!("{method}.promptForNicknameOnPairing"),
            json!(true),
        );
    }
    for (path, value) in [
        (
            "authentication",
            json!({"deviceSelection": "PROMPT_TO_SELECT"}),
        ),
        ("newDeviceNotification", json!("NONE")),
        ("ignoreUserLock", json!(true)),
        (
            "notificationsPolicy",
            json!({"id": "00000000-0000-0000-0000-00000000000c"}),
        ),
        ("blockUsersWithDisabledMfa", json!(true)),
        ("blockDisabledUsers", json!(true)),
        ("forSignOnPolicy", json!(true)),
        ("sms.otp.otpLength", json!(8)),
        ("whatsApp", address()),
        ("mobile.promptForNicknameOnPairing", json!(true)),
        (
            "mobile.otp.window",
            json!({"stepSize": period(30, "SECONDS")}),
        ),
        ("mobile.applications", applications()),
        ("totp.passcodeGracePeriod", json!(3)),
        (
            "totp.uriParameters",
            json!({"issuer": "Example", "image": "https://example.org/i.png"}),
        ),
        (
            "fido2",
            json!({
                "enabled": true, "fido2PolicyId": "00000000-0000-0000-0000-00000000000d",
                "failure": {"count": 4, "coolDown": period(150, "SECONDS")}, "pairingDisabled": true,
            }),
        ),
        ("oathToken", token()),
        ("yubikey", token()),
        (
            "desktop",
            json!({
                "enabled": true, "otp": {"failure": failure(2)},
                "pairingKeyLifetime": period(12, "HOURS"),
            }),
        ),
        (
            "pingIdDesktopGen2",
            json!({
                "enabled": true, "otp": {"failure": failure(2)}, "pairingDisabled": false,
                "promptForNicknameOnPairing": true, "relyingPartyId": "example.org",
                "allowedOrigins": ["https://login.example.org", "https://example.org:8443"],
                "userVerification": "PREFERRED", "minKeyProtection": "TPM", "evidence": "REQUIRED",
                "blockOnCounterRegression": false,
            }),
        ),
        (
            "rememberMe",
            json!({"web": {"enabled": true, "lifeTime": period(90, "DAYS")}}),
        ),
    ] {
        set(&mut policy, path, value);
    }
    policy
}

/// An organization's own app, and the built-in one.
fn applications() -> Value {
    let own_app = json!({
        "id": "00000000-0000-0000-0000-00000000000a",
        "push": {"enabled": true, "numberMatching": {"enabled": true}},
        "otp": {"enabled": true},
        "pushTimeout": period(120, "SECONDS"),
        "pairingKeyLifetime": period(24, "HOURS"),
        "pushLimit": {
            "count": 4, "timePeriod": period(20, "MINUTES"), "lockDuration": period(1800, "SECONDS"),
        },
        "deviceAuthorization": {"enabled": true, "extraVerification": "permissive"},
        "autoEnrollment": {"enabled": true},
        "integrityDetection": "restrictive",
        "pairingDisabled": true,
        "newRequestDurationConfiguration": {
            "deviceTimeout": period(25, "SECONDS"), "totalTimeout": period(40, "SECONDS"),
        },
    });
    let built_in_app = json!({
        "id": "00000000-0000-0000-0000-00000000000b",
        "type": "pingIdAppConfig",
        "push": {"enabled": true},
        "pushTimeout": period(1, "SECONDS"),
        "biometricsEnabled": true,
        "ipPairingConfiguration": {
            "anyIPAdress": false, "onlyTheseIpAddresses": ["192.0.2.0/24", "198.51.100.7"],
        },
    });
    json!([own_app, built_in_app])
}

/// Sets the member at a path such as `mobile.applications[0].push`.
pub(super) fn set(policy: &mut Value, path: &str, value: Value) {
    let pointer = format!(
        "/{}",
        path.replace('[', ".").replace(']', "").replace('.', "/")
    );
    if let Some(place) = policy.pointer_mut(&pointer) {
        *place = value;
        return;
    }
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    policy.pointer_mut(parent).unwrap()[name] = value;
}

pub(super) fn remove(policy: &mut Value, path: &str) {
    let pointer = format!(
        "/{}",
        path.replace('[', ".").replace(']', "").replace('.', "/")
    );
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    policy
        .pointer_mut(parent)
        .unwrap()
        .as_object_mut()
        .unwrap()
        .remove(name)
        .unwrap();
}

pub(super) type Faults = Vec<(String, String)>;

pub(super) fn read_as(policy: &Value, development: Development) -> Result<PolicyRequest, Faults> {
    PolicyRequest::read(policy.as_object().unwrap(), development).map_err(|faults| {
        let pair = |fault: crate::violations::Violation| {
            (
                fault.code.as_str().to_owned(),
                fault.target.unwrap_or_default(),
            )
        };
        faults.into_iter().map(pair).collect()
    })
}

pub(super) fn read(policy: &Value) -> Result<PolicyRequest, Faults> {
    read_as(policy, Development::No)
}

pub(super) fn one(code: &str, target: &str) -> Faults {
    vec![(code.to_owned(), target.to_owned())]
}
