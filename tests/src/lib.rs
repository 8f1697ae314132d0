//! What the end-to-end tests share: the built binaries as a person or a service manager would start
//! them, on real sockets, real files and a real (pseudo) terminal.
//!
//! `tests/tests/e2e/` holds the tests, one file per subject. `CONTRIBUTING.md` says how they are run.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::return_self_not_must_use,
    reason = "the whole package is tests: a failed assumption is a failed test"
)]

pub mod binaries;
pub mod browser;
pub mod ceremony;
pub mod desktop;
pub mod http;
pub mod server;
pub mod shape;
pub mod skip;
pub mod terminal;
