//! What the authenticator keeps on disk.
//!
//! | file | content | written |
//! |---|---|---|
//! | `vault.json` | PIN record, pinned issuers, credentials with sealed keys and counters ([`vault`]) | durably, before anything that depends on it leaves the process |
//! | `spent.json` | hashes of request ids already used ([`spent`]) | durably, before a prompt opens |
//! | `issuer-keys.json` | cached key sets of trusted issuers ([`crate::trust`]) | when fetched |
//! | `activity.jsonl` | what happened, for the person ([`activity`]) | after each prompt |
//! | `agent.lock`, `store.lock` | see [`lock`] | never |
//!
//! There is no long-lived copy in memory: every reader takes the file as it is, so that the command
//! line and a running agent see each other's changes.

pub mod activity;
pub mod folder;
pub mod lock;
pub mod pin_record;
pub mod spent;
pub mod vault;

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

pub use folder::Folder;
pub use lock::Lock;
pub use vault::Vault;

/// Why the store could not be read or written. Shown to the person at the terminal, never to a page.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The operating system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder belongs to somebody else.
    #[error("{} belongs to another OS user", .0.display())]
    Foreign(PathBuf),
    /// Another agent has this folder.
    #[error("another countersign-desktop already runs on {}", .0.display())]
    InUse(PathBuf),
    /// A file is not what this program wrote.
    #[error("{} is damaged: {what}", file.display())]
    Corrupt {
        /// Which file.
        file: PathBuf,
        /// What is wrong with it; holds no content of the file.
        what: String,
    },
    /// A newer version of this program wrote the file.
    #[error("{} was written by a newer version (format {version})", file.display())]
    Newer {
        /// Which file.
        file: PathBuf,
        /// Its format number.
        version: u32,
    },
}

impl StoreError {
    pub(crate) fn io(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::Io {
            action,
            path: path.to_owned(),
            source,
        }
    }
}

/// The store: the state folder and the rules for changing what is in it.
#[derive(Debug, Clone)]
pub struct Store {
    folder: Folder,
}

impl Store {
    /// Opens the store in a folder, making the folder where it is missing.
    ///
    /// # Errors
    /// See [`Folder::open`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self {
            folder: Folder::open(path)?,
        })
    }

    /// The folder behind it.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The vault as it is on disk now.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`], [`StoreError::Newer`] or [`StoreError::Io`].
    pub fn vault(&self) -> Result<Vault, StoreError> {
        Vault::load(&self.folder)
    }

    /// Reads the vault, changes it and writes it back, alone. When this returns `Ok`, the change is on
    /// disk. Nothing is written if `change` returns an error.
    ///
    /// # Errors
    /// What `change` returns, or a [`StoreError`].
    pub fn update<T, E: From<StoreError>>(
        &self,
        change: impl FnOnce(&mut Vault) -> Result<T, E>,
    ) -> Result<T, E> {
        let _lock = Lock::store(&self.folder)?;
        let mut vault = Vault::load(&self.folder)?;
        let outcome = change(&mut vault)?;
        vault.save(&self.folder)?;
        Ok(outcome)
    }
}

/// Reads a JSON file of ours; `None` if there is none.
pub(crate) fn read_json<T: DeserializeOwned>(
    folder: &Folder,
    name: &str,
) -> Result<Option<T>, StoreError> {
    let Some(content) = folder.read(name)? else {
        return Ok(None);
    };
    serde_json::from_slice(&content)
        .map(Some)
        .map_err(|error| StoreError::Corrupt {
            file: folder.file(name),
            // serde's text may quote content; the position never does.
            what: format!("line {}, column {}", error.line(), error.column()),
        })
}

/// Writes a JSON file of ours; the caller holds the store lock.
pub(crate) fn write_json<T: Serialize>(
    folder: &Folder,
    name: &str,
    value: &T,
) -> Result<(), StoreError> {
    let content = serde_json::to_vec_pretty(value).map_err(|_| StoreError::Corrupt {
        file: folder.file(name),
        what: "it cannot be written as JSON".to_owned(),
    })?;
    folder.replace(name, &content)
}
