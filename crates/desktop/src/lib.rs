//! The desktop authenticator: loopback API, consent, key stores and the command line of
//! countersign-desktop.
//!
//! A page hands over a request that a server signed; the agent checks it, asks the person, and answers
//! with a token signed by a key that never leaves this computer. A request's way through the folders:
//!
//! ```text
//! page ──► http ──► ceremony ──► trust      may this server ask, and did it sign this?
//!          │            ├──────► store      was it used before, which accounts are here?
//!          │            ├──────► prompt     does the person allow it?
//!          │            └──────► keystore   open the key with the PIN, sign
//!          └◄── answer, or one of the failures of http::failure
//! ```
//!
//! | folder | what it answers |
//! |---|---|
//! | [`http`] | how a request gets in, and every failure that goes out |
//! | [`trust`] | which issuers are believed, and where their keys come from |
//! | [`ceremony`] | pairing and signing in, step by step |
//! | [`prompt`] | asking the person |
//! | [`keystore`] | where private keys live |
//! | [`store`] | what is kept on disk, and when it is safe there |
//! | [`settings`] | how it is set up |
//! | [`cli`] | `countersign-desktop` |
//!
//! Nothing approves without a person: there is no option, variable or build of this crate that does.

pub mod agent;
pub mod ceremony;
pub mod cli;
pub mod http;
pub mod keystore;
pub mod platform;
pub mod prompt;
pub mod settings;
pub mod store;
pub mod trust;

pub use agent::{Agent, Parts};
