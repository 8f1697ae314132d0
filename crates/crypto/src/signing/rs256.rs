//! RSA PKCS#1 v1.5 with SHA-256 (RFC 7518 §3.3), 2048 bits: for access tokens, whose readers expect it.

use std::fmt;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
    RsaPublicKeyComponents,
};

use super::{KeyError, SigningError};
use crate::encoding::{base64url, base64url_decode};
use crate::jwk::Thumbprint;
use crate::secret::SecretBytes;

/// An RS256 key pair, parsed once and used for every signature.
pub struct Rs256KeyPair {
    pair: RsaKeyPair,
    public: Rs256PublicKey,
}

impl Rs256KeyPair {
    /// Makes a new key of 2048 bits. Slow: tenths of a second.
    pub fn generate() -> Result<Self, KeyError> {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::Failed)?;
        Self::with_public_part(pair)
    }

    /// Reads a PKCS#8 key (RFC 5958).
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, KeyError> {
        let pair = RsaKeyPair::from_pkcs8(pkcs8).map_err(|_| KeyError::Malformed)?;
        Self::with_public_part(pair)
    }

    fn with_public_part(pair: RsaKeyPair) -> Result<Self, KeyError> {
        let key = pair.public_key();
        let public = Rs256PublicKey::from_components(
            key.modulus().big_endian_without_leading_zero(),
            key.exponent().big_endian_without_leading_zero(),
        )?;
        Ok(Self { pair, public })
    }

    /// The private key as PKCS#8 (RFC 5958, version 1).
    pub fn to_pkcs8(&self) -> Result<SecretBytes, KeyError> {
        let der: Pkcs8V1Der<'_> = self.pair.as_der().map_err(|_| KeyError::Failed)?;
        Ok(SecretBytes::from(der.as_ref()))
    }

    /// The public key.
    pub const fn public_key(&self) -> &Rs256PublicKey {
        &self.public
    }

    /// The RFC 7638 thumbprint, used as `kid`.
    pub fn kid(&self) -> Thumbprint {
        self.public.thumbprint()
    }

    /// Signs a message; as long as the modulus.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                message,
                &mut signature,
            )
            .map_err(|_| SigningError)?;
        Ok(signature)
    }
}

/// An RSA public key of 2048 to 8192 bits, parsed once.
#[derive(Clone)]
pub struct Rs256PublicKey {
    n: String,
    e: String,
    parsed: ParsedPublicKey,
}

impl Rs256PublicKey {
    /// From modulus and exponent, big-endian without leading zeros.
    pub fn from_components(n: &[u8], e: &[u8]) -> Result<Self, KeyError> {
        let parsed = RsaPublicKeyComponents { n, e }
            .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
            .map_err(|_| KeyError::Malformed)?;
        Ok(Self {
            n: base64url(n),
            e: base64url(e),
            parsed,
        })
    }

    /// From the members `n` and `e` of a JSON Web Key (RFC 7518 §6.3.1).
    pub fn from_jwk_members(n: &str, e: &str) -> Result<Self, KeyError> {
        let n = base64url_decode(n).ok_or(KeyError::Malformed)?;
        let e = base64url_decode(e).ok_or(KeyError::Malformed)?;
        Self::from_components(&n, &e)
    }

    /// The modulus as base64url, for a JSON Web Key.
    pub fn n(&self) -> &str {
        &self.n
    }

    /// The exponent as base64url, for a JSON Web Key.
    pub fn e(&self) -> &str {
        &self.e
    }

    /// The RFC 7638 thumbprint with SHA-256.
    pub fn thumbprint(&self) -> Thumbprint {
        let canonical = format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, self.e, self.n);
        Thumbprint::of_canonical_json(&canonical)
    }

    /// Whether `signature` is that of this key on `message`.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.parsed.verify_sig(message, signature).is_ok()
    }
}

impl PartialEq for Rs256PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.n == other.n && self.e == other.e
    }
}

impl Eq for Rs256PublicKey {}

impl fmt::Debug for Rs256PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rs256PublicKey")
            .field("n", &self.n)
            .field("e", &self.e)
            .finish_non_exhaustive()
    }
}
