//! The signing keys of environments: one RSA key for tokens, one P-256 key for desktop options.
//!
//! Each is sealed at rest. A new key is published at once and signs from 24 hours later (or at
//! once, when asked to), so that whoever caches the key set knows it in time. The one before stays
//! published until the last thing that it signed has expired.

mod rotate;

pub use rotate::{KeyPurpose, RotatedKey, Rotation};

use std::sync::Arc;

use countersign_crypto::keyring::SealContext;
use countersign_crypto::signing::{Es256KeyPair, Rs256KeyPair, Rs256PublicKey};
use countersign_crypto::time::Timestamp;
use countersign_domain::ids::EnvironmentId;
use countersign_storage::queries::signing_keys::{self, StoredSigningKey};

use crate::{Engine, Fault};

/// Life of an access token for this API, in seconds.
pub const TOKEN_LIFE_SECONDS: i64 = 3600;

/// A signing key in memory.
struct SigningKey<K> {
    kid: String,
    pair: K,
    signs_from: Timestamp,
    retires_at: Option<Timestamp>,
    jwk: String,
}

impl<K> SigningKey<K> {
    fn is_published(&self, now: Timestamp) -> bool {
        self.retires_at.is_none_or(|end| now < end)
    }

    fn signs_at(&self, now: Timestamp) -> bool {
        self.signs_from <= now && self.is_published(now)
    }
}

/// The keys of one environment, parsed.
pub struct EnvironmentKeys {
    tokens: Vec<(SigningKey<Rs256KeyPair>, Rs256PublicKey)>,
    options: Vec<SigningKey<Es256KeyPair>>,
}

impl std::fmt::Debug for EnvironmentKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnvironmentKeys").finish_non_exhaustive()
    }
}

impl EnvironmentKeys {
    /// The key that signs tokens at `now`, with its id.
    pub(crate) fn token_signer(&self, now: Timestamp) -> Option<(&str, &Rs256KeyPair)> {
        let (key, _) = self
            .tokens
            .iter()
            .rev()
            .find(|(key, _)| key.signs_at(now))?;
        Some((&key.kid, &key.pair))
    }

    /// The key that signs desktop options at `now`, with its id.
    pub(crate) fn options_signer(&self, now: Timestamp) -> Option<(&str, &Es256KeyPair)> {
        let key = self.options.iter().rev().find(|key| key.signs_at(now))?;
        Some((&key.kid, &key.pair))
    }

    /// The published public key that verifies tokens of this `kid`.
    pub(crate) fn token_key(&self, kid: &str, now: Timestamp) -> Option<&Rs256PublicKey> {
        self.tokens
            .iter()
            .find(|(key, _)| key.kid == kid && key.is_published(now))
            .map(|(_, public)| public)
    }

    /// Whether a key of this `kid` verifies tokens at `now`.
    pub(crate) fn publishes(&self, kid: &str, now: Timestamp) -> bool {
        self.token_key(kid, now).is_some()
    }

    /// The published keys as JWK texts, tokens first.
    pub(crate) fn published(&self, now: Timestamp) -> Vec<&str> {
        let tokens = self
            .tokens
            .iter()
            .map(|(key, _)| (key.is_published(now), &key.jwk));
        let options = self
            .options
            .iter()
            .map(|key| (key.is_published(now), &key.jwk));
        tokens
            .chain(options)
            .filter(|(published, _)| *published)
            .map(|(_, jwk)| jwk.as_str())
            .collect()
    }
}

fn seal_context<'a>(environment: &'a EnvironmentBytes, kid: &'a str) -> SealContext<'a> {
    SealContext {
        table: "signing_keys",
        column: "sealed",
        row: kid.as_bytes(),
        environment: &environment.0,
    }
}

/// The bytes of an environment id, with an address to borrow.
struct EnvironmentBytes([u8; 16]);

impl From<EnvironmentId> for EnvironmentBytes {
    fn from(id: EnvironmentId) -> Self {
        Self(id.uuid().into_bytes())
    }
}

impl Engine {
    /// The keys of an environment, from the cache. `None` when it has none, that is, when there is
    /// no such environment.
    pub(crate) async fn environment_keys(
        &self,
        environment: EnvironmentId,
    ) -> Result<Option<Arc<EnvironmentKeys>>, Fault> {
        let stamp = self.stamp().await?;
        let load = async {
            let stored = signing_keys::of_environment(self.database(), environment).await?;
            if stored.is_empty() {
                return Ok(None);
            }
            self.open_keys(stored).map(Some)
        };
        self.parts.keys.get(&environment, stamp, load).await
    }

    fn open_keys(&self, stored: Vec<StoredSigningKey>) -> Result<EnvironmentKeys, Fault> {
        let mut keys = EnvironmentKeys {
            tokens: Vec::new(),
            options: Vec::new(),
        };
        for key in stored {
            let unusable = |error: &dyn std::fmt::Display| {
                Fault::Keys(format!(
                    "signing key {} of {}: {error}",
                    key.kid, key.environment
                ))
            };
            let environment = EnvironmentBytes::from(key.environment);
            let pkcs8 = self
                .ring()
                .open(seal_context(&environment, &key.kid), &key.sealed)
                .map_err(|error| unusable(&error))?;
            let (signs_from, retires_at) = (key.signs_from, key.retires_at);
            match KeyPurpose::parse(&key.purpose) {
                Some(KeyPurpose::Token) => {
                    let pair = Rs256KeyPair::from_pkcs8(pkcs8.expose())
                        .map_err(|error| unusable(&error))?;
                    let public = pair.public_key().clone();
                    keys.tokens.push((
                        SigningKey {
                            kid: key.kid,
                            pair,
                            signs_from,
                            retires_at,
                            jwk: key.jwk,
                        },
                        public,
                    ));
                }
                Some(KeyPurpose::Options) => {
                    let pair = Es256KeyPair::from_pkcs8(pkcs8.expose())
                        .map_err(|error| unusable(&error))?;
                    keys.options.push(SigningKey {
                        kid: key.kid,
                        pair,
                        signs_from,
                        retires_at,
                        jwk: key.jwk,
                    });
                }
                None => return Err(unusable(&"unknown purpose")),
            }
        }
        Ok(keys)
    }
}
