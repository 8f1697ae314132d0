//! Options, as the authenticator judges them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

#[allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of it"
)]
mod common;

use common::{NOW, World, id, parts, signed};
use countersign_crypto::jws::{JwsError, UnverifiedJws};
use countersign_crypto::time::Timestamp;
use countersign_desktop_protocol::creation_options::CreationOptions;
use countersign_desktop_protocol::request_options::RequestOptions;
use countersign_desktop_protocol::{
    IssueError, OPTIONS_MAX_BYTES, OptionsError, TimeError, UserVerification, unverified_issuer,
};
use serde_json::{Value, json};

fn creation(world: &World, jwt: &str) -> Result<CreationOptions, OptionsError> {
    let jws = UnverifiedJws::parse(jwt, OPTIONS_MAX_BYTES)?;
    CreationOptions::verify(&jws, world.server.public_jwk())
}

fn request(world: &World, jwt: &str) -> Result<RequestOptions, OptionsError> {
    let jws = UnverifiedJws::parse(jwt, OPTIONS_MAX_BYTES)?;
    RequestOptions::verify(&jws, world.server.public_jwk())
}

#[test]
fn honest_ones_are_read_as_written() {
    let world = World::new();
    assert_eq!(
        creation(&world, &world.creation_jwt).unwrap(),
        world.creation
    );
    assert_eq!(request(&world, &world.request_jwt).unwrap(), world.request);
}

#[test]
fn what_is_written_has_the_documented_members() {
    let world = World::new();
    let (header, claims) = parts(&world.creation_jwt);
    assert_eq!(
        header,
        json!({"typ": "desktop-creation-options+jwt", "alg": "ES256", "kid": "server-key-1"})
    );
    assert_eq!(
        claims,
        json!({
            "iss": common::ISSUER, "aud": "urn:desktop-agent:v1", "sub": common::USER,
            "jti": format!("{}.{}", id(2), id(6)), "iat": 1_790_000_000, "exp": 1_790_000_300,
            "nonce": common::nonce("creation"), "env": id(1), "device": id(2),
            "rp": {"id": "example.com", "name": "Example"}, "origins": [common::ORIGIN],
            "user": {"name": "a.lee", "displayName": "Alex Lee"},
            "application": {"id": id(5), "name": "Desktop"}, "algs": ["ES256"], "uv": "required",
            "minKeyProtection": "SOFTWARE", "evidence": "none", "timeout": 60_000,
        })
    );
    let (header, claims) = parts(&world.request_jwt);
    assert_eq!(header["typ"], "desktop-request-options+jwt");
    assert_eq!(
        claims,
        json!({
            "iss": common::ISSUER, "aud": "urn:desktop-agent:v1", "sub": common::USER,
            "jti": format!("{}.{}", common::AUTHN, id(6)), "iat": 1_790_000_000,
            "exp": 1_790_000_120, "nonce": common::nonce("request"), "env": id(1),
            "authn": common::AUTHN, "rp": {"id": "example.com", "name": "Example"},
            "origins": [common::ORIGIN], "allow": [world.credential.public_jwk().thumbprint()],
            "uv": "required", "timeout": 60_000, "ctx": {"app": "Payroll"},
        })
    );
}

#[test]
fn optional_members_may_be_absent() {
    let world = World::new();
    let (header, mut claims) = parts(&world.creation_jwt);
    claims.as_object_mut().unwrap().remove("origins");
    let read = creation(&world, &signed(&world.server, &header, &claims)).unwrap();
    assert_eq!((read.origins, read.exclude), (vec![], vec![]));

    let usernameless = RequestOptions {
        sub: None,
        allow: None,
        ..world.request.clone()
    };
    let jwt = usernameless.sign("k", &world.server).unwrap();
    let (_, claims) = parts(&jwt);
    assert_eq!((claims.get("sub"), claims.get("allow")), (None, None));
    assert_eq!(request(&world, &jwt).unwrap(), usernameless);

    let (header, mut claims) = parts(&world.request_jwt);
    claims.as_object_mut().unwrap().remove("ctx");
    claims["tpmChallenge"] = json!({"later": true});
    assert!(request(&world, &signed(&world.server, &header, &claims)).is_ok());
}

/// The reason a change of one claim gives, for both kinds.
fn change(world: &World, name: &str, value: &Value) -> (OptionsError, OptionsError) {
    let with = |jwt: &str| {
        let (header, mut claims) = parts(jwt);
        claims[name] = value.clone();
        signed(&world.server, &header, &claims)
    };
    (
        creation(world, &with(&world.creation_jwt)).unwrap_err(),
        request(world, &with(&world.request_jwt)).unwrap_err(),
    )
}

