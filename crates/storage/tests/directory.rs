//! The statements about users and what they live in, on both engines.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

#[allow(dead_code, reason = "not every test file needs all of it")]
mod common;

use common::Fixture;
use countersign_crypto::time::Timestamp;
use countersign_domain::application::{
    Application, ApplicationType, GrantType, PkceEnforcement, TokenEndpointAuthMethod,
};
use countersign_domain::environment::{
    BillOfMaterials, Environment, EnvironmentType, Product, Region,
};
use countersign_domain::given::Given;
use countersign_domain::ids::{
    ApplicationId, EnvironmentId, LicenseId, OrganizationId, PopulationId, UserId,
};
use countersign_domain::lockout::AccountState;
use countersign_domain::organization::{License, Organization};
use countersign_domain::population::Population;
use countersign_domain::user::{Attribute, User, UserInput};
use countersign_storage::queries::users::{Direction, Position};
use countersign_storage::queries::{applications, environments, organizations, populations, users};
use countersign_storage::{Database, Outcome, StorageError, Unit};
use uuid::Uuid;

macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                let fixture = crate::Fixture::sqlite().await;
                fixture.database.migrate().await.unwrap();
                super::$name(&fixture.database).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                match crate::Fixture::postgres().await {
                    Ok(fixture) => {
                        fixture.database.migrate().await.unwrap();
                        super::$name(&fixture.database).await;
                    }
                    Err(skip) => skip.report(concat!("directory::postgres::", stringify!($name))),
                }
            })+
        }
    };
}

on_both_engines![
    what_users_live_in_comes_back_as_it_was,
    names_are_taken,
    a_user_comes_back_as_it_was,
    a_name_is_free_or_it_is_not,
    a_change_needs_the_version_that_was_read,
    pages_go_both_ways,
    deleting,
];

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

fn environment_id(n: u128) -> EnvironmentId {
    EnvironmentId::from_uuid(Uuid::from_u128(n))
}

fn population_id(n: u128) -> PopulationId {
    PopulationId::from_uuid(Uuid::from_u128(n))
}

fn user(n: u128, name: &str) -> User {
    let mut input = UserInput {
        username: Given::Value(name.to_owned()),
        ..UserInput::default()
    };
    let email = format!("{n}@example.org");
    input.profile.set(Attribute::Email, Given::Value(email));
    let new = input.into_new().unwrap();
    User {
        id: UserId::from_uuid(Uuid::from_u128(n)),
        environment: environment_id(1),
        population: population_id(n % 2),
        username: new.username,
        enabled: true,
        mfa_enabled: false,
        account: AccountState::default(),
        ordered: false,
        version: 1,
        email_verified: false,
        profile: new.profile,
        created_at: at(1),
        updated_at: at(1),
    }
}

async fn apply(db: &Database, unit: Unit) {
    assert_eq!(db.write(unit).await.unwrap(), Outcome::Applied(vec![]));
}

async fn refused(db: &Database, unit: Unit) -> &'static str {
    match db.write(unit).await.unwrap() {
        Outcome::Refused(label) => label,
        Outcome::Applied(_) => panic!("applied"),
    }
}

async fn add(db: &Database, user: &User) {
    apply(db, users::insert(Unit::new("add"), user).unwrap()).await;
}

struct Surroundings {
    organization: Organization,
    license: License,
    environment: Environment,
    population: Population,
    application: Application,
}

fn surroundings() -> Surroundings {
    let organization = Organization {
        id: OrganizationId::from_uuid(Uuid::from_u128(9)),
        name: "Organization".to_owned(),
        created_at: at(1),
        updated_at: at(2),
    };
    let license = License {
        id: LicenseId::from_uuid(Uuid::from_u128(8)),
        organization: organization.id,
        name: "License".to_owned(),
        created_at: at(1),
        updated_at: at(2),
    };
    let environment = Environment {
        id: environment_id(1),
        organization: organization.id,
        license: license.id,
        name: "Environment".to_owned(),
        description: Some("For tests".to_owned()),
        environment_type: EnvironmentType::Production,
        region: Region::Ap,
        bill_of_materials: BillOfMaterials {
            products: vec![Product {
                id: Uuid::from_u128(7),
                product_type: "PING_ONE_MFA".to_owned(),
            }],
            created_at: at(1),
            updated_at: at(2),
        },
        created_at: at(1),
        updated_at: at(2),
    };
    let population = Population {
        id: population_id(1),
        environment: environment.id,
        name: "Population".to_owned(),
        description: None,
        default: true,
        created_at: at(1),
        updated_at: at(2),
    };
    let application = Application {
        id: ApplicationId::from_uuid(Uuid::from_u128(6)),
        environment: environment.id,
        name: "Application".to_owned(),
        description: None,
        enabled: true,
        application_type: ApplicationType::NativeApp,
        grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
        token_endpoint_auth_method: TokenEndpointAuthMethod::None,
        pkce_enforcement: PkceEnforcement::S256Required,
        redirect_uris: vec!["acme://cb".to_owned()],
        secret: Some(vec![1, 2, 3]),
        communication_port: Some(9410),
        created_at: at(1),
        updated_at: at(2),
    };
    Surroundings {
        organization,
        license,
        environment,
        population,
        application,
    }
}

