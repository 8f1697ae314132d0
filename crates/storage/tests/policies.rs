//! The statements about policies and MFA settings, on both engines.
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
use countersign_domain::device::{Development, RpId};
use countersign_domain::device_policy::{DevicePolicy, PolicyDocument};
use countersign_domain::fido2_policy::{Fido2Policy, Fido2PolicyDocument};
use countersign_domain::ids::{DevicePolicyId, EnvironmentId, Fido2PolicyId};
use countersign_domain::mfa_settings::{MfaSettings, MfaSettingsDocument};
use countersign_storage::queries::{device_policies, fido2_policies, mfa_settings};
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
                    Err(skip) => skip.report(concat!("policies::postgres::", stringify!($name))),
                }
            })+
        }
    };
}

on_both_engines![
    policies_come_back_as_they_were,
    a_name_is_free_or_it_is_not,
    a_change_needs_the_version_that_was_read,
    there_is_one_default_policy,
    there_are_a_hundred_at_most,
    fido2_policies_come_back_as_they_were,
    settings_take_the_place_of_settings,
];

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

fn environment(n: u128) -> EnvironmentId {
    EnvironmentId::from_uuid(Uuid::from_u128(n))
}

fn rp() -> RpId {
    RpId::parse("localhost", Development::Yes).unwrap()
}

