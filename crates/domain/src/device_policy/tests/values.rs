//! Values that are refused, with which code, and where.

use countersign_desktop_protocol::Development;
use serde_json::{Value, json};

use super::super::PolicyRequest;
use super::{full, one, period, read, read_as, remove, set};

type Case = (&'static str, Value, &'static str, &'static str);

/// Sets each value in a document that is otherwise good, and expects this one fault.
fn check(cases: Vec<Case>) {
    for (path, value, code, target) in cases {
        let mut policy = full();
        set(&mut policy, path, value);
        assert_eq!(read(&policy), Err(one(code, target)), "{path}");
    }
}

#[test]
fn values_of_the_policy_and_its_methods() {
    check(vec![
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
    ]);
}

#[test]
fn values_of_mobile_applications() {
    check(vec![
        (
            "mobile.applications",
            json!({}),
            "INVALID_VALUE",
            "mobile.applications",
        ),
        (
            "mobile.applications[0]",
            json!("x"),
            "INVALID_VALUE",
            "mobile.applications[0]",
        ),
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
    ]);
}

#[test]
fn values_of_desktops() {
    check(vec![
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
    ]);
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
