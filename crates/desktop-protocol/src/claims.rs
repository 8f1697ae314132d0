//! Members that several of the JWTs share.

use countersign_crypto::encoding::base64url_decode_array;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::words::words;

/// `rp` in options: who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelyingParty {
    /// The relying party id, as sent; see [`crate::rp::RpId`] for the rule it has to pass.
    pub id: String,
    /// A name to show.
    pub name: String,
}

/// `rp` in answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RpRef {
    /// The relying party id of the request.
    pub id: String,
}

/// `os`: the operating system of the computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatingSystem {
    /// Which one.
    #[serde(rename = "type")]
    pub kind: OsType,
    /// Its version, as the authenticator reports it.
    pub version: String,
}

/// `os.type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OsType {
    /// macOS.
    Mac,
    /// Windows.
    Windows,
    /// Linux.
    Linux,
}

words!(OsType { Mac = "MAC", Windows = "WINDOWS", Linux = "LINUX" });

/// `model`: the computer. Both members may be absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// For example `ThinkPad X1`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "some"
    )]
    pub name: Option<String>,
    /// For example `Lenovo`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "some"
    )]
    pub manufacturer: Option<String>,
}

/// `application` in an attestation: the authenticator program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    /// What it calls itself.
    pub native_name: String,
    /// Its version.
    pub version: String,
}

/// `evidence` in an attestation: a statement about the place of the key, of a format named by `fmt`.
/// Its other members belong to the format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct EvidenceStatement(Map<String, Value>);

impl EvidenceStatement {
    /// A statement of a format; a member `fmt` is overwritten.
    pub fn new(format: &str, mut members: Map<String, Value>) -> Self {
        members.insert("fmt".to_owned(), Value::from(format));
        Self(members)
    }

    /// Its format, for example `tpm`.
    pub fn format(&self) -> &str {
        self.0
            .get("fmt")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// All members, `fmt` among them.
    pub const fn members(&self) -> &Map<String, Value> {
        &self.0
    }
}

impl<'de> Deserialize<'de> for EvidenceStatement {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = Map::deserialize(deserializer)?;
        if members.get("fmt").is_some_and(Value::is_string) {
            Ok(Self(members))
        } else {
            Err(serde::de::Error::custom("evidence has no `fmt`"))
        }
    }
}

/// Whether a text is a nonce: base64url of 32 bytes.
pub(crate) fn is_nonce(text: &str) -> bool {
    base64url_decode_array::<32>(text).is_some()
}

/// `NumericDate` (RFC 7519 §2) in whole seconds.
pub(crate) mod numeric_date {
    use countersign_crypto::time::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands out references"
    )]
    pub(crate) fn serialize<S: Serializer>(
        at: &Timestamp,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(at.unix_seconds())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Timestamp, D::Error> {
        let seconds = i64::deserialize(deserializer)?;
        let at = Timestamp::from_unix_seconds(seconds);
        if at.unix_seconds() == seconds {
            Ok(at)
        } else {
            Err(serde::de::Error::custom("a time beyond all calendars"))
        }
    }
}

/// For ids: the usual spelling alone, in groups with hyphens (RFC 9562 §4). Not in braces, as a URN, or
/// without hyphens: one id would then have several names.
pub(crate) fn uuid<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Uuid, D::Error> {
    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    // Of the spellings that the parser knows only this one has 36 characters.
    Uuid::try_parse(&text)
        .ok()
        .filter(|_| text.len() == 36)
        .ok_or_else(|| serde::de::Error::custom("not a UUID"))
}

/// For members that must not be there: true when one is, whatever its value.
pub(crate) fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    serde::de::IgnoredAny::deserialize(deserializer)?;
    Ok(true)
}

/// For optional members: absent or a value; `null` is neither.
pub(crate) fn some<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}
