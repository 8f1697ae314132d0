//! AES-256-GCM with a random nonce in front.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use super::{OpenError, SealError};
use crate::random::{Random as _, SystemRandom};
use crate::secret::SecretBytes;

pub(super) const TAG_LEN: usize = 16;

/// An expanded AES-256 key.
pub(super) struct Aead(LessSafeKey);

impl Aead {
    pub(super) fn new(key: &[u8; 32]) -> Result<Self, SealError> {
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| SealError)?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// `prefix ‖ nonce ‖ ciphertext ‖ tag`.
    pub(super) fn seal(
        &self,
        prefix: &[u8],
        associated: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        // Drawn here and from the operating system whatever the caller's source of randomness is:
        // a nonce used twice with one key would give both plaintexts away.
        let mut nonce = [0; NONCE_LEN];
        SystemRandom.fill(&mut nonce);
        // Room for the tag from the start, so that no copy of the plaintext is left by a reallocation.
        let mut body = Vec::with_capacity(plaintext.len() + TAG_LEN);
        body.extend_from_slice(plaintext);
        self.0
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(associated),
                &mut body,
            )
            .map_err(|_| SealError)?;
        let mut sealed = Vec::with_capacity(prefix.len() + NONCE_LEN + body.len());
        sealed.extend_from_slice(prefix);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&body);
        Ok(sealed)
    }

    /// Opens `nonce ‖ ciphertext ‖ tag`.
    pub(super) fn open(&self, associated: &[u8], sealed: &[u8]) -> Result<SecretBytes, OpenError> {
        let (nonce, body) = sealed
            .split_first_chunk::<NONCE_LEN>()
            .ok_or(OpenError::Malformed)?;
        if body.len() < TAG_LEN {
            return Err(OpenError::Malformed);
        }
        let mut body = zeroize::Zeroizing::new(body.to_vec());
        let plaintext = self
            .0
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(associated),
                body.as_mut_slice(),
            )
            .map_err(|_| OpenError::NotAuthentic)?;
        Ok(SecretBytes::from(&*plaintext))
    }
}
