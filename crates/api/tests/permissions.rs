//! Every endpoint, called by everybody who must not: the answer is the same whether a thing exists
//! or not. And the table of roles, as the API enforces it.
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
use countersign_api::{EndpointInfo, Guard, endpoints};
use countersign_domain::access::Permission;
use countersign_testkit::server::Answer;
use serde_json::{Value, json};
use uuid::Uuid;

const DENIED: &str = "403 ACCESS_FAILED [INSUFFICIENT_PERMISSIONS]";
const NO_TOKEN: &str = "401 ACCESS_FAILED [INVALID_TOKEN]";

/// What the ids in a path name.
#[derive(Clone)]
struct Ids {
    environment: Uuid,
    user: Uuid,
    device: Uuid,
    authentication: Uuid,
}

impl Ids {
    fn path(&self, endpoint: &EndpointInfo) -> String {
        let mut path = endpoint.path.to_owned();
        for (name, id) in [
            ("environmentId", self.environment),
            ("userId", self.user),
            ("deviceId", self.device),
            ("deviceAuthenticationId", self.authentication),
        ] {
            path = path.replace(&format!("{{{name}}}"), &id.to_string());
        }
        // Ids of other things: nothing has them.
        while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
            path.replace_range(from..=to, &Uuid::from_u128(9).to_string());
        }
        path
    }

    fn absent() -> Self {
        let id = Uuid::from_u128(0x1234);
        Self {
            environment: id,
            user: id,
            device: id,
            authentication: id,
        }
    }
}

/// The world with a device and an open authentication of `user`.
async fn scene() -> (Scene, Ids) {
    let scene = Scene::new().await;
    let user = scene.server.world.user;
    let mut desktop = scene.server.desktop();
    let (_, device) = scene.pair(&mut desktop, user).await;
    let authentication = scene.start(&json!({"user": {"id": user}})).await;
    let id = |answer: &Answer| answer.body["id"].as_str().unwrap().parse().unwrap();
    let ids = Ids {
        environment: scene.server.world.environment.uuid(),
        user: user.uuid(),
        device: id(&device),
        authentication: id(&authentication),
    };
    (scene, ids)
}

async fn call(scene: &Scene, endpoint: &EndpointInfo, path: &str, token: Option<&str>) -> Answer {
    let mut call = scene.server.call(endpoint.method, path).bytes(b"{}");
    if let Some(media_type) = endpoint.media_type {
        call = call.media(media_type);
    }
    if let Some(token) = token {
        call = call.token(token);
    }
    call.send().await.unwrap()
}

/// An answer without what differs from request to request.
fn comparable(answer: &Answer) -> (u16, Value, Vec<(String, String)>) {
    let mut body = answer.body.clone();
    if let Some(members) = body.as_object_mut() {
        members.remove("id");
    }
    let own = [
        "correlation-id",
        "x-ping-external-transaction-id",
        "x-ping-external-session-id",
    ];
    let headers = answer
        .headers
        .iter()
        .filter(|(name, _)| !own.contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    (answer.status.as_u16(), body, headers)
}

fn guarded() -> impl Iterator<Item = EndpointInfo> {
    endpoints()
        .into_iter()
        .filter(|endpoint| endpoint.guard != Guard::Open)
}

#[tokio::test]
async fn without_a_token_everything_is_401() {
    let (scene, ids) = scene().await;
    for endpoint in guarded() {
        let mut answers = Vec::new();
        for (ids, token) in [
            (ids.clone(), None),
            (Ids::absent(), None),
            (ids.clone(), Some("x.y.z")),
        ] {
            let answer = call(&scene, &endpoint, &ids.path(&endpoint), token).await;
            assert_eq!(answer.summary(), NO_TOKEN, "{}", endpoint.operation);
            answers.push(comparable(&answer));
        }
        assert!(
            answers.windows(2).all(|pair| pair[0] == pair[1]),
            "{}",
            endpoint.operation
        );
    }
}

#[tokio::test]
async fn callers_whom_no_role_covers_see_nothing() {
    let (scene, ids) = scene().await;
    let world = &scene.server.world;
    let nobody = scene.server.token(world.nobody).await.unwrap();
    let foreigner = scene.server.token(world.foreigner).await.unwrap();
    for endpoint in guarded() {
        if matches!(endpoint.guard, Guard::Caller(_)) {
            continue;
        }
        let mut answers = Vec::new();
        for token in [&nobody, &foreigner] {
            for ids in [
                ids.clone(),
                Ids {
                    environment: ids.environment,
                    ..Ids::absent()
                },
                Ids::absent(),
            ] {
                let answer = call(&scene, &endpoint, &ids.path(&endpoint), Some(token)).await;
                assert_eq!(answer.summary(), DENIED, "{}", endpoint.operation);
                answers.push(comparable(&answer));
            }
        }
        assert!(
            answers.windows(2).all(|pair| pair[0] == pair[1]),
            "{}",
            endpoint.operation
        );
    }
}

#[tokio::test]
async fn a_caller_of_one_population_sees_nothing_of_another() {
    let (scene, ids) = scene().await;
    let narrow = scene.server.token(scene.server.world.narrow).await.unwrap();
    for endpoint in guarded() {
        let foreign = ids.path(&endpoint);
        let absent = Ids {
            environment: ids.environment,
            ..Ids::absent()
        }
        .path(&endpoint);
        let is_below_user = matches!(endpoint.guard, Guard::User(_));
        let is_authentication = endpoint.path.contains("{deviceAuthenticationId}");
        if is_below_user || is_authentication {
            let foreign = call(&scene, &endpoint, &foreign, Some(&narrow)).await;
            assert_eq!(foreign.summary(), DENIED, "{}", endpoint.operation);
            let absent = call(&scene, &endpoint, &absent, Some(&narrow)).await;
            assert_eq!(
                comparable(&foreign),
                comparable(&absent),
                "{}",
                endpoint.operation
            );
        } else if matches!(endpoint.guard, Guard::WholeEnvironment(_)) {
            let answer = call(&scene, &endpoint, &foreign, Some(&narrow)).await;
            assert_eq!(answer.summary(), DENIED, "{}", endpoint.operation);
        }
    }
    // Naming a user in a body is no way round.
    let mut answers = Vec::new();
    for user in [ids.user, Uuid::from_u128(0x1234)] {
        let call = scene
            .server
            .call("POST", scene.server.authentications())
            .token(&narrow);
        let answer = call
            .json(&json!({"user": {"id": user}}))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.summary(), DENIED);
        answers.push(comparable(&answer));
    }
    assert_eq!(answers[0], answers[1]);
    // Within its population it may.
    let own = scene.server.devices(scene.server.world.other_user);
    let answer = scene
        .server
        .call("GET", own)
        .token(&narrow)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.summary(), "200");
}

