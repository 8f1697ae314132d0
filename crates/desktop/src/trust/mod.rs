//! Which servers may ask this authenticator for something, and with which keys they sign.
//!
//! An issuer is known because the configuration names it, or because a person paired with it
//! ([`standing`]). The page's site and the issuer's have to be one ([`site`]) for a first pairing. Keys
//! come from the issuer's own metadata ([`discovery`]), over a client that follows nothing and reads
//! little ([`fetch`]), and are kept for a while ([`keys`]).

pub mod discovery;
pub mod fetch;
pub mod issuer;
pub mod keys;
pub mod site;
pub mod standing;

pub use issuer::IssuerUrl;
pub use keys::IssuerKeys;
pub use site::Site;
pub use standing::{Known, Standing};