#[test]
fn reasons() {
    use OptionsError::{BadClaim, Lifetime, WrongAudience};
    let world = World::new();
    for (name, value, expected) in [
        ("aud", json!("https://auth.example.com"), WrongAudience),
        ("aud", json!("urn:desktop-agent:v2"), WrongAudience),
        ("exp", json!(1_790_000_301), Lifetime),
        ("exp", json!(1_790_000_000), Lifetime),
        ("exp", json!(1_789_999_999), Lifetime),
        ("exp", json!(9_000_000_000_000_i64), Lifetime),
        ("iat", json!(-9_000_000_000_000_i64), Lifetime),
        ("nonce", json!(""), BadClaim("nonce")),
        ("nonce", json!("AAAA"), BadClaim("nonce")),
        ("nonce", json!("A".repeat(44)), BadClaim("nonce")),
        ("nonce", json!("+".repeat(43)), BadClaim("nonce")),
        ("iss", json!(""), BadClaim("iss")),
        ("sub", json!(""), BadClaim("sub")),
        ("jti", json!(""), BadClaim("jti")),
    ] {
        let both = change(&world, name, &value);
        assert_eq!(both, (expected.clone(), expected), "{name} {value}");
    }
    for (name, value) in [
        ("iss", json!(1)),
        ("aud", json!(["urn:desktop-agent:v1"])),
        ("iat", json!("1790000000")),
        ("iat", json!(1.5)),
        ("iat", json!(i64::MIN)),
        ("exp", json!(i64::MAX)),
        ("exp", json!(u64::MAX)),
        ("exp", Value::Null),
        ("env", json!("x")),
        ("env", json!("0000000000004000800000000000000e")),
        ("env", json!("{00000000-0000-4000-8000-00000000000e}")),
        (
            "env",
            json!("urn:uuid:00000000-0000-4000-8000-00000000000e"),
        ),
        ("rp", json!("example.com")),
        ("rp", json!({"id": 1, "name": "x"})),
        ("origins", json!("https://login.example.com")),
        ("origins", json!(["https://login.example.com/"])),
        ("origins", json!(["https://LOGIN.example.com"])),
        ("origins", json!(["null"])),
        ("rp", json!(["example.com", "Example"])),
        ("sub", Value::Null),
        ("uv", json!({"required": null})),
        ("uv", json!("REQUIRED")),
        ("timeout", json!(-1)),
    ] {
        let (one, other) = change(&world, name, &value);
        for error in [one, other] {
            assert!(
                matches!(error, OptionsError::Jws(JwsError::BadClaims(_))),
                "{name} {value} {error}"
            );
            assert!(!error.is_malformed());
        }
    }
}

#[test]
fn subject_and_allow_come_together() {
    let world = World::new();
    let kid = world.credential.public_jwk().thumbprint();
    let user = Some(common::USER.to_owned());
    for (sub, allow, uv, bad) in [
        (user.clone(), None, UserVerification::Required, "allow"),
        (
            user.clone(),
            Some(vec![]),
            UserVerification::Required,
            "allow",
        ),
        (None, Some(vec![kid]), UserVerification::Required, "allow"),
        (None, Some(vec![]), UserVerification::Required, "allow"),
        (None, None, UserVerification::Preferred, "uv"),
        (None, None, UserVerification::Discouraged, "uv"),
    ] {
        let options = RequestOptions {
            sub,
            allow,
            uv,
            ..world.request.clone()
        };
        // The server does not issue them …
        let issued = options.sign("k", &world.server);
        assert!(
            matches!(issued, Err(IssueError::BadClaim(claim)) if claim == bad),
            "{options:?}"
        );
        // … and the authenticator does not take them.
        let (header, _) = parts(&world.request_jwt);
        let mut claims = serde_json::to_value(&options).unwrap();
        claims["aud"] = json!("urn:desktop-agent:v1");
        let read = request(&world, &signed(&world.server, &header, &claims));
        assert_eq!(
            read.unwrap_err(),
            OptionsError::BadClaim(bad),
            "{options:?}"
        );
    }
}

