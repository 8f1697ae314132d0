//! What policies, settings and the user's account do to devices and to sign-ins.
#![allow(
    clippy::assigning_clones,
    clippy::too_many_lines,
    clippy::similar_names,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

mod common;

use common::{ORIGIN, Scene, options};
use countersign_testkit::desktop::SoftDesktop;
use countersign_testkit::server::Answer;
use serde_json::{Value, json};

async fn paired() -> (Scene, SoftDesktop, String) {
    let scene = Scene::new().await;
    let mut desktop = scene.server.desktop();
    let (path, _) = scene.pair(&mut desktop, scene.server.world.user).await;
    (scene, desktop, path)
}

fn environment_path(scene: &Scene, rest: &str) -> String {
    format!("/v1/environments/{}/{rest}", scene.server.world.environment)
}

fn user_path(scene: &Scene, rest: &str) -> String {
    environment_path(scene, &format!("users/{}{rest}", scene.server.world.user))
}

async fn start(scene: &Scene) -> Answer {
    scene
        .start(&json!({"user": {"id": scene.server.world.user}}))
        .await
}

fn bad(desktop: &mut SoftDesktop, started: &Answer) -> String {
    desktop
        .authenticate_with(options(started), ORIGIN, |claims| {
            claims.nonce = "x".to_owned();
        })
        .unwrap()
}

/// Changes the default policy's part for desktops.
async fn change_desktop_policy(scene: &Scene, change: impl Fn(&mut Value)) {
    let list = scene
        .get(environment_path(scene, "deviceAuthenticationPolicies"))
        .await;
    let policies = list.body["_embedded"]["deviceAuthenticationPolicies"]
        .as_array()
        .unwrap();
    let mut policy = policies
        .iter()
        .find(|policy| policy["default"] == true)
        .unwrap()
        .clone();
    change(&mut policy["pingIdDesktopGen2"]);
    let id = policy["id"].as_str().unwrap().to_owned();
    let path = environment_path(scene, &format!("deviceAuthenticationPolicies/{id}"));
    let answer = scene.put(path, &policy).await;
    assert_eq!(answer.summary(), "200", "{}", answer.body);
}

#[tokio::test]
async fn a_user_who_may_not_use_mfa_cannot_start() {
    let (scene, mut desktop, _) = paired().await;
    let refused = "400 INVALID_DATA [INVALID_VALUE user.id]";
    for switch in ["enabled", "mfaEnabled"] {
        let open = start(&scene).await;
        let path = scene.authentication(&open);
        let assertion = desktop.authenticate(options(&open), ORIGIN).unwrap();
        let switch_path = user_path(&scene, &format!("/{switch}"));
        let answer = scene.put(&switch_path, &json!({switch: false})).await;
        assert_eq!(answer.summary(), "200");
        assert_eq!(start(&scene).await.summary(), refused, "{switch}");
        // One that was open already does not succeed either.
        let answer = scene.check(&path, &assertion).await;
        assert_eq!(
            answer.summary(),
            "400 INVALID_DATA [INVALID_ASSERTION assertion]",
            "{switch}"
        );
        assert_eq!(
            scene
                .put(&switch_path, &json!({switch: true}))
                .await
                .summary(),
            "200"
        );
        let again = scene
            .check(
                &path,
                &desktop.authenticate(options(&open), ORIGIN).unwrap(),
            )
            .await;
        assert_eq!(again.summary(), "200", "{switch}");
    }
    // Pairing does not need it.
    let off = json!({"mfaEnabled": false});
    assert_eq!(
        scene
            .put(user_path(&scene, "/mfaEnabled"), &off)
            .await
            .summary(),
        "200"
    );
    assert_eq!(scene.create(scene.server.world.user).await.summary(), "201");
}

#[tokio::test]
async fn a_locked_account_fails_from_the_start() {
    let (scene, mut desktop, _) = paired().await;
    let open = start(&scene).await;
    let open_path = scene.authentication(&open);
    let user = user_path(&scene, "");
    let locked = scene.action(&user, "account.lock", &json!({})).await;
    assert_eq!(locked.summary(), "200");
    let failed = start(&scene).await;
    assert_eq!(failed.summary(), "201");
    assert_eq!(failed.body["status"], "FAILED");
    assert_eq!(failed.body["error"]["code"], "USER_LOCKED");
    assert!(failed.body["_links"].get("device.select").is_none());
    let assertion = desktop.authenticate(options(&open), ORIGIN).unwrap();
    let answer = scene.check(&open_path, &assertion).await;
    assert_eq!(answer.status, 400, "{}", answer.summary());
    assert_eq!(
        scene
            .action(&user, "account.unlock", &json!({}))
            .await
            .summary(),
        "200"
    );
    let started = start(&scene).await;
    let path = scene.authentication(&started);
    let assertion = desktop.authenticate(options(&started), ORIGIN).unwrap();
    assert_eq!(scene.check(&path, &assertion).await.summary(), "200");
}

#[tokio::test]
async fn failures_over_all_devices_lock_the_account() {
    let (scene, mut desktop, _) = paired().await;
    let path = environment_path(&scene, "mfaSettings");
    let mut settings = scene.get(&path).await.body;
    settings["lockout"] = json!({"failureCount": 2, "durationSeconds": 600});
    assert_eq!(scene.put(&path, &settings).await.summary(), "200");
    let started = start(&scene).await;
    let authentication = scene.authentication(&started);
    for _ in 0..2 {
        let assertion = bad(&mut desktop, &started);
        scene.check(&authentication, &assertion).await;
    }
    let failed = start(&scene).await;
    assert_eq!(failed.body["error"]["code"], "USER_LOCKED");
    scene.server.clock.advance_seconds(600);
    let started = start(&scene).await;
    assert_eq!(started.body["status"], "ASSERTION_REQUIRED");
}

