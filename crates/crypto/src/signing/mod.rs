//! Key pairs and signatures.

mod es256;
mod rs256;

pub use es256::{Es256KeyPair, verify_es256};
pub use rs256::{Rs256KeyPair, Rs256PublicKey};

/// A key pair cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The bytes are not a PKCS#8 key of this kind.
    #[error("not a private key of the expected kind")]
    Malformed,
    /// The library could not make or write a key.
    #[error("the cryptographic library failed to handle a key")]
    Failed,
}

/// The library could not sign. With a key that was parsed this does not happen in practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cryptographic library failed to sign")]
pub struct SigningError;
