//! Where credential keys live: the seam behind which a TPM and the system keychain come later.
//!
//! A [`KeyStore`] is opened by the person ([`KeyStore::unlock`]) for one ceremony and gives an
//! [`OpenKeyStore`], which makes keys and opens sealed ones. Whoever counts wrong PINs and keeps the
//! sealed keys is on this side of the seam ([`crate::store`]), so that no key store can forget to.
//!
//! What another store has to bring:
//! - its [`KeyProtection`], stated truthfully; an option that asks for more is refused before any prompt;
//! - how it tells a right PIN from a wrong one ([`PinVerifier`]). A TPM would keep the PIN in an NV
//!   index with a limit of its own (`PolicySecret`), never as the object's auth value, since that would
//!   put the whole TPM into lockout; a keychain would keep a sealing secret;
//! - signers whose private key never leaves the store ([`CredentialSigner`]);
//! - evidence, where it has any ([`KeyStore::gives_evidence`]).
//!
//! This build has the software store alone.

pub mod pin_rules;
pub mod software;

use countersign_crypto::jwk::Thumbprint;
use countersign_crypto::pin::PinParameters;
use countersign_crypto::secret::SecretString;
use countersign_desktop_protocol::{CredentialSigner, KeyProtection};
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use software::SoftwareKeyStore;

/// A key store failed. The reason is for the log; a page only learns `KEYSTORE_FAILURE`.
#[derive(Debug, Error)]
#[error("key store: {0}")]
pub struct KeyStoreError(pub &'static str);

/// A key as a key store sealed it: opaque to everybody else (base64url).
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SealedKey(pub(crate) String);

impl SealedKey {
    #[cfg(test)]
    pub(crate) fn for_tests() -> Self {
        Self("AAAA".to_owned())
    }
}

/// What a store keeps to tell the right PIN from a wrong one. Not the PIN, nor anything from which it
/// can be read without trying.
#[derive(Clone, Serialize, Deserialize)]
pub struct PinVerifier {
    pub(crate) parameters: PinParameters,
    /// A known text sealed under the derived key (base64url).
    pub(crate) check: String,
}

impl PinVerifier {
    #[cfg(test)]
    pub(crate) fn for_tests() -> Self {
        let pin = SecretString::from("739154".to_owned());
        SoftwareKeyStore::for_tests().set_up(&pin).unwrap().1
    }
}

/// Whose key it is. Sealed keys are bound to it, so that none can be moved to another account.
#[derive(Debug, Clone, Copy)]
pub struct KeyOwner<'a> {
    /// The issuer.
    pub issuer: &'a str,
    /// The user id.
    pub user: &'a str,
    /// The relying party id.
    pub rp_id: &'a str,
}

/// A sealed key with its owner.
pub struct FiledKey<'a> {
    /// Whose it is.
    pub owner: KeyOwner<'a>,
    /// Its name.
    pub kid: &'a Thumbprint,
    /// The key.
    pub sealed: &'a mut SealedKey,
}

/// A place for credential keys. Calls may take a second (key derivation) and belong off the async threads.
pub trait KeyStore: Send + Sync {
    /// What protects the keys.
    fn protection(&self) -> KeyProtection;

    /// Whether it can prove that protection to a server.
    fn gives_evidence(&self) -> bool;

    /// How it verifies a person and what the key is, as RFC 8176 words.
    fn authentication_methods(&self) -> &'static [&'static str];

    /// Takes a new PIN into use and opens the store under it.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn set_up(
        &self,
        pin: &SecretString,
    ) -> Result<(Box<dyn OpenKeyStore>, PinVerifier), KeyStoreError>;

    /// Opens the store; `Ok(None)` means that the PIN is wrong.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn unlock(
        &self,
        verifier: &PinVerifier,
        pin: &SecretString,
    ) -> Result<Option<Box<dyn OpenKeyStore>>, KeyStoreError>;

    /// Puts a new PIN in place of the current one, sealing the filed keys anew where that is needed.
    ///
    /// # Errors
    /// [`KeyStoreError`], also if `current` is wrong; what is in `keys` is then of no use any more.
    fn change_pin(
        &self,
        verifier: &PinVerifier,
        current: &SecretString,
        new: &SecretString,
        keys: &mut [FiledKey<'_>],
    ) -> Result<PinVerifier, KeyStoreError>;
}

/// A key store opened by a person, for one ceremony.
pub trait OpenKeyStore: Send {
    /// Makes a key.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn create(
        &self,
        owner: KeyOwner<'_>,
    ) -> Result<(SealedKey, Box<dyn CredentialSigner + Send>), KeyStoreError>;

    /// Opens a sealed key of this owner.
    ///
    /// # Errors
    /// [`KeyStoreError`], also if it was sealed for another owner, under another PIN, or is another key.
    fn open(
        &self,
        owner: KeyOwner<'_>,
        kid: &Thumbprint,
        sealed: &SealedKey,
    ) -> Result<Box<dyn CredentialSigner + Send>, KeyStoreError>;
}