#[test]
fn lifetimes() {
    let world = World::new();
    let mut options = world.creation.clone();
    options.exp = NOW.plus_seconds(301);
    assert!(matches!(
        options.sign("k", &world.server),
        Err(IssueError::BadClaim("exp"))
    ));
    // Request options are issued for two minutes at most; an authenticator takes five from anybody.
    let mut options = world.request.clone();
    options.exp = NOW.plus_seconds(121);
    assert!(matches!(
        options.sign("k", &world.server),
        Err(IssueError::BadClaim("exp"))
    ));
    let (header, mut claims) = parts(&world.request_jwt);
    claims["exp"] = json!(1_790_000_300);
    assert!(request(&world, &signed(&world.server, &header, &claims)).is_ok());
}

#[test]
fn size() {
    let world = World::new();
    let mut options = world.creation.clone();
    options.rp.name = "x".repeat(OPTIONS_MAX_BYTES);
    assert!(matches!(
        options.sign("k", &world.server),
        Err(IssueError::TooLarge)
    ));
    let text = "a".repeat(OPTIONS_MAX_BYTES + 1);
    let refused = creation(&world, &text).unwrap_err();
    assert_eq!(
        refused,
        OptionsError::Jws(JwsError::TooLarge(OPTIONS_MAX_BYTES))
    );
    assert!(!refused.is_malformed());
}

#[test]
fn clocks() {
    let world = World::new();
    let hour = 3_600;
    for (from_issue, expected) in [
        (0, Ok(())),
        (300, Ok(())),
        (600, Ok(())),
        (601, Err(TimeError::Expired)),
        (hour, Err(TimeError::Expired)),
        (24 * hour, Err(TimeError::Expired)),
        (-300, Ok(())),
        (-301, Err(TimeError::Ahead)),
        (-hour, Err(TimeError::Ahead)),
        (-24 * hour, Err(TimeError::Ahead)),
    ] {
        let now = NOW.plus_seconds(from_issue);
        assert_eq!(world.creation.check_time(now), expected, "{from_issue}");
    }
    assert_eq!(world.request.check_time(NOW.plus_seconds(420)), Ok(()));
    assert_eq!(
        world.request.check_time(NOW.plus_seconds(421)),
        Err(TimeError::Expired)
    );
    let exactly = NOW.plus_seconds(420).plus_micros(1);
    assert_eq!(world.request.check_time(exactly), Err(TimeError::Expired));
    for extreme in [i64::MIN, i64::MAX] {
        assert!(
            world
                .request
                .check_time(Timestamp::from_micros(extreme))
                .is_err()
        );
    }
}

#[test]
fn unverified_reading_holds_all_rules_but_the_signature() {
    let world = World::new();
    let (header, claims) = parts(&world.creation_jwt);
    let read = |header: &Value, claims: &Value| {
        let jwt = signed(&world.stranger, header, claims);
        let jws = UnverifiedJws::parse(&jwt, OPTIONS_MAX_BYTES).unwrap();
        CreationOptions::read_unverified(&jws).map(|options| options.claimed().clone())
    };
    assert_eq!(read(&header, &claims).unwrap(), world.creation);
    let with = |value: &Value, name: &str, change: Value| {
        let mut value = value.clone();
        value[name] = change;
        value
    };
    let wrong = |header: Value| read(&header, &claims).unwrap_err();
    assert_eq!(
        wrong(with(&header, "typ", json!("JWT"))),
        OptionsError::WrongType
    );
    assert_eq!(
        wrong(with(&header, "alg", json!("none"))),
        OptionsError::Jws(JwsError::WrongAlgorithm("ES256"))
    );
    let wrong = |claims: Value| read(&header, &claims).unwrap_err();
    assert_eq!(
        wrong(with(&claims, "aud", json!("x"))),
        OptionsError::WrongAudience
    );
    assert_eq!(
        wrong(with(&claims, "exp", json!(1_790_000_301))),
        OptionsError::Lifetime
    );
}

#[test]
fn the_issuer_is_found_before_any_key() {
    let world = World::new();
    let jws = UnverifiedJws::parse(&world.request_jwt, OPTIONS_MAX_BYTES).unwrap();
    assert_eq!(unverified_issuer(&jws).unwrap(), common::ISSUER);
    let jwt = signed(&world.server, &json!({"alg": "ES256"}), &json!({"iss": 1}));
    let jws = UnverifiedJws::parse(&jwt, OPTIONS_MAX_BYTES).unwrap();
    assert!(unverified_issuer(&jws).is_err());
}

#[test]
fn another_servers_key_does_not_do() {
    let world = World::new();
    let jws = UnverifiedJws::parse(&world.creation_jwt, OPTIONS_MAX_BYTES).unwrap();
    let refused = CreationOptions::verify(&jws, world.stranger.public_jwk()).unwrap_err();
    assert_eq!(refused, OptionsError::Jws(JwsError::BadSignature));
}
