//! For tests only: a PostgreSQL server of one's own, and a SQLite VFS whose power can be cut.
//!
//! Imports none of our crates, so that the tests of the storage need nothing above it.
//! `countersign-testkit` hands both on.

pub mod postgres;
pub mod power_cut;
