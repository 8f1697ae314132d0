//! What is the same for all endpoints: order of checks, limits, headers, CORS, media types.
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

use common::Scene;
use countersign_api::Limits;
use countersign_testkit::server::{Answer, TestServer};
use serde_json::json;

const COMMON: &[(&str, &str)] = &[
    (
        "cache-control",
        "no-cache, no-store, max-age=0, must-revalidate",
    ),
    ("pragma", "no-cache"),
    ("expires", "0"),
    ("vary", "Accept"),
    (
        "strict-transport-security",
        "max-age=31536000; includeSubDomains",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("x-xss-protection", "0"),
];

fn assert_common(answer: &Answer) {
    for (name, value) in COMMON {
        assert_eq!(answer.header(name), *value, "{name}");
        assert_eq!(
            answer.headers.get_all(*name).iter().count(),
            1,
            "{name} once"
        );
    }
    let correlation = answer.header("correlation-id");
    assert!(uuid::Uuid::parse_str(correlation).is_ok(), "{correlation}");
}

fn assert_cors(answer: &Answer, methods: &str) {
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
    assert_eq!(
        answer.header("access-control-allow-headers"),
        "Content-Type,Content-Disposition,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token,\
         Correlation-Id"
    );
    assert_eq!(answer.header("access-control-allow-methods"), methods);
}

#[tokio::test]
async fn every_answer_carries_the_headers() {
    let scene = Scene::new().await;
    let devices = scene.server.devices(scene.server.world.user);
    let ok = scene.get(&devices).await;
    assert_eq!(ok.summary(), "200");
    assert_common(&ok);
    assert_cors(&ok, "OPTIONS,GET,POST,DELETE");
    assert_eq!(ok.header("content-type"), "application/json");

    let created = scene.create(scene.server.world.user).await;
    assert_common(&created);
    let device = scene.device(scene.server.world.user, &created);
    let gone = scene.delete(&device).await;
    assert_eq!(gone.summary(), "204");
    assert_common(&gone);
    assert_cors(&gone, "OPTIONS,GET,POST,DELETE");
    assert_eq!(gone.header("content-type"), "");
    assert!(gone.bytes.is_empty());

    let unknown = scene.get("/v1/nothing").await;
    assert_eq!(unknown.summary(), "404 NOT_FOUND");
    assert_common(&unknown);
    assert_cors(&unknown, "OPTIONS");

    let outside = scene.get("/nothing/here/at/all").await;
    assert_eq!(outside.summary(), "404 NOT_FOUND");
    assert_common(&outside);
    assert_eq!(outside.header("access-control-allow-origin"), "");

    let keys = scene
        .get(format!("/{}/as/jwks", scene.server.world.environment))
        .await;
    assert_eq!(keys.summary(), "200");
    assert_eq!(keys.header("cache-control"), "max-age=300");
    assert_eq!(keys.header("pragma"), "");
    assert_eq!(keys.header("expires"), "");
    assert_cors(&keys, "OPTIONS,GET");
}

#[tokio::test]
async fn preflight_is_open_and_says_what_the_path_takes() {
    let scene = Scene::new().await;
    let path = scene.server.authentications();
    let answer = scene
        .server
        .call("OPTIONS", path)
        .header("origin", "https://app.example.com")
        .header("access-control-request-method", "POST")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.summary(), "204");
    assert_cors(&answer, "OPTIONS,POST");
    assert_eq!(answer.header("access-control-max-age"), "600");
    assert_eq!(answer.header("allow"), "OPTIONS, POST");
    let unknown = scene
        .server
        .call("OPTIONS", "/v1/nothing")
        .send()
        .await
        .unwrap();
    assert_eq!(unknown.summary(), "404 NOT_FOUND");
}

