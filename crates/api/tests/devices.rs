//! The rules of devices as a caller meets them.
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
use countersign_testkit::desktop::{forge, opened};
use serde_json::{Value, json};

fn desktop_body(changes: &Value) -> Value {
    let mut body = json!({
        "type": "PINGID_DESKTOP_GEN2",
        "status": "ACTIVATION_REQUIRED",
        "rp": {"id": "example.com", "name": "example.com"},
    });
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

#[tokio::test]
async fn what_a_creation_may_say() {
    let scene = Scene::new().await;
    let devices = scene.server.devices(scene.server.world.user);
    for (changes, expected) in [
        (json!({}), "201"),
        (json!({"unknown": {"a": [1]}}), "201"),
        (json!({"lock": {"status": "LOCKED"}, "block": 7}), "201"),
        (json!({"nickname": "x".repeat(100)}), "201"),
        (json!({"nickname": ""}), "201"),
        (json!({"nickname": null, "policy": null}), "201"),
        (json!({"rp": {}}), "201"),
        (json!({"rp": null}), "201"),
        (
            json!({"type": null}),
            "400 INVALID_DATA [REQUIRED_VALUE type]",
        ),
        (
            json!({"type": "TYPEWRITER"}),
            "400 INVALID_DATA [INVALID_VALUE type]",
        ),
        (json!({"type": 7}), "400 INVALID_DATA [INVALID_VALUE type]"),
        (
            json!({"type": "MOBILE"}),
            "400 INVALID_DATA [INVALID_VALUE type]",
        ),
        (
            json!({"type": "EMAIL"}),
            "400 INVALID_DATA [INVALID_VALUE type]",
        ),
        (
            json!({"status": null}),
            "400 INVALID_DATA [REQUIRED_VALUE status]",
        ),
        (
            json!({"status": "ACTIVE"}),
            "400 INVALID_DATA [INVALID_VALUE status]",
        ),
        (
            json!({"status": "ASLEEP"}),
            "400 INVALID_DATA [INVALID_VALUE status]",
        ),
        (
            json!({"nickname": "x".repeat(101)}),
            "400 INVALID_DATA [SIZE_LIMIT_EXCEEDED nickname]",
        ),
        (
            json!({"nickname": 7}),
            "400 INVALID_DATA [INVALID_VALUE nickname]",
        ),
        (
            json!({"policy": "x"}),
            "400 INVALID_DATA [INVALID_VALUE policy]",
        ),
        (
            json!({"policy": {}}),
            "400 INVALID_DATA [REQUIRED_VALUE policy.id]",
        ),
        (
            json!({"policy": {"id": "x"}}),
            "400 INVALID_DATA [INVALID_VALUE policy.id]",
        ),
        (
            json!({"policy": {"id": "00000000-0000-4000-8000-000000000001"}}),
            "400 INVALID_DATA [INVALID_VALUE policy.id]",
        ),
        (json!({"rp": "x"}), "400 INVALID_DATA [INVALID_VALUE rp]"),
        (
            json!({"rp": {"id": "com"}}),
            "400 INVALID_DATA [INVALID_VALUE rp.id]",
        ),
        (
            json!({"rp": {"id": "192.0.2.1"}}),
            "400 INVALID_DATA [INVALID_VALUE rp.id]",
        ),
        (
            json!({"rp": {"id": "EXAMPLE.com"}}),
            "400 INVALID_DATA [INVALID_VALUE rp.id]",
        ),
        (
            json!({"type": "X", "nickname": 7, "rp": {"id": 7}}),
            "400 INVALID_DATA [INVALID_VALUE type, INVALID_VALUE nickname, INVALID_VALUE rp.id]",
        ),
    ] {
        let answer = scene.post(&devices, &desktop_body(&changes)).await;
        assert_eq!(answer.summary(), expected, "{changes}");
        if answer.status == 201 {
            let path = scene.device(scene.server.world.user, &answer);
            assert_eq!(scene.delete(path).await.summary(), "204");
        }
    }
    let answer = scene
        .post(&devices, &desktop_body(&json!({"type": "TYPEWRITER"})))
        .await;
    let allowed = &answer.body["details"][0]["innerError"]["allowedValues"];
    assert!(
        allowed
            .as_array()
            .unwrap()
            .contains(&json!("PINGID_DESKTOP_GEN2"))
    );
    let answer = scene
        .post(
            &devices,
            &desktop_body(&json!({"nickname": "x".repeat(101)})),
        )
        .await;
    assert_eq!(answer.body["details"][0]["innerError"]["maximumValue"], 100);
}

#[tokio::test]
async fn what_an_activation_may_say() {
    let scene = Scene::new().await;
    let user = scene.server.world.user;
    let created = scene.create(user).await;
    let path = scene.device(user, &created);
    for (body, expected) in [
        (json!({}), "400 INVALID_DATA [REQUIRED_VALUE attestation]"),
        (
            json!({"attestation": null}),
            "400 INVALID_DATA [REQUIRED_VALUE attestation]",
        ),
        (
            json!({"attestation": ""}),
            "400 INVALID_DATA [EMPTY_VALUE attestation]",
        ),
        (
            json!({"attestation": {}}),
            "400 INVALID_DATA [INVALID_VALUE attestation]",
        ),
        (
            json!({"attestation": 7, "nickname": "x".repeat(101)}),
            "400 INVALID_DATA [INVALID_VALUE attestation, SIZE_LIMIT_EXCEEDED nickname]",
        ),
        // Not even a JWS: refused, not counted.
        (
            json!({"attestation": "hello"}),
            "400 INVALID_DATA [INVALID_VALUE attestation]",
        ),
    ] {
        for _ in 0..3 {
            let answer = scene.action(&path, "device.activate", &body).await;
            assert_eq!(answer.summary(), expected, "{body}");
        }
    }
    // All of that left the device as it was.
    let mut desktop = scene.server.desktop();
    let attestation = desktop.register(options(&created), ORIGIN).unwrap();
    let body = json!({"attestation": attestation, "nickname": "Mine"});
    let call = scene
        .server
        .call("PUT", &path)
        .token(&scene.token)
        .action("device.activate");
    let activated = call.json(&body).send().await.unwrap();
    assert_eq!(activated.summary(), "200");
    assert_eq!(activated.body["nickname"], "Mine");
    let again = scene.action(&path, "device.activate", &body).await;
    assert_eq!(
        again.summary(),
        "400 REQUEST_FAILED [CONSTRAINT_VIOLATION status]"
    );
    // The state comes before the members.
    let again = scene.action(&path, "device.activate", &json!({})).await;
    assert_eq!(
        again.summary(),
        "400 REQUEST_FAILED [CONSTRAINT_VIOLATION status]"
    );
}

#[tokio::test]
async fn wrong_attestations_count_until_none_is_left() {
    let scene = Scene::new().await;
    let user = scene.server.world.user;
    let created = scene.create(user).await;
    let path = scene.device(user, &created);
    let mut desktop = scene.server.desktop();
    let good = desktop.register(options(&created), ORIGIN).unwrap();
    let bad = desktop
        .register_with(options(&created), ORIGIN, |claims| {
            claims.nonce = "other".to_owned();
        })
        .unwrap();
    for left in [2, 1, 0] {
        let answer = scene
            .action(&path, "device.activate", &json!({"attestation": bad}))
            .await;
        assert_eq!(
            answer.summary(),
            "400 INVALID_DATA [INVALID_VALUE attestation]"
        );
        assert_eq!(
            answer.body["details"][0]["innerError"],
            json!({"attemptsRemaining": left})
        );
        assert_eq!(scene.get(&path).await.body["status"], "ACTIVATION_REQUIRED");
    }
    let answer = scene
        .action(&path, "device.activate", &json!({"attestation": good}))
        .await;
    assert_eq!(answer.summary(), "400 REQUEST_FAILED [LIMIT_EXCEEDED]");
}

#[tokio::test]
async fn bent_attestations_are_refused() {
    use countersign_testkit::protocol::KeyProtection;
    use countersign_testkit::protocol::attestation::Attestation;
    use countersign_testkit::protocol::origin::Origin;
    type Bend = fn(&mut Attestation);
    let bends: &[(&str, Bend)] = &[
        ("nonce", |claims| claims.nonce = "AAAA".to_owned()),
        ("rqh", |claims| claims.rqh = "AAAA".to_owned()),
        ("sub", |claims| {
            claims.sub = "00000000-0000-4000-8000-000000000001".to_owned();
        }),
        ("aud", |claims| {
            claims.aud = "https://other.test/as".to_owned();
        }),
        ("rp", |claims| claims.rp.id = "example.org".to_owned()),
        ("uv", |claims| claims.uv = false),
        ("counter that cannot be kept", |claims| {
            claims.ctr = i64::MAX.unsigned_abs() + 1;
        }),
        ("up", |claims| claims.up = false),
        ("sibling", |claims| {
            claims.origin = Origin::parse("https://example.org").unwrap();
        }),
        ("lookalike", |claims| {
            claims.origin = Origin::parse("https://notexample.com").unwrap();
        }),
        ("suffix", |claims| {
            claims.origin = Origin::parse("https://example.com.evil.test").unwrap();
        }),
        ("plain http", |claims| {
            claims.origin = Origin::parse("http://app.example.com").unwrap();
        }),
        ("expired", |claims| {
            claims.iat = claims.iat.plus_seconds(-3600);
            claims.exp = claims.exp.plus_seconds(-3600);
        }),
        ("ahead", |claims| {
            claims.iat = claims.iat.plus_seconds(3600);
            claims.exp = claims.exp.plus_seconds(3600);
        }),
    ];
    let scene = Scene::new().await;
    let user = scene.server.world.user;
    let refused = "400 INVALID_DATA [INVALID_VALUE attestation]";
    for (name, bend) in bends {
        let created = scene.create(user).await;
        let path = scene.device(user, &created);
        let mut desktop = scene.server.desktop();
        let jwt = desktop
            .register_with(options(&created), ORIGIN, bend)
            .unwrap();
        let answer = scene
            .action(&path, "device.activate", &json!({"attestation": jwt}))
            .await;
        assert_eq!(answer.summary(), refused, "{name}");
        // Truth is still accepted, and a claim about hardware without proof stays a claim.
        let jwt = desktop
            .register_with(options(&created), ORIGIN, |claims| {
                claims.key_protection = KeyProtection::Tpm;
            })
            .unwrap();
        let answer = scene
            .action(&path, "device.activate", &json!({"attestation": jwt}))
            .await;
        assert_eq!(answer.summary(), "200", "{name}");
        let read = scene.get(format!("{path}?expand=keyProtection")).await;
        assert_eq!(
            read.body["keyProtection"],
            json!({"type": "TPM", "verified": false})
        );
        assert_eq!(scene.delete(&path).await.summary(), "204");
    }
}

#[tokio::test]
async fn forged_attestations_are_refused() {
    let scene = Scene::new().await;
    let user = scene.server.world.user;
    let refused = "400 INVALID_DATA [INVALID_VALUE attestation]";
    let mut desktop = scene.server.desktop();
    let mut other = scene.server.desktop();
    for case in 0..8 {
        let created = scene.create(user).await;
        let path = scene.device(user, &created);
        let good = desktop.register(options(&created), ORIGIN).unwrap();
        let (header, claims) = opened(&good).unwrap();
        let stranger = other.register(options(&created), ORIGIN).unwrap();
        let (stranger_header, stranger_claims) = opened(&stranger).unwrap();
        let key = &desktop.credentials.last().unwrap().key;
        let with = |name: &str, value: Value| {
            let mut header = header.clone();
            header[name] = value;
            header.to_string()
        };
        let text = claims.to_string();
        let forged = match case {
            // Another type of JWT.
            0 => forge(&with("typ", json!("desktop-assertion+jwt")), &text, key).unwrap(),
            // The algorithm is not the sender's to choose.
            1 => forge(&with("alg", json!("none")), &text, key).unwrap(),
            2 => forge(&with("alg", json!("HS256")), &text, key).unwrap(),
            // Keys in headers are not looked at; they are refused.
            3 => forge(&with("jwk", claims["cnf"]["jwk"].clone()), &text, key).unwrap(),
            4 => forge(&with("crit", json!(["x"])), &text, key).unwrap(),
            // Somebody else's key in the claims, somebody else's name in the header.
            5 => {
                let mut swapped = claims.clone();
                swapped["cnf"] = stranger_claims["cnf"].clone();
                forge(&header.to_string(), &swapped.to_string(), key).unwrap()
            }
            6 => forge(&with("kid", stranger_header["kid"].clone()), &text, key).unwrap(),
            // Right in everything but the signature.
            _ => {
                let cut = good.rfind('.').unwrap();
                format!(
                    "{}{}",
                    &good[..cut],
                    &stranger[stranger.rfind('.').unwrap()..]
                )
            }
        };
        let answer = scene
            .action(&path, "device.activate", &json!({"attestation": forged}))
            .await;
        assert_eq!(answer.summary(), refused, "case {case}");
        let answer = scene
            .action(&path, "device.activate", &json!({"attestation": good}))
            .await;
        assert_eq!(answer.summary(), "200", "case {case}");
        assert_eq!(scene.delete(&path).await.summary(), "204");
    }
}

#[tokio::test]
async fn an_attestation_is_good_for_one_device_of_one_user() {
    let scene = Scene::new().await;
    let (user, other) = (scene.server.world.user, scene.server.world.other_user);
    let first = scene.create(user).await;
    let second = scene.create(user).await;
    let others = scene.create(other).await;
    let mut desktop = scene.server.desktop();
    let attestation = desktop.register(options(&first), ORIGIN).unwrap();
    let body = json!({"attestation": attestation});
    let refused = "400 INVALID_DATA [INVALID_VALUE attestation]";
    let path = scene.device(user, &second);
    assert_eq!(
        scene
            .action(&path, "device.activate", &body)
            .await
            .summary(),
        refused
    );
    let path = scene.device(other, &others);
    assert_eq!(
        scene
            .action(&path, "device.activate", &body)
            .await
            .summary(),
        refused
    );
    // Another user's path does not reach the device.
    let path = scene.device(other, &first);
    assert_eq!(
        scene
            .action(&path, "device.activate", &body)
            .await
            .summary(),
        "404 NOT_FOUND"
    );
    let path = scene.device(user, &first);
    assert_eq!(
        scene
            .action(&path, "device.activate", &body)
            .await
            .summary(),
        "200"
    );
}

#[tokio::test]
async fn options_and_pending_devices_expire() {
    let scene = Scene::new().await;
    let user = scene.server.world.user;
    let created = scene.create(user).await;
    let path = scene.device(user, &created);
    let mut desktop = scene.server.desktop();
    scene.server.clock.advance_seconds(300);
    let attestation = desktop.register(options(&created), ORIGIN).unwrap();
    let answer = scene
        .action(
            &path,
            "device.activate",
            &json!({"attestation": attestation}),
        )
        .await;
    assert_eq!(
        answer.summary(),
        "400 INVALID_DATA [INVALID_VALUE attestation]"
    );
    assert_eq!(scene.get(&path).await.summary(), "200");
    scene.server.clock.advance_seconds(24 * 3600 - 300);
    let token = scene.server.token(scene.server.world.admin).await.unwrap();
    let answer = scene
        .server
        .call("GET", &path)
        .token(&token)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.summary(), "404 NOT_FOUND");
}