#[tokio::test]
async fn a_device_is_found_under_its_own_user_only() {
    let (scene, ids) = scene().await;
    let other = Ids {
        user: scene.server.world.other_user.uuid(),
        ..ids.clone()
    };
    for endpoint in guarded().filter(|endpoint| endpoint.path.contains("{deviceId}")) {
        let answer = call(
            &scene,
            &endpoint,
            &other.path(&endpoint),
            Some(&scene.token),
        )
        .await;
        assert_eq!(answer.summary(), "404 NOT_FOUND", "{}", endpoint.operation);
        let absent = Ids {
            device: Uuid::from_u128(0x1234),
            ..ids.clone()
        };
        let answer = call(
            &scene,
            &endpoint,
            &absent.path(&endpoint),
            Some(&scene.token),
        )
        .await;
        assert_eq!(answer.summary(), "404 NOT_FOUND", "{}", endpoint.operation);
    }
    // And an authentication in its own environment only.
    let elsewhere = Ids {
        environment: scene.server.world.other_environment.uuid(),
        ..ids.clone()
    };
    for endpoint in guarded().filter(|endpoint| endpoint.path.contains("{deviceAuthenticationId}"))
    {
        let answer = call(
            &scene,
            &endpoint,
            &elsewhere.path(&endpoint),
            Some(&scene.token),
        )
        .await;
        assert_eq!(answer.summary(), "404 NOT_FOUND", "{}", endpoint.operation);
    }
}

#[tokio::test]
async fn the_api_enforces_the_table_of_roles() {
    let (scene, ids) = scene().await;
    // Ids that nothing has, so that nothing is changed on the way.
    let ids = Ids {
        environment: ids.environment,
        ..Ids::absent()
    };
    for (role, worker) in scene.server.world.by_role.clone() {
        let token = scene.server.token(worker).await.unwrap();
        for endpoint in guarded() {
            let (Guard::Environment(permission)
            | Guard::WholeEnvironment(permission)
            | Guard::User(permission)) = endpoint.guard
            else {
                continue;
            };
            if changes_the_environment(&endpoint) && role.allows(permission) {
                continue;
            }
            let answer = call(&scene, &endpoint, &ids.path(&endpoint), Some(&token)).await;
            let is_denied = answer.summary() == DENIED;
            assert_eq!(
                is_denied,
                !role.allows(permission),
                "{role} {}: {}",
                endpoint.operation,
                answer.summary()
            );
        }
    }
}

/// A call with `{}` that would succeed and change what the next one meets.
fn changes_the_environment(endpoint: &EndpointInfo) -> bool {
    matches!(
        endpoint.guard,
        Guard::WholeEnvironment(Permission::MfaSettingsWrite | Permission::DevicePolicyWrite)
    )
}
