//! Users as a caller meets them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

mod common;

use std::collections::BTreeSet;

use common::{ORIGIN, Scene, options};
use countersign_testkit::server::{API_BASE, Answer};
use serde_json::{Value, json};

const TAKEN: &str = "400 INVALID_DATA [UNIQUENESS_VIOLATION username]";
const WRONG_CURSOR: &str = "400 INVALID_REQUEST [INVALID_PARAMETER cursor]";
const DENIED: &str = "403 ACCESS_FAILED [INSUFFICIENT_PERMISSIONS]";

fn users(scene: &Scene) -> String {
    format!("/v1/environments/{}/users", scene.server.world.environment)
}

fn user(scene: &Scene, answer: &Answer) -> String {
    format!("{}/{}", users(scene), answer.body["id"].as_str().unwrap())
}

async fn patch(scene: &Scene, path: &str, body: &Value) -> Answer {
    scene
        .server
        .call("PATCH", path)
        .token(&scene.token)
        .json(body)
        .send()
        .await
        .unwrap()
}

/// A path with a filter, encoded.
fn filtered(path: &str, filter: &str) -> String {
    let encoded: String = filter
        .bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect();
    format!("{path}?filter={encoded}")
}

fn names(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.summary(), "200", "{}", answer.body);
    let users = answer.body["_embedded"]["users"].as_array().unwrap();
    assert_eq!(answer.body["size"], users.len());
    users
        .iter()
        .map(|user| user["username"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn the_life_of_a_user() {
    let scene = Scene::new().await;
    let world = scene.server.world.clone();
    let body = json!({
        "username": "ana",
        "email": "ana@example.org",
        "name": {"given": "Ana", "family": "Ito"},
        "address": {"countryCode": "JP"},
        "photo": {"href": "https://example.org/ana.png"},
        "primaryPhone": null,
        "unknown": {"a": 1},
        "password": {"value": "ignored"},
        "lifecycle": {"status": "INVITED"},
    });
    let created = scene.post(users(&scene), &body).await;
    assert_eq!(created.summary(), "201", "{}", created.body);
    let path = user(&scene, &created);
    let href = format!("{API_BASE}{}", path.strip_prefix("/v1").unwrap());
    assert_eq!(created.headers["location"], href);
    let environment = format!("{API_BASE}/environments/{}", world.environment);
    let id = created.body["id"].as_str().unwrap();
    let now = created.body["createdAt"].as_str().unwrap();
    let expected = json!({
        "_links": {
            "self": {"href": href},
            "environment": {"href": environment},
            "population": {"href": format!("{environment}/populations/{}", world.population)},
            "devices": {"href": format!("{href}/devices")},
        },
        "id": id,
        "environment": {"id": world.environment},
        "account": {"canAuthenticate": true, "status": "OK"},
        "address": {"countryCode": "JP"},
        "createdAt": now,
        "email": "ana@example.org",
        "emailVerified": false,
        "enabled": true,
        "identityProvider": {"type": "PING_ONE"},
        "lifecycle": {"status": "ACCOUNT_OK"},
        "mfaEnabled": true,
        "name": {"given": "Ana", "family": "Ito"},
        "photo": {"href": "https://example.org/ana.png"},
        "population": {"id": world.population},
        "updatedAt": now,
        "username": "ana",
        "verifyStatus": "NOT_INITIATED",
    });
    // As text, so that the order of the members counts.
    assert_eq!(created.body.to_string(), expected.to_string());
    let read = scene.get(&path).await;
    assert_eq!(read.body, expected);

    scene.server.clock.advance_seconds(60);
    let put = json!({
        "username": "ana.ito",
        "title": "Dr",
        "population": {"id": world.other_population},
        "enabled": false,
        "mfaEnabled": false,
        "account": 7,
    });
    let replaced = scene.put(&path, &put).await;
    assert_eq!(replaced.summary(), "200");
    for cleared in ["email", "name", "address", "photo"] {
        assert!(replaced.body.get(cleared).is_none(), "{cleared}");
    }
    assert_eq!(replaced.body["title"], "Dr");
    assert_eq!(replaced.body["username"], "ana.ito");
    assert_eq!(replaced.body["population"]["id"], json!(world.population));
    assert_eq!(replaced.body["enabled"], true);
    assert_eq!(replaced.body["mfaEnabled"], true);
    assert_eq!(replaced.body["createdAt"], now);
    assert_ne!(replaced.body["updatedAt"], now);

    let patched = patch(
        &scene,
        &path,
        &json!({"title": null, "name": {"family": "Mori"}}),
    )
    .await;
    assert_eq!(patched.summary(), "200");
    assert!(patched.body.get("title").is_none());
    assert_eq!(patched.body["name"], json!({"family": "Mori"}));
    assert_eq!(patched.body["username"], "ana.ito");
    assert_eq!(scene.get(&path).await.body, patched.body);

    assert_eq!(scene.delete(&path).await.summary(), "204");
    assert_eq!(scene.get(&path).await.summary(), "404 NOT_FOUND");
    assert_eq!(scene.delete(&path).await.summary(), "404 NOT_FOUND");
    let recorded = scene.server.recorded_actions().await.unwrap();
    for action in ["USER.CREATED", "USER.UPDATED", "USER.DELETED"] {
        assert!(
            recorded.iter().any(|recorded| recorded == action),
            "{action}"
        );
    }
    // The name is free again.
    let again = scene
        .post(users(&scene), &json!({"username": "ana.ito"}))
        .await;
    assert_eq!(again.summary(), "201");
}

#[tokio::test]
async fn what_a_creation_may_say() {
    let scene = Scene::new().await;
    let absent = "00000000-0000-4000-8000-000000000001";
    for (changes, expected) in [
        (json!({}), "201"),
        (
            json!({"enabled": false, "mfaEnabled": false, "emailVerified": false}),
            "201",
        ),
        (
            json!({"population": null, "enabled": null, "name": null}),
            "201",
        ),
        (
            json!({"username": null}),
            "400 INVALID_DATA [REQUIRED_VALUE username]",
        ),
        (
            json!({"username": ""}),
            "400 INVALID_DATA [EMPTY_VALUE username]",
        ),
        (
            json!({"username": 7}),
            "400 INVALID_DATA [INVALID_VALUE username]",
        ),
        (
            json!({"username": "x".repeat(129)}),
            "400 INVALID_DATA [SIZE_LIMIT_EXCEEDED username]",
        ),
        (
            json!({"username": "ALEX.lee"}),
            "400 INVALID_DATA [UNIQUENESS_VIOLATION username]",
        ),
        (
            json!({"username": "kim.park"}),
            "400 INVALID_DATA [UNIQUENESS_VIOLATION username]",
        ),
        (
            json!({"email": "x"}),
            "400 INVALID_DATA [INVALID_VALUE email]",
        ),
        (
            json!({"emailVerified": true}),
            "400 INVALID_DATA [INVALID_VALUE emailVerified]",
        ),
        (
            json!({"enabled": "true"}),
            "400 INVALID_DATA [INVALID_VALUE enabled]",
        ),
        (
            json!({"mfaEnabled": 1}),
            "400 INVALID_DATA [INVALID_VALUE mfaEnabled]",
        ),
        (
            json!({"population": "x"}),
            "400 INVALID_DATA [INVALID_VALUE population]",
        ),
        (
            json!({"population": {}}),
            "400 INVALID_DATA [REQUIRED_VALUE population.id]",
        ),
        (
            json!({"population": {"id": "x"}}),
            "400 INVALID_DATA [INVALID_VALUE population.id]",
        ),
        (
            json!({"population": {"id": absent}}),
            "400 INVALID_DATA [INVALID_VALUE population.id]",
        ),
        (
            json!({"name": "Ana"}),
            "400 INVALID_DATA [INVALID_VALUE name]",
        ),
        (
            json!({"name": {"given": 7}}),
            "400 INVALID_DATA [INVALID_VALUE name.given]",
        ),
        (
            json!({"address": {"countryCode": "xx"}}),
            "400 INVALID_DATA [INVALID_VALUE address.countryCode]",
        ),
        (
            json!({"username": 7, "email": "x", "name": {"family": ""}, "photo": {"href": "x"}}),
            "400 INVALID_DATA [INVALID_VALUE username, INVALID_VALUE email, EMPTY_VALUE name.family, \
             INVALID_VALUE photo.href]",
        ),
    ] {
        let mut body = json!({"username": "ana"});
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = scene.post(users(&scene), &body).await;
        assert_eq!(answer.summary(), expected, "{changes}");
        if answer.status == 201 {
            assert_eq!(scene.delete(user(&scene, &answer)).await.summary(), "204");
        }
    }
}

#[tokio::test]
async fn what_a_refused_creation_is_told() {
    let scene = Scene::new().await;
    let answer = scene
        .post(users(&scene), &json!({"username": "a\u{7}"}))
        .await;
    let detail = &answer.body["details"][0];
    assert_eq!(
        detail["innerError"]["allowedPattern"],
        r"^[\p{L}\p{M}\p{Zs}\p{S}\p{N}\p{P}]*$"
    );
    let answer = scene
        .post(users(&scene), &json!({"username": "ana", "email": "@"}))
        .await;
    assert_eq!(
        answer.body["details"][0]["message"],
        "must be a well-formed email address"
    );
    // Import, SCIM patch and the like are other media types.
    for action in ["user.import", "user.scim.patch"] {
        let call = scene
            .server
            .call("POST", users(&scene))
            .token(&scene.token)
            .action(action);
        let answer = call.json(&json!({"username": "ana"})).send().await.unwrap();
        assert_eq!(answer.summary(), "415 INVALID_REQUEST", "{action}");
    }
}

#[tokio::test]
async fn an_update_may_not_take_a_name_that_is_taken() {
    let scene = Scene::new().await;
    let path = format!("{}/{}", users(&scene), scene.server.world.user);
    for name in ["kim.park", "KIM.PARK"] {
        assert_eq!(
            scene.put(&path, &json!({"username": name})).await.summary(),
            TAKEN
        );
        assert_eq!(
            patch(&scene, &path, &json!({"username": name}))
                .await
                .summary(),
            TAKEN
        );
    }
    // One's own name in another spelling is free.
    assert_eq!(
        scene
            .put(&path, &json!({"username": "Alex.Lee"}))
            .await
            .summary(),
        "200"
    );
    assert_eq!(
        scene.put(&path, &json!({})).await.summary(),
        "400 INVALID_DATA [REQUIRED_VALUE username]"
    );
    assert_eq!(
        patch(&scene, &path, &json!({})).await.body["username"],
        "Alex.Lee"
    );
}

#[tokio::test]
async fn switches() {
    let scene = Scene::new().await;
    let path = format!("{}/{}", users(&scene), scene.server.world.user);
    let href = format!("{API_BASE}{}", path.strip_prefix("/v1").unwrap());
    for (part, member) in [("enabled", "enabled"), ("mfaEnabled", "mfaEnabled")] {
        let at = format!("{path}/{part}");
        let expected = |value: bool| {
            json!({
                "_links": {"self": {"href": format!("{href}/{part}")}, "user": {"href": href}},
                member: value,
            })
        };
        assert_eq!(scene.get(&at).await.body, expected(true));
        for (body, code) in [
            (json!({}), "REQUIRED_VALUE"),
            (json!({member: null}), "REQUIRED_VALUE"),
            (json!({member: "true"}), "INVALID_VALUE"),
            (json!({member: 1}), "INVALID_VALUE"),
        ] {
            let answer = scene.put(&at, &body).await;
            assert_eq!(
                answer.summary(),
                format!("400 INVALID_DATA [{code} {member}]"),
                "{body}"
            );
        }
        assert_eq!(
            scene.put(&at, &json!({member: false})).await.body,
            expected(false)
        );
        assert_eq!(scene.get(&at).await.body, expected(false));
        assert_eq!(scene.get(&path).await.body[member], false);
    }
    let account = &scene.get(&path).await.body["account"];
    assert_eq!(*account, json!({"canAuthenticate": false, "status": "OK"}));
}

#[tokio::test]
async fn locking_and_unlocking() {
    let scene = Scene::new().await;
    let path = format!("{}/{}", users(&scene), scene.server.world.user);
    let account = |answer: &Answer| answer.body["account"].clone();
    let open = json!({"canAuthenticate": true, "status": "OK"});
    let body = json!({"unlockAt": "2001-01-01T00:00:00Z"});
    let past = scene.action(&path, "account.lock", &body).await;
    assert_eq!(account(&past), open);
    for (body, expected) in [
        (
            json!({"unlockAt": 7}),
            "400 INVALID_DATA [INVALID_VALUE unlockAt]",
        ),
        (
            json!({"unlockAt": "tomorrow"}),
            "400 INVALID_DATA [INVALID_VALUE unlockAt]",
        ),
    ] {
        assert_eq!(
            scene.action(&path, "account.lock", &body).await.summary(),
            expected
        );
    }

    // Without an end, and without a body at all.
    let call = scene
        .server
        .call("POST", &path)
        .token(&scene.token)
        .action("account.lock");
    let locked = account(&call.send().await.unwrap());
    assert_eq!(locked["status"], "LOCKED");
    assert_eq!(locked["canAuthenticate"], false);
    assert!(locked["lockedAt"].is_string());
    assert!(locked.get("unlockAt").is_none() && locked.get("secondsUntilUnlock").is_none());
    let call = scene
        .server
        .call("POST", &path)
        .token(&scene.token)
        .action("account.unlock");
    assert_eq!(account(&call.send().await.unwrap()), open);

    // With an end, which comes by itself.
    let now = scene.server.engine.now();
    let end = now.plus_seconds(90).to_rfc3339_millis();
    let locked = account(
        &scene
            .action(&path, "account.lock", &json!({"unlockAt": end}))
            .await,
    );
    assert_eq!(locked["unlockAt"], end);
    assert_eq!(locked["secondsUntilUnlock"], 90);
    scene.server.clock.advance_seconds(89);
    assert_eq!(account(&scene.get(&path).await)["secondsUntilUnlock"], 1);
    scene.server.clock.advance_seconds(1);
    assert_eq!(account(&scene.get(&path).await), open);
    let recorded = scene.server.recorded_actions().await.unwrap();
    let count = |action: &str| {
        recorded
            .iter()
            .filter(|recorded| *recorded == action)
            .count()
    };
    assert_eq!((count("USER.LOCKED"), count("USER.UNLOCKED")), (2, 1));
}

/// An account that MFA failures locked is open again after `account.unlock`, its count at nothing.
#[tokio::test]
async fn unlocking_ends_an_mfa_lockout() {
    let scene = Scene::new().await;
    let world = scene.server.world.clone();
    let settings = format!("/v1/environments/{}/mfaSettings", world.environment);
    let answer = scene
        .put(&settings, &json!({"lockout": {"failureCount": 2}}))
        .await;
    assert_eq!(answer.summary(), "200");
    let mut desktop = scene.server.desktop();
    scene.pair(&mut desktop, world.user).await;
    let path = format!("{}/{}", users(&scene), world.user);
    for _ in 0..2 {
        let started = scene.start(&json!({"user": {"id": world.user}})).await;
        let assertion = desktop.authenticate(options(&started), ORIGIN).unwrap();
        let broken = format!("{}AA", assertion.get(..assertion.len() - 2).unwrap());
        let checked = scene.check(&scene.authentication(&started), &broken).await;
        assert_eq!(checked.status, 400);
    }
    assert_eq!(scene.get(&path).await.body["account"]["status"], "LOCKED");
    let call = scene
        .server
        .call("POST", &path)
        .token(&scene.token)
        .action("account.unlock");
    assert_eq!(call.send().await.unwrap().body["account"]["status"], "OK");
    let started = scene.start(&json!({"user": {"id": world.user}})).await;
    assert_eq!(
        started.body["status"], "ASSERTION_REQUIRED",
        "{}",
        started.body
    );
}

#[tokio::test]
async fn moving() {
    let scene = Scene::new().await;
    let world = scene.server.world.clone();
    let path = format!("{}/{}", users(&scene), world.user);
    let part = format!("{path}/population");
    assert_eq!(scene.get(&part).await.body["id"], json!(world.population));
    for (body, expected) in [
        (json!({}), "400 INVALID_DATA [REQUIRED_VALUE id]"),
        (json!({"id": 7}), "400 INVALID_DATA [INVALID_VALUE id]"),
        (json!({"id": "x"}), "400 INVALID_DATA [INVALID_VALUE id]"),
        (
            json!({"id": world.user}),
            "400 INVALID_DATA [INVALID_VALUE id]",
        ),
    ] {
        assert_eq!(scene.put(&part, &body).await.summary(), expected, "{body}");
    }
    let moved = scene
        .put(&part, &json!({"id": world.other_population}))
        .await;
    assert_eq!(moved.body["id"], json!(world.other_population));
    assert_eq!(
        scene.get(&path).await.body["population"]["id"],
        json!(world.other_population)
    );
    assert!(
        scene
            .server
            .recorded_actions()
            .await
            .unwrap()
            .contains(&"USER.MOVED".to_owned())
    );
}

/// A deleted user's devices are gone, and their keys stay used.
#[tokio::test]
async fn deleting_takes_the_devices_along() {
    let scene = Scene::new().await;
    let world = scene.server.world.clone();
    let mut desktop = scene.server.desktop();
    let (device, activated) = scene.pair(&mut desktop, world.user).await;
    assert_eq!(activated.body["status"], "ACTIVE");
    let started = scene.start(&json!({"user": {"id": world.user}})).await;
    let path = format!("{}/{}", users(&scene), world.user);
    assert_eq!(scene.delete(&path).await.summary(), "204");
    assert_eq!(scene.get(&device).await.summary(), "404 NOT_FOUND");
    assert_eq!(
        scene.get(scene.authentication(&started)).await.summary(),
        "404 NOT_FOUND"
    );
    let recorded = scene.server.recorded_actions().await.unwrap();
    assert_eq!(
        recorded
            .iter()
            .filter(|action| *action == "DEVICE.DELETED")
            .count(),
        1
    );
}

#[tokio::test]
async fn pages() {
    let scene = Scene::new().await;
    for n in 0..23 {
        // Five users at each point in time: the order within it must be stable too.
        if n % 5 == 0 {
            scene.server.clock.advance_seconds(1);
        }
        let answer = scene
            .post(users(&scene), &json!({"username": format!("user{n:02}")}))
            .await;
        assert_eq!(answer.summary(), "201");
    }
    let all = names(&scene.get(users(&scene)).await);
    assert_eq!(all.len(), 25);
    let follow = |answer: &Answer, rel: &str| {
        let href = answer.body["_links"][rel]["href"].as_str()?;
        let path = href
            .strip_prefix(API_BASE.strip_suffix("/v1").unwrap())
            .unwrap();
        Some(path.to_owned())
    };
    for limit in [1, 7, 10, 24, 25, 1000] {
        let mut page = scene.get(format!("{}?limit={limit}", users(&scene))).await;
        assert!(follow(&page, "prev").is_none());
        let (mut seen, mut pages) = (names(&page), vec![page.clone()]);
        while let Some(next) = follow(&page, "next") {
            assert!(next.contains(&format!("limit={limit}")));
            page = scene.get(next).await;
            seen.extend(names(&page));
            pages.push(page.clone());
        }
        assert_eq!(seen, all, "limit {limit}");
        for page in &pages {
            assert_eq!(page.body["count"], 25);
        }
        // And back again.
        for before in pages.iter().rev().skip(1) {
            page = scene.get(follow(&page, "prev").unwrap()).await;
            assert_eq!(names(&page), names(before), "limit {limit}");
        }
        assert!(follow(&page, "prev").is_none());
    }
    // A cursor goes with its list, filter and caller.
    let first = scene.get(format!("{}?limit=2", users(&scene))).await;
    let next = follow(&first, "next").unwrap();
    let reader = scene.server.token(scene.server.world.reader).await.unwrap();
    let foreign = scene
        .server
        .call("GET", &next)
        .token(&reader)
        .send()
        .await
        .unwrap();
    assert_eq!(foreign.summary(), WRONG_CURSOR);
    for changed in [
        format!("{next}&filter=enabled%20eq%20true"),
        next.replace("/users?", "/populations?"),
        next.replace("cursor=A", "cursor=B"),
        format!("{}?cursor=", users(&scene)),
        format!("{}?cursor=%00", users(&scene)),
    ] {
        assert_eq!(
            scene.get(&changed).await.summary(),
            WRONG_CURSOR,
            "{changed}"
        );
    }
    for limit in ["0", "-1", "x", "", "1.5"] {
        let answer = scene.get(format!("{}?limit={limit}", users(&scene))).await;
        assert_eq!(
            answer.summary(),
            "400 INVALID_REQUEST [INVALID_PARAMETER limit]",
            "{limit}"
        );
    }
    let answer = scene
        .get(format!("{}?limit=0&cursor=x&filter=x", users(&scene)))
        .await;
    assert_eq!(
        answer.summary(),
        "400 INVALID_REQUEST [INVALID_FILTER filter, INVALID_PARAMETER limit, INVALID_PARAMETER cursor]"
    );
}

#[tokio::test]
async fn filters() {
    let scene = Scene::new().await;
    let world = scene.server.world.clone();
    for (name, email, title) in [
        ("Ana", "ana@example.org", "Dr"),
        ("ben", "ben@example.org", "Dr"),
        ("Cleo", "c@b.org", "Ms"),
    ] {
        let body = json!({"username": name, "email": email, "title": title});
        assert_eq!(scene.post(users(&scene), &body).await.summary(), "201");
    }
    let second = world.other_population;
    for (filter, expected) in [
        (r#"username eq "ana""#.to_owned(), vec!["Ana"]),
        (r#"username eq "nobody""#.to_owned(), vec![]),
        (r#"username sw "A""#.to_owned(), vec!["Ana", "alex.lee"]),
        (r#"username eq "ana" and title eq "Ms""#.to_owned(), vec![]),
        (
            r#"username eq "ana" or username eq "BEN""#.to_owned(),
            vec!["Ana", "ben"],
        ),
        (
            r#"(title eq "dr") AND email sw "b""#.to_owned(),
            vec!["ben"],
        ),
        (r#"email sw "ana@""#.to_owned(), vec!["Ana"]),
        (format!("population.id eq \"{second}\""), vec!["kim.park"]),
        (
            format!("population.id eq \"{second}\" and username sw \"a\""),
            vec![],
        ),
        (r#"population.id eq "x""#.to_owned(), vec![]),
        ("enabled eq false".to_owned(), vec![]),
        (r#"username eq "a\" or username sw \"""#.to_owned(), vec![]),
    ] {
        let answer = scene.get(filtered(&users(&scene), &filter)).await;
        let found: BTreeSet<_> = names(&answer).into_iter().collect();
        assert_eq!(
            found,
            expected.iter().map(|name| (*name).to_owned()).collect(),
            "{filter}"
        );
        assert_eq!(answer.body["count"], expected.len(), "{filter}");
    }
    for refused in [
        "",
        "x",
        r#"username ne "a""#,
        "username pr",
        r#"id eq "x""#,
        "username eq 7",
    ] {
        let answer = scene.get(filtered(&users(&scene), refused)).await;
        assert_eq!(
            answer.summary(),
            "400 INVALID_REQUEST [INVALID_FILTER filter]",
            "{refused}"
        );
        let inner = &answer.body["details"][0]["innerError"];
        assert_eq!(inner["supportedOperators"], json!(["eq", "sw"]));
        assert!(
            inner["supportedAttributes"]
                .as_array()
                .unwrap()
                .contains(&json!("username"))
        );
    }
    // The items of a list have fewer links.
    let answer = scene
        .get(filtered(&users(&scene), r#"username eq "ana""#))
        .await;
    let links = answer.body["_embedded"]["users"][0]["_links"]
        .as_object()
        .unwrap();
    assert_eq!(links.keys().collect::<Vec<_>>(), ["self"]);
}

/// Who administers one population sees its users and no others, and learns nothing of others but
/// that a name is taken.
#[tokio::test]
async fn callers_of_one_population() {
    let scene = Scene::new().await;
    let world = scene.server.world.clone();
    let narrow = scene.server.token(world.narrow).await.unwrap();
    let call = |method: &str, path: String, body: Value| {
        let call = scene.server.call(method, path).token(&narrow).json(&body);
        async { call.send().await.unwrap() }
    };
    let list = call("GET", users(&scene), json!({})).await;
    assert_eq!(names(&list), ["kim.park"]);
    assert_eq!(list.body["count"], 1);
    for filter in [r#"username eq "alex.lee""#, r#"username sw "alex""#] {
        let list = call("GET", filtered(&users(&scene), filter), json!({})).await;
        assert_eq!(names(&list), Vec::<String>::new(), "{filter}");
    }
    let absent = "00000000-0000-4000-8000-000000000001";
    for population in [
        json!(null),
        json!({"id": world.population}),
        json!({"id": absent}),
    ] {
        let body = json!({"username": "ana", "population": population});
        assert_eq!(call("POST", users(&scene), body).await.summary(), DENIED);
    }
    let own = json!({"id": world.other_population});
    let taken = json!({"username": "Alex.Lee", "population": own});
    let answer = call("POST", users(&scene), taken).await;
    assert_eq!(
        answer.summary(),
        "400 INVALID_DATA [UNIQUENESS_VIOLATION username]"
    );
    assert!(answer.body["details"][0].get("innerError").is_none());
    let created = call(
        "POST",
        users(&scene),
        json!({"username": "ana", "population": own}),
    )
    .await;
    assert_eq!(created.summary(), "201");
    // Nor can a user be moved out of sight.
    let part = format!("{}/population", user(&scene, &created));
    for target in [json!(world.population), json!(absent)] {
        assert_eq!(
            call("PUT", part.clone(), json!({"id": target}))
                .await
                .summary(),
            DENIED
        );
    }
}

/// Of many creations with one name, one is made.
#[tokio::test]
async fn a_name_is_given_once() {
    let scene = std::sync::Arc::new(Scene::new().await);
    let mut tasks = Vec::new();
    for _ in 0..20 {
        let scene = scene.clone();
        tasks.push(tokio::spawn(async move {
            scene
                .post(users(&scene), &json!({"username": "Ana"}))
                .await
                .summary()
        }));
    }
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers.sort();
    assert_eq!(answers.iter().filter(|answer| *answer == "201").count(), 1);
    assert!(
        answers[1..]
            .iter()
            .all(|a| a == "400 INVALID_DATA [UNIQUENESS_VIOLATION username]")
    );
}

/// Of changes that meet, none is lost.
#[tokio::test]
async fn changes_that_meet_are_all_kept() {
    let scene = std::sync::Arc::new(Scene::new().await);
    let path = format!("{}/{}", users(&scene), scene.server.world.user);
    let mut tasks = Vec::new();
    for (part, body) in [
        ("/enabled", json!({"enabled": false})),
        ("/mfaEnabled", json!({"mfaEnabled": false})),
        (
            "/population",
            json!({"id": scene.server.world.other_population}),
        ),
        ("", json!({"username": "alex.lee", "title": "Dr"})),
    ] {
        let (scene, path) = (scene.clone(), format!("{path}{part}"));
        tasks.push(tokio::spawn(async move {
            scene.put(path, &body).await.summary()
        }));
    }
    for task in tasks {
        assert_eq!(task.await.unwrap(), "200");
    }
    let after = scene.get(&path).await.body;
    assert_eq!(after["enabled"], false);
    assert_eq!(after["mfaEnabled"], false);
    assert_eq!(after["title"], "Dr");
    assert_eq!(
        after["population"]["id"],
        json!(scene.server.world.other_population)
    );
}