async fn add_surroundings(db: &Database, all: &Surroundings) {
    let unit = organizations::insert(Unit::new("add"), &all.organization);
    let unit = organizations::insert_license(unit, &all.license);
    let unit = environments::insert(unit, &all.environment).unwrap();
    let unit = populations::insert(unit, &all.population).unwrap();
    let unit = populations::require(unit, all.environment.id, all.population.id);
    let unit = applications::insert(unit, &all.application).unwrap();
    apply(db, unit).await;
}

async fn what_users_live_in_comes_back_as_it_was(db: &Database) {
    let mut all = surroundings();
    add_surroundings(db, &all).await;
    let (org, env) = (all.organization.id, all.environment.id);
    let found = organizations::find(db, org).await.unwrap();
    assert_eq!(found.as_ref(), Some(&all.organization));
    assert_eq!(organizations::all(db).await.unwrap(), [all.organization]);
    assert_eq!(
        organizations::licenses(db, org).await.unwrap(),
        [all.license]
    );
    let found = environments::find(db, env).await.unwrap();
    assert_eq!(found.as_ref(), Some(&all.environment));
    assert_eq!(environments::all(db).await.unwrap(), [all.environment]);
    let found = populations::find(db, env, all.population.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&all.population));
    let found = populations::find_default(db, env).await.unwrap();
    assert_eq!(found.as_ref(), Some(&all.population));
    assert_eq!(
        populations::of_environment(db, env).await.unwrap(),
        [all.population]
    );
    all.application.communication_port = Some(9500);
    let unit = applications::update(Unit::new("update"), &all.application);
    apply(db, unit.unwrap()).await;
    let found = applications::find(db, env, all.application.id)
        .await
        .unwrap();
    assert_eq!(found.as_ref(), Some(&all.application));
    let found = applications::find_by_name(db, env, "APPLICATION")
        .await
        .unwrap();
    assert_eq!(found.as_ref(), Some(&all.application));
    assert_eq!(
        applications::of_environment(db, env).await.unwrap(),
        [all.application]
    );
}

/// Names are taken whatever their letter case, and there is one default population.
async fn names_are_taken(db: &Database) {
    let Surroundings {
        environment,
        population,
        application,
        ..
    } = {
        let all = surroundings();
        add_surroundings(db, &all).await;
        all
    };
    let env = environment.id;
    let other = Environment {
        id: environment_id(2),
        name: "ENVIRONMENT".to_owned(),
        ..environment
    };
    let unit = environments::insert(Unit::new("add"), &other).unwrap();
    assert_eq!(refused(db, unit).await, "environment_name");
    let other = Population {
        id: population_id(2),
        name: "population".to_owned(),
        default: false,
        ..population.clone()
    };
    let unit = populations::insert(Unit::new("add"), &other).unwrap();
    assert_eq!(refused(db, unit).await, "population_name");
    let other = Application {
        id: ApplicationId::from_uuid(Uuid::from_u128(5)),
        name: "application".to_owned(),
        ..application
    };
    let unit = applications::insert(Unit::new("add"), &other).unwrap();
    assert_eq!(refused(db, unit).await, "application_name");
    let second = Population {
        id: population_id(3),
        name: "Other".to_owned(),
        ..population
    };
    let error = db
        .write(populations::insert(Unit::new("add"), &second).unwrap())
        .await;
    assert!(error.unwrap_err().is_unique_violation());
    let unit = populations::require(Unit::new("require"), env, population_id(3));
    assert_eq!(refused(db, unit).await, "population");
}

async fn a_user_comes_back_as_it_was(db: &Database) {
    let mut ana = user(1, "Ana");
    add(db, &ana).await;
    let env = ana.environment;
    assert_eq!(
        users::find(db, env, ana.id).await.unwrap(),
        Some(ana.clone())
    );
    let found = users::find_by_username(db, env, "ana").await.unwrap();
    assert_eq!(found, Some(ana.clone()));
    assert_eq!(users::find_by_username(db, env, "Ana").await.unwrap(), None);
    assert_eq!(
        users::find(db, environment_id(2), ana.id).await.unwrap(),
        None
    );

    ana.account = AccountState {
        failures: 3,
        locked_at: Some(at(5)),
        unlock_at: Some(at(9)),
    };
    ana.updated_at = at(5);
    apply(db, users::set_account(Unit::new("lock"), &ana)).await;
    ana.version += 1;
    ana.population = population_id(7);
    ana.enabled = false;
    ana.mfa_enabled = true;
    ana.updated_at = at(6);
    apply(db, users::update(Unit::new("update"), &ana).unwrap()).await;
    ana.version += 1;
    apply(
        db,
        users::set_ordered(Unit::new("order"), env, ana.id, true),
    )
    .await;
    ana.ordered = true;
    assert_eq!(users::find(db, env, ana.id).await.unwrap(), Some(ana));
}

