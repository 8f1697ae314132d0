//! Why a JWS is refused.

use std::fmt;

/// A part of a compact JWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The protected header.
    Header,
    /// The payload.
    Payload,
    /// The signature.
    Signature,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => "header",
            Self::Payload => "payload",
            Self::Signature => "signature",
        })
    }
}

/// Why a JWS is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// It has more bytes than allowed here.
    #[error("the token has more than {0} bytes")]
    TooLarge(usize),
    /// It has not exactly three parts.
    #[error("not a compact JWS: three parts are expected")]
    NotCompact,
    /// A part is not canonical base64url: padding, foreign characters, or stray bits at its end.
    #[error("the {0} is not canonical base64url")]
    NonCanonicalBase64(Part),
    /// The header or payload is not one JSON object.
    #[error("the {0} is not a JSON object")]
    BadJson(Part),
    /// An object of the header or payload has the same member twice, at whatever depth.
    #[error("the {0} has a duplicate member")]
    DuplicateMember(Part),
    /// The header has a member that would change what is verified, or by which key.
    #[error("the header member `{0}` is not accepted")]
    ForbiddenHeader(&'static str),
    /// A header member that is read here is missing or not a string.
    #[error("the header member `{0}` is missing or not a string")]
    BadHeader(&'static str),
    /// `alg` is not the algorithm of the key.
    #[error("the algorithm is not {0}")]
    WrongAlgorithm(&'static str),
    /// The signature has not the length that the algorithm fixes.
    #[error("the signature has the wrong length")]
    BadSignatureLength,
    /// The signature is not that of the key.
    #[error("the signature does not verify")]
    BadSignature,
    /// A claim is missing or has the wrong type. The text names it, and never quotes its value.
    #[error("the claims are not as expected: {0}")]
    BadClaims(String),
}

impl JwsError {
    /// Whether the text is no compact JWS at all: its parts cannot be told apart or decoded, or one
    /// that has to be is not a JSON object without duplicates. Otherwise it is a JWS that is refused.
    pub const fn is_malformed(&self) -> bool {
        matches!(
            self,
            Self::NotCompact
                | Self::NonCanonicalBase64(_)
                | Self::BadJson(_)
                | Self::DuplicateMember(_)
        )
    }
}
