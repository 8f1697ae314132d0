//! The rules of device authentications as a caller meets them.
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
use countersign_testkit::desktop::{SoftDesktop, forge, opened};
use countersign_testkit::protocol::assertion::Assertion;
use countersign_testkit::protocol::origin::Origin;
use countersign_testkit::server::Answer;
use serde_json::{Value, json};

/// A user with a desktop.
async fn paired() -> (Scene, SoftDesktop, String) {
    let scene = Scene::new().await;
    let mut desktop = scene.server.desktop();
    let (path, _) = scene.pair(&mut desktop, scene.server.world.user).await;
    (scene, desktop, path)
}

fn id_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

async fn start(scene: &Scene) -> (Answer, String) {
    let started = scene
        .start(&json!({"user": {"id": scene.server.world.user}}))
        .await;
    assert_eq!(started.summary(), "201");
    let path = scene.authentication(&started);
    (started, path)
}

#[tokio::test]
async fn what_a_start_may_say() {
    let (scene, _, device) = paired().await;
    let world = &scene.server.world;
    let absent = "00000000-0000-4000-8000-000000000001";
    let device = id_of(&device);
    let with = |changes: Value| {
        let mut body = json!({"user": {"id": world.user}});
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    for (changes, expected) in [
        (json!({}), "201"),
        (json!({"unknown": 1, "webAuthn": {"challenge": 7}}), "201"),
        (json!({"compatibility": "NONE"}), "201"),
        (json!({"selectedDevice": {"id": device}}), "201"),
        (json!({"device": {"id": device}}), "201"),
        (json!({"rp": {"id": "example.com"}}), "201"),
        (
            json!({"notification": {"template": {"name": "transaction", "variables": {"sum": "7"}}}}),
            "201",
        ),
        (
            json!({"user": {}}),
            "400 INVALID_DATA [REQUIRED_VALUE user.id]",
        ),
        (
            json!({"user": "x"}),
            "400 INVALID_DATA [INVALID_VALUE user]",
        ),
        (
            json!({"user": {"id": "x"}}),
            "400 INVALID_DATA [INVALID_VALUE user.id]",
        ),
        (
            json!({"user": {"id": absent}}),
            "400 INVALID_DATA [INVALID_VALUE user.id]",
        ),
        (
            json!({"user": {"id": world.other_environment_user}}),
            "400 INVALID_DATA [INVALID_VALUE user.id]",
        ),
        (
            json!({"policy": {"id": absent}}),
            "400 INVALID_DATA [INVALID_VALUE policy.id]",
        ),
        (
            json!({"application": {"id": absent}}),
            "400 INVALID_DATA [INVALID_VALUE application.id]",
        ),
        (
            json!({"selectedDevice": {"id": absent}}),
            "400 INVALID_DATA [INVALID_VALUE selectedDevice.id]",
        ),
        (
            json!({"selectedDevice": {"id": "x"}}),
            "400 INVALID_DATA [INVALID_VALUE selectedDevice.id]",
        ),
        (
            json!({"selectedDevice": {"id": device, "oneTime": {"type": "EMAIL"}}}),
            "400 INVALID_DATA [INVALID_VALUE selectedDevice]",
        ),
        (
            json!({"selectedDevice": {"oneTime": {"type": "EMAIL", "email": "a@example.com"}}}),
            "400 INVALID_DATA [INVALID_VALUE selectedDevice.oneTime.type]",
        ),
        (
            json!({"mobilePayload": "x"}),
            "400 INVALID_DATA [INVALID_VALUE mobilePayload]",
        ),
        (
            json!({"compatibility": "MOST"}),
            "400 INVALID_DATA [INVALID_VALUE compatibility]",
        ),
        (
            json!({"rp": {"id": "com"}}),
            "400 INVALID_DATA [INVALID_VALUE rp.id]",
        ),
        (
            json!({"notification": {"template": {"name": 7, "variables": {"a": 1}}}}),
            "400 INVALID_DATA [INVALID_VALUE notification.template.name, \
             INVALID_VALUE notification.template.variables]",
        ),
        (
            json!({"user": {"id": "x"}, "policy": {"id": "x"}, "rp": {"id": 7}}),
            "400 INVALID_DATA [INVALID_VALUE user.id, INVALID_VALUE policy.id, INVALID_VALUE rp.id]",
        ),
    ] {
        let answer = scene.start(&with(changes.clone())).await;
        assert_eq!(answer.summary(), expected, "{changes}");
    }
}

#[tokio::test]
async fn a_user_without_devices_fails_from_the_start() {
    let scene = Scene::new().await;
    let user = scene.server.world.user;
    let answer = scene.start(&json!({"user": {"id": user}})).await;
    assert_eq!(answer.summary(), "201");
    let mut redactor = scene.redactor();
    insta::assert_json_snapshot!("no_usable_devices", redactor.redact(&answer.body));
    let path = scene.authentication(&answer);
    let again = scene
        .action(&path, "device.select", &json!({"device": {"id": user}}))
        .await;
    assert_eq!(again.summary(), "400 INVALID_REQUEST");
    assert!(again.body["message"].as_str().unwrap().contains("FAILED"));
}

#[tokio::test]
async fn selecting_devices() {
    let (scene, mut desktop, first) = paired().await;
    scene.server.clock.advance_seconds(1);
    let (second, _) = scene.pair(&mut desktop, scene.server.world.user).await;
    let (started, path) = start(&scene).await;
    // The first in order is the default one.
    assert_eq!(started.body["selectedDevice"]["id"], id_of(&first));
    for (body, expected) in [
        (json!({}), "400 INVALID_DATA [REQUIRED_VALUE device.id]"),
        (
            json!({"device": {}}),
            "400 INVALID_DATA [REQUIRED_VALUE device.id]",
        ),
        (
            json!({"device": "x"}),
            "400 INVALID_DATA [INVALID_VALUE device]",
        ),
        (
            json!({"device": {"id": "x"}}),
            "400 INVALID_DATA [INVALID_VALUE device.id]",
        ),
        (
            json!({"device": {"id": "00000000-0000-4000-8000-000000000001"}}),
            "400 INVALID_DATA [INVALID_VALUE device.id]",
        ),
        (json!({"selectedDevice": {"id": id_of(&second)}}), "200"),
        (json!({"device": {"id": id_of(&second)}}), "200"),
    ] {
        let answer = scene.action(&path, "device.select", &body).await;
        assert_eq!(answer.summary(), expected, "{body}");
    }
    // The challenge of the former choice is void.
    let old = desktop.authenticate(options(&started), ORIGIN).unwrap();
    let answer = scene.check(&path, &old).await;
    assert_eq!(
        answer.summary(),
        "400 INVALID_DATA [INVALID_ASSERTION assertion]"
    );
    let now = scene.get(&path).await;
    assert_eq!(now.body["selectedDevice"]["id"], id_of(&second));
    let good = desktop.authenticate(options(&now), ORIGIN).unwrap();
    assert_eq!(scene.check(&path, &good).await.body["status"], "COMPLETED");

    let blocked = scene.action(&first, "device.block", &json!({})).await;
    assert_eq!(blocked.summary(), "200");
    let (started, path) = start(&scene).await;
    assert_eq!(started.body["selectedDevice"]["id"], id_of(&second));
    assert_eq!(
        started.body["_embedded"]["blockedDevices"][0]["id"],
        id_of(&first)
    );
    let body = json!({"device": {"id": id_of(&first)}});
    let answer = scene.action(&path, "device.select", &body).await;
    assert_eq!(
        answer.summary(),
        "400 INVALID_DATA [INVALID_VALUE device.id]"
    );
}

#[tokio::test]
async fn what_a_check_may_say() {
    let (scene, mut desktop, _) = paired().await;
    let (started, path) = start(&scene).await;
    let assertion = desktop.authenticate(options(&started), ORIGIN).unwrap();
    for (body, expected) in [
        (
            json!({}),
            "400 INVALID_DATA [REQUIRED_VALUE assertion, REQUIRED_VALUE origin]",
        ),
        (
            json!({"origin": ORIGIN}),
            "400 INVALID_DATA [REQUIRED_VALUE assertion]",
        ),
        (
            json!({"assertion": assertion}),
            "400 INVALID_DATA [REQUIRED_VALUE origin]",
        ),
        (
            json!({"assertion": {"id": "x"}, "origin": ORIGIN}),
            "400 INVALID_DATA [INVALID_VALUE assertion]",
        ),
        (
            json!({"assertion": "hello", "origin": ORIGIN}),
            "400 INVALID_DATA [INVALID_VALUE assertion]",
        ),
        (
            json!({"assertion": "", "origin": ""}),
            "400 INVALID_DATA [EMPTY_VALUE assertion, EMPTY_VALUE origin]",
        ),
        (
            json!({"assertion": assertion, "origin": "not a url"}),
            "400 INVALID_DATA [INVALID_VALUE origin]",
        ),
    ] {
        for _ in 0..3 {
            let answer = scene.action(&path, "assertion.check", &body).await;
            assert_eq!(answer.summary(), expected, "{body}");
        }
    }
    for action in ["otp.check", "cancel.push.authentication"] {
        let answer = scene.action(&path, action, &json!({"otp": "1"})).await;
        assert_eq!(answer.summary(), "400 INVALID_REQUEST", "{action}");
        assert!(
            answer.body["message"]
                .as_str()
                .unwrap()
                .contains("ASSERTION_REQUIRED")
        );
    }
    // None of that counted. A path in the origin is ignored.
    let body = json!({"assertion": assertion, "origin": format!("{ORIGIN}/page?x=1")});
    let answer = scene.action(&path, "assertion.check", &body).await;
    assert_eq!(answer.summary(), "200");
}

#[tokio::test]
async fn wrong_assertions_count_lock_and_are_forgiven() {
    let (scene, mut desktop, device) = paired().await;
    let (started, path) = start(&scene).await;
    let mut bad = |started: &Answer| {
        desktop
            .authenticate_with(options(started), ORIGIN, |claims| {
                claims.nonce = "x".to_owned();
            })
            .unwrap()
    };
    for left in [2, 1, 0] {
        let assertion = bad(&started);
        let answer = scene.check(&path, &assertion).await;
        assert_eq!(
            answer.summary(),
            "400 INVALID_DATA [INVALID_ASSERTION assertion]"
        );
        assert_eq!(
            answer.body["details"][0]["innerError"],
            json!({"attemptsRemaining": left})
        );
    }
    let failed = scene.get(&path).await;
    assert_eq!(failed.body["status"], "FAILED");
    assert_eq!(failed.body["error"]["code"], "ASSERTION_ATTEMPTS_EXCEEDED");
    let locked = scene.get(&device).await;
    assert_eq!(locked.body["lock"]["status"], "LOCKED");
    assert_eq!(locked.body["lock"]["reason"], "ASSERTION");
    assert!(locked.body["lock"]["expiresAt"].is_string());
    assert_eq!(locked.body["status"], "ACTIVE");

    // A locked device: named it is refused, unnamed it is unavailable.
    let user = scene.server.world.user;
    let body = json!({"user": {"id": user}, "selectedDevice": {"id": id_of(&device)}});
    let answer = scene.start(&body).await;
    assert_eq!(answer.summary(), "400 REQUEST_FAILED [LIMIT_EXCEEDED]");
    let inner = &answer.body["details"][0]["innerError"];
    assert_eq!(inner["deliveryMethod"], "PINGID_DESKTOP_GEN2");
    assert!(inner["coolDownExpiresAt"].as_i64().unwrap() > 1_700_000_000_000);
    let answer = scene.start(&json!({"user": {"id": user}})).await;
    assert_eq!(answer.body["status"], "FAILED");
    assert_eq!(
        answer.body["error"]["unavailableDevices"],
        json!([{"id": id_of(&device)}])
    );
    // An administrator ends the lock; time would too.
    let unlocked = scene.action(&device, "device.unlock", &json!({})).await;
    assert_eq!(unlocked.body["lock"], json!({"status": "UNLOCKED"}));
    let (started, path) = start(&scene).await;
    let assertion = desktop.authenticate(options(&started), ORIGIN).unwrap();
    assert_eq!(scene.check(&path, &assertion).await.summary(), "200");

    let (started, path) = start(&scene).await;
    for _ in 0..3 {
        let assertion = desktop
            .authenticate_with(options(&started), ORIGIN, |claims| claims.uv = false)
            .unwrap();
        scene.check(&path, &assertion).await;
    }
    assert_eq!(scene.get(&device).await.body["lock"]["status"], "LOCKED");
    scene.server.clock.advance_seconds(120);
    assert_eq!(
        scene.get(&device).await.body["lock"],
        json!({"status": "UNLOCKED"})
    );
    let (started, path) = start(&scene).await;
    let assertion = desktop.authenticate(options(&started), ORIGIN).unwrap();
    assert_eq!(scene.check(&path, &assertion).await.summary(), "200");
}

#[tokio::test]
async fn bent_assertions_are_refused() {
    type Bend = fn(&mut Assertion);
    let bends: &[(&str, Bend)] = &[
        ("nonce", |claims| claims.nonce = "AAAA".to_owned()),
        ("rqh", |claims| claims.rqh = "AAAA".to_owned()),
        ("authn", |claims| claims.authn = uuid::Uuid::from_u128(1)),
        ("sub", |claims| {
            claims.sub = "00000000-0000-4000-8000-000000000001".to_owned();
        }),
        ("aud", |claims| {
            claims.aud = "https://other.test/as".to_owned();
        }),
        ("rp", |claims| claims.rp.id = "example.org".to_owned()),
        ("uv", |claims| claims.uv = false),
        ("up", |claims| claims.up = false),
        ("signed origin", |claims| {
            claims.origin = Origin::parse("https://other.example.com").unwrap();
        }),
        ("expired", |claims| {
            claims.iat = claims.iat.plus_seconds(-3600);
            claims.exp = claims.exp.plus_seconds(-3600);
        }),
        ("counter", |claims| claims.ctr = 0),
        ("counter that cannot be kept", |claims| {
            claims.ctr = i64::MAX.unsigned_abs() + 1;
        }),
        ("largest counter", |claims| claims.ctr = u64::MAX),
    ];
    for (name, bend) in bends {
        let (scene, mut desktop, device) = paired().await;
        scene.server.clock.advance_seconds(60);
        let (started, path) = start(&scene).await;
        let jwt = desktop
            .authenticate_with(options(&started), ORIGIN, bend)
            .unwrap();
        let answer = scene.check(&path, &jwt).await;
        assert_eq!(
            answer.summary(),
            "400 INVALID_DATA [INVALID_ASSERTION assertion]",
            "{name}"
        );
        if *name == "counter" {
            // A copied software key: the device is blocked.
            assert_eq!(scene.get(&device).await.body["block"]["status"], "BLOCKED");
            continue;
        }
        assert_eq!(
            answer.body["details"][0]["innerError"],
            json!({"attemptsRemaining": 2})
        );
        assert_eq!(
            scene.get(&path).await.body["status"],
            "ASSERTION_REQUIRED",
            "{name}"
        );
        let jwt = desktop.authenticate(options(&started), ORIGIN).unwrap();
        assert_eq!(scene.check(&path, &jwt).await.summary(), "200", "{name}");
    }
}

#[tokio::test]
async fn an_origin_that_the_relying_party_does_not_cover() {
    let (scene, mut desktop, _) = paired().await;
    for origin in [
        "https://notexample.com",
        "https://example.com.evil.test",
        "http://app.example.com",
        "https://example.org",
    ] {
        let (started, path) = start(&scene).await;
        let assertion = desktop.authenticate(options(&started), origin).unwrap();
        let body = json!({"origin": origin, "assertion": assertion});
        let answer = scene.action(&path, "assertion.check", &body).await;
        assert_eq!(
            answer.summary(),
            "400 INVALID_DATA [INVALID_ASSERTION assertion]",
            "{origin}"
        );
        // Truth sets the count back.
        let assertion = desktop.authenticate(options(&started), ORIGIN).unwrap();
        assert_eq!(scene.check(&path, &assertion).await.summary(), "200");
    }
}

#[tokio::test]
async fn forged_assertions_are_refused() {
    let (scene, mut desktop, _) = paired().await;
    let mut stranger = scene.server.desktop();
    let created = scene.create(scene.server.world.other_user).await;
    stranger.register(options(&created), ORIGIN).unwrap();
    for case in 0..6 {
        let (started, path) = start(&scene).await;
        let good = desktop.authenticate(options(&started), ORIGIN).unwrap();
        let (header, claims) = opened(&good).unwrap();
        let key = &desktop.credentials.last().unwrap().key;
        let with = |name: &str, value: Value| {
            let mut header = header.clone();
            header[name] = value;
            header.to_string()
        };
        let text = claims.to_string();
        let other_key = &stranger.credentials.last().unwrap().key;
        let forged = match case {
            0 => forge(&with("typ", json!("desktop-attestation+jwt")), &text, key).unwrap(),
            1 => forge(&with("alg", json!("none")), &text, key).unwrap(),
            2 => forge(&with("jwk", json!({})), &text, key).unwrap(),
            3 => forge(
                &with("kid", json!(stranger.credentials[0].kid())),
                &text,
                other_key,
            )
            .unwrap(),
            4 => forge(&header.to_string(), &text, other_key).unwrap(),
            _ => forge(
                &header.to_string(),
                &text.replacen('{', "{\"nonce\":\"x\",", 1),
                key,
            )
            .unwrap(),
        };
        let answer = scene.check(&path, &forged).await;
        assert_eq!(answer.status, 400, "case {case}: {}", answer.summary());
        assert_eq!(answer.body["code"], "INVALID_DATA", "case {case}");
        assert_eq!(
            answer.body["details"][0]["target"], "assertion",
            "case {case}"
        );
        assert_eq!(
            scene.check(&path, &good).await.summary(),
            "200",
            "case {case}"
        );
    }
}

#[tokio::test]
async fn an_assertion_is_good_for_one_authentication() {
    let (scene, mut desktop, _) = paired().await;
    let (first, first_path) = start(&scene).await;
    let (_, second_path) = start(&scene).await;
    let assertion = desktop.authenticate(options(&first), ORIGIN).unwrap();
    let answer = scene.check(&second_path, &assertion).await;
    assert_eq!(
        answer.summary(),
        "400 INVALID_DATA [INVALID_ASSERTION assertion]"
    );
    assert_eq!(scene.check(&first_path, &assertion).await.summary(), "200");
    let again = scene.check(&first_path, &assertion).await;
    assert_eq!(again.summary(), "400 INVALID_REQUEST");
    assert!(
        again.body["message"]
            .as_str()
            .unwrap()
            .contains("COMPLETED")
    );
}

#[tokio::test]
async fn a_blocked_device_cannot_answer_an_open_request() {
    let (scene, mut desktop, device) = paired().await;
    let (started, path) = start(&scene).await;
    let assertion = desktop.authenticate(options(&started), ORIGIN).unwrap();
    assert_eq!(
        scene
            .action(&device, "device.block", &json!({}))
            .await
            .summary(),
        "200"
    );
    let answer = scene.check(&path, &assertion).await;
    assert_eq!(
        answer.summary(),
        "400 INVALID_DATA [INVALID_ASSERTION assertion]"
    );
    let answer = scene
        .start(&json!({"user": {"id": scene.server.world.user}}))
        .await;
    assert_eq!(answer.body["status"], "FAILED");
    assert_eq!(
        answer.body["_embedded"]["blockedDevices"][0]["id"],
        id_of(&device)
    );
}

#[tokio::test]
async fn lives_of_options_and_authentications() {
    let (scene, mut desktop, _) = paired().await;
    let (started, path) = start(&scene).await;
    scene.server.clock.advance_seconds(120);
    let late = desktop.authenticate(options(&started), ORIGIN).unwrap();
    let answer = scene.check(&path, &late).await;
    assert_eq!(
        answer.summary(),
        "400 INVALID_DATA [INVALID_ASSERTION assertion]"
    );
    // A new challenge helps.
    let device = started.body["selectedDevice"].clone();
    let fresh = scene
        .action(&path, "device.select", &json!({"device": device}))
        .await;
    let assertion = desktop.authenticate(options(&fresh), ORIGIN).unwrap();
    assert_eq!(scene.check(&path, &assertion).await.summary(), "200");
    // A finished one can be read for a quarter of an hour.
    scene.server.clock.advance_seconds(15 * 60 - 1);
    assert_eq!(scene.get(&path).await.summary(), "200");
    scene.server.clock.advance_seconds(1);
    assert_eq!(scene.get(&path).await.summary(), "404 NOT_FOUND");
    let absent = format!(
        "{}/{}",
        scene.server.authentications(),
        uuid::Uuid::from_u128(1)
    );
    assert_eq!(scene.get(&absent).await.summary(), "404 NOT_FOUND");
    let no_uuid = format!("{}/x", scene.server.authentications());
    assert_eq!(scene.get(&no_uuid).await.summary(), "404 NOT_FOUND");
}

#[tokio::test]
async fn at_most_ten_are_open() {
    let (scene, _, _) = paired().await;
    for _ in 0..10 {
        start(&scene).await;
    }
    let answer = scene
        .start(&json!({"user": {"id": scene.server.world.user}}))
        .await;
    assert_eq!(answer.summary(), "400 REQUEST_FAILED [LIMIT_EXCEEDED]");
}

#[tokio::test]
async fn the_first_check_of_many_at_once_wins() {
    let (scene, mut desktop, _) = paired().await;
    let (started, path) = start(&scene).await;
    let assertion = desktop.authenticate(options(&started), ORIGIN).unwrap();
    let body = json!({"origin": ORIGIN, "assertion": assertion});
    let calls = (0..100).map(|_| scene.action(&path, "assertion.check", &body));
    let answers = futures_util::future::join_all(calls).await;
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(won, 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!(answer.summary(), "400 INVALID_REQUEST");
    }
    // The losers did not count.
    let (started, path) = start(&scene).await;
    let bad = desktop
        .authenticate_with(options(&started), ORIGIN, |claims| {
            claims.nonce = "x".to_owned();
        })
        .unwrap();
    let answer = scene.check(&path, &bad).await;
    assert_eq!(
        answer.body["details"][0]["innerError"],
        json!({"attemptsRemaining": 2})
    );
}
