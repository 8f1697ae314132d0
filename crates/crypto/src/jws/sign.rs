//! Making compact JWS.

use serde::Serialize;

use crate::encoding::push_base64url;
use crate::signing::{Es256KeyPair, Rs256KeyPair, SigningError};

/// Why a token was not made.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The claims do not serialise to JSON.
    #[error("the claims cannot be written as JSON")]
    Claims(#[source] serde_json::Error),
    /// The key did not sign.
    #[error(transparent)]
    Signature(#[from] SigningError),
}

#[derive(Serialize)]
struct HeaderOut<'a> {
    typ: &'a str,
    alg: &'a str,
    kid: &'a str,
}

/// Signs claims with ES256.
pub fn sign_es256(
    typ: &str,
    kid: &str,
    claims: &impl Serialize,
    key: &Es256KeyPair,
) -> Result<String, SignError> {
    let (header, claims) = write(
        &HeaderOut {
            typ,
            alg: "ES256",
            kid,
        },
        claims,
    )?;
    assemble(&header, &claims, |input| Ok(key.sign(input)?.to_vec()))
}

/// Signs claims with RS256.
pub fn sign_rs256(
    typ: &str,
    kid: &str,
    claims: &impl Serialize,
    key: &Rs256KeyPair,
) -> Result<String, SignError> {
    let (header, claims) = write(
        &HeaderOut {
            typ,
            alg: "RS256",
            kid,
        },
        claims,
    )?;
    assemble(&header, &claims, |input| Ok(key.sign(input)?))
}

/// Puts a compact JWS together around a signature that is made elsewhere, for keys in hardware.
/// `header` and `claims` are JSON texts; `sign` gets the signing input (RFC 7515 §5.1).
pub fn assemble<E>(
    header: &str,
    claims: &str,
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, E>,
) -> Result<String, E> {
    // Four characters for three bytes; 350 more hold an RS256 signature and the dots.
    let mut token = String::with_capacity((header.len() + claims.len()) / 3 * 4 + 350);
    push_base64url(&mut token, header.as_bytes());
    token.push('.');
    push_base64url(&mut token, claims.as_bytes());
    let signature = sign(token.as_bytes())?;
    token.push('.');
    push_base64url(&mut token, &signature);
    Ok(token)
}

fn write(header: &HeaderOut<'_>, claims: &impl Serialize) -> Result<(String, String), SignError> {
    let header = serde_json::to_string(header).map_err(SignError::Claims)?;
    let claims = serde_json::to_string(claims).map_err(SignError::Claims)?;
    Ok((header, claims))
}
