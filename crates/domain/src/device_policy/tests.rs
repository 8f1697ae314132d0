//! The rules of policies: a document with every member, changed in one place at a time.

use countersign_desktop_protocol::rp::RpId;
use countersign_desktop_protocol::{Development, Evidence, KeyProtection, UserVerification};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    DesktopSettings, IpPairing, MobileApplication, NewDeviceNotification, PairingSwitches,
    PolicyDocument, PolicyRequest, RememberMe, TokenMethod,
};
use crate::device_authentication::DeviceSelection;
use crate::lockout::FailureLimit;
use crate::period::{Period, TimeUnit};
use crate::stored;

fn period(duration: i64, unit: &str) -> Value {
    json!({"duration": duration, "timeUnit": unit})
}

fn failure(minutes: i64) -> Value {
    json!({"count": 3, "coolDown": period(minutes, "MINUTES")})
}

fn address() -> Value {
    json!({"enabled": true, "otp": {"failure": failure(0), "lifeTime": period(30, "MINUTES")}})
}

fn token() -> Value {
    json!({"enabled": true, "otp": {"failure": failure(2)}})
}

/// A policy of mandatory members only.
fn least() -> Value {
    json!({
        "name": "Staff", "default": false, "sms": address(), "voice": address(),
        "email": address(), "mobile": token(), "totp": token(),
    })
}

/// A policy with every member that there is.
fn full() -> Value {
    let mut policy = least();
    for method in ["sms", "voice", "email", "totp"] {
        set(
            &mut policy,
            &format!("{method}.pairingDisabled"),
            json!(false),
        );
        set(
            &mut policy,
            &format!("{method}.promptForNicknameOnPairing"),
            json!(true),
        );
    }
    let own_app = json!({
        "id": "00000000-0000-0000-0000-00000000000a",
        "push": {"enabled": true, "numberMatching": {"enabled": true}},
        "otp": {"enabled": true},
        "pushTimeout": period(120, "SECONDS"),
        "pairingKeyLifetime": period(24, "HOURS"),
        "pushLimit": {
            "count": 4, "timePeriod": period(20, "MINUTES"), "lockDuration": period(1800, "SECONDS"),
        },
        "deviceAuthorization": {"enabled": true, "extraVerification": "permissive"},
        "autoEnrollment": {"enabled": true},
        "integrityDetection": "restrictive",
        "pairingDisabled": true,
        "newRequestDurationConfiguration": {
            "deviceTimeout": period(25, "SECONDS"), "totalTimeout": period(40, "SECONDS"),
        },
    });
    let built_in_app = json!({
        "id": "00000000-0000-0000-0000-00000000000b",
        "type": "pingIdAppConfig",
        "push": {"enabled": true},
        "pushTimeout": period(1, "SECONDS"),
        "biometricsEnabled": true,
        "ipPairingConfiguration": {
            "anyIPAdress": false, "onlyTheseIpAddresses": ["192.0.2.0/24", "198.51.100.7"],
        },
    });
    for (path, value) in [
        (
            "authentication",
            json!({"deviceSelection": "PROMPT_TO_SELECT"}),
        ),
        ("newDeviceNotification", json!("NONE")),
        ("ignoreUserLock", json!(true)),
        (
            "notificationsPolicy",
            json!({"id": "00000000-0000-0000-0000-00000000000c"}),
        ),
        ("blockUsersWithDisabledMfa", json!(true)),
        ("blockDisabledUsers", json!(true)),
        ("forSignOnPolicy", json!(true)),
        ("sms.otp.otpLength", json!(8)),
        ("whatsApp", address()),
        ("mobile.promptForNicknameOnPairing", json!(true)),
        (
            "mobile.otp.window",
            json!({"stepSize": period(30, "SECONDS")}),
        ),
        ("mobile.applications", json!([own_app, built_in_app])),
        ("totp.passcodeGracePeriod", json!(3)),
        (
            "totp.uriParameters",
            json!({"issuer": "Example", "image": "https://example.org/i.png"}),
        ),
        (
            "fido2",
            json!({
                "enabled": true, "fido2PolicyId": "00000000-0000-0000-0000-00000000000d",
                "failure": {"count": 4, "coolDown": period(150, "SECONDS")}, "pairingDisabled": true,
            }),
        ),
        ("oathToken", token()),
        ("yubikey", token()),
        (
            "desktop",
            json!({
                "enabled": true, "otp": {"failure": failure(2)},
                "pairingKeyLifetime": period(12, "HOURS"),
            }),
        ),
        (
            "pingIdDesktopGen2",
            json!({
                "enabled": true, "otp": {"failure": failure(2)}, "pairingDisabled": false,
                "promptForNicknameOnPairing": true, "relyingPartyId": "example.org",
                "allowedOrigins": ["https://login.example.org", "https://example.org:8443"],
                "userVerification": "PREFERRED", "minKeyProtection": "TPM", "evidence": "REQUIRED",
                "blockOnCounterRegression": false,
            }),
        ),
        (
            "rememberMe",
            json!({"web": {"enabled": true, "lifeTime": period(90, "DAYS")}}),
        ),
    ] {
        set(&mut policy, path, value);
    }
    policy
}

