//! The data folder of quickstart: private to its owner, its files replaced as a whole.

mod lock;
mod master_key;
mod remembered;

pub use lock::Lock;
pub use master_key::{MASTER_KEY, read_master_key};
pub use remembered::{Remembered, resolve};

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// Largest file of ours that is read whole (bytes).
const LARGEST_FILE: u64 = 1024 * 1024;
/// The database, in the folder.
pub const DATABASE: &str = "countersign.db";
/// The log that is written while the authenticator has the terminal.
pub const LOG: &str = "server.log";
/// The folder of the desktop authenticator that quickstart starts.
pub const DESKTOP: &str = "desktop";

/// A data folder.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder, if there is one. Nothing is changed.
    ///
    /// # Errors
    /// When it is no folder, cannot be read, or belongs to somebody else.
    pub fn existing(path: &Path) -> anyhow::Result<Option<Self>> {
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(cannot_read(path, &error)),
        };
        if !metadata.is_dir() {
            bail!("{} is not a folder", path.display());
        }
        fs::read_dir(path).map_err(|error| cannot_read(path, &error))?;
        let owner = rustix::process::geteuid().as_raw();
        if metadata.uid() != owner {
            bail!(
                "{} belongs to another user of this computer",
                path.display()
            );
        }
        Ok(Some(Self {
            path: path.to_owned(),
        }))
    }

    /// The folder, made (mode 0700, with the folders above it) where there is none, and closed to
    /// other users where it is not yet closed.
    ///
    /// # Errors
    /// As [`Folder::existing`], or when it cannot be made.
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        let folder = match Self::existing(path)? {
            Some(folder) => folder,
            None => {
                DirBuilder::new()
                    .recursive(true)
                    .mode(0o700)
                    .create(path)
                    .with_context(|| format!("cannot make the folder {}", path.display()))?;
                Self {
                    path: path.to_owned(),
                }
            }
        };
        if mode(path)? & 0o077 != 0 {
            fs::set_permissions(path, Permissions::from_mode(0o700))
                .with_context(|| format!("cannot close {} to other users", path.display()))?;
        }
        Ok(folder)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of one of its files.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// A whole text file; `None` if there is none.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn read_text(&self, name: &str) -> anyhow::Result<Option<String>> {
        read_text(&self.file(name))
    }

    /// Puts a whole file (mode 0600) in place of the one there, on disk when this returns. After a
    /// crash the old or the new content is there.
    ///
    /// # Errors
    /// When it cannot be written; the old file is untouched then.
    pub fn replace(&self, name: &str, content: &[u8]) -> anyhow::Result<()> {
        replace(&self.file(name), content)
    }
}

fn cannot_read(path: &Path, error: &io::Error) -> anyhow::Error {
    anyhow::anyhow!("cannot read the folder {}: {error}", path.display())
}

/// The permission bits of a file or folder.
///
/// # Errors
/// When it cannot be looked at.
pub fn mode(path: &Path) -> anyhow::Result<u32> {
    let metadata =
        fs::metadata(path).with_context(|| format!("cannot look at {}", path.display()))?;
    Ok(metadata.mode() & 0o7777)
}

/// A whole text file; `None` if there is none.
///
/// # Errors
/// When it is there and cannot be read.
pub fn read_text(path: &Path) -> anyhow::Result<Option<String>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(anyhow::anyhow!("cannot read {}: {error}", path.display())),
    };
    let mut text = String::new();
    file.take(LARGEST_FILE)
        .read_to_string(&mut text)
        .with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Some(text))
}

/// Puts a whole file (mode 0600) in place of the one there; on disk when this returns.
///
/// # Errors
/// When it cannot be written; the old file is untouched then.
pub fn replace(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let write = || -> io::Result<()> {
        let mut temporary = path.as_os_str().to_owned();
        temporary.push(".new");
        // A left-over of a crash; it was never taken into use.
        match fs::remove_file(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&temporary)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&temporary, path)?;
        let parent = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_files_are_private() {
        let base = tempfile::tempdir().unwrap();
        let path = base.path().join("a/b");
        assert!(Folder::existing(&path).unwrap().is_none());
        let folder = Folder::create(&path).unwrap();
        folder.replace("x", b"1").unwrap();
        assert_eq!(mode(&path).unwrap(), 0o700);
        assert_eq!(mode(&folder.file("x")).unwrap(), 0o600);
        assert_eq!(folder.read_text("x").unwrap().as_deref(), Some("1"));
        assert_eq!(folder.read_text("y").unwrap(), None);
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        Folder::create(&path).unwrap();
        assert_eq!(mode(&path).unwrap(), 0o700);
    }

    #[test]
    fn what_is_no_folder_is_refused() {
        let base = tempfile::tempdir().unwrap();
        let path = base.path().join("file");
        fs::write(&path, b"").unwrap();
        assert!(Folder::existing(&path).is_err());
        assert!(Folder::create(&path).is_err());
        assert!(Folder::create(&path.join("below")).is_err());
    }
}
