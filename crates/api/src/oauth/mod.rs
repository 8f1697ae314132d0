//! The authorization server of an environment: token, keys, discovery. One endpoint, one file.

mod client;
mod discovery;
mod form;
mod jwks;
mod throttle;
mod token;

pub(crate) use throttle::Throttle;
pub(crate) use token::in_oauth_words;

use crate::framework::{Endpoint, open};

pub(crate) static ENDPOINTS: &[Endpoint] = &[
    open::<discovery::Discovery>(),
    open::<jwks::Jwks>(),
    open::<token::IssueToken>(),
];