#[tokio::test]
async fn a_method_that_the_policy_switches_off() {
    let (scene, _, _) = paired().await;
    change_desktop_policy(&scene, |desktop| desktop["pairingDisabled"] = json!(true)).await;
    let refused = "400 INVALID_DATA [INVALID_VALUE type]";
    assert_eq!(
        scene.create(scene.server.world.user).await.summary(),
        refused
    );
    // Paired devices go on.
    assert_eq!(start(&scene).await.body["status"], "ASSERTION_REQUIRED");
    change_desktop_policy(&scene, |desktop| desktop["enabled"] = json!(false)).await;
    assert_eq!(
        scene.create(scene.server.world.user).await.summary(),
        refused
    );
    let failed = start(&scene).await;
    assert_eq!(failed.body["status"], "FAILED");
    assert_eq!(failed.body["error"]["code"], "NO_USABLE_DEVICES");
    let nobody = scene.start(&json!({"rp": {"id": "example.com"}})).await;
    assert_eq!(
        nobody.summary(),
        "400 INVALID_DATA [REQUIRED_VALUE user.id]"
    );
}

#[tokio::test]
async fn two_sign_ins_that_cross_are_a_conflict_and_not_counted() {
    let (scene, mut desktop, device) = paired().await;
    let (first, second) = (start(&scene).await, start(&scene).await);
    let (first_path, second_path) = (scene.authentication(&first), scene.authentication(&second));
    let earlier = desktop.authenticate(options(&first), ORIGIN).unwrap();
    let later = desktop.authenticate(options(&second), ORIGIN).unwrap();
    assert_eq!(scene.check(&second_path, &later).await.summary(), "200");
    assert_eq!(
        scene.check(&first_path, &earlier).await.summary(),
        "409 CONFLICT"
    );
    let read = scene.get(&device).await;
    assert_eq!(read.body["block"]["status"], "UNBLOCKED");
    // A new challenge is the way out, and the failure count is as it was.
    let body = json!({"device": first.body["selectedDevice"]});
    let again = scene.action(&first_path, "device.select", &body).await;
    let assertion = bad(&mut desktop, &again);
    let answer = scene.check(&first_path, &assertion).await;
    assert_eq!(
        answer.body["details"][0]["innerError"],
        json!({"attemptsRemaining": 2})
    );
    let assertion = desktop.authenticate(options(&again), ORIGIN).unwrap();
    assert_eq!(scene.check(&first_path, &assertion).await.summary(), "200");
}

#[tokio::test]
async fn failures_without_a_user_count_on_the_authentication() {
    let (scene, mut desktop, device) = paired().await;
    let started = scene.start(&json!({"rp": {"id": "example.com"}})).await;
    let path = scene.authentication(&started);
    // The signature does not verify: nobody's device is to blame.
    let good = desktop.authenticate(options(&started), ORIGIN).unwrap();
    let cut = good.rfind('.').unwrap();
    let forged = format!("{}.{}", &good[..cut], "A".repeat(86));
    let answer = scene.check(&path, &forged).await;
    assert_eq!(
        answer.summary(),
        "400 INVALID_DATA [INVALID_ASSERTION assertion]"
    );
    assert_eq!(scene.get(&device).await.body["lock"]["status"], "UNLOCKED");
    let answer = scene.check(&path, &forged).await;
    assert_eq!(
        answer.summary(),
        "400 INVALID_DATA [INVALID_ASSERTION assertion]"
    );
    scene.check(&path, &forged).await;
    let failed = scene.get(&path).await;
    assert_eq!(failed.body["status"], "FAILED");
    assert_eq!(failed.body["error"]["code"], "ASSERTION_ATTEMPTS_EXCEEDED");
    assert_eq!(scene.get(&device).await.body["lock"]["status"], "UNLOCKED");
}

#[tokio::test]
async fn what_lies_beyond_a_relying_party_is_not_used() {
    let (scene, _, _) = paired().await;
    let user = scene.server.world.user;
    let answer = scene
        .start(&json!({"user": {"id": user}, "rp": {"id": "example.org"}}))
        .await;
    assert_eq!(answer.body["status"], "FAILED");
    assert_eq!(answer.body["error"]["code"], "NO_USABLE_DEVICES");
}

#[tokio::test]
async fn exact_origins_of_the_policy() {
    let scene = Scene::new().await;
    change_desktop_policy(&scene, |desktop| {
        desktop["allowedOrigins"] = json!(["https://login.example.com"]);
    })
    .await;
    let user = scene.server.world.user;
    let mut desktop = scene.server.desktop();
    let created = scene.create(user).await;
    let path = scene.device(user, &created);
    let sibling = desktop.register(options(&created), ORIGIN).unwrap();
    let answer = scene
        .action(&path, "device.activate", &json!({"attestation": sibling}))
        .await;
    assert_eq!(
        answer.summary(),
        "400 INVALID_DATA [INVALID_VALUE attestation]"
    );
    let exact = desktop
        .register(options(&created), "https://login.example.com")
        .unwrap();
    let answer = scene
        .action(&path, "device.activate", &json!({"attestation": exact}))
        .await;
    assert_eq!(answer.summary(), "200");
}
