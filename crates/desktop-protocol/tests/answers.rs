//! Attestations and assertions, as the server judges them.
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

use common::{AUTHN, NOW, World, id, nonce, origin, parts, rp, signed};
use countersign_crypto::jwk::JwkError;
use countersign_crypto::jws::JwsError;
use countersign_crypto::signing::Es256KeyPair;
use countersign_crypto::time::Timestamp;
use countersign_desktop_protocol::assertion::{
    Assertion, AssertionError, ExpectedAssertion, UnverifiedAssertion,
};
use countersign_desktop_protocol::attestation::{
    Attestation, AttestationError, CredentialSigner, Expected, SignerError,
};
use countersign_desktop_protocol::origin::OriginError;
use countersign_desktop_protocol::{
    ANSWER_MAX_BYTES, Development, Evidence, EvidenceStatement, KeyProtection, UserVerification,
    request_hash,
};
use serde_json::{Value, json};

/// What the server says of an attestation that the credential signed.
fn attest(
    world: &World,
    claims: &Attestation,
    expected: &Expected<'_>,
) -> Result<(), AttestationError> {
    let jwt = claims.sign(&world.credential).unwrap();
    Attestation::verify(&jwt)?.check_against(expected, NOW.plus_seconds(13))
}

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
fn honest_ones_pass() {
    let world = World::new();
    assert_eq!(
        attest(&world, &world.attestation, &world.expected()),
        Ok(())
    );
    assert_eq!(
        assert(&world, &world.assertion, &world.expected_assertion()),
        Ok(())
    );
}

