//! From a database and a master key to an engine, with every refusal in words.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use countersign_crypto::keyring::{DataKey, MasterKey};
use countersign_crypto::random::SystemRandom;
use countersign_crypto::time::SystemClock;
use countersign_engine::{Engine, EngineConfig, EngineParts, OpenError};
use countersign_storage::queries::data_keys;
use countersign_storage::{Database, DatabaseUrl, OpenOptions, SchemaState};

use crate::cli::Target;
use crate::config::Config;
use crate::folder::{self, Folder, Lock, Remembered, read_master_key};

/// What a command works on.
pub(crate) struct Deployment {
    /// The database.
    pub(crate) database: Database,
    /// The key that opens it.
    pub(crate) master_key: MasterKey,
    /// What it decides.
    pub(crate) config: EngineConfig,
}

/// Where a deployment is, before anything of it is opened.
pub(crate) struct Place {
    /// Its database.
    pub(crate) database: DatabaseUrl,
    /// The file of its master key.
    pub(crate) master_key: PathBuf,
    /// What it decides.
    pub(crate) config: EngineConfig,
    /// How to bring it to a newer schema.
    pub(crate) migrate_with: String,
    /// How to set it up.
    pub(crate) set_up_with: String,
}

impl Place {
    /// Where the target of a command is.
    ///
    /// # Errors
    /// When its files cannot be read.
    pub(crate) fn of(target: &Target) -> anyhow::Result<Self> {
        match &target.config {
            Some(path) => Ok(Self::of_config(&Config::read(path)?)),
            None => Self::of_folder(&target.data, target.database.as_deref()),
        }
    }

    /// Where a configured deployment is.
    pub(crate) fn of_config(config: &Config) -> Self {
        Self {
            database: config.database.clone(),
            master_key: config.master_key.clone(),
            config: EngineConfig {
                api_base: config.api_base.clone(),
                auth_base: config.auth_base.clone(),
                default_relying_party: config.rp_id.clone(),
            },
            migrate_with: format!("countersign migrate --config {}", config.path.display()),
            set_up_with: format!("countersign init --config {}", config.path.display()),
        }
    }

    fn of_folder(path: &Path, database: Option<&str>) -> anyhow::Result<Self> {
        let Some(folder) = Folder::existing(path)? else {
            bail!(
                "there is no data folder {}; give --data or --config",
                path.display()
            );
        };
        let remembered = Remembered::read(&folder)?;
        let (Some(api_base), Some(auth_base)) = (remembered.api_base, remembered.auth_base) else {
            bail!("quickstart has never run on {}", path.display());
        };
        Ok(Self {
            database: quickstart_database(&folder, database)?,
            master_key: folder.file(folder::MASTER_KEY),
            config: EngineConfig {
                api_base,
                auth_base,
                default_relying_party: "localhost".to_owned(),
            },
            migrate_with: format!("countersign migrate --data {}", path.display()),
            set_up_with: format!("countersign quickstart --data {}", path.display()),
        })
    }

    /// Opens the deployment as it is; its schema has to be that of this version.
    ///
    /// # Errors
    /// When something is missing, wrong or of another version.
    pub(crate) async fn open(&self) -> anyhow::Result<Deployment> {
        let set_up = || format!("`{}` makes it", self.set_up_with);
        if let Some(path) = self.database.sqlite_path().filter(|path| !path.exists()) {
            bail!("there is no database at {}; {}", path.display(), set_up());
        }
        let database = open_database(&self.database, false).await?;
        match schema(&database).await? {
            SchemaState::Current => {}
            SchemaState::Older(_) => {
                bail!(
                    "the database has an older schema; run `{}` first",
                    self.migrate_with
                )
            }
            SchemaState::Newer(found) => return Err(newer(found)),
            SchemaState::Empty => bail!("the database is empty; {}", set_up()),
        }
        let master_key = read_master_key(&self.master_key)?;
        check_master_key(&database, &master_key, &self.master_key).await?;
        Ok(Deployment {
            database,
            master_key,
            config: self.config.clone(),
        })
    }
}

impl Deployment {
    /// The engine.
    ///
    /// # Errors
    /// When its keys do not open.
    pub(crate) async fn engine(self) -> anyhow::Result<Engine> {
        open_engine(self.database, self.master_key, self.config).await
    }
}

/// The database of quickstart: as asked for, else the file in the data folder.
pub(crate) fn quickstart_database(
    folder: &Folder,
    asked: Option<&str>,
) -> anyhow::Result<DatabaseUrl> {
    match asked {
        Some(url) => Ok(DatabaseUrl::parse(url)?),
        None => Ok(DatabaseUrl::sqlite(folder.file(folder::DATABASE))),
    }
}

/// The lock of a database that is a file; other databases take several servers.
///
/// # Errors
/// When another server holds it.
pub(crate) fn lock_database(url: &DatabaseUrl) -> anyhow::Result<Option<Lock>> {
    let Some(path) = url.sqlite_path() else {
        return Ok(None);
    };
    if path
        .parent()
        .is_some_and(|folder| !folder.as_os_str().is_empty() && !folder.exists())
    {
        bail!("there is no database at {}", path.display());
    }
    let mut lock = path.as_os_str().to_owned();
    lock.push(".lock");
    Lock::take(Path::new(&lock)).map(Some)
}

/// Opens the database.
///
/// # Errors
/// When it is not there or does not answer.
pub(crate) async fn open_database(url: &DatabaseUrl, create: bool) -> anyhow::Result<Database> {
    Ok(Database::open(
        url,
        OpenOptions {
            create,
            ..OpenOptions::default()
        },
    )
    .await?)
}

/// How the schema stands.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn schema(database: &Database) -> anyhow::Result<SchemaState> {
    database.schema_version().await.context("the database")
}

/// The refusal of a database that a newer version made.
pub(crate) fn newer(found: u32) -> anyhow::Error {
    anyhow::anyhow!(
        "the database was made by a newer Countersign (schema {found}); use that version"
    )
}

/// Makes sure that the key opens what is in the database, without changing anything.
///
/// # Errors
/// When it does not.
pub(crate) async fn check_master_key(
    database: &Database,
    key: &MasterKey,
    path: &Path,
) -> anyhow::Result<()> {
    for stored in data_keys::all(database).await? {
        if DataKey::open(key, stored.id, &stored.sealed).is_err() {
            bail!(
                "the master key {} does not open this database",
                path.display()
            );
        }
    }
    Ok(())
}

/// The engine on a database of the present schema.
///
/// # Errors
/// When its keys do not open.
pub(crate) async fn open_engine(
    database: Database,
    master_key: MasterKey,
    config: EngineConfig,
) -> anyhow::Result<Engine> {
    let parts = EngineParts {
        database,
        master_key,
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        config,
    };
    Engine::open(parts).await.map_err(|error| match error {
        OpenError::WrongMasterKey => anyhow::anyhow!("the master key does not open this database"),
        other => anyhow::Error::new(other),
    })
}
