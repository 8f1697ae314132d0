//! The keys of trusted issuers, fetched when needed and kept for a while.
//!
//! A set is fresh for an hour, or as long as its `Cache-Control` says, at most a day. An unknown `kid`
//! fetches at most once a minute. Out of reach of the issuer, a set of up to seven days serves on.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use countersign_crypto::jwk::{EcPublicJwk, es256_keys};
use countersign_crypto::time::{Clock, Timestamp};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::Url;

use super::discovery::{self, DiscoveryError};
use super::fetch::{FetchError, fetch};
use super::{IssuerUrl, Known};
use crate::store::{Lock, Store, StoreError, read_json, write_json};

const FILE: &str = "issuer-keys.json";
/// How long a set is fresh if its server does not say (seconds).
const FRESH: i64 = 60 * 60;
/// The bounds of what its server may say (seconds).
const FRESH_AT_LEAST: i64 = 60;
const FRESH_AT_MOST: i64 = 24 * 60 * 60;
/// How long a set serves while its issuer is out of reach (seconds).
const SERVES: i64 = 7 * 24 * 60 * 60;
/// Time between two fetches for an unknown `kid` (seconds).
const UNKNOWN_KID: i64 = 60;
/// Time between two tries to renew a set that still serves, or to fetch one after a failure (seconds).
const RENEW_AGAIN: i64 = 10;

/// Why there is no key to verify with.
#[derive(Debug, Error)]
pub enum KeyFault {
    /// The issuer has no such key, or not one that counts.
    #[error("the issuer has no key of this kid")]
    Unknown,
    /// The issuer contradicts itself.
    #[error("{0}")]
    Untrusted(DiscoveryError),
    /// Its keys can neither be fetched nor found in the cache.
    #[error("{0}")]
    Unreachable(DiscoveryError),
}

impl From<DiscoveryError> for KeyFault {
    fn from(error: DiscoveryError) -> Self {
        if error.is_contradiction() {
            Self::Untrusted(error)
        } else {
            Self::Unreachable(error)
        }
    }
}

/// A key that can sign requests, with the name that tokens call it by.
#[derive(Clone, Serialize, Deserialize)]
struct NamedKey {
    kid: String,
    jwk: EcPublicJwk,
}

/// A fetched set: its P-256 keys for ES256, others are left out.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FetchedSet {
    /// Where it came from.
    pub jwks_uri: String,
    keys: Vec<NamedKey>,
    fetched_at: Timestamp,
    fresh_until: Timestamp,
}

impl FetchedSet {
    /// The key of this name.
    pub fn find(&self, kid: &str) -> Option<&EcPublicJwk> {
        self.keys
            .iter()
            .find(|key| key.kid == kid)
            .map(|key| &key.jwk)
    }

    /// Names of its keys, for `doctor`.
    pub fn key_count(&self) -> usize {
        self.keys.len()
    }

    fn is_fresh(&self, now: Timestamp) -> bool {
        (self.fetched_at..self.fresh_until).contains(&now)
    }

    fn serves(&self, now: Timestamp) -> bool {
        now.micros_since(self.fetched_at).abs() <= SERVES * 1_000_000
    }
}

#[derive(Default, Serialize, Deserialize)]
struct CacheFile {
    version: u32,
    issuers: BTreeMap<String, FetchedSet>,
}

/// When something was last tried for an issuer.
#[derive(Default)]
struct Tries {
    unknown_kid: Option<Timestamp>,
    renewal: Option<Timestamp>,
    /// A fetch that failed, with no set to fall back on.
    failure: Option<Timestamp>,
}

/// The cache of keys.
pub struct IssuerKeys {
    store: Store,
    clock: Arc<dyn Clock>,
    /// One fetch at a time for each issuer; what waits finds the result. A slow issuer holds up no other.
    tries: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Tries>>>>,
}

