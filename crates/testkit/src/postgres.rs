//! A PostgreSQL server of the test's own.
//!
//! ```no_run
//! # fn main() {
//! use countersign_testkit::postgres;
//! match postgres::shared() {
//!     Ok(server) => {
//!         let url = server.create_database().unwrap();
//!         // …
//!     }
//!     Err(skip) => skip.report("name of the test"),
//! }
//! # }
//! ```

pub use countersign_storage_testkit::postgres::{
    PASSWORD, PostgresServer, Skip, USER, shared, start, start_with_tls,
};
