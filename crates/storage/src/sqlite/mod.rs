//! SQLite: WAL, `synchronous=FULL`, one writer that groups commits on a thread of its own, readers
//! used in place because a point read takes some tens of microseconds.

mod checkpoint;
mod connection;
mod errors;
mod group;
mod readers;
mod statements;
mod writer;

use std::path::Path;

use crate::{
    Engine, OpenOptions, Outcome, Query, Row, StorageError, Unit,
    migrate::{self, Applied, Migration},
};
use checkpoint::Checkpointer;
use connection::{Connection, Role, Target};
use readers::Readers;
use writer::Writer;

/// The makings of the bookkeeping table; the only DDL outside the migration folders.
const CREATE_BOOKKEEPING: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum BLOB NOT NULL,
    applied_at INTEGER NOT NULL) STRICT";

const INSERT_APPLIED: &str = "INSERT INTO schema_migrations (version, name, checksum, applied_at)
    VALUES ($1, $2, $3, CAST(unixepoch('subsec') * 1000000 AS INTEGER))";

const HAS_BOOKKEEPING: &str =
    "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'";

/// An open SQLite file.
pub(crate) struct SqliteDatabase {
    readers: Readers,
    writer: Writer,
    checkpointer: Checkpointer,
}

impl SqliteDatabase {
    /// Opens the file. The connections are opened on a blocking thread: recovery after a crash reads
    /// the whole log.
    pub(crate) async fn open(path: &Path, options: &OpenOptions) -> Result<Self, StorageError> {
        let target = Target {
            path: path.to_owned(),
            vfs: options.sqlite_vfs.clone(),
            busy_timeout: options.busy_timeout,
        };
        let (create, readers) = (options.create, options.readers);
        let opened = tokio::task::spawn_blocking(move || {
            if create {
                connection::create_file(&target.path)?;
            }
            let writer = Connection::open(&target, Role::Writer)?;
            let checkpointer = Checkpointer::start(&target)?;
            let writer = Writer::start(writer, checkpointer.notifier())?;
            Ok(Self {
                readers: Readers::new(target, readers)?,
                writer,
                checkpointer,
            })
        });
        opened.await.map_err(|_| StorageError::Panicked("open"))?
    }

    pub(crate) async fn read(&self, query: &Query) -> Result<Vec<Row>, StorageError> {
        self.readers.get().await?.rows(&query.0)
    }

    pub(crate) async fn read_batch(
        &self,
        queries: &[Query],
    ) -> Result<Vec<Vec<Row>>, StorageError> {
        self.readers.get().await?.snapshot(queries)
    }

    pub(crate) async fn write(&self, unit: Unit) -> Result<Outcome, StorageError> {
        self.writer.write(unit).await
    }

    pub(crate) async fn applied_migrations(&self) -> Result<Vec<Applied>, StorageError> {
        applied(&mut *self.readers.get().await?)
    }

    /// Runs on the writer's connection between two groups. The lock of BEGIN IMMEDIATE keeps other
    /// processes out.
    pub(crate) async fn migrate(
        &self,
        migrations: &'static [Migration],
    ) -> Result<u32, StorageError> {
        self.writer
            .exclusive(move |connection| migrate_on(connection, migrations))
            .await
    }

    pub(crate) async fn close(&self) {
        self.writer.close().await;
        self.readers.close();
        self.checkpointer.close().await;
    }
}

fn applied(connection: &mut Connection) -> Result<Vec<Applied>, StorageError> {
    if connection.rows_of(HAS_BOOKKEEPING)?.is_empty() {
        return Ok(Vec::new());
    }
    connection
        .rows_of(migrate::SELECT_APPLIED)?
        .iter()
        .map(Applied::from_row)
        .collect()
}

fn migrate_on(
    connection: &mut Connection,
    migrations: &'static [Migration],
) -> Result<u32, StorageError> {
    connection.begin_immediate()?;
    let result = apply_missing(connection, migrations);
    match result {
        Ok(count) => connection.commit().map(|()| count),
        Err(error) => {
            connection.rollback();
            Err(error)
        }
    }
}

fn apply_missing(
    connection: &mut Connection,
    migrations: &'static [Migration],
) -> Result<u32, StorageError> {
    let applied = applied(connection)?;
    let pending = migrate::pending(migrations, Engine::Sqlite, &applied)?;
    if pending.is_empty() {
        return Ok(0);
    }
    connection.execute_batch(CREATE_BOOKKEEPING)?;
    for migration in pending {
        connection
            .execute_batch(migration.text(Engine::Sqlite))
            .map_err(|error| migration.failed(&error))?;
        // A text with a COMMIT of its own, or an error that ended the transaction, must not pass.
        if connection.is_autocommit() {
            return Err(migration.failed(&"the text ended the transaction"));
        }
        let checksum = migration.checksum(Engine::Sqlite);
        let params = crate::params![migration.version, migration.name, checksum];
        connection.run(&crate::unit::Statement {
            sql: INSERT_APPLIED,
            params,
        })?;
    }
    Ok(u32::try_from(pending.len()).unwrap_or(u32::MAX))
}
