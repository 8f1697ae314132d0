//! The key in the file.

use zeroize::Zeroizing;

use super::aead::Aead;
use super::{OpenError, SealError};
use crate::encoding::{base64url, base64url_decode_array};
use crate::random::Random;
use crate::secret::SecretBytes;

/// First word of the file; a later format gets another.
const LABEL: &str = "countersign-master-key-v1";

/// The key that seals data keys: 256 bits, kept in a file outside the database.
pub struct MasterKey(Zeroizing<[u8; 32]>);

/// Why a master key file cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MasterKeyError {
    /// It does not start with the label of a master key.
    #[error("the file does not start with `countersign-master-key-v1:`")]
    NoLabel,
    /// What follows the label is not base64url of 32 bytes.
    #[error("the key is not 43 characters of base64url")]
    NotAKey,
}

impl MasterKey {
    /// Draws a new key.
    pub fn generate(random: &dyn Random) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        random.fill(key.as_mut_slice());
        Self(key)
    }

    /// Reads the text of a key file: `countersign-master-key-v1:<base64url>`, white space around it
    /// ignored.
    pub fn from_file_text(text: &str) -> Result<Self, MasterKeyError> {
        let key = text
            .trim()
            .strip_prefix(LABEL)
            .and_then(|rest| rest.strip_prefix(':'))
            .ok_or(MasterKeyError::NoLabel)?;
        let key = base64url_decode_array(key.trim()).ok_or(MasterKeyError::NotAKey)?;
        Ok(Self(Zeroizing::new(key)))
    }

    /// The text of a key file, with a newline at its end.
    pub fn to_file_text(&self) -> Zeroizing<String> {
        let key = Zeroizing::new(base64url(self.0.as_slice()));
        Zeroizing::new(format!("{LABEL}:{}\n", key.as_str()))
    }

    pub(super) fn seal(&self, associated: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
        Aead::new(&self.0)?.seal(&[super::data_key::VERSION], associated, plaintext)
    }

    pub(super) fn open(&self, associated: &[u8], sealed: &[u8]) -> Result<SecretBytes, OpenError> {
        Aead::new(&self.0)
            .map_err(|_| OpenError::NotAuthentic)?
            .open(associated, sealed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom;

    #[test]
    fn the_file_gives_the_same_key_back() {
        let key = MasterKey::generate(&SystemRandom);
        let text = key.to_file_text();
        assert!(text.starts_with("countersign-master-key-v1:") && text.ends_with('\n'));
        let again = MasterKey::from_file_text(&format!("\n  {}\r\n", text.as_str())).unwrap();
        assert_eq!(again.0, key.0);
    }

    #[test]
    fn other_files_are_told_apart() {
        let refusal = |text: &str| MasterKey::from_file_text(text).map(|_| ()).unwrap_err();
        assert_eq!(refusal(""), MasterKeyError::NoLabel);
        assert_eq!(
            refusal("-----BEGIN PRIVATE KEY-----"),
            MasterKeyError::NoLabel
        );
        assert_eq!(
            refusal("countersign-master-key-v1:"),
            MasterKeyError::NotAKey
        );
        assert_eq!(
            refusal("countersign-master-key-v1:AAAA"),
            MasterKeyError::NotAKey
        );
        let long = format!("countersign-master-key-v1:{}", "A".repeat(44));
        assert_eq!(refusal(&long), MasterKeyError::NotAKey);
    }
}