/// Sets the member at a path such as `mobile.applications[0].push`.
fn set(policy: &mut Value, path: &str, value: Value) {
    let pointer = format!(
        "/{}",
        path.replace('[', ".").replace(']', "").replace('.', "/")
    );
    if let Some(place) = policy.pointer_mut(&pointer) {
        *place = value;
        return;
    }
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    policy.pointer_mut(parent).unwrap()[name] = value;
}

fn remove(policy: &mut Value, path: &str) {
    let pointer = format!(
        "/{}",
        path.replace('[', ".").replace(']', "").replace('.', "/")
    );
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    policy
        .pointer_mut(parent)
        .unwrap()
        .as_object_mut()
        .unwrap()
        .remove(name)
        .unwrap();
}

type Faults = Vec<(String, String)>;

fn read_as(policy: &Value, development: Development) -> Result<PolicyRequest, Faults> {
    PolicyRequest::read(policy.as_object().unwrap(), development).map_err(|faults| {
        let pair = |fault: crate::violations::Violation| {
            (
                fault.code.as_str().to_owned(),
                fault.target.unwrap_or_default(),
            )
        };
        faults.into_iter().map(pair).collect()
    })
}

fn read(policy: &Value) -> Result<PolicyRequest, Faults> {
    read_as(policy, Development::No)
}

fn one(code: &str, target: &str) -> Faults {
    vec![(code.to_owned(), target.to_owned())]
}

#[test]
fn what_is_left_out_has_its_default() {
    let request = read(&least()).unwrap();
    assert_eq!((request.name.as_str(), request.default), ("Staff", false));
    let document = request.document;
    assert_eq!(document.device_selection, DeviceSelection::DefaultToFirst);
    assert_eq!(
        document.new_device_notification,
        NewDeviceNotification::EmailThenSms
    );
    assert_eq!(document.notification_policy, None);
    assert!(!document.ignore_user_lock && !document.block_users_with_disabled_mfa);
    assert_eq!(document.sms.otp_length, 6);
    assert_eq!(document.sms.pairing, PairingSwitches::default());
    assert_eq!(document.totp.passcode_grace_period, 5);
    assert_eq!(document.mobile.applications, []);
    assert_eq!(document.oath_token, TokenMethod::standard(false));
    assert_eq!(document.desktop_gen2, DesktopSettings::standard(false));
    assert_eq!(document.remember_me, RememberMe::default());
    assert_eq!(document.remember_me.life_time, Period::days(30));
    assert_eq!(
        (
            document.whats_app,
            document.fido2,
            document.yubikey,
            document.legacy_desktop
        ),
        (None, None, None, None)
    );
}

#[test]
fn null_is_the_same_as_absent() {
    let mut policy = full();
    let expected = read(&least()).unwrap();
    let names: Vec<String> = policy.as_object().unwrap().keys().cloned().collect();
    let mandatory = ["name", "default", "sms", "voice", "email", "mobile", "totp"];
    for name in names
        .iter()
        .filter(|name| !mandatory.contains(&name.as_str()))
    {
        policy[name] = Value::Null;
    }
    for method in ["sms", "voice", "email", "mobile", "totp"] {
        policy[method] = least()[method].clone();
        policy[method]["pairingDisabled"] = Value::Null;
        policy[method]["promptForNicknameOnPairing"] = Value::Null;
    }
    assert_eq!(read(&policy), Ok(expected));
}

