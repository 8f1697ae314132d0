//! What the tests stand on.

pub mod agent;
pub mod client;
pub mod issuer;
pub mod prompt;
pub mod screen;

pub use agent::{Setup, TestAgent};
pub use client::{Answer, Call};
pub use issuer::Issuer;
pub use prompt::{Scripted, Step};

/// A PIN that the rules accept.
pub const PIN: &str = "739154";
/// The page of most tests; its relying party is `example.com`.
pub const PAGE: &str = "https://login.example.com";
