//! Example bodies for the OpenAPI document.

use serde_json::{Value, json};

/// A device that waits for activation, as the creation answers it.
pub(super) fn created() -> Value {
    let mut device = pending();
    if let Some(members) = device.as_object_mut() {
        members.insert(
            "pingIdDesktopCredentialCreationOptions".to_owned(),
            json!("eyJhbGciOiJFUzI1NiIsInR5cCI6Ii4uLiJ9.eyJub25jZSI6Ii4uLiJ9.c2lnbmF0dXJl"),
        );
    }
    device
}

fn pending() -> Value {
    json!({
        "_links": {
            "self": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/users/3a3b1c8e-6b1f-4d3e-9b0a-3c1d5a0f7e21/devices/0783541c-a172-8d40-0783-541ca1728d40"},
            "environment": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"},
            "user": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/users/3a3b1c8e-6b1f-4d3e-9b0a-3c1d5a0f7e21"},
            "device.activate": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/users/3a3b1c8e-6b1f-4d3e-9b0a-3c1d5a0f7e21/devices/0783541c-a172-8d40-0783-541ca1728d40"}
        },
        "rp": {"id": "example.com", "name": "example.com"},
        "id": "0783541c-a172-8d40-0783-541ca1728d40",
        "environment": {"id": "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"},
        "user": {"id": "3a3b1c8e-6b1f-4d3e-9b0a-3c1d5a0f7e21"},
        "type": "PINGID_DESKTOP_GEN2",
        "lock": {"status": "UNLOCKED"},
        "block": {"status": "UNBLOCKED"},
        "status": "ACTIVATION_REQUIRED",
        "createdAt": "2026-02-17T13:34:34.840Z",
        "updatedAt": "2026-02-17T13:34:34.840Z"
    })
}

/// An active device.
pub(super) fn active() -> Value {
    json!({
        "_links": {
            "self": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/users/3a3b1c8e-6b1f-4d3e-9b0a-3c1d5a0f7e21/devices/0783541c-a172-8d40-0783-541ca1728d40"},
            "environment": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"},
            "user": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/users/3a3b1c8e-6b1f-4d3e-9b0a-3c1d5a0f7e21"}
        },
        "rp": {"id": "example.com", "name": "example.com"},
        "id": "0783541c-a172-8d40-0783-541ca1728d40",
        "environment": {"id": "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"},
        "user": {"id": "3a3b1c8e-6b1f-4d3e-9b0a-3c1d5a0f7e21"},
        "type": "PINGID_DESKTOP_GEN2",
        "nickname": "Desktop Mac 1",
        "lock": {"status": "UNLOCKED"},
        "block": {"status": "UNBLOCKED"},
        "status": "ACTIVE",
        "createdAt": "2026-02-17T13:34:34.840Z",
        "updatedAt": "2026-02-17T13:36:33.257Z",
        "os": {"version": "15.7.3", "type": "MAC"},
        "model": {},
        "application": {
            "id": "941d6390-ec3a-4bf4-858a-949c47ccd36e",
            "nativeName": "PingID Desktop",
            "version": "1.0.0",
            "pushSandbox": false
        },
        "unitId": "4d764d06-6aa5-4c15-ac8c-4df655cbf867"
    })
}

/// An active device that is blocked.
pub(super) fn blocked() -> Value {
    let mut device = active();
    if let Some(members) = device.as_object_mut() {
        members.insert(
            "block".to_owned(),
            json!({"status": "BLOCKED", "blockedAt": "2026-02-20T14:25:07.044Z"}),
        );
    }
    device
}

/// A user's devices, with their order.
pub(super) fn list() -> Value {
    json!({
        "_links": {
            "self": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/users/3a3b1c8e-6b1f-4d3e-9b0a-3c1d5a0f7e21/devices?expand=order"},
            "devices.reorder": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/users/3a3b1c8e-6b1f-4d3e-9b0a-3c1d5a0f7e21/devices"}
        },
        "_embedded": {
            "devices": [active()],
            "order": [{"id": "0783541c-a172-8d40-0783-541ca1728d40"}]
        },
        "count": 1,
        "size": 1
    })
}
