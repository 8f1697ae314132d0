//! MFA settings through the whole router: read, put, reset, and what follows from them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

mod common;

use common::Scene;
use serde_json::{Value, json};

fn settings(scene: &Scene) -> String {
    format!(
        "/v1/environments/{}/mfaSettings",
        scene.server.world.environment
    )
}

/// Without links, environment and time.
fn content(body: &Value) -> Value {
    let mut content = body.clone();
    for name in ["_links", "environment", "updatedAt"] {
        content.as_object_mut().unwrap().remove(name).unwrap();
    }
    content
}

fn defaults() -> Value {
    json!({
        "pairing": {"maxAllowedDevices": 5, "pairingKeyFormat": "ALPHANUMERIC"},
        "authentication": {"deviceSelection": "DEFAULT_TO_FIRST"},
        "phoneExtensions": {"enabled": false},
        "users": {"mfaEnabled": true},
    })
}

#[tokio::test]
async fn put_read_and_reset() {
    let scene = Scene::new().await;
    let path = settings(&scene);
    let first = scene.get(&path).await;
    assert_eq!(first.summary(), "200");
    assert_eq!(content(&first.body), defaults());

    let full = json!({
        "pairing": {"maxAllowedDevices": "10", "pairingKeyFormat": "NUMERIC"},
        "lockout": {"failureCount": 6, "durationSeconds": 1200},
        "authentication": {"deviceSelection": "PROMPT_TO_SELECT"},
        "phoneExtensions": {"enabled": true},
        "users": {"mfaEnabled": false},
        "updatedAt": "of no account",
    });
    scene.server.clock.advance_seconds(90);
    let put = scene.put(&path, &full).await;
    assert_eq!(put.summary(), "200");
    insta::assert_json_snapshot!("put", scene.redactor().redact(&put.body));
    assert_eq!(scene.get(&path).await.body, put.body);
    assert_eq!(
        scene.put(&path, &put.body).await.body,
        put.body,
        "what was read, put back"
    );

    let partly = scene
        .put(&path, &json!({"lockout": {"failureCount": 3}}))
        .await;
    let mut expected = defaults();
    expected["lockout"] = json!({"failureCount": 3});
    assert_eq!(
        content(&partly.body),
        expected,
        "what is left out is back at its default"
    );

    let reset = scene.delete(&path).await;
    assert_eq!(reset.summary(), "200");
    assert_eq!(content(&reset.body), defaults());
    assert_eq!(scene.get(&path).await.body, reset.body);
    let actions = scene.server.recorded_actions().await.unwrap();
    assert_eq!(
        actions
            .iter()
            .filter(|action| *action == "MFA_SETTINGS.UPDATED")
            .count(),
        4
    );
}

#[tokio::test]
async fn what_is_refused() {
    let scene = Scene::new().await;
    let path = settings(&scene);
    for (body, expected) in [
        (
            json!({"pairing": {"maxAllowedDevices": 0}}),
            "[INVALID_VALUE pairing.maxAllowedDevices]",
        ),
        (
            json!({"pairing": {"maxAllowedDevices": 16}}),
            "[INVALID_VALUE pairing.maxAllowedDevices]",
        ),
        (
            json!({"pairing": {"pairingKeyFormat": "HEX"}}),
            "[INVALID_VALUE pairing.pairingKeyFormat]",
        ),
        (
            json!({"lockout": {"durationSeconds": 31_536_001}}),
            "[REQUIRED_VALUE lockout.failureCount, INVALID_VALUE lockout.durationSeconds]",
        ),
        (
            json!({"lockout": {"failureCount": 101}}),
            "[INVALID_VALUE lockout.failureCount]",
        ),
        (
            json!({"users": {"mfaEnabled": "yes"}}),
            "[INVALID_VALUE users.mfaEnabled]",
        ),
        (
            json!({"authentication": {"deviceSelection": "ALWAYS_DISPLAY_DEVICES"}}),
            "[INVALID_VALUE authentication.deviceSelection]",
        ),
    ] {
        let answer = scene.put(&path, &body).await;
        assert_eq!(
            answer.summary(),
            format!("400 INVALID_DATA {expected}"),
            "{body}"
        );
    }
    assert_eq!(content(&scene.get(&path).await.body), defaults());
    let call = scene.server.call("PUT", &path).token(&scene.token);
    assert_eq!(
        call.bytes(b"7").send().await.unwrap().summary(),
        "400 INVALID_REQUEST"
    );
    assert_eq!(
        scene.post(&path, &json!({})).await.summary(),
        "405 INVALID_REQUEST"
    );
}

#[tokio::test]
async fn the_device_limit_acts_at_once() {
    let scene = Scene::new().await;
    let user = scene.server.world.user;
    let mut desktop = scene.server.desktop();
    scene.pair(&mut desktop, user).await;
    let one = json!({"pairing": {"maxAllowedDevices": 1}});
    assert_eq!(scene.put(settings(&scene), &one).await.summary(), "200");
    let refused = scene.create(user).await;
    assert_eq!(refused.summary(), "400 REQUEST_FAILED [LIMIT_EXCEEDED]");
    assert_eq!(
        refused.body["details"][0]["innerError"],
        json!({"maximumAllowed": 1})
    );
    assert_eq!(scene.delete(settings(&scene)).await.summary(), "200");
    assert_eq!(scene.create(user).await.summary(), "201");
}
