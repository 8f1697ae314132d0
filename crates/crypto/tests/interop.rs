//! Tokens of ours are accepted by other JOSE libraries, and theirs by us.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use countersign_crypto::jwk::EcPublicJwk;
use countersign_crypto::jws::{UnverifiedJws, sign_es256, sign_rs256};
use countersign_crypto::signing::{Es256KeyPair, Rs256KeyPair, verify_es256};
use jwt_simple::prelude::{
    Claims, Duration, ECDSAP256KeyPairLike as _, ECDSAP256PublicKeyLike as _, ES256KeyPair,
    ES256PublicKey, HeaderOptions, VerificationOptions,
};
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use serde_json::{Value, json};

fn sample() -> Value {
    json!({"iss": "https://auth.example.com", "sub": "émile", "iat": 1_790_000_000, "exp": 4_000_000_000_u64,
           "deep": {"list": [1, 2.5, null, {"x": true}]}})
}

#[test]
fn jwt_simple_accepts_ours() {
    let key = Es256KeyPair::generate().unwrap();
    let token = sign_es256("sample+jwt", "key-1", &sample(), &key).unwrap();
    let point = [&[4_u8][..], key.public_jwk().x(), key.public_jwk().y()].concat();
    let theirs = ES256PublicKey::from_bytes(&point).unwrap();
    let options = VerificationOptions {
        required_signature_type: Some("sample+jwt".to_owned()),
        required_key_id: Some("key-1".to_owned()),
        accept_future: true,
        max_validity: None,
        ..VerificationOptions::default()
    };
    let claims = theirs.verify_token::<Value>(&token, Some(options)).unwrap();
    assert_eq!(claims.subject.as_deref(), Some("émile"));
    assert_eq!(claims.custom["deep"], sample()["deep"]);
}

#[test]
fn we_accept_those_of_jwt_simple() {
    let theirs = ES256KeyPair::generate().with_key_id("key-2");
    let claims = Claims::with_custom_claims(json!({"a": [1, 2]}), Duration::from_hours(1));
    let options = HeaderOptions {
        signature_type: Some("other+jwt".to_owned()),
        ..HeaderOptions::default()
    };
    let token = theirs.sign_with_options(claims, &options).unwrap();
    let point = theirs.key_pair().public_key().to_bytes_uncompressed();
    let key = EcPublicJwk::from_uncompressed_point(&point).unwrap();
    let jws = UnverifiedJws::parse(&token, 10_000).unwrap();
    assert_eq!(jws.header().typ.as_deref(), Some("other+jwt"));
    assert_eq!(jws.header().kid.as_deref(), Some("key-2"));
    let claims: Value = jws.verify_es256(&key).unwrap().claims().unwrap();
    assert_eq!(claims["a"], json!([1, 2]));
    assert_eq!(theirs.jwk_thumbprint_of_public(), key.thumbprint().as_str());
}

/// jwt-simple computes the thumbprint on its public key type.
trait PublicThumbprint {
    fn jwk_thumbprint_of_public(&self) -> String;
}

impl PublicThumbprint for ES256KeyPair {
    fn jwk_thumbprint_of_public(&self) -> String {
        self.public_key().jwk_thumbprint()
    }
}

#[test]
fn jsonwebtoken_accepts_ours_and_we_accept_theirs() {
    use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};

    let key = Es256KeyPair::generate().unwrap();
    let token = sign_es256("sample+jwt", "key-1", &sample(), &key).unwrap();
    let jwk = serde_json::to_value(key.public_jwk()).unwrap();
    let decoding =
        DecodingKey::from_ec_components(jwk["x"].as_str().unwrap(), jwk["y"].as_str().unwrap())
            .unwrap();
    let read = decode::<Value>(&token, &decoding, &Validation::new(Algorithm::ES256)).unwrap();
    assert_eq!(read.claims, sample());
    assert_eq!(read.header.typ.as_deref(), Some("sample+jwt"));

    let encoding = EncodingKey::from_ec_der(key.to_pkcs8().unwrap().expose());
    let theirs = encode(&Header::new(Algorithm::ES256), &sample(), &encoding).unwrap();
    let jws = UnverifiedJws::parse(&theirs, 10_000).unwrap();
    let claims: Value = jws
        .verify_es256(key.public_jwk())
        .unwrap()
        .claims()
        .unwrap();
    assert_eq!(claims, sample());
}

#[test]
fn rs256_both_ways_with_jsonwebtoken() {
    use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};

    let key = Rs256KeyPair::generate().unwrap();
    let kid = key.kid().to_string();
    let token = sign_rs256("at+jwt", &kid, &sample(), &key).unwrap();
    let decoding =
        DecodingKey::from_rsa_components(key.public_key().n(), key.public_key().e()).unwrap();
    let read = decode::<Value>(&token, &decoding, &Validation::new(Algorithm::RS256)).unwrap();
    assert_eq!((read.claims, read.header.kid), (sample(), Some(kid)));

    let again = Rs256KeyPair::from_pkcs8(key.to_pkcs8().unwrap().expose()).unwrap();
    assert_eq!(again.public_key(), key.public_key());
    let jws = UnverifiedJws::parse(&token, 10_000).unwrap();
    assert!(jws.verify_rs256(again.public_key()).is_ok());
    assert!(
        jws.verify_rs256(Rs256KeyPair::generate().unwrap().public_key())
            .is_err()
    );

    // jsonwebtoken reads PKCS#1 here; the inner structure of PKCS#8 starts after 26 bytes.
    let pkcs8 = key.to_pkcs8().unwrap();
    let encoding = EncodingKey::from_rsa_der(&pkcs8.expose()[26..]);
    let theirs = encode(&Header::new(Algorithm::RS256), &sample(), &encoding).unwrap();
    let jws = UnverifiedJws::parse(&theirs, 10_000).unwrap();
    assert!(jws.verify_rs256(key.public_key()).is_ok());
}

#[test]
fn signatures_agree_with_p256() {
    let key = Es256KeyPair::generate().unwrap();
    let point = [&[4_u8][..], key.public_jwk().x(), key.public_jwk().y()].concat();
    let verifying = p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).unwrap();
    for length in [0, 1, 55, 64, 1_000] {
        let message = vec![7_u8; length];
        let signature = key.sign(&message).unwrap();
        let theirs = p256::ecdsa::Signature::from_slice(&signature).unwrap();
        verifying.verify(&message, &theirs).unwrap();
    }
    let secret = p256::ecdsa::SigningKey::from_slice(&[9; 32]).unwrap();
    let point = secret.verifying_key().to_sec1_point(false);
    let public = EcPublicJwk::from_uncompressed_point(point.as_bytes()).unwrap();
    let signature: p256::ecdsa::Signature = secret.sign(b"message");
    assert!(verify_es256(&public, b"message", &signature.to_bytes()));
    assert!(!verify_es256(&public, b"messages", &signature.to_bytes()));
}
