//! One server per embedded database: two would each cache what the other changes.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, bail};
use rustix::fs::{FlockOperation, flock};

/// A lock of the operating system (flock): it goes when this value goes, also by a crash.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a file, which is made where it is missing.
    ///
    /// # Errors
    /// When another server holds it, or the file cannot be opened.
    pub fn take(path: &Path) -> anyhow::Result<Self> {
        match Self::try_take(path)? {
            Some(lock) => Ok(lock),
            None => {
                let folder = path.parent().unwrap_or(path);
                bail!(
                    "another Countersign server is running on {}",
                    folder.display()
                )
            }
        }
    }

    /// The same; `None` when another server holds it.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn try_take(path: &Path) -> anyhow::Result<Option<Self>> {
        let cannot = || format!("cannot lock {}", path.display());
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .with_context(cannot)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(error).with_context(cannot),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
        let base = tempfile::tempdir().unwrap();
        let path = base.path().join("server.lock");
        let first = Lock::take(&path).unwrap();
        assert!(
            Lock::take(&path)
                .unwrap_err()
                .to_string()
                .contains("another Countersign server")
        );
        drop(first);
        Lock::take(&path).unwrap();
    }
}