#[tokio::test]
async fn block_unblock_unlock() {
    let scene = Scene::new().await;
    let user = scene.server.world.user;
    let pending = scene.create(user).await;
    let pending = scene.device(user, &pending);
    let answer = scene.action(&pending, "device.block", &json!({})).await;
    assert_eq!(
        answer.summary(),
        "400 REQUEST_FAILED [CONSTRAINT_VIOLATION status]"
    );
    assert_eq!(
        scene
            .action(&pending, "device.unblock", &json!({}))
            .await
            .summary(),
        "200"
    );
    assert_eq!(
        scene
            .action(&pending, "device.unlock", &json!({}))
            .await
            .summary(),
        "200"
    );

    let mut desktop = scene.server.desktop();
    let (path, active) = scene.pair(&mut desktop, user).await;
    scene.server.clock.advance_seconds(1);
    // What is sent along is ignored, even if it is no JSON.
    let call = scene
        .server
        .call("POST", &path)
        .token(&scene.token)
        .action("device.block");
    let blocked = call.bytes(b"not json").send().await.unwrap();
    assert_eq!(blocked.summary(), "200");
    assert_eq!(blocked.body["block"]["status"], "BLOCKED");
    assert_eq!(
        blocked.body["block"]["blockedAt"],
        blocked.body["updatedAt"]
    );
    assert_eq!(blocked.body["status"], "ACTIVE");
    scene.server.clock.advance_seconds(1);
    let again = scene.action(&path, "device.block", &json!({})).await;
    assert_eq!(again.body["block"], blocked.body["block"]);
    let unblocked = scene.action(&path, "device.unblock", &json!({})).await;
    assert_eq!(unblocked.body["block"], json!({"status": "UNBLOCKED"}));
    assert_ne!(unblocked.body["updatedAt"], active.body["updatedAt"]);
    let unlocked = scene.action(&path, "device.unlock", &json!({})).await;
    assert_eq!(unlocked.body["lock"], json!({"status": "UNLOCKED"}));
}

