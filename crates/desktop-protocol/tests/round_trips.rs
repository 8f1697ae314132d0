//! Round trips over arbitrary contents, and the four JWTs together with another JOSE library.
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

use common::{NOW, World, parts};
use countersign_crypto::jws::UnverifiedJws;
use countersign_desktop_protocol::assertion::{Assertion, UnverifiedAssertion};
use countersign_desktop_protocol::attestation::Attestation;
use countersign_desktop_protocol::creation_options::CreationOptions;
use countersign_desktop_protocol::request_options::RequestOptions;
use countersign_desktop_protocol::{OPTIONS_MAX_BYTES, OsType, UserVerification};
use jwt_simple::prelude::{
    Claims, Duration, ECDSAP256KeyPairLike as _, ECDSAP256PublicKeyLike as _, ES256KeyPair,
    ES256PublicKey, HeaderOptions, UnixTimeStamp, VerificationOptions,
};
use proptest::prelude::*;
use serde_json::Value;

fn uv() -> impl Strategy<Value = UserVerification> {
    prop_oneof![
        Just(UserVerification::Required),
        Just(UserVerification::Preferred),
        Just(UserVerification::Discouraged),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn options(name in "\\PC{0,40}", sub in "\\PC{1,40}", life in 1_i64..=120, uv in uv(), timeout: u64,
               place in proptest::option::of("\\PC{0,40}")) {
        let world = World::new();
        let mut creation = world.creation.clone();
        creation.rp.name.clone_from(&name);
        creation.sub.clone_from(&sub);
        (creation.exp, creation.uv, creation.timeout) = (NOW.plus_seconds(life), uv, timeout);
        creation.exclude = vec![world.stranger.public_jwk().thumbprint()];
        let jwt = creation.sign("k", &world.server).unwrap();
        let jws = UnverifiedJws::parse(&jwt, OPTIONS_MAX_BYTES).unwrap();
        prop_assert_eq!(CreationOptions::verify(&jws, world.server.public_jwk()).unwrap(), creation);
        prop_assert!(RequestOptions::verify(&jws, world.server.public_jwk()).is_err());

        let mut request = world.request.clone();
        request.ctx.place = place;
        request.sub = Some(sub);
        (request.exp, request.uv) = (NOW.plus_seconds(life), uv);
        let jwt = request.sign("k", &world.server).unwrap();
        let jws = UnverifiedJws::parse(&jwt, OPTIONS_MAX_BYTES).unwrap();
        prop_assert_eq!(RequestOptions::verify(&jws, world.server.public_jwk()).unwrap(), request);
        prop_assert!(CreationOptions::verify(&jws, world.server.public_jwk()).is_err());
    }

    #[test]
    fn answers(version in "\\PC{0,40}", ctr: u64, flags: (bool, bool), amr in proptest::collection::vec("[a-z]{3}", 0..4)) {
        let world = World::new();
        let mut attestation = world.attestation.clone();
        attestation.os.version.clone_from(&version);
        attestation.os.kind = OsType::Mac;
        attestation.model.name = Some(version.clone());
        (attestation.ctr, attestation.up, attestation.uv) = (ctr, flags.0, flags.1);
        attestation.amr.clone_from(&amr);
        let jwt = attestation.sign(&world.credential).unwrap();
        let verified = Attestation::verify(&jwt).unwrap();
        prop_assert_eq!(verified.claims(), &attestation);
        prop_assert_eq!(verified.key(), world.credential.public_jwk());
        prop_assert!(UnverifiedAssertion::parse(&jwt).is_err());

        let mut assertion = world.assertion.clone();
        assertion.application.version = version;
        (assertion.ctr, assertion.amr) = (ctr, amr);
        let jwt = assertion.sign(&world.credential).unwrap();
        let verified = Assertion::verify(&jwt, world.credential.public_jwk()).unwrap();
        prop_assert_eq!(verified.claims(), &assertion);
        prop_assert!(Attestation::verify(&jwt).is_err());
    }

    #[test]
    fn verifiers_never_panic(text in "\\PC*|[A-Za-z0-9_.=-]{0,200}") {
        let world = World::new();
        prop_assert!(Attestation::verify(&text).is_err());
        prop_assert!(Assertion::verify(&text, world.credential.public_jwk()).is_err());
    }

    /// Any one claim replaced by any value: refused or read, never a panic, and never read as before.
    #[test]
    fn any_claim_replaced(index: prop::sample::Index, value in any_json()) {
        let world = World::new();
        for (jwt, key) in [
            (world.creation_jwt.clone(), &world.server),
            (world.request_jwt.clone(), &world.server),
            (world.attestation.sign(&world.credential).unwrap(), &world.credential),
            (world.assertion.sign(&world.credential).unwrap(), &world.credential),
        ] {
            let (header, mut claims) = parts(&jwt);
            let names: Vec<_> = claims.as_object().unwrap().keys().cloned().collect();
            let name = &names[index.index(names.len())];
            // Unknown members of an object are ignored, so an object may well read as before.
            let same = claims[name] == value || value.is_object();
            claims[name] = value.clone();
            let changed = common::signed(key, &header, &claims);
            let jws = UnverifiedJws::parse(&changed, OPTIONS_MAX_BYTES * 4).unwrap();
            if let Ok(read) = CreationOptions::verify(&jws, key.public_jwk()) {
                prop_assert!(same || read != world.creation, "{}", name);
            }
            if let Ok(read) = RequestOptions::verify(&jws, key.public_jwk()) {
                prop_assert!(same || read != world.request, "{}", name);
            }
            if let Ok(read) = Attestation::verify(&changed) {
                prop_assert!(same || read.claims() != &world.attestation, "{}", name);
            }
            if let Ok(read) = Assertion::verify(&changed, key.public_jwk()) {
                prop_assert!(same || read.claims() != &world.assertion, "{}", name);
            }
        }
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
        proptest::collection::vec("\\PC{0,10}", 0..3).prop_map(Value::from),
        Just(serde_json::json!({"jwk": {"kty": "EC"}})),
        Just(serde_json::json!({"id": "example.org", "name": "Example"})),
    ]
}

/// The public key of ours in jwt-simple.
fn theirs(key: &countersign_crypto::jwk::EcPublicJwk) -> ES256PublicKey {
    ES256PublicKey::from_bytes(&[&[4_u8][..], key.x(), key.y()].concat()).unwrap()
}

#[test]
fn jwt_simple_accepts_all_four() {
    let world = World::new();
    for (jwt, typ, key) in [
        (
            world.creation_jwt.clone(),
            "desktop-creation-options+jwt",
            &world.server,
        ),
        (
            world.request_jwt.clone(),
            "desktop-request-options+jwt",
            &world.server,
        ),
        (
            world.attestation.sign(&world.credential).unwrap(),
            "desktop-attestation+jwt",
            &world.credential,
        ),
        (
            world.assertion.sign(&world.credential).unwrap(),
            "desktop-assertion+jwt",
            &world.credential,
        ),
    ] {
        let options = VerificationOptions {
            required_signature_type: Some(typ.to_owned()),
            artificial_time: Some(UnixTimeStamp::from_secs(1_790_000_030)),
            ..VerificationOptions::default()
        };
        let claims = theirs(key.public_jwk())
            .verify_token::<Value>(&jwt, Some(options))
            .unwrap();
        assert_eq!(claims.subject.as_deref(), Some(common::USER), "{typ}");
    }
}

#[test]
fn we_accept_a_pairing_of_jwt_simple() {
    let world = World::new();
    let pair = ES256KeyPair::generate();
    let key = countersign_crypto::jwk::EcPublicJwk::from_uncompressed_point(
        &pair.key_pair().public_key().to_bytes_uncompressed(),
    )
    .unwrap();
    let kid = key.thumbprint();
    let pair = pair.with_key_id(kid.as_str());
    let (_, mut custom) = parts(&world.attestation.sign(&world.credential).unwrap());
    custom["cnf"] = serde_json::json!({"jwk": key});
    let mut claims = Claims::with_custom_claims(Value::Null, Duration::from_secs(120))
        .with_issuer(format!(
            "urn:ietf:params:oauth:jwk-thumbprint:sha-256:{kid}"
        ))
        .with_audience(common::ISSUER)
        .with_subject(common::USER)
        .with_jwt_id(common::id(8))
        .with_nonce(&world.creation.nonce);
    claims.issued_at = Some(UnixTimeStamp::from_secs(1_790_000_012));
    claims.expires_at = Some(UnixTimeStamp::from_secs(1_790_000_132));
    claims.invalid_before = None;
    for registered in ["iss", "aud", "sub", "jti", "nonce", "iat", "exp"] {
        custom.as_object_mut().unwrap().remove(registered);
    }
    claims.custom = custom;
    let options = HeaderOptions {
        signature_type: Some("desktop-attestation+jwt".to_owned()),
        ..HeaderOptions::default()
    };
    let jwt = pair.sign_with_options(claims, &options).unwrap();
    let verified = Attestation::verify(&jwt).unwrap();
    assert_eq!(verified.kid(), &kid);
    assert_eq!(
        verified.check_against(&world.expected(), NOW.plus_seconds(13)),
        Ok(())
    );
}
