//! Token endpoint, keys, discovery.
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

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::Scene;
use countersign_api::Limits;
use countersign_testkit::desktop::opened;
use countersign_testkit::server::{API_BASE, AUTH_BASE, TestServer};
use serde_json::json;

#[tokio::test]
async fn a_token_as_documented() {
    let scene = Scene::new().await;
    let world = &scene.server.world;
    let answer = scene
        .server
        .call("POST", format!("/{}/as/token", world.environment))
        .basic(&world.admin.id.to_string(), scene.server.secret())
        .unwrap()
        .form("grant_type=client_credentials")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.summary(), "200");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("pragma"), "no-cache");
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.body["token_type"], "Bearer");
    assert_eq!(answer.body["expires_in"], 3600);
    assert_eq!(answer.body.as_object().unwrap().len(), 3);
    let (header, claims) = opened(answer.body["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(header["alg"], "RS256");
    assert_eq!(header["typ"], "at+jwt");
    assert_eq!(
        claims["iss"],
        format!("{AUTH_BASE}/{}/as", world.environment)
    );
    assert_eq!(claims["client_id"], world.admin.id.to_string());
    assert_eq!(claims["aud"], json!([API_BASE.trim_end_matches("/v1")]));
    assert_eq!(claims["env"], world.environment.to_string());
    assert_eq!(claims["org"], world.organization.to_string());
    assert_eq!(claims["p1.rid"], claims["jti"]);
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        3600
    );
    for absent in ["sub", "scope", "sid", "acr", "auth_time"] {
        assert!(claims.get(absent).is_none(), "{absent}");
    }
    let keys = scene.get(format!("/{}/as/jwks", world.environment)).await;
    let keys = keys.body["keys"].as_array().unwrap().clone();
    assert!(
        keys.iter()
            .any(|key| key["kid"] == header["kid"] && key["kty"] == "RSA")
    );
    let options_key = keys.iter().find(|key| key["kty"] == "EC").unwrap();
    assert_eq!(options_key["alg"], "ES256");
    assert_eq!(options_key["use"], "sig");
    assert!(keys.iter().all(|key| key.get("d").is_none()));
}

#[tokio::test]
async fn refusals_of_the_token_endpoint() {
    let scene = Scene::new().await;
    let world = &scene.server.world;
    let secret = scene.server.secret();
    let admin = world.admin.id;
    let poster = world.poster.id;
    let basic = |text: String| format!("Basic {}", STANDARD.encode(text));
    let good = basic(format!("{admin}:{secret}"));
    let grant = "grant_type=client_credentials";
    let path = format!("/{}/as/token", world.environment);
    let in_body = format!("{grant}&client_id={poster}&client_secret={secret}");
    let absent = uuid::Uuid::from_u128(1);
    // Header, body, expected, challenge.
    for (header, body, expected, challenge) in [
        (Some(good.clone()), grant.to_owned(), "200", false),
        (None, in_body.clone(), "200", false),
        // One method each.
        (
            None,
            format!("{grant}&client_id={admin}&client_secret={secret}"),
            "401 invalid_client",
            false,
        ),
        (
            Some(basic(format!("{poster}:{secret}"))),
            grant.to_owned(),
            "401 invalid_client",
            true,
        ),
        // Two at once.
        (
            Some(good.clone()),
            in_body.clone(),
            "400 invalid_request",
            false,
        ),
        (
            Some(good.clone()),
            format!("{grant}&client_assertion=x.y.z"),
            "400 invalid_request",
            false,
        ),
        // None, wrong, unknown.
        (None, grant.to_owned(), "401 invalid_client", false),
        (
            None,
            format!("{grant}&client_id={poster}"),
            "401 invalid_client",
            false,
        ),
        (
            Some(basic(format!("{admin}:wrong"))),
            grant.to_owned(),
            "401 invalid_client",
            true,
        ),
        (
            Some(basic(format!("{absent}:{secret}"))),
            grant.to_owned(),
            "401 invalid_client",
            true,
        ),
        (
            Some(basic("no colon".to_owned())),
            grant.to_owned(),
            "401 invalid_client",
            true,
        ),
        (
            Some("Bearer x".to_owned()),
            grant.to_owned(),
            "401 invalid_client",
            true,
        ),
        // Another environment's client.
        (
            Some(good.clone()),
            String::new(),
            "400 invalid_request",
            false,
        ),
        (
            Some(good.clone()),
            "grant_type=".to_owned(),
            "400 invalid_request",
            false,
        ),
        (
            Some(good.clone()),
            format!("{grant}&{grant}"),
            "400 invalid_request",
            false,
        ),
        (
            Some(good.clone()),
            format!("{grant}&x=1&x=1"),
            "400 invalid_request",
            false,
        ),
        (
            Some(good.clone()),
            "grant_type=password".to_owned(),
            "400 unsupported_grant_type",
            false,
        ),
        (Some(good.clone()), format!("{grant}&scope="), "200", false),
        (
            Some(good.clone()),
            format!("{grant}&scope=p1:read:user"),
            "400 invalid_scope",
            false,
        ),
    ] {
        let mut call = scene.server.call("POST", &path).form(&body);
        if let Some(header) = &header {
            call = call.header("authorization", header);
        }
        let answer = call.send().await.unwrap();
        assert_eq!(answer.summary(), expected, "{header:?} {body}");
        let realm = format!("Basic realm=\"{}\"", world.environment);
        let expected = if challenge { realm.as_str() } else { "" };
        assert_eq!(
            answer.header("www-authenticate"),
            expected,
            "{header:?} {body}"
        );
        assert_eq!(answer.header("cache-control"), "no-store");
        if answer.status != 200 {
            let description = answer.body["error_description"].as_str().unwrap();
            let id = answer.header("correlation-id");
            assert!(
                description.ends_with(&format!("(Correlation ID: {id})")),
                "{description}"
            );
            assert_eq!(answer.body.as_object().unwrap().len(), 2);
        }
    }
}

