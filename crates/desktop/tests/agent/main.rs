//! The agent over real loopback sockets, with a scripted prompt, a clock in the test's hand and an
//! issuer of its own; and the built binary on a pseudo-terminal.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub,
    reason = "tests"
)]

mod support;

mod ceremonies;
mod command_line;
mod documentation;
mod first_pairing;
mod issuer_keys;
mod limits;
mod pins;
mod prompts;
mod shape;
mod terminal;
mod tokens;
