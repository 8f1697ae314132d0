//! Environments, populations, applications, organizations: what users live in.
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
use countersign_domain::access::Role;
use countersign_testkit::server::{API_BASE, Answer};
use serde_json::{Value, json};

const DENIED: &str = "403 ACCESS_FAILED [INSUFFICIENT_PERMISSIONS]";

fn names(answer: &Answer, embedded: &str) -> Vec<String> {
    assert_eq!(answer.summary(), "200", "{}", answer.body);
    let items = answer.body["_embedded"][embedded].as_array().unwrap();
    assert_eq!(answer.body["size"], items.len());
    items
        .iter()
        .map(|item| item["name"].as_str().unwrap().to_owned())
        .collect()
}

async fn as_role(scene: &Scene, role: Role, path: &str) -> Answer {
    let workers = &scene.server.world.by_role;
    let (_, worker) = workers.iter().find(|(held, _)| *held == role).unwrap();
    let token = scene.server.token(*worker).await.unwrap();
    scene
        .server
        .call("GET", path)
        .token(&token)
        .send()
        .await
        .unwrap()
}

#[tokio::test]
async fn environments() {
    let scene = Scene::new().await;
    let world = scene.server.world.clone();
    let list = scene.get("/v1/environments").await;
    assert_eq!(list.body["count"], 2);
    let mut found = names(&list, "environments");
    found.sort();
    assert_eq!(found, ["Main", "Other"]);

    let own = format!("{API_BASE}/environments/{}", world.environment);
    let organization = format!("{API_BASE}/organizations/{}", world.organization);
    let read = scene
        .get(format!("/v1/environments/{}", world.environment))
        .await;
    let expected = json!({
        "_links": {
            "self": {"href": own},
            "organization": {"href": organization},
            "license": {"href": format!("{organization}/licenses/{}", world.license)},
            "populations": {"href": format!("{own}/populations")},
            "users": {"href": format!("{own}/users")},
            "applications": {"href": format!("{own}/applications")},
            "capabilities": {"href": format!("{own}/capabilities")},
            "billOfMaterials": {"href": format!("{own}/billOfMaterials")},
        },
        "id": world.environment,
        "name": "Main",
        "organization": {"id": world.organization},
        "type": "SANDBOX",
        "region": "EU",
        "createdAt": read.body["createdAt"],
        "updatedAt": read.body["updatedAt"],
        "license": {"id": world.license},
    });
    assert_eq!(read.body.to_string(), expected.to_string());

    for (query, expected) in [
        ("filter=name%20sw%20%22ma%22", vec!["Main"]),
        ("filter=name%20sw%20%22x%22", vec![]),
        (
            &format!("filter=id%20eq%20%22{}%22", world.other_environment),
            vec!["Other"],
        ),
        (
            &format!(
                "filter=name%20sw%20%22ma%22%20and%20organization.id%20eq%20%22{}%22",
                world.organization
            ),
            vec!["Main"],
        ),
    ] {
        let list = scene.get(format!("/v1/environments?{query}")).await;
        assert_eq!(names(&list, "environments"), expected, "{query}");
    }
    let refused = scene
        .get("/v1/environments?filter=name%20eq%20%22Main%22")
        .await;
    assert_eq!(
        refused.summary(),
        "400 INVALID_REQUEST [INVALID_FILTER filter]"
    );
    let pages = scene.get("/v1/environments?limit=1").await;
    let next = pages.body["_links"]["next"]["href"].as_str().unwrap();
    let second = scene
        .get(next.strip_prefix("https://api.mfa.test").unwrap())
        .await;
    assert_eq!(second.body["size"], 1);
    assert!(second.body["_links"].get("next").is_none());
    assert_eq!(
        second.body["_links"]["prev"]["href"]
            .as_str()
            .map(|href| href.contains("cursor=")),
        Some(true)
    );

    // Callers see what a role covers.
    for (worker, expected) in [
        (world.nobody, vec![]),
        (world.foreigner, vec!["Other"]),
        (world.narrow, vec!["Main"]),
        (world.reader, vec!["Main"]),
    ] {
        let token = scene.server.token(worker).await.unwrap();
        let call = scene.server.call("GET", "/v1/environments").token(&token);
        assert_eq!(names(&call.send().await.unwrap(), "environments"), expected);
    }
    let absent = "/v1/environments/00000000-0000-4000-8000-000000000001";
    assert_eq!(scene.get(absent).await.summary(), DENIED);
    assert_eq!(
        scene.get("/v1/environments/x").await.summary(),
        "404 NOT_FOUND"
    );
}

