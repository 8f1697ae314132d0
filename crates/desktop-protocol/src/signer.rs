//! Credential keys on the authenticator's side, and the JWTs they sign.

use countersign_crypto::jwk::{EcPublicJwk, Thumbprint};
use countersign_crypto::jws::assemble;
use countersign_crypto::signing::Es256KeyPair;
use serde::Serialize;

/// The prefix of thumbprint URIs (RFC 9278) with SHA-256.
const THUMBPRINT_URI: &str = "urn:ietf:params:oauth:jwk-thumbprint:sha-256:";

/// A credential key, wherever it lives.
pub trait CredentialSigner {
    /// Its public part.
    fn public_jwk(&self) -> EcPublicJwk;

    /// An ES256 signature on a message: `r ‖ s`, 32 bytes each.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignerError>;
}

/// A credential key did not sign. The text is for logs; it names no path and no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the credential key did not sign: {0}")]
pub struct SignerError(pub String);

impl CredentialSigner for Es256KeyPair {
    fn public_jwk(&self) -> EcPublicJwk {
        Self::public_jwk(self).clone()
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignerError> {
        Self::sign(self, message).map_err(|error| SignerError(error.to_string()))
    }
}

/// Why an answer was not made.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// The claims cannot be written as JSON.
    #[error("the answer cannot be written as JSON")]
    Json(#[from] serde_json::Error),
    /// The key did not sign.
    #[error(transparent)]
    Signer(#[from] SignerError),
}

/// `iss` of an answer: the thumbprint URI of its key.
pub(crate) fn issuer_of(kid: &Thumbprint) -> String {
    format!("{THUMBPRINT_URI}{kid}")
}

/// Whether `iss` is the thumbprint URI of `kid`.
pub(crate) fn is_issuer_of(iss: &str, kid: &Thumbprint) -> bool {
    iss.strip_prefix(THUMBPRINT_URI) == Some(kid.as_str())
}

#[derive(Serialize)]
struct Header<'a> {
    typ: &'a str,
    alg: &'a str,
    kid: &'a str,
}

/// Signs an answer by a credential key.
pub(crate) fn sign_answer(
    typ: &str,
    kid: &Thumbprint,
    claims: &impl Serialize,
    signer: &dyn CredentialSigner,
) -> Result<String, AnswerError> {
    let header = serde_json::to_string(&Header {
        typ,
        alg: "ES256",
        kid: kid.as_str(),
    })?;
    let claims = serde_json::to_string(claims)?;
    Ok(assemble(&header, &claims, |input| {
        signer.sign(input).map(|signature| signature.to_vec())
    })?)
}
