//! Two locks of the state folder. `agent.lock` is held for the life of a running agent, so that two of
//! them never share a store. `store.lock` is held only while something is read, changed and written
//! back, so that `remove` or `pin set` can work beside a running agent.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

use super::{Folder, StoreError};

/// A lock of the operating system (flock): it goes when this value goes, also by a crash.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of the running agent.
    ///
    /// # Errors
    /// [`StoreError::InUse`] if another agent holds it.
    pub fn agent(folder: &Folder) -> Result<Self, StoreError> {
        Self::try_take(&folder.file("agent.lock"))?
            .ok_or_else(|| StoreError::InUse(folder.path().to_owned()))
    }

    /// Whether an agent runs on this folder at this moment.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the lock file cannot be opened.
    pub fn agent_is_running(folder: &Folder) -> Result<bool, StoreError> {
        Ok(Self::try_take(&folder.file("agent.lock"))?.is_none())
    }

    /// Waits for the short lock around one change of the store.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn store(folder: &Folder) -> Result<Self, StoreError> {
        let path = folder.file("store.lock");
        let file = open(&path)?;
        loop {
            match flock(&file, FlockOperation::LockExclusive) {
                Ok(()) => return Ok(Self { _file: file }),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(StoreError::io("lock", &path, error.into())),
            }
        }
    }

    fn try_take(path: &Path) -> Result<Option<Self>, StoreError> {
        let file = open(path)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(StoreError::io("lock", path, error.into())),
        }
    }
}

fn open(path: &Path) -> Result<File, StoreError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(|error| StoreError::io("lock", path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_agent_per_folder() {
        let base = tempfile::tempdir().unwrap();
        let folder = Folder::open(base.path()).unwrap();
        let first = Lock::agent(&folder).unwrap();
        assert!(matches!(Lock::agent(&folder), Err(StoreError::InUse(_))));
        assert!(Lock::agent_is_running(&folder).unwrap());
        drop(first);
        assert!(!Lock::agent_is_running(&folder).unwrap());
        Lock::agent(&folder).unwrap();
    }
}
