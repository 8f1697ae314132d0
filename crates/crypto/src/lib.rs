//! The only crate that names the cryptographic libraries.
