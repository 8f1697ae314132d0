//! The protected header.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use super::JwsError;

/// What is read of a protected header (RFC 7515 §4.1). Members that are not listed here and do no
/// harm are ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The algorithm; a claim, until a key of that algorithm has verified the signature.
    pub alg: String,
    /// The type of the token; compared exactly (RFC 8725 §3.11).
    pub typ: Option<String>,
    /// The name of the key.
    pub kid: Option<String>,
}

/// Members that would change what is verified or bring a key along (RFC 7515 §4.1.2–4.1.6 and
/// §4.1.11, RFC 7797 §3, RFC 7516 §4.1.3). Refused whatever their value is.
const FORBIDDEN: [&str; 7] = ["crit", "b64", "zip", "jku", "x5u", "jwk", "x5c"];

impl Header {
    /// From JSON that is known to be an object without duplicates.
    pub(super) fn from_json(json: &str) -> Result<Self, JwsError> {
        let raw: Raw =
            serde_json::from_str(json).map_err(|_| JwsError::BadJson(super::Part::Header))?;
        if let Some(name) = raw.forbidden {
            return Err(JwsError::ForbiddenHeader(name));
        }
        let text = |name, value: Text| match value {
            Text::Absent => Ok(None),
            Text::Is(text) => Ok(Some(text)),
            Text::Other => Err(JwsError::BadHeader(name)),
        };
        Ok(Self {
            alg: text("alg", raw.alg)?.ok_or(JwsError::BadHeader("alg"))?,
            typ: text("typ", raw.typ)?,
            kid: text("kid", raw.kid)?,
        })
    }
}

#[derive(Default)]
enum Text {
    #[default]
    Absent,
    Is(String),
    Other,
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// A string, or anything else.
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Text(String),
            Other(IgnoredAny),
        }
        Ok(match Either::deserialize(deserializer)? {
            Either::Text(text) => Self::Is(text),
            Either::Other(IgnoredAny) => Self::Other,
        })
    }
}

#[derive(Default)]
struct Raw {
    alg: Text,
    typ: Text,
    kid: Text,
    forbidden: Option<&'static str>,
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Raw;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JOSE header")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Raw, A::Error> {
                let mut raw = Raw::default();
                while let Some(name) = members.next_key::<std::borrow::Cow<'de, str>>()? {
                    match &*name {
                        "alg" => raw.alg = members.next_value()?,
                        "typ" => raw.typ = members.next_value()?,
                        "kid" => raw.kid = members.next_value()?,
                        other => {
                            members.next_value::<IgnoredAny>()?;
                            let known = FORBIDDEN.into_iter().find(|name| *name == other);
                            raw.forbidden = raw.forbidden.or(known);
                        }
                    }
                }
                Ok(raw)
            }
        }
        deserializer.deserialize_map(Members)
    }
}