#[tokio::test]
async fn methods_that_a_path_does_not_take_are_405_with_allow() {
    let scene = Scene::new().await;
    let user = scene.server.world.user;
    let device = scene.device(user, &scene.create(user).await);
    for (method, path, allow) in [
        ("PATCH", device.clone(), "OPTIONS, GET, HEAD, POST, DELETE"),
        ("PUT", device.clone(), "OPTIONS, GET, HEAD, POST, DELETE"),
        (
            "PUT",
            scene.server.devices(user),
            "OPTIONS, GET, HEAD, POST, DELETE",
        ),
        ("GET", format!("{device}/nickname"), "OPTIONS, PUT"),
        ("GET", scene.server.authentications(), "OPTIONS, POST"),
        ("PUT", scene.server.authentications(), "OPTIONS, POST"),
        (
            "DELETE",
            format!("{}/{user}", scene.server.authentications()),
            "OPTIONS, GET, HEAD, POST",
        ),
        (
            "BREW",
            scene.server.devices(user),
            "OPTIONS, GET, HEAD, POST, DELETE",
        ),
        (
            "TRACE",
            scene.server.devices(user),
            "OPTIONS, GET, HEAD, POST, DELETE",
        ),
    ] {
        // Without a token: what a path takes is no secret.
        let answer = scene
            .server
            .call(method, &path)
            .json(&json!({}))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.summary(), "405 INVALID_REQUEST", "{method} {path}");
        assert_eq!(answer.header("allow"), allow, "{method} {path}");
        assert_common(&answer);
    }
}

#[tokio::test]
async fn the_order_of_checks() {
    let scene = Scene::new().await;
    let world = &scene.server.world;
    let absent = uuid::Uuid::from_u128(1);
    let devices = scene.server.devices(world.user);
    let environment = world.environment;
    let absent_environment = format!("/v1/environments/{absent}/users/{absent}/devices/{absent}");
    let nobody = scene.server.token(world.nobody).await.unwrap();
    let text = "text/plain";
    let json = "application/json";
    // Path, token, media type, body, expected.
    let admin = scene.token.as_str();
    for (path, token, media, body, expected) in [
        ("/v1/nothing".to_owned(), "", text, "{", "404 NOT_FOUND"),
        (
            devices.clone(),
            "",
            text,
            "{",
            "401 ACCESS_FAILED [INVALID_TOKEN]",
        ),
        (
            devices.clone(),
            nobody.as_str(),
            text,
            "{",
            "403 ACCESS_FAILED [INSUFFICIENT_PERMISSIONS]",
        ),
        (
            absent_environment.clone(),
            admin,
            text,
            "{",
            "403 ACCESS_FAILED [INSUFFICIENT_PERMISSIONS]",
        ),
        (
            format!("/v1/environments/{environment}/users/{absent}/devices"),
            admin,
            text,
            "{",
            "404 NOT_FOUND",
        ),
        (
            format!("/v1/environments/{environment}/users/no-uuid/devices"),
            admin,
            text,
            "{",
            "404 NOT_FOUND",
        ),
        (
            format!("/v1/environments/{environment}/users/no-uuid/devices"),
            nobody.as_str(),
            text,
            "{",
            "403 ACCESS_FAILED [INSUFFICIENT_PERMISSIONS]",
        ),
        (
            "/v1/environments/x/users/y/devices".to_owned(),
            admin,
            text,
            "{",
            "404 NOT_FOUND",
        ),
        (devices.clone(), admin, text, "{", "415 INVALID_REQUEST"),
        (devices.clone(), admin, json, "{", "400 INVALID_REQUEST"),
        (devices.clone(), admin, json, "[]", "400 INVALID_REQUEST"),
        (devices.clone(), admin, json, "", "400 INVALID_REQUEST"),
        (
            devices.clone(),
            admin,
            json,
            "{}",
            "400 INVALID_DATA [REQUIRED_VALUE type]",
        ),
    ] {
        let mut call = scene
            .server
            .call("POST", &path)
            .media(media)
            .bytes(body.as_bytes());
        if !token.is_empty() {
            call = call.token(token);
        }
        let answer = call.send().await.unwrap();
        assert_eq!(answer.summary(), expected, "{path} {body}");
    }
}

