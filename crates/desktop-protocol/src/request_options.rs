//! Request options: a server asks an authenticator to sign somebody in.

use countersign_crypto::jwk::{EcPublicJwk, Thumbprint};
use countersign_crypto::jws::{UnverifiedJws, object};
use countersign_crypto::signing::Es256KeyPair;
use countersign_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::claims::{RelyingParty, numeric_date, some, uuid};
use crate::options::{self, IssueError, Options, OptionsError, TimeError, Unverified};
use crate::origin::Origin;
use crate::{REQUEST_OPTIONS_LIFETIME_SECONDS, UserVerification};

/// `typ` of request options.
pub const TYPE: &str = "desktop-request-options+jwt";

/// The claims of request options. `aud` is not among them: it is always
/// [`crate::OPTIONS_AUDIENCE`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestOptions {
    /// The issuer, as in its discovery document.
    pub iss: String,
    /// Id of the user; absent when the request was started without one (then `allow` is absent too,
    /// `uv` is required, and the person picks an account).
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "some"
    )]
    pub sub: Option<String>,
    /// Names these options, once: `<device authentication id>.<attempt uuid>`.
    pub jti: String,
    /// When they were issued; whole seconds.
    #[serde(with = "numeric_date")]
    pub iat: Timestamp,
    /// When they end; at most 120 seconds after `iat`, whole seconds.
    #[serde(with = "numeric_date")]
    pub exp: Timestamp,
    /// The challenge: base64url of 32 random bytes.
    pub nonce: String,
    /// Id of the environment.
    #[serde(deserialize_with = "uuid")]
    pub env: Uuid,
    /// Id of the device authentication.
    #[serde(deserialize_with = "uuid")]
    pub authn: Uuid,
    /// Who asks.
    #[serde(deserialize_with = "object")]
    pub rp: RelyingParty,
    /// Exact origins that may carry this; empty: the sub-domain rule of [`crate::origin::allowed`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<Origin>,
    /// Credentials that may answer; absent exactly when `sub` is, and never empty.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "some"
    )]
    pub allow: Option<Vec<Thumbprint>>,
    /// Whether the person must be verified.
    pub uv: UserVerification,
    /// How long the person may take, in milliseconds.
    pub timeout: u64,
    /// What is being signed in to, to show.
    #[serde(default, deserialize_with = "object")]
    pub ctx: Context,
}

/// What is being signed in to. All of it is shown as inert text ([`crate::text::inert`]).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// Name of the application.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "some"
    )]
    pub app: Option<String>,
    /// Address that the request came from.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "some"
    )]
    pub ip: Option<String>,
    /// Where that is.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "some"
    )]
    pub place: Option<String>,
    /// A text of the application's own.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "some"
    )]
    pub template: Option<String>,
}

impl RequestOptions {
    /// Signs the options (server side), unless an authenticator would refuse them.
    pub fn sign(&self, kid: &str, key: &Es256KeyPair) -> Result<String, IssueError> {
        options::issue(self, kid, key)
    }

    /// Verifies options by a key of their issuer (authenticator side): type, algorithm, signature,
    /// audience, types of the claims, life of at most 300 seconds, `sub` and `allow` together or not
    /// at all. Not the clock: see [`Self::check_time`]; and neither relying party nor origin, which
    /// have answers of their own.
    pub fn verify(jws: &UnverifiedJws<'_>, key: &EcPublicJwk) -> Result<Self, OptionsError> {
        options::verify(jws, key)
    }

    /// Reads options without verifying them; all other rules hold.
    pub fn read_unverified(jws: &UnverifiedJws<'_>) -> Result<Unverified<Self>, OptionsError> {
        options::read_unverified(jws)
    }

    /// Whether they are for now by the authenticator's clock, five minutes either way.
    pub fn check_time(&self, now: Timestamp) -> Result<(), TimeError> {
        options::check_time(self.iat, self.exp, now)
    }
}

impl Options for RequestOptions {
    const TYPE: &'static str = TYPE;
    const ISSUED_LIFETIME_SECONDS: i64 = REQUEST_OPTIONS_LIFETIME_SECONDS;

    fn iat(&self) -> Timestamp {
        self.iat
    }

    fn exp(&self) -> Timestamp {
        self.exp
    }

    fn nonce(&self) -> &str {
        &self.nonce
    }

    fn bad_claim(&self) -> Option<&'static str> {
        if self.iss.is_empty() {
            return Some("iss");
        }
        if self.jti.is_empty() {
            return Some("jti");
        }
        match (self.sub.as_deref(), self.allow.as_deref()) {
            (Some(""), _) => Some("sub"),
            (Some(_), Some([]) | None) | (None, Some(_)) => Some("allow"),
            (None, None) if self.uv != UserVerification::Required => Some("uv"),
            _ => None,
        }
    }
}
