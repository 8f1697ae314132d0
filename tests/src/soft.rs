//! A desktop authenticator without a person and without a disk, for tests that need hundreds of
//! answers a second. It writes its claims as plain JSON, so that it agrees with the server through the
//! wire and not through a shared type.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_crypto::hash::sha256;
use countersign_crypto::jwk::EcPublicJwk;
use countersign_crypto::jws::sign_es256;
use countersign_crypto::random::{SystemRandom, uuid_v4};
use countersign_crypto::signing::Es256KeyPair;
use countersign_crypto::time::{Clock as _, SystemClock};
use serde_json::{Value, json};

/// One credential.
pub struct SoftDesktop {
    key: Es256KeyPair,
    jwk: EcPublicJwk,
    unit: String,
    counter: u64,
    origin: String,
}

impl SoftDesktop {
    /// A new key, used by pages of `origin`.
    pub fn new(origin: &str) -> Self {
        let key = Es256KeyPair::generate().unwrap();
        let jwk = key.public_jwk().clone();
        Self {
            key,
            jwk,
            unit: uuid_v4(&SystemRandom).to_string(),
            counter: 0,
            origin: origin.to_owned(),
        }
    }

    /// Answers creation options with an attestation.
    pub fn register(&mut self, options: &str) -> String {
        let asked = claims(options);
        let mut answer = self.common(options, &asked);
        answer["cnf"] = json!({"jwk": self.jwk});
        answer["keyProtection"] = json!("SOFTWARE");
        answer["model"] = json!({});
        answer["application"] = json!({"nativeName": "Soft Desktop", "version": "1.0.0"});
        self.sign("desktop-attestation+jwt", &answer)
    }

    /// Answers request options with an assertion.
    pub fn authenticate(&mut self, options: &str) -> String {
        self.counter += 1;
        let asked = claims(options);
        let mut answer = self.common(options, &asked);
        answer["authn"] = asked["authn"].clone();
        answer["application"] = json!({"version": "1.0.0"});
        self.sign("desktop-assertion+jwt", &answer)
    }

    fn common(&self, options: &str, asked: &Value) -> Value {
        let now = SystemClock.now().unix_seconds();
        let kid = self.jwk.thumbprint();
        json!({
            "iss": format!("urn:ietf:params:oauth:jwk-thumbprint:sha-256:{kid}"),
            "aud": asked["iss"],
            "sub": asked["sub"],
            "jti": uuid_v4(&SystemRandom).to_string(),
            "iat": now,
            "exp": now + 60,
            "nonce": asked["nonce"],
            "rqh": URL_SAFE_NO_PAD.encode(sha256(options.as_bytes())),
            "rp": {"id": asked["rp"]["id"]},
            "origin": self.origin,
            "up": true,
            "uv": true,
            "amr": ["swk", "pin"],
            "ctr": self.counter,
            "unitId": self.unit,
            "os": {"type": "LINUX", "version": "12"},
        })
    }

    fn sign(&self, typ: &str, answer: &Value) -> String {
        sign_es256(typ, self.jwk.thumbprint().as_str(), answer, &self.key).unwrap()
    }
}

/// The claims of a signed request, not verified.
fn claims(jwt: &str) -> Value {
    let payload = jwt.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}
