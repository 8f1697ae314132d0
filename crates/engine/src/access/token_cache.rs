//! Bearer tokens whose signature was verified, so that a busy caller costs one verification.
//!
//! Only the signature and the claims are remembered. Expiry, the key's being published, the
//! application and its roles are looked at on every use.

use countersign_crypto::hash::sha256;
use countersign_crypto::time::Timestamp;
use countersign_domain::ids::{ApplicationId, EnvironmentId};

const CAPACITY: u64 = 10_000;

/// What a verified token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VerifiedToken {
    pub(crate) environment: EnvironmentId,
    pub(crate) application: ApplicationId,
    pub(crate) kid: String,
    pub(crate) not_before: Option<Timestamp>,
    pub(crate) expires_at: Timestamp,
}

/// Verified tokens by the SHA-256 of their text: the tokens themselves are not kept.
pub(crate) struct TokenCache {
    entries: moka::sync::Cache<[u8; 32], std::sync::Arc<VerifiedToken>>,
}

impl Default for TokenCache {
    fn default() -> Self {
        Self {
            entries: moka::sync::Cache::new(CAPACITY),
        }
    }
}

impl TokenCache {
    pub(crate) fn key(token: &str) -> [u8; 32] {
        sha256(token.as_bytes())
    }

    pub(crate) fn get(&self, key: &[u8; 32]) -> Option<std::sync::Arc<VerifiedToken>> {
        self.entries.get(key)
    }

    pub(crate) fn put(&self, key: [u8; 32], token: VerifiedToken) -> std::sync::Arc<VerifiedToken> {
        let token = std::sync::Arc::new(token);
        self.entries.insert(key, std::sync::Arc::clone(&token));
        token
    }
}