#[test]
fn what_is_written_has_the_documented_members() {
    let world = World::new();
    let mut claims = world.attestation.clone();
    claims.model.manufacturer = Some("Lenovo".to_owned());
    let jwt = claims.sign(&world.credential).unwrap();
    let (header, claims) = parts(&jwt);
    let jwk = world.credential.public_jwk();
    let kid = jwk.thumbprint();
    let iss = format!("urn:ietf:params:oauth:jwk-thumbprint:sha-256:{kid}");
    assert_eq!(
        header,
        json!({"typ": "desktop-attestation+jwt", "alg": "ES256", "kid": kid})
    );
    assert_eq!(
        claims,
        json!({
            "iss": iss, "aud": common::ISSUER, "sub": common::USER, "jti": id(8),
            "iat": 1_790_000_012, "exp": 1_790_000_132, "nonce": nonce("creation"),
            "rqh": request_hash(&world.creation_jwt), "rp": {"id": "example.com"},
            "origin": common::ORIGIN, "cnf": {"jwk": jwk}, "keyProtection": "SOFTWARE", "up": true,
            "uv": true, "amr": ["swk", "pin"], "ctr": 0, "unitId": id(7),
            "os": {"type": "LINUX", "version": "12"}, "model": {"manufacturer": "Lenovo"},
            "application": {"nativeName": "Countersign Desktop", "version": "1.0.0"},
        })
    );
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

/// Each claim that ties an attestation to its request, swapped for that of another: refused, and for
/// the reason that is its own.
#[test]
fn an_attestation_answers_one_request() {
    use AttestationError::{
        Audience, Clock, Nonce, Origin, RelyingParty, RequestHash, Subject, UserPresence,
    };
    let world = World::new();
    let honest = &world.attestation;
    let later = |seconds| NOW.plus_seconds(seconds);
    for (claims, reason) in [
        (
            Attestation {
                aud: "https://other.example/as".to_owned(),
                ..honest.clone()
            },
            Audience,
        ),
        (
            Attestation {
                aud: String::new(),
                ..honest.clone()
            },
            Audience,
        ),
        (
            Attestation {
                sub: id(99).to_string(),
                ..honest.clone()
            },
            Subject,
        ),
        (
            Attestation {
                nonce: nonce("other"),
                ..honest.clone()
            },
            Nonce,
        ),
        (
            Attestation {
                nonce: String::new(),
                ..honest.clone()
            },
            Nonce,
        ),
        (
            Attestation {
                rqh: request_hash(&world.request_jwt),
                ..honest.clone()
            },
            RequestHash,
        ),
        (
            Attestation {
                rp: rp_ref("example.org"),
                ..honest.clone()
            },
            RelyingParty,
        ),
        (
            Attestation {
                rp: rp_ref("login.example.com"),
                ..honest.clone()
            },
            RelyingParty,
        ),
        (
            Attestation {
                origin: origin("https://evil.test"),
                ..honest.clone()
            },
            Origin(OriginError::NotOfRelyingParty),
        ),
        (
            Attestation {
                origin: origin("https://example.com.evil.test"),
                ..honest.clone()
            },
            Origin(OriginError::NotOfRelyingParty),
        ),
        (
            Attestation {
                origin: origin("https://notexample.com"),
                ..honest.clone()
            },
            Origin(OriginError::NotOfRelyingParty),
        ),
        (
            Attestation {
                origin: origin("https://taken-over.example.com"),
                ..honest.clone()
            },
            Origin(OriginError::NotListed),
        ),
        (
            Attestation {
                origin: origin("https://login.example.com:8443"),
                ..honest.clone()
            },
            Origin(OriginError::NotListed),
        ),
        (
            Attestation {
                origin: origin("http://login.example.com"),
                ..honest.clone()
            },
            Origin(OriginError::NotHttps),
        ),
        (
            Attestation {
                iat: later(-3_600),
                exp: later(-3_480),
                ..honest.clone()
            },
            Clock,
        ),
        (
            Attestation {
                iat: later(3_600),
                exp: later(3_720),
                ..honest.clone()
            },
            Clock,
        ),
        (
            Attestation {
                iat: later(-86_400),
                exp: later(-86_280),
                ..honest.clone()
            },
            Clock,
        ),
        (
            Attestation {
                iat: later(86_400),
                exp: later(86_520),
                ..honest.clone()
            },
            Clock,
        ),
        (
            Attestation {
                exp: later(86_400),
                ..honest.clone()
            },
            Clock,
        ),
        (
            Attestation {
                up: false,
                ..honest.clone()
            },
            UserPresence,
        ),
    ] {
        assert_eq!(
            attest(&world, &claims, &world.expected()),
            Err(reason),
            "{claims:?}"
        );
    }
}

fn rp_ref(id: &str) -> countersign_desktop_protocol::RpRef {
    countersign_desktop_protocol::RpRef { id: id.to_owned() }
}

/// The table of the policy: what is claimed against what is asked for.
#[test]
fn the_policy_for_attestations() {
    use AttestationError::{
        Evidence as NotProven, KeyProtection as TooWeak, UserVerification as Uv,
    };
    use Evidence::{None as NoEvidence, Preferred as Welcome, Required as Proof};
    use KeyProtection::{Keystore, SecureEnclave, Software, Tpm};
    use UserVerification::{Discouraged, Preferred, Required};

    let world = World::new();
    for (claimed, verified, uv, minimum, evidence, answer) in [
        (Software, true, Required, Software, NoEvidence, Ok(())),
        (Software, false, Required, Software, NoEvidence, Err(Uv)),
        (Software, false, Preferred, Software, NoEvidence, Ok(())),
        (Software, false, Discouraged, Software, NoEvidence, Ok(())),
        (Software, true, Required, Keystore, NoEvidence, Err(TooWeak)),
        (Keystore, true, Required, Keystore, NoEvidence, Ok(())),
        (Keystore, true, Required, Tpm, NoEvidence, Err(TooWeak)),
        (Tpm, true, Required, Software, NoEvidence, Ok(())),
        (Tpm, true, Required, Keystore, Welcome, Ok(())),
        // A claim of hardware is easily made: where it matters it has to be proven.
        (Tpm, true, Required, Software, Proof, Err(NotProven)),
        (Software, true, Required, Software, Proof, Err(NotProven)),
        (Tpm, true, Required, Tpm, NoEvidence, Err(NotProven)),
        (Tpm, true, Required, Tpm, Proof, Err(NotProven)),
        (
            SecureEnclave,
            true,
            Required,
            Tpm,
            NoEvidence,
            Err(NotProven),
        ),
        (SecureEnclave, true, Required, Keystore, NoEvidence, Ok(())),
    ] {
        let claims = Attestation {
            key_protection: claimed,
            uv: verified,
            ..world.attestation.clone()
        };
        let expected = Expected {
            uv,
            min_key_protection: minimum,
            evidence,
            ..world.expected()
        };
        assert_eq!(
            attest(&world, &claims, &expected),
            answer,
            "{claimed:?} for {expected:?}"
        );
    }
}

#[test]
fn evidence_that_nobody_verified_proves_nothing() {
    let world = World::new();
    let statement = json!({"ver": "2.0", "alg": -7, "fmt": "ignored"});
    let claims = Attestation {
        key_protection: KeyProtection::Tpm,
        evidence: Some(EvidenceStatement::new(
            "tpm",
            statement.as_object().unwrap().clone(),
        )),
        ..world.attestation.clone()
    };
    let jwt = claims.sign(&world.credential).unwrap();
    let verified = Attestation::verify(&jwt).unwrap();
    let statement = verified.claims().evidence.clone().unwrap();
    assert_eq!(
        (statement.format(), &statement.members()["ver"]),
        ("tpm", &json!("2.0"))
    );
    let expected = Expected {
        evidence: Evidence::Required,
        ..world.expected()
    };
    assert_eq!(
        verified.check_against(&expected, NOW),
        Err(AttestationError::Evidence)
    );
}

/// A key that signs for another: the attestation of somebody else's public key.
struct Borrowed<'a> {
    shown: &'a Es256KeyPair,
    signs: &'a Es256KeyPair,
}