fn policy(n: u128, name: &str) -> DevicePolicy {
    DevicePolicy {
        id: DevicePolicyId::from_uuid(Uuid::from_u128(n)),
        environment: environment(1),
        name: name.to_owned(),
        default: false,
        document: PolicyDocument::with_every_method(&rp()),
        created_at: at(i64::try_from(n).unwrap()),
        updated_at: at(500),
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

async fn add(db: &Database, policy: &DevicePolicy) {
    apply(
        db,
        device_policies::insert(Unit::new("add"), policy).unwrap(),
    )
    .await;
}

async fn policies_come_back_as_they_were(db: &Database) {
    let (one, two) = (policy(1, "One"), policy(2, "Two"));
    let foreign = DevicePolicy {
        environment: environment(9),
        ..policy(3, "One")
    };
    for policy in [&two, &one, &foreign] {
        add(db, policy).await;
    }
    let find = device_policies::find(db, environment(1), one.id)
        .await
        .unwrap();
    assert_eq!(find.as_ref(), Some(&one));
    assert_eq!(
        device_policies::of_environment(db, environment(1))
            .await
            .unwrap(),
        [one, two],
        "the oldest first"
    );
    let elsewhere = device_policies::find(db, environment(1), foreign.id)
        .await
        .unwrap();
    assert_eq!(elsewhere, None);
}

async fn a_name_is_free_or_it_is_not(db: &Database) {
    add(db, &policy(1, "Straße")).await;
    let same = policy(2, "STRAßE");
    assert!(device_policies::name_is_taken(db, &same).await.unwrap());
    let insert = device_policies::insert(Unit::new("add"), &same).unwrap();
    assert_eq!(refused(db, insert).await, "policy_name");
    let check = device_policies::require_free_name(Unit::new("check"), &same);
    assert_eq!(refused(db, check).await, "policy_name");
    let own = policy(1, "straße");
    assert!(!device_policies::name_is_taken(db, &own).await.unwrap());
    apply(
        db,
        device_policies::require_free_name(Unit::new("check"), &own),
    )
    .await;
    // Past the check, the index refuses.
    let other = policy(2, "Other");
    add(db, &other).await;
    let renamed = DevicePolicy {
        name: "straße".to_owned(),
        ..other.clone()
    };
    let update = device_policies::update(Unit::new("rename"), &renamed, other.updated_at).unwrap();
    assert!(matches!(
        db.write(update).await,
        Err(StorageError::UniqueViolation { .. })
    ));
}

async fn a_change_needs_the_version_that_was_read(db: &Database) {
    let before = policy(1, "One");
    add(db, &before).await;
    let after = DevicePolicy {
        name: "Renamed".to_owned(),
        document: PolicyDocument::of_new_environment(),
        updated_at: at(600),
        ..before.clone()
    };
    let update =
        || device_policies::update(Unit::new("update"), &after, before.updated_at).unwrap();
    apply(db, update()).await;
    let stored = device_policies::find(db, environment(1), before.id)
        .await
        .unwrap();
    assert_eq!(stored, Some(after.clone()));
    assert_eq!(refused(db, update()).await, "policy");
    let delete = || device_policies::delete(Unit::new("delete"), environment(1), before.id);
    apply(db, delete()).await;
    assert_eq!(refused(db, delete()).await, "policy");
}

async fn there_is_one_default_policy(db: &Database) {
    let one = DevicePolicy {
        default: true,
        ..policy(1, "One")
    };
    let two = DevicePolicy {
        default: true,
        ..policy(2, "Two")
    };
    add(db, &one).await;
    let both = device_policies::insert(Unit::new("both"), &two).unwrap();
    assert!(matches!(
        db.write(both).await,
        Err(StorageError::UniqueViolation { .. })
    ));
    let unit = device_policies::demote(Unit::new("swap"), &one, at(700));
    apply(db, device_policies::insert(unit, &two).unwrap()).await;
    let default = device_policies::find_default(db, environment(1))
        .await
        .unwrap();
    assert_eq!(default.map(|policy| policy.id), Some(two.id));
    let stale = device_policies::demote(Unit::new("stale"), &one, at(800));
    assert_eq!(refused(db, stale).await, "policy");
    let delete = device_policies::delete(Unit::new("delete"), environment(1), two.id);
    assert_eq!(refused(db, delete).await, "policy");
    apply(
        db,
        device_policies::demote_any(Unit::new("any"), environment(1)),
    )
    .await;
    assert_eq!(
        device_policies::find_default(db, environment(1))
            .await
            .unwrap(),
        None
    );
}

async fn there_are_a_hundred_at_most(db: &Database) {
    let mut unit = Unit::new("many");
    for n in 1..=99 {
        unit = device_policies::insert(unit, &policy(n, &format!("Policy {n}"))).unwrap();
    }
    apply(db, unit).await;
    let one_more = |n| {
        let unit = device_policies::require_room(Unit::new("one more"), environment(1));
        device_policies::insert(unit, &policy(n, &format!("Policy {n}"))).unwrap()
    };
    apply(db, one_more(100)).await;
    assert_eq!(refused(db, one_more(101)).await, "policy_limit");
    apply(
        db,
        device_policies::require_room(Unit::new("elsewhere"), environment(2)),
    )
    .await;
}

async fn fido2_policies_come_back_as_they_were(db: &Database) {
    let fido2 = |n: u128, name: &str, document| Fido2Policy {
        id: Fido2PolicyId::from_uuid(Uuid::from_u128(n)),
        environment: environment(1),
        name: name.to_owned(),
        default: n == 2,
        document,
        created_at: at(i64::try_from(n).unwrap()),
        updated_at: at(500),
    };
    assert_eq!(
        fido2_policies::default_id(db, environment(1))
            .await
            .unwrap(),
        None
    );
    let one = fido2(1, "One", Fido2PolicyDocument::security_key(&rp()));
    let two = fido2(2, "Two", Fido2PolicyDocument::passkeys(&rp()));
    for policy in [&one, &two] {
        apply(
            db,
            fido2_policies::insert(Unit::new("add"), policy).unwrap(),
        )
        .await;
    }
    let again = fido2(3, "TWO", Fido2PolicyDocument::passkeys(&rp()));
    let again = fido2_policies::insert(Unit::new("add"), &again).unwrap();
    assert_eq!(refused(db, again).await, "fido2_policy_name");
    assert_eq!(
        fido2_policies::default_id(db, environment(1))
            .await
            .unwrap(),
        Some(two.id)
    );
    let found = fido2_policies::find(db, environment(1), one.id)
        .await
        .unwrap();
    assert_eq!(found.as_ref(), Some(&one));
    apply(
        db,
        fido2_policies::require(Unit::new("there"), environment(1), one.id),
    )
    .await;
    let elsewhere = fido2_policies::require(Unit::new("elsewhere"), environment(2), one.id);
    assert_eq!(refused(db, elsewhere).await, "fido2_policy");
    assert_eq!(
        fido2_policies::of_environment(db, environment(1))
            .await
            .unwrap(),
        [one, two]
    );
}

async fn settings_take_the_place_of_settings(db: &Database) {
    assert_eq!(mfa_settings::find(db, environment(1)).await.unwrap(), None);
    for (maximum, seconds) in [(5, 1), (7, 2)] {
        let settings = MfaSettings {
            environment: environment(1),
            document: MfaSettingsDocument {
                max_allowed_devices: maximum,
                ..MfaSettingsDocument::default()
            },
            updated_at: at(seconds),
        };
        apply(db, mfa_settings::put(Unit::new("put"), &settings).unwrap()).await;
        let stored = mfa_settings::find(db, environment(1)).await.unwrap();
        assert_eq!(stored, Some(settings));
    }
    assert_eq!(mfa_settings::find(db, environment(2)).await.unwrap(), None);
}
