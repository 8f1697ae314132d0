//! The master key: opens the data keys, which seal every secret in the database.

use std::path::Path;

use anyhow::{Context, bail};
use countersign_crypto::keyring::MasterKey;

use super::read_text;

/// Its file in the data folder of quickstart.
pub const MASTER_KEY: &str = "master.key";

/// Reads a master key.
///
/// # Errors
/// When there is none, or the file holds something else.
pub fn read_master_key(path: &Path) -> anyhow::Result<MasterKey> {
    let Some(text) = read_text(path)? else {
        bail!("the master key {} is missing", path.display());
    };
    MasterKey::from_file_text(&text)
        .with_context(|| format!("{} holds no master key", path.display()))
}