#[tokio::test]
async fn what_environments_offer() {
    let scene = Scene::new().await;
    let path = format!("/v1/environments/{}", scene.server.world.environment);
    let bill = scene.get(format!("{path}/billOfMaterials")).await;
    let products = bill.body["products"].as_array().unwrap();
    let types: Vec<&Value> = products.iter().map(|product| &product["type"]).collect();
    assert_eq!(types, ["PING_ONE_BASE", "PING_ONE_MFA"]);
    let expanded = scene
        .get(format!("{path}?expand=capabilities,billOfMaterials"))
        .await;
    assert_eq!(expanded.body["billOfMaterials"], bill.body);
    assert!(expanded.body["_links"].get("billOfMaterials").is_none());
    let capabilities = scene.get(format!("{path}/capabilities")).await;
    assert_eq!(capabilities.body["canUseMfa"], true);
    assert_eq!(capabilities.body["canUsePingIdDesktopGen2"], true);
    assert_eq!(capabilities.body["canUseTotp"], false);

    let role = Role::IdentityDataAdmin;
    let bill = as_role(&scene, role, &format!("{path}/billOfMaterials")).await;
    assert_eq!(bill.summary(), DENIED);
    let expanded = as_role(&scene, role, &format!("{path}?expand=billOfMaterials")).await;
    assert_eq!(expanded.summary(), "200");
    assert!(expanded.body.get("billOfMaterials").is_none());
}

#[tokio::test]
async fn populations() {
    let scene = Scene::new().await;
    let world = scene.server.world.clone();
    let path = format!("/v1/environments/{}/populations", world.environment);
    let list = scene.get(&path).await;
    let mut found = names(&list, "populations");
    found.sort();
    assert_eq!(found, ["Default", "Second"]);
    assert_eq!(list.body["count"], 2);

    let environment = format!("{API_BASE}/environments/{}", world.environment);
    let read = scene.get(format!("{path}/{}", world.population)).await;
    let expected = json!({
        "_links": {
            "self": {"href": format!("{environment}/populations/{}", world.population)},
            "environment": {"href": environment},
        },
        "id": world.population,
        "environment": {"id": world.environment},
        "name": "Default",
        "userCount": 1,
        "createdAt": read.body["createdAt"],
        "updatedAt": read.body["updatedAt"],
        "default": true,
    });
    assert_eq!(read.body.to_string(), expected.to_string());

    for (filter, expected) in [
        ("name%20eq%20%22second%22", vec!["Second"]),
        (
            "name%20sw%20%22d%22%20or%20name%20sw%20%22x%22",
            vec!["Default"],
        ),
        (
            &format!("id%20eq%20%22{}%22", world.population),
            vec!["Default"],
        ),
    ] {
        let list = scene.get(format!("{path}?filter={filter}")).await;
        assert_eq!(names(&list, "populations"), expected, "{filter}");
    }
    let absent = format!("{path}/00000000-0000-4000-8000-000000000001");
    assert_eq!(scene.get(&absent).await.summary(), "404 NOT_FOUND");

    let narrow = scene.server.token(world.narrow).await.unwrap();
    let get = |path: String| {
        let call = scene.server.call("GET", path).token(&narrow);
        async { call.send().await.unwrap() }
    };
    assert_eq!(names(&get(path.clone()).await, "populations"), ["Second"]);
    assert_eq!(
        get(format!("{path}/{}", world.other_population))
            .await
            .summary(),
        "200"
    );
    assert_eq!(
        get(format!("{path}/{}", world.population)).await.summary(),
        DENIED
    );
    assert_eq!(get(absent).await.summary(), DENIED);
}

