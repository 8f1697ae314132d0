//! Pair a desktop, sign in with it: every body of the way.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

mod common;

use common::{ORIGIN, Scene, options};
use serde_json::json;

#[tokio::test]
async fn pair_and_sign_in() {
    let scene = Scene::new().await;
    let user = scene.server.world.user;
    let mut desktop = scene.server.desktop();
    let mut redactor = scene.redactor();

    let created = scene.create(user).await;
    assert_eq!(created.summary(), "201");
    let device = scene.device(user, &created);
    assert_eq!(
        created.header("location"),
        format!("https://api.mfa.test{device}")
    );
    insta::assert_json_snapshot!("created", redactor.redact(&created.body));

    scene.server.clock.advance_seconds(20);
    let attestation = desktop.register(options(&created), ORIGIN).unwrap();
    let body = json!({"attestation": attestation});
    let activated = scene.action(&device, "device.activate", &body).await;
    assert_eq!(activated.summary(), "200");
    insta::assert_json_snapshot!("activated", redactor.redact(&activated.body));

    let read = scene.get(&device).await;
    assert_eq!(read.body, activated.body);
    let read = scene.get(format!("{device}?expand=keyProtection")).await;
    assert_eq!(
        read.body["keyProtection"],
        json!({"type": "SOFTWARE", "verified": false})
    );

    let list = scene
        .get(format!("{}?expand=order", scene.server.devices(user)))
        .await;
    insta::assert_json_snapshot!("list", redactor.redact(&list.body));

    scene.server.clock.advance_seconds(20);
    let started = scene.start(&json!({"user": {"id": user}})).await;
    assert_eq!(started.summary(), "201");
    let path = scene.authentication(&started);
    assert_eq!(
        started.header("location"),
        format!("https://auth.mfa.test{path}")
    );
    insta::assert_json_snapshot!("started", redactor.redact(&started.body));
    assert_eq!(scene.get(&path).await.body, started.body);

    scene.server.clock.advance_seconds(5);
    let assertion = desktop.authenticate(options(&started), ORIGIN).unwrap();
    let checked = scene.check(&path, &assertion).await;
    assert_eq!(checked.summary(), "200");
    insta::assert_json_snapshot!("completed", redactor.redact(&checked.body));
    assert_eq!(
        checked.body["authenticators"],
        json!(["desktop", "mfa", "user"])
    );

    // The assertion is spent: an action that the status does not allow, and not counted.
    assert_eq!(
        scene.check(&path, &assertion).await.summary(),
        "400 INVALID_REQUEST"
    );

    assert_eq!(scene.delete(&device).await.summary(), "204");
    assert_eq!(scene.get(&device).await.summary(), "404 NOT_FOUND");
}

#[tokio::test]
async fn sign_in_by_relying_party_alone() {
    let scene = Scene::new().await;
    let user = scene.server.world.user;
    let mut desktop = scene.server.desktop();
    scene.pair(&mut desktop, user).await;
    let started = scene.start(&json!({"rp": {"id": "example.com"}})).await;
    assert_eq!(started.summary(), "201");
    assert_eq!(started.body["status"], "ASSERTION_REQUIRED");
    assert!(started.body.get("user").is_none());
    assert!(started.body["_links"].get("device.select").is_none());
    let path = scene.authentication(&started);
    let assertion = desktop.authenticate(options(&started), ORIGIN).unwrap();
    let checked = scene.check(&path, &assertion).await;
    assert_eq!(checked.summary(), "200");
    assert_eq!(checked.body["status"], "COMPLETED");
    assert_eq!(checked.body["user"]["id"], user.to_string());
}