#[tokio::test]
async fn the_same_words_for_an_unknown_client_and_a_wrong_secret() {
    let scene = Scene::new().await;
    let world = &scene.server.world;
    let path = format!("/{}/as/token", world.environment);
    let mut bodies = Vec::new();
    for id in [
        world.admin.id.to_string(),
        uuid::Uuid::from_u128(1).to_string(),
    ] {
        let call = scene
            .server
            .call("POST", &path)
            .basic(&id, "wrong")
            .unwrap();
        let answer = call
            .form("grant_type=client_credentials")
            .send()
            .await
            .unwrap();
        let id = answer.header("correlation-id").to_owned();
        bodies.push(String::from_utf8(answer.bytes).unwrap().replace(&id, ""));
    }
    assert_eq!(bodies[0], bodies[1]);
}

#[tokio::test]
async fn media_type_and_environment() {
    let scene = Scene::new().await;
    let world = &scene.server.world;
    let path = format!("/{}/as/token", world.environment);
    let json = scene
        .server
        .call("POST", &path)
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    assert_eq!(json.summary(), "415 invalid_request");
    let absent = uuid::Uuid::from_u128(1);
    for path in [
        format!("/{absent}/as/token"),
        "/no-uuid/as/token".to_owned(),
        // An environment whose token endpoint does not know the client is another matter.
    ] {
        let answer = scene
            .server
            .call("POST", &path)
            .form("a=b")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.summary(), "404 NOT_FOUND", "{path}");
    }
    for path in [
        format!("/{absent}/as/jwks"),
        format!("/{absent}/as/.well-known/openid-configuration"),
        format!("/{}/as/authorize", world.environment),
        format!("/{}/as/userinfo", world.environment),
    ] {
        let answer = scene.server.call("GET", &path).send().await.unwrap();
        assert_eq!(answer.summary(), "404 NOT_FOUND", "{path}");
    }
    let foreign = scene
        .server
        .call("POST", format!("/{}/as/token", world.other_environment))
        .basic(&world.admin.id.to_string(), scene.server.secret())
        .unwrap()
        .form("grant_type=client_credentials")
        .send()
        .await
        .unwrap();
    assert_eq!(foreign.summary(), "401 invalid_client");
}

#[tokio::test]
async fn discovery_lists_what_is_there() {
    let scene = Scene::new().await;
    let environment = scene.server.world.environment;
    let path = format!("/{environment}/as/.well-known/openid-configuration");
    let answer = scene.server.call("GET", path).send().await.unwrap();
    assert_eq!(answer.summary(), "200");
    let mut redactor = scene.redactor();
    insta::assert_json_snapshot!("discovery", redactor.redact(&answer.body));
}

#[tokio::test]
async fn tokens_that_are_not_believed() {
    let scene = Scene::new().await;
    let devices = scene.server.devices(scene.server.world.user);
    let good = scene.token.clone();
    let (head, rest) = good.split_once('.').unwrap();
    let (claims, signature) = rest.split_once('.').unwrap();
    let none = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
    let options = scene.create(scene.server.world.user).await;
    let options = common::options(&options).to_owned();
    for header in [
        String::new(),
        good.clone(),
        format!("Basic {good}"),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        format!("Bearer {good}x"),
        format!("Bearer {head}.{claims}."),
        format!("Bearer {none}.{claims}."),
        format!("Bearer {none}.{claims}.{signature}"),
        // A JWT of the same issuer, made for desktop authenticators.
        format!("Bearer {options}"),
    ] {
        let call = scene
            .server
            .call("GET", &devices)
            .header("authorization", &header);
        let answer = call.send().await.unwrap();
        assert_eq!(
            answer.summary(),
            "401 ACCESS_FAILED [INVALID_TOKEN]",
            "{header}"
        );
        assert_eq!(
            answer.header("www-authenticate"),
            "Bearer error=\"invalid_token\""
        );
    }
    // The scheme's letter case does not matter.
    let call = scene
        .server
        .call("GET", &devices)
        .header("authorization", &format!("bEaReR {good}"));
    assert_eq!(call.send().await.unwrap().summary(), "200");
    // Two headers are none.
    let call = scene.server.call("GET", &devices).token(&good).token(&good);
    assert_eq!(
        call.send().await.unwrap().summary(),
        "401 ACCESS_FAILED [INVALID_TOKEN]"
    );
    scene.server.clock.advance_seconds(3600 + 61);
    assert_eq!(
        scene.get(&devices).await.summary(),
        "401 ACCESS_FAILED [INVALID_TOKEN]"
    );
}

#[tokio::test]
async fn clients_that_fail_too_often_have_to_wait() {
    let server = TestServer::start_with(Limits::serving()).await.unwrap();
    let id = server.world.admin.id.to_string();
    let path = format!("/{}/as/token", server.world.environment);
    let ask = async |secret: &str| {
        let call = server.call("POST", &path).basic(&id, secret).unwrap();
        call.form("grant_type=client_credentials")
            .send()
            .await
            .unwrap()
    };
    for _ in 0..10 {
        assert_eq!(ask("wrong").await.summary(), "401 invalid_client");
    }
    // Even with the right secret; until the minute is over.
    let answer = ask(server.secret()).await;
    assert_eq!(answer.summary(), "429 temporarily_unavailable");
    assert_eq!(answer.header("retry-after"), "60");
    assert_eq!(answer.header("cache-control"), "no-store");
    server.clock.advance_seconds(60);
    assert_eq!(ask(server.secret()).await.summary(), "200");
}
