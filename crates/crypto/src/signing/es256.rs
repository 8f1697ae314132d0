//! ECDSA on P-256 with SHA-256, signatures as `r ‖ s` (RFC 7518 §3.4).

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};

use super::{KeyError, SigningError};
use crate::jwk::EcPublicJwk;
use crate::secret::SecretBytes;

/// An ES256 key pair, parsed once and used for every signature.
pub struct Es256KeyPair {
    pair: EcdsaKeyPair,
    public: EcPublicJwk,
}

impl Es256KeyPair {
    /// Makes a new key, with the randomness of the library.
    pub fn generate() -> Result<Self, KeyError> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
            .map_err(|_| KeyError::Failed)?;
        Self::with_public_part(pair)
    }

    /// Reads a PKCS#8 key (RFC 5958).
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, KeyError> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8)
            .map_err(|_| KeyError::Malformed)?;
        Self::with_public_part(pair)
    }

    fn with_public_part(pair: EcdsaKeyPair) -> Result<Self, KeyError> {
        let public = EcPublicJwk::from_uncompressed_point(pair.public_key().as_ref())
            .map_err(|_| KeyError::Malformed)?;
        Ok(Self { pair, public })
    }

    /// The private key as PKCS#8 (RFC 5958, version 1).
    pub fn to_pkcs8(&self) -> Result<SecretBytes, KeyError> {
        let document = self.pair.to_pkcs8v1().map_err(|_| KeyError::Failed)?;
        Ok(SecretBytes::from(document.as_ref()))
    }

    /// The public key.
    pub const fn public_jwk(&self) -> &EcPublicJwk {
        &self.public
    }

    /// Signs a message: `r ‖ s`, 32 bytes each. The nonce is the library's.
    pub fn sign(&self, message: &[u8]) -> Result<[u8; 64], SigningError> {
        let signature = self
            .pair
            .sign(&SystemRandom::new(), message)
            .map_err(|_| SigningError)?;
        signature.as_ref().try_into().map_err(|_| SigningError)
    }
}

/// Whether `signature` (`r ‖ s`, 64 bytes) is that of `key` on `message`.
pub fn verify_es256(key: &EcPublicJwk, message: &[u8], signature: &[u8]) -> bool {
    key.parsed().verify_sig(message, signature).is_ok()
}