async fn a_name_is_free_or_it_is_not(db: &Database) {
    add(db, &user(1, "Ana")).await;
    let mut ben = user(2, "ben");
    add(db, &ben).await;
    let unit = users::insert(Unit::new("add"), &user(3, "ANA")).unwrap();
    assert_eq!(refused(db, unit).await, "username");
    // Elsewhere it is free.
    let mut elsewhere = user(3, "ana");
    elsewhere.environment = environment_id(2);
    add(db, &elsewhere).await;
    ben.username = user(9, "aNA").username;
    let unit = users::update(Unit::new("update"), &ben).unwrap();
    assert_eq!(refused(db, unit).await, "username");
    ben.username = user(9, "BEN").username;
    apply(db, users::update(Unit::new("update"), &ben).unwrap()).await;
    // The same id again is another fault.
    let error = db
        .write(users::insert(Unit::new("add"), &user(1, "cleo")).unwrap())
        .await;
    assert!(matches!(error, Err(StorageError::UniqueViolation { .. })));
}

async fn a_change_needs_the_version_that_was_read(db: &Database) {
    let ana = user(1, "ana");
    add(db, &ana).await;
    apply(db, users::update(Unit::new("update"), &ana).unwrap()).await;
    let stale = || Unit::new("stale");
    assert_eq!(
        refused(db, users::update(stale(), &ana).unwrap()).await,
        "user"
    );
    assert_eq!(refused(db, users::set_account(stale(), &ana)).await, "user");
    assert_eq!(
        refused(db, users::delete(stale(), &ana, at(9))).await,
        "user"
    );
    assert!(
        users::find(db, ana.environment, ana.id)
            .await
            .unwrap()
            .is_some()
    );
}

async fn pages_go_both_ways(db: &Database) {
    let mut all = Vec::new();
    for n in 1..=9 {
        let mut user = user(n, &format!("user{n}"));
        // Three at each point in time, the later ones first.
        user.created_at = at(10 - i64::try_from(n).unwrap() / 3);
        add(db, &user).await;
        all.push(user);
    }
    let mut elsewhere = user(50, "user50");
    elsewhere.environment = environment_id(2);
    add(db, &elsewhere).await;
    all.sort_by_key(Position::of);
    let env = environment_id(1);
    let read = async |population: Option<PopulationId>, from, direction, limit| {
        let query = users::page_query(env, population, from, direction, limit);
        let rows = db.read_batch(vec![query]).await.unwrap();
        let found = rows[0].iter().map(|row| users::decode(row).unwrap().id);
        found.collect::<Vec<_>>()
    };
    let ids = |users: &[User]| users.iter().map(|user| user.id).collect::<Vec<_>>();
    let everything = read(None, Position::START, Direction::Forward, 100).await;
    assert_eq!(everything, ids(&all));
    for (index, user) in all.iter().enumerate() {
        let place = Position::of(user);
        let after = read(None, place, Direction::Forward, 3).await;
        let end = all.len().min(index + 4);
        assert_eq!(after, ids(&all[index + 1..end]));
        let mut before = read(None, place, Direction::Backward, 3).await;
        before.reverse();
        assert_eq!(before, ids(&all[index.saturating_sub(3)..index]));
    }
    let odd: Vec<User> = all
        .iter()
        .filter(|user| user.population == population_id(1))
        .cloned()
        .collect();
    let one = Some(population_id(1));
    assert_eq!(
        read(one, Position::START, Direction::Forward, 100).await,
        ids(&odd)
    );
    let last = Position::of(odd.last().unwrap());
    let mut before = read(one, last, Direction::Backward, 100).await;
    before.reverse();
    assert_eq!(before, ids(&odd[..odd.len() - 1]));
    let counts = vec![users::count_query(env, None), users::count_query(env, one)];
    let counts = db.read_batch(counts).await.unwrap();
    assert_eq!(counts[0][0].int(0).unwrap(), 9);
    assert_eq!(
        counts[1][0].int(0).unwrap(),
        i64::try_from(odd.len()).unwrap()
    );
}

async fn deleting(db: &Database) {
    let ana = user(1, "ana");
    add(db, &ana).await;
    apply(db, users::delete(Unit::new("delete"), &ana, at(9))).await;
    assert_eq!(
        users::find(db, ana.environment, ana.id).await.unwrap(),
        None
    );
    assert_eq!(
        refused(db, users::delete(Unit::new("delete"), &ana, at(9))).await,
        "user"
    );
    add(db, &user(2, "ANA")).await;
}
