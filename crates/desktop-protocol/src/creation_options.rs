//! Creation options: a server asks an authenticator for a new credential.

use countersign_crypto::jwk::{EcPublicJwk, Thumbprint};
use countersign_crypto::jws::{UnverifiedJws, object};
use countersign_crypto::signing::Es256KeyPair;
use countersign_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::claims::{RelyingParty, numeric_date, uuid};
use crate::options::{self, IssueError, Options, OptionsError, TimeError, Unverified};
use crate::origin::Origin;
use crate::{Evidence, KeyProtection, OPTIONS_MAX_LIFETIME_SECONDS, UserVerification};

/// `typ` of creation options.
pub const TYPE: &str = "desktop-creation-options+jwt";

/// The claims of creation options. `aud` is not among them: it is always
/// [`crate::OPTIONS_AUDIENCE`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreationOptions {
    /// The issuer, as in its discovery document.
    pub iss: String,
    /// Id of the user.
    pub sub: String,
    /// Names these options, once: `<device id>.<attempt uuid>`.
    pub jti: String,
    /// When they were issued; whole seconds.
    #[serde(with = "numeric_date")]
    pub iat: Timestamp,
    /// When they end; at most 300 seconds after `iat`, whole seconds.
    #[serde(with = "numeric_date")]
    pub exp: Timestamp,
    /// The challenge: base64url of 32 random bytes.
    pub nonce: String,
    /// Id of the environment.
    #[serde(deserialize_with = "uuid")]
    pub env: Uuid,
    /// Id of the pending device.
    #[serde(deserialize_with = "uuid")]
    pub device: Uuid,
    /// Who asks.
    #[serde(deserialize_with = "object")]
    pub rp: RelyingParty,
    /// Exact origins that may carry this; empty: the sub-domain rule of [`crate::origin::allowed`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<Origin>,
    /// The account, to show.
    #[serde(deserialize_with = "object")]
    pub user: User,
    /// The environment's application that stands for the authenticator.
    #[serde(deserialize_with = "object")]
    pub application: ApplicationRef,
    /// Algorithms that the server takes, best first. `ES256` is among them.
    pub algs: Vec<String>,
    /// Whether the person must be verified.
    pub uv: UserVerification,
    /// The weakest place for the key.
    pub min_key_protection: KeyProtection,
    /// Whether the place must be proven.
    pub evidence: Evidence,
    /// Credentials of this user and relying party that are active already.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<Thumbprint>,
    /// How long the person may take, in milliseconds.
    pub timeout: u64,
}

/// The account, to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The name to sign in with.
    pub name: String,
    /// The name to call the person by.
    pub display_name: String,
}

/// The environment's application that stands for the authenticator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationRef {
    /// Its id.
    #[serde(deserialize_with = "uuid")]
    pub id: Uuid,
    /// Its name, to show.
    pub name: String,
}

impl CreationOptions {
    /// Signs the options (server side), unless an authenticator would refuse them.
    pub fn sign(&self, kid: &str, key: &Es256KeyPair) -> Result<String, IssueError> {
        options::issue(self, kid, key)
    }

    /// Verifies options by a key of their issuer (authenticator side): type, algorithm, signature,
    /// audience, types of the claims, life of at most 300 seconds. Not the clock: see
    /// [`Self::check_time`]; and neither relying party nor origin, which have answers of their own.
    pub fn verify(jws: &UnverifiedJws<'_>, key: &EcPublicJwk) -> Result<Self, OptionsError> {
        options::verify(jws, key)
    }

    /// Reads options whose issuer is not known yet, for the question of a first pairing: all that
    /// [`Self::verify`] checks but the signature.
    pub fn read_unverified(jws: &UnverifiedJws<'_>) -> Result<Unverified<Self>, OptionsError> {
        options::read_unverified(jws)
    }

    /// Whether they are for now by the authenticator's clock, five minutes either way.
    pub fn check_time(&self, now: Timestamp) -> Result<(), TimeError> {
        options::check_time(self.iat, self.exp, now)
    }
}

impl Options for CreationOptions {
    const TYPE: &'static str = TYPE;
    const ISSUED_LIFETIME_SECONDS: i64 = OPTIONS_MAX_LIFETIME_SECONDS;

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
        [
            ("iss", self.iss.is_empty()),
            ("sub", self.sub.is_empty()),
            ("jti", self.jti.is_empty()),
        ]
        .into_iter()
        .find_map(|(claim, bad)| bad.then_some(claim))
    }
}
