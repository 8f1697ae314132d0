//! A configuration file: TOML, every member optional, an unknown one refused (a misspelt restriction
//! would otherwise silently not hold).

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

use super::Enrollment;
use crate::prompt::PromptKind;

/// The content of a file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// Issuers to trust: a URL, or a table with `issuer`, `jwks_uri`, `pinned_keys`.
    pub trusted_issuers: Option<Vec<IssuerEntry>>,
    /// The only relying party ids to serve.
    pub allowed_rp_ids: Option<Vec<String>>,
    /// `"ask"` or `"configured-only"`.
    pub enrollment: Option<Enrollment>,
    /// Port of the loopback API.
    pub port: Option<u16>,
    /// `"window"` or `"terminal"`.
    pub prompt: Option<PromptKind>,
    /// Plain http on loopback hosts and `localhost` as relying party.
    pub development: Option<bool>,
}

/// An issuer: its URL alone, or with more.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum IssuerEntry {
    /// `"https://auth.example.com/…/as"`
    Url(String),
    /// `{ issuer = "…", jwks_uri = "…", pinned_keys = ["…"] }`
    Full(FullIssuer),
}

/// An issuer with its key set and pins.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FullIssuer {
    issuer: String,
    jwks_uri: Option<String>,
    #[serde(default)]
    pinned_keys: Vec<String>,
}

/// An entry in its full form, borrowed.
pub(super) struct IssuerParts<'a> {
    pub(super) issuer: &'a str,
    pub(super) jwks_uri: Option<&'a str>,
    pub(super) pinned_keys: &'a [String],
}

impl IssuerEntry {
    pub(super) fn full(&self) -> IssuerParts<'_> {
        match self {
            Self::Url(issuer) => IssuerParts {
                issuer,
                jwks_uri: None,
                pinned_keys: &[],
            },
            Self::Full(full) => IssuerParts {
                issuer: &full.issuer,
                jwks_uri: full.jwks_uri.as_deref(),
                pinned_keys: &full.pinned_keys,
            },
        }
    }
}

/// Why a file cannot be used.
#[derive(Debug, Error)]
pub enum FileError {
    /// It cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is not what it should be.
    #[error("{}: {problem}", path.display())]
    Invalid {
        /// Which file.
        path: PathBuf,
        /// What is wrong, on one line.
        problem: String,
    },
    /// Others than root may change the system's file.
    #[error("{} has to belong to root, and nobody else may write it", .0.display())]
    NotTheSystems(PathBuf),
}

impl ConfigFile {
    /// Reads a file that has to be there.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let text = std::fs::read_to_string(path).map_err(|source| FileError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        toml::from_str(&text).map_err(|error| FileError::Invalid {
            path: path.to_owned(),
            problem: on_one_line(&error, &text),
        })
    }

    /// Reads a file that may be missing.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn read_if_there(path: &Path) -> Result<Self, FileError> {
        match Self::read(path) {
            Err(FileError::Unreadable { source, .. })
                if source.kind() == io::ErrorKind::NotFound =>
            {
                Ok(Self::default())
            }
            outcome => outcome,
        }
    }

    /// Reads the system's file, which may be missing but has to be root's.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn read_system(path: &Path) -> Result<Self, FileError> {
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.uid() != 0 || metadata.mode() & 0o022 != 0 => {
                Err(FileError::NotTheSystems(path.to_owned()))
            }
            _ => Self::read_if_there(path),
        }
    }
}

fn on_one_line(error: &toml::de::Error, text: &str) -> String {
    let line = error
        .span()
        .and_then(|span| text.get(..span.start))
        .map_or(1, |before| before.matches('\n').count() + 1);
    format!("line {line}: {}", error.message().replace('\n', " "))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_mistake_is_told_with_its_line() {
        let base = tempfile::tempdir().unwrap();
        let path = base.path().join("c.toml");
        std::fs::write(&path, "port = 1\nenrollment = \"maybe\"\n").unwrap();
        let error = ConfigFile::read(&path).unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }

    #[test]
    fn the_systems_file_has_to_be_roots() {
        let base = tempfile::tempdir().unwrap();
        let path = base.path().join("c.toml");
        assert!(ConfigFile::read_system(&path).is_ok(), "missing is fine");
        std::fs::write(&path, "").unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o666)).unwrap();
        assert!(matches!(
            ConfigFile::read_system(&path),
            Err(FileError::NotTheSystems(_))
        ));
    }
}
