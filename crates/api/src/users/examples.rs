//! Example bodies for the OpenAPI document.

use serde_json::{Value, json};

const USERS: &str =
    "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/users";
const USER: &str = "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/users/3a3b1c8e-6b1f-4d3e-9b0a-3c1d5a0f7e21";

/// A body that creates a user.
pub(super) fn body() -> Value {
    json!({
        "username": "alex.lee",
        "email": "alex.lee@example.com",
        "name": {"given": "Alex", "family": "Lee"},
        "population": {"id": "c8f4a1d2-5b3e-4f60-9a7d-1e2f3a4b5c6d"}
    })
}

/// A user.
pub(super) fn user() -> Value {
    json!({
        "_links": {
            "self": {"href": USER},
            "environment": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"},
            "population": {"href": "https://mfa.example.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/populations/c8f4a1d2-5b3e-4f60-9a7d-1e2f3a4b5c6d"},
            "devices": {"href": format!("{USER}/devices")}
        },
        "id": "3a3b1c8e-6b1f-4d3e-9b0a-3c1d5a0f7e21",
        "environment": {"id": "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"},
        "account": {"canAuthenticate": true, "status": "OK"},
        "createdAt": "2026-02-01T08:00:00.000Z",
        "email": "alex.lee@example.com",
        "emailVerified": false,
        "enabled": true,
        "identityProvider": {"type": "PING_ONE"},
        "lifecycle": {"status": "ACCOUNT_OK"},
        "mfaEnabled": true,
        "name": {"given": "Alex", "family": "Lee"},
        "population": {"id": "c8f4a1d2-5b3e-4f60-9a7d-1e2f3a4b5c6d"},
        "updatedAt": "2026-02-01T08:00:00.000Z",
        "username": "alex.lee",
        "verifyStatus": "NOT_INITIATED"
    })
}

/// A locked user.
pub(super) fn locked() -> Value {
    let mut locked = user();
    if let Some(account) = locked.get_mut("account") {
        *account = json!({
            "canAuthenticate": false,
            "status": "LOCKED",
            "lockedAt": "2026-02-17T13:34:34.840Z",
            "unlockAt": "2026-02-17T14:34:34.840Z",
            "secondsUntilUnlock": 3600
        });
    }
    locked
}

/// A page of users.
pub(super) fn page() -> Value {
    let mut item = user();
    if let Some(links) = item.get_mut("_links") {
        *links = json!({"self": {"href": USER}});
    }
    json!({
        "_links": {
            "self": {"href": format!("{USERS}?limit=1")},
            "next": {"href": format!("{USERS}?cursor=AAAGS…&limit=1")}
        },
        "_embedded": {"users": [item]},
        "count": 17,
        "size": 1
    })
}

/// A part of a user, with the member that it is about.
pub(super) fn part(path: &str, member: &str, value: Value) -> Value {
    let mut part = json!({
        "_links": {"self": {"href": format!("{USER}/{path}")}, "user": {"href": USER}}
    });
    if let Some(members) = part.as_object_mut() {
        members.insert(member.to_owned(), value);
    }
    part
}
