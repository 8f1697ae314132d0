//! Folder, locks, master key and database of quickstart.

use anyhow::bail;
use countersign_crypto::keyring::MasterKey;
use countersign_crypto::random::SystemRandom;
use countersign_storage::queries::data_keys;
use countersign_storage::{Database, DatabaseUrl, SchemaState};

use crate::cli::Quickstart;
use crate::deployment::{
    check_master_key, lock_database, newer, open_database, quickstart_database, schema,
};
use crate::folder::{Folder, Lock, MASTER_KEY, read_master_key};

/// The lock of the folder.
const LOCK: &str = "quickstart.lock";

/// That of the folder, and that of the database where it is a file.
pub(super) type Locks = (Lock, Option<Lock>);

/// What this run holds.
pub(super) struct Store {
    pub(super) folder: Folder,
    pub(super) database: Database,
    pub(super) master_key: MasterKey,
    pub(super) locks: Locks,
}

impl Store {
    /// Opens or makes all of it, with the schema of this version.
    pub(super) async fn open(options: &Quickstart) -> anyhow::Result<Self> {
        // A database of somebody else's that does not answer: then not even the folder is made.
        let external = match options
            .database
            .as_deref()
            .map(DatabaseUrl::parse)
            .transpose()?
        {
            Some(url) if url.sqlite_path().is_none() => Some(open_database(&url, false).await?),
            _ => None,
        };
        let folder = Folder::create(&options.data)?;
        let url = quickstart_database(&folder, options.database.as_deref())?;
        let locks = (Lock::take(&folder.file(LOCK))?, lock_database(&url)?);
        let database = match external {
            Some(database) => database,
            None => {
                let is_new = url.sqlite_path().is_some_and(|path| !path.exists());
                open_database(&url, is_new).await?
            }
        };
        let state = schema(&database).await?;
        if let SchemaState::Newer(found) = state {
            return Err(newer(found));
        }
        let master_key = master_key(&folder, &database, state).await?;
        if state != SchemaState::Current {
            database.migrate().await?;
        }
        Ok(Self {
            folder,
            database,
            master_key,
            locks,
        })
    }
}

/// The key in the folder; made where nothing has been sealed yet.
async fn master_key(
    folder: &Folder,
    database: &Database,
    state: SchemaState,
) -> anyhow::Result<MasterKey> {
    let path = folder.file(MASTER_KEY);
    let nothing_sealed = state == SchemaState::Empty || data_keys::all(database).await?.is_empty();
    if path.exists() {
        let key = read_master_key(&path)?;
        if !nothing_sealed {
            check_master_key(database, &key, &path).await?;
        }
        return Ok(key);
    }
    if !nothing_sealed {
        bail!(
            "{} is missing, but the database was sealed with it; put it back",
            path.display()
        );
    }
    let key = MasterKey::generate(&SystemRandom);
    folder.replace(MASTER_KEY, key.to_file_text().as_bytes())?;
    Ok(key)
}