#[tokio::test]
async fn applications() {
    let scene = Scene::new().await;
    let world = scene.server.world.clone();
    let path = format!("/v1/environments/{}/applications", world.environment);
    let list = scene.get(&path).await;
    assert!(names(&list, "applications").contains(&"PingID Desktop".to_owned()));
    assert!(list.body.get("count").is_none());
    let text = String::from_utf8(list.bytes.clone()).unwrap();
    assert!(!text.contains(scene.server.secret()) && !text.to_lowercase().contains("\"secret"));

    let applications = list.body["_embedded"]["applications"].as_array().unwrap();
    let desktop = applications
        .iter()
        .find(|item| item["name"] == "PingID Desktop")
        .unwrap();
    assert_eq!(desktop["type"], "NATIVE_APP");
    assert_eq!(desktop["pingIdDesktop"], json!({"communicationPort": 9410}));

    let environment = format!("{API_BASE}/environments/{}", world.environment);
    let read = scene.get(format!("{path}/{}", world.admin.id)).await;
    let expected = json!({
        "_links": {
            "self": {"href": format!("{environment}/applications/{}", world.admin.id)},
            "environment": {"href": environment},
        },
        "environment": {"id": world.environment},
        "id": world.admin.id,
        "name": "Admin",
        "enabled": true,
        "type": "WORKER",
        "accessControl": {"role": {"type": "ADMIN_USERS_ONLY"}},
        "protocol": "OPENID_CONNECT",
        "createdAt": read.body["createdAt"],
        "updatedAt": read.body["updatedAt"],
        "grantTypes": ["CLIENT_CREDENTIALS"],
        "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
        "pkceEnforcement": "OPTIONAL",
    });
    assert_eq!(read.body.to_string(), expected.to_string());
    let absent = format!("{path}/00000000-0000-4000-8000-000000000001");
    assert_eq!(scene.get(absent).await.summary(), "404 NOT_FOUND");
    let narrow = scene.server.token(world.narrow).await.unwrap();
    let answer = scene
        .server
        .call("GET", &path)
        .token(&narrow)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.summary(), DENIED);

    scene
        .server
        .engine
        .set_communication_port(world.environment, 9500)
        .await
        .unwrap();
    let id = desktop["id"].as_str().unwrap();
    let read = scene.get(format!("{path}/{id}")).await;
    assert_eq!(read.body["pingIdDesktop"]["communicationPort"], 9500);
}

#[tokio::test]
async fn organizations() {
    let scene = Scene::new().await;
    let world = scene.server.world.clone();
    let list = scene.get("/v1/organizations").await;
    assert_eq!(names(&list, "organizations"), ["Test"]);
    let path = format!("/v1/organizations/{}", world.organization);
    let read = scene.get(&path).await;
    assert_eq!(read.body, list.body["_embedded"]["organizations"][0]);
    let licenses = scene.get(format!("{path}/licenses")).await;
    let license = &licenses.body["_embedded"]["licenses"][0];
    assert_eq!(license["status"], "ACTIVE");
    assert_eq!(license["assignedEnvironmentsCount"], 2);
    let read = scene
        .get(format!("{path}/licenses/{}", world.license))
        .await;
    assert_eq!(read.body, *license);
    for (filter, expected) in [
        ("status%20eq%20%22ACTIVE%22", 1),
        ("status%20eq%20%22EXPIRED%22", 0),
        ("beginsAt%20lt%20%222100-01-01T00:00:00Z%22", 1),
        ("beginsAt%20lt%20%222001-01-01T00:00:00Z%22", 0),
    ] {
        let list = scene.get(format!("{path}/licenses?filter={filter}")).await;
        assert_eq!(list.body["count"], expected, "{filter}");
    }
    let refused = scene.get(format!("{path}/licenses?filter=x")).await;
    assert_eq!(
        refused.summary(),
        "400 INVALID_REQUEST [INVALID_FILTER filter]"
    );
    let absent = "00000000-0000-4000-8000-000000000001";
    assert_eq!(
        scene
            .get(format!("{path}/licenses/{absent}"))
            .await
            .summary(),
        "404 NOT_FOUND"
    );
    assert_eq!(
        scene
            .get(format!("/v1/organizations/{absent}"))
            .await
            .summary(),
        DENIED
    );
    // Roles on an environment do not reach its organization.
    let foreigner = scene.server.token(world.foreigner).await.unwrap();
    let call = |path: &str| {
        let call = scene.server.call("GET", path).token(&foreigner);
        async { call.send().await.unwrap() }
    };
    assert_eq!(
        names(&call("/v1/organizations").await, "organizations"),
        Vec::<String>::new()
    );
    assert_eq!(call(&path).await.summary(), DENIED);
}
