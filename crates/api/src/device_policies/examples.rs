//! Examples for the OpenAPI document.

use serde_json::{Value, json};

const ENVIRONMENT: &str =
    "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6";
const ID: &str = "9b3d1f52-0f5e-4f0c-8a07-4a8a3f1b6a10";

fn failure(minutes: u32) -> Value {
    json!({"count": 3, "coolDown": {"duration": minutes, "timeUnit": "MINUTES"}})
}

fn address(enabled: bool) -> Value {
    let life_time = json!({"duration": 30, "timeUnit": "MINUTES"});
    json!({
        "enabled": enabled,
        "otp": {"failure": failure(0), "lifeTime": life_time, "otpLength": 6}
    })
}

fn token(enabled: bool) -> Value {
    json!({"enabled": enabled, "otp": {"failure": failure(2)}})
}

/// A request that creates or replaces a policy.
pub(super) fn request() -> Value {
    json!({
        "name": "Staff",
        "default": false,
        "authentication": {"deviceSelection": "PROMPT_TO_SELECT"},
        "sms": address(false),
        "voice": address(false),
        "email": address(true),
        "mobile": token(false),
        "totp": token(true),
        "pingIdDesktopGen2": {
            "enabled": true,
            "relyingPartyId": "example.com",
            "otp": {"failure": failure(2)}
        }
    })
}

/// The answer to it.
pub(super) fn policy() -> Value {
    let time = "2026-06-25T12:57:01.574Z";
    let web = json!({"enabled": false, "lifeTime": {"duration": 30, "timeUnit": "DAYS"}});
    json!({
        "_links": {
            "self": {"href": format!("{ENVIRONMENT}/deviceAuthenticationPolicies/{ID}")},
            "environment": {"href": ENVIRONMENT},
            "applications": {"href": format!("{ENVIRONMENT}/deviceAuthenticationPolicies/{ID}/applications")},
            "fido2": {"href": format!("{ENVIRONMENT}/fido2Policies/2f0c4a9e-7b58-4c1d-93e6-5d8b7a6c4e21")}
        },
        "id": ID,
        "environment": {"id": "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"},
        "name": "Staff",
        "authentication": {"deviceSelection": "PROMPT_TO_SELECT"},
        "notificationsPolicy": {},
        "newDeviceNotification": "EMAIL_THEN_SMS",
        "sms": address(false),
        "voice": address(false),
        "email": address(true),
        "mobile": {"enabled": false, "otp": {"failure": failure(2)}, "applications": []},
        "totp": {"enabled": true, "otp": {"failure": failure(2)}, "passcodeGracePeriod": 5},
        "oathToken": token(false),
        "rememberMe": {"web": web},
        "pingIdDesktopGen2": {
            "enabled": true,
            "relyingPartyId": "example.com",
            "otp": {"failure": failure(2)}
        },
        "ignoreUserLock": false,
        "forSignOnPolicy": false,
        "blockUsersWithDisabledMfa": false,
        "updatedAt": time,
        "createdAt": time,
        "default": false
    })
}

/// A page of policies.
pub(super) fn list() -> Value {
    json!({
        "_links": {
            "self": {"href": format!("{ENVIRONMENT}/deviceAuthenticationPolicies")},
            "environment": {"href": ENVIRONMENT}
        },
        "_embedded": {"deviceAuthenticationPolicies": [policy()]},
        "count": 1,
        "size": 1
    })
}
