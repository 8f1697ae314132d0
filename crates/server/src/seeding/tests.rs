//! Seeding on a real database file.

use std::sync::Arc;

use countersign_crypto::keyring::MasterKey;
use countersign_crypto::random::SystemRandom;
use countersign_crypto::time::SystemClock;
use countersign_desktop_protocol::Development;
use countersign_engine::{EngineConfig, EngineParts};
use countersign_storage::{Database, DatabaseUrl, OpenOptions};
use serde_json::{Value, json};

use super::*;

struct Made {
    engine: countersign_engine::Engine,
    _folder: tempfile::TempDir,
}

async fn engine() -> Made {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::sqlite(folder.path().join("test.db"));
    let options = OpenOptions {
        create: true,
        ..OpenOptions::default()
    };
    let database = Database::open(&url, options).await.unwrap();
    database.migrate().await.unwrap();
    let engine = countersign_engine::Engine::open(EngineParts {
        database,
        master_key: MasterKey::generate(&SystemRandom),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        config: EngineConfig {
            api_base: "http://127.0.0.1:1/v1".to_owned(),
            auth_base: "http://127.0.0.1:1".to_owned(),
            default_relying_party: "localhost".to_owned(),
        },
    })
    .await
    .unwrap();
    Made {
        engine,
        _folder: folder,
    }
}

async fn seed(made: &Made, fixtures: Option<&Value>) -> anyhow::Result<Seeded> {
    let rp_id = RpId::parse("localhost", Development::Yes).unwrap();
    quickstart(
        &made.engine,
        SeedOptions {
            rp_id: &rp_id,
            desktop_port: 9411,
            fixtures,
        },
    )
    .await
}

#[tokio::test]
async fn the_second_start_finds_what_the_first_made() {
    let made = engine().await;
    let first = seed(&made, None).await.unwrap();
    let second = seed(&made, None).await.unwrap();
    assert_eq!(first.environment, second.environment);
    assert_eq!(first.user, second.user);
    assert_eq!(first.policy, second.policy);
    assert_eq!(first.client, second.client);
    assert!(first.client_secret == second.client_secret);
    assert_ne!(first.client, first.page_client);
    let database = made.engine.database();
    let user = countersign_storage::queries::users::find(database, first.environment, first.user)
        .await
        .unwrap()
        .unwrap();
    assert!(user.enabled && user.mfa_enabled);
    // Alone in a population of its own, which is all that the page's worker reaches.
    assert_ne!(user.population, first.population);
    let held = countersign_storage::queries::role_assignments::of_application(
        database,
        first.environment,
        first.page_client,
    )
    .await
    .unwrap();
    let scope = Scope::Population(first.environment, user.population);
    assert_eq!(
        held,
        [Assignment {
            role: Role::IdentityDataAdmin,
            scope
        }]
    );
}

#[tokio::test]
async fn init_and_quickstart_keep_off_each_other() {
    let made = engine().await;
    let rp_id = RpId::parse("example.com", Development::No).unwrap();
    let initial = init(&made.engine, &rp_id).await.unwrap();
    assert_ne!(initial.administrators, initial.environment);
    assert_eq!(initial.client_secret.expose().len(), 64);
    assert!(init(&made.engine, &rp_id).await.is_err());
    assert!(seed(&made, None).await.is_err());
}

fn fixtures() -> Value {
    json!({"environments": [{
        "id": "0783541c-a172-4d40-8783-541ca1728d40",
        "name": "Payroll",
        "type": "SANDBOX",
        "region": "EU",
        "billOfMaterials": {"products": [{"type": "PING_ONE_MFA"}]},
        "populations": [
            {"id": "11111111-a172-4d40-8783-541ca1728d40", "name": "Staff", "default": true},
            {"id": "22222222-a172-4d40-8783-541ca1728d40", "name": "Guests"}
        ],
        "users": [
            {"id": "33333333-a172-4d40-8783-541ca1728d40", "username": "kim.park",
             "email": "kim@example.com", "name": {"given": "Kim", "family": "Park"}},
            {"username": "guest", "population": {"id": "22222222-a172-4d40-8783-541ca1728d40"}}
        ],
        "applications": [{
            "id": "44444444-a172-4d40-8783-541ca1728d40",
            "name": "Robot", "enabled": true, "type": "WORKER", "protocol": "OPENID_CONNECT",
            "grantTypes": ["CLIENT_CREDENTIALS"],
            "tokenEndpointAuthMethod": "CLIENT_SECRET_POST",
            "clientSecret": "a-secret-of-my-own",
            "roleAssignments": [
                {"role": {"id": "0bd9c966-7664-4ac1-b059-0ff9293908e2"},
                 "scope": {"type": "ENVIRONMENT"}}
            ]
        }]
    }]})
}

#[tokio::test]
async fn fixtures_are_applied_once() {
    let made = engine().await;
    let file = fixtures();
    seed(&made, Some(&file)).await.unwrap();
    seed(&made, Some(&file)).await.unwrap();
    let environment: EnvironmentId = "0783541c-a172-4d40-8783-541ca1728d40".parse().unwrap();
    let database = made.engine.database();
    let user = "33333333-a172-4d40-8783-541ca1728d40".parse().unwrap();
    let user = countersign_storage::queries::users::find(database, environment, user)
        .await
        .unwrap();
    let user = user.unwrap();
    assert_eq!(
        user.population.to_string(),
        "11111111-a172-4d40-8783-541ca1728d40"
    );
    let application = "44444444-a172-4d40-8783-541ca1728d40".parse().unwrap();
    let secret = made
        .engine
        .client_secret(environment, application)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(secret.expose(), "a-secret-of-my-own");
}

#[tokio::test]
async fn faults_of_fixtures_are_named_and_nothing_is_stored() {
    let made = engine().await;
    seed(&made, None).await.unwrap();
    for (pointer, value, words) in [
        (
            "/environments/0/name",
            Value::Null,
            "environments[0]: name is missing",
        ),
        ("/environments/0/id", json!("x"), "id: \"x\" is no id"),
        (
            "/environments/0/type",
            json!("TOY"),
            "type: \"TOY\" is not known",
        ),
        ("/environments/0/users/1/username", json!(7), "users[1]"),
        ("/environments/0/users", json!({}), "users is no list"),
        (
            "/environments/0/applications/0/type",
            json!("X"),
            "applications[0]: type",
        ),
        (
            "/environments/0/applications/0/roleAssignments/0/role/id",
            json!("33333333-a172-4d40-8783-541ca1728d40"),
            "names no built-in role",
        ),
        ("/environments", json!([1]), "not an object"),
    ] {
        let mut file = fixtures();
        *file.pointer_mut(pointer).unwrap() = value;
        let error = format!("{:#}", seed(&made, Some(&file)).await.err().unwrap());
        assert!(error.contains(words), "{pointer}: {error}");
    }
    let all = countersign_storage::queries::environments::all(made.engine.database())
        .await
        .unwrap();
    assert_eq!(all.len(), 1);
}
