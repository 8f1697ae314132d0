//! The one door to the database.

use std::{sync::Arc, time::Duration};

use countersign_crypto::time::Timestamp;

use crate::{
    DatabaseUrl, Outcome, Params, Query, Row, SchemaState, StorageError, Unit,
    migrate::{self, Migration},
    postgres::PostgresDatabase,
    sqlite::SqliteDatabase,
    url::Place,
};

/// How to open a database.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// Create the SQLite file if there is none (mode 0600). Without meaning for PostgreSQL.
    pub create: bool,
    /// Connections for reading; by default as many as there are processors, two at least, and for
    /// PostgreSQL four times as many.
    pub readers: Option<usize>,
    /// How long a write waits for the lock of another process before it is
    /// [`StorageError::Busy`].
    pub busy_timeout: Duration,
    /// A registered SQLite VFS to go through; tests cut the power with it.
    pub sqlite_vfs: Option<String>,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            create: false,
            readers: None,
            busy_timeout: Duration::from_secs(5),
            sqlite_vfs: None,
        }
    }
}

/// Which engine is behind a [`Database`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The embedded one.
    Sqlite,
    /// A server.
    Postgres,
}

/// An open database. Clones share everything.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

enum Inner {
    Sqlite(SqliteDatabase),
    Postgres(PostgresDatabase),
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database")
            .field("engine", &self.engine())
            .finish_non_exhaustive()
    }
}

impl Database {
    /// Opens the database and checks that it answers. The schema is not looked at.
    ///
    /// # Errors
    /// [`StorageError::NotFound`], [`StorageError::Open`], [`StorageError::Unavailable`].
    pub async fn open(url: &DatabaseUrl, options: OpenOptions) -> Result<Self, StorageError> {
        let inner = match &url.0 {
            Place::Sqlite(path) => Inner::Sqlite(SqliteDatabase::open(path, &options).await?),
            Place::Postgres(place) => {
                Inner::Postgres(PostgresDatabase::open(place, &options).await?)
            }
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The engine behind.
    pub fn engine(&self) -> Engine {
        match &*self.inner {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    /// How the schema stands against the migrations that this program carries.
    ///
    /// # Errors
    /// [`StorageError::MigrationChanged`], or a fault of the database.
    pub async fn schema_version(&self) -> Result<SchemaState, StorageError> {
        self.schema_version_of(migrate::ALL).await
    }

    /// Applies the migrations that are missing, all or none, and returns how many that were. Safe to
    /// call from several processes at once.
    ///
    /// # Errors
    /// [`StorageError::Migration`], [`StorageError::MigrationChanged`],
    /// [`StorageError::SchemaTooNew`], or a fault of the database.
    pub async fn migrate(&self) -> Result<u32, StorageError> {
        self.migrate_with(migrate::ALL).await
    }

    pub(crate) async fn schema_version_of(
        &self,
        migrations: &'static [Migration],
    ) -> Result<SchemaState, StorageError> {
        let applied = match &*self.inner {
            Inner::Sqlite(database) => database.applied_migrations().await?,
            Inner::Postgres(database) => database.applied_migrations().await?,
        };
        migrate::state(migrations, self.engine(), &applied)
    }

    pub(crate) async fn migrate_with(
        &self,
        migrations: &'static [Migration],
    ) -> Result<u32, StorageError> {
        match &*self.inner {
            Inner::Sqlite(database) => database.migrate(migrations).await,
            Inner::Postgres(database) => database.migrate(migrations).await,
        }
    }

    /// Runs one reading statement.
    ///
    /// # Errors
    /// A fault of the database or of the statement.
    pub async fn read(&self, sql: &'static str, params: Params) -> Result<Vec<Row>, StorageError> {
        match &*self.inner {
            Inner::Sqlite(database) => database.read(&Query::new(sql, params)).await,
            Inner::Postgres(database) => database.read(&Query::new(sql, params)).await,
        }
    }

    /// Runs one reading statement and returns its first row.
    ///
    /// # Errors
    /// As [`Database::read`].
    pub async fn read_one(
        &self,
        sql: &'static str,
        params: Params,
    ) -> Result<Option<Row>, StorageError> {
        Ok(self.read(sql, params).await?.into_iter().next())
    }

    /// Runs several reading statements on one snapshot: no write comes between them.
    ///
    /// # Errors
    /// As [`Database::read`].
    pub async fn read_batch(&self, queries: Vec<Query>) -> Result<Vec<Vec<Row>>, StorageError> {
        match &*self.inner {
            Inner::Sqlite(database) => database.read_batch(&queries).await,
            Inner::Postgres(database) => database.read_batch(&queries).await,
        }
    }

    /// Runs a unit. What it answers with [`Outcome::Applied`] is synced to disk. If the caller goes
    /// away while waiting, the unit runs all the same.
    ///
    /// # Errors
    /// After an error nothing of the unit is stored, save [`StorageError::CommitUnknown`].
    pub async fn write(&self, unit: Unit) -> Result<Outcome, StorageError> {
        match &*self.inner {
            Inner::Sqlite(database) => database.write(unit).await,
            Inner::Postgres(database) => database.write(unit).await,
        }
    }

    /// The clock of the database, which all servers on it share (leases go by it).
    ///
    /// # Errors
    /// As [`Database::read`].
    pub async fn clock(&self) -> Result<Timestamp, StorageError> {
        let sql = match self.engine() {
            Engine::Sqlite => "SELECT CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
            Engine::Postgres => {
                "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)"
            }
        };
        let row = self.read_one(sql, Params::new()).await?;
        row.ok_or(StorageError::Decode {
            column: 0,
            expected: "the time",
            found: "no row",
        })?
        .timestamp(0)
    }

    /// Runs what is queued, then closes. SQLite's log is written back into the database file. Calls
    /// that come later get [`StorageError::Closed`].
    pub async fn close(&self) {
        match &*self.inner {
            Inner::Sqlite(database) => database.close().await,
            Inner::Postgres(database) => database.close().await,
        }
    }
}
