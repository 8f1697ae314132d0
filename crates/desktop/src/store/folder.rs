//! The state folder: private to its owner, and changed only by whole files that are on disk before
//! anybody relies on them.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::StoreError;

/// Largest state file that is read (bytes). What is larger was not written by this program.
const LARGEST_FILE: u64 = 16 * 1024 * 1024;

/// A folder of mode 0700 that belongs to the current OS user; its files have mode 0600.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Opens the folder, making it (and the folders above it) where it is missing and closing it to
    /// other users where it is not yet closed.
    ///
    /// # Errors
    /// [`StoreError::Foreign`] if it belongs to another OS user, [`StoreError::Io`] otherwise.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let fault = |source| StoreError::io("open the folder", path, source);
        if !path.exists() {
            make(path).map_err(fault)?;
        }
        let metadata = fs::metadata(path).map_err(fault)?;
        if !metadata.is_dir() {
            return Err(fault(io::Error::from(io::ErrorKind::NotADirectory)));
        }
        if metadata.uid() != rustix::process::geteuid().as_raw() {
            return Err(StoreError::Foreign(path.to_owned()));
        }
        if metadata.mode() & 0o077 != 0 {
            fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(fault)?;
        }
        Ok(Self {
            path: path.to_owned(),
        })
    }

    /// Where the folder is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of one of its files.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Reads a whole file; `None` if there is none.
    ///
    /// # Errors
    /// [`StoreError::Io`], or [`StoreError::Corrupt`] if it is absurdly large.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.file(name);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::io("read", &path, error)),
        };
        let mut content = Vec::new();
        file.take(LARGEST_FILE + 1)
            .read_to_end(&mut content)
            .map_err(|error| StoreError::io("read", &path, error))?;
        if content.len() as u64 > LARGEST_FILE {
            return Err(StoreError::Corrupt {
                file: path,
                what: "it is too large".to_owned(),
            });
        }
        Ok(Some(content))
    }

    /// Puts a whole file in place of the one there. When this returns, the new content is on disk;
    /// after a crash at any moment the old or the new content is there, never a mixture.
    ///
    /// The caller holds the store lock: two writers would share the temporary name.
    ///
    /// # Errors
    /// [`StoreError::Io`]; the old file is untouched then.
    pub fn replace(&self, name: &str, content: &[u8]) -> Result<(), StoreError> {
        let target = self.file(name);
        let temporary = self.file(&format!("{name}.new"));
        self.replace_through(&temporary, &target, content)
            .map_err(|error| StoreError::io("write", &target, error))
    }

    fn replace_through(&self, temporary: &Path, target: &Path, content: &[u8]) -> io::Result<()> {
        // A left-over of a crash; it was never taken into use.
        match fs::remove_file(temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(temporary)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(temporary, target)?;
        File::open(&self.path)?.sync_all()
    }

    /// Adds bytes to the end of a file, making it where it is missing. Not forced to disk.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn append(&self, name: &str, content: &[u8]) -> Result<(), StoreError> {
        let path = self.file(name);
        OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| file.write_all(content))
            .map_err(|error| StoreError::io("write", &path, error))
    }
}

/// Makes a folder and those above it. When this returns, they are on disk: whatever is later written
/// durably into a folder goes with it if the folder's own entry was not.
fn make(path: &Path) -> io::Result<()> {
    let missing: Vec<_> = path
        .ancestors()
        .take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists())
        .collect();
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    for folder in missing {
        let above = folder
            .parent()
            .filter(|above| !above.as_os_str().is_empty());
        File::open(above.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_private_folders_and_files() {
        let base = tempfile::tempdir().unwrap();
        let path = base.path().join("a/b");
        let folder = Folder::open(&path).unwrap();
        folder.replace("x.json", b"1").unwrap();
        folder.append("y.jsonl", b"2").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o700);
        assert_eq!(
            fs::metadata(path.join("x.json")).unwrap().mode() & 0o777,
            0o600
        );
        assert_eq!(
            fs::metadata(path.join("y.jsonl")).unwrap().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn closes_a_folder_that_is_open_to_others() {
        let base = tempfile::tempdir().unwrap();
        fs::set_permissions(base.path(), Permissions::from_mode(0o755)).unwrap();
        Folder::open(base.path()).unwrap();
        assert_eq!(fs::metadata(base.path()).unwrap().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_crash_before_the_rename_leaves_the_old_content() {
        let base = tempfile::tempdir().unwrap();
        let folder = Folder::open(base.path()).unwrap();
        folder.replace("x.json", b"old").unwrap();
        fs::write(base.path().join("x.json.new"), b"half a fi").unwrap();
        assert_eq!(folder.read("x.json").unwrap().unwrap(), b"old");
        folder.replace("x.json", b"new").unwrap();
        assert_eq!(folder.read("x.json").unwrap().unwrap(), b"new");
        assert!(!base.path().join("x.json.new").exists());
    }

    #[test]
    fn a_missing_file_is_none() {
        let base = tempfile::tempdir().unwrap();
        assert!(
            Folder::open(base.path())
                .unwrap()
                .read("none")
                .unwrap()
                .is_none()
        );
    }
}