#[tokio::test]
async fn nicknames() {
    let scene = Scene::new().await;
    let user = scene.server.world.user;
    let created = scene.create(user).await;
    let device = scene.device(user, &created);
    let path = format!("{device}/nickname");
    let answer = scene.put(&path, &json!({"nickname": "My laptop"})).await;
    assert_eq!(answer.summary(), "200");
    assert_eq!(
        answer.body,
        json!({
            "_links": {
                "self": {"href": format!("https://api.mfa.test{path}")},
                "device": {"href": format!("https://api.mfa.test{device}")},
            },
            "nickname": "My laptop",
        })
    );
    assert_eq!(scene.get(&device).await.body["nickname"], "My laptop");
    for (body, expected) in [
        (json!({}), "400 INVALID_DATA [REQUIRED_VALUE nickname]"),
        (
            json!({"nickname": null}),
            "400 INVALID_DATA [REQUIRED_VALUE nickname]",
        ),
        (
            json!({"nickname": ["x"]}),
            "400 INVALID_DATA [INVALID_VALUE nickname]",
        ),
        (
            json!({"nickname": "ü".repeat(101)}),
            "400 INVALID_DATA [SIZE_LIMIT_EXCEEDED nickname]",
        ),
        (json!({"nickname": "ü".repeat(100)}), "200"),
        (
            json!({"nickname": "a\u{0}b"}),
            "400 INVALID_DATA [INVALID_VALUE nickname]",
        ),
        (json!({"nickname": ""}), "200"),
    ] {
        assert_eq!(scene.put(&path, &body).await.summary(), expected, "{body}");
    }
    assert!(scene.get(&device).await.body.get("nickname").is_none());
    let absent = format!(
        "{}/{}/nickname",
        scene.server.devices(user),
        uuid::Uuid::from_u128(1)
    );
    assert_eq!(
        scene.put(&absent, &json!({})).await.summary(),
        "404 NOT_FOUND"
    );
}

