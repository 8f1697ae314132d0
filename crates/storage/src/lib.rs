//! Every SQL statement: one API over SQLite and PostgreSQL.
//!
//! A [`Database`] is opened by URL. Reading is [`Database::read`] and its relatives; writing is a
//! [`Unit`] handed to [`Database::write`]: statements with guards that apply together or not at all.
//! Both engines collect the units that wait at the same time and commit them together, because
//! syncing the disk is what a write costs. `write` returns only after that commit.
//!
//! ```text
//!   write(unit) ──► queue ──► writer: BEGIN · unit · unit · unit · COMMIT ──► answers
//!   read(sql) ────► pool of connections, each for one statement or one snapshot
//! ```
//!
//! - `sqlite`: one writer on a thread of its own, readers used in place.
//! - `postgres`: one writer task that pipelines, a pool for reads.
//! - `migrate`: the numbered migrations.

mod database;
mod error;
mod migrate;
mod postgres;
pub mod queries;
mod row;
mod sqlite;
mod unit;
mod url;
mod value;

pub use database::{Database, Engine, OpenOptions};
pub use error::StorageError;
pub use migrate::SchemaState;
pub use row::Row;
pub use unit::{Outcome, Query, Unit};
pub use url::{DatabaseUrl, TlsMode};
pub use value::{Params, Value};
