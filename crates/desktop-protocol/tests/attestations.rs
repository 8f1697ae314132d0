//! Attestations, as the server judges them.
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

use common::{Change, NOW, World, changed, id, nonce, origin, parts, signed};
use countersign_crypto::jwk::JwkError;
use countersign_crypto::jws::JwsError;
use countersign_crypto::signing::Es256KeyPair;
use countersign_crypto::time::Timestamp;
use countersign_desktop_protocol::attestation::{
    Attestation, AttestationError, CredentialSigner, Expected, SignerError,
};
use countersign_desktop_protocol::origin::OriginError;
use countersign_desktop_protocol::{
    ANSWER_MAX_BYTES, Evidence, EvidenceStatement, KeyProtection, UserVerification, request_hash,
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

#[test]
fn an_honest_one_passes() {
    let world = World::new();
    assert_eq!(
        attest(&world, &world.attestation, &world.expected()),
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
}

/// Each claim that ties an attestation to its request, swapped for that of another: refused, and for
/// the reason that is its own.
#[test]
fn an_attestation_answers_one_request() {
    use AttestationError::{
        Audience, Clock, Nonce, Origin, RelyingParty, RequestHash, Subject, UserPresence,
    };
    use OriginError::{NotHttps, NotListed, NotOfRelyingParty};
    type Row = (fn(&mut Attestation), AttestationError);
    let rows: [Row; 20] = [
        (|c| c.aud = "https://other.example/as".to_owned(), Audience),
        (|c| c.aud.clear(), Audience),
        (|c| c.sub = id(99).to_string(), Subject),
        (|c| c.nonce = nonce("other"), Nonce),
        (|c| c.nonce.clear(), Nonce),
        (|c| c.rqh = request_hash("another request"), RequestHash),
        (|c| c.rp.id = "example.org".to_owned(), RelyingParty),
        (|c| c.rp.id = "login.example.com".to_owned(), RelyingParty),
        (
            |c| c.origin = origin("https://evil.test"),
            Origin(NotOfRelyingParty),
        ),
        (
            |c| c.origin = origin("https://example.com.evil.test"),
            Origin(NotOfRelyingParty),
        ),
        (
            |c| c.origin = origin("https://notexample.com"),
            Origin(NotOfRelyingParty),
        ),
        (
            |c| c.origin = origin("https://taken-over.example.com"),
            Origin(NotListed),
        ),
        (
            |c| c.origin = origin("https://login.example.com:8443"),
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
        (|c| c.exp = Timestamp::from_unix_seconds(i64::MAX), Clock),
        (|c| c.up = false, UserPresence),
    ];
    let world = World::new();
    for (change, reason) in rows {
        let mut claims = world.attestation.clone();
        change(&mut claims);
        assert_eq!(
            attest(&world, &claims, &world.expected()),
            Err(reason),
            "{claims:?}"
        );
    }
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
        // The claim is enough for a minimum, in hardware too.
        (Tpm, true, Required, Tpm, NoEvidence, Ok(())),
        (Tpm, true, Required, SecureEnclave, Welcome, Ok(())),
        (SecureEnclave, true, Required, Tpm, NoEvidence, Ok(())),
        (
            SecureEnclave,
            true,
            Required,
            SecureEnclave,
            Welcome,
            Ok(()),
        ),
        (SecureEnclave, true, Required, Keystore, NoEvidence, Ok(())),
        (
            Software,
            true,
            Required,
            SecureEnclave,
            Welcome,
            Err(TooWeak),
        ),
        // It is easily made: where it matters it has to be proven.
        (Tpm, true, Required, Software, Proof, Err(NotProven)),
        (Software, true, Required, Software, Proof, Err(NotProven)),
        (Tpm, true, Required, Tpm, Proof, Err(NotProven)),
        (SecureEnclave, true, Required, Tpm, Proof, Err(NotProven)),
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
    assert!(!refused.is_malformed());
}
