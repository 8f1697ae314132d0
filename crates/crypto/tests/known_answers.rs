//! Constructions that stored data depends on, against what a second implementation makes of them
//! (`vectors/make_vectors.py`). A failure here means that existing databases no longer open.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use countersign_crypto::encoding::{base64url, base64url_decode};
use countersign_crypto::jwk::EcPublicJwk;
use countersign_crypto::keyring::{DataKey, KeyRing, MasterKey, SealContext};
use countersign_crypto::pin::{PinParameters, derive};
use countersign_crypto::secret::SecretString;
use serde_json::Value;

fn vectors() -> Value {
    serde_json::from_str(include_str!("vectors/known_answers.json")).unwrap()
}

fn text<'a>(vectors: &'a Value, name: &str) -> &'a str {
    vectors[name].as_str().unwrap()
}

fn bytes(vectors: &Value, name: &str) -> Vec<u8> {
    base64url_decode(text(vectors, name)).unwrap()
}

fn ring(vectors: &Value) -> KeyRing {
    let master = MasterKey::from_file_text(text(vectors, "masterKeyFile")).unwrap();
    let id = text(vectors, "dataKeyId").parse().unwrap();
    let key = DataKey::open(&master, id, &bytes(vectors, "sealedDataKey")).unwrap();
    KeyRing::new(key, Vec::new()).unwrap()
}

#[test]
fn sealed_rows_open() {
    let vectors = vectors();
    let place = SealContext {
        table: "devices",
        column: "secret",
        row: b"row",
        environment: b"environment",
    };
    let opened = ring(&vectors)
        .open(place, &bytes(&vectors, "sealedRow"))
        .unwrap();
    assert_eq!(opened.expose(), b"seed");
}

#[test]
fn keyed_hashes_stay() {
    let vectors = vectors();
    let mac = ring(&vectors)
        .mac_key("otp code")
        .unwrap()
        .hmac_sha256(b"123456");
    assert_eq!(base64url(&mac), text(&vectors, "macOf123456"));
}

#[test]
fn pin_seals_open() {
    let vectors = vectors();
    let parameters: PinParameters =
        serde_json::from_value(vectors["pinParameters"].clone()).unwrap();
    assert_eq!(
        serde_json::to_value(&parameters).unwrap(),
        vectors["pinParameters"]
    );
    let key = derive(&SecretString::from(text(&vectors, "pin")), &parameters).unwrap();
    let opened = key
        .open(b"credential", &bytes(&vectors, "pinSealed"))
        .unwrap();
    assert_eq!(opened.expose(), b"private key");
    assert!(key.open(b"other", &bytes(&vectors, "pinSealed")).is_err());
}

#[test]
fn thumbprints_agree() {
    let vectors = vectors();
    let key: EcPublicJwk = serde_json::from_value(vectors["jwk"].clone()).unwrap();
    assert_eq!(key.thumbprint().as_str(), text(&vectors, "thumbprint"));
    assert_eq!(serde_json::to_value(&key).unwrap(), vectors["jwk"]);
}
