//! Which members are mandatory, what the others are when they are left out, and that all are kept.

use countersign_desktop_protocol::{Evidence, KeyProtection, UserVerification};
use serde_json::Value;

use super::super::{
    DesktopSettings, IpPairing, MobileApplication, NewDeviceNotification, PairingSwitches,
    RememberMe, TokenMethod,
};
use super::storage::pretty;
use super::{full, least, one, read, remove, set};
use crate::device_authentication::DeviceSelection;
use crate::lockout::FailureLimit;
use crate::period::Period;

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
                remove(&mut policy, path);
            } else {
                set(&mut policy, path, Value::Null);
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
