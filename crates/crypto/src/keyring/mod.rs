//! Secrets at rest: envelope encryption of rows.
//!
//! Rows are sealed with AES-256-GCM under a *data key*; data keys are stored beside them, sealed
//! under the *master key*, which lives in a file outside the database. A seal is bound to its place
//! ([`SealContext`]): moved to another table, column, row or environment it does not open.
//!
//! A sealed value is `01 ‖ data key id (16) ‖ nonce (12) ‖ ciphertext ‖ tag (16)`, a sealed data key
//! `01 ‖ nonce (12) ‖ ciphertext (32) ‖ tag (16)`.
//!
//! Nonces are drawn at random by this module. NIST SP 800-38D §8.3 allows 2³² seals of one key that
//! way; rotate data keys long before.

mod aead;
mod data_key;
mod master_key;
mod ring;

pub use data_key::DataKey;
pub use master_key::{MasterKey, MasterKeyError};
pub use ring::{KeyRing, SealContext};

/// Why a seal did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It is shorter than a seal can be, or of an unknown version.
    #[error("this is not a sealed value of a known version")]
    Malformed,
    /// The data key that sealed it is not in the ring.
    #[error("the data key {0} is not in the key ring")]
    UnknownKey(uuid::Uuid),
    /// Wrong key, wrong place, or changed bytes: authentication does not tell which.
    #[error("the sealed value does not belong to this key and place, or was changed")]
    NotAuthentic,
}

/// The library refused to encrypt. It does so only for plaintexts of many gigabytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the value could not be sealed")]
pub struct SealError;
