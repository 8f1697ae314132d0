//! The key that makes fuzzed claims get past the signature.

use std::sync::OnceLock;

use countersign_crypto::jws::assemble;
use countersign_crypto::signing::{Es256KeyPair, SigningError};
use serde_json::json;

/// One key for the whole process. No answer depends on which it is.
pub(crate) fn key() -> Option<&'static Es256KeyPair> {
    static KEY: OnceLock<Option<Es256KeyPair>> = OnceLock::new();
    KEY.get_or_init(|| Es256KeyPair::generate().ok()).as_ref()
}

/// The bytes as a token. Bytes that start with `{` are claims, put under a good header and signed, so
/// that the fuzzer reaches what lies behind the signature; all others are the token itself.
pub(crate) fn token(data: &[u8], typ: &str, claims: impl FnOnce(&str) -> String) -> Option<String> {
    let text = std::str::from_utf8(data).ok()?;
    if !text.starts_with('{') {
        return Some(text.to_owned());
    }
    let key = key()?;
    let header = json!({"typ": typ, "alg": "ES256", "kid": key.public_jwk().thumbprint()});
    assemble(&header.to_string(), &claims(text), |input| {
        Ok::<_, SigningError>(key.sign(input)?.to_vec())
    })
    .ok()
}
