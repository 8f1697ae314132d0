//! Keys that a PIN opens: Argon2id (RFC 9106) makes a key of the PIN, XChaCha20-Poly1305 seals with it.
//!
//! A sealed value is `01 ‖ nonce (24) ‖ ciphertext ‖ tag (16)`. Whoever holds it can try PINs at the
//! speed of Argon2id, so the parameters make one try expensive in time and memory.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::encoding::{base64url, base64url_decode_array};
use crate::keyring::{OpenError, SealError};
use crate::random::{Random, bytes};
use crate::secret::{SecretBytes, SecretString};

/// First byte of a sealed value.
const VERSION: u8 = 1;
/// Least memory of a parameter set that is accepted (KiB): 64 MiB.
const MIN_MEMORY_KIB: u32 = 64 * 1024;
/// Most memory (KiB): 1 GiB. A damaged file must not take the machine down.
const MAX_MEMORY_KIB: u32 = 1024 * 1024;
/// Most passes.
const MAX_ITERATIONS: u32 = 64;
/// Most lanes.
const MAX_LANES: u32 = 16;

/// How a PIN becomes a key. Stored beside what the key seals; not secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PinParameters {
    memory_kib: u32,
    iterations: u32,
    lanes: u32,
    #[serde(serialize_with = "write_salt", deserialize_with = "read_salt")]
    salt: [u8; 16],
}

/// The parameters are outside of what is accepted, or there is not enough memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// Too weak or too expensive.
    #[error("the PIN parameters are outside of the accepted range")]
    Parameters,
    /// The memory for one derivation could not be had.
    #[error("a key could not be derived from the PIN")]
    Failed,
}

impl PinParameters {
    /// What new stores use: 128 MiB, three passes, one lane. That is a third to half a second on a
    /// small machine of 2026, and twice the memory of the second choice of RFC 9106 §4.
    pub const fn recommended(salt: [u8; 16]) -> Self {
        Self {
            memory_kib: 128 * 1024,
            iterations: 3,
            lanes: 1,
            salt,
        }
    }

    /// A millisecond instead of half a second. Only in tests: such a seal is worth nothing.
    #[cfg(any(test, feature = "test-parameters"))]
    pub const fn weak_for_tests(salt: [u8; 16]) -> Self {
        Self {
            memory_kib: 64,
            iterations: 1,
            lanes: 1,
            salt,
        }
    }

    fn accepted(&self) -> bool {
        let weak = cfg!(any(test, feature = "test-parameters"));
        (weak || self.memory_kib >= MIN_MEMORY_KIB)
            && self.memory_kib <= MAX_MEMORY_KIB
            && (1..=MAX_ITERATIONS).contains(&self.iterations)
            && (1..=MAX_LANES).contains(&self.lanes)
    }
}

fn write_salt<S: Serializer>(salt: &[u8; 16], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&base64url(salt))
}

fn read_salt<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 16], D::Error> {
    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    base64url_decode_array(&text)
        .ok_or_else(|| serde::de::Error::custom("the salt is not base64url of 16 bytes"))
}

/// The key that belongs to a PIN and its parameters: 256 bits.
pub struct DerivedKey(XChaCha20Poly1305);

/// Derives the key (Argon2id version 1.3, RFC 9106). Slow on purpose: keep it off threads that answer
/// others.
pub fn derive(pin: &SecretString, parameters: &PinParameters) -> Result<DerivedKey, PinError> {
    if !parameters.accepted() {
        return Err(PinError::Parameters);
    }
    let params = Params::new(
        parameters.memory_kib,
        parameters.iterations,
        parameters.lanes,
        Some(32),
    )
    .map_err(|_| PinError::Parameters)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(
            pin.expose().as_bytes(),
            &parameters.salt,
            key.as_mut_slice(),
        )
        .map_err(|_| PinError::Failed)?;
    Ok(DerivedKey(XChaCha20Poly1305::new((&*key).into())))
}

impl DerivedKey {
    /// Seals a secret, bound to `associated`. The nonce of 192 bits comes from `random`.
    pub fn seal(
        &self,
        associated: &[u8],
        plaintext: &[u8],
        random: &dyn Random,
    ) -> Result<Vec<u8>, SealError> {
        let nonce: [u8; 24] = bytes(random);
        let payload = Payload {
            msg: plaintext,
            aad: associated,
        };
        let body = self
            .0
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| SealError)?;
        let mut sealed = Vec::with_capacity(1 + nonce.len() + body.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&body);
        Ok(sealed)
    }

    /// Opens a secret. [`OpenError::NotAuthentic`] is how a wrong PIN shows.
    pub fn open(&self, associated: &[u8], sealed: &[u8]) -> Result<SecretBytes, OpenError> {
        let Some((&VERSION, rest)) = sealed.split_first() else {
            return Err(OpenError::Malformed);
        };
        let (nonce, body) = rest.split_first_chunk::<24>().ok_or(OpenError::Malformed)?;
        let payload = Payload {
            msg: body,
            aad: associated,
        };
        let plaintext = self
            .0
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| OpenError::NotAuthentic)?;
        Ok(SecretBytes::new(plaintext))
    }
}
