//! Cutting the power of a SQLite database while it is in use.
//!
//! `kill -9` takes the process and leaves the page cache: what was written but not synced is still
//! there afterwards. A power cut takes both. Open a database through the VFS [`VFS`], use it, and call
//! [`cut`] at any moment: it writes a copy of the files as a disk might hold them if the power failed
//! right then. What was synced is in the copy; of the rest, the seed picks single sectors, so commits
//! are torn, reordered or gone. Then open the copy with the ordinary VFS and look.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

/// The name of the VFS, for `OpenOptions::sqlite_vfs`. It is registered in every program that links
/// this crate.
pub const VFS: &str = "power_cut";

/// Writes to `copy` (and `copy-wal`) what the disk might hold of the database at `live` if the power
/// failed now. Returns how many writes were not synced at this moment, over all files. The same seed
/// makes the same choice.
///
/// # Errors
/// If the database is not open through [`VFS`], or the copy cannot be written.
pub fn cut(live: &Path, seed: u64, copy: &Path) -> rusqlite::Result<usize> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags_and_vfs(live, flags, VFS)?;
    let argument = format!("{seed}:{}", copy.display());
    let mut lost = 0;
    // Answered by the VFS; SQLite neither reads the file nor takes a lock for it.
    connection.pragma(None, "power_cut", argument, |row| {
        lost = row.get::<_, String>(0)?.parse().unwrap_or_default();
        Ok(())
    })?;
    Ok(lost)
}

/// Copies what it can of the log of the database at `live` into its file, as the storage does now and
/// then; called often, it happens under the eyes of [`cut`].
///
/// # Errors
/// If the database is not open through [`VFS`] or refuses.
pub fn write_back(live: &Path) -> rusqlite::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags_and_vfs(live, flags, VFS)?;
    connection.execute_batch("PRAGMA synchronous = FULL")?;
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
}