#[tokio::test]
async fn media_types_select_the_action() {
    let scene = Scene::new().await;
    let user = scene.server.world.user;
    let device = scene.device(user, &scene.create(user).await);
    let devices = scene.server.devices(user);
    let authentications = scene.server.authentications();
    let vendor = |name: &str| format!("application/vnd.pingidentity.{name}");
    for (method, path, media, expected) in [
        // On a device a plain type selects nothing.
        (
            "POST",
            &device,
            Some("application/json".to_owned()),
            "415 INVALID_REQUEST",
        ),
        ("POST", &device, None, "415 INVALID_REQUEST"),
        (
            "POST",
            &device,
            Some(vendor("device.select+json")),
            "415 INVALID_REQUEST",
        ),
        ("POST", &device, Some(vendor("device.unblock+json")), "200"),
        ("POST", &device, Some(vendor("device.unblock")), "200"),
        (
            "POST",
            &device,
            Some(vendor("DEVICE.UNBLOCK+JSON; charset=UTF-8")),
            "200",
        ),
        (
            "POST",
            &device,
            Some(vendor("device.sendActivationCode+json")),
            "400 REQUEST_FAILED [CONSTRAINT_VIOLATION type]",
        ),
        // PUT is a second spelling of the activation alone.
        (
            "PUT",
            &device,
            Some(vendor("device.activate+json")),
            "400 INVALID_DATA [REQUIRED_VALUE attestation]",
        ),
        (
            "PUT",
            &device,
            Some(vendor("device.block+json")),
            "405 INVALID_REQUEST",
        ),
        ("PUT", &device, None, "405 INVALID_REQUEST"),
        // On the collection no type means creation.
        (
            "POST",
            &devices,
            None,
            "400 INVALID_DATA [REQUIRED_VALUE type]",
        ),
        (
            "POST",
            &devices,
            Some(vendor("devices.order.remove+json")),
            "204",
        ),
        (
            "POST",
            &devices,
            Some(vendor("device.block+json")),
            "415 INVALID_REQUEST",
        ),
        (
            "DELETE",
            &devices,
            Some(vendor("devices.order.remove+json")),
            "204",
        ),
        ("DELETE", &devices, None, "204"),
        (
            "DELETE",
            &devices,
            Some("application/json".to_owned()),
            "415 INVALID_REQUEST",
        ),
        (
            "POST",
            &authentications,
            Some(vendor("payload.check+json")),
            "400 INVALID_REQUEST",
        ),
        (
            "POST",
            &authentications,
            Some(vendor("otp.check+json")),
            "415 INVALID_REQUEST",
        ),
    ] {
        let mut call = scene
            .server
            .call(method, path)
            .token(&scene.token)
            .bytes(b"{}");
        if let Some(media) = &media {
            call = call.media(media);
        }
        assert_eq!(
            call.send().await.unwrap().summary(),
            expected,
            "{method} {path} {media:?}"
        );
    }
    let twice = scene
        .server
        .call("POST", &devices)
        .token(&scene.token)
        .bytes(b"{}");
    let twice = twice
        .media("application/json")
        .media("text/plain")
        .send()
        .await
        .unwrap();
    assert_eq!(twice.summary(), "415 INVALID_REQUEST");
}

#[tokio::test]
async fn hal_is_answered_where_it_is_asked_for_alone() {
    let scene = Scene::new().await;
    let devices = scene.server.devices(scene.server.world.user);
    for (accept, expected) in [
        ("application/hal+json", "application/hal+json;charset=UTF-8"),
        ("application/hal+json, application/json", "application/json"),
        ("*/*", "application/json"),
        ("text/html", "application/json"),
    ] {
        let call = scene
            .server
            .call("GET", &devices)
            .token(&scene.token)
            .header("accept", accept);
        assert_eq!(
            call.send().await.unwrap().header("content-type"),
            expected,
            "{accept}"
        );
        let error = scene.server.call("GET", &devices).header("accept", accept);
        assert_eq!(
            error.send().await.unwrap().header("content-type"),
            expected,
            "{accept}"
        );
    }
}

#[tokio::test]
async fn oauth_answers_are_plain_json() {
    let scene = Scene::new().await;
    let environment = scene.server.world.environment;
    for (method, path) in [
        ("GET", format!("/{environment}/as/jwks")),
        (
            "GET",
            format!("/{environment}/as/.well-known/openid-configuration"),
        ),
        ("POST", format!("/{environment}/as/token")),
    ] {
        let call = scene
            .server
            .call(method, path)
            .header("accept", "application/hal+json");
        assert_eq!(
            call.send().await.unwrap().header("content-type"),
            "application/json"
        );
    }
}