impl IssuerKeys {
    /// The cache in this store.
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            clock,
            tries: Mutex::default(),
        }
    }

    /// The key of a trusted issuer.
    ///
    /// # Errors
    /// [`KeyFault`].
    pub async fn find(&self, known: &Known, kid: &str) -> Result<EcPublicJwk, KeyFault> {
        let set = self.set_with(known, kid).await?;
        let key = set.find(kid).ok_or(KeyFault::Unknown)?;
        let counts = known.pinned_keys.is_empty() || known.pinned_keys.contains(&key.thumbprint());
        if counts {
            Ok(key.clone())
        } else {
            Err(KeyFault::Unknown)
        }
    }

    /// The set to look the key up in; renewed if that is due.
    async fn set_with(&self, known: &Known, kid: &str) -> Result<FetchedSet, KeyFault> {
        let issuer = known.issuer.as_str().to_owned();
        let tries = Arc::clone(self.tries.lock().entry(issuer).or_default());
        let mut tries = tries.lock().await;
        let now = self.clock.now();
        let cached = self.cached(known).filter(|set| set.serves(now));
        let Some(cached) = cached else {
            // Whoever waited for a fetch that failed does not start the next one.
            if !is_over(tries.failure, RENEW_AGAIN, now) {
                return Err(too_soon(known));
            }
            let outcome = self.renew(known).await;
            let unreachable = matches!(outcome, Err(KeyFault::Unreachable(_)));
            tries.failure = unreachable.then(|| self.clock.now());
            return outcome;
        };

        if cached.is_fresh(now) {
            if cached.find(kid).is_some() || !due(&mut tries.unknown_kid, UNKNOWN_KID, now) {
                return Ok(cached);
            }
            return self.renew(known).await;
        }
        // A key that is not in an old set may be in the one that is out of reach: only what is there serves.
        let serves = cached.find(kid).is_some();
        if serves && !due(&mut tries.renewal, RENEW_AGAIN, now) {
            return Ok(cached);
        }
        if !serves && !due(&mut tries.unknown_kid, UNKNOWN_KID, now) {
            return Err(too_soon(known));
        }
        match self.renew(known).await {
            Err(KeyFault::Unreachable(error)) if serves => {
                tracing::warn!(%error, "using the cached keys");
                Ok(cached)
            }
            outcome => outcome,
        }
    }

    fn cached(&self, known: &Known) -> Option<FetchedSet> {
        let file: CacheFile = read_json(self.store.folder(), FILE).ok()??;
        let set = file.issuers.get(known.issuer.as_str())?;
        // A set from elsewhere than the configuration, the pin or (without these) the issuer's own origin
        // does not count: what named that place may have been taken back.
        let fits = match &known.jwks_uri {
            Some(jwks_uri) => jwks_uri.as_str() == set.jwks_uri,
            None => Url::parse(&set.jwks_uri)
                .is_ok_and(|url| url.origin() == known.issuer.url().origin()),
        };
        fits.then(|| set.clone())
    }

    async fn renew(&self, known: &Known) -> Result<FetchedSet, KeyFault> {
        let jwks_uri = match &known.jwks_uri {
            Some(jwks_uri) => jwks_uri.clone(),
            None => discovery::find_key_set(&known.issuer).await?,
        };
        let set = self.fetch_set(jwks_uri).await?;
        if let Err(error) = self.remember(&known.issuer, &set) {
            tracing::warn!(%error, "the keys could not be cached");
        }
        Ok(set)
    }

    /// Fetches the keys of an issuer that is about to be introduced. Keeps nothing.
    ///
    /// # Errors
    /// [`KeyFault`].
    pub async fn introduce(&self, issuer: &IssuerUrl) -> Result<FetchedSet, KeyFault> {
        self.fetch_set(discovery::find_key_set(issuer).await?).await
    }

    async fn fetch_set(&self, jwks_uri: Url) -> Result<FetchedSet, KeyFault> {
        let document = fetch(&jwks_uri).await.map_err(DiscoveryError::from)?;
        let keys = es256_keys(&document.body)
            .map_err(|_| DiscoveryError::Unreadable("the key set"))?
            .into_iter()
            .map(|named| NamedKey {
                kid: named.kid,
                jwk: named.key,
            })
            .collect();
        let now = self.clock.now();
        let fresh = document
            .max_age
            .unwrap_or(FRESH)
            .clamp(FRESH_AT_LEAST, FRESH_AT_MOST);
        let jwks_uri = jwks_uri.into();
        Ok(FetchedSet {
            jwks_uri,
            keys,
            fetched_at: now,
            fresh_until: now.plus_seconds(fresh),
        })
    }

    /// Keeps the keys of an issuer.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn remember(&self, issuer: &IssuerUrl, set: &FetchedSet) -> Result<(), StoreError> {
        let _lock = Lock::store(self.store.folder())?;
        // A damaged cache is no reason to stop: it is written anew.
        let mut file: CacheFile = read_json(self.store.folder(), FILE)
            .ok()
            .flatten()
            .unwrap_or_default();
        file.version = 1;
        let now = self.clock.now();
        file.issuers.retain(|_, set| set.serves(now));
        file.issuers.insert(issuer.as_str().to_owned(), set.clone());
        write_json(self.store.folder(), FILE, &file)
    }
}

/// Forgets the keys of all issuers.
///
/// # Errors
/// [`StoreError`].
pub fn forget_all(store: &Store) -> Result<(), StoreError> {
    let _lock = Lock::store(store.folder())?;
    write_json(
        store.folder(),
        FILE,
        &CacheFile {
            version: 1,
            ..CacheFile::default()
        },
    )
}

/// Whether the last try is long enough ago; notes a try if so.
fn due(last: &mut Option<Timestamp>, seconds: i64, now: Timestamp) -> bool {
    let waited = is_over(*last, seconds, now);
    if waited {
        *last = Some(now);
    }
    waited
}

fn is_over(last: Option<Timestamp>, seconds: i64, now: Timestamp) -> bool {
    last.is_none_or(|last| now.micros_since(last).abs() >= seconds * 1_000_000)
}

/// The issuer was out of reach so short a while ago that it is not tried again.
fn too_soon(known: &Known) -> KeyFault {
    let place = known.issuer.as_str().to_owned();
    let error = FetchError::Unreachable(place, "it was tried a moment ago".to_owned());
    DiscoveryError::from(error).into()
}
