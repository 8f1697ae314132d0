//! JWTs made by a second implementation (`vectors/make_vectors.py`): both sides verify the good ones and
//! refuse the bad ones.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use countersign_crypto::jwk::EcPublicJwk;
use countersign_crypto::jws::UnverifiedJws;
use countersign_crypto::time::Timestamp;
use countersign_desktop_protocol::assertion::UnverifiedAssertion;
use countersign_desktop_protocol::attestation::{Attestation, Expected};
use countersign_desktop_protocol::check_number::check_number;
use countersign_desktop_protocol::creation_options::CreationOptions;
use countersign_desktop_protocol::origin::Origin;
use countersign_desktop_protocol::request_options::RequestOptions;
use countersign_desktop_protocol::rp::RpId;
use countersign_desktop_protocol::{
    Development, Evidence, KeyProtection, OPTIONS_MAX_BYTES, OptionsError, UserVerification,
    request_hash, unverified_issuer,
};
use serde_json::Value;

fn vectors() -> Value {
    serde_json::from_str(include_str!("vectors/vectors.json")).unwrap()
}

fn key(vectors: &Value, name: &str) -> EcPublicJwk {
    serde_json::from_value(vectors[name].clone()).unwrap()
}

fn jwt<'a>(vectors: &'a Value, kind: &str) -> &'a str {
    vectors["jwts"][kind].as_str().unwrap()
}

fn options(text: &str) -> UnverifiedJws<'_> {
    UnverifiedJws::parse(text, OPTIONS_MAX_BYTES).unwrap()
}

/// The claims as we would write them: everything but what follows from the key or is fixed.
fn without(claims: &Value, names: &[&str]) -> Value {
    let mut claims = claims.clone();
    for name in names {
        claims.as_object_mut().unwrap().remove(*name);
    }
    claims
}

#[test]
fn creation_options() {
    let vectors = vectors();
    let jws = options(jwt(&vectors, "creation"));
    assert_eq!(jws.header().kid.as_deref(), vectors["serverKid"].as_str());
    assert_eq!(
        unverified_issuer(&jws).unwrap(),
        vectors["claims"]["creation"]["iss"]
    );
    let read = CreationOptions::verify(&jws, &key(&vectors, "serverKey")).unwrap();
    assert_eq!(
        serde_json::to_value(&read).unwrap(),
        without(&vectors["claims"]["creation"], &["aud"])
    );
    assert_eq!(
        CreationOptions::read_unverified(&jws).unwrap().claimed(),
        &read
    );
}

#[test]
fn request_options() {
    let vectors = vectors();
    let jws = options(jwt(&vectors, "request"));
    let read = RequestOptions::verify(&jws, &key(&vectors, "serverKey")).unwrap();
    assert_eq!(
        serde_json::to_value(&read).unwrap(),
        without(&vectors["claims"]["request"], &["aud"])
    );
}

#[test]
fn attestation() {
    let vectors = vectors();
    let verified = Attestation::verify(jwt(&vectors, "attestation")).unwrap();
    assert_eq!(verified.key(), &key(&vectors, "credentialKey"));
    assert_eq!(verified.kid().as_str(), vectors["credentialKid"]);
    assert_eq!(check_number(verified.kid()), vectors["checkNumber"]);
    assert_eq!(
        serde_json::to_value(verified.claims()).unwrap(),
        without(&vectors["claims"]["attestation"], &["iss", "cnf"])
    );
    let asked = &vectors["claims"]["creation"];
    let expected = Expected {
        aud: asked["iss"].as_str().unwrap(),
        sub: asked["sub"].as_str().unwrap(),
        nonce: asked["nonce"].as_str().unwrap(),
        rqh: &request_hash(jwt(&vectors, "creation")),
        rp: &RpId::parse("example.com", Development::No).unwrap(),
        origins: &[Origin::parse("https://login.example.com").unwrap()],
        development: Development::No,
        uv: UserVerification::Required,
        min_key_protection: KeyProtection::Software,
        evidence: Evidence::None,
    };
    let now = Timestamp::from_unix_seconds(1_790_000_013);
    assert_eq!(verified.check_against(&expected, now), Ok(()));
}

#[test]
fn assertion() {
    let vectors = vectors();
    let read = UnverifiedAssertion::parse(jwt(&vectors, "assertion")).unwrap();
    assert_eq!(read.kid().as_str(), vectors["credentialKid"]);
    let verified = read.verify(&key(&vectors, "credentialKey")).unwrap();
    assert_eq!(
        serde_json::to_value(verified.claims()).unwrap(),
        without(&vectors["claims"]["assertion"], &["iss"])
    );
    assert_eq!(
        verified.claims().rqh,
        request_hash(jwt(&vectors, "request"))
    );
}

/// Whether it is refused, and as malformed.
fn refusal(kind: &str, text: &str, server: &EcPublicJwk, credential: &EcPublicJwk) -> Option<bool> {
    let parse = || UnverifiedJws::parse(text, OPTIONS_MAX_BYTES).map_err(OptionsError::from);
    match kind {
        "creation" => parse()
            .and_then(|jws| CreationOptions::verify(&jws, server))
            .err()
            .map(|error| error.is_malformed()),
        "request" => parse()
            .and_then(|jws| RequestOptions::verify(&jws, server))
            .err()
            .map(|error| error.is_malformed()),
        "attestation" => Attestation::verify(text)
            .err()
            .map(|error| error.is_malformed()),
        "assertion" => UnverifiedAssertion::parse(text)
            .and_then(|read| read.verify(credential))
            .err()
            .map(|error| error.is_malformed()),
        other => panic!("{other}"),
    }
}

#[test]
fn the_bad_ones_are_refused() {
    let vectors = vectors();
    let (server, credential) = (key(&vectors, "serverKey"), key(&vectors, "credentialKey"));
    let refused = vectors["refused"].as_array().unwrap();
    assert!(refused.len() > 250);
    for case in refused {
        let (kind, text) = (
            case["kind"].as_str().unwrap(),
            case["jwt"].as_str().unwrap(),
        );
        assert_eq!(
            refusal(kind, text, &server, &credential),
            case["malformed"].as_bool(),
            "{kind}: {}",
            case["name"]
        );
    }
    for kind in ["creation", "request", "attestation", "assertion"] {
        assert_eq!(
            refusal(kind, jwt(&vectors, kind), &server, &credential),
            None,
            "{kind}"
        );
    }
}

#[test]
fn no_token_stands_in_for_another() {
    let vectors = vectors();
    let (server, credential) = (key(&vectors, "serverKey"), key(&vectors, "credentialKey"));
    let kinds = ["creation", "request", "attestation", "assertion"];
    for token in kinds {
        for verifier in kinds {
            let refused = refusal(verifier, jwt(&vectors, token), &server, &credential).is_some();
            assert_eq!(refused, token != verifier, "{token} for {verifier}");
        }
    }
}
