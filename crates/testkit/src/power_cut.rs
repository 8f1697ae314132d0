//! A SQLite database whose power can be cut: see [`cut`].

pub use countersign_storage_testkit::power_cut::{VFS, cut, write_back};
