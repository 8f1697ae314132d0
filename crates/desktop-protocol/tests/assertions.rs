//! Assertions, as the server judges them.
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

use common::{AUTHN, NOW, World, changed, id, nonce, origin, parts, rp, rp_ref, signed};
use countersign_crypto::jws::JwsError;
use countersign_crypto::signing::Es256KeyPair;
use countersign_crypto::time::Timestamp;
use countersign_desktop_protocol::assertion::{
    Assertion, AssertionError, ExpectedAssertion, UnverifiedAssertion,
};
use countersign_desktop_protocol::attestation::{CredentialSigner, SignerError};
use countersign_desktop_protocol::origin::OriginError;
use countersign_desktop_protocol::{ANSWER_MAX_BYTES, Development, UserVerification, request_hash};
use serde_json::{Value, json};

/// What the server says of an assertion that the credential signed.
fn assert(
    world: &World,
    claims: &Assertion,
    expected: &ExpectedAssertion<'_>,
) -> Result<(), AssertionError> {
    let jwt = claims.sign(&world.credential).unwrap();
    Assertion::verify(&jwt, world.credential.public_jwk())?
        .check_against(expected, NOW.plus_seconds(21))
}

#[test]
fn an_honest_one_passes() {
    let world = World::new();
    assert_eq!(
        assert(&world, &world.assertion, &world.expected_assertion()),
        Ok(())
    );
}

#[test]
fn what_is_written_has_the_documented_members() {
    let world = World::new();
    let kid = world.credential.public_jwk().thumbprint();
    let iss = format!("urn:ietf:params:oauth:jwk-thumbprint:sha-256:{kid}");
    let (header, claims) = parts(&world.assertion.sign(&world.credential).unwrap());
    assert_eq!(
        header,
        json!({"typ": "desktop-assertion+jwt", "alg": "ES256", "kid": kid})
    );
    assert_eq!(
        claims,
        json!({
            "iss": iss, "aud": common::ISSUER, "sub": common::USER, "jti": id(9),
            "iat": 1_790_000_020, "exp": 1_790_000_080, "nonce": nonce("request"),
            "rqh": request_hash(&world.request_jwt), "authn": AUTHN, "rp": {"id": "example.com"},
            "origin": common::ORIGIN, "up": true, "uv": true, "amr": ["swk", "pin"], "ctr": 17,
            "unitId": id(7), "os": {"type": "LINUX", "version": "12"},
            "application": {"version": "1.0.0"},
        })
    );
}

/// Each claim that ties an assertion to its request, swapped for that of another: refused, and for the
/// reason that is its own.
#[test]
fn an_assertion_answers_one_request() {
    use AssertionError::{
        Audience, Authentication, Clock, CounterRegression, Nonce, Origin, RelyingParty,
        RequestHash, Subject, UserPresence, UserVerification as Uv,
    };
    use OriginError::{NotHttps, NotListed, NotOfRelyingParty};
    type Row = (fn(&mut Assertion), AssertionError);
    let rows: [Row; 17] = [
        (|c| c.nonce = nonce("other"), Nonce),
        (|c| c.authn = id(99), Authentication),
        (|c| c.sub = id(99).to_string(), Subject),
        (|c| c.aud = "https://other.example/as".to_owned(), Audience),
        (|c| c.rqh = request_hash("another request"), RequestHash),
        (|c| c.rp.id = "example.org".to_owned(), RelyingParty),
        (
            |c| c.origin = origin("https://evil.test"),
            Origin(NotOfRelyingParty),
        ),
        (
            |c| c.origin = origin("https://taken-over.example.com"),
            Origin(NotListed),
        ),
        (
            |c| c.origin = origin("http://login.example.com"),
            Origin(NotHttps),
        ),
        (|c| c.iat = NOW.plus_seconds(-3_600), Clock),
        (|c| c.iat = NOW.plus_seconds(3_600), Clock),
        (|c| c.exp = NOW.plus_seconds(-86_400), Clock),
        (|c| c.exp = NOW.plus_seconds(86_400), Clock),
        (|c| c.up = false, UserPresence),
        (|c| c.uv = false, Uv),
        (|c| c.ctr = 16, CounterRegression),
        (|c| c.ctr = 0, CounterRegression),
    ];
    let world = World::new();
    for (change, reason) in rows {
        let mut claims = world.assertion.clone();
        change(&mut claims);
        assert_eq!(
            assert(&world, &claims, &world.expected_assertion()),
            Err(reason),
            "{claims:?}"
        );
    }
    let expected = ExpectedAssertion {
        uv: UserVerification::Preferred,
        ..world.expected_assertion()
    };
    let claims = Assertion {
        uv: false,
        ctr: u64::MAX,
        ..world.assertion.clone()
    };
    assert_eq!(assert(&world, &claims, &expected), Ok(()));
}

