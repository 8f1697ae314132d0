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
    /// What new stores use: 128 MiB, three passes, one lane. That is about a third of a second on a
    /// small machine of 2026 (`examples/pin_cost.rs`), and twice the memory of the second choice of
    /// RFC 9106 §4.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom;

    fn key(pin: &str) -> DerivedKey {
        derive(
            &SecretString::from(pin),
            &PinParameters::weak_for_tests([7; 16]),
        )
        .unwrap()
    }

    #[test]
    fn rfc9106_section_5_3() {
        // With a secret and associated data, which this module does not use: the library's own entry.
        let params = argon2::ParamsBuilder::new()
            .m_cost(32)
            .t_cost(3)
            .p_cost(4)
            .data(argon2::AssociatedData::new(&[4; 12]).unwrap())
            .output_len(32)
            .build()
            .unwrap();
        let argon2 =
            Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params).unwrap();
        let mut tag = [0; 32];
        argon2
            .hash_password_into(&[1; 32], &[2; 16], &mut tag)
            .unwrap();
        assert_eq!(
            tag,
            [
                0x0d, 0x64, 0x0d, 0xf5, 0x8d, 0x78, 0x76, 0x6c, 0x08, 0xc0, 0x37, 0xa3, 0x4a, 0x8b,
                0x53, 0xc9, 0xd0, 0x1e, 0xf0, 0x45, 0x2d, 0x75, 0xb6, 0x5e, 0xb5, 0x25, 0x20, 0xe9,
                0x6b, 0x01, 0xe6, 0x59,
            ]
        );
    }

    #[test]
    fn only_the_right_pin_in_the_right_place_opens() {
        let sealed = key("135792")
            .seal(b"credential 1", b"private", &SystemRandom)
            .unwrap();
        assert_eq!(
            key("135792")
                .open(b"credential 1", &sealed)
                .unwrap()
                .expose(),
            b"private"
        );
        let refusal = |key: DerivedKey, associated: &[u8], sealed: &[u8]| {
            key.open(associated, sealed).map(|_| ()).unwrap_err()
        };
        assert_eq!(
            refusal(key("135793"), b"credential 1", &sealed),
            OpenError::NotAuthentic
        );
        assert_eq!(
            refusal(key("135792"), b"credential 2", &sealed),
            OpenError::NotAuthentic
        );
        assert_eq!(
            refusal(key("135792"), b"credential 1", b""),
            OpenError::Malformed
        );
        assert_eq!(
            refusal(key("135792"), b"credential 1", &sealed[..24]),
            OpenError::Malformed
        );
        assert_eq!(
            refusal(key("135792"), b"credential 1", &sealed[..30]),
            OpenError::NotAuthentic
        );
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 0x80;
            assert!(
                key("135792").open(b"credential 1", &changed).is_err(),
                "byte {index}"
            );
        }
    }

    #[test]
    fn another_salt_gives_another_key() {
        let sealed = key("135792").seal(b"", b"private", &SystemRandom).unwrap();
        let parameters = PinParameters::weak_for_tests([8; 16]);
        let other = derive(&SecretString::from("135792"), &parameters).unwrap();
        assert!(other.open(b"", &sealed).is_err());
    }

    #[test]
    fn parameters_have_bounds() {
        let recommended = PinParameters::recommended([1; 16]);
        assert!(recommended.memory_kib >= MIN_MEMORY_KIB && recommended.accepted());
        for wrong in [
            PinParameters {
                memory_kib: MAX_MEMORY_KIB + 1,
                ..recommended.clone()
            },
            PinParameters {
                iterations: 0,
                ..recommended.clone()
            },
            PinParameters {
                iterations: MAX_ITERATIONS + 1,
                ..recommended.clone()
            },
            PinParameters {
                lanes: 0,
                ..recommended.clone()
            },
            PinParameters {
                lanes: MAX_LANES + 1,
                ..recommended.clone()
            },
            // Fewer than eight blocks a lane: Argon2 itself refuses.
            PinParameters {
                memory_kib: 7,
                ..PinParameters::weak_for_tests([1; 16])
            },
        ] {
            let refused = derive(&SecretString::from("135792"), &wrong).map(|_| ());
            assert_eq!(refused, Err(PinError::Parameters), "{wrong:?}");
        }
    }

    #[test]
    fn parameters_as_json() {
        let parameters = PinParameters::recommended([0; 16]);
        let json =
            r#"{"memoryKib":131072,"iterations":3,"lanes":1,"salt":"AAAAAAAAAAAAAAAAAAAAAA"}"#;
        assert_eq!(serde_json::to_string(&parameters).unwrap(), json);
        assert_eq!(
            serde_json::from_str::<PinParameters>(json).unwrap(),
            parameters
        );
        let short = json.replace("AAAAAAAAAAAAAAAAAAAAAA", "AAAA");
        assert!(serde_json::from_str::<PinParameters>(&short).is_err());
    }
}
