//! FIDO2 policies through the whole router: read all, read one, and who stands under them.
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

fn policies(scene: &Scene) -> String {
    format!(
        "/v1/environments/{}/fido2Policies",
        scene.server.world.environment
    )
}

#[tokio::test]
async fn an_environment_begins_with_two() {
    let scene = Scene::new().await;
    let list = scene.get(policies(&scene)).await;
    assert_eq!(list.summary(), "200");
    insta::assert_json_snapshot!("first_fido2_policies", scene.redactor().redact(&list.body));
    for policy in list.body["_embedded"]["fido2Policies"].as_array().unwrap() {
        let path = format!("{}/{}", policies(&scene), policy["id"].as_str().unwrap());
        assert_eq!(scene.get(path).await.body, *policy);
    }
    let unknown = format!("{}/00000000-0000-4000-8000-000000000000", policies(&scene));
    assert_eq!(scene.get(unknown).await.summary(), "404 NOT_FOUND");
    assert_eq!(
        scene.get(format!("{}/x", policies(&scene))).await.summary(),
        "404 NOT_FOUND"
    );
}

#[tokio::test]
async fn who_stands_under_them() {
    let scene = Scene::new().await;
    let environment = scene.server.world.environment;
    let device_policies = format!("/v1/environments/{environment}/deviceAuthenticationPolicies");
    let list = scene.get(policies(&scene)).await.body;
    let all = list["_embedded"]["fido2Policies"].as_array().unwrap();
    let security_key = all
        .iter()
        .find(|policy| policy["default"] == false)
        .unwrap();
    let first = scene.get(&device_policies).await.body["_embedded"]["deviceAuthenticationPolicies"]
        [0]
    .clone();
    let mut other = first.clone();
    other["name"] = json!("Security keys only");
    other["default"] = json!(false);
    other["fido2"]["fido2PolicyId"] = security_key["id"].clone();
    let other = scene.post(&device_policies, &other).await;
    assert_eq!(other.summary(), "201", "{}", other.body);
    assert_eq!(
        other.body["_links"]["fido2"],
        security_key["_links"]["self"]
    );

    let expand = "expand=deviceAuthenticationPolicies";
    let expanded = scene
        .get(format!("{}?{expand}", policies(&scene)))
        .await
        .body;
    let users = |policy: &Value| policy["_embedded"]["deviceAuthenticationPolicies"].clone();
    let short = |policy: &Value| json!([{"id": policy["id"], "name": policy["name"]}]);
    for policy in expanded["_embedded"]["fido2Policies"].as_array().unwrap() {
        let expected = if policy["default"] == true {
            short(&first)
        } else {
            short(&other.body)
        };
        assert_eq!(users(policy), expected);
        let path = format!(
            "{}/{}?{expand}",
            policies(&scene),
            policy["id"].as_str().unwrap()
        );
        assert_eq!(users(&scene.get(path).await.body), expected);
    }
}
