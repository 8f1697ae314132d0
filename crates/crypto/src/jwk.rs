//! Public keys as JSON Web Keys (RFC 7517, RFC 7518 §6.2) and their thumbprints (RFC 7638).

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::encoding::{base64url, base64url_decode_array};
use crate::hash::sha256;
use crate::jws::object;

/// A public key on P-256, known to be a point of the curve.
///
/// In JSON it is `{"kty":"EC","crv":"P-256","x":"…","y":"…"}`. Reading refuses a private member `d`,
/// and an `alg` or `use` that does not fit ES256 signatures; other members are ignored.
#[derive(Clone)]
pub struct EcPublicJwk {
    x: [u8; 32],
    y: [u8; 32],
    /// Checking that the point is on the curve means parsing it: kept, so that it happens once.
    parsed: ParsedPublicKey,
}

/// Why something is not a public key that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwkError {
    /// It is not JSON, or a member is missing or of the wrong type.
    #[error("not a JSON Web Key")]
    Malformed,
    /// It carries the private member `d`.
    #[error("the key carries its private part")]
    Private,
    /// `kty`, `crv`, `alg` or `use` is not that of an ES256 key.
    #[error("not a P-256 key for signatures")]
    Unsupported,
    /// A coordinate is not base64url of 32 bytes.
    #[error("a coordinate is not base64url of 32 bytes")]
    Coordinate,
    /// The coordinates are no point of P-256.
    #[error("the point is not on the curve")]
    NotOnCurve,
}

impl EcPublicJwk {
    /// From affine coordinates, big-endian.
    pub fn from_coordinates(x: [u8; 32], y: [u8; 32]) -> Result<Self, JwkError> {
        let mut point = [4_u8; 65];
        for (to, from) in point.iter_mut().skip(1).zip(x.iter().chain(&y)) {
            *to = *from;
        }
        let parsed = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
            .map_err(|_| JwkError::NotOnCurve)?;
        Ok(Self { x, y, parsed })
    }

    /// From an uncompressed point (SEC 1 §2.3.3): `04 ‖ x ‖ y`.
    pub fn from_uncompressed_point(point: &[u8]) -> Result<Self, JwkError> {
        let Some((&4, rest)) = point.split_first() else {
            return Err(JwkError::Coordinate);
        };
        let (x, y) = rest.split_first_chunk::<32>().ok_or(JwkError::Coordinate)?;
        let y = y.try_into().map_err(|_| JwkError::Coordinate)?;
        Self::from_coordinates(*x, y)
    }

    /// Reads one key. Duplicate members are for the caller to find (the parser of [`crate::jws`]
    /// does); here the last one would not win: serde refuses known members that come twice.
    pub fn from_json(json: &str) -> Result<Self, JwkError> {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let members: Members = object(&mut deserializer)
            .and_then(|members| deserializer.end().map(|()| members))
            .map_err(|_| JwkError::Malformed)?;
        members.check()
    }

    /// The x coordinate, big-endian.
    pub const fn x(&self) -> &[u8; 32] {
        &self.x
    }

    /// The y coordinate, big-endian.
    pub const fn y(&self) -> &[u8; 32] {
        &self.y
    }

    /// The RFC 7638 thumbprint with SHA-256.
    pub fn thumbprint(&self) -> Thumbprint {
        let canonical = format!(
            r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#,
            base64url(&self.x),
            base64url(&self.y)
        );
        Thumbprint::of_canonical_json(&canonical)
    }

    pub(crate) const fn parsed(&self) -> &ParsedPublicKey {
        &self.parsed
    }
}

impl PartialEq for EcPublicJwk {
    fn eq(&self, other: &Self) -> bool {
        self.x == other.x && self.y == other.y
    }
}

impl Eq for EcPublicJwk {}

impl fmt::Debug for EcPublicJwk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EcPublicJwk")
            .field("x", &base64url(&self.x))
            .field("y", &base64url(&self.y))
            .finish_non_exhaustive()
    }
}

impl Serialize for EcPublicJwk {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Out {
            kty: &'static str,
            crv: &'static str,
            x: String,
            y: String,
        }
        let (x, y) = (base64url(&self.x), base64url(&self.y));
        Out {
            kty: "EC",
            crv: "P-256",
            x,
            y,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for EcPublicJwk {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object::<_, Members>(deserializer)?
            .check()
            .map_err(serde::de::Error::custom)
    }
}

/// The members that matter, before any check.
#[derive(Deserialize)]
struct Members {
    kty: String,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    /// Present at all, even as `null`.
    #[serde(default, deserialize_with = "present")]
    d: bool,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    serde::de::IgnoredAny::deserialize(deserializer)?;
    Ok(true)
}

impl Members {
    fn is_es256(&self) -> bool {
        self.kty == "EC"
            && self.crv.as_deref() == Some("P-256")
            && self.alg.as_deref().is_none_or(|alg| alg == "ES256")
            && self.usage.as_deref().is_none_or(|usage| usage == "sig")
    }

    fn check(&self) -> Result<EcPublicJwk, JwkError> {
        if self.d {
            return Err(JwkError::Private);
        }
        if !self.is_es256() {
            return Err(JwkError::Unsupported);
        }
        let coordinate = |text: &Option<String>| {
            base64url_decode_array(text.as_deref().ok_or(JwkError::Malformed)?)
                .ok_or(JwkError::Coordinate)
        };
        EcPublicJwk::from_coordinates(coordinate(&self.x)?, coordinate(&self.y)?)
    }
}

/// A key of a key set, with the name that tokens call it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedKey {
    /// The `kid` of the set.
    pub kid: String,
    /// The key.
    pub key: EcPublicJwk,
}

/// Reads a JSON Web Key Set (RFC 7517 §5) and keeps the ES256 keys that have a `kid`. Keys of other
/// kinds, without a name, or not on the curve are left out, as RFC 7517 §5 asks for.
pub fn es256_keys(json: &[u8]) -> Result<Vec<NamedKey>, JwkError> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<serde_json::Value>,
    }
    let set: Set = serde_json::from_slice(json).map_err(|_| JwkError::Malformed)?;
    let named = |value: serde_json::Value| {
        let kid = value.get("kid")?.as_str()?.to_owned();
        let members: Members = object(value).ok()?;
        Some(NamedKey {
            kid,
            key: members.check().ok()?,
        })
    };
    Ok(set.keys.into_iter().filter_map(named).collect())
}

/// An RFC 7638 thumbprint with SHA-256: 43 characters of base64url.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Thumbprint([u8; 43]);

/// The text is not base64url of 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a thumbprint: 43 characters of base64url are expected")]
pub struct ThumbprintError;

impl Thumbprint {
    /// Of a key's required members, in the order and form of RFC 7638 §3.
    pub(crate) fn of_canonical_json(json: &str) -> Self {
        let mut text = [b'A'; 43];
        for (to, from) in text
            .iter_mut()
            .zip(base64url(&sha256(json.as_bytes())).bytes())
        {
            *to = from;
        }
        Self(text)
    }

    /// The base64url text.
    pub fn as_str(&self) -> &str {
        // Only ASCII is ever put in; the default is never seen.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Thumbprint {
    type Err = ThumbprintError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        base64url_decode_array::<32>(text).ok_or(ThumbprintError)?;
        text.as_bytes()
            .try_into()
            .map(Self)
            .map_err(|_| ThumbprintError)
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Thumbprint({self})")
    }
}

impl AsRef<str> for Thumbprint {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Serialize for Thumbprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Thumbprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
