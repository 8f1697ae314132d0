//! Attestations and assertions, as a server reads them.

use countersign_crypto::time::Timestamp;
use countersign_desktop_protocol::assertion::{
    self, Assertion, ExpectedAssertion, UnverifiedAssertion,
};
use countersign_desktop_protocol::attestation::{self, Attestation, Expected};
use countersign_desktop_protocol::check_number::check_number;
use countersign_desktop_protocol::rp::RpId;
use countersign_desktop_protocol::{Development, Evidence, KeyProtection, UserVerification};
use serde_json::{Value, json};

use crate::keys::{key, token};

/// Reads the bytes as an attestation: a token, or claims that get a key's name and signature first
/// (and its `cnf`, unless they bring one).
///
/// # Panics
/// When it finds a fault.
pub fn fuzz_attestation(data: &[u8]) {
    let Some(text) = token(data, attestation::TYPE, |claims| with_key(claims, true)) else {
        return;
    };
    let Ok(verified) = Attestation::verify(&text) else {
        return;
    };
    assert_eq!(verified.kid(), &verified.key().thumbprint());
    assert_eq!(check_number(verified.kid()).len(), 6);
    let claims = verified.claims();
    let Ok(rp) = RpId::parse(&claims.rp.id, Development::Yes) else {
        return;
    };
    let expected = Expected {
        aud: &claims.aud,
        sub: &claims.sub,
        nonce: &claims.nonce,
        rqh: &claims.rqh,
        rp: &rp,
        origins: &[],
        development: Development::Yes,
        uv: UserVerification::Required,
        min_key_protection: KeyProtection::Software,
        evidence: Evidence::None,
    };
    let accepted = verified.check_against(&expected, claims.iat).is_ok();
    assert!(!accepted || (claims.up && claims.uv));
    assert!(!accepted || claims.origin.within(&rp) || claims.origin.is_loopback_host());
    let strict = Expected {
        evidence: Evidence::Required,
        ..expected
    };
    assert!(
        verified.check_against(&strict, claims.iat).is_err(),
        "evidence out of nothing"
    );
    let _ = verified.check_against(&expected, Timestamp::from_micros(i64::MIN));
    if let Some(key) = key().filter(|key| key.public_jwk() == verified.key()) {
        let again = claims
            .sign(key)
            .ok()
            .and_then(|jwt| Attestation::verify(&jwt).ok());
        assert!(
            again.is_none_or(|again| again.claims() == claims),
            "written and read again"
        );
    }
}

/// Reads the bytes as an assertion: a token, or claims that get a key's name and signature first.
///
/// # Panics
/// When it finds a fault.
pub fn fuzz_assertion(data: &[u8]) {
    let Some(text) = token(data, assertion::TYPE, |claims| with_key(claims, false)) else {
        return;
    };
    let (Ok(read), Some(key)) = (UnverifiedAssertion::parse(&text), key()) else {
        return;
    };
    let Ok(verified) = read.verify(key.public_jwk()) else {
        return;
    };
    assert_eq!(verified.kid(), &key.public_jwk().thumbprint());
    let claims = verified.claims();
    let Ok(rp) = RpId::parse(&claims.rp.id, Development::Yes) else {
        return;
    };
    let expected = ExpectedAssertion {
        aud: &claims.aud,
        sub: &claims.sub,
        nonce: &claims.nonce,
        rqh: &claims.rqh,
        authn: claims.authn,
        rp: &rp,
        origins: &[],
        development: Development::No,
        body_origin: &claims.origin,
        uv: UserVerification::Required,
        counter: 16,
    };
    let accepted = verified.check_against(&expected, claims.iat).is_ok();
    assert!(!accepted || (claims.up && claims.uv && claims.ctr > 16));
    assert!(!accepted || (claims.origin.is_https() && claims.origin.within(&rp)));
    let again = claims.sign(key).ok();
    let again = again.and_then(|jwt| Assertion::verify(&jwt, key.public_jwk()).ok());
    assert!(
        again.is_none_or(|again| again.claims() == claims),
        "written and read again"
    );
}

/// The claims with `iss` (and `cnf`) of the key; text that is not JSON, or has duplicates, as it is.
fn with_key(claims: &str, cnf: bool) -> String {
    let (Some(key), Ok(Value::Object(mut members))) = (key(), serde_json::from_str(claims)) else {
        return claims.to_owned();
    };
    let kid = key.public_jwk().thumbprint();
    let iss = format!("urn:ietf:params:oauth:jwk-thumbprint:sha-256:{kid}");
    members.entry("iss").or_insert_with(|| iss.into());
    if cnf {
        members
            .entry("cnf")
            .or_insert_with(|| json!({"jwk": key.public_jwk()}));
    }
    Value::Object(members).to_string()
}