#[test]
fn every_member_is_kept() {
    let document = read(&full()).unwrap().document;
    assert_eq!(document.device_selection, DeviceSelection::PromptToSelect);
    assert_eq!(
        document.new_device_notification,
        NewDeviceNotification::None
    );
    assert!(document.ignore_user_lock && document.block_users_with_disabled_mfa);
    assert!(document.uses_whats_app());
    let own: &MobileApplication = &document.mobile.applications[0];
    assert_eq!(own.push_timeout, Period::seconds(120));
    assert_eq!(own.push_limit.lock_duration, Period::seconds(1800));
    let blocks = document.mobile.applications[1].ip_pairing.as_ref().unwrap();
    let IpPairing {
        any_address: Some(false),
        only_these: Some(blocks),
    } = blocks
    else {
        panic!("{blocks:?}");
    };
    let blocks: Vec<String> = blocks.iter().map(ToString::to_string).collect();
    assert_eq!(blocks, ["192.0.2.0/24", "198.51.100.7/32"]);
    let fido2 = document.fido2.as_ref().unwrap();
    assert_eq!(
        fido2.failures.limit(),
        FailureLimit {
            count: 4,
            cool_down_seconds: 150
        }
    );
    let method = document.desktop();
    assert_eq!(method.relying_party_id, Some("example.org"));
    assert_eq!(
        method.allowed_origins,
        ["https://login.example.org", "https://example.org:8443"]
    );
    assert_eq!(method.user_verification, UserVerification::Preferred);
    assert_eq!(method.min_key_protection, KeyProtection::Tpm);
    assert_eq!(method.evidence, Evidence::Required);
    assert!(!method.block_on_counter_regression && !method.pairing_disabled);
    // Every member but those that are dropped on purpose shows in the stored form.
    insta::assert_snapshot!(pretty(&document));
}

#[test]
fn what_holds_for_desktops_when_nothing_is_said() {
    let settings = DesktopSettings::standard(true);
    let method = settings.method();
    assert_eq!((method.failure_count, method.cool_down_seconds), (3, 120));
    assert_eq!(method.user_verification, UserVerification::Required);
    assert_eq!(method.min_key_protection, KeyProtection::Software);
    assert_eq!(method.evidence, Evidence::None);
    assert!(method.block_on_counter_regression);
    assert!(method.allowed_origins.is_empty() && method.relying_party_id.is_none());
}

#[test]
fn mandatory_members() {
    for path in [
        "name",
        "default",
        "sms",
        "voice",
        "email",
        "mobile",
        "totp",
        "sms.enabled",
        "sms.otp",
        "voice.otp.failure",
        "email.otp.failure.count",
        "email.otp.failure.coolDown",
        "email.otp.failure.coolDown.duration",
        "email.otp.failure.coolDown.timeUnit",
        "email.otp.lifeTime",
        "whatsApp.enabled",
        "whatsApp.otp",
        "mobile.enabled",
        "mobile.otp",
        "mobile.applications[0].id",
        "mobile.applications[0].push.enabled",
        "mobile.applications[0].push.numberMatching.enabled",
        "mobile.applications[0].otp.enabled",
        "mobile.applications[0].deviceAuthorization.enabled",
        "mobile.applications[0].autoEnrollment.enabled",
        "mobile.applications[0].pushTimeout.timeUnit",
        "mobile.applications[0].newRequestDurationConfiguration.deviceTimeout",
        "mobile.applications[0].newRequestDurationConfiguration.totalTimeout",
        "mobile.applications[1].ipPairingConfiguration.onlyTheseIpAddresses",
        "totp.enabled",
        "totp.otp.failure.coolDown",
        "fido2.enabled",
        "oathToken.enabled",
        "oathToken.otp",
        "yubikey.otp.failure",
        "desktop.enabled",
        "pingIdDesktopGen2.enabled",
        "pingIdDesktopGen2.otp.failure",
        "pingIdDesktopGen2.otp.failure.count",
        "rememberMe.web.enabled",
        "rememberMe.web.lifeTime",
    ] {
        for missing in [true, false] {
            let mut policy = full();
            if missing {
                remove(&mut policy, path)
            } else {
                set(&mut policy, path, Value::Null)
            }
            assert_eq!(read(&policy), Err(one("REQUIRED_VALUE", path)), "{path}");
        }
    }
}

