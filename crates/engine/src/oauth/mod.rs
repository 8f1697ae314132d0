//! The OAuth 2 surface of an environment: token, key set, discovery.

mod client;
mod discovery;
mod token;

pub use discovery::Discovery;
pub use token::{ClientCredentials, ClientMethod, IssuedToken, OAuthStop, TokenRequest};
