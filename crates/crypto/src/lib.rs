//! The only crate that names the cryptographic libraries.
//!
//! Everything else in the workspace speaks of keys, tokens and seals through the types here, so that
//! the choice of library, algorithm and encoding is made once.
//!
//! | module | what it is for | algorithms |
//! |---|---|---|
//! | [`time`], [`random`] | the two ambient inputs, as parameters | – |
//! | [`secret`] | secrets in memory: no `Debug`, no `Display`, no serde, zeroed when dropped | – |
//! | [`encoding`], [`hash`] | base64url, digests, keyed hashes, constant-time comparison | SHA-256, HMAC-SHA-256 |
//! | [`keyring`] | secrets at rest: rows sealed under data keys, data keys sealed under a master key | AES-256-GCM, HKDF-SHA-256 |
//! | [`jwk`], [`signing`] | public keys, their thumbprints, key pairs | ECDSA P-256 (ES256), RSA PKCS#1 v1.5 (RS256) |
//! | [`jws`] | strict compact JWS | ES256, RS256; nothing else is accepted |
//! | [`pin`] | keys that a PIN opens | Argon2id, XChaCha20-Poly1305 |
//!
//! ```text
//! master key (file) ──seals──► data keys (rows) ──seal──► secrets (rows)
//!                                   └──HKDF, one purpose each──► keyed hashes
//! ```
//!
//! # Rules
//!
//! * The key decides the algorithm. The `alg` of a token only has to agree with it.
//! * Time and randomness are parameters. Exempt are key generation, signature nonces and the nonces
//!   of [`keyring`] seals: a repeated nonce would lay secrets open, so no caller can choose one.
//! * Nothing here panics on input, whatever it is.

pub mod encoding;
pub mod hash;
pub mod jwk;
pub mod jws;
pub mod keyring;
pub mod pin;
pub mod random;
pub mod secret;
pub mod signing;
pub mod time;