#[tokio::test]
async fn head_is_get_without_a_body_and_post_can_stand_for_others() {
    let scene = Scene::new().await;
    let user = scene.server.world.user;
    let devices = scene.server.devices(user);
    let get = scene.get(&devices).await;
    let head = scene
        .server
        .call("HEAD", &devices)
        .token(&scene.token)
        .send()
        .await
        .unwrap();
    assert_eq!(head.summary(), "200");
    assert!(head.bytes.is_empty());
    assert_eq!(head.header("content-length"), get.bytes.len().to_string());

    let device = scene.device(user, &scene.create(user).await);
    let overriding = |method: &str, path: &str| {
        scene
            .server
            .call("POST", path)
            .token(&scene.token)
            .header("x-http-method-override", method)
    };
    assert_eq!(
        overriding("GET", &device).send().await.unwrap().summary(),
        "200"
    );
    assert_eq!(
        overriding("BREW", &device).send().await.unwrap().summary(),
        "405 INVALID_REQUEST"
    );
    assert_eq!(
        overriding("delete", &device)
            .send()
            .await
            .unwrap()
            .summary(),
        "204"
    );
    // Only a POST carries an override.
    let get = scene.server.call("GET", &devices).token(&scene.token);
    let get = get
        .header("x-http-method-override", "DELETE")
        .send()
        .await
        .unwrap();
    assert_eq!(get.summary(), "200");
}

#[tokio::test]
async fn external_ids_are_cleaned_and_echoed() {
    let scene = Scene::new().await;
    let devices = scene.server.devices(scene.server.world.user);
    let long = "x".repeat(101);
    for (given, expected) in [
        ("order-7", "order-7"),
        ("a b;c", "a_b_c"),
        ("Zürich", "Zürich"),
        (long.as_str(), &long[..100]),
    ] {
        let call = scene.server.call("GET", &devices).token(&scene.token);
        let call = call.header("X-Ping-External-Transaction-Id", given);
        let call = call.header("X-Ping-External-Session-Id", given);
        let answer = call.send().await.unwrap();
        for name in [
            "x-ping-external-transaction-id",
            "x-ping-external-session-id",
        ] {
            assert_eq!(answer.headers[name].as_bytes(), expected.as_bytes());
        }
    }
    let answer = scene.get(&devices).await;
    for name in [
        "x-ping-external-transaction-id",
        "x-ping-external-session-id",
    ] {
        assert!(uuid::Uuid::parse_str(answer.header(name)).is_ok());
    }
}

#[tokio::test]
async fn limits_of_headers_and_bodies() {
    let limits = Limits {
        header_bytes: 6 * 1024,
        body_bytes: 1000,
        form_bytes: 500,
        ..Limits::default()
    };
    let server = TestServer::start_with(limits).await.unwrap();
    let token = server.token(server.world.admin).await.unwrap();
    let devices = server.devices(server.world.user);
    let answer = server
        .call("GET", &devices)
        .token(&token)
        .header("x-long", &"x".repeat(6 * 1024))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.summary(), "431 INVALID_REQUEST");
    assert_common(&answer);

    let padded = |length: usize| format!("{{\"type\":\"{}\"}}", "x".repeat(length - 11));
    for (length, expected) in [
        (1000, "400 INVALID_DATA [INVALID_VALUE type]"),
        (1001, "413 INVALID_REQUEST"),
    ] {
        let body = padded(length);
        assert_eq!(body.len(), length);
        let call = server
            .call("POST", &devices)
            .token(&token)
            .media("application/json");
        assert_eq!(
            call.bytes(body.as_bytes()).send().await.unwrap().summary(),
            expected
        );
        // The same when the length is announced, before anybody asks who it is.
        let call = server.call("POST", &devices).media("application/json");
        let call = call.header("content-length", &length.to_string());
        let expected = if length > 1000 {
            "413 INVALID_REQUEST"
        } else {
            "401 ACCESS_FAILED [INVALID_TOKEN]"
        };
        assert_eq!(
            call.bytes(body.as_bytes()).send().await.unwrap().summary(),
            expected
        );
    }
    let path = format!("/{}/as/token", server.world.environment);
    let form = server
        .call("POST", path)
        .form(&"a".repeat(501))
        .send()
        .await
        .unwrap();
    assert_eq!(form.summary(), "413 invalid_request");
}

#[tokio::test]
async fn the_description_is_served() {
    let scene = Scene::new().await;
    let answer = scene
        .server
        .call("GET", "/openapi.json")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.summary(), "200");
    assert_eq!(answer.body["openapi"], "3.1.0");
    assert_common(&answer);
    assert_eq!(answer.header("access-control-allow-origin"), "");
    let head = scene
        .server
        .call("HEAD", "/openapi.json")
        .send()
        .await
        .unwrap();
    assert_eq!(
        head.header("content-length"),
        answer.bytes.len().to_string()
    );
    assert!(head.bytes.is_empty());
}