#[test]
fn members_that_may_be_left_out() {
    for path in [
        "authentication",
        "authentication.deviceSelection",
        "newDeviceNotification",
        "sms.otp.otpLength",
        "whatsApp",
        "mobile.applications",
        "mobile.applications[0].push",
        "mobile.applications[0].pushTimeout",
        "mobile.applications[0].pushLimit",
        "mobile.applications[0].pushLimit.count",
        "mobile.applications[0].pushLimit.timePeriod",
        "mobile.applications[0].newRequestDurationConfiguration",
        "mobile.applications[1].ipPairingConfiguration.anyIPAdress",
        "totp.passcodeGracePeriod",
        "totp.uriParameters",
        "fido2",
        "fido2.fido2PolicyId",
        "fido2.failure",
        "fido2.failure.count",
        "fido2.failure.coolDown",
        "oathToken",
        "desktop.pairingKeyLifetime",
        "pingIdDesktopGen2",
        "pingIdDesktopGen2.otp",
        "pingIdDesktopGen2.relyingPartyId",
        "rememberMe",
        "rememberMe.web",
    ] {
        let mut policy = full();
        remove(&mut policy, path);
        assert!(read(&policy).is_ok(), "{path}: {:?}", read(&policy));
    }
}

#[test]
fn values_that_are_refused_and_where() {
    let app = "mobile.applications[0]";
    for (path, value, code, target) in [
        ("name", json!(""), "EMPTY_VALUE", "name"),
        ("name", json!("  "), "EMPTY_VALUE", "name"),
        (
            "name",
            json!("x".repeat(257)),
            "SIZE_LIMIT_EXCEEDED",
            "name",
        ),
        ("name", json!(7), "INVALID_VALUE", "name"),
        ("name", json!("a\u{0}"), "INVALID_VALUE", "name"),
        ("default", json!("true"), "INVALID_VALUE", "default"),
        ("sms", json!([]), "INVALID_VALUE", "sms"),
        (
            "authentication",
            json!("x"),
            "INVALID_VALUE",
            "authentication",
        ),
        (
            "authentication.deviceSelection",
            json!("first"),
            "INVALID_VALUE",
            "authentication.deviceSelection",
        ),
        (
            "newDeviceNotification",
            json!("SMS"),
            "INVALID_VALUE",
            "newDeviceNotification",
        ),
        (
            "notificationsPolicy.id",
            json!("x"),
            "INVALID_VALUE",
            "notificationsPolicy.id",
        ),
        (
            "fido2.fido2PolicyId",
            json!(""),
            "INVALID_VALUE",
            "fido2.fido2PolicyId",
        ),
        (
            "mobile.applications",
            json!({}),
            "INVALID_VALUE",
            "mobile.applications",
        ),
        (app, json!("x"), "INVALID_VALUE", app),
        (
            "mobile.applications[0].id",
            json!("00000000-0000-0000-0000-00000000000b"),
            "UNIQUENESS_VIOLATION",
            "mobile.applications[1].id",
        ),
        (
            "mobile.applications[1].type",
            json!("x"),
            "INVALID_VALUE",
            "mobile.applications[1].type",
        ),
        (
            "mobile.applications[0].biometricsEnabled",
            json!(true),
            "INVALID_VALUE",
            "mobile.applications[0].biometricsEnabled",
        ),
        (
            "mobile.applications[1].integrityDetection",
            json!("permissive"),
            "INVALID_VALUE",
            "mobile.applications[1].integrityDetection",
        ),
        (
            "mobile.applications[0].deviceAuthorization.extraVerification",
            json!("PERMISSIVE"),
            "INVALID_VALUE",
            "mobile.applications[0].deviceAuthorization.extraVerification",
        ),
        (
            "mobile.applications[1].ipPairingConfiguration.onlyTheseIpAddresses[1]",
            json!("2001:db8::1"),
            "INVALID_VALUE",
            "mobile.applications[1].ipPairingConfiguration.onlyTheseIpAddresses[1]",
        ),
        (
            "mobile.applications[1].ipPairingConfiguration.onlyTheseIpAddresses",
            json!([]),
            "EMPTY_VALUE",
            "mobile.applications[1].ipPairingConfiguration.onlyTheseIpAddresses",
        ),
        (
            "mobile.applications[0].newRequestDurationConfiguration.totalTimeout",
            period(39, "SECONDS"),
            "INVALID_VALUE",
            "mobile.applications[0].newRequestDurationConfiguration.totalTimeout.duration",
        ),
        (
            "totp.uriParameters.secret",
            json!("x"),
            "INVALID_VALUE",
            "totp.uriParameters.secret",
        ),
        (
            "totp.uriParameters.Digits",
            json!("8"),
            "INVALID_VALUE",
            "totp.uriParameters.Digits",
        ),
        (
            "totp.uriParameters.issuer",
            json!(7),
            "INVALID_VALUE",
            "totp.uriParameters.issuer",
        ),
        (
            "pingIdDesktopGen2.userVerification",
            json!("required"),
            "INVALID_VALUE",
            "pingIdDesktopGen2.userVerification",
        ),
        (
            "pingIdDesktopGen2.minKeyProtection",
            json!("SECURE_ENCLAVE"),
            "INVALID_VALUE",
            "pingIdDesktopGen2.minKeyProtection",
        ),
        (
            "pingIdDesktopGen2.evidence",
            json!(true),
            "INVALID_VALUE",
            "pingIdDesktopGen2.evidence",
        ),
        (
            "pingIdDesktopGen2.allowedOrigins",
            json!(vec!["https://a.example.org"; 21]),
            "SIZE_LIMIT_EXCEEDED",
            "pingIdDesktopGen2.allowedOrigins",
        ),
        (
            "platform",
            json!({"enabled": true}),
            "INVALID_VALUE",
            "platform",
        ),
        (
            "securityKey",
            json!({"enabled": false}),
            "INVALID_VALUE",
            "securityKey",
        ),
    ] {
        let mut policy = full();
        set(&mut policy, path, value);
        assert_eq!(read(&policy), Err(one(code, target)), "{path}");
    }
}

