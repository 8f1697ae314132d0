//! JSON Web Keys and key pairs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use countersign_crypto::encoding::base64url;
use countersign_crypto::jwk::{EcPublicJwk, JwkError, Thumbprint, es256_keys};
use countersign_crypto::signing::{Es256KeyPair, KeyError, Rs256KeyPair, verify_es256};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A valid key with some members replaced (`null` in `changes` removes them).
fn changed(changes: &Value) -> String {
    let mut jwk = json!({"kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"});
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            jwk.as_object_mut().unwrap().remove(name);
        } else {
            jwk[name] = value.clone();
        }
    }
    jwk.to_string()
}

#[test]
fn keys_that_are_accepted() {
    for changes in [
        json!({}),
        json!({"alg": "ES256", "use": "sig", "kid": "1", "key_ops": ["verify"], "other": {"a": 1}}),
    ] {
        assert!(
            EcPublicJwk::from_json(&changed(&changes)).is_ok(),
            "{changes}"
        );
    }
}

#[test]
fn keys_that_are_refused() {
    use JwkError::{Coordinate, Malformed, NotOnCurve, Private, Unsupported};
    let zero = base64url(&[0; 32]);
    let ones = base64url(&[0xff; 32]);
    // p, the prime of the field: as x it is zero in another spelling.
    let prime = "_____wAAAAEAAAAAAAAAAAAAAAD_______________8";
    for (changes, expected) in [
        (
            json!({"d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}),
            Private,
        ),
        (json!({"d": ""}), Private),
        (json!({"kty": "RSA"}), Unsupported),
        (json!({"kty": "oct", "k": "AAAA"}), Unsupported),
        (json!({"kty": "ec"}), Unsupported),
        (json!({"crv": "P-384"}), Unsupported),
        (json!({"crv": "secp256k1"}), Unsupported),
        (json!({"crv": null}), Unsupported),
        (json!({"alg": "ES384"}), Unsupported),
        (json!({"alg": "ECDH-ES"}), Unsupported),
        (json!({"use": "enc"}), Unsupported),
        (json!({"kty": null}), Malformed),
        (json!({"kty": 1}), Malformed),
        (json!({"x": null}), Malformed),
        (json!({"y": null}), Malformed),
        (json!({"x": 5}), Malformed),
        (json!({"x": "AAAA"}), Coordinate),
        (
            json!({"x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU="}),
            Coordinate,
        ),
        (
            json!({"x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEV"}),
            Coordinate,
        ),
        (json!({"x": format!("AA{}", "A".repeat(43))}), Coordinate),
        (json!({"x": zero, "y": zero}), NotOnCurve),
        (json!({"x": ones, "y": ones}), NotOnCurve),
        (json!({"x": prime}), NotOnCurve),
        (
            json!({"y": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"}),
            NotOnCurve,
        ),
    ] {
        assert_eq!(
            EcPublicJwk::from_json(&changed(&changes)).unwrap_err(),
            expected,
            "{changes}"
        );
        assert!(
            serde_json::from_str::<EcPublicJwk>(&changed(&changes)).is_err(),
            "{changes}"
        );
    }
    let null_private = changed(&json!({})).replace("\"kty\"", "\"d\":null,\"kty\"");
    assert_eq!(EcPublicJwk::from_json(&null_private).unwrap_err(), Private);
    let list = r#"["EC","P-256","f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",null,null]"#;
    assert!(serde_json::from_str::<EcPublicJwk>(list).is_err());
    for text in [
        list,
        "",
        "[]",
        "null",
        "{}",
        "{\"kty\":\"EC\",\"kty\":\"EC\"}",
    ] {
        assert_eq!(
            EcPublicJwk::from_json(text).unwrap_err(),
            Malformed,
            "{text}"
        );
    }
}

#[test]
fn points_in_other_forms_are_refused() {
    let key = Es256KeyPair::generate().unwrap();
    let (x, y) = (key.public_jwk().x(), key.public_jwk().y());
    let uncompressed = [&[4_u8][..], x, y].concat();
    assert_eq!(
        &EcPublicJwk::from_uncompressed_point(&uncompressed).unwrap(),
        key.public_jwk()
    );
    let compressed = [&[2 + (y[31] & 1)][..], x].concat();
    for point in [
        vec![],
        vec![0],
        vec![4],
        compressed,
        [&uncompressed[..], &[0]].concat(),
    ] {
        assert_eq!(
            EcPublicJwk::from_uncompressed_point(&point).unwrap_err(),
            JwkError::Coordinate,
            "{point:?}"
        );
    }
}

#[test]
fn a_key_set_keeps_what_can_be_used() {
    let good: Value = serde_json::from_str(&changed(&json!({"kid": "good"}))).unwrap();
    let private: Value = serde_json::from_str(&changed(&json!({"kid": "p", "d": "AAAA"}))).unwrap();
    let unnamed: Value = serde_json::from_str(&changed(&json!({}))).unwrap();
    let off: Value =
        serde_json::from_str(&changed(&json!({"kid": "o", "y": base64url(&[1; 32])}))).unwrap();
    let rsa = json!({"kty": "RSA", "kid": "r", "n": "AQAB", "e": "AQAB"});
    let set = json!({"keys": [rsa, private, 5, off, good, unnamed], "other": 1}).to_string();
    let keys = es256_keys(set.as_bytes()).unwrap();
    assert_eq!(
        keys.iter().map(|key| key.kid.as_str()).collect::<Vec<_>>(),
        ["good"]
    );
    for text in ["", "[]", "{}", r#"{"keys":{}}"#, "\u{0}"] {
        assert_eq!(
            es256_keys(text.as_bytes()).unwrap_err(),
            JwkError::Malformed,
            "{text}"
        );
    }
    assert_eq!(es256_keys(br#"{"keys":[]}"#).unwrap(), []);
}

#[test]
fn thumbprints_as_text() {
    let text = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
    let thumbprint: Thumbprint = text.parse().unwrap();
    assert_eq!(
        (thumbprint.to_string(), thumbprint.as_str()),
        (text.to_owned(), text)
    );
    assert_eq!(
        serde_json::to_string(&thumbprint).unwrap(),
        format!("\"{text}\"")
    );
    assert_eq!(
        serde_json::from_str::<Thumbprint>(&format!("\"{text}\"")).unwrap(),
        thumbprint
    );
    for other in [
        "",
        "abc",
        &text[1..],
        &format!("{text}A"),
        &format!("{}t", &text[..42]),
        &"=".repeat(43),
    ] {
        assert!(other.parse::<Thumbprint>().is_err(), "{other}");
    }
}

#[test]
fn private_keys_survive_storage() {
    let key = Es256KeyPair::generate().unwrap();
    let again = Es256KeyPair::from_pkcs8(key.to_pkcs8().unwrap().expose()).unwrap();
    assert_eq!(again.public_jwk(), key.public_jwk());
    assert!(verify_es256(
        key.public_jwk(),
        b"m",
        &again.sign(b"m").unwrap()
    ));

    let rsa = Rs256KeyPair::generate().unwrap();
    let pkcs8 = rsa.to_pkcs8().unwrap();
    assert_eq!(
        Es256KeyPair::from_pkcs8(pkcs8.expose()).err(),
        Some(KeyError::Malformed)
    );
    assert_eq!(
        Rs256KeyPair::from_pkcs8(key.to_pkcs8().unwrap().expose()).err(),
        Some(KeyError::Malformed)
    );
    for length in [0, 1, 50, pkcs8.expose().len() - 1] {
        assert!(Rs256KeyPair::from_pkcs8(&pkcs8.expose()[..length]).is_err());
        assert!(Es256KeyPair::from_pkcs8(&pkcs8.expose()[..length]).is_err());
    }
}

proptest! {
    #[test]
    fn reading_keys_never_panics(text in "\\PC*", x: [u8; 32], y: [u8; 32], pkcs8: Vec<u8>) {
        let _ = EcPublicJwk::from_json(&text);
        let _ = es256_keys(text.as_bytes());
        let _ = text.parse::<Thumbprint>();
        prop_assert_eq!(EcPublicJwk::from_coordinates(x, y).unwrap_err(), JwkError::NotOnCurve);
        prop_assert!(Es256KeyPair::from_pkcs8(&pkcs8).is_err());
        prop_assert!(Rs256KeyPair::from_pkcs8(&pkcs8).is_err());
    }
}
