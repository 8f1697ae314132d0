//! Reading and verifying.

use serde::de::DeserializeOwned;

use super::json::{JsonFault, check_object};
use super::{Header, JwsError, Part};
use crate::encoding::base64url_decode;
use crate::jwk::EcPublicJwk;
use crate::signing::{Rs256PublicKey, verify_es256};

/// A text that has the form of a compact JWS. Nothing in it is believed yet.
pub struct UnverifiedJws<'a> {
    signing_input: &'a str,
    header: Header,
    payload: String,
    signature: Vec<u8>,
}

impl<'a> UnverifiedJws<'a> {
    /// Checks the form only: at most `max_bytes`, three canonical base64url parts, header and payload
    /// JSON objects without duplicate members (at any depth), no header member that would change what
    /// is verified.
    pub fn parse(text: &'a str, max_bytes: usize) -> Result<Self, JwsError> {
        if text.len() > max_bytes {
            return Err(JwsError::TooLarge(max_bytes));
        }
        let (signing_input, signature) = text.rsplit_once('.').ok_or(JwsError::NotCompact)?;
        let (header, payload) = signing_input.split_once('.').ok_or(JwsError::NotCompact)?;
        if payload.contains('.') {
            return Err(JwsError::NotCompact);
        }
        let header = json_part(header, Part::Header)?;
        let payload = json_part(payload, Part::Payload)?;
        let signature =
            base64url_decode(signature).ok_or(JwsError::NonCanonicalBase64(Part::Signature))?;
        Ok(Self {
            signing_input,
            header: Header::from_json(&header)?,
            payload,
            signature,
        })
    }

    /// The header, as claimed.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The payload, as claimed: JSON text, one object.
    pub fn unverified_payload(&self) -> &[u8] {
        self.payload.as_bytes()
    }

    /// The claims, as claimed. Members that `T` does not know are ignored.
    pub fn unverified_claims<T: DeserializeOwned>(&self) -> Result<T, JwsError> {
        claims(&self.payload)
    }

    /// What was signed: header and payload, still encoded.
    pub const fn signing_input(&self) -> &'a str {
        self.signing_input
    }

    /// The signature.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// Verifies an ES256 signature by a key that the caller chose.
    pub fn verify_es256(&self, key: &EcPublicJwk) -> Result<VerifiedJws<'_>, JwsError> {
        self.require_algorithm("ES256")?;
        if self.signature.len() != 64 {
            return Err(JwsError::BadSignatureLength);
        }
        self.require(verify_es256(
            key,
            self.signing_input.as_bytes(),
            &self.signature,
        ))
    }

    /// Verifies an RS256 signature by a key that the caller chose.
    pub fn verify_rs256(&self, key: &Rs256PublicKey) -> Result<VerifiedJws<'_>, JwsError> {
        self.require_algorithm("RS256")?;
        self.require(key.verify(self.signing_input.as_bytes(), &self.signature))
    }

    /// The key decides the algorithm; the header has to agree (RFC 8725 §3.1).
    fn require_algorithm(&self, expected: &'static str) -> Result<(), JwsError> {
        if self.header.alg == expected {
            Ok(())
        } else {
            Err(JwsError::WrongAlgorithm(expected))
        }
    }

    fn require(&self, verified: bool) -> Result<VerifiedJws<'_>, JwsError> {
        if verified {
            Ok(VerifiedJws {
                header: &self.header,
                payload: &self.payload,
            })
        } else {
            Err(JwsError::BadSignature)
        }
    }
}

/// A JWS whose signature was verified by a key that the caller chose.
pub struct VerifiedJws<'a> {
    header: &'a Header,
    payload: &'a str,
}

impl VerifiedJws<'_> {
    /// The header.
    pub const fn header(&self) -> &Header {
        self.header
    }

    /// The payload: JSON text, one object.
    pub const fn payload(&self) -> &[u8] {
        self.payload.as_bytes()
    }

    /// The claims. Members that `T` does not know are ignored.
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, JwsError> {
        claims(self.payload)
    }
}

fn json_part(text: &str, part: Part) -> Result<String, JwsError> {
    let bytes = base64url_decode(text).ok_or(JwsError::NonCanonicalBase64(part))?;
    let json = String::from_utf8(bytes).map_err(|_| JwsError::BadJson(part))?;
    match check_object(&json) {
        Ok(()) => Ok(json),
        Err(JsonFault::Duplicate) => Err(JwsError::DuplicateMember(part)),
        Err(JsonFault::NotAnObject) => Err(JwsError::BadJson(part)),
    }
}

fn claims<T: DeserializeOwned>(payload: &str) -> Result<T, JwsError> {
    serde_json::from_str(payload).map_err(|error| JwsError::BadClaims(describe(&error)))
}

/// serde's messages quote what they found. Claims hold challenges and names, and errors end up in
/// logs: only the name of a missing claim is passed on, otherwise the place.
fn describe(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.split_once(" at line ") {
        Some((missing, _)) if missing.starts_with("missing field `") => missing.to_owned(),
        _ => format!(
            "a claim before character {} has another type",
            error.column()
        ),
    }
}