#[test]
fn relying_parties_and_origins_of_desktops() {
    const RP: &str = "pingIdDesktopGen2.relyingPartyId";
    const ORIGIN: &str = "pingIdDesktopGen2.allowedOrigins[0]";
    // Value, whether it is taken in production, whether in a sandbox.
    for (path, value, production, sandbox) in [
        (RP, "example.org", true, true),
        (RP, "login.example.co.uk", true, true),
        (RP, "localhost", false, true),
        (RP, "Example.org", false, false),
        (RP, "co.uk", false, false),
        (RP, "intranet", false, false),
        (RP, "192.0.2.1", false, false),
        (RP, "https://example.org", false, false),
        (RP, "", false, false),
        (ORIGIN, "https://login.example.org", true, true),
        (ORIGIN, "http://localhost:8080", false, true),
        (ORIGIN, "http://127.0.0.1:8080", false, true),
        (ORIGIN, "http://login.example.org", false, false),
        (ORIGIN, "https://login.example.org/", false, false),
        (ORIGIN, "https://login.example.org:443", false, false),
        (ORIGIN, "https://LOGIN.example.org", false, false),
        (ORIGIN, "login.example.org", false, false),
    ] {
        let mut policy = full();
        set(&mut policy, path, json!(value));
        for (development, taken) in [(Development::No, production), (Development::Yes, sandbox)] {
            let expected = if taken {
                None
            } else {
                Some(one("INVALID_VALUE", path))
            };
            assert_eq!(
                read_as(&policy, development).err(),
                expected,
                "{path} {value}"
            );
        }
    }
}

