//! End-to-end tests: the built binaries, real sockets, real files, a real terminal.
//!
//! One program, so that it is linked once; one file per subject.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

mod browser;
mod desktop_commands;
mod durability;
mod examples;
mod main_job;
mod once_only;
mod operations;
mod postgres;
mod quickstart;
mod refusals;
mod seed;