impl CredentialSigner for Borrowed<'_> {
    fn public_jwk(&self) -> countersign_crypto::jwk::EcPublicJwk {
        self.shown.public_jwk().clone()
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignerError> {
        CredentialSigner::sign(self.signs, message)
    }
}

#[test]
fn an_attestation_proves_possession() {
    let world = World::new();
    let borrowed = Borrowed {
        shown: &world.credential,
        signs: &world.stranger,
    };
    let jwt = world.attestation.sign(&borrowed).unwrap();
    assert_eq!(
        Attestation::verify(&jwt).unwrap_err(),
        AttestationError::Jws(JwsError::BadSignature)
    );

    let (header, claims) = parts(&world.attestation.sign(&world.credential).unwrap());
    let stranger = serde_json::to_value(world.stranger.public_jwk()).unwrap();
    let stranger_kid = world.stranger.public_jwk().thumbprint();
    let stranger_iss = format!("urn:ietf:params:oauth:jwk-thumbprint:sha-256:{stranger_kid}");
    type Change = (&'static str, Option<Value>);
    let cases: [(&[Change], &[Change], AttestationError); 11] = [
        // The key of somebody else, in three depths of forgery.
        (
            &[],
            &[("cnf", Some(json!({"jwk": stranger})))],
            AttestationError::KeyName,
        ),
        (
            &[("kid", Some(json!(stranger_kid)))],
            &[("cnf", Some(json!({"jwk": stranger})))],
            AttestationError::KeyName,
        ),
        (
            &[("kid", Some(json!(stranger_kid)))],
            &[
                ("cnf", Some(json!({"jwk": stranger}))),
                ("iss", Some(json!(stranger_iss))),
            ],
            AttestationError::Jws(JwsError::BadSignature),
        ),
        (
            &[("kid", Some(json!(stranger_kid)))],
            &[],
            AttestationError::KeyName,
        ),
        (&[("kid", None)], &[], AttestationError::KeyName),
        (&[("kid", Some(json!("")))], &[], AttestationError::KeyName),
        (
            &[],
            &[("iss", Some(json!(stranger_iss)))],
            AttestationError::KeyName,
        ),
        (
            &[("typ", Some(json!("desktop-assertion+jwt")))],
            &[],
            AttestationError::WrongType,
        ),
        (&[("typ", None)], &[], AttestationError::WrongType),
        (
            &[("alg", Some(json!("HS256")))],
            &[],
            AttestationError::Jws(JwsError::WrongAlgorithm("ES256")),
        ),
        (
            &[("jwk", Some(stranger.clone()))],
            &[],
            AttestationError::Jws(JwsError::ForbiddenHeader("jwk")),
        ),
    ];
    for (header_changes, claim_changes, reason) in cases {
        let jwt = signed(
            &world.credential,
            &changed(&header, header_changes),
            &changed(&claims, claim_changes),
        );
        assert_eq!(
            Attestation::verify(&jwt).unwrap_err(),
            reason,
            "{header_changes:?} {claim_changes:?}"
        );
    }
}

fn changed(value: &Value, changes: &[(&'static str, Option<Value>)]) -> Value {
    let mut value = value.clone();
    for (name, change) in changes {
        match change {
            Some(change) => value[*name] = change.clone(),
            None => {
                value.as_object_mut().unwrap().remove(*name);
            }
        }
    }
    value
}

#[test]
fn keys_that_an_attestation_may_not_carry() {
    let world = World::new();
    let (header, claims) = parts(&world.attestation.sign(&world.credential).unwrap());
    let jwk = serde_json::to_value(world.credential.public_jwk()).unwrap();
    for (name, value, reason) in [
        ("d", json!("AAAA"), JwkError::Private),
        ("d", Value::Null, JwkError::Private),
        ("kty", json!("RSA"), JwkError::Unsupported),
        ("crv", json!("P-384"), JwkError::Unsupported),
        ("alg", json!("ES384"), JwkError::Unsupported),
        ("x", json!("A".repeat(43)), JwkError::NotOnCurve),
        ("y", jwk["x"].clone(), JwkError::NotOnCurve),
        ("x", json!("AAAA"), JwkError::Coordinate),
        ("x", json!(1), JwkError::Malformed),
    ] {
        let mut jwk = jwk.clone();
        jwk[name] = value;
        let mut claims = claims.clone();
        claims["cnf"] = json!({"jwk": jwk});
        let jwt = signed(&world.credential, &header, &claims);
        assert_eq!(
            Attestation::verify(&jwt).unwrap_err(),
            AttestationError::Key(reason),
            "{name}: {jwk}"
        );
    }
    for cnf in [json!({}), json!(null), json!({"kid": "x"}), json!([jwk])] {
        let mut claims = claims.clone();
        claims["cnf"] = cnf;
        let jwt = signed(&world.credential, &header, &claims);
        assert!(matches!(
            Attestation::verify(&jwt),
            Err(AttestationError::Jws(JwsError::BadClaims(_))
                | AttestationError::Key(JwkError::Malformed))
        ));
    }
}

/// As for attestations; the order of the reasons is that of the checks.
#[test]
fn an_assertion_answers_one_request() {
    use AssertionError::{
        Audience, Authentication, Clock, CounterRegression, Nonce, Origin, RelyingParty,
        RequestHash, Subject, UserPresence, UserVerification as Uv,
    };
    let world = World::new();
    let honest = &world.assertion;
    let later = |seconds| NOW.plus_seconds(seconds);
    for (claims, reason) in [
        (
            Assertion {
                nonce: nonce("other"),
                ..honest.clone()
            },
            Nonce,
        ),
        (
            Assertion {
                authn: id(99),
                ..honest.clone()
            },
            Authentication,
        ),
        (
            Assertion {
                sub: id(99).to_string(),
                ..honest.clone()
            },
            Subject,
        ),
        (
            Assertion {
                aud: "https://other.example/as".to_owned(),
                ..honest.clone()
            },
            Audience,
        ),
        (
            Assertion {
                rqh: request_hash(&world.creation_jwt),
                ..honest.clone()
            },
            RequestHash,
        ),
        (
            Assertion {
                rp: rp_ref("example.org"),
                ..honest.clone()
            },
            RelyingParty,
        ),
        (
            Assertion {
                origin: origin("https://evil.test"),
                ..honest.clone()
            },
            Origin(OriginError::NotOfRelyingParty),
        ),
        (
            Assertion {
                origin: origin("https://taken-over.example.com"),
                ..honest.clone()
            },
            Origin(OriginError::NotListed),
        ),
        (
            Assertion {
                origin: origin("http://login.example.com"),
                ..honest.clone()
            },
            Origin(OriginError::NotHttps),
        ),
        (
            Assertion {
                iat: later(-3_600),
                ..honest.clone()
            },
            Clock,
        ),
        (
            Assertion {
                iat: later(3_600),
                ..honest.clone()
            },
            Clock,
        ),
        (
            Assertion {
                exp: later(-86_400),
                ..honest.clone()
            },
            Clock,
        ),
        (
            Assertion {
                exp: later(86_400),
                ..honest.clone()
            },
            Clock,
        ),
        (
            Assertion {
                up: false,
                ..honest.clone()
            },
            UserPresence,
        ),
        (
            Assertion {
                uv: false,
                ..honest.clone()
            },
            Uv,
        ),
        (
            Assertion {
                ctr: 16,
                ..honest.clone()
            },
            CounterRegression,
        ),
        (
            Assertion {
                ctr: 0,
                ..honest.clone()
            },
            CounterRegression,
        ),
    ] {
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
        ..honest.clone()
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
    let world = World::new();
    let mut claims = world.attestation.clone();
    claims.os.version = "x".repeat(ANSWER_MAX_BYTES);
    let jwt = claims.sign(&world.credential).unwrap();
    let refused = Attestation::verify(&jwt).unwrap_err();
    assert_eq!(
        refused,
        AttestationError::Jws(JwsError::TooLarge(ANSWER_MAX_BYTES))
    );
    let refused = UnverifiedAssertion::parse(&jwt).map(|_| ()).unwrap_err();
    assert_eq!(
        refused,
        AssertionError::Jws(JwsError::TooLarge(ANSWER_MAX_BYTES))
    );
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