#[test]
fn another_spelling_of_the_relying_party_is_taken() {
    let mut policy = full();
    remove(&mut policy, "pingIdDesktopGen2.relyingPartyId");
    set(
        &mut policy,
        "pingIdDesktopGen2.rp",
        json!({"id": "example.com"}),
    );
    assert_eq!(
        read(&policy).unwrap().document.desktop().relying_party_id,
        Some("example.com")
    );
    set(&mut policy, "pingIdDesktopGen2.rp", json!({"id": "com"}));
    assert_eq!(
        read(&policy),
        Err(one("INVALID_VALUE", "pingIdDesktopGen2.rp.id"))
    );
}

#[test]
fn all_faults_are_told_at_once_in_the_order_of_the_document() {
    let mut policy = full();
    remove(&mut policy, "name");
    remove(&mut policy, "voice");
    set(&mut policy, "sms.otp.failure.count", json!(8));
    set(
        &mut policy,
        "email.otp.failure.coolDown.timeUnit",
        json!("HOURS"),
    );
    set(
        &mut policy,
        "mobile.applications[0].push.enabled",
        json!("on"),
    );
    set(&mut policy, "rememberMe.web.lifeTime.duration", json!(91));
    let expected = [
        ("REQUIRED_VALUE", "name"),
        ("INVALID_VALUE", "sms.otp.failure.count"),
        ("REQUIRED_VALUE", "voice"),
        ("INVALID_VALUE", "email.otp.failure.coolDown.timeUnit"),
        ("INVALID_VALUE", "mobile.applications[0].push.enabled"),
        ("INVALID_VALUE", "rememberMe.web.lifeTime.duration"),
    ];
    let expected = expected.map(|(code, target)| (code.to_owned(), target.to_owned()));
    assert_eq!(read(&policy), Err(expected.to_vec()));
}

#[test]
fn a_range_fault_says_the_range_in_the_unit_that_was_sent() {
    let mut policy = full();
    set(
        &mut policy,
        "totp.otp.failure.coolDown",
        period(59, "SECONDS"),
    );
    set(
        &mut policy,
        "desktop.pairingKeyLifetime",
        period(49, "HOURS"),
    );
    let faults = PolicyRequest::read(policy.as_object().unwrap(), Development::No).unwrap_err();
    let ranges: Vec<_> = faults
        .iter()
        .map(|fault| {
            (
                fault.inner.range_minimum_value,
                fault.inner.range_maximum_value,
            )
        })
        .collect();
    assert_eq!(ranges, [(Some(60), Some(1800)), (Some(1), Some(48))]);
}

/// Where there is a number, and its range.
const NUMBERS: [(&str, i64, i64); 10] = [
    ("sms.otp.failure.count", 1, 7),
    ("voice.otp.otpLength", 6, 10),
    ("whatsApp.otp.failure.count", 1, 7),
    ("mobile.otp.failure.count", 1, 7),
    ("mobile.applications[0].pushLimit.count", 1, 50),
    ("totp.passcodeGracePeriod", 1, 10),
    ("fido2.failure.count", 1, 7),
    ("yubikey.otp.failure.count", 1, 7),
    ("desktop.otp.failure.count", 1, 7),
    ("pingIdDesktopGen2.otp.failure.count", 1, 7),
];

const UNITS: [TimeUnit; 4] = [
    TimeUnit::Seconds,
    TimeUnit::Minutes,
    TimeUnit::Hours,
    TimeUnit::Days,
];

