//! Caches of configuration, each entry good for one value of the configuration stamp.
//!
//! Every unit that changes configuration raises the stamp in the database. The stamp is read again
//! at once after a write of this process, and otherwise at most every half second, so that a change
//! made by another process takes effect within that time. Failure counters, spent marks and leases
//! are never cached.

use std::future::Future;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use countersign_crypto::time::Timestamp;
use countersign_storage::{Database, queries};

use crate::Fault;

/// How long the stamp is believed without asking, in microseconds.
const BELIEVED_FOR: i64 = 500_000;
/// Entries of each cache.
const CAPACITY: u64 = 10_000;

/// The stamp as this process last saw it.
#[derive(Debug)]
pub(crate) struct Stamp {
    value: AtomicI64,
    seen_at: AtomicI64,
}

impl Default for Stamp {
    fn default() -> Self {
        Self {
            value: AtomicI64::new(0),
            seen_at: AtomicI64::new(i64::MIN),
        }
    }
}

impl Stamp {
    /// The stamp that holds at `now`.
    pub(crate) async fn current(&self, db: &Database, now: Timestamp) -> Result<i64, Fault> {
        let seen_at = self.seen_at.load(Ordering::Acquire);
        let age = now.micros().checked_sub(seen_at);
        if age.is_some_and(|age| (0..BELIEVED_FOR).contains(&age)) {
            return Ok(self.value.load(Ordering::Acquire));
        }
        let value = queries::stamps::configuration(db).await?;
        self.value.store(value, Ordering::Release);
        // A write of this process that came in between has set it back: then it stays so.
        let _ = self.seen_at.compare_exchange(
            seen_at,
            now.micros(),
            Ordering::AcqRel,
            Ordering::Acquire,
        );
        Ok(value)
    }

    /// Lets the next reader ask the database.
    pub(crate) fn doubt(&self) {
        self.seen_at.store(i64::MIN, Ordering::Release);
    }
}

/// A bounded cache of one kind of configuration.
pub(crate) struct Cache<K, V> {
    entries: moka::sync::Cache<K, (i64, Arc<V>)>,
}

impl<K: Hash + Eq + Send + Sync + 'static, V: Send + Sync + 'static> Default for Cache<K, V> {
    fn default() -> Self {
        Self {
            entries: moka::sync::Cache::new(CAPACITY),
        }
    }
}

impl<K: Hash + Eq + Clone + Send + Sync + 'static, V: Send + Sync + 'static> Cache<K, V> {
    /// The entry of this stamp, loaded if it is not there. What does not exist is not remembered.
    pub(crate) async fn get<F>(&self, key: &K, stamp: i64, load: F) -> Result<Option<Arc<V>>, Fault>
    where
        F: Future<Output = Result<Option<V>, Fault>>,
    {
        if let Some((seen, value)) = self.entries.get(key)
            && seen == stamp
        {
            return Ok(Some(value));
        }
        let Some(value) = load.await? else {
            return Ok(None);
        };
        let value = Arc::new(value);
        self.entries
            .insert(key.clone(), (stamp, Arc::clone(&value)));
        Ok(Some(value))
    }
}
