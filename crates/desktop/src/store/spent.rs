//! Request ids that were used. An id is marked, durably, when its prompt opens, and kept until the
//! request could no longer be accepted for its age. Only hashes are kept: the list tells nothing.

use countersign_crypto::encoding::base64url;
use countersign_crypto::hash::sha256;
use countersign_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Lock, Store, StoreError, read_json, write_json};

const FILE: &str = "spent.json";

#[derive(Default, Serialize, Deserialize)]
struct Spent {
    version: u32,
    ids: Vec<SpentId>,
}

#[derive(Serialize, Deserialize)]
struct SpentId {
    /// base64url SHA-256 over length-prefixed issuer and request id.
    id: String,
    /// Until when it has to be remembered.
    until: Timestamp,
}

impl Store {
    /// Whether the request id of this issuer was used.
    ///
    /// # Errors
    /// [`StoreError`]; the caller then refuses the request.
    pub fn is_spent(&self, issuer: &str, jti: &str) -> Result<bool, StoreError> {
        let id = hash(issuer, jti);
        let spent: Spent = read_json(self.folder(), FILE)?.unwrap_or_default();
        Ok(spent.ids.iter().any(|known| known.id == id))
    }

    /// Marks the id as used. `Ok(true)` means that it was not used before and that the mark is on
    /// disk; of several callers with one id exactly one gets it.
    ///
    /// # Errors
    /// [`StoreError`]; the caller then refuses the request.
    pub fn spend(
        &self,
        issuer: &str,
        jti: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let id = hash(issuer, jti);
        let _lock = Lock::store(self.folder())?;
        let mut spent: Spent = read_json(self.folder(), FILE)?.unwrap_or_default();
        if spent.ids.iter().any(|known| known.id == id) {
            return Ok(false);
        }
        spent.version = 1;
        spent.ids.retain(|known| known.until >= now);
        spent.ids.push(SpentId { id, until });
        write_json(self.folder(), FILE, &spent)?;
        Ok(true)
    }
}

fn hash(issuer: &str, jti: &str) -> String {
    let mut input = Vec::with_capacity(16 + issuer.len() + jti.len());
    for part in [issuer, jti] {
        input.extend_from_slice(&(part.len() as u64).to_be_bytes());
        input.extend_from_slice(part.as_bytes());
    }
    base64url(&sha256(&input))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_spent_once_also_after_a_restart() {
        let base = tempfile::tempdir().unwrap();
        let now = Timestamp::from_unix_seconds(1000);
        let store = Store::open(base.path()).unwrap();
        assert!(!store.is_spent("https://a", "1").unwrap());
        assert!(
            store
                .spend("https://a", "1", now.plus_seconds(600), now)
                .unwrap()
        );
        assert!(
            !store
                .spend("https://a", "1", now.plus_seconds(600), now)
                .unwrap()
        );
        let again = Store::open(base.path()).unwrap();
        assert!(again.is_spent("https://a", "1").unwrap());
        assert!(!again.is_spent("https://b", "1").unwrap());
        // The parts cannot be shifted against each other.
        assert!(!again.is_spent("https://a1", "").unwrap());
    }

    #[test]
    fn old_ids_go_when_new_ones_come() {
        let base = tempfile::tempdir().unwrap();
        let now = Timestamp::from_unix_seconds(1000);
        let store = Store::open(base.path()).unwrap();
        store.spend("i", "old", now.plus_seconds(600), now).unwrap();
        let later = now.plus_seconds(601);
        store
            .spend("i", "new", later.plus_seconds(600), later)
            .unwrap();
        assert!(!store.is_spent("i", "old").unwrap());
        assert!(store.is_spent("i", "new").unwrap());
    }

    #[test]
    fn of_many_threads_one_spends() {
        let base = tempfile::tempdir().unwrap();
        let now = Timestamp::from_unix_seconds(1000);
        let store = Store::open(base.path()).unwrap();
        let wins = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..16)
                .map(|_| scope.spawn(|| store.spend("i", "j", now.plus_seconds(9), now).unwrap()))
                .collect();
            tries
                .into_iter()
                .filter(|_| true)
                .map(|t| t.join().unwrap())
                .filter(|won| *won)
                .count()
        });
        assert_eq!(wins, 1);
    }
}