/// Where there is a length of time, and for each unit its range; `None` = not of this unit.
type Ranges = [Option<(i64, i64)>; 4];
const PERIODS: [(&str, Ranges); 14] = [
    (
        "sms.otp.failure.coolDown",
        [Some((0, 1800)), Some((0, 30)), None, None],
    ),
    (
        "email.otp.lifeTime",
        [Some((1, 7200)), Some((1, 120)), None, None],
    ),
    (
        "mobile.otp.failure.coolDown",
        [Some((120, 1800)), Some((2, 30)), None, None],
    ),
    (
        "mobile.applications[0].pushTimeout",
        [Some((40, 150)), None, None, None],
    ),
    (
        "mobile.applications[1].pushTimeout",
        [Some((1, 150)), None, None, None],
    ),
    (
        "mobile.applications[0].pairingKeyLifetime",
        [None, Some((1, 2880)), Some((1, 48)), None],
    ),
    (
        "mobile.applications[0].pushLimit.timePeriod",
        [Some((60, 7200)), Some((1, 120)), None, None],
    ),
    (
        "mobile.applications[0].pushLimit.lockDuration",
        [Some((60, 7200)), Some((1, 120)), None, None],
    ),
    (
        "totp.otp.failure.coolDown",
        [Some((60, 1800)), Some((1, 30)), None, None],
    ),
    (
        "fido2.failure.coolDown",
        [Some((120, 1800)), Some((2, 30)), None, None],
    ),
    (
        "oathToken.otp.failure.coolDown",
        [Some((0, 1800)), Some((0, 30)), None, None],
    ),
    (
        "desktop.pairingKeyLifetime",
        [None, Some((1, 2880)), Some((1, 48)), None],
    ),
    (
        "pingIdDesktopGen2.otp.failure.coolDown",
        [Some((0, 1800)), Some((0, 30)), None, None],
    ),
    (
        "rememberMe.web.lifeTime",
        [None, Some((1, 129_600)), Some((1, 2160)), Some((1, 90))],
    ),
];

#[test]
fn ranges_are_exact_at_their_ends() {
    for (path, minimum, maximum) in NUMBERS {
        for number in [
            i64::MIN,
            minimum - 1,
            minimum,
            maximum,
            maximum + 1,
            i64::MAX,
        ] {
            let mut policy = full();
            set(&mut policy, path, json!(number));
            let good = (minimum..=maximum).contains(&number);
            let expected = if good {
                None
            } else {
                Some(one("INVALID_VALUE", path))
            };
            assert_eq!(read(&policy).err(), expected, "{path} {number}");
        }
    }
    for (path, ranges) in PERIODS {
        for (unit, range) in UNITS.into_iter().zip(ranges) {
            let name = crate::named::Named::name(unit);
            let mut policy = full();
            let Some((minimum, maximum)) = range else {
                set(&mut policy, path, period(2, name));
                let target = format!("{path}.timeUnit");
                assert_eq!(
                    read(&policy).err(),
                    Some(one("INVALID_VALUE", &target)),
                    "{path}"
                );
                continue;
            };
            for amount in [minimum - 1, minimum, maximum, maximum + 1] {
                set(&mut policy, path, period(amount, name));
                let good = (minimum..=maximum).contains(&amount);
                let target = format!("{path}.duration");
                let expected = if good {
                    None
                } else {
                    Some(one("INVALID_VALUE", &target))
                };
                assert_eq!(read(&policy).err(), expected, "{path} {amount} {name}");
            }
        }
    }
}

proptest! {
    /// Numbers in range, as numbers or as digits, lengths of time in any of their units: all taken,
    /// and what is stored reads back the same.
    #[test]
    fn every_document_in_range_is_taken_and_survives_storage(
        fractions in prop::collection::vec(0.0..=1.0f64, NUMBERS.len() + PERIODS.len()),
        units in prop::collection::vec(0usize..4, PERIODS.len()),
        digits in any::<bool>(),
        left_out in prop::collection::vec(any::<bool>(), 6),
    ) {
        let mut policy = full();
        let pick = |(minimum, maximum): (i64, i64), fraction: f64| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "small")]
            let offset = ((maximum - minimum) as f64 * fraction).round() as i64;
            minimum + offset
        };
        for ((path, minimum, maximum), fraction) in NUMBERS.into_iter().zip(&fractions) {
            let number = pick((minimum, maximum), *fraction);
            let value = if digits { json!(number.to_string()) } else { json!(number) };
            set(&mut policy, path, value);
        }
        let rest = fractions.iter().skip(NUMBERS.len());
        for (((path, ranges), fraction), unit) in PERIODS.into_iter().zip(rest).zip(units) {
            let allowed: Vec<usize> = (0..4).filter(|at| ranges[*at].is_some()).collect();
            let at = allowed[unit % allowed.len()];
            let amount = pick(ranges[at].unwrap(), *fraction);
            set(&mut policy, path, period(amount, crate::named::Named::name(UNITS[at])));
        }
        let optional =
            ["whatsApp", "fido2", "oathToken", "yubikey", "desktop", "pingIdDesktopGen2"];
        for (name, leave_out) in optional.into_iter().zip(left_out) {
            if leave_out { remove(&mut policy, name); }
        }
        let document = read(&policy).unwrap().document;
        let text = stored::device_policy::write(&document).unwrap();
        prop_assert_eq!(stored::device_policy::read(&text).unwrap(), document);
    }

    /// Whatever a member holds: the reader does not panic, and what it takes can be stored.
    #[test]
    fn no_value_anywhere_breaks_the_reader(place in any::<prop::sample::Index>(), value in any_json()) {
        let mut policy = full();
        let places = pointers(&policy, "");
        let at = &places[place.index(places.len())];
        *policy.pointer_mut(at).unwrap() = value;
        if let Ok(request) = read(&policy) {
            let text = stored::device_policy::write(&request.document).unwrap();
            prop_assert_eq!(stored::device_policy::read(&text).unwrap(), request.document);
        }
    }
}

