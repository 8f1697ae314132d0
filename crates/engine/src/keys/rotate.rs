//! Making and rotating signing keys.

use countersign_crypto::signing::{Es256KeyPair, Rs256KeyPair};
use countersign_crypto::time::Timestamp;
use countersign_domain::activity::Action;
use countersign_domain::ids::EnvironmentId;
use countersign_storage::queries::signing_keys::{self, StoredSigningKey};
use countersign_storage::{Outcome, Unit};
use serde_json::json;

use super::{EnvironmentBytes, TOKEN_LIFE_SECONDS, seal_context};
use crate::activities::{By, resource};
use crate::{Engine, Fault};

/// From publishing a key to signing with it, in seconds.
const ANNOUNCED_FOR_SECONDS: i64 = 24 * 3600;
/// Clock difference allowed on top of the life of what a key signed, in seconds. Desktop options
/// live five minutes and the authenticator grants five more.
const GRACE_SECONDS: i64 = 600;

/// What a signing key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPurpose {
    /// Access tokens: RS256.
    Token,
    /// Options for desktop authenticators: ES256.
    Options,
}

impl KeyPurpose {
    /// The name in the database and in output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Options => "options",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Token, Self::Options]
            .into_iter()
            .find(|purpose| purpose.as_str() == text)
    }
}

/// When a new key begins to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// In 24 hours, when every cache of the key set knows it.
    Announced,
    /// Now.
    AtOnce,
}

/// A signing key, as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotatedKey {
    /// What it is for.
    pub purpose: KeyPurpose,
    /// Its id in JWT headers.
    pub kid: String,
    /// When it begins to sign.
    pub signs_from: Timestamp,
    /// When it is no longer published.
    pub retires_at: Option<Timestamp>,
}

impl Engine {
    /// Adds the first keys of a new environment to the unit that creates it.
    ///
    /// # Errors
    /// When a key cannot be made or sealed.
    pub fn create_environment_keys(
        &self,
        mut unit: Unit,
        environment: EnvironmentId,
    ) -> Result<Unit, Fault> {
        let now = self.now();
        for purpose in [KeyPurpose::Token, KeyPurpose::Options] {
            unit = signing_keys::insert(unit, &self.new_key(environment, purpose, now, now)?);
        }
        Ok(unit)
    }

    /// Rotates both keys of an environment.
    ///
    /// # Errors
    /// When a key cannot be made, sealed or stored.
    pub async fn rotate_keys(
        &self,
        environment: EnvironmentId,
        rotation: Rotation,
    ) -> Result<Vec<RotatedKey>, Fault> {
        let now = self.now();
        let signs_from = match rotation {
            Rotation::Announced => now.plus_seconds(ANNOUNCED_FOR_SECONDS),
            Rotation::AtOnce => now,
        };
        let mut unit = Unit::new("rotate_keys");
        let mut rotated = Vec::new();
        for purpose in [KeyPurpose::Token, KeyPurpose::Options] {
            let key = self.new_key(environment, purpose, now, signs_from)?;
            let last_use = match purpose {
                KeyPurpose::Token => TOKEN_LIFE_SECONDS,
                KeyPurpose::Options => 300,
            };
            let retires_at = signs_from.plus_seconds(last_use + GRACE_SECONDS);
            unit = signing_keys::insert(unit, &key);
            unit = signing_keys::retire_others(
                unit,
                environment,
                purpose.as_str(),
                &key.kid,
                retires_at,
            );
            rotated.push(RotatedKey {
                purpose,
                kid: key.kid,
                signs_from,
                retires_at: None,
            });
        }
        unit = self.record(
            unit,
            By::System,
            environment,
            Action::KeyRotated,
            vec![resource("ENVIRONMENT", environment.uuid(), None)],
            "Rotated the signing keys",
        )?;
        match self.write_configuration(unit).await? {
            Outcome::Applied(_) => Ok(rotated),
            Outcome::Refused(_) => Err(Fault::Inconsistent("key rotation has no guard")),
        }
    }

    /// The keys of an environment as an operator sees them, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn list_keys(&self, environment: EnvironmentId) -> Result<Vec<RotatedKey>, Fault> {
        let stored = signing_keys::of_environment(self.database(), environment).await?;
        Ok(stored
            .into_iter()
            .filter_map(|key| {
                Some(RotatedKey {
                    purpose: KeyPurpose::parse(&key.purpose)?,
                    kid: key.kid,
                    signs_from: key.signs_from,
                    retires_at: key.retires_at,
                })
            })
            .collect())
    }

    fn new_key(
        &self,
        environment: EnvironmentId,
        purpose: KeyPurpose,
        now: Timestamp,
        signs_from: Timestamp,
    ) -> Result<StoredSigningKey, Fault> {
        let unusable = |error: &dyn std::fmt::Display| Fault::Keys(error.to_string());
        let (kid, pkcs8, jwk) = match purpose {
            KeyPurpose::Token => {
                let pair = Rs256KeyPair::generate().map_err(|error| unusable(&error))?;
                let public = pair.public_key();
                let kid = pair.kid().to_string();
                let jwk = json!({
                    "kty": "RSA",
                    "use": "sig",
                    "alg": "RS256",
                    "kid": kid,
                    "n": public.n(),
                    "e": public.e(),
                });
                (kid, pair.to_pkcs8().map_err(|error| unusable(&error))?, jwk)
            }
            KeyPurpose::Options => {
                let pair = Es256KeyPair::generate().map_err(|error| unusable(&error))?;
                let public = pair.public_jwk();
                let kid = public.thumbprint().to_string();
                let mut jwk = serde_json::to_value(public).map_err(|error| unusable(&error))?;
                if let Some(members) = jwk.as_object_mut() {
                    members.insert("use".to_owned(), json!("sig"));
                    members.insert("alg".to_owned(), json!("ES256"));
                    members.insert("kid".to_owned(), json!(kid));
                }
                (kid, pair.to_pkcs8().map_err(|error| unusable(&error))?, jwk)
            }
        };
        let within = EnvironmentBytes::from(environment);
        let sealed = self
            .ring()
            .seal(seal_context(&within, &kid), pkcs8.expose())
            .map_err(|error| unusable(&error))?;
        Ok(StoredSigningKey {
            environment,
            kid,
            purpose: purpose.as_str().to_owned(),
            sealed,
            jwk: jwk.to_string(),
            created_at: now,
            signs_from,
            retires_at: None,
        })
    }
}