#[tokio::test]
async fn order_and_filter() {
    let scene = Scene::new().await;
    let user = scene.server.world.user;
    let mut desktop = scene.server.desktop();
    let mut ids = Vec::new();
    for _ in 0..3 {
        scene.server.clock.advance_seconds(1);
        let (_, activated) = scene.pair(&mut desktop, user).await;
        ids.push(activated.body["id"].as_str().unwrap().to_owned());
    }
    let pending = scene.create(user).await;
    let pending = pending.body["id"].as_str().unwrap().to_owned();
    let devices = scene.server.devices(user);
    let names = |value: &Value| -> Vec<String> {
        let list = value.as_array().unwrap_or_else(|| panic!("{value}"));
        list.iter()
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let list = scene.get(format!("{devices}?expand=order,unknown")).await;
    assert_eq!(names(&list.body["_embedded"]["order"]), ids);
    assert_eq!(names(&list.body["_embedded"]["devices"])[..3], ids);
    assert_eq!(
        (&list.body["count"], &list.body["size"]),
        (&json!(4), &json!(4))
    );
    assert!(
        scene.get(&devices).await.body["_embedded"]
            .get("order")
            .is_none()
    );

    for (filter, expected) in [
        ("status%20eq%20%22ACTIVE%22", 3),
        ("(status%20eq%20%22ACTIVE%22)", 3),
        ("status+eq+%22ACTIVATION_REQUIRED%22", 1),
        ("type%20eq%20%22PINGID_DESKTOP_GEN2%22", 4),
        ("type%20eq%20%22SMS%22", 0),
    ] {
        let answer = scene.get(format!("{devices}?filter={filter}")).await;
        assert_eq!(answer.body["count"], expected, "{filter}");
        assert!(
            answer.body["_links"]["self"]["href"]
                .as_str()
                .unwrap()
                .ends_with(filter),
            "{}",
            answer.body["_links"]
        );
    }
    for filter in [
        "nickname%20eq%20%22x%22",
        "status%20sw%20%22A%22",
        "status",
        "",
        "%22",
    ] {
        let answer = scene.get(format!("{devices}?filter={filter}")).await;
        assert_eq!(
            answer.summary(),
            "400 INVALID_REQUEST [INVALID_FILTER filter]",
            "{filter}"
        );
        let inner = &answer.body["details"][0]["innerError"];
        assert_eq!(inner["supportedAttributes"], json!(["status", "type"]));
        assert_eq!(inner["supportedOperators"], json!(["eq"]));
    }

    let order =
        |ids: &[&str]| json!({"order": ids.iter().map(|id| json!({"id": id})).collect::<Vec<_>>()});
    let answer = scene
        .action(&devices, "devices.reorder", &order(&[&ids[2]]))
        .await;
    assert_eq!(answer.summary(), "200");
    let expected = [ids[2].clone(), ids[0].clone(), ids[1].clone()];
    assert_eq!(names(&answer.body["_embedded"]["order"]), expected);
    assert_eq!(answer.body["count"], 4);
    for (body, expected) in [
        (json!({}), "400 INVALID_DATA [REQUIRED_VALUE order]"),
        (
            json!({"order": {}}),
            "400 INVALID_DATA [INVALID_VALUE order]",
        ),
        (json!({"order": []}), "400 INVALID_DATA [EMPTY_VALUE order]"),
        (
            json!({"order": [7]}),
            "400 INVALID_DATA [INVALID_VALUE order[0]]",
        ),
        (
            json!({"order": [{}]}),
            "400 INVALID_DATA [REQUIRED_VALUE order[0].id]",
        ),
        (
            json!({"order": [{"id": "x"}]}),
            "400 INVALID_DATA [INVALID_VALUE order[0].id]",
        ),
        (
            order(&[&ids[0], &ids[0]]),
            "400 INVALID_DATA [INVALID_VALUE order[1].id]",
        ),
        (
            order(&[&pending]),
            "400 INVALID_DATA [INVALID_VALUE order[0].id]",
        ),
        (
            order(&["00000000-0000-4000-8000-000000000001"]),
            "400 INVALID_DATA [INVALID_VALUE order[0].id]",
        ),
    ] {
        let answer = scene.action(&devices, "devices.reorder", &body).await;
        assert_eq!(answer.summary(), expected, "{body}");
    }
    for _ in 0..2 {
        let answer = scene
            .action(&devices, "devices.order.remove", &json!({}))
            .await;
        assert_eq!(answer.summary(), "204");
    }
    let list = scene.get(format!("{devices}?expand=order")).await;
    assert_eq!(list.body["_embedded"]["order"], json!([]));
    // Without an order there is no default device: the person is asked.
    let started = scene.start(&json!({"user": {"id": user}})).await;
    assert_eq!(started.body["status"], "DEVICE_SELECTION_REQUIRED");
}

#[tokio::test]
async fn the_device_limit() {
    let scene = Scene::new().await;
    let user = scene.server.world.user;
    let mut desktop = scene.server.desktop();
    let mut refused = None;
    for _ in 0..16 {
        let created = scene.create(user).await;
        if created.status != 201 {
            refused = Some(created);
            break;
        }
        let path = scene.device(user, &created);
        let attestation = desktop.register(options(&created), ORIGIN).unwrap();
        let body = json!({"attestation": attestation});
        assert_eq!(
            scene
                .action(&path, "device.activate", &body)
                .await
                .summary(),
            "200"
        );
    }
    let refused = refused.expect("a limit of at most 15");
    assert_eq!(refused.summary(), "400 REQUEST_FAILED [LIMIT_EXCEEDED]");
    let detail = &refused.body["details"][0];
    assert_eq!(
        detail["message"],
        "Maximum allowed devices has been reached"
    );
    let list = scene.get(scene.server.devices(user)).await;
    assert_eq!(
        detail["innerError"],
        json!({"maximumAllowed": list.body["count"]})
    );
}

#[tokio::test]
async fn at_most_fifty_wait_for_activation() {
    let scene = Scene::new().await;
    let user = scene.server.world.other_user;
    for _ in 0..50 {
        assert_eq!(scene.create(user).await.summary(), "201");
    }
    let refused = scene.create(user).await;
    assert_eq!(refused.summary(), "400 REQUEST_FAILED [LIMIT_EXCEEDED]");
    assert_eq!(
        refused.body["details"][0]["innerError"],
        json!({"maximumAllowed": 50})
    );
}
