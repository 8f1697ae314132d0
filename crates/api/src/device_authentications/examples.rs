//! Example bodies for the OpenAPI document.

use serde_json::{Value, json};

const OWN: &str = "https://mfa.example.com/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/deviceAuthentications/0fa68b44-1e4d-430d-8c79-9e90553e228b";

fn device() -> Value {
    json!({
        "id": "0783541c-a172-8d40-0783-541ca1728d40",
        "type": "PINGID_DESKTOP_GEN2",
        "status": "ACTIVE",
        "usableStatus": {"status": "ENABLED"},
        "nickname": "Desktop Mac 1",
        "os": {"version": "15.7.3", "type": "MAC"},
        "model": {},
        "application": {
            "id": "941d6390-ec3a-4bf4-858a-949c47ccd36e",
            "nativeName": "PingID Desktop",
            "version": "1.0.0",
            "pushSandbox": false
        },
        "rp": {"id": "example.com", "name": "example.com"},
        "credentialId": "eb003515-06bb-4fe0-b1a1-09d98550e55f",
        "unitId": "4d764d06-6aa5-4c15-ac8c-4df655cbf867"
    })
}

/// An assertion is awaited.
pub(super) fn assertion_required() -> Value {
    json!({
        "_links": {
            "self": {"href": OWN},
            "device.select": {"href": OWN},
            "assertion.check": {"href": OWN}
        },
        "_embedded": {"devices": [device()], "blockedDevices": []},
        "id": "0fa68b44-1e4d-430d-8c79-9e90553e228b",
        "environment": {"id": "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"},
        "status": "ASSERTION_REQUIRED",
        "policy": {"id": "9b3d1f52-0f5e-4f0c-8a07-4a8a3f1b6a10"},
        "selectedDevice": {"id": "0783541c-a172-8d40-0783-541ca1728d40"},
        "user": {"id": "3a3b1c8e-6b1f-4d3e-9b0a-3c1d5a0f7e21"},
        "pingIdDesktopCredentialRequestOptions":
            "eyJhbGciOiJFUzI1NiIsInR5cCI6Ii4uLiJ9.eyJub25jZSI6Ii4uLiJ9.c2lnbmF0dXJl",
        "bypassAllowed": false,
        "createdAt": "2026-02-17T14:44:09.650Z",
        "updatedAt": "2026-02-17T14:44:09.650Z",
        "userBypassEnabled": false
    })
}

/// The factor is proven.
pub(super) fn completed() -> Value {
    json!({
        "_links": {"self": {"href": OWN}},
        "_embedded": {"devices": [device()], "blockedDevices": []},
        "id": "0fa68b44-1e4d-430d-8c79-9e90553e228b",
        "environment": {"id": "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"},
        "status": "COMPLETED",
        "policy": {"id": "9b3d1f52-0f5e-4f0c-8a07-4a8a3f1b6a10"},
        "selectedDevice": {"id": "0783541c-a172-8d40-0783-541ca1728d40"},
        "user": {"id": "3a3b1c8e-6b1f-4d3e-9b0a-3c1d5a0f7e21"},
        "pingIdDesktopCredentialRequestOptions":
            "eyJhbGciOiJFUzI1NiIsInR5cCI6Ii4uLiJ9.eyJub25jZSI6Ii4uLiJ9.c2lnbmF0dXJl",
        "bypassAllowed": false,
        "authenticators": ["desktop", "mfa", "user"],
        "createdAt": "2026-02-17T14:44:09.650Z",
        "updatedAt": "2026-02-17T14:45:36.473Z",
        "userBypassEnabled": false
    })
}