/// Ten minutes either way are accepted, to the second.
#[test]
fn the_authenticators_clock_may_be_off_a_little() {
    let world = World::new();
    let now = NOW.plus_seconds(21);
    for (seconds, accepted) in [(-600, true), (600, true), (-601, false), (601, false)] {
        let at = now.plus_seconds(seconds);
        let claims = Assertion {
            iat: at,
            exp: at,
            ..world.assertion.clone()
        };
        let answer = assert(&world, &claims, &world.expected_assertion());
        assert_eq!(answer.is_ok(), accepted, "{seconds}");
    }
    let extremes = [i64::MIN, i64::MAX].map(Timestamp::from_unix_seconds);
    for at in extremes {
        let claims = Assertion {
            iat: at,
            exp: at,
            ..world.assertion.clone()
        };
        let answer = assert(&world, &claims, &world.expected_assertion());
        assert_eq!(answer, Err(AssertionError::Clock));
    }
}

/// Where several things are wrong, the first check speaks, and a counter that went back is named only
/// when nothing else is wrong.
#[test]
fn the_order_of_the_checks() {
    let world = World::new();
    let other_rp = rp("example.org");
    let mut claims = Assertion {
        nonce: nonce("other"),
        authn: id(99),
        sub: String::new(),
        aud: String::new(),
        rqh: String::new(),
        rp: rp_ref("example.net"),
        origin: origin("https://evil.test"),
        iat: NOW.plus_seconds(86_400),
        up: false,
        uv: false,
        ctr: 0,
        ..world.assertion.clone()
    };
    let honest = &world.assertion;
    let say = |claims: &Assertion| assert(&world, claims, &world.expected_assertion()).unwrap_err();
    assert_eq!(say(&claims), AssertionError::Nonce);
    claims.nonce.clone_from(&honest.nonce);
    assert_eq!(say(&claims), AssertionError::Authentication);
    claims.authn = honest.authn;
    assert_eq!(say(&claims), AssertionError::Subject);
    claims.sub.clone_from(&honest.sub);
    assert_eq!(say(&claims), AssertionError::Audience);
    claims.aud.clone_from(&honest.aud);
    assert_eq!(say(&claims), AssertionError::RequestHash);
    claims.rqh.clone_from(&honest.rqh);
    assert_eq!(say(&claims), AssertionError::RelyingParty);
    claims.rp.clone_from(&honest.rp);
    assert_eq!(
        say(&claims),
        AssertionError::Origin(OriginError::NotOfRelyingParty)
    );
    claims.origin.clone_from(&honest.origin);
    assert_eq!(say(&claims), AssertionError::Clock);
    claims.iat = honest.iat;
    assert_eq!(say(&claims), AssertionError::UserPresence);
    claims.up = true;
    assert_eq!(say(&claims), AssertionError::UserVerification);
    claims.uv = true;
    assert_eq!(say(&claims), AssertionError::CounterRegression);
    claims.ctr = honest.ctr;
    let expected = ExpectedAssertion {
        rp: &other_rp,
        ..world.expected_assertion()
    };
    assert_eq!(
        assert(&world, &claims, &expected),
        Err(AssertionError::RelyingParty)
    );
    assert_eq!(assert(&world, &claims, &world.expected_assertion()), Ok(()));
}

#[test]
fn the_stated_origin_is_the_signed_one() {
    let world = World::new();
    for (stated, accepted) in [
        ("https://login.example.com", true),
        ("https://login.example.com/", true),
        ("https://login.example.com:443/path?query#fragment", true),
        ("https://LOGIN.example.com/x", true),
        ("https://login.example.com:8443", false),
        ("https://example.com", false),
        ("https://app.login.example.com", false),
        ("http://login.example.com", false),
    ] {
        let stated_origin = origin(stated);
        let expected = ExpectedAssertion {
            body_origin: &stated_origin,
            ..world.expected_assertion()
        };
        let answer = assert(&world, &world.assertion, &expected);
        let expected = if accepted {
            Ok(())
        } else {
            Err(AssertionError::StatedOrigin)
        };
        assert_eq!(answer, expected, "{stated}");
    }
}