/// The pointer of every member and item below a value.
fn pointers(value: &Value, at: &str) -> Vec<String> {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (format!("{at}/{name}"), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, value)| (format!("{at}/{index}"), value))
            .collect(),
        _ => Vec::new(),
    };
    children
        .into_iter()
        .flat_map(|(at, value)| {
            let below = pointers(value, &at);
            std::iter::once(at).chain(below)
        })
        .collect()
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        Just(json!("0000")),
        Just(json!("SECONDS")),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec(("(enabled|count|duration|timeUnit|id|.{0,4})", inner), 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn pretty(document: &PolicyDocument) -> String {
    let text = stored::device_policy::write(document).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    serde_json::to_string_pretty(&value).unwrap()
}

#[test]
fn the_policy_of_a_new_environment() {
    let document = PolicyDocument::of_new_environment();
    let on: Vec<&str> = methods(&document)
        .into_iter()
        .filter_map(|(name, on)| on.then_some(name))
        .collect();
    assert_eq!(
        on,
        ["email", "mobile", "totp", "fido2", "pingIdDesktopGen2"]
    );
    insta::assert_snapshot!(pretty(&document));
}

#[test]
fn the_policy_of_a_quickstart_has_every_method_on() {
    let rp = RpId::parse("localhost", Development::Yes).unwrap();
    let document = PolicyDocument::with_every_method(&rp);
    for (name, on) in methods(&document) {
        assert!(on, "{name}");
    }
    assert_eq!(document.desktop().relying_party_id, Some("localhost"));
}

fn methods(document: &PolicyDocument) -> Vec<(&'static str, bool)> {
    vec![
        ("sms", document.sms.enabled),
        ("voice", document.voice.enabled),
        ("email", document.email.enabled),
        ("whatsApp", document.uses_whats_app()),
        ("mobile", document.mobile.enabled),
        ("totp", document.totp.enabled),
        (
            "fido2",
            document.fido2.as_ref().is_some_and(|method| method.enabled),
        ),
        ("oathToken", document.oath_token.enabled),
        (
            "yubikey",
            document
                .yubikey
                .as_ref()
                .is_some_and(|method| method.enabled),
        ),
        (
            "desktop",
            document
                .legacy_desktop
                .as_ref()
                .is_some_and(|method| method.token.enabled),
        ),
        ("pingIdDesktopGen2", document.desktop().enabled),
    ]
}

#[test]
fn documents_of_newer_layouts_are_refused() {
    let text = stored::device_policy::write(&PolicyDocument::of_new_environment()).unwrap();
    assert!(text.starts_with(r#"{"v":1,"#));
    for broken in [
        "",
        "{}",
        &text.replacen("\"v\":1", "\"v\":2", 1),
        &text.replacen("sms", "smz", 1),
    ] {
        assert!(stored::device_policy::read(broken).is_err(), "{broken}");
    }
}
