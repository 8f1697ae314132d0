//! Compact JWS.

use countersign_crypto::encoding::base64url;
use countersign_crypto::jwk::{EcPublicJwk, es256_keys};
use countersign_crypto::jws::UnverifiedJws;
use serde_json::Value;

use crate::keys::key;

/// Reads the bytes as a compact JWS, a JSON Web Key and a key set.
///
/// # Panics
/// When it finds a fault.
pub fn fuzz_jws(data: &[u8]) {
    let _ = es256_keys(data);
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let _ = EcPublicJwk::from_json(text);
    let Ok(jws) = UnverifiedJws::parse(text, 16 * 1024) else {
        return;
    };
    // There is one spelling of a token: what was read says everything that was written.
    let written = format!("{}.{}", jws.signing_input(), base64url(jws.signature()));
    assert_eq!(written, text, "two spellings of one token");
    assert!(
        jws.unverified_claims::<Value>()
            .is_ok_and(|claims| claims.is_object())
    );
    if let Some(key) = key() {
        assert!(
            jws.verify_es256(key.public_jwk()).is_err(),
            "a signature out of nothing"
        );
    }
}