#[test]
fn the_key_of_an_assertion_is_the_stored_one() {
    let world = World::new();
    let jwt = world.assertion.sign(&world.credential).unwrap();
    let read = UnverifiedAssertion::parse(&jwt).unwrap();
    assert_eq!(*read.kid(), world.credential.public_jwk().thumbprint());
    assert_eq!(
        read.verify(world.stranger.public_jwk()).unwrap_err(),
        AssertionError::Jws(JwsError::BadSignature)
    );

    let (header, claims) = parts(&jwt);
    let jwk = serde_json::to_value(world.credential.public_jwk()).unwrap();
    let stranger_kid = world.stranger.public_jwk().thumbprint();
    let verify = |header: &Value, claims: &Value| {
        let jwt = signed(&world.credential, header, claims);
        Assertion::verify(&jwt, world.credential.public_jwk())
            .map(|_| ())
            .unwrap_err()
    };
    for name in ["cnf", "jwk"] {
        for value in [json!({"jwk": jwk}), json!(null)] {
            let claims = changed(&claims, &[(name, Some(value))]);
            assert_eq!(verify(&header, &claims), AssertionError::CarriesKey);
        }
    }
    let header_of = |name, value| changed(&header, &[(name, value)]);
    for (header, reason) in [
        (
            header_of("kid", Some(json!(stranger_kid))),
            AssertionError::KeyName,
        ),
        (header_of("kid", Some(json!("x"))), AssertionError::KeyName),
        (header_of("kid", None), AssertionError::KeyName),
        (
            header_of("typ", Some(json!("desktop-attestation+jwt"))),
            AssertionError::WrongType,
        ),
        (
            header_of("typ", Some(json!("DESKTOP-ASSERTION+JWT"))),
            AssertionError::WrongType,
        ),
        (header_of("typ", None), AssertionError::WrongType),
        (
            header_of("alg", Some(json!("none"))),
            AssertionError::Jws(JwsError::WrongAlgorithm("ES256")),
        ),
        (
            header_of("jku", Some(json!("https://evil.test"))),
            AssertionError::Jws(JwsError::ForbiddenHeader("jku")),
        ),
    ] {
        assert_eq!(verify(&header, &claims), reason, "{header}");
    }
    let iss = format!("urn:ietf:params:oauth:jwk-thumbprint:sha-256:{stranger_kid}");
    assert_eq!(
        verify(&header, &changed(&claims, &[("iss", Some(json!(iss)))])),
        AssertionError::KeyName
    );
}

#[test]
fn size() {
    let text = "a".repeat(ANSWER_MAX_BYTES + 1);
    let refused = UnverifiedAssertion::parse(&text).map(|_| ()).unwrap_err();
    assert_eq!(
        refused,
        AssertionError::Jws(JwsError::TooLarge(ANSWER_MAX_BYTES))
    );
    assert!(!refused.is_malformed());
}

#[test]
fn development() {
    let world = World::new();
    let (localhost, page) = (rp("localhost"), origin("http://localhost:8080"));
    let claims = Assertion {
        rp: rp_ref("localhost"),
        origin: page.clone(),
        ..world.assertion.clone()
    };
    for (development, answer) in [
        (Development::Yes, Ok(())),
        (
            Development::No,
            Err(AssertionError::Origin(OriginError::NotHttps)),
        ),
    ] {
        let expected = ExpectedAssertion {
            rp: &localhost,
            origins: &[],
            body_origin: &page,
            development,
            ..world.expected_assertion()
        };
        assert_eq!(assert(&world, &claims, &expected), answer);
    }
}

/// A key that fails says so, and nothing is sent.
#[test]
fn a_signer_may_fail() {
    struct Broken(Es256KeyPair);
    impl CredentialSigner for Broken {
        fn public_jwk(&self) -> countersign_crypto::jwk::EcPublicJwk {
            self.0.public_jwk().clone()
        }
        fn sign(&self, _: &[u8]) -> Result<[u8; 64], SignerError> {
            Err(SignerError("it is locked".to_owned()))
        }
    }
    let world = World::new();
    let broken = Broken(Es256KeyPair::generate().unwrap());
    let error = world.assertion.sign(&broken).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the credential key did not sign: it is locked"
    );
}
