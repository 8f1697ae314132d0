//! What is over is removed, and nothing else is.
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
use serde_json::json;

#[tokio::test]
async fn a_sweep_removes_what_is_over_and_says_whether_more_is() {
    let scene = Scene::new().await;
    let server = &scene.server;
    let devices = server.devices(server.world.user);
    let body = json!({
        "type": "PINGID_DESKTOP_GEN2",
        "status": "ACTIVATION_REQUIRED",
        "rp": {"id": "example.com"},
    });
    let token = server.token(server.world.admin).await.unwrap();
    let create = || {
        server
            .call("POST", devices.clone())
            .token(&token)
            .json(&body)
    };
    for _ in 0..3 {
        assert_eq!(create().send().await.unwrap().status, 201);
    }
    let count = || server.rows("SELECT id FROM devices");

    server.clock.advance_seconds(24 * 3600 - 1);
    let swept = server.engine.sweep(5).await.unwrap();
    assert_eq!((swept.rows, swept.more), (0, false));
    assert_eq!(count().await.unwrap().len(), 3);

    // A younger one stays.
    let token = server.token(server.world.admin).await.unwrap();
    let younger = server
        .call("POST", devices.clone())
        .token(&token)
        .json(&body);
    assert_eq!(younger.send().await.unwrap().status, 201);
    server.clock.advance_seconds(1);
    let swept = server.engine.sweep(5).await.unwrap();
    assert_eq!((swept.rows, swept.more), (3, false));
    assert_eq!(count().await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_authentication_goes_when_its_time_is_over() {
    let scene = Scene::new().await;
    let server = &scene.server;
    let token = server.token(server.world.admin).await.unwrap();
    let start = server.call("POST", server.authentications()).token(&token);
    assert_eq!(
        start
            .json(&json!({"rp": {"id": "example.com"}}))
            .send()
            .await
            .unwrap()
            .status,
        201
    );
    server.clock.advance_seconds(15 * 60);
    assert_eq!(server.engine.sweep(1).await.unwrap().rows, 1);
    assert_eq!(server.engine.sweep(1).await.unwrap().rows, 0);
}
