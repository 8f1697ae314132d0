//! The engine: what every use case needs, behind one cheap handle.

use std::sync::Arc;

use countersign_crypto::hash::MacKey;
use countersign_crypto::keyring::{DataKey, KeyRing, MasterKey};
use countersign_crypto::random::{Random, uuid_v4};
use countersign_crypto::time::{Clock, Timestamp};
use countersign_domain::environment::Environment;
use countersign_domain::ids::{ApplicationId, EnvironmentId};
use countersign_storage::queries::data_keys::{self, StoredDataKey};
use countersign_storage::{Database, Outcome, StorageError, Unit};

use crate::access::{Actor, TokenCache};
use crate::cache::{Cache, Stamp};
use crate::keys::EnvironmentKeys;
use crate::{Fault, Stop};

/// What a deployment decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineConfig {
    /// Public base URL of the management API; ends in `/v1`, no slash behind it.
    pub api_base: String,
    /// Public base URL of the authorization server and of device authentications; no slash behind.
    pub auth_base: String,
    /// Relying party id where a policy names none.
    pub default_relying_party: String,
}

/// What an engine is made of.
pub struct EngineParts {
    /// The database, migrated.
    pub database: Database,
    /// Opens the data keys.
    pub master_key: MasterKey,
    /// The one clock.
    pub clock: Arc<dyn Clock>,
    /// The one source of randomness.
    pub random: Arc<dyn Random>,
    /// What the deployment decides.
    pub config: EngineConfig,
}

/// Why an engine could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The master key is not the one that sealed this database.
    #[error("the master key does not open this database")]
    WrongMasterKey,
    /// The database cannot be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// No data key can be made.
    #[error("no data key can be made: {0}")]
    Keys(String),
}

pub(crate) struct Parts {
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) config: EngineConfig,
    pub(crate) ring: KeyRing,
    pub(crate) activity_key: MacKey,
    pub(crate) cursor_key: MacKey,
    pub(crate) stamp: Stamp,
    pub(crate) environments: Cache<EnvironmentId, Environment>,
    pub(crate) actors: Cache<(EnvironmentId, ApplicationId), Actor>,
    pub(crate) keys: Cache<EnvironmentId, EnvironmentKeys>,
    pub(crate) tokens: TokenCache,
    pub(crate) settings: crate::mfa_settings::Caches,
    pub(crate) policies: crate::device_policies::Caches,
}

/// Every use case. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    pub(crate) parts: Arc<Parts>,
}

impl Engine {
    /// Opens the data keys and is ready. The first engine on a new database makes the first one.
    ///
    /// # Errors
    /// When the master key is a wrong one or the database cannot be used.
    pub async fn open(parts: EngineParts) -> Result<Self, OpenError> {
        let EngineParts {
            database,
            master_key,
            clock,
            random,
            config,
        } = parts;
        let mut stored = data_keys::all(&database).await?;
        if stored.is_empty() {
            make_first_data_key(&database, &master_key, clock.now(), random.as_ref()).await?;
            stored = data_keys::all(&database).await?;
        }
        let mut current = None;
        let mut others = Vec::new();
        for key in stored {
            let is_current = key.is_current;
            let opened = DataKey::open(&master_key, key.id, &key.sealed)
                .map_err(|_| OpenError::WrongMasterKey)?;
            if is_current && current.is_none() {
                current = Some(opened);
            } else {
                others.push(opened);
            }
        }
        let current = current.ok_or_else(|| OpenError::Keys("none is current".to_owned()))?;
        let broken =
            |error: countersign_crypto::keyring::SealError| OpenError::Keys(error.to_string());
        let ring = KeyRing::new(current, others).map_err(broken)?;
        let activity_key = ring.mac_key("activity").map_err(broken)?;
        let cursor_key = ring.mac_key("cursor").map_err(broken)?;
        Ok(Self {
            parts: Arc::new(Parts {
                database,
                clock,
                random,
                config,
                ring,
                activity_key,
                cursor_key,
                stamp: Stamp::default(),
                environments: Cache::default(),
                actors: Cache::default(),
                keys: Cache::default(),
                tokens: TokenCache::default(),
                settings: crate::mfa_settings::Caches::default(),
                policies: crate::device_policies::Caches::default(),
            }),
        })
    }

    /// The time, from the one clock.
    pub fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    /// The one source of randomness.
    pub fn random(&self) -> &dyn Random {
        self.parts.random.as_ref()
    }

    /// What the deployment decides.
    pub fn config(&self) -> &EngineConfig {
        &self.parts.config
    }

    /// The database, for use cases and for the operations of the server.
    pub fn database(&self) -> &Database {
        &self.parts.database
    }

    /// The key ring that seals secrets at rest.
    pub(crate) fn ring(&self) -> &KeyRing {
        &self.parts.ring
    }

    /// The issuer of an environment's tokens and options: `{auth_base}/{env}/as`.
    pub fn issuer(&self, environment: EnvironmentId) -> String {
        format!("{}/{environment}/as", self.parts.config.auth_base)
    }

    /// The configuration stamp that holds now.
    pub(crate) async fn stamp(&self) -> Result<i64, Fault> {
        self.parts
            .stamp
            .current(&self.parts.database, self.now())
            .await
    }

    /// Runs a unit that changes configuration: raises the stamp in it and lets caches look again.
    pub(crate) async fn write_configuration(&self, unit: Unit) -> Result<Outcome, Fault> {
        let unit = countersign_storage::queries::stamps::bump_configuration(unit);
        let outcome = self.parts.database.write(unit).await;
        // Even where the answer to the commit is lost: then it may have happened.
        self.parts.stamp.doubt();
        Ok(outcome?)
    }

    /// An environment, from the cache.
    pub(crate) async fn environment(
        &self,
        id: EnvironmentId,
    ) -> Result<Option<Arc<Environment>>, Fault> {
        let stamp = self.stamp().await?;
        let load = async {
            Ok(countersign_storage::queries::environments::find(&self.parts.database, id).await?)
        };
        self.parts.environments.get(&id, stamp, load).await
    }
}

async fn make_first_data_key(
    database: &Database,
    master_key: &MasterKey,
    now: Timestamp,
    random: &dyn Random,
) -> Result<(), OpenError> {
    let key = DataKey::generate(random);
    let sealed = key
        .seal_under(master_key)
        .map_err(|error| OpenError::Keys(error.to_string()))?;
    let stored = StoredDataKey {
        id: key.id(),
        sealed,
        is_current: true,
    };
    let unit = data_keys::insert_first(Unit::new("first_data_key"), &stored, now.micros());
    // Refused: another process made it first, and its key is the one to use.
    database.write(unit).await?;
    Ok(())
}

/// Draws the id of a request that brought none.
pub(crate) fn fresh_uuid(random: &dyn Random) -> uuid::Uuid {
    uuid_v4(random)
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("config", &self.parts.config)
            .finish_non_exhaustive()
    }
}

/// A guard label that no unit of the use case has: a programming fault, told as such.
pub(crate) fn unknown_guard() -> Stop {
    Stop::Fault(Fault::Inconsistent(
        "a unit was refused by a guard that it does not have",
    ))
}
