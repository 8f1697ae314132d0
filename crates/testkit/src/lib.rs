//! For tests only: in-process server, fake clock, seeded randomness, soft authenticators and the load client.

pub mod clock;
pub mod desktop;
pub mod postgres;
pub mod power_cut;
pub mod random;
pub mod redact;
pub mod server;

/// The four JWTs, for tests of crates that may not know them: what a test bends is a claim of one.
pub use countersign_desktop_protocol as protocol;
